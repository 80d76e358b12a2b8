"""Runs under way, each in a thread of its own, so that none waits for another.

A thread cannot be stopped from outside. One that passes its deadline is given up:
its run is ended in the database, which refuses what it still writes, and its
source rests until the thread has come back or the daemon is started anew.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Work:
    """A look at one source.

    began: seconds of the monotonic clock. run: the run it has claimed, once it has;
    term: under which. given_up: its deadline has passed.
    """

    name: str
    began: float
    thread: threading.Thread | None = None
    run: int | None = None
    term: int | None = None
    given_up: bool = False


@dataclass
class Workers:
    """At most one look a source at a time."""

    act: Callable[[Work], object]
    _works: dict[str, Work] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def look(self, name: str) -> bool:
        """Begin a look, unless one at this source is under way."""
        with self._guard:
            if name in self._works:
                return False
            work = self._works[name] = Work(name, time.monotonic())
            work.thread = threading.Thread(
                target=self._do, args=[work], name=f"look {name}", daemon=True
            )
            work.thread.start()
            return True

    def _do(self, work: Work) -> None:
        try:
            self.act(work)
        finally:
            with self._guard:
                self._works.pop(work.name, None)

    def under_way(self) -> list[Work]:
        with self._guard:
            return list(self._works.values())

    def wait(self, seconds: float) -> list[Work]:
        """Wait for all but those given up; answers the ones that are not done."""
        end = time.monotonic() + seconds
        for work in self.under_way():
            if work.thread is not None and not work.given_up:
                work.thread.join(max(0.0, end - time.monotonic()))
        return self.under_way()
