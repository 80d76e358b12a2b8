"""France's contract threshold: who was promised how much, and what was signed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import Run

from tracker.app import Tracker, open_tracker
from tracker.checks.contracts import ContractRule, due
from tracker.findings import findings
from tracker.model import day_instant

RULE = ContractRule("FR", date(2026, 1, 1), 100_000, "EUR", 80, "law")
PLAN = """
[campaign]
id = "{id}"
name = "{id}"
currency = "EUR"
start = 2026-02-01
end = 2026-11-30
countries = [{countries}]
[[cost]]
id = "travel"
date = 2026-03-01
kind = "goods"
amount = "500.00"
ambassador = "cem"
[[cost]]
id = "post"
date = 2026-04-01
kind = "fee"
amount = "{fee}"
ambassador = "cem"
"""
PEOPLE = """id,name,platform,handle,country,fee,currency
ada,Ada,x,ada,FR,1000.00,EUR
ben,Ben,x,ben,FR,800.00,EUR
cem,Cem,x,cem,FR,,
dee,Dee,x,dee,GB,5000.00,EUR
eli,Eli,x,eli,FR,5000.00,USD
fay,Fay,x,fay,FR,799.99,EUR
"""


@pytest.fixture
def tracker(each_workspace: Path, invoke: Run) -> Tracker:
    """A campaign with people of France and one of Britain."""
    plan, people = each_workspace / "plan.toml", each_workspace / "people.csv"
    plan.write_text(PLAN.format(id="spring", countries="", fee="499.99"))
    people.write_text(PEOPLE)
    assert invoke("campaign", "apply", plan).code == 0
    assert invoke("ambassador", "import", people, "--campaign", "spring").code == 0
    return open_tracker(each_workspace)


def told(tracker: Tracker) -> dict[tuple[str, str], Any]:
    found = findings(tracker, now=0)
    return {
        (one.ambassador or "", one.severity): one
        for one in found
        if one.rule == "contract.threshold"
    }


def sign(tracker: Tracker, who: str, day: str) -> None:
    with tracker.database.writing() as link:
        link.run(
            "INSERT INTO contract (campaign_id, ambassador_id, ref, signed_on)"
            " SELECT c.id, m.id, 'c1', ? FROM campaign c, ambassador m"
            " WHERE c.slug = 'spring' AND m.slug = ?",
            (day, who),
        )


def test_campaigns_of_one_objective_are_one_sum(
    tracker: Tracker, each_workspace: Path, invoke: Run
) -> None:
    """600 and 500 EUR for the same objective need a contract by the day of the second;
    for two objectives neither does."""
    plan, people = each_workspace / "plan.toml", each_workspace / "people.csv"
    plan.write_text(
        PLAN.format(id="autumn", countries='"FR"', fee="1.00").replace("02-01", "06-01")
    )
    assert invoke("campaign", "apply", plan).code == 0
    for campaign, fee in (("spring", "600.00"), ("autumn", "500.00")):
        people.write_text(f"{PEOPLE.splitlines()[0]}\nada,Ada,x,ada,FR,{fee},EUR\n")
        said = invoke("ambassador", "import", people, "--campaign", campaign)
        assert said.code == 0

    def signed(campaign: str, objective: str, until: str) -> None:
        days = ("--signed", "2026-01-15", "--to", until, "--objective", objective)
        said = invoke("contract", "add", campaign, "ada", "--ref", campaign, *days)
        assert said.code == 0

    signed("spring", "walks", "2026-03-31")
    signed("autumn", "rides", "2026-03-31")
    assert not [who for who, _ in told(tracker) if who == "ada"]
    signed("autumn", "Walks", "2026-03-31")
    found = told(tracker)["ada", "error"]
    assert "1100.00 EUR in 2026 for “walks” (autumn, spring)" in found.evidence
    assert found.at == day_instant(date(2026, 6, 1))
    signed("autumn", "walks", "2026-12-31")
    assert not [who for who, _ in told(tracker) if who == "ada"]


def give(tracker: Tracker, who: str, ref: str, amount: int) -> None:
    with tracker.database.writing() as link:
        link.run(
            "INSERT INTO goods (campaign_id, ambassador_id, ref, what, amount,"
            " currency, starts) SELECT c.id, m.id, ?, 'a car', ?, 'EUR', '2026-05-01'"
            " FROM campaign c, ambassador m WHERE c.slug = 'spring' AND m.slug = ?",
            (ref, amount, who),
        )


def test_who_reaches_the_threshold_or_comes_near(tracker: Tracker) -> None:
    """1,000 EUR is an error, 80 % a warning; other currencies are not compared."""
    found = told(tracker)
    assert set(found) == {
        ("ada", "error"),
        ("ben", "warning"),
        ("cem", "warning"),
        ("eli", "info"),
    }
    ada = found["ada", "error"]
    assert (ada.campaign, ada.platform) == ("spring", None)
    for words in (
        "1000.00 EUR in 2026",
        "100 % of 1000.00 EUR",
        "before VAT",
        "2023-4",
    ):
        assert words in ada.evidence
    assert "5000.00 USD cannot be compared" in found["eli", "info"].evidence
    cem = found["cem", "warning"]
    assert "999.99 EUR" in cem.evidence
    assert "goods travel 500.00 EUR" in cem.evidence


def test_a_contract_in_time_answers_it(tracker: Tracker) -> None:
    sign(tracker, "ada", "2026-02-01")
    sign(tracker, "ben", "2026-06-01")
    sign(tracker, "eli", "2026-06-01")
    assert set(told(tracker)) == {("cem", "warning")}


def test_a_contract_that_came_too_late_is_told(tracker: Tracker) -> None:
    sign(tracker, "ada", "2026-02-02")
    evidence = told(tracker)["ada", "error"].evidence
    assert "contract c1 was signed on 2026-02-02, after 2026-02-01" in evidence


def test_goods_are_counted_once(tracker: Tracker) -> None:
    """Goods noted as such, and not again as the cost of the same name."""
    give(tracker, "cem", "travel", 50_000)
    assert ("cem", "warning") in told(tracker)
    give(tracker, "cem", "phone", 1)
    found = told(tracker)["cem", "error"]
    assert "1000.00 EUR" in found.evidence
    assert found.at == 1_777_636_799_999  # 2026-05-01, when the phone was given


def test_the_countries_of_the_plan_count_too(
    tracker: Tracker, each_workspace: Path, invoke: Run
) -> None:
    """Each campaign by itself: fees of two are not added up."""
    plan = each_workspace / "plan.toml"
    plan.write_text(PLAN.format(id="autumn", countries='"FR"', fee="1.00"))
    assert invoke("campaign", "apply", plan).code == 0
    people = each_workspace / "people.csv"
    people.write_text(PEOPLE.splitlines()[0] + "\ndee,Dee,x,dee,GB,600.00,EUR\n")
    assert invoke("ambassador", "import", people, "--campaign", "autumn").code == 0
    assert not [who for who, _ in told(tracker) if who == "dee"]
    plan.write_text(PLAN.format(id="spring", countries='"FR"', fee="499.99"))
    assert invoke("campaign", "apply", plan).code == 0
    assert ("dee", "error") in told(tracker)


@given(
    st.lists(
        st.tuples(
            st.dates(date(2025, 1, 1), date(2027, 12, 31)), st.integers(0, 200_000)
        )
    )
)
def test_years_are_summed_by_themselves(promises: list[tuple[date, int]]) -> None:
    """A year is told exactly when its sum reaches 80 %, crossed when it reaches all."""
    found = {one.year: one for one in due(RULE, promises)}
    for year in (2025, 2026, 2027):
        total = sum(amount for day, amount in promises if day.year == year)
        assert (year in found) == (year > 2025 and total >= 80_000)
        if year in found:
            assert found[year].sum == total
            assert (found[year].crossed is not None) == (total >= 100_000)
            assert found[year].reached <= (found[year].crossed or found[year].reached)
    assert found == {one.year: one for one in due(RULE, promises[::-1])}
