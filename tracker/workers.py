"""Runs under way, each in a thread of its own.

No more than `most` of a lane are under way at once; what cannot begin yet waits here,
and whether it is still due is asked when its turn has come, so that a host that is full
leaves slots to others. Whose turn it is falls by lot: hosts that are called at the same
instant must not all want the same source.

A thread cannot be stopped from outside. One that passes its deadline is given up:
its run is ended in the database, which refuses what it still writes, and its
source rests until the thread has come back or the daemon is started anew.
"""

from __future__ import annotations

import random
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
    lane: str = ""
    thread: threading.Thread | None = None
    run: int | None = None
    term: int | None = None
    given_up: bool = False


@dataclass
class Workers:
    """At most one look a source at a time. lane: of a source, by its name."""

    act: Callable[[Work], object]
    most: int = 64
    lane: Callable[[str], str] = lambda _: ""
    _works: dict[str, Work] = field(default_factory=dict)
    _waiting: set[str] = field(default_factory=set)
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _ending: bool = False

    def look(self, name: str) -> bool:
        """Begin a look now or when there is room, unless one at this source is under
        way."""
        with self._guard:
            if name in self._works:
                return False
            if not self._ending:
                self._waiting.add(name)
                self._begin_one(name)
            return True

    def _begin_one(self, name: str) -> None:
        """If there is room for it."""
        lane = self.lane(name)
        if self._busy(lane) < self.most:
            self._waiting.discard(name)
            self._begin(name, lane)

    def _begin_some(self) -> None:
        """What there is room for, by lot."""
        waiting = list(self._waiting)
        random.shuffle(waiting)
        for name in waiting:
            self._begin_one(name)

    def _busy(self, lane: str) -> int:
        works = self._works.values()
        return sum(each.lane == lane and not each.given_up for each in works)

    def _begin(self, name: str, lane: str) -> None:
        work = self._works[name] = Work(name, time.monotonic(), lane)
        work.thread = threading.Thread(
            target=self._do, args=[work], name=f"look {name}", daemon=True
        )
        work.thread.start()

    def _do(self, work: Work) -> None:
        try:
            self.act(work)
        finally:
            with self._guard:
                self._works.pop(work.name, None)
                self._begin_some()

    def under_way(self) -> list[Work]:
        with self._guard:
            return list(self._works.values())

    def end(self) -> None:
        """Begin nothing any more."""
        with self._guard:
            self._ending = True
            self._waiting.clear()

    def wait(self, seconds: float) -> list[Work]:
        """Wait for all but those given up; answers the ones that are not done."""
        end = time.monotonic() + seconds
        for work in self.under_way():
            if work.thread is not None and not work.given_up:
                work.thread.join(max(0.0, end - time.monotonic()))
        return self.under_way()
