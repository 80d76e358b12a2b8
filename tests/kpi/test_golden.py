"""Formulas: published examples to the cent, and laws that hold for all numbers."""

from __future__ import annotations

from decimal import Decimal
from math import isclose
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import ROOT

from tracker.kpi.emv import worth
from tracker.kpi.formula import EACH_INPUTS, Formula, evaluate
from tracker.kpi.names import NAMES
from tracker.kpi.registry import FORMULAS
from tracker.kpi.text import text
from tracker.kpis.cards import money
from tracker.kpis.inputs import ORIGINS
from tracker.kpis.rows import ROWS
from tracker.ratecards import RATES

#: The Fiesta Movement: five million dollars, and what they bought.
FIESTA = {
    "cost": 5_000_000,
    "views": 4_300_000,
    "posts": 60_000,
    "enrolled": 100,
    "leads": 50_000,
    "new_leads": 48_500,
    "known_leads": 50_000,
    "reservations": 6_000,
    "applicants": 4_000,
}


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("cpv", "1.1628", "$1.16"),
        ("cpm_views", "1162.7907", "$1,162.79"),
        ("cpp", "83.3333", "$83.33"),
        ("cpl", "100", "$100.00"),
        ("cpl_new", "103.0928", "$103.09"),
        ("posts_per_ambassador", "600", "600 posts"),
        ("views_per_ambassador", "43000", "43,000 views"),
        ("views_per_post", "71.6667", "71.67 views"),
        ("leads_per_1000_views", "11.6279", "11.63 leads"),
        ("selection_rate", "2.5", "2.5%"),
        ("reservations_per_lead", "12", "12%"),
        ("conquest_rate", "97", "97%"),
    ],
)
def test_the_arithmetic_of_the_fiesta_movement(
    name: str, value: str, shown: str
) -> None:
    formula = FORMULAS[name]
    found, reason = evaluate(formula, FIESTA)
    assert found is not None and reason is None
    assert round(Decimal(found), 4) == Decimal(value)
    digits = 2 if formula.unit == "money" else None
    assert text(found, "USD" if digits else formula.unit, "en", digits) == shown


def test_one_post_by_reach_and_by_followers() -> None:
    """Klear shows the same post at 15.28 % and at 3.11 %."""
    by_reach = FORMULAS["er_reach"](1_528, 10_000)
    by_followers = FORMULAS["er_followers"](1_528, 49_132)
    assert by_reach == Decimal("15.28")
    assert by_followers is not None and round(by_followers, 2) == Decimal("3.11")


#: One TikTok post, as the vendors' formulas see it.
POST = {
    "views": 100_000,
    "likes": 5_000,
    "comments": 200,
    "shares": 100,
    "impressions": 100_000,
}
FAIR = {"impression_1000": "10", "like": "0.15", "comment": "0.15", "share": "0.15"}
OCTOLY = {"view_1000": "6.89", "like": "0.09", "comment": "3.52", "share": "1.72"}


@pytest.mark.parametrize(
    ("rates", "value"),
    [
        ({"like": "0.15"}, "750.00"),
        ({"impression_1000": "15"}, "1500.00"),
        ({"view_1000": "10.80"}, "1080.00"),
        (FAIR, "1795.00"),
        (OCTOLY, "2015.00"),
    ],
    ids=["Lefty", "CPM of 15", "Duel", "Fair Influence", "Octoly"],
)
def test_what_a_post_is_worth_by_published_cards(
    rates: dict[str, str], value: str
) -> None:
    """Lefty takes ten impressions for a like, at 15 for a thousand."""
    parts = worth(POST, {name: Decimal(rate) for name, rate in rates.items()}, RATES)
    assert money(sum(parts.values(), Decimal(0)), "USD") == value


# -- none of a list is forgotten -------------------------------------------------------


def test_every_kpi_says_what_it_is_and_where_it_is_from() -> None:
    assert tuple(FORMULAS) == NAMES
    for name, one in FORMULAS.items():
        assert one.name == name and one.text and one.meaning.endswith(".")
        assert one.source and one.others, name
        assert one.over in one.inputs


def test_every_input_can_be_followed() -> None:
    """Each has its sentence, its commands, and rows."""
    for one in FORMULAS.values():
        for name in one.inputs:
            origin = ORIGINS[name]
            assert origin.says and origin.commands
            assert origin.ask is None or name in ROWS


# -- laws ------------------------------------------------------------------------------

SIMPLE = [
    one for one in FORMULAS.values() if not {*one.inputs} & {*EACH_INPUTS, "views_each"}
]
counts = st.integers(0, 10**12)


@given(st.sampled_from(SIMPLE), st.lists(counts, min_size=3, max_size=3))
def test_a_divisor_of_zero_gives_a_reason_and_no_value(
    formula: Formula, numbers: list[int]
) -> None:
    inputs = dict(zip(formula.inputs, numbers, strict=False))
    value, reason = evaluate(formula, inputs)
    assert (value is None) == (reason is not None)
    if value is None:
        assert inputs[formula.over] == 0


@given(st.sampled_from(list(FORMULAS.values())), st.data())
def test_whatever_is_unknown_makes_it_unknown(formula: Formula, data: Any) -> None:
    gone = data.draw(st.sampled_from(formula.inputs))
    value, reason = evaluate(formula, dict.fromkeys(formula.inputs, 7) | {gone: None})
    assert value is None
    assert reason is not None and reason.endswith("not known")


@given(st.lists(st.integers(0, 10**9), max_size=60), st.integers(2, 1000))
def test_gini_is_a_share_and_knows_no_scale(values: list[int], times: int) -> None:
    gini = FORMULAS["gini"](values)
    top = FORMULAS["concentration_top10"](values) if values else None
    if sum(values) == 0:
        assert gini is None and top is None
        return
    assert gini is not None and top is not None
    assert 0 <= gini < 1
    assert 0 < top <= 100
    more = FORMULAS["gini"]([value * times for value in values])
    assert more is not None and isclose(gini, more, abs_tol=1e-9)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 10**6)), min_size=1))
def test_what_is_pooled_lies_between_the_posts(posts: list[tuple[int, int]]) -> None:
    rates = [Decimal(part) * 100 / whole for part, whole in posts]
    pooled = FORMULAS["er_views"](sum(p for p, _ in posts), sum(w for _, w in posts))
    mean = FORMULAS["er_views_mean"](sum(rates), len(rates))
    for one in (pooled, mean):
        assert one is not None
        assert min(rates) - Decimal("1e-9") <= one <= max(rates) + Decimal("1e-9")


@given(counts, st.integers(1, 10**9), st.integers(1, 100))
def test_twice_the_cost_is_twice_the_price(cost: int, views: int, times: int) -> None:
    one, more = FORMULAS["cpv"](cost, views), FORMULAS["cpv"](cost * times, views)
    assert one is not None and more is not None
    assert abs(one * times - more) < Decimal("1e-9") * (more + 1)


# -- as people write it ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "digits", "english", "french"),
    [
        ("1162.7907", "USD", 2, "$1,162.79", "1\u202f162,79\u00a0$"),
        ("0.0042", "EUR", 2, "€0.0042", "0,0042\u00a0€"),
        ("-3.5", "CHF", 2, "\u22123.50\u00a0CHF", "\u22123,50\u00a0CHF"),
        ("-3.5", "USD", 2, "\u2212$3.50", "\u22123,50\u00a0$"),
        ("1500", "JPY", 0, "¥1,500", "1\u202f500\u00a0¥"),
        ("15.28", "%", None, "15.28%", "15,28\u00a0%"),
        ("0.5", "×", None, "0.5\u00a0×", "0,5\u00a0×"),
        ("71.666", "views", None, "71.67 views", "71,67 vues"),
        ("1", "posts", None, "1 post", "1 publication"),
        ("1.5", "views/day", None, "1.5 views a day", "1,5 vue par jour"),
        ("0.25", "", None, "0.25", "0,25"),
        ("0", "%", None, "0%", "0\u00a0%"),
    ],
)
def test_text(
    value: str, unit: str, digits: int | None, english: str, french: str
) -> None:
    assert text(Decimal(value), unit, "en", digits) == english
    assert text(Decimal(value), unit, "fr", digits) == french


# -- the document ---------------------------------------------------------------------


def test_the_document_says_what_the_formulas_say() -> None:
    """Every KPI is a row of docs/kpis.md, word for word."""
    lines = (ROOT / "docs" / "kpis.md").read_text("utf-8").splitlines()
    told = [line for line in lines if line.startswith("| `")]
    for name, one in FORMULAS.items():
        parts = (one.meaning, one.source.rstrip("."), one.others.rstrip("."))
        row = " | ".join((f"| `{name}`", one.text, one.unit or "–", *parts)) + " |"
        assert row in told, row
