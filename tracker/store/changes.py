"""Which campaigns changed: a number for each, raised in the transaction that changes
what is known of their posts.

A number is higher than all before it, so the campaign with the highest changed last.
It says that something may be different, and never misses that; it does not say what.
Archiving raises none: the same readings lie elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tracker.store import history
from tracker.store.database import Database, Link

#: In `meta`, before the number of a campaign's row.
KEY = "changed "
#: Stands for the posts that count for no campaign.
NONE = 0
#: Changes that are looked through; of more than these the latest are.
MOST = 1000

LAST = f"SELECT max(CAST(value AS BIGINT)) FROM meta WHERE key LIKE '{KEY}%'"
RAISE = (
    "INSERT INTO meta (key, value) VALUES (?, ?)"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)
NUMBERS = (
    "SELECT c.slug, m.value FROM campaign c LEFT JOIN meta m"
    f" ON m.key = '{KEY}' || CAST(c.id AS TEXT) ORDER BY c.slug"
)
SIZES = (
    "SELECT c.slug, count(a.post_id) FROM campaign c LEFT JOIN attribution a"
    " ON a.campaign_id = c.id GROUP BY c.slug"
)


def note(link: Link, campaigns: Iterable[int]) -> None:
    """These campaigns changed, by their rows; NONE: posts of none did."""
    number = 1 + int(link.value(LAST) or 0)
    rows = [(f"{KEY}{one}", str(number)) for one in sorted(set(campaigns))]
    link.many(RAISE, rows)


def everything(link: Link) -> None:
    """All of them changed, or may have."""
    note(link, [NONE, *(row for (row,) in link.all("SELECT id FROM campaign"))])


def numbers(database: Database) -> dict[str, int]:
    """The number of each campaign by its slug; 0 when it never changed."""
    with database.reading() as link:
        return {slug: int(value or 0) for slug, value in link.all(NUMBERS)}


def number_of_none(database: Database) -> int:
    """The number of the posts that count for no campaign."""
    with database.reading() as link:
        said = link.value("SELECT value FROM meta WHERE key = ?", (f"{KEY}{NONE}",))
        return int(said or 0)


def sizes(database: Database) -> dict[str, int]:
    """How many posts count for each campaign."""
    with database.reading() as link:
        return {slug: int(many) for slug, many in link.all(SIZES)}


# -- what people write ---------------------------------------------------------------


def last_written(database: Database) -> int:
    """The number of the newest change that the history has."""
    with database.reading() as link:
        return history.last(link)


def written(database: Database, after: int) -> tuple[int, set[str]]:
    """The newest change of the history, and the campaigns that those after a number
    name: whose missions, costs, enrolments, links people wrote."""
    known = {table.name: table for table in history.followed()}
    named = {name for name, table in known.items() if "campaign_id" in table.columns}
    with database.reading() as link:
        rows = link.all(
            "SELECT n, of, key, before FROM past WHERE n > ? ORDER BY n DESC LIMIT ?",
            (after, MOST),
        )
        found = {
            _campaign(link, of, json.loads(key), json.loads(before or "{}"))
            for _, of, key, before in rows
            if of in named or of == "campaign"
        }
        slugs = dict(link.all("SELECT id, slug FROM campaign"))
    newest = int(rows[0][0]) if rows else after
    return newest, {slugs[row] for row in found if row in slugs}


def _campaign(
    link: Link, of: str, key: dict[str, Any], before: dict[str, Any]
) -> int | None:
    """The row of the campaign that a changed row belongs to."""
    if of == "campaign":
        return int(key["id"])
    for said in (key, before):
        if "campaign_id" in said:
            return None if said["campaign_id"] is None else int(said["campaign_id"])
    where = " AND ".join(f'"{name}" = ?' for name in key)
    values = tuple(key.values())
    found = link.value(f"SELECT campaign_id FROM {of} WHERE {where}", values)
    return None if found is None else int(found)
