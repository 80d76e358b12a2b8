"""Rows of a table: which records are rows, which are totals, remarks or errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tracker.model import Reject
from tracker.sources.layouts.layout import is_total, key
from tracker.sources.layouts.tables import Table
from tracker.sources.records import Record
from tracker.sources.rows import reject

#: First words of lines that stand where rows could not be written.
_ERRORS = ("error", "an error", "internal error", "fehler", "erreur", "erro ", "#error")


@dataclass
class Rows:
    """The rows of a table, cut to its own cells and with lines of the payload."""

    table: Table
    ignored: int = 0
    rejects: list[Reject] = field(default_factory=list)

    def __iter__(self) -> Iterator[Record]:
        width = len(self.table.match.header)
        for number, record in enumerate(self.table.records, 1):
            own = self._own(record)
            last = number == len(self.table.records)
            if own.fields is None:
                why = "text follows a closing quote"
                self.rejects.append(reject(own, "", "ROW_QUOTE", why))
            elif self._is_no_row(own.fields, last=last):
                self.ignored += 1
            elif _is_error(own.fields):
                why = "an error stands here instead of a row"
                self.rejects.append(reject(own, "", "ROW_ERROR", why))
            elif len(own.fields) != width:
                why = f"the row has {len(own.fields)} cells, the header {width}"
                self.rejects.append(reject(own, "", "ROW_COLUMNS", why))
            else:
                yield own

    def _own(self, record: Record) -> Record:
        table, cells = self.table, record.fields
        if cells is not None:
            cells = [cell.strip() for cell in cells[table.left : table.right]]
            width = len(table.match.header)
            while len(cells) > width and not cells[-1]:
                cells.pop()  # delimiters at the end of a line say nothing
        return Record(record.line + table.shift, cells, record.text)

    def _is_no_row(self, cells: list[str], *, last: bool) -> bool:
        blank = not any(cells)
        return blank or self._is_total(cells) or (last and _is_footer(cells))

    def _is_total(self, cells: list[str]) -> bool:
        """Does this row sum up others? It names itself where rows are named."""
        place = self._identity()
        named = cells[place] if place < len(cells) else ""
        others = [cell for cell in cells if cell] if not named else []
        return is_total(named) or any(map(is_total, others))

    def _identity(self) -> int:
        """Where the cell stands that tells what a row is about."""
        places = self.table.match.places
        for name in ("post_id", "url", "day"):
            if name in places:
                return places[name][0]
        return 0


def _is_footer(cells: list[str]) -> bool:
    """A remark below the rows: `Showing top 500 results`, in any language."""
    filled = [cell for cell in cells if cell]
    return len(filled) == 1 and " " in filled[0] and not _is_error(cells)


def _is_error(cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return len(filled) == 1 and key(filled[0]).startswith(_ERRORS)
