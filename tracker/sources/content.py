"""The bytes of a payload: opened safely, unpacked, and watched for changes.

A file is opened without following a link and without waiting (a named pipe would
wait for ever), and must be the one that was found: when its stamp is another one,
before or after reading, it is still being written and nothing of it is kept.
"""

from __future__ import annotations

import errno
import gzip
import io
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from tracker.errors import PayloadError

if TYPE_CHECKING:
    from tracker.sources.base import Payload

_GZIP = b"\x1f\x8b"
#: Limits of unpacking: a .gz may hold this much text, and beyond the first 64 MiB
#: no more than this many times its own size (text of counts packs 5 to 40 times).
MOST_UNPACKED = 16 << 30
MOST_RATIO = 200
_RATIO_FROM = 64 << 20
#: Other formats by their first bytes, and what to do about them.
_OTHERS = (
    (b"PK\x03\x04", "is a workbook or a ZIP archive", "Save it as CSV"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook", "Save it as CSV"),
    (b"PAR1", "is a Parquet file", "Export it as CSV"),
    (b"SQLite format 3\0", "is a database", "Export it as CSV"),
    (b"%PDF", "is a PDF", "Export it as CSV"),
)


def stamp(info: os.stat_result) -> str:
    """What changes when a file's content may have changed."""
    return f"{info.st_size}-{info.st_mtime_ns}-{info.st_ctime_ns}-{info.st_ino}"


@contextmanager
def open_payload(payload: Payload) -> Iterator[io.BufferedReader]:
    """The payload's bytes as they are; PayloadError FILE_CHANGED at the end, too."""
    if payload.body is not None:
        yield io.BufferedReader(cast("io.RawIOBase", io.BytesIO(payload.body)))
        return
    with _open(payload) as stream:
        _unchanged(payload, stream)
        yield stream
        _unchanged(payload, stream)


@contextmanager
def open_content(payload: Payload) -> Iterator[io.BufferedReader]:
    """The payload's bytes, unpacked if they are packed."""
    with open_payload(payload) as stream:
        head = stream.peek(16)
        _other_format(payload, head)
        if head.startswith(_GZIP):
            yield io.BufferedReader(_Unpacked(stream, payload), 1 << 16)
        else:
            yield stream


def _open(payload: Payload) -> io.BufferedReader:
    try:
        return open(_descriptor(payload), "rb")
    except FileNotFoundError:
        raise PayloadError(
            "FILE_GONE", payload.label, "it is not there any more", "Nothing is kept"
        ) from None
    except OSError as error:
        what = "is a link" if error.errno == errno.ELOOP else "cannot be read"
        why = f"{what} ({os.strerror(error.errno or 0)})"
        raise PayloadError("FILE_UNREADABLE", payload.label, why) from error


def _descriptor(payload: Payload) -> int:
    assert payload.path is not None, "a payload without path and body cannot be read"
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    handle = os.open(payload.path, flags)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise PayloadError("FILE_KIND", payload.label, "it is not a file")
    return handle


def _unchanged(payload: Payload, stream: io.BufferedReader) -> None:
    if payload.stamp in (None, stamp(os.fstat(stream.fileno()))):
        return
    raise PayloadError(
        "FILE_CHANGED",
        payload.label,
        "it changed while it was read",
        "Nothing of it is kept; it is read again at the next look",
        "Write elsewhere and rename into place",
    )


def _other_format(payload: Payload, head: bytes) -> None:
    for magic, what, todo in _OTHERS:
        if head.startswith(magic):
            raise PayloadError("FILE_FORMAT", payload.label, f"it {what}", todo=todo)


class _Unpacked(io.RawIOBase):
    """A gzip stream that ends with a PayloadError instead of filling the memory."""

    def __init__(self, packed: io.BufferedReader, payload: Payload) -> None:
        self.packed, self.payload = packed, payload
        self.stream = gzip.GzipFile(fileobj=packed)
        self.size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            data = self.stream.read1(len(buffer))
        except (EOFError, OSError, zlib.error) as error:
            raise self._refusal("FILE_GZIP", f"is damaged ({error})") from error
        self._measure(len(data))
        buffer[: len(data)] = data
        return len(data)

    def _measure(self, more: int) -> None:
        self.size += more
        ratio = self.size // max(self.packed.tell(), 1)
        bomb = self.size > _RATIO_FROM and ratio > MOST_RATIO
        if bomb or self.size > MOST_UNPACKED:
            raise self._refusal("FILE_TOO_LARGE", "unpacks to more than is believed")

    def _refusal(self, code: str, why: str) -> PayloadError:
        return PayloadError(code, self.payload.label, f"the packed file {why}")
