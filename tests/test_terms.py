"""Figures that may not be blended stand by themselves, and every sum says so."""

from __future__ import annotations

import csv
import json

import pytest

from tracker.sources import registry
from tracker.sources.base import Kind

PEOPLE = """\
id,name,platform,handle
ada,Ada,youtube,ada
ada,Ada,x,ada
ben,Ben,youtube,ben
"""
PLAN = """\
[campaign]
id = "spring"
name = "Spring"
timezone = "UTC"
currency = "EUR"
language = "en"
start = 2026-03-01
end = 2026-04-30
"""
ROWS = """\
platform,handle,post_id,published_at,captured_at,views,likes
youtube,ada,a1,2026-03-02,2026-03-03,100,10
youtube,ada,a1,2026-03-02,2026-03-04,150,12
x,ada,a2,2026-03-03,2026-03-04,7,1
youtube,ben,b1,2026-03-03,2026-03-05,1000,
"""


@pytest.fixture
def collected(workspace, invoke, tmp_path, monkeypatch):
    """Posts of two platforms, and a source of YouTube that chose no terms."""
    monkeypatch.setitem(registry.KINDS, "asked", Kind("asked", "asked:factory", "test"))
    for name, text in (("people", PEOPLE), ("rows", ROWS)):
        (tmp_path / f"{name}.csv").write_text(text)
    (tmp_path / "plan.toml").write_text(PLAN)
    invoke("campaign", "apply", tmp_path / "plan.toml")
    invoke("ambassador", "import", tmp_path / "people.csv", "--campaign", "spring")
    assert invoke("ingest", "--file", tmp_path / "rows.csv").code == 0

    def block(more=""):
        (workspace / "tracker.toml").write_text(
            'timezone = "UTC"\n[[source]]\nname = "yt"\nkind = "asked"\n'
            f'base_url = "http://127.0.0.1:9"\n{more}\n'
        )

    block()
    return block


def totals(invoke, *args):
    return json.loads(invoke("totals", "spring", "--json", *args).out)


def test_a_sum_over_platforms_is_without_it_and_says_so(collected, invoke):
    found = totals(invoke)
    [row] = found["rows"]
    assert (row["posts"], row["views"]["value"], row["views"]["known"]) == (1, 7, 1)
    assert found["left_out"] == [
        {
            "platform": "youtube",
            "reason": "the terms of source yt do not allow its figures in sums over"
            " several platforms",
        }
    ]
    said = invoke("totals", "spring")
    assert "youtube is left out: the terms of source yt" in said.out + said.err


@pytest.mark.parametrize("when", [(), ("--as-of", "2099-01-01"), ("--until", "2099")])
def test_days_are_without_it_in_replays_too(collected, invoke, when):
    if when == ("--until", "2099"):
        when = ("--until", "2099-01-01")
    found = totals(invoke, "--by", "day", *when)
    assert [(row["day"], row["views"]["value"]) for row in found["rows"]] == [
        ("2026-03-04", 7)
    ]
    assert [left["platform"] for left in found["left_out"]] == ["youtube"]
    [whole] = totals(invoke, *when)["rows"]
    assert (whole["views"]["value"], whole["views"]["oldest"]) == (7, "2026-03-04")


def test_by_itself_it_is_shown(collected, invoke):
    """By platform, by post, and for whom is on no other platform."""
    by = totals(invoke, "--by", "platform")
    assert [(row["platform"], row["views"]["value"]) for row in by["rows"]] == [
        ("x", 7),
        ("youtube", 1150),
    ]
    assert by["left_out"] == []
    posts = totals(invoke, "--by", "post")
    assert [row["views"]["value"] for row in posts["rows"]] == [7, 150, 1000]
    people = totals(invoke, "--by", "ambassador")
    assert [(row["ambassador"], row["views"]["value"]) for row in people["rows"]] == [
        ("ada", 7),
        ("ben", 1000),
    ]
    assert [left["platform"] for left in people["left_out"]] == ["youtube"]


def test_accepted_terms_change_every_sum_at_once(collected, invoke):
    collected('terms = "accepted"')
    found = totals(invoke)
    assert found["rows"][0]["views"]["value"] == 1157
    assert found["left_out"] == []


def test_alone_in_a_campaign_it_is_no_sum_over_platforms(collected, invoke):
    collected('platform = "x"')
    assert totals(invoke)["rows"][0]["views"]["value"] == 1150
    collected('platform = "instagram"')
    assert totals(invoke)["left_out"] == []


def test_what_explains_a_sum_leaves_it_out_as_well(collected, invoke):
    def explained(*args):
        return json.loads(invoke("explain", "spring", "views", "--json", *args).out)

    assert explained()["value"] == 7
    assert explained()["left_out"][0]["platform"] == "youtube"
    assert explained("--platform", "youtube")["value"] == 1150
    assert explained("--ambassador", "ben")["value"] == 1000


def test_pages_show_the_same_and_say_what_is_missing(collected, invoke, workspace):
    assert invoke("report").code == 0
    site = workspace / "site" / "spring"
    page = (site / "index.html").read_text()
    assert "Its terms do not allow its figures in sums over several platforms" in page
    with (site / "data" / "days.csv").open() as file:
        last = list(csv.DictReader(file))[-1]
    assert (last["posts"], last["views"], last["views_unknown"]) == ("3", "7", "0")
    with (site / "data" / "ambassadors.csv").open() as file:
        people = {row["ambassador"]: row["views"] for row in csv.DictReader(file)}
    assert people == {"ada": "7", "ben": "1000"}
    with (site / "data" / "platforms.csv").open() as file:
        parts = {row["platform"]: row["views"] for row in csv.DictReader(file)}
    assert parts == {"x": "7", "youtube": "1150"}
    assert 'class="state bad"' not in (site / "quality.html").read_text()
    before = page
    collected('terms = "accepted"')
    invoke("report")
    after = (site / "index.html").read_text()
    assert before != after
    assert "Its terms do not allow" not in after
