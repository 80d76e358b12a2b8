"""Tables that were written for other programs, read again: rows whatever the format."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import polars as pl
from python_calamine import CalamineWorkbook

from tracker.cells import restore


def cells(path: Path) -> tuple[list[str], list[list[Any]]]:
    """Names and rows, None where a cell is empty, numbers as numbers."""
    if path.suffix == ".csv":
        names, *rows = csv.reader(io.StringIO(path.read_text("utf-8"), newline=""))
        return names, [[restore(cell) or None for cell in row] for row in rows]
    if path.suffix == ".xlsx":
        book = CalamineWorkbook.from_path(str(path))
        found = [book.get_sheet_by_name(n).to_python() for n in book.sheet_names]
        rows = [row for sheet in found for row in sheet[1:]]
        return found[0][0], [
            [(restore(c) or None) if isinstance(c, str) else c for c in row]
            for row in rows
        ]
    if path.suffix == ".parquet":
        frame = pl.read_parquet(path)
        return frame.columns, [list(row) for row in frame.iter_rows()]
    text = path.read_text("utf-8")
    rows = (
        [json.loads(line) for line in text.splitlines()]
        if path.suffix == ".jsonl"
        else json.loads(text)
    )
    return list(rows[0]) if rows else [], [list(row.values()) for row in rows]


def plain(value: Any) -> str:
    """A cell as one text, however its format tells numbers and yes."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return f"{value:.14g}"  # a workbook keeps fifteen digits
    return str(value)


def as_numbers(rows: list[list[Any]], like: list[list[Any]]) -> list[list[str]]:
    """Texts of CSV, with those that are numbers elsewhere as numbers."""
    return [
        [
            plain(float(cell))
            if isinstance(twin, (int, float)) and not isinstance(twin, bool)
            else plain(cell)
            for cell, twin in zip(row, twins, strict=True)
        ]
        for row, twins in zip(rows, like, strict=True)
    ]
