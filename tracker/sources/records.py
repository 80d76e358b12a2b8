"""Records of a CSV text, each with its physical line and its text.

The csv module does the splitting; this keeps what it forgets. A quote that is not
closed must not swallow the rest of a file: a record has a limit of lines. Text
after a closing quote makes its row bad when the row is one line; over several
lines nobody can say where the record should have ended, so the file is refused.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from tracker.errors import PayloadError

#: How many physical lines a record may span, and how long a cell may be.
MOST_LINES = 50
MOST_SIGNS = 1 << 20
#: How much of a record's text is kept with a reject, in bytes.
MOST_RAW = 4096


class Record(NamedTuple):
    """line: the physical line it begins on; fields None: its quoting is damaged.

    text: the record as it stands in the file, with its line breaks.
    """

    line: int
    fields: list[str] | None
    text: str


class _TooManyLinesError(Exception):
    """A record goes on for too many lines."""


def read_records(
    lines: Iterable[str], delimiter: str, first_line: int, subject: str
) -> Iterator[Record]:
    """The records of physical lines, which must carry their line breaks.

    Blank lines are passed over. Raises PayloadError CSV_QUOTE or CSV_FIELD with
    the physical line, counted from first_line.
    """
    lines = iter(lines)
    line = first_line
    for text in lines:
        if '"' not in text:
            # Without quotes splitting is all that the csv module does.
            body = text.rstrip("\r\n")
            if body:
                yield Record(line, body.split(delimiter), text)
            line += 1
        else:
            held: list[str] = []
            fields = _quoted(chain((text,), lines), held, line, delimiter, subject)
            yield Record(line, fields, "".join(held))
            line += len(held)


def _quoted(
    lines: Iterator[str], held: list[str], line: int, delimiter: str, subject: str
) -> list[str] | None:
    """The next record, whose lines are left in held; None when only it is damaged."""
    try:
        return next(_reader(_holding(lines, held), delimiter))
    except (csv.Error, _TooManyLinesError) as error:
        _refuse_unless_one_line(error, held, line, delimiter, subject)
        return None


def _reader(lines: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    # The limit is the process's; it is only ever raised, to the same figure.
    if csv.field_size_limit() < MOST_SIGNS:
        csv.field_size_limit(MOST_SIGNS)
    return csv.reader(lines, delimiter=delimiter, strict=True)


def _holding(lines: Iterable[str], held: list[str]) -> Iterator[str]:
    """Pass lines on and keep those of the record that is being read."""
    for text in lines:
        held.append(text)
        if len(held) > MOST_LINES:
            raise _TooManyLinesError
        yield text


def _refuse_unless_one_line(
    error: Exception, held: list[str], line: int, delimiter: str, subject: str
) -> None:
    if "field larger" in str(error):
        why = f"a cell holds more than {MOST_SIGNS} characters"
        raise PayloadError("CSV_FIELD", f"{subject}:{line}", why, line=line)
    opened = open_quote(held, delimiter)
    if len(held) == 1 and opened is None:
        return
    at = line + (opened or 0)
    raise PayloadError(
        "CSV_QUOTE",
        f"{subject}:{at}",
        _why(error, opened),
        todo="Close the quote and drop the file again",
        line=at,
    )


def _why(error: Exception, opened: int | None) -> str:
    if isinstance(error, _TooManyLinesError):
        return f"a quote opened here is not closed within {MOST_LINES} lines"
    if opened is None:
        return "text follows a closing quote in a record of several lines"
    return "a quote opened here is not closed"


def open_quote(lines: list[str], delimiter: str) -> int | None:
    """On which of a record's lines (from 0) stands a quote that is never closed?

    None when every quote is closed. Follows the csv module: a quote opens a cell
    only as its first character.
    """
    opened: int | None = None
    for number, text in enumerate(lines):
        start, at = True, 0
        while at < len(text):
            if opened is not None:
                at = text.find('"', at)
                if at < 0:
                    break
                if text[at + 1 : at + 2] == '"':
                    at += 1  # a doubled quote stands for one
                else:
                    opened, start = None, False
            elif start and text[at] == '"':
                opened = number
            else:
                start = text[at] == delimiter
            at += 1
    return opened


def raw_text(text: str) -> str:
    """The record as it stands in the file, at most 4 KiB of it."""
    text = text.rstrip("\r\n")
    if len(text) * 4 <= MOST_RAW:
        return text
    return text.encode()[:MOST_RAW].decode(errors="ignore")


def is_cut(raw: str) -> bool:
    """May this text of a record have been cut off?"""
    return len(raw.encode()) > MOST_RAW - 4


def count_records(lines: Iterable[str], delimiter: str) -> int:
    """How many records a damaged text seems to hold; never raises for its damage.

    Where a record has no end its lines are counted, those that are not blank.
    """
    count = 0
    held: list[str] = []
    source = iter(lines)
    reader = _reader(_holding(source, held), delimiter)
    while True:
        try:
            count += bool(next(reader))
        except StopIteration:
            return count
        except (csv.Error, _TooManyLinesError):
            count += sum(1 for text in held if text.strip())
            reader = _reader(_holding(source, held), delimiter)
        held.clear()
