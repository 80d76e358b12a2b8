"""Everything that is kept of one person, table by table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tracker.errors import NotFoundError
from tracker.model import handle_key
from tracker.store.database import Database, Link

#: Tables whose rows belong to a person, by the column that says so.
THEIRS = {
    "handles": ("handle", "ambassador_id"),
    "enrolments": ("enrolment", "ambassador_id"),
    "consents": ("consent", "ambassador_id"),
    "contracts": ("contract", "ambassador_id"),
    "goods": ("goods", "ambassador_id"),
    "links": ("link", "ambassador_id"),
    "costs": ("cost", "ambassador_id"),
    "feedback": ("feedback", "ambassador_id"),
    "missions": ("mission_mark", "ambassador_id"),
}
POSTS = "SELECT post_id FROM attribution WHERE campaign_id = 0 AND ambassador_id = ?"
#: Tables with a row a post of theirs.
OF_POSTS = {
    "readings": "reading",
    "corrections": "correction",
    "disclosure_overrides": "disclosure_override",
    "disclosure_acts": "disclosure_act",
}
#: Shorter words would be found everywhere.
SHORT = 4


@dataclass(frozen=True)
class Person:
    """row: the ambassador's. needles: texts that name them wherever they stand."""

    row: int
    slug: str
    name: str
    email: str | None
    handles: tuple[tuple[str, str], ...]

    @property
    def needles(self) -> tuple[str, ...]:
        """Name, address, handles, and the id where it is long enough to be theirs."""
        found = [self.name, self.email or ""]
        for _, handle in self.handles:
            found += [handle, handle.lstrip("@"), handle_key(handle)]
        if len(self.slug) > SHORT:
            found.append(self.slug)
        return tuple(dict.fromkeys(text for text in found if len(text) >= SHORT))

    @property
    def pattern(self) -> re.Pattern[str]:
        """Finds a needle, in any case; the id as a word of its own too."""
        parts = [re.escape(text) for text in sorted(self.needles, key=len)[::-1]]
        parts.append(rf"(?<![\w-]){re.escape(self.slug)}(?![\w-])")
        return re.compile("|".join(parts), re.IGNORECASE)


def find(link: Link, slug: str) -> Person:
    """Raises NotFoundError NO_PERSON's way: with the nearest name."""
    row = link.one("SELECT id, name, email FROM ambassador WHERE slug = ?", (slug,))
    if row is None:
        known = [name for (name,) in link.all("SELECT slug FROM ambassador")]
        raise NotFoundError("person", slug, known)
    handles = link.all(
        "SELECT platform, handle FROM handle WHERE ambassador_id = ? ORDER BY id",
        (row[0],),
    )
    return Person(int(row[0]), slug, row[1], row[2], tuple((p, h) for p, h in handles))


def export(database: Database, slug: str) -> dict[str, Any]:
    """Values as stored, a list for each kind of record. Raises NotFoundError."""
    with database.reading() as link:
        who = find(link, slug)
        found: dict[str, Any] = {
            "person": _rows(link, "ambassador", "id = ?", who.row)[0]
        }
        for kind, (table, column) in THEIRS.items():
            found[kind] = _rows(link, table, f"{column} = ?", who.row)
        found["applications"] = list(_applications(link, who))
        found["posts"] = _rows(link, "post", f"id IN ({POSTS})", who.row)
        for kind, table in OF_POSTS.items():
            found[kind] = _rows(link, table, f"post_id IN ({POSTS})", who.row)
        found["clicks"] = _rows(
            link,
            "click",
            "link_id IN (SELECT id FROM link WHERE ambassador_id = ?)",
            who.row,
        )
        found["audience"] = list(_audience(link, who))
        found["outcomes"] = list(_naming(link, "event", ("data",), who))
        found["quarantine"] = list(_naming(link, "reject", ("raw", "reason"), who))
        found["deliveries"] = list(_deliveries(link, who))
        found["audit"] = _rows(link, "audit", "subject LIKE ?", f"%person {who.row}")
    return found


def _rows(link: Link, table: str, where: str, *values: Any) -> list[dict[str, Any]]:
    cursor = link.connection.cursor()
    sql = f"SELECT * FROM {table} WHERE {where}"
    cursor.execute(
        sql if link.dialect == "sqlite" else sql.replace("?", "%s"), tuple(values)
    )
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _applications(link: Link, who: Person) -> Iterator[dict[str, Any]]:
    handles = {handle_key(name) for _, name in who.handles}
    for row in _rows(link, "application", "1 = 1"):
        same = row["slug"] == who.slug or (who.email and row["email"] == who.email)
        if same or (row["handle"] and handle_key(row["handle"]) in handles):
            yield row


def _audience(link: Link, who: Person) -> Iterator[dict[str, Any]]:
    keys = {(platform, handle_key(name)) for platform, name in who.handles}
    for row in _rows(link, "audience", "1 = 1"):
        if (row["platform"], handle_key(row["handle"])) in keys:
            yield row


def _naming(
    link: Link, table: str, columns: tuple[str, ...], who: Person
) -> Iterator[dict[str, Any]]:
    """Rows any of whose texts names them."""
    for row in _rows(link, table, "1 = 1"):
        if any(who.pattern.search(row[column] or "") for column in columns):
            yield row


def _deliveries(link: Link, who: Person) -> Iterator[dict[str, Any]]:
    for row in _rows(link, "delivery", "1 = 1"):
        body = body_text(row["body"])
        if who.pattern.search(body):
            yield {**row, "body": body}


def body_text(body: bytes | str) -> str:
    """Bytes as far as they are text."""
    return body if isinstance(body, str) else bytes(body).decode("utf-8", "replace")
