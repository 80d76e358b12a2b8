"""Sources that are late, fail, or have brought nothing for long: findings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tracker.finding import ERROR, WARNING, Finding, finding_id
from tracker.model import DAY, Campaign, iso, local_day
from tracker.status import SourceStatus, sources
from tracker.store import streaks
from tracker.store.roster import Roster

if TYPE_CHECKING:
    from tracker.app import Tracker

#: Silent: so many times its usual pause, but so many days at least; and how many
#: where no usual pause is known yet.
TIMES, LEAST, UNUSUAL = 5, 2, 7
#: So many days with data tell a usual pause.
ENOUGH = 3


def findings(tracker: Tracker, now: int) -> Iterator[Finding]:
    """source.late, source.failed and source.silent."""
    failing = streaks.failures(tracker.database)
    days = streaks.days(tracker.database)
    running = Roster(tracker.database).campaigns()
    for source in sources(tracker, now):
        name = source.state.name
        if source.state.state == "paused":
            continue
        if source.late:
            yield _late(source, now)
        if name in failing:
            yield _failed(name, failing[name])
        elif not source.late:
            yield from _silent(name, source, days.get(name, []), running, now)


def _late(source: SourceStatus, now: int) -> Finding:
    name, due = source.state.name, now - source.late
    last = iso(source.state.last_run) or "never"
    return Finding(
        id=finding_id("source.late", name, due),
        rule="source.late",
        severity=WARNING,
        at=due,
        evidence=f"a run was due at {iso(due)}; the last one ended: {last}",
        source=name,
    )


def _failed(name: str, one: streaks.Failures) -> Finding:
    runs = "1 run" if one.many == 1 else f"{one.many} runs in a row"
    return Finding(
        id=finding_id("source.failed", name, one.first),
        rule="source.failed",
        severity=ERROR,
        at=one.first,
        evidence=f"{runs} failed since {iso(one.first)}; the last: {one.error}",
        source=name,
    )


def _silent(
    name: str, source: SourceStatus, days: list[int], running: list[Campaign], now: int
) -> Iterator[Finding]:
    """Nothing new for much longer than usual, though a campaign runs."""
    last = source.state.last_data
    if last is None:
        return
    pause = max(LEAST, TIMES * usual_pause(days)) if len(days) >= ENOUGH else UNUSUAL
    at = last + int(pause * DAY)
    if now > at and any(_runs(campaign, at) for campaign in running):
        yield Finding(
            id=finding_id("source.silent", name, last),
            rule="source.silent",
            severity=WARNING,
            at=at,
            evidence=f"nothing new since {iso(last)}, for more than {pause:g} days;"
            + (
                f" usually something comes every {usual_pause(days):g} days"
                if len(days) >= ENOUGH
                else " what is usual for it is not known yet"
            ),
            source=name,
        )


def usual_pause(days: list[int]) -> float:
    """The median of days between two days on which something came."""
    return float(median(later - day for day, later in pairwise(days)))


def _runs(campaign: Campaign, at: int) -> bool:
    day = local_day(at, ZoneInfo(campaign.timezone))
    begun = campaign.starts is None or campaign.starts <= day
    going = campaign.ends is None or day <= campaign.ends
    return campaign.state != "closed" and begun and going
