"""Expiry: figures that a source's terms let be kept for some days only.

Sums follow: what is left of a post is counted as if no more had ever been read, and
a post of which nothing is left is in no sum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from tracker.model import moment
from tracker.store import audit, bulk, partitions, refresh, series
from tracker.store.again import whole
from tracker.store.archive import parts
from tracker.store.database import Database, Link
from tracker.store.sums import Sums
from tracker.store.verify import restate

if TYPE_CHECKING:
    from tracker.store.gains import Ints

#: What a source brought and was captured before an instant.
OLD = (
    " WHERE captured_at < ? AND payload_id IN"
    " (SELECT id FROM payload WHERE source_id = ?)"
)


def expire(
    database: Database, zone: ZoneInfo, source: str, before: int, day: int
) -> int:
    """Delete readings of a source captured before an instant, and what is told of
    its accounts; answers how many readings. Once a `day`: the second time it is 0.
    """
    gone = _once(database, zone, source, before, day)
    if gone is None:
        return 0
    _drop_months(database, before)  # when nobody can see the rows any more
    return gone


@whole
def _once(
    database: Database, zone: ZoneInfo, source: str, before: int, day: int
) -> int | None:
    """How many readings; None: it was done today."""
    with database.writing() as link:
        if not _first_today(link, source, day):
            return None
        return _expire(link, zone, source, before)


@whole
def _drop_months(database: Database, before: int) -> None:
    with database.writing() as link:
        partitions.drop_empty(link, before)


def _expire(link: Link, zone: ZoneInfo, source: str, before: int) -> int:
    number = link.value("SELECT id FROM source WHERE name = ?", (source,))
    link.run(
        "DELETE FROM audience WHERE source_id = ? AND day < ?",
        (number, moment(before).date().isoformat()),
    )
    for table in ("reading_past", "disagreement"):
        link.run(f"DELETE FROM {table}{OLD}", (before, number))
    old = f"SELECT DISTINCT post_id FROM reading{OLD} ORDER BY post_id"
    posts = bulk.numbers(link, old, (before, number), width=1)[:, 0]
    if not len(posts):
        return 0
    gone = sum(
        _less(link, zone, piece, number, before)
        for piece in np.array_split(posts, 1 + len(posts) // refresh.AT_ONCE)
    )
    parts.unsettle(link)
    refresh.refresh(link, zone)
    audit.note(link, "source.expire", f"source {source}, {gone} readings")
    return gone


def _first_today(link: Link, source: str, day: int) -> bool:
    key = f"expired {source}"
    if link.value("SELECT value FROM meta WHERE key = ?", (key,)) == str(day):
        return False
    link.run(
        "INSERT INTO meta (key, value) VALUES (?, ?)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, str(day)),
    )
    return True


def _less(link: Link, zone: ZoneInfo, posts: Ints, source: int, before: int) -> int:
    """Delete the old readings of some posts and recount the posts."""
    sums = Sums(link, zone)
    sums.know(posts)
    was = series.of(link, posts)
    gone = link.run(
        f"DELETE FROM reading{OLD} AND post_id IN (SELECT post FROM wanted_series)",
        (before, source),
    )
    left = series.of(link, posts)
    sums.recounted(was, left)
    sums.write()
    if len(left.post):
        restate(link, left)
    _forget(link, np.setdiff1d(posts, left.post))
    return gone


def _forget(link: Link, posts: Ints) -> None:
    """Posts of which nothing is known any more; what is said of them stays."""
    for table in ("post_state", "attribution"):
        link.many(
            f"DELETE FROM {table} WHERE post_id = ?",
            [(int(post),) for post in posts],
        )
