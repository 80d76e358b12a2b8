"""Keeps the pages as new as the facts: one build at a time, once it is quiet.

Which pages a build makes, those of all campaigns or of one, is decided in turns.py.
"""

from __future__ import annotations

import logging
import time

from tracker import status
from tracker.app import Tracker
from tracker.errors import LockedError, TrackerError
from tracker.store import changes
from tracker.turns import Turn, Turns

log = logging.getLogger(__name__)

#: Between two looks at the facts, when nothing was collected here; seconds.
EASY = 5.0
#: Changes that keep coming are waited for no longer than this; seconds.
LONGEST = 10.0
#: After a build there is rest for so many times as long as it took: clicks come all the
#: time, and pages need not follow each. A change need not rest after a build of a
#: campaign that had not changed itself.
RESTS = 3
#: After a build that failed; seconds.
AGAIN = 60.0
#: Of several hosts the one with this lease builds; it is renewed like a host's.
LEASE = "publisher"


class Publisher:
    """`step` does one piece of the work; `hurry` says that there may be some.

    term: of the lease, 0 without it.
    """

    def __init__(self, host: str, lease: int) -> None:
        self.host, self.lease = host, lease
        self.term = 0
        self._built: str | None = None
        self._seen: str | None = None
        self._waits = False
        self._since = self._next = self._rests = 0.0
        self._turns = Turns()
        self._written: int | None = None

    def hurry(self) -> None:
        """Something was collected: look at the next step."""
        if not self._waits:
            self._next = 0.0

    def step(self, tracker: Tracker, now: int) -> None:
        """Build the pages when the facts have changed and are quiet again."""
        clock = time.monotonic()
        if clock < self._next:
            return
        if not self.term and self._others(tracker, now):
            self._next = clock + EASY
            return
        stamp = status.stamp(tracker, now)
        if stamp not in (self._built, self._seen) and self._young(clock):
            self._seen = stamp
            return
        if stamp != self._built:
            self._look(tracker, stamp)
        turn = self._turns.next()
        if turn is None:
            self._built = self._seen = stamp
            self._next = clock + EASY
        elif clock < self._rests and not turn.changed:
            self._next = min(clock + EASY, self._rests)
        elif self._ours(tracker, now):
            self._build(tracker, turn, now)

    def _look(self, tracker: Tracker, stamp: str) -> None:
        """What changed, and of which campaigns; `stamp` was taken before."""
        database, named = tracker.database, set[str]()
        if self._written is None:
            self._written = changes.last_written(database)
        else:
            self._written, named = changes.written(database, self._written)
        numbers = changes.numbers(database)
        self._turns.see(stamp, numbers, lambda: changes.sizes(database), named)
        self._built = self._seen = stamp

    def _young(self, clock: float) -> bool:
        """Has this change been waited for less than LONGEST?"""
        if self._seen in (None, self._built):
            self._since = clock
        return clock - self._since < LONGEST

    def _others(self, tracker: Tracker, now: int) -> bool:
        """Does another host publish? Then nothing needs to be looked at here."""
        held = tracker.runs.leases.find(LEASE)
        return held is not None and held.live(now) and held.holder != self.host

    def _ours(self, tracker: Tracker, now: int) -> bool:
        """Is it this host that builds? Its lease begins with its first build."""
        if not self.term:
            leases = tracker.runs.leases
            self.term = leases.take(LEASE, self.host, now, self.lease) or 0
            self._next = time.monotonic() + (0 if self.term else EASY)
        return self.term > 0

    def _build(self, tracker: Tracker, turn: Turn, now: int) -> None:
        from tracker.publish import publish

        began = time.monotonic()
        said = {"action": "publish"}
        if turn.campaign is not None:
            said["campaign"] = turn.campaign
        try:
            publish(
                tracker,
                campaign=turn.campaign,
                now=now,
                may=lambda: self._still(tracker),
            )
        except LockedError as error:  # a person builds them just now, or another host
            self._pause(EASY)
            if error.code == "TERM_LOST":
                told = str(error).replace("error[", "warning[", 1)
                log.warning(told, extra={**said, "code": error.code})
        except TrackerError as error:
            self._fail(turn)
            log.error(str(error), extra={**said, "code": error.code})
        except Exception:  # whatever it is, collecting goes on
            self._fail(turn)
            log.exception(
                "the pages could not be built; the last good ones stay", extra=said
            )
        else:
            self._end(turn, time.monotonic() - began)
            log.info("pages built", extra=said)

    def _end(self, turn: Turn, took: float) -> None:
        self._waits = False
        self._turns.built(turn, took)
        self._rests = time.monotonic() + RESTS * took
        # a change may come at once after a build that was for none
        self._next = self._rests if turn.changed else 0.0

    def _fail(self, turn: Turn) -> None:
        self._turns.failed(turn)
        self._pause(AGAIN)

    def _still(self, tracker: Tracker) -> None:
        """LockedError when another host publishes now. On SQLite there is none."""
        held = tracker.runs.leases.find(LEASE)
        if held is not None and held.term == self.term:
            return
        term, self.term = self.term, 0
        to = f" to host {held.holder} (term {term} < {held.term})" if held else ""
        raise LockedError(
            "TERM_LOST",
            "pages",
            f"this daemon lost its turn{to}",
            "What it had built was not published",
        )

    def _pause(self, seconds: float) -> None:
        """Do not try again before, whatever is collected meanwhile."""
        self._next, self._waits = time.monotonic() + seconds, True
