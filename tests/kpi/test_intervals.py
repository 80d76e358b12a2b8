"""Intervals of shares against published examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.kpi.intervals import difference, wilson

#: R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
SINGLE = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
]
#: R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10:
#: the first share minus the second.
TWO = [
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (6, 7, 2, 7, 0.0582, 0.8062),
    (5, 56, 0, 29, -0.0381, 0.1926),
    (0, 10, 0, 20, -0.1611, 0.2775),
    (0, 10, 0, 10, -0.2775, 0.2775),
    (10, 10, 0, 20, 0.6791, 1.0000),
    (10, 10, 0, 10, 0.6075, 1.0000),
]


@pytest.mark.parametrize(("yes", "n", "low", "high"), SINGLE)
def test_wilson_is_as_published(yes, n, low, high):
    assert wilson(yes / n, n) == pytest.approx((low, high), abs=0.00005)


@pytest.mark.parametrize(("yes", "n", "no", "m", "low", "high"), TWO)
def test_the_difference_is_as_published(yes, n, no, m, low, high):
    found = difference(no / m, m, yes / n, n)
    assert found == pytest.approx((low, high), abs=0.00005)


@given(st.integers(1, 10**6), st.floats(0, 1))
def test_an_interval_holds_its_share_and_stays_within_0_and_1(n, share):
    low, high = wilson(share, n)
    assert 0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1


@given(
    *(st.floats(0, 1), st.integers(1, 10**6)) * 2,
)
def test_a_difference_turned_round_is_its_negative(first, n, second, m):
    low, high = difference(first, n, second, m)
    assert difference(second, m, first, n) == pytest.approx((-high, -low))
    assert -1 - 1e-12 <= low <= second - first + 1e-12
    assert second - first - 1e-12 <= high <= 1 + 1e-12


@pytest.mark.parametrize(("share", "n"), [(0.5, 0), (-0.1, 5), (1.1, 5)])
def test_no_interval_of_what_is_no_share(share, n):
    with pytest.raises(ValueError, match="no share of a sample"):
        wilson(share, n)
