"""A look at a source: is a slot due, can it be claimed, then run it.

Looks are cheap and may be made at any time, by any number of hosts: what is due,
claimed or done stands in the database.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Literal

from tracker import app
from tracker.errors import StoreError, TrackerError
from tracker.forms import duration
from tracker.model import Outcome, RunReport, iso
from tracker.settings import SourceSettings
from tracker.slots import Every, Schedule, due
from tracker.store.inbox import Inbox
from tracker.timing import timing
from tracker.watch import USUAL_REST, Watch, anything
from tracker.workers import Work

log = logging.getLogger(__name__)

UNITS = ("s", "m", "h", "d")
#: After trouble with the database a source rests, in seconds.
REST = 5.0
#: Lanes of sources: those that wait for the network, and those that need only this
#: machine and the database.
ASKED, HERE = "asked", "here"


class Looks:
    """Looks at the sources of one workspace for one host.

    lease: how long a claim lives unless it is renewed, in ms. clock: epoch ms; by
    default the database's, which all hosts share.
    """

    def __init__(
        self,
        tracker: app.Tracker,
        host: str,
        lease: int,
        clock: Callable[[], int] | None = None,
    ) -> None:
        self.host, self.lease = host, lease
        self._clock = clock or tracker.runs.leases.clock
        self._known: set[tuple[str, str]] = set()
        self._anchors: dict[str, int] = {}
        self._rests: dict[str, float] = {}
        self.adopt(tracker)

    def adopt(self, tracker: app.Tracker) -> None:
        """Look as these settings say from now on."""
        self.tracker = tracker
        self._inbox = Inbox(tracker.database)
        blocks = [
            block
            for block in tracker.settings.sources
            if block.host in (None, self.host)
        ]
        self._timings = {
            block.name: timing(tracker.settings, block) for block in blocks
        }
        self._watches = {
            block.name: Watch(tracker.home, path, _rest(block))
            for block in blocks
            if (path := self._timings[block.name].path) is not None
        }

    @property
    def schedules(self) -> dict[str, Schedule]:
        """When to look at which source."""
        return {
            name: each.schedule
            for name, each in self._timings.items()
            if each.schedule is not None
        }

    @property
    def scheduled(self) -> set[str]:
        """Sources with slots; the others run when files change or deliveries came."""
        told = {name for name, each in self._timings.items() if each.told}
        return self.schedules.keys() - self._watches.keys() - told

    def lane(self, name: str) -> str:
        """With which others it shares the places of this host."""
        known = self._timings.get(name)
        told = known is not None and known.told
        return HERE if told or name in self._watches else ASKED

    def resting(self, name: str) -> bool:
        return self._rests.get(name, 0.0) > time.monotonic()

    def look(self, work: Work) -> bool:
        """One look at a source; True when it ran. Trouble is told, not raised."""
        try:
            block = self.tracker.source_settings(work.name)
            slot = self._claim(block, work)
            if slot is not None:
                self._run(block, work, slot)
            return slot is not None
        except StoreError as error:
            self._rests[work.name] = time.monotonic() + REST
            _complain(work.name, error)
        except TrackerError as error:
            _complain(work.name, error)
        except Exception:  # a bug here or in a source must not end the daemon
            said = {"action": "look", "source": work.name}
            log.exception("the look broke", extra=said)
        return False

    def _claim(self, block: SourceSettings, work: Work) -> int | None:
        """The slot that this host may run now."""
        name, runs = block.name, self.tracker.runs
        now = self._clock()
        if not self._is_here(block):
            return None
        if name in self._watches and not self._watches[name].changed(now):
            return None
        if self._timings[name].told and not self._inbox.waiting(name, 1):
            return None
        if (name, block.kind) not in self._known:
            runs.source_id(name, block.kind)
            self._known.add((name, block.kind))
        state = runs.state(name)
        if state.state in ("paused", "failed") or (state.retry_at or 0) > now:
            return None
        found = self._due(name, now)
        if found is None:
            return None
        slot, merged, after = found
        work.term = runs.claim(
            name,
            slot,
            host=self.host,
            now=now,
            lease=self.lease,
            merged=merged,
            after=after,
        )
        if work.term is None:
            return None
        work.run = runs.claimed(name, slot, work.term)
        if merged:
            _missed(name, slot, merged)
        return slot

    def _is_here(self, block: SourceSettings) -> bool:
        """Where several hosts share the slots, files are read where they lie, or by
        the host that is named."""
        path = block.options.get("path")
        if not isinstance(path, str) or block.host is not None:
            return True
        alone = self.tracker.database.dialect == "sqlite"
        return alone or anything(self.tracker.home, path)

    def _due(
        self, name: str, now: int
    ) -> tuple[int, int, int | Literal["any"] | None] | None:
        """The slot, how many missed ones are merged into it, and after which one they
        were counted."""
        if name in self._watches:
            return now // 1000 * 1000, 0, "any"
        if self._timings[name].told:
            return now, 0, "any"
        schedule = self._timings[name].schedule
        if schedule is None:
            return None
        runs = self.tracker.runs
        if name not in self._anchors:
            self._anchors[name] = runs.anchor(name, now)
        since = self._anchors[name]
        last = runs.last_slot(name, now)
        if last is None and isinstance(schedule, Every):
            return schedule.last(now), 0, last
        found = due(schedule, since if last is None else last, now)
        return (*found, last) if found else None

    def _run(self, block: SourceSettings, work: Work, slot: int) -> None:
        runs, tracker = self.tracker.runs, self.tracker
        now = self._clock()
        assert work.run is not None
        try:
            report = app.ingest_source(
                tracker,
                block.name,
                now=now,
                settle=True,
                slot=slot,
                host=self.host,
                term=work.term,
                ended=self._clock,
            )
        except StoreError:
            runs.give_back(work.run, now)
            raise
        except Exception as error:
            runs.abandon(work.run, str(error) or type(error).__name__, now)
            raise
        if block.name in self._watches:
            self._watches[block.name].ran(now)
        _told(report, slot)


def _rest(block: SourceSettings) -> int:
    """How long its files must rest, in ms: as the block says, or as is usual."""
    given = block.options.get("settle")
    if not isinstance(given, str):
        return USUAL_REST
    if given.endswith("ms"):
        return int(given.removesuffix("ms"))
    # a rest may be nothing at all, which is no interval between two looks
    return 0 if given.strip("0") in UNITS else duration(given)


def _told(report: RunReport, slot: int) -> None:
    """One line about a run; only those that did something are of interest."""
    tally = report.tally
    new = tally.stored or tally.corrected or report.outcome is not Outcome.OK
    level = logging.INFO if new else logging.DEBUG
    if report.outcome is Outcome.FAILED:
        level = logging.ERROR
    log.log(
        level,
        f"run {report.outcome}" + (f": {report.error}" if report.error else ""),
        extra={
            "action": "run",
            "source": report.source,
            "slot": iso(slot),
            "payloads": report.payloads,
            "rows": tally.rows,
            "stored": tally.stored,
            "corrected": tally.corrected,
            "rejected": tally.rejected,
        },
    )


def _missed(name: str, slot: int, merged: int) -> None:
    log.info(
        f"notice[MISSED] source {name}: {merged} earlier slots were missed and are "
        f"merged into this run of {iso(slot)}",
        extra={"action": "missed", "source": name, "merged": merged},
    )


def _complain(name: str, error: TrackerError) -> None:
    said = {"action": "look", "source": name, "code": error.code}
    if error.code == "TERM_LOST":  # somebody else does it
        log.warning(str(error).replace("error[", "warning[", 1), extra=said)
    else:
        log.error(str(waiting(error)), extra=said)


def waiting(error: TrackerError) -> TrackerError:
    """What is told by who tries again by himself."""
    if error.code == "DB_DOWN":
        error.now = "Webhooks answer 503; jobs wait"
        error.todo = f"Trying again in {REST:.0f} s"
    return error
