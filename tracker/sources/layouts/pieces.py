"""What a payload holds: one CSV text, the sheets of a workbook, the files of a ZIP.

Each piece is a list of records, as the csv kind knows them, whatever it was. A
record of a sheet has the text that it would have in a CSV file.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from tracker.errors import PayloadError
from tracker.sources.content import open_content, open_payload
from tracker.sources.dialect import DELIMITERS, sep_sign
from tracker.sources.encoding import find_encoding, read_lines
from tracker.sources.records import Record, read_records
from tracker.sources.values import visible

if TYPE_CHECKING:
    from tracker.sources.base import Payload

#: Limits: no platform's export comes near them.
MOST_BYTES = 64 << 20
MOST_FILES = 200
#: Lines of a text among which a header must stand, and how well it must fit.
_HEAD, LEAST = 200, 2
_TABLES = (".csv", ".tsv", ".txt", ".tab")
_WORKBOOKS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")
#: What the library raises for archives that are damaged, locked or too modern.
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError),
    *(EOFError, UnicodeError, OSError),
)
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

#: How well some records fit what is looked for; the largest is taken.
Fit = Callable[[Sequence[Record]], int]


@dataclass(frozen=True, slots=True)
class Piece:
    """name: of the sheet or file, "" for the payload itself.

    before: lines of the pieces before it; every: lines of all pieces. By these each
    record of a payload has a line of its own.
    """

    name: str
    records: Sequence[Record]
    before: int = 0
    every: int = 0

    @property
    def lines(self) -> int:
        last = self.records[-1] if self.records else None
        return last.line + max(last.text.count("\n"), 1) if last else 0


def is_packed(payload: Payload) -> bool:
    """Is it a workbook or a ZIP archive? Asked of every file, so nothing is read."""
    with open_payload(payload) as stream:
        return stream.peek(4)[:4] in (_ZIP, _OLD)


def read_pieces(
    payload: Payload, encoding: str | None, delimiter: str | None, fit: Fit
) -> list[Piece]:
    """All pieces of a payload; PayloadError when it cannot be read."""
    if not is_packed(payload):
        return [Piece("", _text(payload, encoding, delimiter, fit, alone=True))]
    with open_payload(payload) as stream:
        body = stream.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise _too_large(payload.label)
    found = _unpacked(replace(payload, body=body), encoding, delimiter, fit)
    return _placed(found)


def _placed(found: Iterator[tuple[str, Sequence[Record]]]) -> list[Piece]:
    pieces: list[Piece] = []
    before = 0
    for name, records in found:
        pieces.append(Piece(name, records, before))
        before += pieces[-1].lines
    return [replace(piece, every=before) for piece in pieces]


def _unpacked(
    payload: Payload, encoding: str | None, delimiter: str | None, fit: Fit
) -> Iterator[tuple[str, Sequence[Record]]]:
    assert payload.body is not None
    if payload.body.startswith(_OLD):
        yield from _sheets(payload.body, payload.label)
        return
    for name, body in _files(payload):
        part = replace(payload, label=f"{payload.label}/{name}", body=body)
        if name == "" or name.lower().endswith(_WORKBOOKS):
            for sheet, records in _sheets(body, part.label.removesuffix("/")):
                yield (f"{name}/{sheet}" if name else sheet), records
        else:
            yield name, _text(part, encoding, delimiter, fit)


# -- ZIP archives ---------------------------------------------------------------


def _files(payload: Payload) -> Iterator[tuple[str, bytes]]:
    """The tables of an archive by name; a workbook, which is one, has the name ""."""
    assert payload.body is not None
    try:
        with zipfile.ZipFile(io.BytesIO(payload.body)) as archive:
            names = set(archive.namelist())
            _measure(archive, payload.label)
            if "[Content_Types].xml" in names or "mimetype" in names:
                yield "", payload.body
                return
            for info in archive.infolist():
                if _is_table(info):
                    yield visible(info.filename), archive.read(info)
    except _DAMAGE as error:
        why = f"it is a damaged or locked archive ({error})"
        raise _unreadable(payload.label, why) from error


def _is_table(info: zipfile.ZipInfo) -> bool:
    base = info.filename.rsplit("/", 1)[-1].lower()
    hidden = base.startswith(".") or info.filename.startswith("__MACOSX/")
    return not hidden and base.endswith(_TABLES + _WORKBOOKS)


def _measure(archive: zipfile.ZipFile, label: str) -> None:
    """Refuse what unpacks beyond all measure, by what the archive itself says."""
    infos = archive.infolist()
    if sum(i.file_size for i in infos) > 4 * MOST_BYTES or len(infos) > MOST_FILES * 5:
        raise _too_large(label)


def _unreadable(label: str, why: str) -> PayloadError:
    todo = "Download it again, or save its table as CSV"
    return PayloadError("FILE_FORMAT", label, why, todo=todo)


def _too_large(label: str) -> PayloadError:
    why = "it is larger than any platform's export"
    return PayloadError("FILE_TOO_LARGE", label, why, todo="Save its table as CSV")


# -- texts ------------------------------------------------------------------------


def _text(
    payload: Payload,
    encoding: str | None,
    delimiter: str | None,
    fit: Fit,
    *,
    alone: bool = False,
) -> list[Record]:
    """The records of a CSV text by the delimiter under which it fits best.

    alone: nothing beside it can tell what it is, so one that does not fit by its
    first lines need not be read to the end.
    """
    with open_content(payload) as stream:
        found, mark, _ = find_encoding(stream, encoding, payload.label)
        stream.read(mark)
        text = io.TextIOWrapper(stream, found, "strict", newline="")
        try:
            lines = _measured(read_lines(text, payload, found), payload.label)
            head = list(islice(lines, _HEAD))
            said = sep_sign(head[0]) if head else None
            first = 2 if said else 1
            sign = delimiter or said or _best(head, fit)
            tried = _attempt(head[first - 1 :], sign)
            if alone and fit(tried) < LEAST:
                return tried
            whole = chain(head[first - 1 :], lines)
            return list(read_records(whole, sign, first, payload.label))
        finally:
            text.detach()


def _measured(lines: Iterator[str], label: str) -> Iterator[str]:
    size = 0
    for line in lines:
        size += len(line)
        if size > MOST_BYTES:
            raise _too_large(label)
        yield line


def _best(head: Sequence[str], fit: Fit) -> str:
    return max(DELIMITERS, key=lambda sign: fit(_attempt(head, sign)))


def _attempt(head: Sequence[str], sign: str) -> list[Record]:
    """The records of the first lines, as far as they can be told apart."""
    found: list[Record] = []
    try:
        for record in read_records(head, sign, 1, ""):
            found.append(record)  # noqa: PERF402 - those before the damage count
    except PayloadError:
        pass
    return found


# -- workbooks ----------------------------------------------------------------------


def _sheets(body: bytes, label: str) -> Iterator[tuple[str, list[Record]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(body))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            yield name, _rows(rows)
    except (CalamineError, OSError, ValueError) as error:
        raise _unreadable(label, f"its workbook cannot be read ({error})") from error


def _rows(rows: Sequence[Sequence[Any]]) -> list[Record]:
    """Records of a sheet's rows; blank rows only keep their number."""
    records = []
    for line, row in enumerate(rows, 1):
        cells = [_cell(value) for value in row]
        if any(cells):
            records.append(Record(line, cells, _line(cells)))
    return records


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _cell(value: Any) -> str:
    """A cell's text as a CSV file would have it; long numbers are as rounded as the
    sheet holds them, and say so."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        if not value.is_integer():
            return repr(value)
        return str(int(value)) if abs(value) < 2**53 else f"{value:.5E}"
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, int | timedelta) else str(value).strip()
