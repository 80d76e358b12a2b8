"""Outcomes: kept by file and by hand, put down to people, never counted twice."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spring import done, programme, said
from support import Run

from tracker.checks.attribution import Claims, attribute, divide, shares

HEADER = "id,kind,at,campaign,ambassador,code,link,quantity,value,currency,status"
FILE = f"""{HEADER},order,new_customer
o1,lead,2026-02-01,c,anna,,,3,,,,,yes
o2,sale,2026-02-02T10:00:00Z,,,anna10,bens-link,,20.05,,verified,A1,
o3,sale,2026-02-03T10:00:00Z,c,,,bens-link|anna-link,,9.99,USD,,A2,no
o4,sale,2026-02-04T10:00:00Z,c,ben,,,,20.05,,,A1,
o5,sale,2026-02-05T10:00:00Z,c,ben,,,,5,,reversed,A5,
o6,idea,2026-02-06,,,,,,,,,,
"""
GOOD = "good,lead,2026-02-01"


@pytest.fixture
def spring(each_workspace: Path, invoke: Run) -> Run:
    (each_workspace / "outcomes.csv").write_text(FILE)
    return programme(each_workspace, invoke)


def brought(run: Run, home: Path, *words: object) -> dict:
    found = run("outcome", "import", home / "outcomes.csv", *words, "--json")
    return {"code": found.code, **json.loads(found.out)}


def listed(run: Run, *words: object) -> dict[str, dict]:
    return {one["id"]: one for one in said(run, "outcome", "list", *words)["outcomes"]}


def test_each_is_put_down_by_the_declared_precedence(
    spring: Run, each_workspace: Path
) -> None:
    """Named first, then the promo code, then shares of the links."""
    assert brought(spring, each_workspace)["code"] == 0
    found = listed(spring)
    rules = {name: (one["rule"], one["shares"]) for name, one in found.items()}
    assert rules["o1"] == ("named", [{"ambassador": "anna", "share": 100}])
    assert rules["o2"] == ("code", [{"ambassador": "anna", "share": 100}])
    assert rules["o3"][0] == "split"
    assert [part["ambassador"] for part in rules["o3"][1]] == ["ben", "anna"]
    assert rules["o6"] == ("none", [])
    assert found["o2"]["campaign"] == "c"
    assert found["o2"]["candidates"] == [
        {"ambassador": "anna", "by": "code"},
        {"ambassador": "ben", "by": "link"},
    ]
    assert [found[name]["conflict"] for name in ("o1", "o2", "o3")] == [
        False,
        True,
        True,
    ]
    assert (found["o1"]["quantity"], found["o1"]["value"]) == (3, None)
    assert (found["o2"]["value"], found["o2"]["currency"]) == ("20.05", "EUR")
    assert set(listed(spring, "c")) == {"o1", "o2", "o3", "o4", "o5"}
    assert set(listed(spring, "--kind", "idea")) == {"o6"}
    both = said(spring, "outcome", "conflicts", "c")["outcomes"]
    assert [one["id"] for one in both] == ["o2", "o3"]
    assert "anna by code, ben by link" in done(spring, "outcome", "conflicts")


def test_the_same_order_and_what_was_taken_back_count_nothing(
    spring: Run, each_workspace: Path
) -> None:
    brought(spring, each_workspace)
    counted = {name: one["counted"] for name, one in listed(spring).items()}
    assert counted["o2"]
    assert not counted["o4"]
    assert not counted["o5"]
    found = spring("export", "findings", "--format", "json")
    rules = {(one["rule"], one["evidence"]) for one in json.loads(found.out)}
    said_of = {rule: text for rule, text in sorted(rules) if rule.startswith("outcome")}
    assert "A1" in said_of["outcome.same-order"]
    assert any("anna by code" in text for _, text in rules)


def test_a_persons_word_stands_and_is_audited(
    spring: Run, each_workspace: Path
) -> None:
    brought(spring, each_workspace)
    done(spring, "outcome", "reject", "o2", "--reason", "nobody knows them")
    assert listed(spring)["o2"]["status"] == "rejected"
    assert listed(spring)["o4"]["counted"], "the next of its order counts now"
    done(spring, "outcome", "verify", "o2", "--reason", "seen", "--source", "file")
    assert listed(spring)["o2"]["status"] == "verified"
    done(spring, "outcome", "reverse", "o1", "--reason", "returned")
    assert not listed(spring)["o1"]["counted"]
    assert "outcome.verified" in done(spring, "audit", "list")
    wrong = spring("outcome", "verify", "o22", "--reason", "x")
    assert wrong.code == 4
    assert "o2" in wrong.err


def test_a_known_file_changes_nothing_and_another_word_is_rejected(
    spring: Run, each_workspace: Path
) -> None:
    first = brought(spring, each_workspace)["sources"][0]
    assert (first["source"], first["rows"], first["stored"]) == ("file", 6, 6)
    again = brought(spring, each_workspace)["sources"][0]
    assert (again["unchanged"], again["stored"]) == (6, 0)
    other = FILE.replace("o1,lead,2026-02-01", "o1,lead,2026-02-09")
    (each_workspace / "outcomes.csv").write_text(other)
    third = brought(spring, each_workspace)
    assert third["code"] == 1
    assert third["sources"][0]["rejected"] == 1
    assert listed(spring)["o1"]["at"] == "2026-02-01"
    assert "ID_REUSED" in done(spring, "quarantine", "list")


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (",lead,2026-02-01", "id", "ROW_MISSING"),
        ("n1,,2026-02-01", "kind", "ROW_MISSING"),
        ("n1,lead,soon", "at", "ROW_DATE"),
        ("n1,lead,2026-02-01,c,,,,1.5", "quantity", "ROW_NUMBER"),
        ("n1,lead,2026-02-01,c,,,,,ten", "value", "ROW_NUMBER"),
        ("n1,lead,2026-02-01,c,,,,,1,EURO", "currency", "ROW_CURRENCY"),
        ("n1,lead,2026-02-01,c,,,,,1,,maybe", "status", "ROW_STATUS"),
        ("n1,lead,2026-02-01,c,,,,,1,,,,perhaps", "new_customer", "ROW_TYPE"),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_kept(
    spring: Run, each_workspace: Path, row: str, column: str, code: str
) -> None:
    header = FILE.split("\n", 1)[0]
    rows = [text + "," * (12 - text.count(",")) for text in (row, GOOD)]
    (each_workspace / "outcomes.csv").write_text("\n".join([header, *rows, ""]))
    tried = brought(spring, each_workspace, "--dry-run")
    assert (tried["code"], tried["rejected"]) == (1, 1)
    assert listed(spring) == {}
    found = brought(spring, each_workspace)
    assert found["code"] == 1
    assert set(listed(spring)) == {"good"}
    out = spring("export", "rejects", "--format", "json").out
    (bad,) = [one for one in json.loads(out) if one["file"].endswith("outcomes.csv")]
    assert (bad["line"], bad["code"]) == (2, code)
    assert bad["column"].endswith(column)


@pytest.mark.parametrize("cells", [GOOD, GOOD + "," * 13])
def test_a_row_has_as_many_cells_as_the_header(
    spring: Run, each_workspace: Path, cells: str
) -> None:
    header = FILE.split("\n", 1)[0]
    text = f"{header}\n{cells}{'x' if cells.endswith(',') else ''}\n"
    (each_workspace / "outcomes.csv").write_text(text)
    assert brought(spring, each_workspace)["sources"][0]["rejected"] == 1
    assert listed(spring) == {}


def test_by_hand_and_as_a_table(spring: Run) -> None:
    made = spring(
        *("outcome", "add", "sale", "--value", "12.5", "--ambassador", "ben"),
        *("--campaign", "c", "--at", "2026-03-01", "--id", "h1", "--json"),
    )
    assert made.code == 0, made.err
    done(spring, "outcome", "add", "idea")
    (row,) = [
        one
        for one in json.loads(spring("export", "outcomes", "--format", "json").out)
        if one["id"] == "h1"
    ]
    assert (row["source"], row["value"], row["currency"]) == ("hand", "12.50", "EUR")
    assert row["shares"] == "ben:100"
    assert "h1,hand,sale,2026-03-01,c,1,12.50,EUR" in done(spring, "export", "outcomes")
    wrong = spring("outcome", "add", "sale", "--value", "much")
    assert wrong.code == 4
    assert "value" in wrong.err


def test_a_claim_stands_beside_what_was_counted(
    spring: Run, each_workspace: Path
) -> None:
    brought(spring, each_workspace)
    (claim,) = said(spring, "claim", "list", "c")["claims"]
    assert (claim["value"], claim["counted"], claim["source"]) == (9, 3, "The Press")
    assert "as the press has it" in done(spring, "claim", "list", "c")


def test_a_source_of_outcome_files_is_collected(workspace: Path, invoke: Run) -> None:
    """Dropped files are read as those that are imported by hand."""
    programme(workspace, invoke)
    with (workspace / "tracker.toml").open("a") as out:
        out.write(
            '\n[[source]]\nname = "shop"\nkind = "outcomes"\n'
            'path = "inbox/sales-*.csv"\ncampaign = "c"\n'
        )
    (workspace / "inbox" / "sales-1.csv").write_text("id,kind,at\ns1,sale,2026-03-01\n")
    done(invoke, "ingest", "shop")
    assert listed(invoke, "c")["s1"]["source"] == "shop"
    (workspace / "inbox" / "sales-2.csv").write_text("id,kind,at\ns2,sale,never\n")
    assert invoke("ingest", "shop").code == 1
    assert invoke("quarantine", "retry", "--all").code == 1


# -- laws ------------------------------------------------------------------------------

people = st.lists(st.sampled_from("abcdefg"), max_size=7, unique=True)


@given(people)
def test_shares_of_one_outcome_add_up_to_a_hundred(names: list[str]) -> None:
    found = shares(names)
    assert sum(share for _, share in found) == (Decimal(100) if names else 0)
    assert [who for who, _ in found] == names


@given(st.integers(0, 10**9), people.filter(bool))
def test_parts_of_money_add_up_to_it(amount: int, names: list[str]) -> None:
    parts = divide(amount, names)
    assert sum(part for _, part in parts) == amount
    rest = [part for _, part in parts[1:]]
    assert all(0 <= part <= amount // len(names) for part in rest)


@given(
    st.sampled_from([None, "n"]),
    people,
    people,
    st.lists(
        st.sampled_from(["code", "last_click", "first_click", "split"]), max_size=4
    ),
)
def test_whoever_is_named_wins_and_nobody_outside_is_paid(
    named: str | None, code: list[str], links: list[str], order: list[str]
) -> None:
    claims = Claims(named, tuple(code), tuple(links))
    found = attribute(claims, order)
    assert {who for who, _ in found.shares} <= {who for who, _ in claims.candidates}
    if named:
        assert found.rule == "named"
    if found.rule == "last_click":
        assert found.shares[0][0] == links[-1]
    if found.rule == "first_click":
        assert found.shares[0][0] == links[0]


def test_the_order_of_arrival_does_not_matter(workspace: Path, invoke: Run) -> None:
    """The same outcomes in any order are put down and counted alike."""
    programme(workspace, invoke)
    header, *rows = FILE.splitlines()
    seen = set()
    for n, some in enumerate(list(permutations(rows[1:4]))[:3]):
        file = workspace / f"part{n}.csv"
        for row in some:
            text = row.replace(",A", f",A{n}-").replace("o", f"{n}o", 1)
            file.write_text(f"{header}\n{text}\n")
            invoke("outcome", "import", file)
        found = listed(invoke)
        seen.add(tuple(found[f"{n}{name}"]["counted"] for name in ("o2", "o3", "o4")))
    assert seen == {(True, True, False)}
