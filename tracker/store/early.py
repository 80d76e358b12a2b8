"""What posts had when they were young."""

from __future__ import annotations

from collections.abc import Iterable

from tracker.model import DAY, METRICS
from tracker.store.database import Database

#: Days after publication, and how far from them a reading may be.
AGE, SLACK = 7 * DAY, DAY
NEAR = (
    "SELECT r.captured_at - p.published_at, r.{metric} FROM post p"
    " JOIN reading r ON r.post_id = p.id WHERE p.platform = ? AND p.external_id = ?"
    " AND r.captured_at BETWEEN p.published_at + ? AND p.published_at + ?"
    " AND r.{metric} IS NOT NULL"
)


def after_a_week(
    database: Database, metric: str, posts: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """A metric of posts seven days after they were published, by platform and id, as
    the nearest reading has it; not there where none is within a day of it."""
    if metric not in METRICS:
        raise ValueError(metric)
    sql = NEAR.replace("{metric}", metric)
    found: dict[tuple[str, str], int] = {}
    with database.reading() as link:
        for post in posts:
            near = link.all(sql, (*post, AGE - SLACK, AGE + SLACK))
            if near:
                nearest = min(near, key=lambda row: (abs(row[0] - AGE), row[0]))
                found[post] = nearest[1]
    return found
