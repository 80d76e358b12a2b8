"""Work one piece behind: what was handed over is written while the next is reckoned."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Self


class Behind:
    """Does what it is handed in a thread of its own, in order, one piece at a time.

    At most one piece waits, so memory stays bounded. An exception comes out of the
    next `do`, of `wait`, or at the end of the `with` block. here: do it at once
    instead, for connections that can do but one thing at a time.
    """

    def __init__(self, *, here: bool) -> None:
        self._pool = None if here else ThreadPoolExecutor(1, "write")
        self._pending: Future[None] | None = None

    def do(self, work: Callable[..., None], *words: Any) -> None:
        self.wait()
        if self._pool is None:
            work(*words)
        else:
            self._pending = self._pool.submit(work, *words)

    def wait(self) -> None:
        """Until everything handed over is done."""
        if self._pending is not None:
            pending, self._pending = self._pending, None
            pending.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """The thread has ended after this, whatever happened."""
        if self._pool is not None:
            self._pool.shutdown()
        if kind is None:
            self.wait()
