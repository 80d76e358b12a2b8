"""A total over days: made dense, cut where nothing was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Daily:
    """Days without holes, from `first`; gains: 0 where nothing changed.

    gaps: (first, last) days without any new figure, inclusive, where usually
    there is one. spans: for the day after such a gap, the days its gain covers.
    """

    first: int
    gains: tuple[int, ...]
    gaps: tuple[tuple[int, int], ...]

    @property
    def last(self) -> int:
        return self.first + len(self.gains) - 1

    def totals(self) -> list[int]:
        total, out = 0, []
        for gain in self.gains:
            total += gain
            out.append(total)
        return out

    def in_gap(self, day: int) -> bool:
        return any(first <= day <= last for first, last in self.gaps)

    def after_gap(self, day: int) -> int:
        """How many days the gain of this day covers (1 when none is missing)."""
        for first, last in self.gaps:
            if day == last + 1:
                return last - first + 2
        return 1


def daily(
    gains: Mapping[int, int], changed: Sequence[int], first: int, last: int
) -> Daily:
    """gains by day; changed: sorted days on which any figure changed."""
    return Daily(
        first,
        tuple(gains.get(day, 0) for day in range(first, last + 1)),
        tuple(gaps([day for day in changed if first <= day <= last], last)),
    )


def gaps(days: Sequence[int], last: int | None = None) -> list[tuple[int, int]]:
    """Stretches without a day that are longer than usual, up to the day `last`.

    Usual is the median distance between two days with news: a programme read
    weekly has no gap between two weeks.
    """
    steps = sorted(b - a for a, b in pairwise(days))
    if not steps:
        return []
    usual = steps[len(steps) // 2]
    found = [(a + 1, b - 1) for a, b in pairwise(days) if b - a > usual * 1.5]
    if last is not None and last - days[-1] > usual * 1.5:
        found.append((days[-1] + 1, last))
    return found


def weekly(days: Sequence[tuple[int, int]], first: int, last: int) -> list[int]:
    """Gains by week from `first`; the last week may be short."""
    out = [0] * ((last - first) // 7 + 1)
    for day, gain in days:
        if first <= day <= last:
            out[(day - first) // 7] += gain
    return out


def mean_of_week(series: Daily) -> list[float | None]:
    """Mean of the seven days around each day; None where they are not whole."""
    out: list[float | None] = []
    for at in range(len(series.gains)):
        part = series.gains[max(0, at - 3) : at + 4]
        day = series.first + at
        holes = any(series.in_gap(d) for d in range(day - 3, day + 4))
        out.append(None if holes or len(part) < 7 else sum(part) / 7)
    return out
