"""Bytes to physical lines of text: encodings and their marks.

What is declared holds, a byte order mark is certain, and otherwise the text is
UTF-8 to the last byte or it is refused: an encoding is never guessed.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from tracker.errors import PayloadError
from tracker.sources.content import open_content
from tracker.sources.records import MOST_SIGNS

if TYPE_CHECKING:
    from tracker.sources.base import Payload

#: UTF-32 first: its mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Encodings whose order of bytes only a mark tells.
_NEED_MARK = frozenset({"utf-16", "utf-32"})
#: Encodings of Python that are none of files.
_ODD = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf_7"}
)


def find_encoding(
    stream: io.BufferedReader, declared: str | None, label: str
) -> tuple[str, int, tuple[str, ...]]:
    """The encoding, how many bytes its mark takes, and what should be said of it.

    Nothing is read from the stream. Raises PayloadError when it cannot be told.
    """
    head = stream.peek(4)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, len(mark), _contradiction(declared, name, label)
    declared = declared or "utf-8"
    if declared in _NEED_MARK:
        raise PayloadError(
            "CSV_ENCODING",
            label,
            f"it has no byte order mark, so {declared} cannot be told apart",
            todo=f'Declare "{declared}-le" or "{declared}-be"',
        )
    return declared, 0, ()


def _contradiction(declared: str | None, found: str, label: str) -> tuple[str, ...]:
    if declared is None or found.startswith(declared.removesuffix("-sig")):
        return ()
    told = f"its byte order mark says {found}, the settings say {declared}"
    return (f"notice[CSV_ENCODING] {label}: {told}. Read as {found}.",)


def encoding_name(declared: str) -> str | None:
    """Python's name of a declared encoding, or None when it is none of text."""
    try:
        info = codecs.lookup(declared)
    except (LookupError, ValueError):
        return None
    name = info.name.removesuffix("-sig")
    try:
        "".encode(name)  # refused for codecs that are none of text
    except (LookupError, UnicodeError):
        return None
    return None if name.replace("-", "_") in _ODD else name


def read_lines(
    text: io.TextIOWrapper, payload: Payload, encoding: str, first: int = 1
) -> Iterator[str]:
    """Physical lines, the first of which has this number; stops at what no text
    file holds."""
    try:
        lines = iter(partial(text.readline, MOST_SIGNS), "")
        for number, line in enumerate(lines, first):
            if "\0" in line:
                raise _nul(payload.label, number)
            if len(line) >= MOST_SIGNS:
                why = f"the line has more than {MOST_SIGNS} characters"
                raise PayloadError(
                    "CSV_LINE", f"{payload.label}:{number}", why, line=number
                )
            yield line
    except UnicodeDecodeError:
        raise _undecodable(payload, encoding) from None


def _nul(label: str, line: int) -> PayloadError:
    return PayloadError(
        "CSV_NUL",
        f"{label}:{line}",
        "it holds a NUL character",
        todo='Is it UTF-16? Then declare encoding = "utf-16-le"',
        line=line,
    )


def _undecodable(payload: Payload, encoding: str) -> PayloadError:
    """Look for the first byte that cannot be read, to name its place."""
    line, place, byte = _first_undecodable(payload, encoding)
    return PayloadError(
        "CSV_ENCODING",
        f"{payload.label}:{line}",
        f"byte {byte} at offset {place} is not {encoding}",
        todo='Declare its encoding, for example encoding = "cp1252"',
        line=line,
    )


def _first_undecodable(payload: Payload, encoding: str) -> tuple[int, int, str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    line, done, after_cr = 1, 0, False
    with open_content(payload) as stream:
        mark = find_encoding(stream, encoding, payload.label)[1]
        done = len(stream.read(mark))
        while True:
            piece = stream.read(1 << 16)
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                text = error.object[: error.start].decode(encoding)
                line += _breaks(text, after_cr)
                byte = error.object[error.start : error.start + 1].hex()
                return line, done - pending + error.start, "0x" + byte
            line += _breaks(text, after_cr)
            after_cr = text.endswith("\r") if text else after_cr
            done += len(piece)
            if not piece:
                return line, done, "(end)"  # it changed meanwhile and is sound now


def _breaks(text: str, after_cr: bool) -> int:
    """How many lines end in a text; a LF after a CR that was counted is its part."""
    both = text.count("\r\n") + (after_cr and text.startswith("\n"))
    return text.count("\n") + text.count("\r") - both
