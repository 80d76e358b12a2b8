"""Is the door fit for deliveries? Found out beforehand: asking costs nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tracker.errors import TrackerError
from tracker.model import is_day
from tracker.store import schema
from tracker.store.leases import Leases

if TYPE_CHECKING:
    from tracker.server.writer import Writer
    from tracker.store.database import Database

#: Without a word from the database, or a tick of the scheduler, for so many seconds
#: the door is not ready.
SILENT = 20.0
#: Between two tries to write, when no delivery does it anyway; seconds.
EVERY = 5.0
#: Clocks that are so far apart are not taken for one; ms.
APART = 1_000


class Health:
    """ticked: when the scheduler last gave a sign of life (monotonic); None: there is
    no scheduler here."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        ticked: Callable[[], float] | None = None,
    ) -> None:
        self._database, self._writer, self._ticked = database, writer, ticked
        self._leases = Leases(database)
        self.stopping = False
        #: What is wrong with the database; "" when it was written to.
        self.trouble = ""
        self.unread: dict[str, int] = {}
        self._sound = time.monotonic()
        self._tried = 0.0
        #: How far the database's clock is ahead of ours, in ms.
        self._ahead = 0

    def look(self, now: int) -> None:
        """Try to write, unless a delivery was kept just now. Takes its time."""
        clock = time.monotonic()
        if clock - self._tried < EVERY:
            return
        self._tried = clock
        try:
            if clock - self._writer.kept_at > EVERY or self._writer.failure:
                self._writer.inbox.probe(now)
                self._writer.failure = None
            self.unread = self._writer.inbox.counts()
            self.trouble = self._other_schema()
            self._compare()
            self._sound = time.monotonic()
        except TrackerError as error:
            self.trouble = f"database: {error.code}"

    def clock(self) -> int:
        """Epoch ms by the clock that all hosts share, as far as it has been heard."""
        at = now() + self._ahead
        return at - 1 if is_day(at) else at

    def _compare(self) -> None:
        """Clocks that nearly agree need no correction."""
        if self._database.dialect == "sqlite":
            return  # it lives on this machine, and has its clock
        ahead = self._leases.clock() - now()
        self._ahead = ahead if abs(ahead) >= APART else 0

    def _other_schema(self) -> str:
        found, needed = schema.version(self._database), schema.newest()
        return "" if found == needed else f"schema: {found}, not {needed}"

    def because(self) -> list[str]:
        """Why the door is not ready; [] when it is."""
        now = time.monotonic()
        found = ["stopping"] if self.stopping else []
        failure = self._writer.failure
        silent = now - max(self._sound, self._writer.kept_at)
        if self.trouble:
            found.append(self.trouble)
        elif failure is not None:
            found.append(f"database: {failure.code}")
        elif silent > SILENT:
            found.append(f"database: no answer for {silent:.0f} s")
        if self._ticked is not None and (gone := now - self._ticked()) > SILENT:
            found.append(f"scheduler: no tick for {gone:.0f} s")
        return found


def now() -> int:
    """Epoch milliseconds by this machine's clock; never the mark of a day."""
    at = time.time_ns() // 1_000_000
    return at - 1 if is_day(at) else at
