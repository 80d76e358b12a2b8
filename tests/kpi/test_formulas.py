"""Pure formulas: pace, standing, spread, costs, series."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.kpi.costs import per
from tracker.kpi.pace import pace, standing
from tracker.kpi.series import daily, gaps, mean_of_week, weekly
from tracker.kpi.spread import gini, median, top_share


def test_pace_is_the_mean_of_four_weeks_with_their_extremes() -> None:
    found = pace([10] * 7 + [20] * 7 + [30] * 7 + [40] * 7, 10)
    assert found is not None
    assert (found.daily, found.mid) == (25, 700 + 250)
    assert (found.low, found.high) == (700 + 100, 700 + 400)


def test_no_pace_without_four_weeks_or_after_the_end() -> None:
    assert pace([1] * 27, 10) is None
    assert pace([1] * 28, 0) is None


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(50, "on"), (51, "on"), (52, "ahead"), (48, "behind"), (0, "behind")],
)
def test_within_two_percent_is_on_plan(value: float, verdict: str) -> None:
    assert standing(value, 100, 0, 5, 10).verdict == verdict


def test_a_plan_without_an_end_has_no_line() -> None:
    found = standing(50, 100, 0, 0, 0)
    assert (found.share, found.due, found.gap, found.verdict) == (50, None, None, "")


def test_the_line_begins_at_the_baseline() -> None:
    assert standing(60, 100, 20, 5, 10).gap == pytest.approx(0)


def test_costs_are_exact_and_unknown_stays_unknown() -> None:
    cost = Decimal(5_000_000)
    views = per(cost, 4_300_000, 1000)
    assert views is not None and round(views, 2) == Decimal("1162.79")
    assert per(cost, 50_000) == 100
    assert per(cost, None) is None and per(cost, 0) is None


def test_spread() -> None:
    assert gini([1, 1, 1, 1]) == 0
    assert gini([0, 0, 0, 4]) == 0.75
    assert gini([0, 0]) is None and gini([]) is None
    assert top_share([5, 3, 2], 1) == 50
    assert top_share([0]) is None
    assert (median([3, 1, 2]), median([1, 2]), median([])) == (2, 1.5, None)


def test_a_gap_is_longer_than_usual() -> None:
    assert gaps([1, 2, 3, 7, 8]) == [(4, 6)]
    assert gaps([1, 8, 15, 22]) == []
    assert gaps([1, 8, 15, 36]) == [(16, 35)]
    assert gaps([4]) == []
    assert gaps([1, 2, 3], 9) == [(4, 9)]
    assert gaps([1, 2, 3], 4) == []


def test_a_gain_after_a_gap_covers_its_days() -> None:
    made = daily({1: 5, 5: 9}, [1, 2, 5, 6], 1, 6)
    assert made.gains == (5, 0, 0, 0, 9, 0)
    assert made.gaps == ((3, 4),)
    assert (made.after_gap(5), made.after_gap(6)) == (3, 1)
    assert made.in_gap(3) and not made.in_gap(5)


def test_the_mean_is_drawn_only_over_whole_weeks() -> None:
    made = daily(dict.fromkeys(range(20), 7), list(range(20)), 0, 19)
    assert mean_of_week(made)[3:17] == [7] * 14
    assert mean_of_week(made)[:3] == [None] * 3


@given(st.dictionaries(st.integers(0, 80), st.integers(-50, 1000), min_size=1))
def test_gains_add_up_by_day_and_week(gained: dict[int, int]) -> None:
    first, last = min(gained), max(gained)
    made = daily(gained, sorted(gained), first, last)
    assert made.totals()[-1] == sum(gained.values())
    assert sum(weekly(list(gained.items()), first, last)) == sum(gained.values())
