"""History: what rows were before they were changed, so that a past report can be made
again. The database keeps it itself, by triggers, whoever writes.

Followed are the tables that people change, whole; of larger ones those columns alone
that pages show. What carries an instant of its own (readings, events, runs) needs
none of this, and what is worked out is worked out again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracker import clock
from tracker.model import ATTRIBUTES
from tracker.store.database import Database, Link

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

#: Tables that are not followed: they carry their instants, are worked out, or are
#: in no report.
APART = {"payload", "reading", "reading_past", "evidence", "event", "uncounted", "run"}
APART |= {"post_state", "attribution", "rollup", "meta", "past", "edition"}
APART |= {"lease", "delivery", "quota", "breaker", "alert"}
APART |= {"audit", "suppressed", "erasure"}
APART |= {"archive_part", "archived_post"}  # where readings lie, not what they say
#: Of these only some columns, and no row that is new.
PARTS: dict[str, tuple[str, ...]] = {
    "post": (*ATTRIBUTES, "marks"),
    "reject": ("column", "code", "reason", "state"),
    "click": ("sort", "rule"),
    "asked": ("absent_since", "absent_times", "restored_at"),
    "audience": ("value", "payload_id", "line"),
    "source": ("kind", "state", "retry_at", "reason"),
}
#: Of these new rows too.
NEW = {"source"}
#: The name in `meta` of when the history begins.
SINCE = "history since"
#: Milliseconds since 1970 by the database's own clock.
SQLITE_NOW = "CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER)"
FUNCTION = """
CREATE OR REPLACE FUNCTION tracker_past() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  said jsonb := CASE TG_OP WHEN 'INSERT' THEN to_jsonb(NEW) ELSE to_jsonb(OLD) END;
BEGIN
  INSERT INTO past (at, of, key, before) VALUES (
    CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint),
    TG_TABLE_NAME,
    (SELECT jsonb_object_agg(k, v) FROM jsonb_each(said) AS e (k, v)
      WHERE k = ANY (string_to_array(TG_ARGV[0], ' '))),
    CASE WHEN TG_OP <> 'INSERT' THEN
      (SELECT jsonb_object_agg(k, v) FROM jsonb_each(said) AS e (k, v)
        WHERE k = ANY (string_to_array(TG_ARGV[1], ' ')))
    END);
  RETURN NULL;
END $$
"""


@dataclass(frozen=True, slots=True)
class Followed:
    """A table: its key, the columns that are kept, and the changes that count."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    deeds: tuple[str, ...]

    @property
    def whole(self) -> bool:
        return self.name not in PARTS


@dataclass(frozen=True, slots=True)
class Change:
    """n: its number. before: None when the row was not there."""

    n: int
    of: str
    key: dict[str, Any]
    before: dict[str, Any] | None


def followed() -> Iterator[Followed]:
    """All tables that are followed."""
    from sqlmodel import SQLModel

    from tracker.store import tables

    assert tables
    for table in SQLModel.metadata.sorted_tables:
        if table.name not in APART:
            yield _followed(table)


def _followed(table: Table) -> Followed:
    key = tuple(column.name for column in table.primary_key.columns)
    if table.name in PARTS:
        columns = (*key, *PARTS[table.name])
        deeds = ("INSERT", "UPDATE") if table.name in NEW else ("UPDATE",)
        return Followed(table.name, key, columns, deeds)
    names = tuple(column.name for column in table.columns)
    return Followed(table.name, key, names, ("INSERT", "UPDATE", "DELETE"))


# -- triggers ------------------------------------------------------------------------


def install(connection: Connection) -> None:
    """The triggers of all followed tables, in place of those that are there."""
    sqlite = connection.dialect.name == "sqlite"
    if not sqlite:
        connection.exec_driver_sql(FUNCTION)
    for table in followed():
        for deed in table.deeds:
            for statement in (_on_sqlite if sqlite else _on_postgres)(table, deed):
                connection.exec_driver_sql(statement)
    connection.exec_driver_sql(
        f"INSERT INTO meta (key, value) VALUES ('{SINCE}', '{clock.now()}')"
        " ON CONFLICT (key) DO NOTHING"
    )


def since(database: Database) -> int:
    """Since when changes are kept, ms UTC."""
    with database.reading() as link:
        return int(link.value("SELECT value FROM meta WHERE key = ?", (SINCE,)))


def remove(link: Link) -> None:
    """No triggers any more: in a copy, where nothing that is written is a change."""
    for table in followed():
        for deed in table.deeds:
            on = "" if link.dialect == "sqlite" else f" ON {table.name}"
            link.run(f"DROP TRIGGER {_name(table, deed)}{on}")


def _name(table: Followed, deed: str) -> str:
    return f"past_{table.name}_{deed.lower()}"


def _on_sqlite(table: Followed, deed: str) -> Iterator[str]:
    name, row = _name(table, deed), "NEW" if deed == "INSERT" else "OLD"
    changed = " OR ".join(f'OLD."{c}" IS NOT NEW."{c}"' for c in table.columns)
    when = f" WHEN {changed}" if deed == "UPDATE" else ""
    before = "NULL" if deed == "INSERT" else _object(row, table.columns)
    yield f"DROP TRIGGER IF EXISTS {name}"
    yield (
        f"CREATE TRIGGER {name} AFTER {deed} ON {table.name}{when} BEGIN"
        f" INSERT INTO past (at, of, key, before) VALUES ({SQLITE_NOW},"
        f" '{table.name}', {_object(row, table.key)}, {before}); END"
    )


def _object(row: str, columns: Iterable[str]) -> str:
    pairs = ", ".join(f"'{c}', {row}.\"{c}\"" for c in columns)
    return f"json_object({pairs})"


def _on_postgres(table: Followed, deed: str) -> Iterator[str]:
    name = _name(table, deed)
    old, new = (
        ", ".join(f'{row}."{c}"' for c in table.columns) for row in ("OLD", "NEW")
    )
    when = f" WHEN (({old}) IS DISTINCT FROM ({new}))" if deed == "UPDATE" else ""
    said = f"'{' '.join(table.key)}', '{' '.join(table.columns)}'"
    yield f"DROP TRIGGER IF EXISTS {name} ON {table.name}"
    yield (
        f"CREATE TRIGGER {name} AFTER {deed} ON {table.name} FOR EACH ROW{when}"
        f" EXECUTE FUNCTION tracker_past({said})"
    )


# -- what was kept ---------------------------------------------------------------------


def last(link: Link) -> int:
    """The number of the newest change."""
    return int(link.value("SELECT coalesce(max(n), 0) FROM past"))


def forget_since(link: Link, number: int) -> None:
    """Changes after this one may not be undone."""
    link.run("DELETE FROM past WHERE n > ?", (number,))


def changes(link: Link, after: int) -> Iterator[Change]:
    """What was changed after an instant, the latest first."""
    for n, of, key, before in link.all(
        "SELECT n, of, key, before FROM past WHERE at > ? ORDER BY n DESC", (after,)
    ):
        yield Change(n, of, json.loads(key), json.loads(before) if before else None)


def rewrite(link: Link, changes: Iterable[Change]) -> int:
    """Put other rows in place of what was kept; how many."""
    rows = [
        (
            json.dumps(one.key, ensure_ascii=False),
            None if one.before is None else json.dumps(one.before, ensure_ascii=False),
            one.n,
        )
        for one in changes
    ]
    link.many("UPDATE past SET key = ?, before = ? WHERE n = ?", rows)
    return len(rows)


def undo(link: Link, changes: Iterable[Change]) -> None:
    """Put rows back, the latest change first."""
    known = {table.name: table for table in followed()}
    for change in changes:
        table = known.get(change.of)
        if table is not None:
            _undo(link, table, change)


def _undo(link: Link, table: Followed, change: Change) -> None:
    where = " AND ".join(f'"{name}" = ?' for name in change.key)
    at = tuple(change.key.values())
    if change.before is None:
        link.run(f"DELETE FROM {table.name} WHERE {where}", at)
        return
    row = {c: value for c, value in change.before.items() if c in table.columns}
    sets = ", ".join(f'"{c}" = ?' for c in row)
    values = tuple(row.values())
    done = link.run(f"UPDATE {table.name} SET {sets} WHERE {where}", (*values, *at))
    if not done and table.whole:
        names = ", ".join(f'"{c}"' for c in row)
        marks = ", ".join("?" * len(row))
        link.run(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", values)
