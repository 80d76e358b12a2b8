"""A call on its way: what it may take of time and memory, and how far it came."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Self

from tracker.sources.addresses import Gate
from tracker.sources.bodies import Room
from tracker.sources.troubles import LateError


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: until connected, of silence, and of the whole call with all tries."""

    connect: float = 5.0
    idle: float = 15.0
    total: float = 60.0


@dataclass(slots=True, eq=False)
class Passage:
    """One call on its way: where it may go, until when, and how far it came.

    room, number: memory for bodies, and its place among those who share it. ended:
    has the other side said that nothing more comes?
    """

    gate: Gate
    limits: Limits
    room: Room
    number: int
    end: float = 0.0
    received: int = 0
    ended: bool = False
    given_up: bool = False
    wire: socket.socket | None = None
    token: Token[Passage] | None = None

    def __enter__(self) -> Self:
        self.end = time.monotonic() + self.limits.total
        self.token = RUNNING.set(self)
        return self

    def __exit__(self, *exc: object) -> None:
        self.wire = None
        if self.token:
            RUNNING.reset(self.token)

    def has(self, seconds: float) -> bool:
        """Is there so much time left, and anybody who waits?"""
        return not self.given_up and time.monotonic() + seconds < self.end

    def left(self, limit: float) -> float:
        """Seconds that the next step may take. Raises LateError when none are."""
        left = self.end - time.monotonic()
        if left <= 0 or self.given_up:
            raise self.late()
        return min(limit, left)

    def late(self) -> LateError:
        if self.given_up:
            return LateError("given up before it was answered")
        came = f"(received {self.received / 1000:.3g} kB)"
        if self.end <= time.monotonic():
            return LateError(f"no complete answer in {self.limits.total:g} s {came}")
        return LateError(f"silent for {self.limits.idle:g} s {came}")

    def begin(self) -> None:
        """A request is about to be sent: the first, or one more."""
        self.ended = False
        self.room.drop(self.number)

    def came(self, count: int) -> int:
        """So many bytes were read; 0: the end."""
        self.received += count
        self.ended = not count
        return count

    def grow(self, more: int) -> None:
        """Take so much more memory; the time to wait for it is not the server's.

        Raises LateError when the call was given up.
        """
        began = time.monotonic()
        self.room.hold(self.number, more, lambda: self.given_up)
        self.end += time.monotonic() - began
        if self.given_up:
            raise self.late()

    def give_up(self) -> None:
        """End the call from another thread; its read returns at once."""
        self.given_up = True
        wire = self.wire
        if wire is not None:
            shut(wire)


#: The call that this thread is making.
RUNNING: ContextVar[Passage] = ContextVar("running")


def shut(wire: socket.socket) -> None:
    """Wake whoever reads from a socket. The TLS layer must not be asked: it would
    hand out what is still encrypted as if it were text."""
    with suppress(OSError):  # it may have been closed meanwhile
        socket.socket.shutdown(wire, socket.SHUT_RDWR)
