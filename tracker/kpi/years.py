"""One period beside the same period of the year before. Pure.

A period is a calendar year, or a month of one. The newest is not over: what stands
beside it is counted to the same day of the year before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

#: Why a figure has no number.
NO_KNOWN = "it is not known of any post yet"
NO_NEWS = "nothing new was read in this time"


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both inside."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Period:
    """year, and month (None: all of it); first and last day, both inside. over: has it
    ended at the newest reading?"""

    year: int
    month: int | None
    first: date
    last: date
    over: bool

    @property
    def name(self) -> str:
        """2026 or 2026-03."""
        return str(self.year) if self.month is None else f"{self.year}-{self.month:02d}"

    @property
    def span(self) -> Span:
        return Span(self.first, self.last)


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure of a period, and of the same days a year before. value, before: None
    unknown, with a reason. known, unknown: posts at the period's end; None: not
    counted."""

    value: int | None
    before: int | None
    known: int | None = None
    unknown: int | None = None
    reason: str | None = None
    reason_before: str | None = None

    @property
    def change(self) -> Fraction | None:
        """By how much it grew, in percent of the year before."""
        return change(self.value, self.before)


def change(now: int | None, before: int | None) -> Fraction | None:
    """(now - before) / before x 100; None when one is unknown or before is not more
    than 0.

    From 200 to 250 is 25, from 200 to 100 is -50.
    """
    if now is None or before is None or before <= 0:
        return None
    return Fraction(now - before, before) * 100


def year_earlier(period: Period) -> Period:
    """The same days a year before; the whole of it when the period is over. Of
    29 February the 28th."""
    year = period.year - 1
    first = date(year, period.month or 1, 1)
    last = _end(first, monthly=period.month is not None)
    if not period.over:
        last = min(last, _moved(period.last, year))
    return Period(year, period.month, first, last, period.over)


def _moved(day: date, year: int) -> date:
    leap = (day.month, day.day) == (2, 29)
    return date(year, 2, 28) if leap else day.replace(year=year)


def _end(first: date, *, monthly: bool) -> date:
    """The last day of the month, or of the year, that begins then."""
    if monthly and first.month < 12:
        return date(first.year, first.month + 1, 1) - timedelta(days=1)
    return date(first.year, 12, 31)


def periods(first: date, until: date, *, monthly: bool) -> Iterator[Period]:
    """The years or months from the one of `first` to the one of `until`; the last one
    ends there."""
    start = date(first.year, first.month if monthly else 1, 1)
    while start <= until:
        end = _end(start, monthly=monthly)
        month = start.month if monthly else None
        yield Period(start.year, month, start, min(end, until), end <= until)
        start = end + timedelta(days=1)
