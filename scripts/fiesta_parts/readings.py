"""Readings of the posts over time, whose last values add up to the published totals."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from fiesta_parts.chance import Chance, apportion
from fiesta_parts.posts import COUNTED, END, Post

#: Days after publication on which a post is read.
AGES = {
    "youtube": (1, 3, 7, 14, 28, 56, 98),
    "flickr": (1, 4, 10, 24, 60),
    "x": (1, 6),
    "facebook": (1, 5, 13, 34, 69),
    "blog": (1, 5, 13, 34, 69),
}
#: Days in which a post has most of its growth behind it, at least and at most.
PACES = {
    "youtube": (2.0, 11.0),
    "flickr": (2.0, 9.0),
    "x": (0.3, 1.6),
    "facebook": (0.6, 3.0),
    "blog": (1.0, 5.0),
}
#: On these days nothing of YouTube was read; it was made good on the next.
GAP = (date(2009, 8, 18), date(2009, 8, 20))
#: On this day YouTube took counts back.
PURGE_DAY, PURGED_VIDEOS, PURGED_VIEWS = date(2009, 7, 12), 61, 21_480

_OCT, _NOV = COUNTED, END
#: Running totals of all posts of a platform at the end of some days. Those of
#: views and impressions on the way are published ones, see docs/fiesta.md.
TOTALS: dict[str, dict[str, tuple[tuple[date, int], ...]]] = {
    "youtube": {
        "views": (
            (date(2009, 5, 31), 540_000),
            (date(2009, 6, 30), 1_310_000),
            (date(2009, 8, 5), 2_800_000),
            (date(2009, 9, 8), 3_700_000),
            (_OCT, 4_300_000),
        ),
        "likes": ((_OCT, 61_480),),
        "comments": ((_OCT, 38_120), (_NOV, 40_310)),
        "clicks": ((_OCT, 112_480),),
    },
    "flickr": {
        "impressions": (
            (date(2009, 6, 30), 210_000),
            (date(2009, 8, 5), 365_000),
            (date(2009, 9, 8), 460_000),
            (_OCT, 540_000),
        ),
        "likes": ((_OCT, 20_140), (_NOV, 22_905)),
        "comments": ((_OCT, 11_760), (_NOV, 13_022)),
        "clicks": ((_OCT, 6_105),),
    },
    "x": {
        "impressions": (
            (date(2009, 6, 30), 1_350_000),
            (date(2009, 8, 5), 2_350_000),
            (date(2009, 9, 8), 2_800_000),
            (_OCT, 3_000_000),
        ),
        "likes": ((_NOV, 9_214),),
        "comments": ((_NOV, 41_377),),
        "shares": ((_NOV, 27_590),),
        "clicks": ((_NOV, 31_742),),
    },
    "facebook": {
        "likes": ((_NOV, 48_210),),
        "comments": ((_NOV, 19_655),),
        "shares": ((_NOV, 7_318),),
        "clicks": ((_NOV, 12_877),),
    },
    "blog": {
        "comments": ((_NOV, 14_906),),
        "clicks": ((_NOV, 5_010),),
    },
}
#: What was no longer read, or not shown, after COUNTED and of private videos.
ENDED = {"views", "impressions"}
ENDED_TOO = {"youtube": {"likes", "clicks"}, "flickr": {"clicks"}}


@dataclass(eq=False, slots=True)
class Reading:
    """at: wall clock in Detroit. step: share of the post's whole growth since its
    reading before. counts: running totals; a metric that is not there is unknown."""

    post: Post
    at: datetime
    step: float
    counts: dict[str, int] = field(default_factory=dict)


def make_readings(posts: list[Post], chance: Chance) -> list[Reading]:
    """All readings, in the order of their capture."""
    readings = [one for post in posts for one in read_post(post, chance)]
    readings.sort(key=lambda one: (one.at, one.post.id))
    for platform, metrics in TOTALS.items():
        own = [r for r in readings if r.post.platform == platform and r.post.counts]
        for metric, totals in metrics.items():
            fill(metric, totals, [r for r in own if shown(r, metric)])
    for reading in readings:
        if not reading.post.counts:
            reading.counts.update(stray(reading, chance))
    return readings


def read_post(post: Post, chance: Chance) -> list[Reading]:
    """When a post was read, and how much it had grown each time."""
    born, pace = post.published, chance.between(*PACES[post.platform])
    readings, before = [], 0.0
    for day in reading_days(post, chance):
        at = datetime.combine(day, time())
        at += timedelta(minutes=6 * 60 + chance.below(15 * 60))
        grown = 1 - math.exp(-((at - born) / timedelta(days=1)) / pace)
        readings.append(Reading(post, at, max(grown - before, 1e-9)))
        before = grown
    return readings


def reading_days(post: Post, chance: Chance) -> list[date]:
    """Days by age, one in the last week of the counters, one in the last of all."""
    born, platform = post.published.date(), post.platform
    early = born < COUNTED
    last = COUNTED if early else END
    days = {born + timedelta(days=age) for age in AGES[platform]}
    days = {bridge(day, post) for day in days if day <= last}
    ends = [last] if not early or platform in ("youtube", "flickr") else [last, END]
    for end in ends:
        first = max(end - timedelta(days=6), born + timedelta(days=1))
        days.add(first + timedelta(days=chance.below((end - first).days + 1)))
    return sorted(days)


def bridge(day: date, post: Post) -> date:
    """A day of the gap becomes the day after it; so does the day of the purge for
    young videos, so that nothing hides the fall."""
    if post.platform != "youtube":
        return day
    if GAP[0] <= day <= GAP[1]:
        return GAP[1] + timedelta(days=1)
    return day if day != PURGE_DAY or is_old(post, day) else day + timedelta(days=1)


def is_old(post: Post, day: date) -> bool:
    """Has the video been there long enough for its counts to be taken back?"""
    return (day - post.published.date()).days > 20


def shown(reading: Reading, metric: str) -> bool:
    """Does this reading give a value of that metric?"""
    post = reading.post
    if metric not in ENDED | ENDED_TOO.get(post.platform, set()):
        return True
    return not post.hidden and reading.at.date() <= COUNTED


def fill(
    metric: str, totals: tuple[tuple[date, int], ...], readings: list[Reading]
) -> None:
    """Give each reading its running total, so that the sum of last known values at
    the end of each day of `totals` is what stands there."""
    ends = [day for day, _ in totals]
    spans: list[list[Reading]] = [[] for _ in totals]
    for reading in readings:
        spans[bisect_left(ends, reading.at.date())].append(reading)
    purged = find_purged(readings) if metric == "views" else []
    fallen = set(purged)
    gains: dict[int, int] = {}
    before = 0
    for span, (_, total) in zip(spans, totals, strict=True):
        rest = [r for r in span if r not in fallen]
        more = total - before + (PURGED_VIEWS if len(rest) < len(span) else 0)
        parts = apportion(more, [r.step * r.post.charm for r in rest])
        gains |= {id(r): part for r, part in zip(rest, parts, strict=True)}
        before = total
    add_up(metric, readings, gains, purged)


def find_purged(readings: list[Reading]) -> list[Reading]:
    """Which readings show less than those before: some of one day, of the videos
    most likely to have enough to lose."""
    that_day = [r for r in readings if r.at.date() == PURGE_DAY]
    old = [r for r in that_day if is_old(r.post, PURGE_DAY)]
    old.sort(key=lambda r: (-r.post.charm, r.post.id))
    return old[:PURGED_VIDEOS]


def add_up(
    metric: str, readings: list[Reading], gains: dict[int, int], purged: list[Reading]
) -> None:
    """Running totals of each post; what is purged is lost in proportion to it."""
    values: dict[str, int] = {}
    for reading in readings:
        if id(reading) not in gains:
            had = [values[r.post.id] for r in purged]
            lost = apportion(PURGED_VIEWS, had)
            gains |= {id(r): -part for r, part in zip(purged, lost, strict=True)}
        post = reading.post.id
        values[post] = values.get(post, 0) + gains[id(reading)]
        reading.counts[metric] = values[post]


def stray(reading: Reading, chance: Chance) -> dict[str, int]:
    """Counts of a post that is not the campaign's; they never fall."""
    age = (reading.at - reading.post.published).days
    return {"likes": age // 30, "comments": 1 + age // 9, "shares": age // 20}
