"""What posts had when they were young."""

from __future__ import annotations

from collections.abc import Iterable

from tracker.model import DAY, METRICS
from tracker.store import bulk
from tracker.store.archive.gather import Wish, gather
from tracker.store.archive.parts import any_live
from tracker.store.database import Database, Link

#: Days after publication, and how far from them a reading may be.
AGE, SLACK = 7 * DAY, DAY
NEAR = (
    "SELECT r.captured_at - p.published_at, r.{metric} FROM post p"
    " JOIN {readings} r ON r.post_id = p.id WHERE p.platform = ? AND p.external_id = ?"
    " AND r.captured_at BETWEEN p.published_at + ? AND p.published_at + ?"
    " AND r.{metric} IS NOT NULL"
)
PUBLISHED = (
    "SELECT id, published_at FROM post WHERE platform = ? AND external_id = ?"
    " AND published_at IS NOT NULL"
)


def after_a_week(
    database: Database, metric: str, posts: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """A metric of posts seven days after they were published, by platform and id, as
    the nearest reading has it; not there where none is within a day of it."""
    if metric not in METRICS:
        raise ValueError(metric)
    found: dict[tuple[str, str], int] = {}
    some = list(posts)
    with database.reading() as link:
        sql = NEAR.format(metric=metric, readings=_readings(link, metric, some))
        for post in some:
            near = link.all(sql, (*post, AGE - SLACK, AGE + SLACK))
            if near:
                nearest = min(near, key=lambda row: (abs(row[0] - AGE), row[0]))
                found[post] = nearest[1]
    return found


def _readings(link: Link, metric: str, posts: list[tuple[str, str]]) -> str:
    """The relation in which readings of these posts' first weeks are."""
    if not any_live(link):
        return "reading"
    rows = [row for post in posts for row in link.all(PUBLISHED, post)]
    if not rows:
        return "reading"
    import polars as pl

    since = min(at for _, at in rows) + AGE - SLACK
    until = max(at for _, at in rows) + AGE + SLACK
    bulk.wanted(link, "wanted_early", pl.DataFrame({"post": [row[0] for row in rows]}))
    wish = Wish("wanted_early", since=since, until=until)
    return gather(link, wish, (metric,))
