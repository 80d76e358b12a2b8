"""The application: a workspace, opened; its parts, put together.

What any front (command line, daemon, server) may do is a function here. How it is
called and when is not known here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tracker import ingest
from tracker.asking import Ask, clock, payloads
from tracker.clock import now as machine_clock
from tracker.clock import pretended
from tracker.errors import (
    ConfigError,
    NotFoundError,
    TrackerError,
    TransientSourceError,
)
from tracker.model import DAY, RunReport, is_day, iso
from tracker.settings import FILE, Settings, SourceSettings, load_settings
from tracker.sources.base import Pushed
from tracker.store.breakers import Breakers
from tracker.store.database import Database
from tracker.store.ledger import Desk, Ledger
from tracker.store.quotas import Purse
from tracker.store.runs import Runs, SourceState
from tracker.who import NOBODY, Who

if TYPE_CHECKING:
    from tracker.sources.base import Payload, Source
    from tracker.store.totals import Reckoner
    from tracker.trial import Trial


@dataclass(frozen=True)
class Tracker:
    """An opened workspace."""

    home: Path
    settings: Settings
    database: Database

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of the workspace."""
        return ZoneInfo(self.settings.timezone)

    @cached_property
    def runs(self) -> Runs:
        return Runs(self.database)

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(self.database, self.zone)

    @cached_property
    def apart(self) -> dict[str, str]:
        """Platforms whose figures may stand in no sum with others', and why: the
        terms of a source of theirs, as its block has chosen."""
        found: dict[str, str] = {}
        for block in self.settings.sources:
            policy = make_source(self.home, self.settings, block).policy
            if policy.platform is not None and not policy.may_blend:
                found[policy.platform] = (
                    f"the terms of source {block.name} do not allow its figures in"
                    " sums over several platforms"
                )
        return found

    @cached_property
    def reckoner(self) -> Reckoner:
        """Who answers questions about sums."""
        from tracker.store.totals import Reckoner

        return Reckoner(self.database, self.zone, self.apart)

    def source_settings(self, name: str) -> SourceSettings:
        """The block of a source; NotFoundError names the nearest."""
        found = self.settings.source(name)
        if found is None:
            names = [source.name for source in self.settings.sources]
            raise NotFoundError("source", name, names)
        return found

    def source(self, name: str) -> Source:
        """A source, made from its block."""
        return make_source(self.home, self.settings, self.source_settings(name))


def find_home(given: str | None) -> Path:
    """The workspace's folder: given, else TRACKER_HOME, else the nearest above."""
    if chosen := given or os.environ.get("TRACKER_HOME"):
        home = Path(chosen).expanduser().resolve()
        if (home / FILE).is_file():
            return home
        raise _no_workspace(str(chosen), f"there is no {FILE} in it")
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / FILE).is_file():
            return folder
    raise _no_workspace(here.name or "/", f"no {FILE} here or in a folder above")


def _no_workspace(subject: str, cause: str) -> ConfigError:
    return ConfigError(
        "NO_WORKSPACE",
        subject,
        cause,
        "Nothing was done",
        "Run: tracker init, or name the workspace with --home DIR",
    )


def open_tracker(home: Path, *, check: bool = True, who: Who = NOBODY) -> Tracker:
    """Open a workspace: settings read, schema as this version needs it.

    who: whose changes the audit says these are.
    check: refuse a database of another schema version (SchemaError), make the
    tables in an empty one, and bring sums to the workspace's time zone. Copies that
    killed processes left behind go.
    """
    from tracker import copies
    from tracker.store import schema, zones

    settings = load_settings(home)
    copies.sweep(home)
    database = Database(settings.database, home, who, archive=settings.archive)
    tracker = Tracker(home, settings, database)
    if check:
        schema.ensure(tracker.database)
        zones.follow(tracker.database, tracker.zone)
    return tracker


def clock_of(tracker: Tracker) -> Callable[[], int]:
    """Epoch ms by the database's clock, which all hosts share, never the mark of a
    day; TRACKER_NOW says otherwise."""
    if tracker.database.dialect == "sqlite" or pretended() is not None:
        return machine_clock
    going = clock(tracker.runs.leases.clock())
    return lambda: (now := going()) - is_day(now)


def make_source(
    home: Path,
    settings: Settings,
    block: SourceSettings,
    clock: Callable[[], int] = machine_clock,
) -> Source:
    """clock: by which the answers of an API come."""
    from tracker.secrets import reveal
    from tracker.sources import registry
    from tracker.sources.base import Surroundings

    around = Surroundings(
        str(home),
        settings.timezone,
        lambda reference, subject: reveal(reference, home, subject),
        clock,
    )
    return registry.make(block.name, block.kind, block.options, around)


# -- collecting -----------------------------------------------------------------


def ingest_source(
    tracker: Tracker,
    name: str,
    *,
    now: int,
    only: Path | None = None,
    settle: bool = False,
    slot: int | None = None,
    host: str | None = None,
    term: int | None = None,
    ended: Callable[[], int] | None = None,
    force: bool = False,
) -> RunReport:
    """One run of a source of tracker.toml.

    only: this file instead of those the block names. settle: leave files alone that
    may still be written. slot, host, term: the claimed slot this run is for. ended:
    asked for the instant at which it has ended, if that is not `now`. force: also
    while the source waits, and for posts that are not due yet. Raises SourceError
    when it is paused or waits.
    """
    block = tracker.source_settings(name)
    state = tracker.runs.state(name)
    _allowed(tracker, state, now, force=force)
    if only is not None:
        block = replace(block, options={**block.options, "path": str(only)})
    source = make_source(tracker.home, tracker.settings, block, clock_of(tracker))
    run_id = tracker.runs.start(
        name, block.kind, slot=slot, host=host, now=now, term=term
    )
    ask = Ask(tracker.database, block, now, settle=settle, all_=force)
    found = payloads(source, ask, state.bookmark)
    report = _run(tracker, source, block.kind, run_id, found, now, ended)
    expire(tracker, block, now)
    return report


def expire(tracker: Tracker, block: SourceSettings, now: int) -> int:
    """Delete what a source may keep no longer, where its block says `retention`;
    how many readings. Once a day; nothing is deleted that the block does not say."""
    if "retention" not in block.options:
        return 0
    from tracker.store.expiry import expire as delete

    days = make_source(tracker.home, tracker.settings, block).policy.keep_days
    if days is None:
        return 0
    before = now - days * DAY
    return delete(tracker.database, tracker.zone, block.name, before, now // DAY)


def ingest_file(
    tracker: Tracker, kind: str, path: Path, options: dict[str, Any], *, now: int
) -> RunReport:
    """Read one file that no block of tracker.toml names, as source `file`."""
    block = SourceSettings("file", kind, options={**options, "path": str(path)})
    source = make_source(tracker.home, tracker.settings, block)
    run_id = tracker.runs.start("file", kind, slot=None, host=None, now=now)
    found = payloads(source, Ask(tracker.database, block, now), None)
    return _run(tracker, source, kind, run_id, found, now)


def try_source(tracker: Tracker, name: str, *, now: int) -> Trial:
    """Fetch and parse once, as a run would, and keep nothing.

    What asking costs is spent all the same: the platform counts it.
    """
    block = tracker.source_settings(name)
    return _try(tracker, block, tracker.runs.state(name).bookmark, now)


def try_file(
    tracker: Tracker, kind: str, path: Path, options: dict[str, Any], *, now: int
) -> Trial:
    """Read one file as `ingest_file` would, and keep nothing."""
    block = SourceSettings("file", kind, options={**options, "path": str(path)})
    return _try(tracker, block, None, now)


def _try(
    tracker: Tracker, block: SourceSettings, before: str | None, now: int
) -> Trial:
    from tracker.trial import Counting, attempt

    source = make_source(tracker.home, tracker.settings, block)
    purse = Counting(Purse(tracker.database, block.name, clock(now)))
    ask = Ask(tracker.database, block, now, purse=purse)
    found = payloads(source, ask, before)
    # what is told waits on, and would come again and again
    trial = attempt(source, islice(found, 1) if isinstance(source, Pushed) else found)
    trial.costs = purse.costs
    trial.bookmark = trial.bookmark or before
    return trial


def _run(
    tracker: Tracker,
    source: Source,
    kind: str,
    run_id: int,
    payloads: Iterable[Payload],
    now: int,
    ended: Callable[[], int] | None = None,
) -> RunReport:
    desk = Desk(
        source_id=tracker.runs.source_id(source.name, kind),
        run_id=run_id,
        fingerprint=source.fingerprint,
        provenance=source.policy.provenance.value,
        now=now,
        platform=source.policy.platform,
        window=tracker.settings.window,
    )
    try:
        report = ingest.run(source, payloads, tracker.ledger, desk)
    except TrackerError as error:
        tracker.runs.abandon(run_id, str(error), now)
        raise
    except BaseException as error:
        tracker.runs.abandon(run_id, f"cut off: {error or type(error).__name__}", now)
        raise
    if not tracker.runs.finish(run_id, report, ended() if ended else now):
        raise tracker.runs.lost(run_id)
    return report


def _allowed(tracker: Tracker, state: SourceState, now: int, *, force: bool) -> None:
    if state.state in ("paused", "failed"):
        raise TransientSourceError(
            "SOURCE_PAUSED",
            f"source {state.name}",
            state.reason or "it is paused",
            "Nothing was collected",
            f"Run: tracker source resume {state.name}",
        )
    if force:
        return
    Breakers(tracker.database).probe(state.name, now)
    if state.retry_at is not None and state.retry_at > now:
        raise TransientSourceError(
            "SOURCE_WAITS",
            f"source {state.name}",
            f"it waits until {iso(state.retry_at)} ({state.reason})",
            "Nothing was collected",
            "Wait, or run: tracker ingest --now",
            retry_at=state.retry_at,
        )
