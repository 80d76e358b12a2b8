"""Runs of sources: what is claimed, under way, done.

A slot is an instant at which a source should run. It is claimed once: the claim
is a row of `run` and a lease on the source, and while the lease lives nobody else
runs that source. A host that dies loses its claim at the end of the lease, its
run becomes `lost`, and whoever comes next claims the slot again under another
term. What a lost run still writes is refused, because `fence` looks in the same
transaction. A lease that has ended and that nobody took over is still its host's: the
term tells, not the time, so that a database that was away for a minute costs no run.
Runs asked for by a person have no slot and no lease.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tracker.errors import LockedError
from tracker.model import Outcome, RunReport, iso
from tracker.store import audit, breakers, leases
from tracker.store.again import whole
from tracker.store.corrections import HAND
from tracker.store.database import Link
from tracker.store.leases import Lease
from tracker.store.states import SourceState, States, become, source_id

__all__ = ["Run", "Runs", "SourceState"]

#: How the leases of daemons begin.
PREFIX = "daemon:"
#: A source whose process died so often in a row is not tried again by itself.
ATTEMPTS = 8
#: What is said of a run that was lost with its process.
DIED = "the process died"
#: A run asked for by a person that has not ended after so long is lost.
FORGOTTEN = 86_400_000

RUN = (
    "SELECT r.id, s.name, r.slot, r.host, r.term, r.started_at, r.ended_at, r.outcome,"
    " r.merged, r.payloads, r.rows, r.stored, r.unchanged, r.corrected, r.rejected,"
    " r.ignored, r.error FROM run r JOIN source s ON s.id = r.source_id"
)


@dataclass(frozen=True, slots=True)
class Run:
    """One run. outcome: None while it runs; merged: earlier slots it stands for."""

    id: int
    source: str
    slot: int | None
    host: str | None
    term: int | None
    started_at: int
    ended_at: int | None
    outcome: str | None
    merged: int
    payloads: int
    rows: int
    stored: int
    unchanged: int
    corrected: int
    rejected: int
    ignored: int
    error: str | None


class Runs(States):
    """What is remembered of sources and their runs in one database."""

    @property
    def leases(self) -> leases.Leases:
        """The leases of this database: of hosts, of who writes the pages."""
        return leases.Leases(self.database)

    # -- claims -----------------------------------------------------------------

    def last_slot(self, name: str, now: int) -> int | None:
        """The latest slot that is done, or is being run by somebody who lives."""
        with self.database.reading() as link:
            lease = leases.find(link, lease_name(name))
            return _last_slot(link, name, lease is not None and lease.live(now))

    @whole
    def claim(
        self,
        name: str,
        slot: int,
        *,
        host: str,
        now: int,
        lease: int,
        merged: int = 0,
        after: int | Literal["any"] | None = "any",
    ) -> int | None:
        """The term under which this host may run this slot now, or None.

        lease: how long the claim lives unless it is renewed, in ms. after: the latest
        slot (see last_slot) from which `merged` was counted: when another one is the
        latest by now, the claim would hide slots that were lost meanwhile. None:
        another run of this source is under way, or the slot is done, or that.
        """
        with self.database.writing() as link:
            now += link.waited  # a lease counts from when we have it
            lose(link, name, now)
            last = _last_slot(link, name)
            if (last is not None and last >= slot) or _running(link, name):
                return None
            if after not in ("any", last):
                return None
            term = leases.take(link, lease_name(name), host, now, lease)
            if term is None:
                return None
            link.run(
                "INSERT INTO run (source_id, slot, host, term, started_at, merged)"
                " VALUES ((SELECT id FROM source WHERE name = ?), ?, ?, ?, ?, ?)",
                (name, slot, host, term, now, merged),
            )
            return term

    @whole
    def enter(
        self,
        host: str,
        holder: str,
        now: int,
        length: int,
        dead: Callable[[Lease], bool] = lambda _: True,
    ) -> tuple[int, list[str]]:
        """A daemon of this name begins: the term of its lease, and the sources whose
        runs were lost with an earlier process of that name.

        holder: what the lease says of it. dead: asked about a lease that somebody has
        not given back: raises LockedError when its process lives, and answers whether
        it has surely ended. What a process had claimed that may still live somewhere
        stays its own until its leases end.
        """
        with self.database.writing() as link:
            now += link.waited
            held = leases.find(link, host_lease(host))
            sure = held is None or held.holder is None or dead(held)
            lost = _recover(link, host, now, sure=sure)
            return leases.seize(link, host_lease(host), holder, now, length), lost

    def renew(self, terms: dict[str, int], now: int, lease: int) -> set[str]:
        """Hold on to claims (source to term); answers the sources that were lost."""
        named = {lease_name(name): term for name, term in terms.items()}
        lost = self.leases.renew(named, now, lease) if named else set()
        return {name for name in terms if lease_name(name) in lost}

    @whole
    def forget_future(self, now: int) -> int:
        """After the clock went back: slots that have not come yet are free again."""
        with self.database.writing() as link:
            return link.run(
                "UPDATE run SET slot = NULL WHERE slot > ? AND outcome IS NOT NULL",
                (now,),
            )

    # -- runs -------------------------------------------------------------------

    def start(
        self,
        source: str,
        kind: str,
        *,
        slot: int | None,
        host: str | None,
        now: int,
        term: int | None = None,
    ) -> int:
        """The number of a run that begins now, or of the one claimed for this slot,
        under this term if it is said. Raises LockedError when that was lost."""
        if slot is None:
            return self._begin(source, kind, host, now)
        with self.database.reading() as link:
            claimed = link.one(
                "SELECT r.id, r.term FROM run r JOIN source s ON s.id = r.source_id"
                " WHERE s.name = ? AND r.slot = ? AND r.host = ?"
                " AND r.outcome IS NULL",
                (source, slot, host),
            )
            if claimed is None or term not in (None, claimed[1]):
                raise _term_lost(link, source, slot, term)
        return int(claimed[0])

    @whole
    def _begin(self, source: str, kind: str, host: str | None, now: int) -> int:
        with self.database.writing() as link:
            number = source_id(link, source, kind)
            return int(
                link.value(
                    "INSERT INTO run (source_id, host, started_at) VALUES (?, ?, ?)"
                    " RETURNING id",
                    (number, host, now),
                )
            )

    def fence(self, link: Link, run_id: int) -> None:
        """In a run's own write transaction: LockedError when the run was lost."""
        row = link.one(
            "SELECT s.name, r.slot, r.term, r.outcome FROM run r"
            " JOIN source s ON s.id = r.source_id WHERE r.id = ?",
            (run_id,),
        )
        if row is None:
            raise _term_lost(link, str(run_id), None, None)
        source, slot, term, outcome = row
        lease = leases.find(link, lease_name(source)) if term is not None else None
        if outcome is not None or (lease is not None and lease.term != term):
            raise _term_lost(link, source, slot, term)

    def lost(self, run_id: int) -> LockedError:
        """Why a run that has ended by others' hands counts for nothing."""
        with self.database.reading() as link:
            row = link.one(
                "SELECT s.name, r.slot, r.term FROM run r"
                " JOIN source s ON s.id = r.source_id WHERE r.id = ?",
                (run_id,),
            )
            return _term_lost(link, *(row or (str(run_id), None, None)))

    @whole
    def finish(self, run_id: int, report: RunReport, now: int) -> bool:
        """The run has ended; False when it was lost before and counts for nothing."""
        tally = report.tally
        with self.database.writing() as link:
            ended = link.run(
                "UPDATE run SET ended_at = ?, outcome = ?, payloads = ?, rows = ?,"
                " stored = ?, unchanged = ?, corrected = ?, rejected = ?, ignored = ?,"
                " error = ?, notices = ? WHERE id = ? AND outcome IS NULL",
                (
                    now,
                    report.outcome.value,
                    report.payloads,
                    tally.rows,
                    tally.stored,
                    tally.unchanged,
                    tally.corrected,
                    tally.rejected,
                    tally.ignored,
                    report.error,
                    json.dumps(report.notices, ensure_ascii=False),
                    run_id,
                ),
            )
            if ended:
                changed = tally.stored + tally.corrected > 0
                _ended(link, run_id, now, report.outcome.value, changed)
                if changed and link.who.origin == "cli":
                    _told(link, run_id, now)
                _held_back(link, report, now)
        return ended == 1

    @whole
    def abandon(self, run_id: int, error: str, now: int) -> bool:
        """End a run that goes no further; what it still writes is refused."""
        with self.database.writing() as link:
            ended = link.run(
                "UPDATE run SET ended_at = ?, outcome = 'failed', error = ?"
                " WHERE id = ? AND outcome IS NULL",
                (now, error, run_id),
            )
            if ended:
                _ended(link, run_id, now, "failed", False)
        return ended == 1

    @whole
    def give_back(self, run_id: int, now: int) -> None:
        """The run came to nothing through no fault of its source: its slot is due
        again."""
        with self.database.writing() as link:
            given = link.run(
                "UPDATE run SET outcome = 'lost', ended_at = ?"
                " WHERE id = ? AND (outcome IS NULL OR outcome = 'failed')",
                (now, run_id),
            )
            if given:  # one that has ended well keeps its slot
                _release(link, run_id)

    def claimed(self, name: str, slot: int, term: int) -> int | None:
        """The number of the run that a claim made."""
        with self.database.reading() as link:
            found: int | None = link.value(
                "SELECT r.id FROM run r JOIN source s ON s.id = r.source_id"
                " WHERE s.name = ? AND r.slot = ? AND r.term = ?",
                (name, slot, term),
            )
        return found

    def running(self) -> list[Run]:
        """Runs that have not ended, oldest first."""
        with self.database.reading() as link:
            rows = link.all(f"{RUN} WHERE r.outcome IS NULL ORDER BY r.id")
        return [Run(*row) for row in rows]

    def history(self, name: str | None = None) -> list[Run]:
        """All runs, of one source if it is named, oldest first."""
        with self.database.reading() as link:
            if name is None:
                rows = link.all(f"{RUN} ORDER BY r.id")
            else:
                rows = link.all(f"{RUN} WHERE s.name = ? ORDER BY r.id", (name,))
        return [Run(*row) for row in rows]

    def last_ended(self, name: str) -> Run | None:
        """The latest run of a source that has ended and was not lost."""
        with self.database.reading() as link:
            row = link.one(
                f"{RUN} WHERE s.name = ? AND r.outcome <> 'lost'"
                " ORDER BY r.id DESC LIMIT 1",
                (name,),
            )
        return Run(*row) if row else None


def lease_name(source: str) -> str:
    return f"source:{source}"


def host_lease(host: str) -> str:
    """The lease that a daemon of this name holds while it lives."""
    return f"{PREFIX}{host}"


def _recover(link: Link, host: str, now: int, *, sure: bool) -> list[str]:
    """The sources whose runs a dead process of this host has left; sure: it is not
    alive anywhere. A person's run is lost once it is forgotten."""
    found = link.all(
        "SELECT DISTINCT s.name FROM run r JOIN source s ON s.id = r.source_id"
        " WHERE r.outcome IS NULL AND ((r.host = ? AND r.slot IS NOT NULL)"
        " OR (r.slot IS NULL AND r.started_at < ?))",
        (host, now - FORGOTTEN),
    )
    return [name for (name,) in found if lose(link, name, now, host if sure else None)]


def lose(link: Link, name: str, now: int, host: str | None = None) -> int:
    """Runs of a source whose lease has ended, or which `host` had, become lost; how
    many.

    Its slot is due again. After ATTEMPTS of them in a row the source has failed.
    """
    lease = leases.find(link, lease_name(name))
    if lease is not None and lease.live(now) and lease.holder != host:
        return 0
    lost = link.all(
        "SELECT r.id, r.slot FROM run r JOIN source s ON s.id = r.source_id"
        " WHERE s.name = ? AND r.outcome IS NULL"
        " AND (r.slot IS NOT NULL OR r.started_at < ?)",
        (name, now - FORGOTTEN),
    )
    for number, slot in lost:
        said = f"{DIED} in the middle of slot {iso(slot)}" if slot else None
        link.run(
            "UPDATE run SET outcome = 'lost', ended_at = ?, error = ? WHERE id = ?",
            (now, said, number),
        )
    if lost and lease is not None:
        leases.release(link, lease.name, lease.term)
    if lost and _deaths(link, name) >= ATTEMPTS:
        reason = f"its process died {ATTEMPTS} times in a row"
        become(link, name, "failed", None, reason)
    return len(lost)


def _deaths(link: Link, name: str) -> int:
    """How many of the latest runs were lost, one after the other."""
    return int(
        link.value(
            "SELECT count(*) FROM run r JOIN source s ON s.id = r.source_id"
            " WHERE s.name = ? AND r.outcome = 'lost' AND r.error LIKE ?"
            " AND r.id > coalesce((SELECT max(q.id) FROM run q"
            "  WHERE q.source_id = s.id AND q.outcome <> 'lost'), 0)",
            (name, f"{DIED}%"),
        )
    )


def _last_slot(link: Link, name: str, running: bool = True) -> int | None:
    """The latest slot; running: of runs that have not ended too."""
    found: int | None = link.value(
        "SELECT max(r.slot) FROM run r JOIN source s ON s.id = r.source_id"
        " WHERE s.name = ? AND (r.outcome <> 'lost' OR (r.outcome IS NULL AND 1 = ?))",
        (name, int(running)),
    )
    return found


def _running(link: Link, name: str) -> bool:
    return bool(
        link.value(
            "SELECT 1 FROM run r JOIN source s ON s.id = r.source_id"
            " WHERE s.name = ? AND r.outcome IS NULL AND r.slot IS NOT NULL",
            (name,),
        )
    )


def _release(link: Link, run_id: int) -> None:
    row = link.one(
        "SELECT s.name, r.term FROM run r JOIN source s ON s.id = r.source_id"
        " WHERE r.id = ?",
        (run_id,),
    )
    if row and row[1] is not None:
        leases.release(link, lease_name(row[0]), row[1])


def _told(link: Link, run_id: int, now: int) -> None:
    """Somebody collected and something changed: what is noted by hand has a line of
    its own, and what the daemon collects stands in the ledger alone."""
    name = link.value(
        "SELECT s.name FROM run r JOIN source s ON s.id = r.source_id WHERE r.id = ?",
        (run_id,),
    )
    if name != HAND:
        audit.note(link, "ingest", f"source {name}, run {run_id}", now)


def _ended(link: Link, run_id: int, now: int, outcome: str, changed: bool) -> None:
    """What a run leaves behind at its source: times, readiness, a free lease."""
    _release(link, run_id)
    if outcome != "failed":
        link.run(
            "UPDATE source SET last_run = ?, retry_at = NULL, reason = NULL,"
            " state = CASE state WHEN 'waiting' THEN 'ready' ELSE state END"
            " WHERE id = (SELECT source_id FROM run WHERE id = ?)",
            (now, run_id),
        )
    if changed:
        link.run(
            "UPDATE source SET last_data = ?"
            " WHERE id = (SELECT source_id FROM run WHERE id = ?)",
            (now, run_id),
        )


def _held_back(link: Link, report: RunReport, now: int) -> None:
    """When its source may run again, by how the run ended."""
    name, reason = report.source, report.reason or ""
    if report.halted:
        become(link, name, "paused", None, reason)
    elif report.retry_at is not None:
        become(link, name, "waiting", report.retry_at, reason)
    elif report.upstream:
        breaker = breakers.failed(link, name, reason, now)
        if breaker.open:
            become(link, name, "waiting", breaker.probe_at, breaker.said())
    if not report.upstream or report.outcome is not Outcome.FAILED:
        breakers.close(link, name)


def _term_lost(
    link: Link, source: str, slot: int | None, term: int | None
) -> LockedError:
    at = f" slot {iso(slot)}" if slot is not None else ""
    now = leases.find(link, lease_name(source))
    to = ""
    if now is not None and term is not None and now.term > term:
        to = f" to host {now.holder}" if now.holder else ""
        to += f" (term {term} < {now.term})"
    return LockedError(
        "TERM_LOST",
        f"source {source}{at}",
        f"this process lost its turn{to}",
        "Its result was not stored",
    )
