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
    # grouped by numbers, in the order of an index; names are looked up afterwards
    "SELECT c.slug, b.slug, f.at FROM (SELECT a.campaign_id, a.ambassador_id,"
    " max(coalesce(p.published_at, s.first_at)) AS at"
    " FROM attribution a JOIN post p ON p.id = a.post_id"
    " JOIN post_state s ON s.post_id = p.id WHERE a.campaign_id {campaigns}"
    " GROUP BY a.campaign_id, a.ambassador_id) f"
    " JOIN campaign c ON c.id = f.campaign_id"
    " JOIN ambassador b ON b.id = f.ambassador_id"
)


#: Which campaigns: all but the workspace, or one by its name.
ALL, ONE = "> 0", "= (SELECT id FROM campaign WHERE slug = ?)"


def last_posts(database: Database, campaign: str | None = None) -> LastPosts:
    """In one snapshot; `last` of all campaigns, or of one."""
    sql = LAST.format(campaigns=ALL if campaign is None else ONE)
    with database.reading() as link:
        newest = link.value("SELECT max(last_at) FROM post_state")
        rows = link.all(sql, () if campaign is None else (campaign,))
        return LastPosts(newest, {(c, b): at for c, b, at in rows})
