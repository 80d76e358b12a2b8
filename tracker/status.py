"""What runs, waits and is late: the state of a workspace, for people and pages."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tracker import lock
from tracker.hosts import Host, hosts
from tracker.model import iso
from tracker.packs import own_packs
from tracker.store import health
from tracker.store.inbox import Inbox
from tracker.store.runs import Run, SourceState
from tracker.timing import expected, lateness, timing
from tracker.visits import STATE

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.settings import SourceSettings


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """A source of tracker.toml as it stands.

    next: when its next run is expected, None when nobody can say; late: by how many
    ms that is overdue, 0 when it is not. running: a run is under way. last: how the
    latest run that ended went. waiting: deliveries that nobody has read yet.
    """

    state: SourceState
    next: int | None
    late: int
    running: bool
    last: Run | None
    waiting: int = 0

    @property
    def trouble(self) -> bool:
        """Should somebody look at it?"""
        broken = self.last is not None and self.last.outcome == "failed"
        return self.late > 0 or broken or self.state.state == "failed"


@dataclass(frozen=True, slots=True)
class Status:
    """The whole workspace. daemon: who holds this home, None when nobody does."""

    daemon: lock.Holder | None
    hosts: list[Host]
    sources: list[SourceStatus]
    counts: health.Counts
    runs: list[Run]

    @property
    def trouble(self) -> bool:
        return any(source.trouble for source in self.sources)


def status(tracker: Tracker, now: int) -> Status:
    """The state of a workspace at this instant."""
    running = tracker.runs.running()
    return Status(
        daemon=_daemon(tracker, now),
        hosts=hosts(tracker, now),
        sources=sources(tracker, now),
        counts=health.counts(tracker.database),
        runs=running,
    )


def sources(tracker: Tracker, now: int) -> list[SourceStatus]:
    """All sources of tracker.toml, in the order of the file."""
    known = {state.name: state for state in tracker.runs.states()}
    running = {run.source for run in tracker.runs.running()}
    waiting = Inbox(tracker.database).counts()
    return [
        _source(
            tracker,
            block,
            known.get(block.name),
            block.name in running,
            waiting.get(block.name, 0),
            now,
        )
        for block in tracker.settings.sources
    ]


def _source(
    tracker: Tracker,
    block: SourceSettings,
    known: SourceState | None,
    running: bool,
    waiting: int,
    now: int,
) -> SourceStatus:
    state = known or SourceState(block.name, block.kind)
    state = replace(state, kind=block.kind)
    when = timing(tracker.settings, block)
    since = state.last_run
    if since is None and known is not None:
        since = tracker.runs.first_seen(block.name)
    last = tracker.runs.last_ended(block.name)
    stands = state.state == "paused" or running or _waits_as_told(state, last, now)
    return SourceStatus(
        state=state,
        next=_next(state, expected(when, since)),
        late=0 if stands else lateness(when, since, now),
        running=running,
        last=last,
        waiting=waiting,
    )


def _waits_as_told(state: SourceState, last: Run | None, now: int) -> bool:
    """Did its latest run end well, and has it been told when to go on?"""
    ended_well = last is not None and last.outcome != "failed"
    return ended_well and state.retry_at is not None and state.retry_at > now


def _next(state: SourceState, expected: int | None) -> int | None:
    if state.state in ("paused", "failed") or expected is None:
        return None
    return max(expected, state.retry_at or 0)


def _daemon(tracker: Tracker, now: int) -> lock.Holder | None:
    """On SQLite the lock tells; on PostgreSQL the lease of a host, if any lives."""
    if tracker.database.dialect == "sqlite":
        return lock.holder(tracker.home)
    for host in hosts(tracker, now):
        if host.state == "live":
            return lock.Holder(host.pid, host.name, host.since)
    return None


def stamp(tracker: Tracker, now: int) -> str:
    """A text that changes when the pages should: facts, which source is late since
    when, which platforms' terms keep them out of sums, settings, and packs of rules."""
    late = [
        f" {source.state.name} {source.next}"
        for source in sources(tracker, now)
        if source.late
    ]
    rules = hashlib.blake2b(repr(tracker.settings.raw).encode(), digest_size=16)
    rules.update(own_packs(tracker.home))
    said = (rules.hexdigest(), *late, *sorted(tracker.apart))
    return health.stamp(tracker.database) + "".join(said)


# -- for scripts ------------------------------------------------------------------


def as_json(tracker: Tracker, found: Status, now: int) -> dict[str, object]:
    """`tracker status --json`; instants in ISO 8601, `late` in seconds."""
    daemon, publishes = found.daemon, publisher(tracker, now)
    return {
        "home": str(tracker.home),
        "as_of": iso(now),
        "ok": not found.trouble,
        "database": {
            "kind": tracker.database.dialect,
            "version": health.version(tracker.database),
        },
        "daemon": {
            "running": daemon is not None,
            "host": daemon.host if daemon else None,
            "pid": daemon.pid if daemon else None,
            "since": iso(daemon.since) if daemon else None,
        },
        "hosts": [_host_json(host, found.runs, publishes) for host in found.hosts],
        "sources": [_source_json(source) for source in found.sources],
        "quarantine": {
            "rows": found.counts.open_rejects,
            "files": found.counts.refused,
        },
        "posts": found.counts.posts,
        "payloads": found.counts.payloads,
        "clicks": clicks(tracker),
    }


def clicks(tracker: Tracker) -> dict[str, int]:
    """Clicks that wait for storage in a server of this workspace, as it says itself,
    and redirects that were never counted: what waited in a server that was killed is
    among these."""
    from tracker.store.clicks import lost

    waits = {"waiting": 0, "uncounted": lost(tracker.database)}
    with contextlib.suppress(OSError, ValueError, KeyError):
        said = json.loads((tracker.home / STATE).read_text("utf-8"))
        where = "waiting" if _lives(int(said["pid"])) else "uncounted"
        waits[where] += int(said["waiting"])
        waits["uncounted"] += int(said["uncounted"])
    return waits


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def publisher(tracker: Tracker, now: int) -> str | None:
    """The host that builds the pages."""
    held = tracker.runs.leases.find("publisher")
    return held.holder if held is not None and held.live(now) else None


def _host_json(host: Host, runs: list[Run], publishes: str | None) -> dict[str, object]:
    return {
        "name": host.name,
        "pid": host.pid,
        "since": iso(host.since),
        "seen": iso(host.seen),
        "state": host.state,
        "publisher": publishes == host.name,
        "slots": [
            {"source": run.source, "slot": iso(run.slot), "term": run.term}
            for run in runs
            if run.host == host.name and run.slot is not None
        ],
    }


def _source_json(source: SourceStatus) -> dict[str, object]:
    state, last = source.state, source.last
    return {
        "name": state.name,
        "kind": state.kind,
        "state": state.state,
        "retry_at": iso(state.retry_at),
        "reason": state.reason,
        "running": source.running,
        "last_run": iso(state.last_run),
        "last_data": iso(state.last_data),
        "last_outcome": last.outcome if last else None,
        "error": last.error if last else None,
        "next": iso(source.next),
        "late": source.late // 1000,
        "waiting": source.waiting,
    }
