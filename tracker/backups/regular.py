"""Backups that the daemon makes by itself, where [backup] says `every`.

On a database that several hosts share, one of them makes each backup: it holds a lease
meanwhile, and the database remembers when the last one was made.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

from tracker.backups.folder import found, place, plan, prune
from tracker.backups.making import make
from tracker.errors import TrackerError
from tracker.model import iso
from tracker.store import audit

if TYPE_CHECKING:
    from tracker.app import Tracker

logger = logging.getLogger(__name__)

#: The name in `meta` of when the last one was made, and of the lease.
LAST, LEASE = "backup last", "backup"
#: How long a host that died holds up the others; renewed each third of it; ms.
LENGTH = 30_000
#: After a failure it is tried again; ms.
AGAIN = 600_000


class Regular:
    """Makes a backup when one is due."""

    def __init__(self, host: str) -> None:
        self.host = host
        self._rests_until = 0

    def step(self, tracker: Tracker, now: int, stop: Event) -> bool:
        """Was one made? Errors are raised; it is tried again after a while."""
        if now < self._rests_until or not _due(tracker, now):
            return False
        leases = tracker.runs.leases
        term = leases.take(LEASE, self.host, now, LENGTH)
        if term is None:
            return False
        self._rests_until = now + AGAIN
        try:
            with _held(tracker, term):
                _make(tracker, now, stop)
        except TrackerError:
            if stop.is_set():
                return False  # what was cut off is swept away by the next one
            raise
        finally:
            leases.release(LEASE, term)
        self._rests_until = 0
        return True


@contextmanager
def _held(tracker: Tracker, term: int) -> Iterator[None]:
    """The lease stays ours while this lasts."""
    done, leases = Event(), tracker.runs.leases

    def renew() -> None:
        while not done.wait(LENGTH / 3000):
            with suppress(TrackerError):
                leases.renew({LEASE: term}, leases.clock(), LENGTH)

    thread = Thread(target=renew, name="backup lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _due(tracker: Tracker, now: int) -> bool:
    every = plan(tracker.settings).every
    return every is not None and newest(tracker) + every <= now


def newest(tracker: Tracker) -> int:
    """When the last one was made, here or by another host, ms; 0: never."""
    with tracker.database.reading() as link:
        said = link.value("SELECT value FROM meta WHERE key = ?", (LAST,))
    here = [one.made_at for one in found(place(tracker)) if not one.aside]
    return max([int(said or 0), *here])


def _make(tracker: Tracker, now: int, stop: Event) -> None:
    made = make(tracker, now=now, stop=stop)
    with tracker.database.writing() as link:
        audit.remember(link, LAST, str(now))
    said = plan(tracker.settings)
    gone = prune(place(tracker), said.keep, said.expire, now)
    logger.info(
        f"backup {made.name} was made and verified; {len(gone)} older deleted",
        extra={"action": "backup", "at": iso(now)},
    )
