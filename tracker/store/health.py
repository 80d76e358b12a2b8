"""The database's own state: what it holds, whether it is whole, what changed."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass

from tracker.store import audit
from tracker.store.database import Database

#: What changes with readings, and with everything that people write: rows of `past`
#: are made by the database itself. An erasure and an expiry leave none there, but a
#: line of the audit; new clicks, and posts that were never seen, are in neither.
FACTS = (
    "SELECT count(*), max(n) FROM past",
    f"SELECT value FROM meta WHERE key = '{audit.LAST}'",
    "SELECT max(id) FROM click",
    "SELECT count(*), sum(many) FROM uncounted",
    (
        "SELECT count(absent_since), sum(absent_times), max(absent_since),"
        " max(restored_at) FROM asked"
    ),
    "SELECT count(*), max(id) FROM payload",
    "SELECT state, count(*) FROM reject GROUP BY state ORDER BY state",
    "SELECT name, state, reason FROM source ORDER BY name",
)


@dataclass(frozen=True, slots=True)
class Counts:
    """open_rejects: rows in quarantine; refused: files refused as a whole."""

    posts: int
    payloads: int
    refused: int
    open_rejects: int


def stamp(database: Database) -> str:
    """A text that changes when the facts behind the pages change."""
    seen = hashlib.blake2b(digest_size=16)
    with database.reading() as link:
        for question in FACTS:
            seen.update(repr(link.all(question)).encode("utf-8", "surrogatepass"))
    return seen.hexdigest()


def counts(database: Database) -> Counts:
    with database.reading() as link:
        return Counts(
            posts=link.value("SELECT count(*) FROM post"),
            payloads=link.value("SELECT count(*) FROM payload"),
            refused=link.value(
                "SELECT count(*) FROM payload WHERE outcome = 'refused'"
            ),
            open_rejects=link.value("SELECT count(*) FROM reject WHERE state = 'open'"),
        )


def damage(database: Database) -> list[str]:
    """What the database itself finds broken; PostgreSQL sees to its own pages."""
    if database.dialect != "sqlite":
        return []
    with database.reading() as link:
        pages = [str(row[0]) for row in link.all("PRAGMA integrity_check(20)")]
        keys = link.all("PRAGMA foreign_key_check")
    found = [] if pages == ["ok"] else pages
    return found + [f"a row of {table} points nowhere" for table, *_ in keys[:20]]


def outdated(database: Database) -> str | None:
    """The version that is needed, when SQLite is older (no RETURNING)."""
    old = database.dialect == "sqlite" and sqlite3.sqlite_version_info < (3, 35)
    return "3.35" if old else None


def version(database: Database) -> str:
    """The name and version of the database program."""
    if database.dialect == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    with database.reading() as link:
        return "PostgreSQL " + str(link.value("SHOW server_version")).split(" ")[0]
