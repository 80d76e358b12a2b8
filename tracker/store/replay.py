"""A copy of a database as it was at an instant, or as far as was captured by one.

The copy is a SQLite file of its own, whatever the original is. What carries its
instant is copied up to it; what people change is put back from the history; what is
worked out is worked out again. So whoever reads the copy needs to know nothing of
replays, and no figure has a second way to be computed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tracker.model import ATTRIBUTES, METRICS, local_day
from tracker.store import history, schema, verify
from tracker.store.archive import copies
from tracker.store.database import Database, Link

FAR = 2**62
#: Rows that are in memory at once.
AT_ONCE = 20_000
#: Tables that no report is made from, and those that are worked out again.
LEFT = {"past", "edition", "lease", "delivery", "quota", "breaker", "alert", "audit"}
LEFT |= {"suppressed", "post_state", "attribution", "rollup"}
#: Files stay where they are: which of them a copy reads too is said apart.
LEFT |= {"archive_part", "archived_post"}
#: What a payload brought.
BROUGHT = " WHERE payload_id IN (SELECT id FROM payload WHERE recorded_at <= ?)"
#: Of tables that carry instants, what is copied: a condition, and its values by name.
UP_TO: dict[str, tuple[str, tuple[str, ...]]] = {
    "payload": (" WHERE recorded_at <= ?", ("known",)),
    "event": (f"{BROUGHT} AND at <= ?", ("known", "seen")),
    "evidence": (BROUGHT, ("known",)),
    "reject": (BROUGHT, ("known",)),
    "click": (" WHERE at <= ? AND at <= ?", ("known", "seen")),
    "uncounted": (" WHERE at <= ? AND at <= ?", ("known", "seen")),
    "run": (" WHERE started_at <= ?", ("known",)),
    "erasure": (" WHERE begun_at > ?", ("known",)),
    "meta": (" WHERE key LIKE 'slots from %'", ()),
    "reading": (f"{BROUGHT} AND captured_at <= ?", ("known", "seen")),
    "reading_past": (
        (
            " WHERE captured_at <= ? AND payload_id IN (SELECT id FROM payload"
            " WHERE recorded_at <= ?) AND replaced_by IN (SELECT id FROM payload"
            " WHERE recorded_at > ?)"
        ),
        ("seen", "known", "known"),
    ),
}
#: Figures of accounts that came later go after what they replaced was put back.
LATER = (
    "DELETE FROM audience WHERE payload_id NOT IN"
    " (SELECT id FROM payload WHERE recorded_at <= ?)"
)
ENDED = (
    "UPDATE run SET ended_at = NULL, outcome = NULL, error = NULL, stored = 0,"
    " corrected = 0 WHERE ended_at > ?"
)
KNOWN = (
    LATER,
    ENDED,
    "DELETE FROM meta WHERE CAST(value AS INTEGER) > ?",
    "UPDATE asked SET absent_since = NULL WHERE absent_since > ?",
    "UPDATE asked SET restored_at = NULL WHERE restored_at > ?",
)
SOURCES = (
    "UPDATE source SET bookmark = NULL, last_run = (SELECT max(ended_at) FROM run"
    " WHERE source_id = source.id AND outcome IN ('ok', 'partial')),"
    " last_data = (SELECT max(ended_at) FROM run WHERE source_id = source.id"
    " AND stored + corrected > 0)"
)
CLICKS = (
    "DELETE FROM click WHERE source_id IS NOT NULL AND NOT EXISTS (SELECT 1"
    " FROM event e WHERE e.source_id = click.source_id"
    " AND e.external_id = click.external_id)"
)
SEEN = (
    "DELETE FROM feedback WHERE at > ?",
    "UPDATE feedback SET answer = NULL, answered_at = NULL WHERE answered_at > ?",
    "DELETE FROM disclosure_act WHERE at > ?",
)
#: By the last day in a campaign's zone.
SEEN_DAYS = (
    "DELETE FROM cost WHERE campaign_id = ? AND day > ?",
    "DELETE FROM survey WHERE campaign_id = ? AND coalesce(asked_to, '') > ?",
)
STATES = (
    "INSERT INTO post_state (post_id, first_at, last_at)"
    " SELECT post_id, min(captured_at), max(captured_at) FROM reading GROUP BY post_id"
)

#: Followed tables whose changes alter no sum and no KPI; collecting writes to them.
ASIDE = ("source", "asked", "reject", "report_mark", "finding_state")
#: Is anything other than it was at an instant, besides readings and clicks?
CHANGED = (
    "SELECT 1 FROM past WHERE at > ? AND of NOT IN"
    f" ({', '.join('?' * len(ASIDE))}) LIMIT 1"
)
BEGUN = "SELECT 1 FROM payload WHERE recorded_at <= ? LIMIT 1"
TOLD = (
    "SELECT 1 FROM event e JOIN payload p ON p.id = e.payload_id"
    " WHERE p.recorded_at > ? LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Cut:
    """known: what was recorded by then; seen: what was captured by then. None: all."""

    known: int | None = None
    seen: int | None = None

    def values(self, names: tuple[str, ...]) -> tuple[int, ...]:
        ends = {"known": self.known, "seen": self.seen}
        return tuple(FAR if (end := ends[n]) is None else end for n in names)


def copy(database: Database, folder: Path, zone: ZoneInfo, cut: Cut) -> Database:
    """A database of its own in an empty folder, as another one was."""
    into = Database("sqlite:///past.db", folder)
    into.archive = database.archive
    schema.ensure(into)
    with database.reading() as source, into.writing() as target:
        history.remove(target)
        for table, columns in _tables():
            _rows(source, target, table, columns, cut)
        _versions(target)
        kept = copies.bring(source, target, cut.known, cut.seen)
        if cut.known is not None:
            _then(source, target, cut.known)
        if cut.seen is not None:
            _seen(target, zone, cut.seen)
        target.run(CLICKS)
        target.run(STATES)
        copies.states(target, kept)
        _told(source, target)
    verify.repair(into, zone)
    return into


def changed_since(database: Database, at: int) -> bool:
    """Has anything changed after an instant that sums and KPIs are made from, and that
    readings have no versions of? Before the first payload no sum depends on the rest:
    nothing was known."""
    with database.reading() as link:
        if not link.value(BEGUN, (at,)):
            return False
        return bool(link.value(CHANGED, (at, *ASIDE)) or link.value(TOLD, (at,)))


def erased_since(database: Database) -> int:
    """Of a copy: how many people were erased since."""
    with database.reading() as link:
        return int(link.value("SELECT count(*) FROM erasure"))


def _tables() -> Iterator[tuple[str, tuple[str, ...]]]:
    from sqlmodel import SQLModel

    from tracker.store import tables

    assert tables
    for table in SQLModel.metadata.sorted_tables:
        if table.name not in LEFT:
            yield table.name, tuple(column.name for column in table.columns)


def _rows(
    source: Link, target: Link, table: str, columns: tuple[str, ...], cut: Cut
) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    where, ends = UP_TO.get(table, ("", ()))
    rows = source.each(
        f'SELECT {names} FROM "{table}"{where}', cut.values(ends), size=AT_ONCE
    )
    marks = ", ".join("?" * len(columns))
    while some := list(islice(rows, AT_ONCE)):
        target.many(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', some)


def _versions(target: Link) -> None:
    """Readings as they were before they were changed later."""
    names = ", ".join(["post_id", "captured_at", *METRICS, "payload_id", "line"])
    target.run(
        f"INSERT OR IGNORE INTO reading ({names}) SELECT {names} FROM reading_past"
    )
    target.run("DELETE FROM reading_past")


def _told(source: Link, target: Link) -> None:
    """When each thing was last said of a post: of posts that were read again since,
    with their last reading of then, as sources say everything with each."""
    names = [f"{name}_at" for name in ATTRIBUTES]
    sets = ", ".join(f"{name} = min(?, last_at)" for name in names)
    rows = source.each(
        f"SELECT {', '.join(names)}, post_id FROM post_state", size=AT_ONCE
    )
    while some := list(islice(rows, AT_ONCE)):
        target.many(f"UPDATE post_state SET {sets} WHERE post_id = ?", some)


def _then(source: Link, target: Link, known: int) -> None:
    """What people and sources said by then, and no more."""
    history.undo(target, history.changes(source, known))
    for statement in KNOWN:
        target.run(statement, (known,))
    target.run(SOURCES)


def _seen(target: Link, zone: ZoneInfo, seen: int) -> None:
    for statement in SEEN:
        target.run(statement, (seen,))
    until = local_day(seen, zone).isoformat()
    target.run("DELETE FROM audience WHERE day > ?", (until,))
    for campaign, name, plan in target.all("SELECT id, timezone, plan FROM campaign"):
        until = local_day(seen, ZoneInfo(name)).isoformat()
        for statement in SEEN_DAYS:
            target.run(statement, (campaign, until))
        target.run(
            "UPDATE campaign SET plan = ? WHERE id = ?",
            (_cheaper(json.loads(plan), until), campaign),
        )


def _cheaper(plan: dict[str, Any], until: str) -> str:
    """The plan without costs of later days."""
    if "cost" in plan:
        plan["cost"] = [c for c in plan["cost"] if str(c.get("date"))[:10] <= until]
    return json.dumps(plan, ensure_ascii=False)
