"""Has somebody done a mission? Each cell of the mission grid, by one rule.

The posts of an ambassador that count for the campaign and fit the mission are put in
order of their publication. The `needs`-th of them that is not before the day the
mission opens decides: until the end of the day it is due it is on time, later it is
late. Without it the cell is pending until that day is over, and missing then. What a
person said comes first: delivered by hand beats the rule, excused beats missing alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tracker.model import day_instant, instant
from tracker.programme import (
    EXCUSED,
    LATE,
    MISSING,
    ON_TIME,
    PENDING,
    Cell,
    Mission,
    MissionMark,
)

DELIVERED = "delivered"


class Fitting(NamedTuple):
    """A post that fits a mission.

    at: ms UTC; day: the same in the campaign's zone. published: `at` is when it was
    published; else its first reading, because its publication is not known.
    """

    platform: str
    post_id: str
    at: int
    day: date
    published: bool


def cell(
    mission: Mission,
    ambassador: str,
    posts: Sequence[Fitting],
    mark: MissionMark | None,
    today: date,
) -> Cell:
    """One cell as it is on a day of the campaign's zone.

    posts: all that fit, not before the mission opens. mark: what a person said.
    """
    found = sorted(posts, key=lambda one: (one.at, one.platform, one.post_id))
    blank = Cell(
        mission.id,
        ambassador,
        PENDING,
        posts=tuple((one.platform, one.post_id) for one in found),
        reason=mark.reason if mark else None,
    )
    if mark and mark.state == DELIVERED and mark.day and mark.day <= today:
        return _delivered(blank, mission, mark.day, day_instant(mark.day), "by hand")
    if len(found) >= mission.needs:
        last = found[mission.needs - 1]
        return _delivered(blank, mission, last.day, last.at, _which(mission, last))
    return _not_delivered(blank, mission, mark, today)


def _delivered(blank: Cell, mission: Mission, day: date, at: int, rule: str) -> Cell:
    late = max(0, (day - mission.due).days)
    return replace(
        blank,
        state=LATE if late else ON_TIME,
        delivered_on=day,
        delivered_at=at,
        days_late=late,
        rule=rule,
    )


def _not_delivered(
    blank: Cell, mission: Mission, mark: MissionMark | None, today: date
) -> Cell:
    count = len(blank.posts)
    rule = f"{count} of {wanted(mission)}; due {mission.due}"
    if today <= mission.due:
        return replace(blank, rule=rule)
    if mark and mark.state == EXCUSED and (mark.day or today) <= today:
        return replace(blank, state=EXCUSED, rule="by hand")
    return replace(blank, state=MISSING, rule=rule)


def _which(mission: Mission, post: Fitting) -> str:
    when = "published" if post.published else "publication not known, first read"
    return f"post {mission.needs} of {wanted(mission)}; {when} {post.day}"


def wanted(mission: Mission) -> str:
    """What a mission wants, as `1 post on youtube with #travel from 2009-05-01`."""
    words = [f"{mission.needs} post{'s' if mission.needs > 1 else ''}"]
    if mission.platforms:
        words.append("on " + _or(mission.platforms))
    marks = [
        _or(sign + word for word in some)
        for sign, some in (("#", mission.hashtags), ("@", mission.mentions))
        if some
    ]
    if mission.links:
        marks.append("a link to " + _or(mission.links))
    if marks:
        words.append("with " + " and ".join(marks))
    return " ".join([*words, f"from {mission.opens}"])


def _or(words: Iterable[str]) -> str:
    return " or ".join(words)


def overdue_at(mission: Mission, zone: ZoneInfo) -> int:
    """The instant at which the day a mission is due has ended, ms UTC."""
    return instant(datetime.combine(mission.due + timedelta(days=1), time(), zone))
