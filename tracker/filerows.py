"""Rows of a small CSV file as values: each is understood whole, or a Reject.

What is wrong with the file itself refuses it whole (PayloadError, see `sheet`). A
blank cell says nothing. Good rows are kept although others are bad.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Generic, TypeVar

from tracker import codes
from tracker.cells import restore
from tracker.model import MOST, Reject
from tracker.people import CellError
from tracker.sheet import read_sheet

T = TypeVar("T")
#: What a row says: the text of each known column; '' where the cell is blank.
Cells = Mapping[str, str]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"[0-9]{1,16}")
_NUMBER = re.compile(r"[0-9]{1,16}(\.[0-9]{1,12})?")


@dataclass(frozen=True, slots=True)
class FileRows(Generic[T]):
    """A file that was read: rows = those made + the rejects.

    made: the line of each row that was understood, and what it says. warnings: code
    and sentence of columns that are not read.
    """

    made: tuple[tuple[int, T], ...]
    rejects: tuple[Reject, ...]
    warnings: tuple[tuple[str, str], ...]

    @property
    def rows(self) -> int:
        return len(self.made) + len(self.rejects)


def read_rows(
    path: Path,
    columns: tuple[str, ...],
    required: tuple[str, ...],
    make: Callable[[Cells], T],
    key: Callable[[T], Hashable] | None = None,
) -> FileRows[T]:
    """Read a file row by row; `make` raises CellError for what it cannot understand.

    columns: all that are known. required: those the header must have. key: what a row
    is about; a later row that says something else of the same is rejected.
    """
    sheet = read_sheet(path, columns, required)
    made: list[tuple[int, T]] = []
    rejects: list[Reject] = []
    seen: dict[Hashable, tuple[int, T]] = {}
    for line, cells in sheet.records:
        try:
            one = make(_said(cells, sheet.columns, sheet.width, columns))
            if key is not None:
                _agree(*seen.setdefault(key(one), (line, one)), one)
            made.append((line, one))
        except CellError as wrong:
            rejects.append(reject(line, wrong, ",".join(cells)))
    return FileRows(tuple(made), tuple(rejects), sheet.warnings)


def _agree(line: int, before: object, now: object) -> None:
    if before != now:
        raise CellError("", "ROW_CONFLICT", f"line {line} says something else of it")


def reject(line: int, wrong: CellError, raw: str) -> Reject:
    """A row that cannot be understood."""
    return Reject(line, wrong.column, wrong.code, wrong.reason, raw=raw[:4096])


def _said(
    cells: list[str], there: Mapping[str, int], width: int, columns: tuple[str, ...]
) -> Cells:
    if len(cells) < width or any(cells[width:]):
        reason = f"the row has {len(cells)} cells, the header {width}"
        raise CellError("", "ROW_WIDTH", reason)
    found = {column: restore(cells[at]).strip() for column, at in there.items()}
    return dict.fromkeys(columns, "") | found


# -- cells: each answers what it says, None where it is blank --------------------------


def needed(said: Cells, column: str) -> str:
    """The text of a cell that may not be blank."""
    if not said[column]:
        raise CellError(column, "ROW_MISSING", "it is blank")
    return said[column]


def day(said: Cells, column: str) -> date | None:
    """A day such as 2026-01-31."""
    text = said[column]
    if not text:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise CellError(column, "ROW_DATE", f'"{text}" is no day such as 2026-01-31')


def whole(said: Cells, column: str) -> int | None:
    """A whole number from 0."""
    text = said[column]
    if text and (not _WHOLE.fullmatch(text) or int(text) > MOST):
        raise CellError(column, "ROW_NUMBER", f'"{text}" is not a whole number')
    return int(text) if text else None


def number(said: Cells, column: str) -> Decimal | None:
    """A number from 0, with a full stop before its decimals."""
    text = said[column]
    if text and not _NUMBER.fullmatch(text):
        reason = f'"{text}" is no number such as 12 or 12.5'
        raise CellError(column, "ROW_NUMBER", reason)
    return Decimal(text) if text else None


def currency(said: Cells, default: str) -> str:
    """The currency that a row names, else the default."""
    text = said["currency"]
    code = codes.currency_code(text or default)
    if code is None:
        reason = f'"{text}" is no currency code of three letters such as EUR'
        raise CellError("currency", "ROW_CURRENCY", reason)
    return code


def money(said: Cells, column: str, code: str) -> int | None:
    """An amount in minor units of a currency."""
    if not said[column]:
        return None
    try:
        return codes.minor_units(said[column], code)
    except ValueError as error:
        raise CellError(column, "ROW_AMOUNT", str(error)) from error
