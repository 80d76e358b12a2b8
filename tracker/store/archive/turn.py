"""One at a time works on the archive.

The turn is a lease, checked in every transaction that writes. The turn of a process
that died on this machine is free at once, that of another machine after a while.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from tracker.errors import LockedError
from tracker.model import iso
from tracker.store.again import whole
from tracker.store.database import Database, Link
from tracker.store.leases import Lease, Leases, find, release, renew, seize

R = TypeVar("R")

NAME = "archive"
#: How long a turn lives unless it goes on, in ms: longer than any single file takes.
LENGTH = 180_000


class Turn:
    """The turn, once taken."""

    def __init__(self, database: Database) -> None:
        """LockedError: somebody else has it."""
        self._database, self._leases = database, Leases(database)
        now = self._leases.clock()
        said = {"pid": os.getpid(), "machine": platform.node(), "since": now}
        with database.writing() as link:
            held = find(link, NAME)
            if held is not None and held.live(now) and not _dead(held):
                raise _busy(held)
            self._term = seize(link, NAME, json.dumps(said), now, LENGTH)

    @contextmanager
    def writing(self) -> Iterator[Link]:
        """A transaction of whoever still has the turn; it is held on to."""
        now = self._leases.clock()
        with self._database.writing() as link:
            if not renew(link, NAME, self._term, now, LENGTH):
                raise LockedError(
                    "TERM_LOST",
                    "archive",
                    "another process took over, because this one was silent too long",
                    "What it had not finished was not done",
                    "Run it again",
                )
            yield link

    def do(self, act: Callable[[Link], R]) -> R:
        """An act in such a transaction; done again when the server breaks it off."""

        @whole
        def once() -> R:
            with self.writing() as link:
                return act(link)

        return once()

    def end(self) -> None:
        with self._database.writing() as link:
            release(link, NAME, self._term)


@contextmanager
def taking_turns(database: Database) -> Iterator[Turn]:
    """The turn, and given back at the end."""
    turn = Turn(database)
    # Without a connection that stays, SQLite would write its log back, and sync twice,
    # after every transaction: the last one to close does.
    stays = database.connect()
    try:
        yield turn
    finally:
        stays.close()
        turn.end()


def _dead(lease: Lease) -> bool:
    """Is it sure that its process has ended?"""
    said: dict[str, Any] = json.loads(lease.holder or "{}")
    if said.get("machine") != platform.node() or said.get("pid") == os.getpid():
        return False
    try:
        os.kill(int(said["pid"]), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _busy(lease: Lease) -> LockedError:
    said: dict[str, Any] = json.loads(lease.holder or "{}")
    return LockedError(
        "ARCHIVE_BUSY",
        "archive",
        f"process {said.get('pid')} on {said.get('machine')} works on it since"
        f" {iso(said.get('since') or 0)}",
        "Nothing was done",
        "Wait until it has ended, then run it again",
    )
