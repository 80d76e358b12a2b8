"""The daemon: looks at sources when it is time, and keeps the pages current.

Threads: the main one waits for signals and watches the clock; one writes
heartbeats; one does upkeep (settings, pages); one sends alerts; each look at a source
has its own, as many at once as `[host] workers` allows; the HTTP door has some too.
Only looks, upkeep and alerts may take long, so nothing here holds up a signal or a
heartbeat. The work of a thread is a step that may fail and is done again.
"""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

from tracker import app, log
from tracker.alerts.watchman import Watchman
from tracker.auditing import follow
from tracker.backups.regular import Regular
from tracker.errors import ConfigError, TrackerError
from tracker.hosts import enter, host_name, lease_length, workers_of
from tracker.lock import HomeLock
from tracker.looks import Looks, waiting
from tracker.privacy import resume
from tracker.publisher import LEASE as PUBLISHER
from tracker.publisher import Publisher
from tracker.retention import retain
from tracker.schedule import Timetable
from tracker.server.door import Door
from tracker.settings import FILE, Settings
from tracker.slots import Every
from tracker.stop import on_signal
from tracker.store.runs import PREFIX
from tracker.systemd import notify
from tracker.who import DAEMON
from tracker.workers import Work, Workers

logger = logging.getLogger(__name__)

#: A run that takes longer is given up, in seconds: network, files.
DEADLINE, FILE_DEADLINE = 300.0, 3600.0
#: Looks under way may end for so long after SIGTERM, in seconds.
PATIENCE = 20.0
#: A wall clock that moved so much against the steady one has been set; ms.
JUMP = 30_000
#: The scheduler's own sign of life: without it for STALLED seconds, no watchdog.
TICK, EVERY_TICK, STALLED = " tick", Every(2_000), 30.0
#: Between two looks at all sources, whatever the timetable says: for slots that a
#: dead host gave back, sources that were resumed, clocks that differ; seconds.
SWEEP = 5.0


class Daemon:
    """One daemon of one workspace, until `stop` is set."""

    def __init__(
        self, home: Path, stop: threading.Event, *, behind_proxy: bool = False
    ) -> None:
        self.home, self.stop = home, stop
        self._settings = _stamp(home)
        self.tracker = app.open_tracker(home, who=DAEMON)
        _hide_secrets(self.tracker.settings)
        self.host = host_name(self.tracker.settings)
        self.lease = lease_length(self.tracker.settings)
        self.looks = Looks(self.tracker, self.host, self.lease)
        most = workers_of(self.tracker.settings)
        self.workers = Workers(self._look, most, self.looks.lane)
        self.publisher = Publisher(self.host, self.lease)
        self.watchman = Watchman()
        self.backups = Regular(self.host)
        self.timetable = Timetable(self._call)
        self._ticked = self._swept = time.monotonic()
        self._went_back = False
        self._expires = 0.0
        self._term = 0
        self._told: SimpleQueue[set[str]] = SimpleQueue()
        self.door = Door(
            self.tracker,
            behind_proxy=behind_proxy,
            kept=self.hurry,
            ticked=lambda: self._ticked,
        )

    def run(self) -> int:
        """The exit code, once it was told to stop. LockedError when another runs."""
        lock = self._lock()
        self._announce()
        self._plan()
        self.timetable.start()
        threads = [
            _thread("heartbeat", self._beat_on),
            _thread("upkeep", self._keep_up),
            _thread("listen", self._listen),
            _thread("alerts", self._alert),
            _thread("backups", self._back_up),
        ]
        notify("READY=1")
        self._look_at_all()
        self._wait()
        self._end(threads)
        if lock:
            lock.release()
        logger.info("stopped", extra={"action": "stop"})
        return 0

    # -- beginning ----------------------------------------------------------------

    def _lock(self) -> HomeLock | None:
        """On SQLite the home's lock decides; on PostgreSQL the host's lease."""
        if self.tracker.database.dialect != "sqlite":
            return None
        return HomeLock(self.home, self.host, self._now())

    def _announce(self) -> None:
        """Take the host's lease, and give back what a dead process had claimed."""
        runs = self.tracker.runs
        self._term, lost = enter(self.tracker, self.host, self.lease)
        runs.forget_future(self._now() + JUMP)
        for name in lost:
            state = runs.state(name)
            told = state.reason if state.state == "failed" else "its slot is due again"
            logger.warning(
                f"a run of source {name} was cut off; {told}",
                extra={"action": "recover", "source": name},
            )
        said = {"pid": os.getpid(), "machine": platform.node()}
        logger.info("started", extra={"action": "start", "host": self.host, **said})

    def _plan(self) -> None:
        self.timetable.set({**self.looks.schedules, TICK: EVERY_TICK})

    # -- looking ------------------------------------------------------------------

    def _call(self, name: str) -> None:
        """What the timetable calls: look now."""
        if name == TICK:
            self._tick()
        elif not self.stop.is_set() and not self.looks.resting(name):
            self.workers.look(name)

    def _tick(self) -> None:
        self._ticked = time.monotonic()
        if self._ticked - self._swept >= SWEEP:
            self._swept = self._ticked
            for name in self.looks.scheduled:
                self._call(name)

    def _look_at_all(self) -> None:
        for name in self.looks.schedules:
            self._call(name)

    def hurry(self, names: set[str]) -> None:
        """These have new deliveries: look at them within a second."""
        self._told.put(names)

    def _hurry_on(self) -> None:
        """Look at sources that were told something; again when a look that began
        before is still under way."""
        names: set[str] = set()
        while not self._told.empty():
            names |= self._told.get()
        left = {name for name in names if not self.workers.look(name)}
        if left:
            self._told.put(left)

    def _look(self, work: Work) -> None:
        if self.looks.look(work):
            self.publisher.hurry()

    # -- the main thread ------------------------------------------------------------

    def _now(self) -> int:
        """The database's clock: the one that all hosts of a database share."""
        return self.tracker.runs.leases.clock()

    def _wait(self) -> None:
        """Until told to stop: watch the clock, and tell systemd that we live."""
        steady, wall = _steady(), time.time()
        while not self.stop.wait(1.0):
            was, steady = steady, _steady()
            before, wall = wall, time.time()
            self._hurry_on()
            moved = round((wall - before - (steady - was)) * 1000)
            if abs(moved) > JUMP:
                self._jumped(moved)
            if time.monotonic() - self._ticked < STALLED:
                notify("WATCHDOG=1")

    def _jumped(self, moved: int) -> None:
        logger.warning(
            f"warning[CLOCK_JUMP] wall clock moved {moved / 1000:+,.0f} s",
            extra={"action": "clock"},
        )
        self._went_back = self._went_back or moved < 0
        self.timetable.reset()

    def _end(self, threads: list[threading.Thread]) -> None:
        notify("STOPPING=1")
        threads.append(_thread("close", self.door.close))
        self.timetable.stop()
        self.workers.end()
        end = time.monotonic() + PATIENCE
        left = self.workers.wait(PATIENCE)
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
        if left:
            names = ", ".join(sorted(work.name for work in left))
            logger.warning(
                f"warning[STOP_CUT] {len(left)} run(s) did not finish in time "
                f"({names}). They resume at the next start",
                extra={"action": "stop"},
            )
        # The database may be busy with the very run that is cut: do not wait long.
        _thread("goodbye", lambda: self._goodbye(left)).join(2.0)

    def _goodbye(self, left: list[Work]) -> None:
        """What is still claimed becomes due again; the host is no longer there."""
        runs = self.tracker.runs
        with contextlib.suppress(TrackerError):
            for work in left:
                if work.run is not None and not work.given_up:
                    runs.give_back(work.run, self._now())
            runs.leases.release(PREFIX + self.host, self._term)
            runs.leases.release(PUBLISHER, self.publisher.term)

    # -- heartbeat --------------------------------------------------------------------

    def _beat_on(self) -> None:
        while not self.stop.wait(self.lease / 3000):
            _try("heartbeat", self.beat)

    def beat(self) -> None:
        """Renew what is ours, give up what hangs, forget what never came."""
        now, runs = self._now(), self.tracker.runs
        if self._went_back:
            self._went_back = False
            runs.forget_future(now)
        self._renew_own(now)
        works = [work for work in self.workers.under_way() if not work.given_up]
        claims = {work.name: work.term for work in works if work.term is not None}
        for name in runs.renew(claims, now, self.lease):
            said = {"action": "heartbeat", "source": name}
            logger.debug("a claim has ended or gone to another host", extra=said)
        for work in works:
            self._give_up_late(work, now)

    def _renew_own(self, now: int) -> None:
        own = {PREFIX + self.host: self._term}
        if self.publisher.term:
            own[PUBLISHER] = self.publisher.term
        lost = self.tracker.runs.leases.renew(own, now, self.lease)
        if PUBLISHER in lost:
            self.publisher.term = 0
        if PREFIX + self.host in lost:
            said = f"error[TERM_LOST] host {self.host}: another daemon took its name"
            logger.error(said, extra={"action": "heartbeat"})
            self.stop.set()

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
            logger.error(said, extra={"action": "deadline", "source": work.name})

    def _limit(self, name: str) -> float:
        block = self.tracker.settings.source(name)
        files = block is not None and "path" in block.options
        return FILE_DEADLINE if files else DEADLINE

    # -- listening --------------------------------------------------------------------

    def _listen(self) -> None:
        """Open the door; while its address is taken, try again."""
        while not (self.door.is_open or self.stop.is_set()):
            _try("listen", self.door.open)
            self.stop.wait(SWEEP)

    # -- upkeep -----------------------------------------------------------------------

    def _keep_up(self) -> None:
        while not self.stop.wait(1.0):
            _try("settings", self._read_again)
            _try("retention", self._expire)
            _try("pages", lambda: self.publisher.step(self.tracker, self._now()))

    def _alert(self) -> None:
        """Alerts and digests have a thread of their own: receivers may be slow."""
        while not self.stop.wait(1.0):
            _try("alerts", lambda: self.watchman.step(self.tracker, self._now()))

    def _back_up(self) -> None:
        """Backups have one too: they take as long as the database is large."""
        while not self.stop.wait(SWEEP):
            _try(
                "backup",
                lambda: self.backups.step(self.tracker, self._now(), self.stop),
            )

    def _expire(self) -> None:
        """Once an hour: what may be kept no longer, also of sources that rest."""
        if time.monotonic() < self._expires:
            return
        self._expires = time.monotonic() + 3600
        resume(self.tracker, now=self._now())
        retain(self.tracker, now=self._now())
        follow(self.tracker)
        for block in self.tracker.settings.sources:
            if gone := app.expire(self.tracker, block, self._now()):
                said = f"{gone} readings were older than the source may keep them"
                named = {"action": "retention", "source": block.name}
                logger.info(said, extra=named)

    def _read_again(self) -> None:
        """Settings that have changed; wrong ones leave everything as it was."""
        seen = _stamp(self.home)
        if seen is None or seen == self._settings:
            return
        self._settings = seen
        try:
            self._adopt(app.open_tracker(self.home, who=DAEMON))
        except TrackerError as error:
            said = f"{error} The old settings stay."
            logger.error(said, extra={"action": "settings", "code": error.code})
            return
        logger.info("settings read again", extra={"action": "settings"})

    def _adopt(self, fresh: app.Tracker) -> None:
        if fresh.settings.database != self.tracker.settings.database:
            raise ConfigError(
                "DATABASE_MOVED",
                FILE,
                "`database` cannot change while the daemon runs",
                todo="Start the daemon again",
            )
        _hide_secrets(fresh.settings)
        self.tracker = fresh
        self.looks.adopt(fresh)
        self.workers.most = workers_of(fresh.settings)
        self._plan()
        self._look_at_all()


def run_daemon(home: Path, *, behind_proxy: bool = False) -> int:
    """Run until SIGTERM or SIGINT; a second signal ends the process at once."""
    stop = threading.Event()
    on_signal(stop)
    daemon = Daemon(home, stop, behind_proxy=behind_proxy)
    code = daemon.run()
    if daemon.workers.under_way():
        logging.shutdown()
        os._exit(code)  # a thread that hangs would keep the process
    return code


def _thread(name: str, target: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=target, name=name, daemon=True)
    thread.start()
    return thread


def _try(action: str, step: Callable[[], object]) -> None:
    """A step that fails is told and done again; its thread lives on."""
    try:
        step()
    except TrackerError as error:
        said = str(waiting(error))
        logger.error(said, extra={"action": action, "code": error.code})
    except Exception:  # a bug in one step must not end the daemon
        logger.exception("a step broke", extra={"action": action})


def _stamp(home: Path) -> tuple[int, int, int] | None:
    """What changes when tracker.toml does; None while it is not there."""
    with contextlib.suppress(OSError):
        found = (home / FILE).stat()
        return found.st_mtime_ns, found.st_size, found.st_ino
    return None


def _hide_secrets(settings: Settings) -> None:
    """Secrets that settings name by variable are blotted out of the log."""
    log.BLOTTER.secrets |= log.named_secrets(settings.raw)


def _steady() -> float:
    """Seconds of a clock that nobody sets, which goes on while the machine sleeps."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()
