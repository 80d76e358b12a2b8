"""The audit: who changed what and when, without values, chained by hashes.

A line is written in the transaction of the change it tells of, so that neither is
there without the other. Each line has the hash of the one before; the number and hash
of the last one are kept apart, so that a cut end is found too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from tracker.model import iso
from tracker.store.again import whole
from tracker.store.database import Database, Link

#: What stands before the first line.
START = "0" * 64
KEYS = ("n", "at", "actor", "action", "subject", "from", "prev", "hash")
#: Names of `meta`: the last line, and the last one that the file has.
LAST, WRITTEN = "audit last", "audit written"


def note(link: Link, action: str, subject: str, now: int | None = None) -> None:
    """One line: action as `mission.excuse`; subject as `fiesta/travel person 12`.

    A person stands in the subject by number only (the ambassador's row), never by id,
    name or handle; no value stands in it at all. now: ms UTC, or when the command was
    called.
    """
    n, prev = last(link)
    line = {
        "n": n + 1,
        "at": iso(link.who.at if now is None else now),
        "actor": link.who.actor,
        "action": action,
        "subject": subject,
        "from": link.who.origin,
        "prev": prev,
    }
    made = digest(line)
    link.run(
        "INSERT INTO audit (n, at, actor, action, subject, origin, prev, hash)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*line.values(), made),
    )
    remember(link, LAST, f"{n + 1} {made}")


@whole
def alone(database: Database, action: str, subject: str) -> None:
    """One line for a change that was made elsewhere, such as in tracker.toml."""
    with database.writing() as link:
        note(link, action, subject)


def last(link: Link) -> tuple[int, str]:
    """Number and hash of the last line; 0 and START before the first."""
    said = link.value("SELECT value FROM meta WHERE key = ?", (LAST,))
    number, _, made = str(said or f"0 {START}").partition(" ")
    return int(number), made


def remember(link: Link, key: str, value: str) -> None:
    link.run(
        "INSERT INTO meta (key, value) VALUES (?, ?)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


def digest(line: dict[str, Any]) -> str:
    """SHA-256, in hex, of a line as JSON with sorted keys, without its own hash."""
    rest = {key: value for key, value in line.items() if key != "hash"}
    plain = json.dumps(rest, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def text(line: dict[str, Any]) -> str:
    """A line as it stands in the file; nothing in it can break the line."""
    return json.dumps(line, ensure_ascii=True, separators=(",", ":"))


def lines(link: Link, after: int = 0) -> Iterator[dict[str, Any]]:
    """The lines of the table behind a number, in order."""
    found = link.all(
        "SELECT n, at, actor, action, subject, origin, prev, hash FROM audit"
        " WHERE n > ? ORDER BY n",
        (after,),
    )
    return (dict(zip(KEYS, row, strict=True)) for row in found)


def all_lines(database: Database) -> tuple[list[dict[str, Any]], tuple[int, str]]:
    """Every line of the table, and what is kept of the last one."""
    with database.reading() as link:
        return list(lines(link)), last(link)
