"""Year on year: what a programme gained in a year or month, beside the year before; and
each campaign beside the one that its plan names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tracker.errors import NotFoundError
from tracker.kpi.years import Beside, Period, periods, year_earlier
from tracker.kpis.posts import ENGAGEMENTS, REST
from tracker.model import NOT_ADDITIVE, number_day
from tracker.store import years as store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracker.app import Tracker
    from tracker.years.courses import Course, Courses
    from tracker.years.spending import Spending, Spent

CUTS = ("month", "platform", "campaign")
#: The metrics that make an engagement, by platform; "" any other.
PARTS = {"": REST, **ENGAGEMENTS}
#: What can be added up and compared.
FIGURES = tuple(name for name in store.FIGURES if name not in NOT_ADDITIVE)


@dataclass(frozen=True, slots=True)
class Row:
    """key: platform or campaign, where rows are cut so. period: None of a campaign.
    beside: what the figures of before are of, a period's name or a campaign; None
    nothing. first, last: days, both inside."""

    key: Mapping[str, str]
    period: Period | None
    first: date
    last: date
    beside: str | None
    figures: Mapping[str, Beside]
    costs: tuple[Spent, ...] = ()


@dataclass(frozen=True, slots=True)
class Years:
    """since, until: the days of the oldest figure and of the newest reading; None
    before the first. left_out: platforms in no sum over several, and why."""

    campaign: str | None
    by: str | None
    timezone: str
    since: date | None
    until: date | None
    rows: tuple[Row, ...]
    left_out: tuple[tuple[str, str], ...] = ()

    def known(self) -> Iterator[str]:
        """The figures that any row knows, in order."""
        for name in FIGURES:
            if any(row.figures[name].value is not None for row in self.rows):
                yield name


@dataclass(frozen=True)
class History:
    """All that is asked of the store, in one snapshot. numbers: of each campaign;
    newest: the day on which each was last read."""

    courses: Courses
    numbers: Mapping[str, int]
    zones: Mapping[int, ZoneInfo]
    newest: Mapping[int, int | None]

    def since(self, number: int) -> date | None:
        """The day of the oldest figure."""
        days = self.courses.mine(number)["day"]
        return None if days.is_empty() else number_day(int(str(days.min())))

    def until(self, number: int) -> date | None:
        day = self.newest[number]
        return None if day is None else number_day(day)


def years(
    tracker: Tracker, campaign: str | None = None, *, by: str | None = None
) -> Years:
    """A campaign, or every post of the workspace, year on year.

    by: None or one of CUTS. Raises NotFoundError.
    """
    from tracker.years.sides import side_by_side
    from tracker.years.spending import Spending

    history = _read(tracker, campaign)
    if by == "campaign":
        chosen = sorted(history.numbers) if campaign is None else [campaign]
        return side_by_side(tracker, history, campaign, chosen)
    number = 0 if campaign is None else history.numbers[campaign]
    spending = None if by == "platform" else Spending(tracker, history, campaign)
    return _years(history, campaign, number, by, spending)


def _read(tracker: Tracker, campaign: str | None) -> History:
    from tracker.years.courses import Courses

    with tracker.database.reading() as link:
        slugs: dict[str, int] = dict(link.all("SELECT slug, id FROM campaign"))
        if campaign is not None and campaign not in slugs:
            raise NotFoundError("campaign", campaign, list(slugs))
        zones = store.zones(link, tracker.zone)
        newest = {n: store.newest(link, n, zone) for n, zone in zones.items()}
        every = store.gained(link, zones, PARTS, zones)
    return History(Courses(every, tracker.apart), slugs, zones, newest)


def _years(
    history: History,
    campaign: str | None,
    number: int,
    by: str | None,
    spending: Spending | None,
) -> Years:
    courses, zone = history.courses, history.zones[number].key
    since, until = history.since(number), history.until(number)
    if since is None or until is None:
        return Years(campaign, by, zone, None, None, ())
    spans = list(periods(since, until, monthly=by == "month"))
    groups: Sequence[tuple[Mapping[str, str], Course]]
    if by == "platform":
        found = courses.platforms(number)
        groups = [({"platform": name}, course) for name, course in found.items()]
    else:
        groups = [({}, courses.whole(number))]
    rows = tuple(
        _row(key, course, period, spending)
        for key, course in groups
        for period in spans
    )
    left = () if by == "platform" else courses.reasons(number)
    return Years(campaign, by, zone, since, until, rows, left)


def _row(
    key: Mapping[str, str], course: Course, period: Period, spending: Spending | None
) -> Row:
    earlier = year_earlier(period)
    span, before = period.span, earlier.span
    return Row(
        key,
        period,
        period.first,
        period.last,
        earlier.name,
        {name: course.beside(name, span, course, before) for name in FIGURES},
        spending.between(span, before) if spending is not None else (),
    )
