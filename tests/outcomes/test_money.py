"""Costs in one state each, commissions of what counted, statements paid once."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from spring import done, programme, said
from support import Run

COSTS = """id,date,kind,amount,currency,state,ambassador,mission,note
k1,2026-02-01,fee,30.50,,committed,anna,,=a fee
k2,2026-02-02,goods,10,USD,paid,ben,,
k3,2026-02-03,hours,5.00,EUR,,,,
"""
GOOD = "k8,2026-02-01,fee,1"
OUTCOMES = """id,kind,at,campaign,link,quantity,value,status,order
s1,sale,2026-02-02T10:00:00Z,c,anna-link|bens-link,1,9.99,verified,A1
s2,sale,2026-02-03T10:00:00Z,c,anna-link,2,,claimed,
s3,sale,2026-02-04T10:00:00Z,c,anna-link,1,50.00,rejected,
l1,lead,2026-02-05T10:00:00Z,c,bens-link,7,,,
"""


@pytest.fixture
def spring(each_workspace: Path, invoke: Run) -> Run:
    (each_workspace / "costs.csv").write_text(COSTS)
    (each_workspace / "outcomes.csv").write_text(OUTCOMES)
    run = programme(each_workspace, invoke)
    done(run, "outcome", "import", each_workspace / "outcomes.csv")
    return run


def test_costs_of_the_plan_and_those_added_are_one_list(
    spring: Run, each_workspace: Path
) -> None:
    file = each_workspace / "costs.csv"
    dry = said(spring, "cost", "import", file, "--campaign", "c", "--dry-run")
    assert (dry["stored"], len(said(spring, "cost", "list", "c")["costs"])) == (3, 1)
    done(spring, "cost", "import", file, "--campaign", "c")
    again = said(spring, "cost", "import", file, "--campaign", "c")
    assert (again["stored"], again["unchanged"]) == (0, 3)
    found = said(spring, "cost", "list", "c")
    assert [one["id"] for one in found["costs"]] == ["programme", "k1", "k2", "k3"]
    assert found["sum"] == {"planned": "5.00", "committed": "30.50", "paid": "40.00"}
    assert found["currency"] == "EUR"
    theirs = said(spring, "cost", "list", "c", "--ambassador", "anna")["costs"]
    assert [one["id"] for one in theirs] == ["k1"]
    shown = spring("cost", "list", "c")
    assert "paid 40.00 EUR" in shown.out
    assert "another currency: 1" in shown.out


def test_a_cost_typed_again_is_corrected(spring: Run) -> None:
    words = ("cost", "add", "c", "--id", "t1", "--date", "2026-02-01", "--kind", "fee")
    assert said(spring, *words, "--amount", "1.00")["result"] == "stored"
    assert said(spring, *words, "--amount", "70.00", "--state", "paid")["result"] == (
        "corrected"
    )
    found = json.loads(spring("export", "findings", "--format", "json").out)
    (over,) = [one for one in found if one["rule"] == "cost.budget"]
    assert "110.00" in over["evidence"]
    assert "cost.corrected" in done(spring, "audit", "list")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--id", "programme"), "COST_TWICE"),
        (("--ambassador", "nobody"), "NOT_FOUND"),
        (("--mission", "nowhere"), "NOT_FOUND"),
        (("--amount", "1,5"), "AMOUNT"),
        (("--currency", "EURO"), "CURRENCY"),
    ],
)
def test_what_cannot_be_is_refused(spring: Run, more: tuple, code: str) -> None:
    given = {"--id": "t1", "--amount": "1.00", more[0]: more[1]}
    words = [text for pair in given.items() for text in pair]
    found = spring(
        *("cost", "add", "c", "--date", "2026-02-01", "--kind", "fee"), *words
    )
    assert found.code == 4
    assert found.err.startswith(f"error[{code}]")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("k9,2026-13-01,fee,1", "ROW_DATE"),
        ("k9,2026-02-01,bribe,1", "ROW_WORD"),
        ("k9,2026-02-01,fee,1.005", "ROW_AMOUNT"),
        ("k9,2026-02-01,fee,", "ROW_MISSING"),
        ("k9,2026-02-01,fee,1,XXXX", "ROW_CURRENCY"),
        ("k9,2026-02-01,fee,1,,paid,nobody", "ROW_AMBASSADOR"),
        ("k9,2026-02-01,fee,1,,paid,anna,nowhere", "ROW_MISSION"),
    ],
)
def test_a_bad_row_is_named(
    spring: Run, each_workspace: Path, row: str, code: str
) -> None:
    file = each_workspace / "bad.csv"
    header = COSTS.split("\n", 1)[0]
    rows = [text + "," * (8 - text.count(",")) for text in (row, GOOD)]
    file.write_text("\n".join([header, *rows, ""]))
    found = spring("cost", "import", file, "--campaign", "c")
    assert found.code == 1
    assert f"error[{code}] bad.csv:2" in found.err
    assert "k8" in done(spring, "cost", "list", "c")


def statement(run: Run, *words: object) -> list[dict[str, str]]:
    out = done(run, "cost", "statement", "c", *words)
    return list(csv.DictReader(io.StringIO(out)))


def test_a_statement_pays_nothing_twice(spring: Run, each_workspace: Path) -> None:
    """10 % of 9.99 and 1.00 for each sale, 0.05 for each lead; parts rounded down,
    the rest to the earliest."""
    done(spring, "cost", "import", each_workspace / "costs.csv", "--campaign", "c")
    lines = statement(spring)
    keys = [(one["ambassador"], one["kind"], one["ref"]) for one in lines]
    assert len(keys) == len(set(keys))
    paid = {
        key: (one["amount"], one["state"]) for key, one in zip(keys, lines, strict=True)
    }
    assert paid["anna", "commission", "s1"] == ("1.00", "committed")
    assert paid["ben", "commission", "s1"] == ("1.00", "committed")
    assert paid["anna", "commission", "s2"] == ("2.00", "planned")
    assert paid["ben", "commission", "l1"] == ("0.35", "planned")
    assert paid["anna", "fee", "k1"] == ("30.50", "committed")
    assert paid["ben", "goods", "k2"] == ("10.00", "paid")
    assert ("anna", "commission", "s3") not in paid
    assert [one["ambassador"] for one in statement(spring, "--ambassador", "ben")] == [
        "ben"
    ] * 3
    as_json = json.loads(done(spring, "cost", "statement", "c", "--format", "json"))
    assert len(as_json) == len(lines)
    file = each_workspace / "statement.csv"
    done(spring, "cost", "statement", "c", "--out", file)
    assert file.read_text().startswith("campaign,ambassador,kind,ref")


def test_two_sources_may_use_one_id(spring: Run) -> None:
    done(
        spring,
        *("outcome", "add", "lead", "--id", "l1", "--campaign", "c"),
        *("--ambassador", "ben"),
    )
    refs = [
        one["ref"] for one in statement(spring) if one["amount"] in ("0.35", "0.05")
    ]
    assert sorted(refs) == ["file/l1", "hand/l1"]
    both = spring("outcome", "verify", "l1", "--reason", "x")
    assert both.code == 4
    assert both.err.startswith("error[OUTCOME_SOURCE]")
