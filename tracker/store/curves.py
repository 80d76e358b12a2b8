"""What posts had at certain ages, over all campaigns, from all readings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import polars as pl

from tracker.store import followers
from tracker.store.database import Link
from tracker.store.gains import days

if TYPE_CHECKING:
    from tracker.store.engines import Engine

#: Posts read at once.
AT_ONCE = 100_000
#: Days after publication, and the first and last millisecond that count for them.
Window = tuple[int, int, int]

COUNTED = (
    "SELECT p.id, p.platform, p.handle, p.published_at, m.slug, c.mine, s.first_at FROM"
    " (SELECT a.post_id, min(a.ambassador_id) AS ambassador_id,"
    " max(CASE WHEN a.campaign_id = ? THEN 1 ELSE 0 END) AS mine FROM attribution a"
    " WHERE a.campaign_id > 0 AND a.post_id > ? GROUP BY a.post_id"
    " ORDER BY a.post_id LIMIT ?) c JOIN post p ON p.id = c.post_id"
    " JOIN post_state s ON s.post_id = p.id JOIN ambassador m ON m.id = c.ambassador_id"
    " ORDER BY p.id"
)
#: mine: does it count for the campaign that is asked about?
READ: dict[str, Any] = {
    "post": pl.Int64,
    "platform": pl.String,
    "handle": pl.String,
    "published_at": pl.Int64,
    "ambassador": pl.String,
    "mine": pl.Int64,
    "first_at": pl.Int64,
}
POSTS = ("post", "platform", "published_at", "ambassador", "mine", "followers")


def posts(link: Link, zone: ZoneInfo, campaign: int | None) -> Iterator[pl.DataFrame]:
    """Posts that count for some campaign, each once (POSTS), some at a time.

    followers: of the day each was published on, or first read on where that is unknown,
    in the zone. campaign: whose posts are `mine`.
    """
    told, last = followers.accounts(link), -1
    while True:
        some = link.frame(COUNTED, (campaign or 0, last, AT_ONCE), READ)
        if some.is_empty():
            return
        last = some["post"][-1]
        seen = some.select(pl.coalesce("published_at", "first_at")).to_series()
        day = pl.Series("day", days(seen.to_numpy(), zone), pl.Int64)
        yield told.followed(some.with_columns(day)).select(POSTS).sort("post")


def newest(link: Link) -> int | None:
    """The instant of the newest reading of any post."""
    at: int | None = link.value("SELECT max(last_at) FROM post_state")
    return at


#: Of each post and age the nearest reading, of two the earlier one. young: post,
#: published_at, cohort, mine.
NEAREST = """\
WITH aged AS (
  SELECT r.post, y.cohort, y.mine, r.captured_at, r.{metric} AS value,
    r.captured_at - y.published_at AS passed
  FROM readings r JOIN young y ON y.post = r.post
  WHERE r.{metric} IS NOT NULL
    AND r.captured_at - y.published_at BETWEEN {first} AND {last}
), near_by AS (
  SELECT post, cohort, mine, captured_at, value,
    CASE {ages} END AS age,
    CASE {distances} END AS distance
  FROM aged
), placed AS (
  SELECT cohort, mine, value, age, ROW_NUMBER() OVER (
    PARTITION BY post, age ORDER BY distance, captured_at) AS place
  FROM near_by WHERE age IS NOT NULL
)
SELECT cohort, mine, age, value FROM placed WHERE place = 1
"""
ANSWER = {
    "cohort": pl.Int32,
    "mine": pl.Int8,
    "age": pl.Int16,
    "value": pl.Int64,
}


def nearest(
    opening: AbstractContextManager[Engine],
    young: pl.DataFrame,
    metric: str,
    windows: Sequence[Window],
    day: int,
) -> pl.DataFrame:
    """What each post had at each age at which a reading is near enough: cohort, mine,
    age, value; one row a post and age.

    young: post, published_at, cohort, mine. day: its milliseconds.
    """
    nothing = pl.DataFrame(schema=ANSWER)
    with opening as engine:
        if young.is_empty() or metric not in engine.metrics.all:
            return nothing
        engine.relate("young", young)
        found = engine.each(_text(metric, windows, day))
        return pl.concat([nothing, *(one.cast(ANSWER) for one in found)])  # type: ignore[arg-type]


def _text(metric: str, windows: Sequence[Window], day: int) -> str:
    inside = [(age, f"WHEN passed BETWEEN {a} AND {b}") for age, a, b in windows]
    return NEAREST.format(
        metric=metric,
        first=windows[0][1],
        last=windows[-1][2],
        ages=" ".join(f"{when} THEN {age}" for age, when in inside),
        distances=" ".join(
            f"{when} THEN ABS(passed - {age * day})" for age, when in inside
        ),
    )
