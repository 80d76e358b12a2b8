"""The window of attribution: links that were last clicked too long before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spring import PLAN, done, programme, said
from support import Run

from tracker.app import open_tracker
from tracker.checks.attribution import in_window
from tracker.model import DAY, DAY_MARK
from tracker.store import clicks
from tracker.store.clicks import Click

#: 1 March 2026, noon UTC.
AT = 1_772_366_400_000
FILE = """id,kind,at,campaign,ambassador,code,link,value
both,sale,2026-03-01T12:00:00Z,c,,,anna-link|bens-link,10.00
one,sale,2026-03-01T12:00:00Z,c,,,bens-link,10.00
day,sale,2026-03-01,c,,,anna-link|bens-link,10.00
code,sale,2026-03-01T12:00:00Z,c,,BEN,bens-link,10.00
named,sale,2026-03-01T12:00:00Z,c,ben,,bens-link,10.00
"""


@pytest.fixture
def spring(each_workspace: Path, invoke: Run) -> Run:
    run = programme(each_workspace, invoke)
    (each_workspace / "o.csv").write_text(FILE)
    done(run, "outcome", "import", each_workspace / "o.csv")
    return run


def plan(run: Run, home: Path, window: str) -> None:
    said_ = f'["code", "last_click"]\nwindow = "{window}"'
    (home / "plan.toml").write_text(PLAN.replace('["code", "split"]', said_))
    done(run, "campaign", "apply", home / "plan.toml")


def clicked(home: Path, code: str, *instants: int, sort: str = "unique") -> None:
    database = open_tracker(home).database
    with database.reading() as link:
        number = link.value("SELECT id FROM link WHERE code = ?", (code,))
    rule = "agent" if sort == "bot" else None
    made = [Click(number, at, sort, rule, "Chrome", None) for at in instants]
    clicks.put(database, made, [])


def listed(run: Run) -> dict[str, dict]:
    return {one["id"]: one for one in said(run, "outcome", "list", "c")["outcomes"]}


def who(one: dict) -> list[str]:
    return [share["ambassador"] for share in one["shares"]]


def test_a_link_that_was_last_clicked_too_long_before_names_nobody(
    spring: Run, each_workspace: Path
) -> None:
    plan(spring, each_workspace, "7d")
    clicked(each_workspace, "anna-link", AT - 2 * DAY)
    clicked(each_workspace, "bens-link", AT - 7 * DAY - 1, AT + 1)
    clicked(each_workspace, "bens-link", AT - DAY, sort="bot")
    found = listed(spring)
    assert who(found["both"]) == ["anna"]
    assert found["both"]["outside_window"] == ["bens-link"]
    assert found["both"]["candidates"] == [{"ambassador": "anna", "by": "link"}]
    assert not found["both"]["conflict"]
    assert (found["one"]["rule"], who(found["one"])) == ("none", [])
    # a promo code and a name have no window; a day has some room
    assert (found["code"]["rule"], who(found["code"])) == ("code", ["ben"])
    assert found["code"]["candidates"] == [{"ambassador": "ben", "by": "code"}]
    assert who(found["named"]) == ["ben"]
    assert who(found["day"]) == ["ben"]
    assert "bens-link outside the window" in done(spring, "outcome", "list", "c")
    paid = json.loads(done(spring, "cost", "statement", "c", "--format", "json"))
    owed = {line["ref"]: line["ambassador"] for line in paid}
    assert owed == {"both": "anna", "code": "ben", "named": "ben", "day": "ben"}


def test_a_repeat_within_it_keeps_a_link(spring: Run, each_workspace: Path) -> None:
    """At the very edge of the window too; and a longer window lets it in again."""
    plan(spring, each_workspace, "7d")
    clicked(each_workspace, "bens-link", AT - 9 * DAY)
    assert listed(spring)["one"]["rule"] == "none"
    plan(spring, each_workspace, "9d")
    assert who(listed(spring)["one"]) == ["ben"]
    plan(spring, each_workspace, "7d")
    clicked(each_workspace, "bens-link", AT - 7 * DAY, sort="duplicate")
    assert who(listed(spring)["both"]) == ["ben"]


def test_a_link_without_a_known_click_stands(spring: Run, each_workspace: Path) -> None:
    """Unknown is not never; nor is a click that came later."""
    plan(spring, each_workspace, "1s")
    assert who(listed(spring)["both"]) == ["ben"]
    clicked(each_workspace, "bens-link", AT + 1)
    assert who(listed(spring)["both"]) == ["ben"]


instants = st.lists(st.integers(0, 400 * DAY), max_size=8).map(sorted)


@given(instants, st.integers(0, 400 * DAY), st.integers(1000, 100 * DAY))
def test_a_link_is_out_only_when_its_clicks_say_so(
    clicks_: list[int], at: int, window: int
) -> None:
    before = [click for click in clicks_ if click <= at]
    inside = not before or at - before[-1] <= window
    if at % DAY != DAY_MARK:
        assert in_window(clicks_, at, window) == inside
    assert in_window(clicks_, at, None)
    # a longer window never shuts out what a shorter one lets in
    assert in_window(clicks_, at, 2 * window) >= in_window(clicks_, at, window)
