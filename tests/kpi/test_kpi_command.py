# ruff: noqa: E501
"""tracker kpi and emv: published examples, and nothing made up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from spring import done, programme, said
from support import Run

POSTS = """platform,handle,post_id,captured_at,published_at,caption,views,likes,comments,shares
instagram,@insta,p1,2026-02-03,2026-02-01,#spring,50000,5000,500,
tiktok,@tik,t1,2026-02-03,2026-02-01,#spring,100000,5000,200,100
"""
CARDS = """
[[source]]
name = "studio"
kind = "csv"
path = "inbox/*.csv"

[[rate_card]]
name = "later"
dated = 2024-01-01
source = "Later, help page"
currency = "USD"
[rate_card.rates.instagram]
like = "0.30"
comment = "0.50"
view_1000 = "0.05"

[[rate_card]]
name = "octoly"
dated = 2024-01-01
source = "Octoly, help page"
currency = "USD"
[rate_card.rates.tiktok]
view_1000 = "6.89"
like = "0.09"
comment = "3.52"
share = "1.72"
"""


@pytest.fixture
def spring(workspace: Path, invoke: Run) -> Run:
    run = programme(workspace, invoke)
    with (workspace / "tracker.toml").open("a") as out:
        out.write(CARDS)
    (workspace / "more.csv").write_text(
        "id,name,platform,handle\nben,Ben Oakes,instagram,@insta\n"
        "ben,Ben Oakes,tiktok,@tik\n"
    )
    done(run, "ambassador", "import", workspace / "more.csv")
    (workspace / "inbox" / "posts.csv").write_text(POSTS)
    done(run, "ingest")
    return run


def kpis(run: Run, *words: object) -> dict[str, dict]:
    (row,) = said(run, "kpi", "c", *words)["rows"]
    return {one["name"]: one for one in row["kpis"]}


def test_cards_stand_side_by_side(spring: Run) -> None:
    """Later's published example, 1,752.50; Octoly's formula on one TikTok post."""
    found = {one["name"]: one for one in said(spring, "emv", "c")["cards"]}
    assert found["later"]["value"] == "1752.50"
    assert found["later"]["parts"]["like"] == "1500.00"
    assert found["octoly"]["value"] == "2015.00"
    assert found["later"]["excluded"][0]["platform"] == "tiktok"
    assert "later" in done(spring, "emv", "c", "--card", "later")
    assert spring("emv", "c", "--card", "latest").code == 4


def test_a_value_has_its_formula_inputs_and_coverage(spring: Run) -> None:
    found = kpis(spring, "cpv", "cpl")
    assert found["cpv"]["inputs"] == {"cost": 40, "views": 150000}
    assert found["cpv"]["value"] == pytest.approx(40 / 150000)
    assert found["cpv"]["basis"] == "paid + committed"
    assert found["cpv"]["coverage"] == {"known": 2, "unknown": 0}
    assert found["cpl"]["value"] is None
    assert found["cpl"]["reason"]


def test_what_is_unknown_stays_out_of_both_sides(spring: Run) -> None:
    """One post has no count of shares: its engagements are unknown, not 5,500."""
    found = kpis(spring, "er_views")["er_views"]
    assert found["value"] == pytest.approx(5.3)
    assert found["coverage"] == {"known": 1, "unknown": 1}


def test_rows_and_words(spring: Run) -> None:
    rows = said(spring, "kpi", "c", "cpv", "views_per_post", "--by", "platform")["rows"]
    assert {row["platform"] for row in rows} == {"instagram", "tiktok"}
    text = done(spring, "kpi", "c")
    assert "cost / views" in text
    assert "platform: tiktok" in done(spring, "kpi", "c", "--by", "platform")
    wrong = spring("kpi", "c", "cpvv")
    assert wrong.code == 4
    assert "cpv" in wrong.err


def test_money_of_a_card_is_text(workspace: Path, invoke: Run) -> None:
    """A float is no money; all problems of a card are told."""
    with (workspace / "tracker.toml").open("a") as out:
        out.write(CARDS.replace('"0.30"', "0.30").replace("2024-01-01", '"soon"', 1))
    found = invoke("emv", "c", "--json")
    assert found.code == 3
    assert "like" in found.err
    assert "dated" in found.err
    assert json.dumps(found.out) == '""'


#: What a TikTok post is worth by what vendors publish; Lefty: 10 impressions a like.
PUBLISHED = {
    "lefty": ({"like": "0.15"}, "750.00"),
    "duel": ({"view_1000": "10.80"}, "1080.00"),
    "cpm-15": ({"view_1000": "15"}, "1500.00"),
    "fair": (
        {"view_1000": "10", "like": "0.15", "comment": "0.15", "share": "0.15"},
        "1795.00",
    ),
    "octoly": (
        {"view_1000": "6.89", "like": "0.09", "comment": "3.52", "share": "1.72"},
        "2015.00",
    ),
}


def test_one_post_has_five_prices(spring: Run, workspace: Path) -> None:
    """750 to 2,015 dollars, each by its named card; none is added to another."""
    text = (workspace / "tracker.toml").read_text().partition("[[rate_card]]")[0]
    for name, (rates, _) in PUBLISHED.items():
        text += f'[[rate_card]]\nname = "{name}"\ndated = 2024-01-01\n'
        text += 'source = "a help page"\ncurrency = "USD"\n[rate_card.rates.tiktok]\n'
        text += "".join(f'{key} = "{rate}"\n' for key, rate in rates.items())
    (workspace / "tracker.toml").write_text(text)
    answer = said(spring, "emv", "c")
    assert set(answer) == {"campaign", "cards"}
    found = {one["name"]: one["value"] for one in answer["cards"]}
    assert found == {name: value for name, (_, value) in PUBLISHED.items()}
    assert {one["posts"] for one in answer["cards"]} == {1}


def test_one_post_by_reach_and_by_followers(spring: Run, workspace: Path) -> None:
    """Klear shows the same post at 15.28 % and at 3.11 %."""
    (workspace / "k.csv").write_text(
        "id,name,platform,handle,followers\nkim,Kim,instagram,kim,49132\n"
    )
    done(spring, "ambassador", "import", workspace / "k.csv", "--campaign", "c")
    (workspace / "inbox" / "k.csv").write_text(
        "platform,handle,post_id,captured_at,published_at,caption,likes,comments,shares,reach\n"
        "instagram,kim,k1,2026-02-03,2026-02-01,#spring,1400,100,28,10000\n"
    )
    done(spring, "ingest")
    names = ("er_reach", "er_followers")
    rows = said(spring, "kpi", "c", *names, "--by", "post")["rows"]
    (own,) = [row["kpis"] for row in rows if row["post_id"] == "k1"]
    assert [one["text"] for one in own] == ["15.28%", "3.11%"]
    assert own[1]["inputs"] == {"engagements": 1528, "followers": 49132}
