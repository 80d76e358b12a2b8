"""A small table in CSV, as people write it by hand: its text, columns and records.

What is wrong with the file as a whole refuses it whole (PayloadError). What the
cells mean is for the caller to say.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from tracker.errors import PayloadError, nearest

#: A record of more lines than this is a quote that somebody forgot to close.
LONGEST = 50
#: Signs of a cell: what csv takes by itself, also where something has raised its limit.
WIDEST = 131_072
ADVICE = 'Save it again as "CSV UTF-8"'


@dataclass(frozen=True, slots=True)
class Sheet:
    """columns: where each known column stands. width: the header's cells.

    records: the physical line of each record that is not blank, and its cells;
    reading them may raise PayloadError. warnings: code and sentence of columns
    that are not read.
    """

    columns: dict[str, int]
    width: int
    records: Iterator[tuple[int, list[str]]]
    warnings: tuple[tuple[str, str], ...]


def read_sheet(path: Path, known: Collection[str], required: Collection[str]) -> Sheet:
    """Read a table whose header names columns in any order and case."""
    return sheet_of(path.name, _body(path), known, required)


def sheet_of(
    name: str, body: bytes, known: Collection[str], required: Collection[str]
) -> Sheet:
    """The same from the bytes of a file called `name`."""
    records = _records(name, _text(name, body), known)
    header = next(records, None)
    if header is None:
        raise _refused("CSV_EMPTY", name, "the file is empty")
    names = [_column(cell) for cell in header[1]]
    columns = _columns(name, names, known, required)
    strange = [name for name in names if name and name not in columns]
    warnings = tuple(("COLUMN", _not_read(name, known)) for name in strange)
    return Sheet(columns, len(names), records, warnings)


def _refused(code: str, name: str, cause: str, todo: str = "") -> PayloadError:
    return PayloadError(code, name, cause, "File refused, nothing changed", todo)


def _body(path: Path) -> bytes:
    if not path.exists():
        raise _refused("FILE_MISSING", path.name, "there is no such file")
    if not path.is_file():
        raise _refused("FILE_KIND", path.name or str(path), "it is not a file")
    try:
        return path.read_bytes()
    except OSError as error:
        raise _refused("FILE_READ", path.name, str(error.strerror)) from error


def _text(name: str, body: bytes) -> str:
    """The text of a file in UTF-8 or, with its mark, UTF-16."""
    wide = body[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = body.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused("ENCODING", name, "it is not UTF-8", ADVICE) from error
    if "\0" in text:
        raise _refused("ENCODING", name, "it holds NUL characters", ADVICE)
    return text


def _records(
    name: str, text: str, known: Collection[str]
) -> Iterator[tuple[int, list[str]]]:
    """Records that are not blank, each with its first physical line."""
    before = 0
    # Spreadsheets are told the delimiter by such a first line.
    if declared := re.match(r"sep=.(\r\n|\r|\n)", text):
        text, before = text[declared.end() :], 1
    rows = csv.reader(
        io.StringIO(text, newline=""), delimiter=_delimiter(text, known), strict=True
    )
    line = 1
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise _broken(name, line + before, error) from error
        if rows.line_num - line >= LONGEST:
            raise _quote(name, line + before)
        if any(len(cell) > WIDEST for cell in cells):
            raise _wide(name, line + before)
        if any(cell.strip() for cell in cells):
            yield line + before, cells
        line = rows.line_num + 1


def _broken(name: str, line: int, error: csv.Error) -> PayloadError:
    broken = _wide if "field limit" in str(error) else _quote
    return broken(name, line)


def _wide(name: str, line: int) -> PayloadError:
    cause = "a cell is longer than any text is"
    todo = "Look for a quote that is not closed"
    return _refused("CSV_FIELD", f"{name}:{line}", cause, todo)


def _quote(name: str, line: int) -> PayloadError:
    return _refused(
        "CSV_QUOTE",
        f"{name}:{line}",
        "a quote is opened here and not closed, or stands inside a cell",
        'Close it, or write it twice: ""',
    )


def _delimiter(text: str, known: Collection[str]) -> str:
    """The delimiter with which the first line names most columns."""
    first = "".join(text.lstrip("\r\n").splitlines()[:1])

    def named(sign: str) -> int:
        return sum(_column(cell) in known for cell in first.split(sign))

    return max(",;\t", key=named)


def _column(cell: str) -> str:
    return cell.strip().strip('"').strip().lower()


def _columns(
    name: str, header: list[str], known: Collection[str], required: Collection[str]
) -> dict[str, int]:
    columns: dict[str, int] = {}
    for at, column in enumerate(header):
        if column in columns:
            raise _refused("CSV_HEADER", name, f'the column "{column}" stands twice')
        if column in known:
            columns[column] = at
    if missing := [column for column in required if column not in columns]:
        cause = f"the header lacks {', '.join(missing)}"
        raise _refused("CSV_HEADER", name, cause, f"Columns: {', '.join(known)}")
    return columns


def _not_read(column: str, known: Collection[str]) -> str:
    hint = nearest(column, known)
    said = f'the column "{column}" is not read'
    return f"{said}. {hint}" if hint.startswith("Did") else said
