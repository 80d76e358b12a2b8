"""What a database holds, in figures that a copy of it must hold too.

Rows of every table, sums of the readings, totals of every campaign, the end of the
audit, the parts of the archive that belong to it. Tables are those that are there, not
those that this version knows: a copy is made before an upgrade, too.
"""

from __future__ import annotations

import hashlib
from typing import Any

from tracker.errors import StoreError
from tracker.model import METRICS
from tracker.store import audit
from tracker.store.database import Link
from tracker.store.suppression import KEY

VERSION = "alembic_version"
SQLITE_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    " ORDER BY name"
)
POSTGRES_RELATIONS = (
    "SELECT relname, relkind, relispartition FROM pg_class"
    " WHERE relnamespace = current_schema()::regnamespace"
    " AND relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY relname"
)


def tables(link: Link) -> list[str]:
    """Tables of the tracker that are there; a table in parts stands for all of them."""
    if link.dialect == "sqlite":
        return [str(name) for (name,) in link.all(SQLITE_TABLES)]
    ours = known()
    return [
        name
        for name, _, part in link.all(POSTGRES_RELATIONS)
        if name in ours and not part
    ]


def known() -> set[str]:
    """Names of all tables that the tracker has."""
    from sqlmodel import SQLModel

    from tracker.store import tables as declared

    assert declared
    return {*SQLModel.metadata.tables, VERSION}


def take(link: Link) -> dict[str, Any]:
    """The inventory, from one snapshot; values are JSON. {} of an empty database."""
    found = tables(link)
    if VERSION not in found:
        return {}
    n, made = audit.last(link)
    return {
        "schema": str(link.value(f"SELECT version_num FROM {VERSION}")),
        "tables": {name: _rows(link, name) for name in found},
        "readings": _readings(link),
        "totals": _totals(link),
        "audit": {"n": n, "hash": made},
        "people": int(link.value("SELECT coalesce(max(id), 0) FROM ambassador")),
        "erasures": _erasures(link),
        "archive": _parts(link) if "archive_part" in found else [],
    }


def _rows(link: Link, table: str) -> int:
    return int(link.value(f'SELECT count(*) FROM "{table}"'))


def _readings(link: Link) -> dict[str, list[int | None]]:
    """Of each metric the sum and how many are known."""
    asked = ", ".join(f"sum({name}), count({name})" for name in METRICS)
    row = link.one(f"SELECT {asked} FROM reading") or ()
    pairs = zip(METRICS, row[::2], row[1::2], strict=True)
    return {name: [_whole(total), int(many)] for name, total, many in pairs}


def _totals(link: Link) -> dict[str, dict[str, int | None]]:
    """Of each campaign its posts and gains; `` stands for the whole workspace."""
    asked = ", ".join(f"sum(r.{name})" for name in ("posts", *METRICS))
    rows = link.all(
        f"SELECT coalesce(c.slug, ''), {asked} FROM rollup r LEFT JOIN campaign c"
        " ON c.id = r.campaign_id GROUP BY c.slug ORDER BY 1"
    )
    names = ("posts", *METRICS)
    return {
        slug: {name: _whole(v) for name, v in zip(names, values, strict=True)}
        for slug, *values in rows
    }


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _erasures(link: Link) -> str | None:
    key = link.value("SELECT value FROM meta WHERE key = ?", (KEY,))
    return fingerprint(str(key)) if key else None


def fingerprint(key: str) -> str:
    """Of a key of the hashes of erased people; tells nothing of the key itself."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _parts(link: Link) -> list[dict[str, Any]]:
    names = ("path", "month", "rows", "bytes", "digest")
    rows = link.all(
        f"SELECT {', '.join(names)} FROM archive_part WHERE state = 'archived'"
        " ORDER BY path"
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def compare(wanted: dict[str, Any], found: dict[str, Any], *but: str) -> str | None:
    """The first figure that is not as it was, as a phrase; None: all are. but: tables
    that may differ."""
    for table, rows in wanted.get("tables", {}).items():
        there = found.get("tables", {}).get(table)
        if there != rows and table not in but:
            held = "is missing" if there is None else f"has {there:,} rows"
            return f"table {table} {held}, {rows:,} are expected"
    for key in ("schema", "readings", "totals"):
        if wanted.get(key) != found.get(key):
            return f"{key} differ from the manifest"
    return None


def holds_something(link: Link) -> bool:
    """Is there anything that could be lost?"""
    asked = ("ambassador", "campaign", "post", "payload")
    return any(link.value(f"SELECT 1 FROM {name} LIMIT 1") for name in asked)


def refuse_empty(found: dict[str, Any], name: str) -> None:
    """StoreError: there is nothing to copy."""
    if not found:
        raise StoreError(
            "DB_MISSING",
            name,
            "it has no tables",
            "No backup was made",
            "Run: tracker ingest, or restore a backup",
        )
