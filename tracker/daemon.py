"""The daemon: looks at sources when it is time, and keeps the pages current.

Threads: the main one waits for signals and sees that the others live; one writes
heartbeats; one does upkeep (settings, pages); each look at a source has its own.
Only looks and upkeep take long, so nothing here can hold up a signal or a
heartbeat. Each thread's work is a step that may fail and is done again.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import platform
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tracker import app, status
from tracker.errors import LockedError, StoreError, TrackerError
from tracker.forms import duration
from tracker.hosts import host_name, refuse_twin
from tracker.lock import HomeLock
from tracker.model import Outcome, RunReport, is_day, iso
from tracker.settings import FILE, SourceSettings
from tracker.slots import Every, due
from tracker.systemd import notify
from tracker.timing import Timing, timing
from tracker.watch import USUAL_REST, Watch
from tracker.workers import Work, Workers

log = logging.getLogger("tracker.daemon")

#: How long a claim lives unless it is renewed, which happens each third of it; ms.
LEASE = 15_000
#: A run that takes longer is given up, in seconds: network, files.
DEADLINE, FILE_DEADLINE = 300.0, 3600.0
#: Looks under way may end for so long after SIGTERM, in seconds.
PATIENCE = 20.0
#: After trouble with the database a source rests, in seconds.
REST = 30.0
#: A wall clock that moved so much against the steady one has been set; ms.
JUMP = 30_000
#: The scheduler's own sign of life: without it for STALLED seconds, no watchdog.
TICK, STALLED = Every(2_000), 30.0
#: Between two looks at all sources, whatever the timetable says: for slots that a
#: dead host gave back, sources that were resumed, clocks that differ; seconds.
SWEEP = 10.0


class Daemon:
    """One daemon of one workspace; `run` returns the exit code."""

    def __init__(self, home: Path, stop: threading.Event) -> None:
        self.home, self.stop = home, stop
        self.tracker = app.open_tracker(home)
        self.host = host_name(self.tracker.settings)
        self.workers = Workers(self._look)
        self.deadline, self.file_deadline = DEADLINE, FILE_DEADLINE
        self._settings_seen = self._settings_stamp()
        self._timings: dict[str, Timing] = {}
        self._watches: dict[str, Watch] = {}
        self._known: set[tuple[str, str]] = set()
        self._rests: dict[str, float] = {}
        self._ticked = self._swept = time.monotonic()
        self._went_back = False
        self._pages = Pages()
        self._term = 0

    # -- beginning and end --------------------------------------------------------

    def run(self) -> int:
        from tracker.schedule import Timetable

        lock = self._lock()
        self._announce()
        self._timetable = Timetable(self._call)
        self._plan()
        self._timetable.start()
        threads = [
            _thread("heartbeat", self._beat_on),
            _thread("upkeep", self._keep_up),
        ]
        notify("READY=1")
        for name in self._timings:
            self._call(name)
        self._wait()
        self._end(threads)
        if lock:
            lock.release()
        log.info("stopped", extra={"action": "stop"})
        return 0

    def _lock(self) -> HomeLock | None:
        """On SQLite the home's lock decides; on PostgreSQL the host's lease."""
        if self.tracker.database.dialect != "sqlite":
            return None
        return HomeLock(self.home, self.host, self.now())

    def _announce(self) -> None:
        """Take the host's lease, and give back what a dead process had claimed."""
        now = self.now()
        refuse_twin(self.tracker, self.host, now)
        said = json.dumps(
            {
                "pid": os.getpid(),
                "machine": platform.node(),
                "since": now,
                "lease": LEASE,
            }
        )
        self._term = self.tracker.runs.leases.seize(
            f"daemon:{self.host}", said, now, LEASE
        )
        self.tracker.runs.forget_future(now + 60_000)
        for name in self.tracker.runs.recover(self.host, now):
            log.warning(
                "its run was cut off; its slot is due again",
                extra={"action": "recover", "source": name},
            )
        log.info(
            "started", extra={"action": "start", "host": self.host, "pid": os.getpid()}
        )

    def _wait(self) -> None:
        """Until told to stop: watch the clock, and tell systemd that we live."""
        started = _steady()
        wall = self.wall()
        while not self.stop.wait(1.0):
            steady, seen = _steady(), self.wall()
            moved = seen - wall - round((steady - started) * 1000)
            if abs(moved) > JUMP:
                self._jumped(moved)
            started, wall = steady, seen
            if time.monotonic() - self._ticked < STALLED:
                notify("WATCHDOG=1")

    def _jumped(self, moved: int) -> None:
        log.warning(
            f"warning[CLOCK_JUMP] wall clock moved {moved / 1000:+,.0f} s",
            extra={"action": "clock"},
        )
        self._went_back = self._went_back or moved < 0
        self._timetable.reset()

    def _end(self, threads: list[threading.Thread]) -> None:
        notify("STOPPING=1")
        self._timetable.stop()
        end = time.monotonic() + PATIENCE
        left = self.workers.wait(PATIENCE)
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
        if left:
            names = ", ".join(sorted(work.name for work in left))
            log.warning(
                f"warning[STOP_CUT] {len(left)} run(s) did not finish in time ({names}). "
                "They resume at the next start",
                extra={"action": "stop"},
            )
        # The database may be busy with the very run that is cut: do not wait long.
        last = _thread("goodbye", lambda: self._goodbye(left))
        last.join(2.0)

    def _goodbye(self, left: list[Work]) -> None:
        now = self.now()
        with contextlib.suppress(TrackerError):
            for work in left:
                if work.run is not None:
                    self.tracker.runs.give_back(work.run, now)
            self.tracker.runs.leases.release(f"daemon:{self.host}", self._term)

    # -- time -----------------------------------------------------------------------

    def now(self) -> int:
        """The database's clock: the one that all hosts of a database share."""
        now = self.tracker.runs.leases.clock()
        return now - 1 if is_day(now) else now

    def wall(self) -> int:
        return time.time_ns() // 1_000_000

    # -- looks ------------------------------------------------------------------------

    def _plan(self) -> None:
        """Set the timetable as the settings say."""
        settings = self.tracker.settings
        self._timings = {
            block.name: found
            for block in settings.sources
            if (found := timing(settings, block)).schedule is not None
            and block.host in (None, self.host)
        }
        paths = {name: each.path for name, each in self._timings.items() if each.path}
        self._watches = {
            name: Watch(self.home, path, _settle(settings.source(name)))
            for name, path in paths.items()
        }
        calls = {
            name: each.schedule
            for name, each in self._timings.items()
            if each.schedule is not None
        }
        self._timetable.set({**calls, " tick": TICK})

    def _call(self, name: str) -> None:
        """What the timetable calls: look now."""
        if name == " tick":
            self._tick()
        elif not self.stop.is_set() and self._rests.get(name, 0) <= time.monotonic():
            self.workers.look(name)

    def _tick(self) -> None:
        self._ticked = time.monotonic()
        if self._ticked - self._swept >= SWEEP:
            self._swept = self._ticked
            for name in self._timings.keys() - self._watches.keys():
                self._call(name)

    def _look(self, work: Work) -> None:
        """Look at a source: when a slot is due and can be claimed, run it."""
        tracker, name = self.tracker, work.name
        try:
            block = tracker.source_settings(name)
            if (claimed := self._claim(tracker, block, work)) is not None:
                self._run(tracker, block, work, claimed)
        except StoreError as error:
            self._rests[name] = time.monotonic() + REST
            self._complain(error, name)
        except TrackerError as error:
            self._complain(error, name)
        except Exception:
            log.exception("the look broke", extra={"action": "look", "source": name})

    def _claim(
        self, tracker: app.Tracker, block: SourceSettings, work: Work
    ) -> int | None:
        """The slot that this host may run now."""
        name, runs, now = block.name, tracker.runs, self.now()
        if (name, block.kind) not in self._known:
            runs.source_id(name, block.kind)
            self._known.add((name, block.kind))
        state = runs.state(name)
        if state.state in ("paused", "failed") or (state.retry_at or 0) > now:
            return None
        found = self._due(tracker, name, now)
        if found is None:
            return None
        slot, merged = found
        work.term = runs.claim(
            name, slot, host=self.host, now=now, lease=LEASE, merged=merged
        )
        if work.term is None:
            return None
        work.run = runs.claimed(name, slot, work.term)
        return slot

    def _due(self, tracker: app.Tracker, name: str, now: int) -> tuple[int, int] | None:
        """The slot, and how many missed ones are merged into it."""
        if name in self._watches:
            if not self._watches[name].changed(now):
                return None
            return now // 1000 * 1000, 0
        schedule = self._timings[name].schedule
        assert schedule is not None
        last = tracker.runs.last_slot(name, now)
        if last is None and isinstance(schedule, Every):
            return schedule.last(now), 0
        return due(
            schedule, tracker.runs.anchor(name, now) if last is None else last, now
        )

    def _run(
        self, tracker: app.Tracker, block: SourceSettings, work: Work, slot: int
    ) -> None:
        name, now = block.name, self.now()
        assert work.run is not None
        try:
            report = app.ingest_source(
                tracker, name, now=now, settle=True, slot=slot, host=self.host
            )
        except StoreError:
            tracker.runs.give_back(work.run, self.now())
            raise
        except Exception as error:
            tracker.runs.abandon(work.run, str(error) or type(error).__name__, now)
            raise
        if name in self._watches:
            self._watches[name].ran(now)
        self._pages.hurry()
        self._told(report, slot)

    def _told(self, report: RunReport, slot: int) -> None:
        """One line about a run that did something."""
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

    def _complain(self, error: TrackerError, name: str) -> None:
        log.error(
            str(error), extra={"action": "look", "source": name, "code": error.code}
        )

    # -- heartbeat --------------------------------------------------------------------

    def _beat_on(self) -> None:
        while not self.stop.wait(LEASE / 3000):
            _try("heartbeat", self.beat)

    def beat(self) -> None:
        """Renew what is ours, give up what hangs, forget what never came."""
        now = self.now()
        if self._went_back:
            self._went_back = False
            self.tracker.runs.forget_future(now)
        kept = self.tracker.runs.leases.renew(
            {f"daemon:{self.host}": self._term}, now, LEASE
        )
        if kept:
            log.error(
                "another daemon took this host's name", extra={"action": "heartbeat"}
            )
            self.stop.set()
        works = [work for work in self.workers.under_way() if not work.given_up]
        for name in self.tracker.runs.renew(
            {work.name: work.term for work in works if work.term is not None},
            now,
            LEASE,
        ):
            log.warning(
                "warning[TERM_LOST] its turn went to another host",
                extra={"action": "heartbeat", "source": name},
            )
        for work in works:
            self._give_up_late(work, now)

    def _give_up_late(self, work: Work, now: int) -> None:
        limit = self._limit(work.name)
        if work.run is None or time.monotonic() - work.began < limit:
            return
        work.given_up = True
        said = (
            f"error[JOB_DEADLINE] source {work.name}: stopped after {limit:.0f} s. "
            "Other sources are not affected. What it had kept stays."
        )
        if self.tracker.runs.abandon(work.run, said, now):
            log.error(said, extra={"action": "deadline", "source": work.name})

    def _limit(self, name: str) -> float:
        block = self.tracker.settings.source(name)
        files = block is not None and "path" in block.options
        return self.file_deadline if files else self.deadline

    # -- upkeep -----------------------------------------------------------------------

    def _keep_up(self) -> None:
        while not self.stop.wait(1.0):
            _try("settings", self._read_again)
            _try("pages", lambda: self._pages.step(self.tracker, self.now()))

    def _settings_stamp(self) -> tuple[int, int, int] | None:
        with contextlib.suppress(OSError):
            found = os.stat(self.home / FILE)
            return found.st_mtime_ns, found.st_size, found.st_ino
        return None

    def _read_again(self) -> None:
        """Settings that have changed; wrong ones leave everything as it was."""
        seen = self._settings_stamp()
        if seen is None or seen == self._settings_seen:
            return
        self._settings_seen = seen
        try:
            self._adopt(app.open_tracker(self.home))
        except TrackerError as error:
            log.error(f"{error} The old settings stay.", extra={"action": "settings"})
            return
        log.info("settings read again", extra={"action": "settings"})

    def _adopt(self, fresh: app.Tracker) -> None:
        if fresh.settings.database != self.tracker.settings.database:
            raise LockedError(
                "DATABASE_MOVED",
                FILE,
                "`database` cannot change while the daemon runs",
                "",
                "Start the daemon again",
            )
        self.tracker = fresh
        self._plan()
        for name in self._timings:
            self._call(name)


class Pages:
    """Keeps the pages as new as the facts: one build at a time, once it is quiet."""

    #: Between two looks at the facts, when nothing was collected here; seconds.
    EASY = 5.0
    #: Changes that keep coming are waited for no longer than this; seconds.
    LONGEST = 10.0
    #: After a build that failed; seconds.
    AGAIN = 60.0

    def __init__(self) -> None:
        self._built: str | None = None
        self._seen: str | None = None
        self._since = self._next = 0.0

    def hurry(self) -> None:
        """Something was collected: look at the next step."""
        self._next = min(self._next, time.monotonic())

    def step(self, tracker: app.Tracker, now: int) -> None:
        """Build the pages when the facts have changed and are quiet again."""
        clock = time.monotonic()
        if clock < self._next:
            return
        stamp = status.stamp(tracker, now)
        if stamp == self._built:
            self._next = clock + self.EASY
        elif stamp != self._seen and clock - self._since < self.LONGEST:
            self._seen = stamp
        else:
            self._build(tracker, stamp, now)
            self._since = time.monotonic()

    def _build(self, tracker: app.Tracker, stamp: str, now: int) -> None:
        from tracker.publish import publish

        try:
            publish(tracker, now=now)
        except Exception:
            self._next = time.monotonic() + self.AGAIN
            log.exception(
                "the pages could not be built; the last good ones stay",
                extra={"action": "publish"},
            )
            return
        self._built = stamp
        log.info("pages built", extra={"action": "publish"})


def run_daemon(home: Path) -> int:
    """Run until SIGTERM or SIGINT; a second signal ends the process at once."""
    stop = threading.Event()
    _on_signal(stop)
    daemon = Daemon(home, stop)
    code = daemon.run()
    if daemon.workers.under_way():
        logging.shutdown()
        os._exit(code)  # threads that hang would keep the process
    return code


def _on_signal(stop: threading.Event) -> None:
    def once(number: int, frame: object) -> None:
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, signal.SIG_DFL)
        stop.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, once)


def _thread(name: str, target: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=target, name=name, daemon=True)
    thread.start()
    return thread


def _try(action: str, step: Callable[[], None]) -> None:
    """A step that fails is told and done again; its thread lives on."""
    try:
        step()
    except TrackerError as error:
        log.error(str(error), extra={"action": action, "code": error.code})
    except Exception:
        log.exception("a step broke", extra={"action": action})


def _settle(block: SourceSettings | None) -> int:
    """How long its files must rest, in ms: as its block says, or as is usual."""
    given = block.options.get("settle") if block is not None else None
    return duration(given) if isinstance(given, str) else USUAL_REST


def _steady() -> float:
    """Seconds of a clock that nobody sets, which goes on while the machine sleeps."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()
