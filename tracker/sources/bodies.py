"""Bodies of answers: unpacked piece by piece, and never larger than is believed."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from threading import Condition

from tracker.sources.troubles import CutError, GarbledError, TooLargeError

#: Bytes of a body, packed or not, that are believed.
LIMIT = 32 * 2**20
#: A body may unpack to so many times its size; small ones to any.
RATIO, SMALL = 100, 2**20
#: Bytes unpacked at once.
PIECE = 2**15
#: Codings that are asked for and understood. zlib tells gzip and zlib apart itself.
CODINGS = ("", "identity", "gzip", "x-gzip", "deflate")
#: Servers that send a header twice are joined by a comma; urllib3 compares the two.
LENGTH = re.compile(r"[0-9]{1,18}(, ?[0-9]{1,18})*")
_EITHER = 32 + zlib.MAX_WBITS


def collect(
    pieces: Iterable[bytes], packed_as: str, grow: Callable[[int], object]
) -> bytes:
    """Unpack a body. grow: told the size of each part before it is kept.

    Raises TooLargeError and GarbledError.
    """
    # BytesIO hands out its bytes without a copy: the peak is one body, not two.
    kept, packed = io.BytesIO(), 0
    unpack = _Inflate() if packed_as else _Same()
    for piece in pieces:
        packed += len(piece)
        for part in unpack.feed(piece):
            grow(len(part))
            kept.write(part)
            _check(kept.tell(), packed)
    unpack.finish(packed)
    return kept.getvalue()


def coding(headers: Mapping[str, str], ended: bool) -> str:
    """The coding that a head names, "" for none. ended: was its end read?

    Nobody needs to read the end of what is whole; but http.client takes a head that
    was cut off for a whole one, and a length that is no number for none at all.
    Raises CutError and GarbledError.
    """
    if ended:
        raise CutError("hung up before its answer began")
    if not LENGTH.fullmatch(headers.get("Content-Length", "0").strip()):
        raise GarbledError("it gives no number for its length")
    named = headers.get("Content-Encoding", "").strip().lower()
    if named not in CODINGS:
        said = re.sub(r"[^a-z0-9, -]", "?", named[:40])
        raise GarbledError(f'it is coded as "{said}", which was not asked for')
    return "" if named == "identity" else named


def _check(size: int, packed: int) -> None:
    if max(size, packed) > LIMIT:
        raise TooLargeError(f"answer exceeds {LIMIT >> 20} MiB after decompression")
    if size > SMALL and size > packed * RATIO:
        raise TooLargeError(f"answer unpacks to more than {RATIO} times its size")


class _Same:
    def feed(self, data: bytes) -> Iterator[bytes]:
        yield data

    def finish(self, packed: int) -> None:
        """Nothing can be missing that the connection did not notice."""


class _Inflate:
    def __init__(self) -> None:
        self._stream = zlib.decompressobj(_EITHER)

    def feed(self, data: bytes) -> Iterator[bytes]:
        while True:
            part = self._next(data)
            if part:
                yield part
            data = self._stream.unconsumed_tail
            if self._stream.eof and self._stream.unused_data:
                # A gzip file may consist of several, one after the other.
                data = self._stream.unused_data
                self._stream = zlib.decompressobj(_EITHER)
            if not data and len(part) < PIECE:
                return

    def _next(self, data: bytes) -> bytes:
        try:
            return self._stream.decompress(data, PIECE)
        except zlib.error:
            raise GarbledError("its compressed body is damaged") from None

    def finish(self, packed: int) -> None:
        if packed and not self._stream.eof:
            raise GarbledError("its compressed body is cut short")


class Room:
    """Memory for bodies that came before their turn.

    Together they hold at most `size` bytes. The one whose turn it is may always go
    on, so nobody waits for ever. Without it, a server that is asked many things at
    once could fill the memory with answers that are each small enough.
    """

    def __init__(self, size: int = LIMIT // 8) -> None:
        self._size, self._turn, self._open = size, 0, False
        self._held: dict[int, int] = {}
        self._changed = Condition()

    def hold(self, number: int, more: int, stopped: Callable[[], bool]) -> None:
        """Wait until body `number` may grow by `more` bytes, or is not wanted."""
        with self._changed:
            while not self._fits(number, more) and not stopped():
                self._changed.wait(0.5)  # whoever stops does not know of this room
            self._held[number] = self._held.get(number, 0) + more

    def _fits(self, number: int, more: int) -> bool:
        here = number == self._turn or self._open
        return here or sum(self._held.values()) + more <= self._size

    def drop(self, number: int) -> None:
        """The body is gone: it was handed over, or will be read anew."""
        with self._changed:
            self._held.pop(number, None)
            self._changed.notify_all()

    def turn(self, number: int) -> None:
        with self._changed:
            self._turn = number
            self._changed.notify_all()

    def open(self) -> None:
        """Nobody needs to wait any more."""
        with self._changed:
            self._open = True
            self._changed.notify_all()
