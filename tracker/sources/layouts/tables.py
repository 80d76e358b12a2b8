"""Tables in a piece: where each begins, by its header, and where it ends.

A file may have lines before its table, several tables below each other (with titles
or without), tables side by side with a blank column between them, and its header
again in the middle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tracker.sources.layouts.catalog import Match, first_names, match
from tracker.sources.layouts.layout import key
from tracker.sources.layouts.pieces import Piece
from tracker.sources.records import Record


@dataclass
class Table:
    """A table that is known: its layout, its records, and the lines right above it.

    shift: what is added to the line of a record, so that it is one of the payload's.
    left and right: which cells of a record are its own.
    """

    match: Match
    piece: Piece
    above: tuple[str, ...]
    shift: int
    left: int = 0
    right: int | None = None
    records: list[Record] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.above[-1] if self.above else ""


@dataclass
class Found:
    """What a piece holds: tables, lines that are no rows, and unknown tables.

    best: the header that came nearest to a layout, for a person.
    """

    tables: list[Table] = field(default_factory=list)
    ignored: int = 0
    unknown: list[str] = field(default_factory=list)
    best: Record | None = None


def find_tables(piece: Piece, family: str | None, context: str) -> Found:
    """All tables of a piece."""
    return _Search(piece, family, context).run()


class _Search:
    """Goes through the records of one piece once."""

    def __init__(self, piece: Piece, family: str | None, context: str) -> None:
        self.piece, self.family, self.context = piece, family, context
        self.names = first_names(family)
        self.found = Found()
        self.open: list[Table] = []
        self.above: list[str] = []
        self.after = 0

    def run(self) -> Found:
        for record in self.piece.records:
            gap = record.line > self.after + 1
            self.after = record.line + max(record.text.count("\n"), 1) - 1
            self._take(record, gap=gap)
        return self.found

    def _take(self, record: Record, *, gap: bool) -> None:
        cells = record.fields
        if cells is not None and not any(map(str.strip, cells)):
            self.found.ignored += 1
            self.after = min(self.after, record.line - 1)  # a blank row is a gap
            return
        if cells is not None and self._begins(cells):
            return
        if self.open and gap and cells is not None and self._ends(cells):
            self.open, self.above = [], []
        if self.open:
            for table in self.open:
                table.records.append(record)
        else:
            self._pass_over(record)

    def _begins(self, cells: Sequence[str]) -> bool:
        """Is this a header? Then its tables are opened."""
        first = next((cell for cell in cells if cell.strip()), "")
        if self.open and key(first[:80]) not in self.names:
            return False
        if not _known(cells, self.names):
            return False
        context = " ".join((self.context, *map(key, self.above)))
        title = self.above[-1] if self.above else ""
        made = [
            Table(one, self.piece, tuple(self.above), self._shift(at), left, right)
            for at, (left, right, one) in enumerate(
                _matches(cells, self.family, context, title)
            )
        ]
        if not made:
            self._remember(cells)
            return False
        if self.open and self.open[0].match.header == made[0].match.header:
            self.found.ignored += 1  # the header stands in the middle again
            return True
        self.found.unknown = [n for n in self.found.unknown if n not in self.above]
        self.open, self.above = made, []
        self.found.tables += made
        return True

    def _shift(self, at: int) -> int:
        """Tables side by side share records, but not lines."""
        return self.piece.before + at * (self.piece.every or self.piece.lines)

    def _ends(self, cells: Sequence[str]) -> bool:
        """After a gap: does something else begin here than a row?"""
        filled = [index for index, cell in enumerate(cells) if cell.strip()]
        return filled == [0] or len(cells) != self._width()

    def _width(self) -> int:
        return self.open[0].right or len(self.open[0].match.header)

    def _pass_over(self, record: Record) -> None:
        """A line outside of tables: a title, a remark, or a row of an unknown one."""
        self.found.ignored += 1
        cells = [cell.strip() for cell in record.fields or () if cell.strip()]
        self.above.append(" ".join(cells) if len(cells) < 4 else record.text.strip())
        if len(cells) == 1 and not cells[0].startswith("#") and self.found.tables:
            self.found.unknown.append(cells[0])

    def _remember(self, cells: Sequence[str]) -> None:
        best = self.found.best
        least = _known(best.fields or (), self.names) if best else 0
        if _known(cells, self.names) > least:
            self.found.best = Record(0, list(cells), "")


def _known(cells: Sequence[str], names: frozenset[str]) -> int:
    """How many cells are names of columns."""
    return sum(key(cell[:80]) in names for cell in cells)


def _matches(
    cells: Sequence[str], family: str | None, context: str, title: str
) -> Iterator[tuple[int, int | None, Match]]:
    """The layouts of a header: of each part between blank names, or of the whole."""
    parts = list(_parts(cells))
    if len(parts) > 1:
        some = [
            (left, right, found)
            for left, right in parts
            if (found := match(cells[left:right], family, context, title))
        ]
        if some:
            yield from some
            return
    if len(cells) > 1 and (found := match(cells, family, context, title)):
        yield 0, None, found


def _parts(cells: Sequence[str]) -> Iterator[tuple[int, int]]:
    left = None
    for index, cell in enumerate([*cells, ""]):
        if cell.strip() and left is None:
            left = index
        elif not cell.strip() and left is not None:
            yield left, index
            left = None
