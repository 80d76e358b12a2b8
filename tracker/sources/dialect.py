"""How a file writes its table: encoding, delimiter, header.

What is declared holds; what is not is found out where it can be told for certain
(a byte order mark, valid UTF-8, the delimiter that makes the header's columns
appear) and refused where it cannot.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING

from tracker.errors import PayloadError
from tracker.sources.columns import Plan, Spec, found, make_plan, missing
from tracker.sources.content import open_content
from tracker.sources.encoding import find_encoding, read_lines
from tracker.sources.records import MOST_LINES, MOST_SIGNS, count_records
from tracker.sources.values import shown

if TYPE_CHECKING:
    from tracker.sources.base import Payload

DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Declared:
    """What the settings say of the table; None: to be found out.

    preamble: how many physical lines stand before the header.
    """

    encoding: str | None = None
    delimiter: str | None = None
    preamble: int = 0
    specs: Mapping[str, Spec] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """What was found out about one file.

    first_line: physical line after the header. offset: bytes (unpacked) before
    that line, None when the file is not UTF-8. ignored: title lines passed over.
    """

    encoding: str
    delimiter: str
    plan: Plan
    header_line: int
    first_line: int
    offset: int | None
    ignored: int = 0
    notices: tuple[str, ...] = ()


@contextmanager
def open_table(
    payload: Payload, said: Declared
) -> Iterator[tuple[Table, Iterator[str]]]:
    """The table and the physical lines after its header, with their line breaks.

    Raises PayloadError CSV_ENCODING, CSV_HEADER, CSV_QUOTE, CSV_NUL, CSV_LINE.
    """
    with open_content(payload) as stream:
        encoding, mark, notices = find_encoding(stream, said.encoding, payload.label)
        stream.read(mark)
        text = io.TextIOWrapper(stream, encoding, "strict", newline="")
        try:
            lines = read_lines(text, payload, encoding)
            head = list(islice(lines, said.preamble + MOST_LINES + 10))
            table = _table(head, said, payload.label, encoding, mark, notices)
            yield table, chain(head[table.first_line - 1 :], lines)
        finally:
            text.detach()


def count_rows(payload: Payload, said: Declared) -> int:
    """How many rows a refused payload seems to hold, as far as that can be told."""
    try:
        with open_content(payload) as stream:
            encoding, mark, _ = find_encoding(stream, said.encoding, payload.label)
            stream.read(mark)
            text = io.TextIOWrapper(stream, encoding, "replace", newline="")
            try:
                return _count(text, said)
            finally:
                text.detach()
    except (PayloadError, UnicodeError):
        return 0


def _count(text: io.TextIOWrapper, said: Declared) -> int:
    lines = iter(partial(text.readline, MOST_SIGNS), "")
    head = list(islice(lines, said.preamble + MOST_LINES + 10))
    start, _, declared = _start(head, said)
    delimiter = declared or _best(head[start:], said)[0]
    return max(count_records(chain(head[start:], lines), delimiter) - 1, 0)


def _start(head: list[str], said: Declared) -> tuple[int, int, str | None]:
    """Where the header stands, how many titles were passed over, the delimiter."""
    at, delimiter = 0, said.delimiter
    while at < len(head) and (at < said.preamble or not head[at].strip(" \t\r\n")):
        at += 1
    titles = sum(
        bool(line.strip()) and not sep_sign(line) for line in head[: said.preamble]
    )
    for place in {0, at}:
        sign = sep_sign(head[place]) if place < len(head) else None
        if sign:
            delimiter = said.delimiter or sign
            at = max(at, place + 1)
    while at < len(head) and not head[at].strip(" \t\r\n"):
        at += 1
    return at, titles, delimiter


def sep_sign(line: str) -> str | None:
    """The delimiter of a `sep=;` line, as spreadsheets write it."""
    text = line.rstrip("\r\n").strip('"')
    return text[4] if len(text) == 5 and text[:4].lower() == "sep=" else None


def _table(
    head: list[str],
    said: Declared,
    label: str,
    encoding: str,
    mark: int,
    notices: tuple[str, ...],
) -> Table:
    at, titles, delimiter = _start(head, said)
    if at >= len(head):
        raise _headless(label, at + 1, "it has no header", "")
    if delimiter is None:
        delimiter, plan, used = _best(head[at:], said)
    else:
        plan, used = _header(head[at:], delimiter, said)
    if plan is None:
        why = "the header's quotes are not closed"
        raise PayloadError("CSV_QUOTE", f"{label}:{at + 1}", why, line=at + 1)
    if lacks := missing(plan):
        raise _unfit(label, at, plan, lacks, _advice(head, at, said))
    first = at + used + 1
    offset = None
    if encoding == "utf-8":
        offset = mark + sum(len(line.encode()) for line in head[: first - 1])
    return Table(encoding, delimiter, plan, at + 1, first, offset, titles, notices)


def _header(
    lines: Iterable[str], delimiter: str, said: Declared
) -> tuple[Plan | None, int]:
    """The plan of a header and on how many physical lines it stands."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        names = [name.strip().replace("\u00ad", "") for name in next(reader)]
    except (csv.Error, StopIteration):
        return None, 0
    return make_plan(names, said.specs), reader.line_num


def _best(lines: list[str], said: Declared) -> tuple[str, Plan | None, int]:
    """The delimiter by which the header shows most of the columns looked for."""
    tried = [(sign, *_header(lines, sign, said)) for sign in DELIMITERS]
    return max(tried, key=lambda one: _fit(one[1]))


def _fit(plan: Plan | None) -> tuple[bool, int, int]:
    if plan is None:
        return False, -1, 0
    return not missing(plan), found(plan), plan.width


def _advice(head: list[str], at: int, said: Declared) -> str:
    """Does a later line look like the header?"""
    for place in range(at + 1, min(len(head), at + 20)):
        plan = _best(head[place:], said)[1]
        if plan is not None and not missing(plan):
            return f"Line {place + 1} looks like the header: declare preamble = {place}"
    return "Declare the file's columns in the source's settings"


def _unfit(
    label: str, at: int, plan: Plan, lacks: list[str], todo: str
) -> PayloadError:
    names = ", ".join(map(shown, plan.header[:20]))
    return _headless(
        label, at + 1, f"the header has {'; '.join(lacks)}. It has {names}", todo
    )


def _headless(label: str, line: int, why: str, todo: str) -> PayloadError:
    return PayloadError("CSV_HEADER", f"{label}:{line}", why, todo=todo, line=line)
