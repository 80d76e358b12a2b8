"""Alerts in the daemon: when to look, in a thread that holds up nothing else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tracker import status
from tracker.alerts.sending import Sender
from tracker.anomalies import Memory

if TYPE_CHECKING:
    from tracker.app import Tracker

#: Between two looks at what changed or waits, in seconds.
PACE = 2.0
#: What comes with time alone, such as a mission that is late, is seen after so long.
LONGEST = 60.0
#: Looking takes at most this part of the time: collecting goes first.
SHARE = 10


class Watchman:
    """`step` looks when something changed, waits in the outbox, or a minute passed."""

    def __init__(self) -> None:
        self._next = self._longest = 0.0
        self._seen: str | None = None
        self._memory = Memory()

    def step(self, tracker: Tracker, now: int) -> None:
        """One look, if it is time for one."""
        began = time.monotonic()
        if began < self._next or not self._wanted(tracker):
            return
        self._next = began + PACE
        stamp = f"{status.stamp(tracker, now)} {tracker.settings.raw}"
        sender = Sender(tracker, now, self._memory)
        if stamp != self._seen or began >= self._longest:
            sender.look()
            self._seen, self._longest = stamp, time.monotonic() + LONGEST
        for _ in sender.send():
            pass
        ended = time.monotonic()
        self._next = ended + max(PACE, SHARE * (ended - began))

    def _wanted(self, tracker: Tracker) -> bool:
        return bool(tracker.settings.alerts) or tracker.settings.digest is not None
