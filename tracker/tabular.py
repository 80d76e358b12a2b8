"""A table as CSV, JSON, JSON lines, Parquet or XLSX, row by row as far as that goes.

Unknown is null (CSV and XLSX: an empty cell), ids are text, numbers are numbers. In
CSV and XLSX a text that a spreadsheet could take for a formula gets a quote before it
(cells.py), so that no cell is ever a formula.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from tracker.cells import escape

FORMATS = ("csv", "json", "jsonl", "parquet", "xlsx")
#: Formats that are no text.
BINARY = ("parquet", "xlsx")
#: Rows of a sheet of a workbook, with the row of names, and signs of a cell.
SHEET_ROWS, CELL_SIGNS = 1_048_576, 32_767
#: Whole numbers beyond it are not exact in a workbook, and are written as text.
EXACT = 2**53

Row = Sequence[Any]


@dataclass
class Written:
    """rows; quoted: texts that got a quote; cut: texts too long for a cell."""

    rows: int = 0
    quoted: int = 0
    cut: int = 0
    sheets: int = 0


def write(
    form: str, name: str, columns: Sequence[str], rows: Iterable[Row], out: BinaryIO
) -> Written:
    """One table. name: of the sheets of a workbook."""
    told = Written()
    counted = _counted(rows, told)
    if form == "csv":
        _csv(columns, counted, out, told)
    elif form == "xlsx":
        _Workbook(name, columns, out, told).write(counted)
    elif form == "parquet":
        _parquet(columns, counted, out)
    else:
        _json(columns, counted, out, lines=form == "jsonl")
    return told


def _counted(rows: Iterable[Row], told: Written) -> Iterator[Row]:
    for row in rows:
        told.rows += 1
        yield row


def cell(value: Any, told: Written) -> Any:
    """As it is read again: yes and no, and nothing that looks like a formula."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        return value
    safe = escape(value)
    told.quoted += safe is not value
    return safe


def _csv(
    columns: Sequence[str], rows: Iterable[Row], out: BinaryIO, told: Written
) -> None:
    text = io.TextIOWrapper(out, "utf-8", newline="", write_through=True)
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(columns)
    for row in rows:
        lines.writerow([cell(value, told) for value in row])
    text.detach()


def _json(
    columns: Sequence[str], rows: Iterable[Row], out: BinaryIO, *, lines: bool
) -> None:
    before, between, after = ("", "\n", "\n") if lines else ("[\n", ",\n", "\n]\n")
    out.write(before.encode())
    first = True
    for row in rows:
        if not first:
            out.write(between.encode())
        first = False
        shown = dict(zip(columns, row, strict=True))
        out.write(json.dumps(shown, ensure_ascii=False).encode())
    out.write(after.encode() if not first or not lines else b"")


def _parquet(columns: Sequence[str], rows: Iterable[Row], out: BinaryIO) -> None:
    import polars as pl

    frame = pl.DataFrame(
        list(rows), schema=list(columns), orient="row", infer_schema_length=None
    )
    frame.write_parquet(out)


@dataclass
class _Workbook:
    """A workbook whose memory does not grow with its rows; full sheets have a next."""

    name: str
    columns: Sequence[str]
    out: BinaryIO
    told: Written
    _sheet: Any = field(default=None, init=False)
    _row: int = field(default=0, init=False)

    def write(self, rows: Iterable[Row]) -> None:
        import xlsxwriter

        options = {
            "constant_memory": True,
            "strings_to_numbers": False,
            "strings_to_formulas": False,
            "strings_to_urls": False,
        }
        # Closed without an error only: what is half is not made whole by that.
        book = xlsxwriter.Workbook(self.out, options)
        # The same table gives the same bytes, whenever it is written.
        book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001
        self._next_sheet(book)
        for row in rows:
            if self._row == SHEET_ROWS:
                self._next_sheet(book)
            self._put(row)
        book.close()

    def _next_sheet(self, book: Any) -> None:
        self.told.sheets += 1
        many = self.told.sheets
        title = self.name[:31] if many == 1 else f"{self.name[:27]} {many}"
        self._sheet, self._row = book.add_worksheet(title), 0
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, max(0, len(self.columns) - 1), 16)
        bold = book.add_format({"bold": True})
        for at, name in enumerate(self.columns):
            self._sheet.write_string(0, at, name, bold)
        self._row = 1

    def _put(self, row: Row) -> None:
        for at, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                self._number(at, value)
            else:
                self._text(at, str(cell(value, self.told)))
        self._row += 1

    def _number(self, at: int, value: float) -> None:
        if isinstance(value, int) and abs(value) > EXACT:
            self._text(at, str(value))
        else:
            self._sheet.write_number(self._row, at, value)

    def _text(self, at: int, text: str) -> None:
        if len(text) > CELL_SIGNS:
            text, self.told.cut = text[:CELL_SIGNS], self.told.cut + 1
        self._sheet.write_string(self._row, at, text)
