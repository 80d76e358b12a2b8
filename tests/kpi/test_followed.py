"""Every number of every KPI, whole and by each cut, has rows that give it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from spring import done
from support import Run

from tracker.app import open_tracker
from tracker.kpi.answer import Row
from tracker.kpi.formula import EACH_INPUTS
from tracker.kpi.names import NAMES
from tracker.kpis import kpis
from tracker.kpis.explaining import Part, explain

#: 1 April 2026.
NOW = 1_775_000_000_000
CUTS = (None, "ambassador", "platform", "mission", "post")
#: Inputs whose rows are people, posts or missions: each row is one.
COUNTED = {
    *("posts", "posts_seen", "observed", "enrolled", "active", "assigned"),
    *("delivered", "in_time", "received", "answered", "applicants"),
}
MONEY = {"cost", "spend", "commissions"}
QUANTITY = {
    "leads",
    "sales",
    "reservations",
    "new_leads",
    "known_leads",
    "new_customers",
}


def number(value: Any) -> Decimal:
    return Decimal(str(value or 0))


def added(part: Part) -> Decimal | None:
    """What the rows of an input come to; None where they are no sum."""
    rows = part.rows or ()
    if part.name in MONEY:
        return sum((number(row["amount"]) for row in rows), Decimal(0))
    if part.name in QUANTITY:
        each = (number(row["quantity"]) * number(row["share"]) / 100 for row in rows)
        return sum(each, Decimal(0))
    if part.name == "revenue":
        each = (number(row["value"]) * number(row["share"]) / 100 for row in rows)
        return sum(each, Decimal(0))
    if part.name in COUNTED:
        return Decimal(len(rows))
    if part.name == "clicked":
        return sum((number(row["clicks"]) for row in rows), Decimal(0))
    if rows and part.name in rows[0] and part.name not in EACH_INPUTS:
        return sum((number(row[part.name]) for row in rows), Decimal(0))
    return None


def about(by: str | None, row: Row) -> dict[str, str] | None:
    """What `tracker explain` is asked for; None for what stands beside all names."""
    if by is None:
        return {}
    value = row.key["post_id" if by == "post" else by]
    return None if value is None else {by: value}


@pytest.fixture
def rich(home: Path, invoke: Run) -> Path:
    """The campaign with applications, a click and a shared sale too."""
    (home / "apply.csv").write_text(
        "id,name,platform,handle,applied_at\nada,Ada,youtube,ada,2025-12-01\n"
        "dee,Dee,youtube,dee,2025-12-02\n"
    )
    done(invoke, "apply", "import", home / "apply.csv", "--campaign", "c")
    for who in ("ada", "ben"):
        words = ("--code", f"{who}-link", "--campaign", "c", "--ambassador", who)
        done(invoke, "link", "add", "https://shop.example/", *words)
    tracker = open_tracker(home)
    with tracker.database.writing() as link:
        link.run(
            "INSERT INTO click (link_id, at, sort)"
            " SELECT id, 1770000000000, 'unique' FROM link"
        )
    plan = home / "plan.toml"
    said = plan.read_text() + '\n[attribution]\nprecedence = ["split"]\n'
    plan.write_text(said)
    done(invoke, "campaign", "apply", plan)
    (home / "more.csv").write_text(
        "id,kind,at,campaign,link,quantity,value,currency,new_customer\n"
        "m1,sale,2026-02-20T10:00:00Z,c,ada-link|ben-link,1,99.99,EUR,yes\n"
        "m2,lead,2026-02-21T10:00:00Z,c,ada-link|ben-link,3,,,no\n"
        "m3,reservation,2026-02-22T10:00:00Z,c,ben-link,2,,,\n"
    )
    done(invoke, "outcome", "import", home / "more.csv")
    return home


@pytest.mark.parametrize("by", CUTS)
def test_rows_of_every_input_give_its_value(rich: Path, by: str | None) -> None:
    """And the inputs are those of `tracker kpi`, in each row of each cut."""
    tracker = open_tracker(rich)
    answer = kpis(tracker, "c", NAMES if by is None else None, by=by, now=NOW)
    sums = 0
    for row in answer.rows:
        asked = about(by, row)
        if asked is None:
            continue
        for one in row.kpis:
            found = explain(
                tracker, "c", one.name, about=asked, with_rows=True, now=NOW
            )
            assert found.kpi == one, (row.key, one.name)
            for part in found.parts:
                value, whole = part.found.value, added(part)
                if isinstance(value, list):
                    column = "views" if part.name == "views_each" else part.name
                    known = [row[column] for row in part.rows or ()]
                    known = [each for each in known if each is not None]
                    assert sorted(known) == sorted(value), (row.key, one.name)
                elif value is not None and whole is not None:
                    sums += 1
                    right = pytest.approx(float(value), abs=0.01)
                    assert float(whole) == right, (row.key, one.name, part)
    assert sums > 20
