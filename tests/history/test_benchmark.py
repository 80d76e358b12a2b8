"""What is usual, worked out by hand, on every engine and with half of it archived."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import spring
import twocampaigns
from support import Run

from tracker.store.engines import duckdb
from tracker.store.engines import own as own_engine

FEW = "fewer than 5 posts have a reading near this age"


def curve(found: dict[str, Any], platform: str, kind: str) -> dict[str, Any]:
    [one] = [
        c for c in found["curves"] if (c["platform"], c["class"]) == (platform, kind)
    ]
    return one


def at(one: dict[str, Any], age: int) -> dict[str, Any]:
    return next(point for point in one["points"] if point["age"] == age)


def usual(point: dict[str, Any]) -> tuple[Any, ...]:
    return point["low"], point["middle"], point["high"]


@pytest.fixture
def found(two_campaigns: Run) -> dict[str, Any]:
    return spring.said(two_campaigns, "benchmark", "two")


def test_quartiles_of_the_others_at_each_age(found: dict[str, Any]) -> None:
    one = curve(found, "youtube", "micro")
    assert (one["posts"], one["ambassadors"], one["own_posts"]) == (6, 6, 2)
    assert usual(at(one, 1)) == (22.5, 35, 47.5)
    assert usual(at(one, 7)) == (225, 350, 475)
    assert at(one, 7)["coverage"] == {"known": 6, "unknown": 0, "young": 0}


def test_no_number_is_made_between_two_readings(found: dict[str, Any]) -> None:
    one = at(curve(found, "youtube", "micro"), 14)
    assert usual(one) == (None, None, None)
    assert one["reason"] == FEW
    assert one["coverage"] == {"known": 0, "unknown": 6, "young": 0}


def test_where_a_campaign_lies(found: dict[str, Any]) -> None:
    one = curve(found, "youtube", "micro")
    # 250 of the earlier of two as near, 450 of the nearest that is known
    week = at(one, 7)
    assert (week["own"], week["own_known"], week["rank"]) == (350, 2, 50)
    day = at(one, 1)
    assert (day["own"], day["own_known"], day["rank"]) == (35, 1, 50)


def test_accounts_of_unknown_size_are_a_class_of_their_own(
    found: dict[str, Any],
) -> None:
    one = curve(found, "x", "unknown")
    assert (one["posts"], one["own_posts"], one["few"]) == (0, 1, True)
    week = at(one, 7)
    assert (week["own"], week["rank"], week["reason"]) == (9, None, FEW)


def test_without_a_campaign_all_posts_are_usual(two_campaigns: Run) -> None:
    found = spring.said(two_campaigns, "benchmark")
    one = curve(found, "youtube", "micro")
    assert (one["posts"], one["own_posts"]) == (8, 0)
    week = at(one, 7)
    assert week["coverage"]["known"] == 8 and week["own"] is None
    # posts of June were not 30 days old at the newest reading
    assert at(one, 30)["coverage"] == {"known": 0, "unknown": 6, "young": 2}


def test_what_can_be_chosen(two_campaigns: Run) -> None:
    words = ("benchmark", "--metric", "likes", "--platform", "youtube")
    [one] = spring.said(two_campaigns, *words)["curves"]
    assert usual(at(one, 7)) == (1, 1, 1)
    [one] = spring.said(two_campaigns, "benchmark", "--class", "unknown")["curves"]
    assert one["platform"] == "x"
    found = spring.said(two_campaigns, "benchmark", "--metric", "saves")
    assert {p["reason"] for c in found["curves"] for p in c["points"]} == {FEW}
    assert two_campaigns("benchmark", "--class", "tiny").code == 2
    missing = two_campaigns("benchmark", "tow")
    assert missing.code == 4 and 'no "tow"' in missing.err
    other = two_campaigns("benchmark", "--engine", "postgresql")
    assert other.code == 3 and "ENGINE_OTHER" in other.err


def test_words_say_where_it_lies(two_campaigns: Run, invoke: Run) -> None:
    said = spring.done(two_campaigns, "benchmark", "two")
    assert (
        "youtube, micro: after 7 days the middle post of two has 350 views, more than"
        " 50 % of 6 posts of other campaigns." in said
    )
    assert "x, unknown: two has nothing to be compared with yet." in said
    assert "Zoe" not in said and "tube1" not in said and "p1" not in said
    assert "No post counts for a campaign yet." in spring.done(invoke, "benchmark")
    said = spring.done(two_campaigns, "benchmark")
    assert "too few people to show outside the team" in said


def test_engines_and_databases_agree_in_pieces_too(
    each_workspace: Path,
    invoke: Run,
    found: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    twocampaigns.begin(each_workspace, invoke)
    for engine in (own_engine, duckdb):
        monkeypatch.setattr(engine, "ROWS", 4)
    own = spring.said(invoke, "benchmark", "two")
    assert own["curves"] == found["curves"]
    duck = spring.said(invoke, "benchmark", "two", "--engine", "duckdb")
    assert (duck["engine"], duck["curves"]) == ("duckdb", found["curves"])


def test_what_is_archived_is_still_there(
    each_workspace: Path, invoke: Run, found: dict[str, Any]
) -> None:
    twocampaigns.begin(each_workspace, invoke)
    spring.done(invoke, "archive", "run", "--before", "2025-04")
    again = spring.said(invoke, "benchmark", "two")
    assert (again["engine"], again["curves"]) == ("duckdb", found["curves"])
