"""What a restored database must learn of the time after its backup was made.

Who was erased stays erased: their marks are kept, whoever of them came back is erased
again. The audit is never taken back: its lines go on, and say that a restore happened.
All of it is written with the restored rows, as one act; erasing itself takes its time
and is done by the next command that writes (`privacy.resume`), so no kill loses it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from tracker.model import handle_key, iso
from tracker.store import audit, inventory, refresh
from tracker.store.database import Database, Link
from tracker.store.erasure import BEGUN
from tracker.store.inventory import fingerprint
from tracker.store.suppression import ERASED, KEY, Suppression, read

#: The list of erased people beside the backups.
FILE = "erased.json"
#: The name in `meta` of a restore after which nobody has looked who came back.
RESTORED = "restored"
MARK = (
    "INSERT INTO suppressed (kind, mark, ambassador_id) VALUES (?, ?, ?)"
    " ON CONFLICT (kind, mark) DO NOTHING"
)
LINE = (
    "INSERT INTO audit (n, at, actor, action, subject, origin, prev, hash)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
PUT = (
    "INSERT INTO meta (key, value) VALUES (?, ?)"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)
Statement = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Known:
    """Everybody who was erased. marks: kind, keyed hash, row of the person."""

    key: str
    marks: frozenset[tuple[str, str, int]]

    @property
    def fingerprint(self) -> str:
        """By which it is known whether two lists share a key."""
        return fingerprint(self.key)

    def as_json(self) -> dict[str, Any]:
        return {"key": self.key, "marks": sorted(self.marks)}

    @staticmethod
    def from_json(text: str) -> Known:
        said = json.loads(text)
        marks = {(str(k), str(m), int(p)) for k, m, p in said["marks"]}
        return Known(str(said["key"]), frozenset(marks))


def known(database: Database) -> Known | None:
    """Everybody who was erased from a database; None when nobody was."""
    with database.reading() as link:
        if "suppressed" not in inventory.tables(link):
            return None
        key = link.value("SELECT value FROM meta WHERE key = ?", (KEY,))
        rows = link.all("SELECT kind, mark, ambassador_id FROM suppressed")
    return Known(str(key), frozenset(map(tuple, rows))) if key and rows else None


def together(lists: Iterable[Known | None]) -> Known | None:
    """The first list, and of the others what has its key."""
    there = [one for one in lists if one is not None]
    if not there:
        return None
    same = [one.marks for one in there if one.key == there[0].key]
    return Known(there[0].key, frozenset().union(*same))


# -- the audit -----------------------------------------------------------------------


def tail(lines: Iterable[dict[str, Any]], n: int, made: str) -> list[dict[str, Any]]:
    """Lines after the n-th, whose hash is `made`, as far as they are a whole chain;
    none when they do not go on from there."""
    found: list[dict[str, Any]] = []
    number, prev = n, made
    for line in lines:
        if line["n"] == n and line["hash"] != made:
            return []
        if line["n"] <= n:
            continue
        whole = (line["n"], line["prev"]) == (number + 1, prev)
        if not whole or audit.digest(line) != line["hash"]:
            break
        found.append(line)
        number, prev = line["n"], line["hash"]
    return found


def _restored(n: int, prev: str, name: str, actor: str, now: int) -> dict[str, Any]:
    line = {
        "n": n + 1,
        "at": iso(now),
        "actor": actor,
        "action": "backup.restore",
        "subject": f"backup {name}",
        "from": "cli",
        "prev": prev,
    }
    return {**line, "hash": audit.digest(line)}


def statements(
    *,
    head: tuple[int, str],
    lines: list[dict[str, Any]],
    written: int,
    erased: Known | None,
    name: str,
    actor: str,
    now: int,
) -> Iterator[Statement]:
    """What is written into the restored rows. head: number and hash of their last line
    of the audit; lines: those that follow; written: how many the file has."""
    n, made = (lines[-1]["n"], lines[-1]["hash"]) if lines else head
    last = _restored(n, made, name, actor, now)
    for line in [*lines, last]:
        yield LINE, tuple(line[key] for key in audit.KEYS)
    yield PUT, (audit.LAST, f"{last['n']} {last['hash']}")
    yield PUT, (audit.WRITTEN, str(written))
    yield PUT, (RESTORED, str(now))
    if erased is not None:
        yield PUT, (KEY, erased.key)
        yield from ((MARK, mark) for mark in sorted(erased.marks))


# -- who came back -------------------------------------------------------------------


def waits(database: Database) -> bool:
    """Has nobody looked yet who came back with a restore?"""
    with database.reading() as link:
        return link.value("SELECT 1 FROM meta WHERE key = ?", (RESTORED,)) is not None


def enter(database: Database, zone: ZoneInfo, now: int) -> None:
    """Enter erasures of all who are back. Those whose posts or applications are there
    without them become people first, or they could not be erased."""
    with database.writing() as link:
        link.run("DELETE FROM meta WHERE key = ?", (RESTORED,))
        theirs = read(link)
        if theirs is None:
            return
        if _make_people(link, theirs, now):
            refresh.refresh(link, zone)
        for row in _returned(link, theirs):
            link.run("DELETE FROM erasure WHERE ambassador_id = ?", (row,))
            link.run(
                "INSERT INTO erasure (ambassador_id, begun_at, step) VALUES (?, ?, ?)",
                (row, now, BEGUN),
            )


def _returned(link: Link, theirs: Suppression) -> list[int]:
    handles: dict[int, list[tuple[str, str]]] = {}
    for row, at, name in link.all("SELECT ambassador_id, platform, handle FROM handle"):
        handles.setdefault(row, []).append((at, name))
    return [
        row
        for row, slug, email in link.all("SELECT id, slug, email FROM ambassador")
        if not slug.startswith(ERASED)
        and theirs.person(slug, email, handles.get(row, ()))
    ]


def _make_people(link: Link, theirs: Suppression, now: int) -> int:
    """A person for each handle, and each application, of somebody erased that belongs
    to no person; how many."""
    before = _newest(link)
    mine = set(link.all('SELECT platform, "key" FROM handle'))
    seen = link.all(
        "SELECT DISTINCT platform, handle FROM post WHERE handle IS NOT NULL"
    )
    seen += link.all("SELECT DISTINCT platform, handle FROM audience")
    for platform, name in sorted(set(seen)):
        at = (platform, handle_key(name))
        if at not in mine and theirs.handle(platform, name):
            mine.add(at)
            _person(
                link, f"returned-{secrets.token_hex(6)}", None, [(platform, name)], now
            )
    slugs = {slug for (slug,) in link.all("SELECT slug FROM ambassador")}
    for slug, email, platform, name in link.all(
        "SELECT slug, email, platform, handle FROM application"
    ):
        handles = [(platform, name)] if platform and name else []
        if slug not in slugs and theirs.person(slug, email, handles):
            slugs.add(slug)
            _person(link, slug, email, handles, now)
    return _newest(link) - before


def _newest(link: Link) -> int:
    return int(link.value("SELECT coalesce(max(id), 0) FROM ambassador"))


def _person(
    link: Link, slug: str, email: str | None, handles: list[tuple[str, str]], now: int
) -> None:
    row = _newest(link) + 1
    link.run(
        "INSERT INTO ambassador (id, slug, name, email, created_at)"
        " VALUES (?, ?, ?, ?, ?)",
        (row, slug, slug, email, now),
    )
    number = int(link.value("SELECT coalesce(max(id), 0) + 1 FROM handle"))
    link.many(
        'INSERT INTO handle (id, ambassador_id, platform, handle, "key")'
        " VALUES (?, ?, ?, ?, ?)",
        [
            (number + i, row, at, name, handle_key(name))
            for i, (at, name) in enumerate(handles)
        ],
    )
