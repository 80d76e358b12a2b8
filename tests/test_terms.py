"""Figures that may not be blended stand by themselves, and every sum says so."""

from __future__ import annotations

import csv
import json

import asked
import pytest

from tracker import app
from tracker.sources import registry
from tracker.sources.base import Kind
from tracker.store.totals import Reckoner
from tracker.store.verify import repair, verify

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


# -- what may be kept for some days only ---------------------------------------------

DAY = 86_400_000
NOON = 1_775_044_800_000  # 2026-04-01T12:00:00Z


@pytest.fixture
def kept(each_workspace, monkeypatch):
    """A source of YouTube that has read one post on three days, and a file that
    tells of this post and of another one; on both databases."""
    monkeypatch.setitem(registry.KINDS, "asked", Kind("asked", "asked:factory", "test"))
    (each_workspace / "inbox" / "a.csv").write_text(
        "platform,post_id,views,captured_at\n"
        "youtube,first,5,2026-03-25T00:00:00Z\nx,other,3,2026-01-01T00:00:00Z\n"
    )

    def made(more):
        with (each_workspace / "tracker.toml").open("a") as file:
            file.write(
                '[[source]]\nname = "yt"\nkind = "asked"\n'
                f'base_url = "{platform.url}"\n{more}\n'
            )
        tracker = app.open_tracker(each_workspace)
        for n in range(3):
            platform.views = {"first": 10 * (n + 1)}
            app.ingest_source(tracker, "yt", now=NOON + n * DAY, force=True)
        file = each_workspace / "inbox" / "a.csv"
        app.ingest_file(tracker, "csv", file, {}, now=NOON)
        return tracker

    with asked.Platform() as platform:
        yield made


def readings(tracker):
    with tracker.database.reading() as link:
        return link.all(
            "SELECT p.external_id, r.views FROM reading r JOIN post p"
            " ON p.id = r.post_id ORDER BY p.platform, r.captured_at"
        )


def test_nothing_is_deleted_that_the_block_does_not_say(kept):
    tracker = kept("")
    [block] = tracker.settings.sources
    assert app.expire(tracker, block, NOON + 1000 * DAY) == 0
    assert len(readings(tracker)) == 5


def test_where_it_says_so_old_readings_go_and_sums_follow(kept):
    """Of that source alone, as if they had never been read; once a day."""
    tracker = kept('retention = "30d"')
    [block] = tracker.settings.sources
    assert app.expire(tracker, block, NOON + 31 * DAY + 1) == 2
    left = [("other", 3), ("first", 5), ("first", 30)]
    assert readings(tracker) == left
    assert verify(tracker.database, tracker.zone) == []
    assert app.expire(tracker, block, NOON + 31 * DAY + 2) == 0
    assert app.expire(tracker, block, NOON + 33 * DAY) == 1
    assert readings(tracker) == left[:2]
    assert verify(tracker.database, tracker.zone) == []
    [row] = Reckoner(tracker.database, tracker.zone).totals().rows
    assert (row.posts, row.metrics["views"].value) == (2, 8)


def test_a_post_of_which_nothing_is_left_is_in_no_sum(kept, each_workspace):
    tracker = kept('retention = "30d"')
    with tracker.database.writing() as link:
        link.run("DELETE FROM reading WHERE views = 5")
    repair(tracker.database, tracker.zone)
    [block] = tracker.settings.sources
    assert app.expire(tracker, block, NOON + 40 * DAY) == 3
    assert readings(tracker) == [("other", 3)]
    assert verify(tracker.database, tracker.zone) == []
    [row] = Reckoner(tracker.database, tracker.zone).totals().rows
    assert (row.posts, row.metrics["views"].value) == (1, 3)
