"""When somebody posted last, and how far data reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tracker.store.database import Database


class LastPosts(NamedTuple):
    """newest: the newest reading of the workspace, None without any. last: by
    campaign and ambassador, the publication of the newest post that counts there
    (its first reading where that is unknown). All ms UTC."""

    newest: int | None
    last: Mapping[tuple[str, str], int]


LAST = (
    "SELECT c.slug, b.slug, max(coalesce(p.published_at, s.first_at))"
    " FROM attribution a JOIN campaign c ON c.id = a.campaign_id"
    " JOIN ambassador b ON b.id = a.ambassador_id JOIN post p ON p.id = a.post_id"
    " JOIN post_state s ON s.post_id = p.id GROUP BY c.slug, b.slug"
)


def last_posts(database: Database) -> LastPosts:
    """In one snapshot."""
    with database.reading() as link:
        newest = link.value("SELECT max(last_at) FROM post_state")
        return LastPosts(newest, {(c, b): at for c, b, at in link.all(LAST)})
