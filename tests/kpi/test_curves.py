"""Ages, classes, quartiles and ranks, worked out by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import pairwise
from statistics import quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.kpi import years
from tracker.kpi.curves import (
    AGES,
    class_of,
    quartiles,
    rank,
    slack,
    windows,
)
from tracker.model import DAY
from tracker.store import early

HOUR = DAY // 24


@pytest.mark.parametrize(
    ("followers", "name"),
    [
        (None, "unknown"),
        (0, "nano"),
        (9_999, "nano"),
        (10_000, "micro"),
        (99_999, "micro"),
        (100_000, "mid"),
        (500_000, "macro"),
        (1_000_000, "mega"),
        (300_000_000, "mega"),
    ],
)
def test_a_class_begins_where_the_one_before_ends(followers, name) -> None:
    assert class_of(followers) == name


def test_a_week_is_the_same_week_everywhere() -> None:
    """Views after a week mean the same here and in anomalies."""
    assert (7 * DAY, slack(7)) == (early.AGE, early.SLACK)


def test_readings_count_for_one_age_at_most() -> None:
    found = windows()
    assert [age for age, *_ in found] == list(AGES)
    assert found[0] == (1, 12 * HOUR, 36 * HOUR)
    assert found[1] == (2, 36 * HOUR + 1, 60 * HOUR)
    assert found[3] == (7, 6 * DAY, 8 * DAY)
    assert found[4] == (14, 12 * DAY, 16 * DAY)
    assert all(a[2] < b[1] for a, b in pairwise(found))


def test_quartiles_by_hand() -> None:
    assert quartiles([]) is None
    for values, expected in (
        ([8], (8, 8, 8)),
        ([10, 20, 30, 40, 50], (20, 30, 40)),
        ([1, 2, 3, 4], (Fraction(7, 4), Fraction(5, 2), Fraction(13, 4))),
    ):
        found = quartiles(values)
        assert found is not None
        assert (found.low, found.middle, found.high) == expected


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=40))
def test_quartiles_are_those_of_the_standard_library(values) -> None:
    found = quartiles(sorted(values))
    assert found is not None
    expected = quantiles(values, n=4, method="inclusive")
    assert [float(q) for q in (found.low, found.middle, found.high)] == pytest.approx(
        expected
    )


def test_ranks_by_hand() -> None:
    assert rank(0, 0, 0) is None
    assert rank(3, 0, 4) == 75
    assert rank(0, 4, 4) == 50
    assert rank(1, 1, 3) == 50
    assert rank(4, 0, 4) == 100


def test_change_by_hand() -> None:
    assert years.change(250, 200) == 25
    assert years.change(100, 200) == -50
    assert years.change(0, 200) == -100
    assert years.change(None, 200) is None
    assert years.change(200, None) is None
    assert years.change(200, 0) is None


def test_the_last_period_ends_at_the_newest_reading() -> None:
    found = list(years.periods(date(2024, 5, 3), date(2026, 2, 9), monthly=False))
    assert [(p.name, p.first, p.last, p.over) for p in found] == [
        ("2024", date(2024, 1, 1), date(2024, 12, 31), True),
        ("2025", date(2025, 1, 1), date(2025, 12, 31), True),
        ("2026", date(2026, 1, 1), date(2026, 2, 9), False),
    ]
    months = list(years.periods(date(2025, 11, 30), date(2026, 2, 28), monthly=True))
    assert [p.name for p in months] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert months[-1].over


def test_beside_stands_the_same_span_of_the_year_before() -> None:
    leap = years.Period(2024, 2, date(2024, 2, 1), date(2024, 2, 29), True)
    found = years.year_earlier(leap)
    assert (found.name, found.last) == ("2023-02", date(2023, 2, 28))
    running = years.Period(2024, None, date(2024, 1, 1), date(2024, 2, 29), False)
    found = years.year_earlier(running)
    assert (found.first, found.last) == (date(2023, 1, 1), date(2023, 2, 28))
    after = years.Period(2025, 2, date(2025, 2, 1), date(2025, 2, 28), True)
    assert years.year_earlier(after).last == date(2024, 2, 29)
