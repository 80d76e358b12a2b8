"""Laws of attribution over whole histories: each outcome is paid once, to the cent."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tracker.checks.attribution import divide
from tracker.outcomes import VOID, owed, worked_out
from tracker.programme import Outcome
from tracker.store.outcomes import LinkFacts, OutcomeFacts, Told

PEOPLE = ("ada", "ben", "cleo")
LINKS = tuple(
    LinkFacts(f"{who}-{n}", promo, who, "c", None)
    for who in PEOPLE
    for n, promo in ((1, who.upper()), (2, "SHARED"))
)
CODES = (*(link.code for link in LINKS), "unknown")
RATES = (
    {"kind": "sale", "percent": 10},
    {"kind": "sale", "amount": "1.01"},
    {"kind": "lead", "amount": "0.05"},
)


@st.composite
def told(draw: Any, number: int) -> Told:
    data: dict[str, str] = {"kind": draw(st.sampled_from(("sale", "lead", "idea")))}
    optional = {
        "ambassador": st.sampled_from((*PEOPLE, "stranger")),
        "code": st.sampled_from(("ADA", "ben", "Shared", "NOBODYS", "")),
        "link": st.lists(st.sampled_from(CODES), max_size=5).map("|".join),
        "quantity": st.sampled_from(("1", "3", "0")),
        "value": st.sampled_from(("0", "0.01", "10.005", "99.99", "1000000")),
        "currency": st.sampled_from(("EUR", "USD", "JPY")),
        "status": st.sampled_from(("claimed", "verified", "rejected", "reversed")),
        "order": st.sampled_from(("A1", "A2", "")),
        "campaign": st.sampled_from(("c", "other", "")),
    }
    for name, values in optional.items():
        if draw(st.booleans()):
            data[name] = draw(values)
    at = draw(st.integers(0, 5)) * 1000
    word = draw(st.sampled_from((None, None, "verified", "rejected")))
    source = draw(st.sampled_from(("file", "shop")))
    return Told(f"o{number // 2}", source, at, data, word)


@st.composite
def histories(draw: Any) -> OutcomeFacts:
    many = draw(st.integers(0, 8))
    made = {(one.source, one.id): one for one in (draw(told(n)) for n in range(many))}
    rule = st.sampled_from(("code", "last_click", "first_click", "split"))
    plan = {"attribution": {"precedence": draw(st.lists(rule, max_size=4))}}
    ordered = sorted(made.values(), key=lambda one: (one.at, one.source, one.id))
    return OutcomeFacts(
        ordered,
        list(LINKS),
        frozenset(PEOPLE),
        {"c": (plan, "EUR"), "other": ({}, "USD")},
    )


@given(histories())
def test_shares_are_a_hundred_and_go_to_candidates_alone(facts: OutcomeFacts) -> None:
    for one in worked_out(facts):
        whole = sum(share for _, share in one.shares)
        assert whole == (0 if one.rule == "none" else 100)
        people = [who for who, _ in one.shares]
        assert len(people) == len(set(people))
        assert set(people) <= {who for who, _ in one.candidates} <= set(PEOPLE)
        assert one.conflict == (len({who for who, _ in one.candidates}) > 1)
        if "named" in {by for _, by in one.candidates}:
            assert one.rule == "named"


@given(histories())
def test_an_order_counts_once_for_each_kind(facts: OutcomeFacts) -> None:
    """And exactly once, where one of its rows is neither rejected nor reversed."""
    found = worked_out(facts)
    assert not any(one.counted for one in found if one.status in VOID)
    counted = Counter(
        (one.kind, one.order) for one in found if one.counted and one.order
    )
    wanted = {
        (one.kind, one.order) for one in found if one.order and one.status not in VOID
    }
    assert counted == Counter(wanted)
    assert all(one.counted for one in found if not one.order and one.status not in VOID)


@given(histories())
def test_parts_of_a_commission_are_the_whole_and_have_one_line_each(
    facts: OutcomeFacts,
) -> None:
    """ambassador and ref never stand twice, whatever ids the sources share."""
    plan = {**facts.campaigns["c"][0], "commission": RATES}
    facts = replace(facts, campaigns={**facts.campaigns, "c": (plan, "EUR")})
    lines = owed(facts, "c")
    refs = Counter((one.ambassador, one.ref) for one in lines)
    assert not [line for line, many in refs.items() if many > 1]
    found = [one for one in worked_out(facts, "c") if one.counted and one.shares]
    assert sum((_due(one) for one in found), Counter()) == Counter(
        {
            money: sum(one.amount for one in lines if one.currency == money)
            for money in {one.currency for one in lines if one.amount}
        }
    )


def _due(one: Outcome) -> Counter[str]:
    """Minor units by currency, reckoned by another way than the tracker's."""
    due: Counter[str] = Counter()
    if one.kind == "lead":
        due["EUR"] += 5 * int(one.quantity)
    if one.kind == "sale":
        due["EUR"] += 101 * int(one.quantity)
        if one.value is not None and one.currency is not None:
            due[one.currency] += (one.value + 5) // 10
    return +due


@given(histories(), st.randoms(use_true_random=False))
def test_what_is_told_first_does_not_matter(facts: OutcomeFacts, chance: Any) -> None:
    """Only when it was does: the store gives them in order of time."""
    mixed = list(facts.told)
    chance.shuffle(mixed)
    mixed.sort(key=lambda one: (one.at, one.source, one.id))
    assert worked_out(replace(facts, told=mixed)) == worked_out(facts)


@given(
    st.integers(0, 10**9), st.lists(st.sampled_from(PEOPLE), min_size=1, unique=True)
)
def test_the_rest_goes_to_the_earliest(amount: int, people: list[str]) -> None:
    (_, first), *others = divide(amount, people)
    assert {part for _, part in others} <= {amount // len(people)}
    assert first == amount - sum(part for _, part in others)
    assert Decimal(first - amount // len(people)) < len(people)
