"""Missions of a campaign: who delivered, who is late, whom to write to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tracker.checks.missions import Fitting, cell, overdue_at
from tracker.finding import INFO, WARNING, Finding, finding_id
from tracker.model import (
    DAY,
    DAY_MARK,
    Ambassador,
    Campaign,
    Enrolment,
    day_number,
    local_day,
    number_day,
)
from tracker.planmissions import missions
from tracker.programme import (
    CELLS,
    EXCUSED,
    LATE,
    MISSING,
    ON_TIME,
    PENDING,
    Cell,
    Mission,
)
from tracker.store import missions as store
from tracker.store.roster import Roster

if TYPE_CHECKING:
    import polars as pl

    from tracker.app import Tracker
    from tracker.store.missions import Facts

__all__ = ["grid", "missions", "posts_by_mission"]

Grid = list[tuple[Mission, list[Cell]]]


@dataclass(frozen=True)
class View:
    """A campaign's missions as they are at an instant (ms UTC).

    problems: (mission, what its block says that cannot be).
    """

    campaign: Campaign
    at: int
    grid: Grid
    problems: tuple[tuple[str, str], ...]
    enrolments: Sequence[Enrolment]
    excused: frozenset[tuple[str, str]]

    def of(self, mission: str) -> tuple[Mission, list[Cell]]:
        """A mission and its cells. Raises NotFoundError."""
        one = store.find([one for one, _ in self.grid], mission)
        return one, next(cells for each, cells in self.grid if each == one)

    def by_person(self) -> dict[str, dict[str, str | None]]:
        """The state in each mission of everybody who has any; None: not assigned."""
        who = sorted({cell.ambassador for _, cells in self.grid for cell in cells})
        empty: dict[str, str | None] = dict.fromkeys(one.id for one, _ in self.grid)
        found = {name: dict(empty) for name in who}
        for one, cells in self.grid:
            for each in cells:
                found[each.ambassador][one.id] = each.state
        return found


def view(tracker: Tracker, campaign: str, *, at: int) -> View:
    """A campaign's missions with all that is said of them. Raises NotFoundError."""
    known = store.read(tracker.database, campaign)
    return View(
        known.campaign,
        at,
        cells(known, at=at),
        tuple(_problems(known)),
        known.enrolments,
        frozenset(key for key, mark in known.marks.items() if mark.state == EXCUSED),
    )


def grid(tracker: Tracker, campaign: str, *, at: int) -> Grid:
    """Each mission of the plan with its cells, by ambassador.

    at: the instant, ms UTC, at which pending becomes missing; posts that are
    published later are not seen. Raises NotFoundError.
    """
    return cells(store.read(tracker.database, campaign), at=at)


def _problems(known: Facts) -> Iterator[tuple[str, str]]:
    for name in known.open:
        yield name, "its days are not filled in"
    for one in known.missions:
        for text in known.people[one.id].problems:
            yield one.id, f"assigned: {text}"


def today_of(tracker: Tracker, campaign: str, now: int) -> date:
    """The day it is in a campaign's zone. Raises NotFoundError."""
    zone = Roster(tracker.database).campaign(campaign).timezone
    return local_day(now, ZoneInfo(zone))


def cells(known: Facts, *, at: int) -> Grid:
    """The grid of what is known of a campaign's missions."""
    today = local_day(at, ZoneInfo(known.campaign.timezone))
    posts = _posts(known.fits, at, today)
    return [
        (
            one,
            [
                cell(
                    one,
                    who,
                    posts.get((one.id, who), ()),
                    known.marks.get((one.id, who)),
                    today,
                )
                for who in known.people[one.id].people
            ],
        )
        for one in known.missions
    ]


def _posts(
    fits: pl.DataFrame, at: int, today: date
) -> Mapping[tuple[str, str], list[Fitting]]:
    """Fitting posts by mission and ambassador, as far as published at an instant."""
    import polars as pl

    by_day = (pl.col("at") % DAY == DAY_MARK) & (pl.col("day") <= day_number(today))
    seen = fits.filter((pl.col("at") <= at) | by_day)
    dates = {number: number_day(number) for number in seen["day"].unique()}
    found: dict[tuple[str, str], list[Fitting]] = defaultdict(list)
    columns = ("mission", "ambassador", "platform", "post_id", "at", "day", "published")
    for mission, who, platform, post, when, day, published in seen.select(
        columns
    ).iter_rows():
        found[mission, who].append(
            Fitting(platform, post, when, dates[day], bool(published))
        )
    return found


@dataclass(frozen=True, slots=True)
class Count:
    """Cells of a mission by state."""

    assigned: int
    states: Mapping[str, int]

    @property
    def delivered(self) -> int:
        return self.states[ON_TIME] + self.states[LATE]


def count(found: list[Cell]) -> Count:
    """How many cells are in each state."""
    states = Counter(one.state for one in found)
    return Count(len(found), {state: states[state] for state in CELLS})


def posts_by_mission(tracker: Tracker, campaign: str) -> pl.DataFrame:
    """Which posts make up the figures of which missions, as `totals --by mission`:
    columns post (row number), mission. Raises NotFoundError."""
    return store.read_parts(tracker.database, campaign)


# -- whom to write to -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reminder:
    """Somebody with missions that are missing, or due soon and not delivered.

    handles: platform and handle as they are that day. missions: with their state,
    the one due first before the others.
    """

    person: Ambassador
    handles: tuple[tuple[str, str], ...]
    missions: tuple[tuple[Mission, str], ...]


def remind(tracker: Tracker, seen: View, *, within: int) -> list[Reminder]:
    """Whom to write to at the instant of a view.

    within: how many ms ahead a pending mission counts as due soon, in whole days.
    Who is excused, or no longer enrolled, is left out.
    """
    today = local_day(seen.at, ZoneInfo(seen.campaign.timezone))
    soon = today + timedelta(days=within // DAY)
    there = {one.ambassador for one in seen.enrolments if _still(one, seen, today)}
    asked: dict[str, list[tuple[Mission, str]]] = defaultdict(list)
    for one, found in sorted(seen.grid, key=lambda pair: (pair[0].due, pair[0].id)):
        for each in found:
            if each.ambassador in there and _open(seen, one, each, today, soon):
                asked[each.ambassador].append((one, each.state))
    people = {one.id: one for one in Roster(tracker.database).ambassadors()}
    return [
        Reminder(people[who], _handles(people[who], today), tuple(asked[who]))
        for who in sorted(asked)
    ]


def _still(one: Enrolment, seen: View, today: date) -> bool:
    """Did they stay until that day, or until the campaign ended?"""
    return one.ends is None or one.ends >= min(today, seen.campaign.ends or today)


def _open(seen: View, one: Mission, each: Cell, today: date, soon: date) -> bool:
    if (one.id, each.ambassador) in seen.excused:
        return False
    due = each.state == PENDING and one.opens <= today and one.due <= soon
    return each.state == MISSING or due


def _handles(person: Ambassador, today: date) -> tuple[tuple[str, str], ...]:
    return tuple(
        (one.platform, one.handle)
        for one in person.handles
        if (one.since or today) <= today <= (one.until or today)
    )


# -- findings -------------------------------------------------------------------------


def findings(tracker: Tracker, now: int) -> Iterator[Finding]:
    """Missions that are missing, since the day they were due ended, and late ones,
    since they were delivered."""
    for campaign in Roster(tracker.database).campaigns():
        found = grid(tracker, campaign.id, at=now)
        yield from findings_of(found, ZoneInfo(campaign.timezone))


def findings_of(grid: Grid, zone: ZoneInfo) -> Iterator[Finding]:
    """The same of one campaign."""
    for one, found in grid:
        for each in found:
            if each.state == MISSING:
                yield _finding("mission.missing", one, each, overdue_at(one, zone))
            elif each.state == LATE and each.delivered_at is not None:
                yield _finding("mission.late", one, each, each.delivered_at)


def _finding(rule: str, one: Mission, each: Cell, at: int) -> Finding:
    days = "1 day" if each.days_late == 1 else f"{each.days_late} days"
    late = f"{days} late; " if each.days_late else ""
    return Finding(
        finding_id(rule, one.campaign, one.id, each.ambassador),
        rule,
        WARNING if each.state == MISSING else INFO,
        at,
        f"mission {one.id}: {late}{each.rule}",
        one.campaign,
        each.ambassador,
    )
