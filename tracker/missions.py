"""Missions of a campaign: who delivered, who is late, whom to write to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tracker.checks.missions import Fitting, cell
from tracker.model import DAY, DAY_MARK, day_number, local_day, number_day
from tracker.planmissions import missions
from tracker.programme import CELLS, LATE, ON_TIME, Cell, Mission
from tracker.store import missions as store

if TYPE_CHECKING:
    import polars as pl

    from tracker.app import Tracker
    from tracker.store.missions import Facts

__all__ = ["grid", "missions"]

Grid = list[tuple[Mission, list[Cell]]]


def grid(tracker: Tracker, campaign: str, *, at: int) -> Grid:
    """Each mission of the plan with its cells, by ambassador.

    at: the instant, ms UTC, at which pending becomes missing; posts that are
    published later are not seen. Raises NotFoundError.
    """
    return cells(store.read(tracker.database, campaign), at=at)


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
