"""KPIs of a real workspace: what goes in, what stays out, and where it comes from."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from spring import done, said
from support import Run

from tracker.app import open_tracker
from tracker.store import audience


def kpis(run: Run, *words: object) -> dict[str, dict[str, Any]]:
    (row,) = said(run, "kpi", "c", *words)["rows"]
    return {one["name"]: one for one in row["kpis"]}


def by(run: Run, cut: str, *words: object) -> dict[Any, dict[str, dict[str, Any]]]:
    rows = said(run, "kpi", "c", *words, "--by", cut)["rows"]
    key = "post_id" if cut == "post" else cut
    return {row[key]: {one["name"]: one for one in row["kpis"]} for row in rows}


# -- posts --------------------------------------------------------------------------


def test_engagements_are_each_platforms_own(home: Path, invoke: Run) -> None:
    """YouTube without shares, X without comments; unknown when one part is."""
    found = kpis(invoke, "er_views", "er_views_mean", "er_reach", "er_impressions")
    assert found["er_views"]["inputs"] == {"engagements": 130, "views": 1800}
    assert found["er_views"]["coverage"] == {"known": 2, "unknown": 1}
    assert found["er_views"]["value"] == pytest.approx(130 / 18)
    assert found["er_views_mean"]["value"] == pytest.approx((5 + 10) / 2)
    assert found["er_reach"]["value"] == 16
    assert found["er_impressions"]["value"] == 10
    assert found["er_reach"]["class"] == "measured"


def test_followers_are_those_of_the_posts_day(home: Path, invoke: Run) -> None:
    """The last known on or before it, else the first after it, else the file's."""
    tell_followers(home, [("2026-01-09", 50), ("2026-01-10", 100), ("2026-01-12", 999)])
    found = kpis(invoke, "er_followers", "love_rate", "talk_rate")
    # y1: 100; i1: 700 of the file; x1: 900 of the file
    assert found["er_followers"]["inputs"] == {"engagements": 130, "followers": 800}
    assert found["love_rate"]["inputs"] == {"likes": 108, "followers": 1700}
    assert found["talk_rate"]["coverage"] == {"known": 3, "unknown": 0}


def test_followers_of_a_later_day_are_better_than_none(home: Path, invoke: Run) -> None:
    tell_followers(home, [("2026-01-12", 999), ("2026-02-12", 2000)])
    assert by(invoke, "post", "love_rate")["y1"]["love_rate"]["inputs"] == {
        "likes": 40,
        "followers": 999,
    }
    early = by(invoke, "post", "love_rate", "--until", "2026-01-11T12:00Z")
    assert early["y1"]["love_rate"]["value"] is None


def test_an_unknown_account_has_unknown_followers(home: Path, invoke: Run) -> None:
    found = by(invoke, "post", "er_followers")["y1"]["er_followers"]
    assert found["value"] is None
    assert found["reason"] == "followers are not known"
    assert found["coverage"] == {"known": 0, "unknown": 1}


def tell_followers(home: Path, days: list[tuple[str, int]]) -> None:
    tracker = open_tracker(home)
    rows = pl.DataFrame(
        [(n, "youtube", "@Ada", "followers", *day) for n, day in enumerate(days, 1)],
        schema=["line", "platform", "handle", "metric", "day", "value"],
        orient="row",
    )
    with tracker.database.writing() as link:
        audience.keep(link, 1, 1, rows)


# -- money and results --------------------------------------------------------------


def test_costs_are_paid_and_committed_in_the_campaigns_currency(
    home: Path, invoke: Run
) -> None:
    found = kpis(invoke, "cpv", "cpp", "cpc", "benchmark_cost_share")
    assert found["cpv"]["inputs"] == {"cost": 120.5, "views": 2000}
    assert found["cpv"]["unit"] == "EUR"
    assert found["cpv"]["text"] == "€0.060"
    assert found["cpv"]["basis"] == "paid + committed"
    assert found["cpv"]["notes"] == ["1 costs in other currencies are left out"]
    assert found["cpp"]["value"] == pytest.approx(120.5 / 3)
    assert (found["cpc"]["inputs"]["clicks"], found["cpc"]["basis"]) == (20, "clicks")
    assert found["cpc"]["coverage"] == {"known": 2, "unknown": 1}
    assert found["benchmark_cost_share"]["value"] == 10


def test_results_count_what_counts(home: Path, invoke: Run) -> None:
    found = kpis(invoke)
    assert found["cpl"]["inputs"] == {"cost": 120.5, "leads": 10}
    assert found["cpl_new"]["inputs"]["new_leads"] == 6
    assert found["conquest_rate"]["value"] == 75
    assert found["conquest_rate"]["coverage"] == {"known": 8, "unknown": 2}
    assert found["cpa"]["inputs"]["sales"] == 3
    assert found["cac"]["inputs"]["new_customers"] == 1
    assert found["revenue_roi"]["value"] == 2.5
    assert found["roi"]["value"] == 1.5
    assert found["roas"]["inputs"] == {"revenue": 301.25, "commissions": 30.13}
    assert "1 sales without a value are left out" in found["roi"]["notes"]
    assert found["lead_to_sale"]["value"] == 30
    assert found["leads_per_1000_views"]["value"] == 5
    assert found["reservations_per_lead"]["value"] is None
    assert found["reservations_per_lead"]["reason"] == "no reservation is known"


def test_clicks_of_links_come_first(home: Path, invoke: Run) -> None:
    words = ("--code", "abcd", "--campaign", "c", "--ambassador", "ada")
    done(invoke, "link", "add", "https://shop.example/", *words)
    assert kpis(invoke, "cpc")["cpc"]["basis"] == "clicks"
    tracker = open_tracker(home)
    with tracker.database.writing() as link:
        link.run(
            "INSERT INTO click (link_id, at, sort) VALUES"
            " (1, 1770000000000, 'unique'), (1, 1770000000000, 'bot')"
        )
    found = kpis(invoke, "cpc")["cpc"]
    assert (found["inputs"]["link_clicks"], found["basis"]) == (1, "link_clicks")
    people = by(invoke, "ambassador", "click_to_lead")
    assert people["ada"]["click_to_lead"]["value"] == 600
    assert people["ben"]["click_to_lead"]["value"] is None
    assert by(invoke, "platform", "cpc")["x"]["cpc"]["value"] is None
    shown = explained(invoke, "cpc", "--rows")["inputs"][1]["rows"]
    assert shown == [
        {"code": "abcd", "ambassador": "ada", "mission": None, "clicks": 1}
    ]


# -- people, missions, voices ----------------------------------------------------------


def test_the_programme(home: Path, invoke: Run) -> None:
    found = kpis(invoke)
    assert found["activation"]["value"] == pytest.approx(200 / 3)
    assert found["selection_rate"]["inputs"] == {"enrolled": 3, "applicants": 80}
    assert found["selection_rate"]["basis"] == "plan"
    assert found["completion"]["inputs"] == {"delivered": 3, "assigned": 6}
    assert found["on_time"]["value"] == 50
    assert found["posts_per_ambassador"]["value"] == 1
    assert found["views_per_post"]["value"] == pytest.approx(2000 / 3)
    assert found["feedback_closure"]["value"] == 50
    # of one: Ada, in January and in February
    assert found["retention"]["inputs"] == {"stayed": 1, "active_before": 1}
    assert found["share_of_voice"]["inputs"] == {"views": 2000, "competitors": 2000}
    assert (found["share_of_voice"]["value"], found["share_of_voice"]["basis"]) == (
        50,
        "views",
    )
    assert found["awareness_lift"]["value"] == 50
    assert found["awareness_lift_points"]["value"] == 10
    assert found["coverage"]["value"] == 100


def test_who_has_no_post_has_no_views(home: Path, invoke: Run) -> None:
    """Ada 1,800, Ben 200, Cid none: three people, and the top tenth is one."""
    found = kpis(invoke, "gini", "concentration_top10")
    assert found["gini"]["inputs"]["ambassadors"] == 3
    assert found["gini"]["value"] == pytest.approx(0.6)
    assert found["concentration_top10"]["value"] == 90


def test_nothing_is_known_of_an_empty_campaign(workspace: Path, invoke: Run) -> None:
    """Every value is null, and says why; none is zero, and nothing fails."""
    (workspace / "plan.toml").write_text('[campaign]\nid = "c"\n[budget]\namount = 9\n')
    done(invoke, "campaign", "apply", workspace / "plan.toml")
    found = kpis(invoke)
    assert len(found) == 52
    assert {one["value"] for one in found.values()} == {None}
    assert all(one["reason"] and one["text"] is None for one in found.values())
    for cut in ("ambassador", "platform", "mission", "post"):
        assert said(invoke, "kpi", "c", "--by", cut)["rows"] == []
    assert found["cpv"]["reason"] == "no cost is known"


def test_speed(home: Path, invoke: Run) -> None:
    """A week before 2 March: y1 had 1,000 views, i1 500; x1 began within it."""
    found = kpis(invoke, "velocity", "time_to_90")
    assert found["velocity"]["inputs"] == {"gained": 0 + 300 + 200}
    assert found["velocity"]["value"] == pytest.approx(500 / 7)
    # y1: 900 of 1,000 on its fifth day; the others have too few readings
    assert found["time_to_90"]["value"] == 5
    assert found["time_to_90"]["coverage"] == {"known": 1, "unknown": 2}


# -- rows, instants, terms -----------------------------------------------------------


def test_rows_of_people_missions_platforms_and_posts(home: Path, invoke: Run) -> None:
    people = by(invoke, "ambassador")
    assert set(people) == {"ada", "ben", "cid"}
    assert people["ada"]["cpl"]["inputs"] == {"cost": 20.5, "leads": 6}
    assert people["ben"]["cpl"]["reason"] == "no cost of this ambassador is known"
    assert people["ada"]["completion"]["value"] == 100
    assert people["cid"]["views_per_post"]["value"] is None
    missions = by(invoke, "mission")
    assert missions["one"]["er_views"]["value"] == 5
    assert missions["two"]["cpv"]["inputs"] == {"cost": 20.5, "views": 1000}
    assert missions["two"]["completion"]["inputs"] == {"delivered": 2, "assigned": 3}
    platforms = by(invoke, "platform")
    assert platforms["x"]["views_per_post"]["value"] == 200
    assert platforms["x"]["activation"]["value"] == pytest.approx(100 / 3)
    posts = by(invoke, "post")
    assert posts["i1"]["er_views"]["value"] == 10
    assert "cpv" not in posts["i1"]
    told = by(invoke, "post", "cpv")["i1"]["cpv"]
    assert (told["value"], told["reason"]) == (
        None,
        "costs, in the campaign's currency: not known by post",
    )


def test_until_an_instant(home: Path, invoke: Run) -> None:
    """Readings, costs, outcomes and surveys of later are not there."""
    found = kpis(invoke, "--until", "2026-01-31T12:00Z")
    assert found["cpv"]["inputs"] == {"cost": 100, "views": 900}
    assert found["cpl"]["reason"] == "no lead is known"
    assert found["awareness_lift"]["value"] is None
    assert found["share_of_voice"]["inputs"]["competitors"] == 400
    assert found["velocity"]["inputs"] == {"gained": 900}
    assert found["freshness"]["value"] == pytest.approx(16 * 24, abs=0.01)
    early = kpis(invoke, "cpp", "--until", "2025-12-31")["cpp"]
    assert early["value"] is None


def test_as_it_was_known(home: Path, invoke: Run) -> None:
    """What was recorded later is not in it; time_to_90 replays too."""
    names = ("cpv", "time_to_90", "velocity")
    before = kpis(invoke, *names)
    time.sleep(0.02)
    then = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime())}.{int(time.time() * 1000) % 1000:03d}Z"  # noqa: E501
    time.sleep(0.02)
    (home / "more.csv").write_text(
        "platform,post_id,captured_at,views\nyoutube,y1,2026-03-03,5000\n"
    )
    done(invoke, "ingest", "--file", home / "more.csv")
    assert kpis(invoke, "cpv")["cpv"]["inputs"]["views"] == 6000
    again = kpis(invoke, *names, "--as-of", then)
    for name in names:
        assert again[name]["value"] == pytest.approx(before[name]["value"]), name


def test_what_may_not_be_blended_is_left_out_and_named(
    home: Path, invoke: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tracker.sources import registry
    from tracker.sources.base import Kind

    monkeypatch.setitem(registry.KINDS, "asked", Kind("asked", "asked:factory", "test"))
    with (home / "tracker.toml").open("a") as out:
        out.write('[[source]]\nname = "yt"\nkind = "asked"\nbase_url = "http://h:9"\n')
        out.write(
            '[[rate_card]]\nname = "r"\ndated = 2024-01-01\nsource = "s"\n'
            'currency = "EUR"\n[rate_card.rates.youtube]\nview = 1\n'
            "[rate_card.rates.x]\nview = 1\n"
        )
    whole = said(invoke, "kpi", "c", "cpv", "--until", "2026-12-01")
    assert whole["rows"][0]["kpis"][0]["inputs"]["views"] == 1000
    assert [one["platform"] for one in whole["left_out"]] == ["youtube"]
    assert by(invoke, "platform", "er_views")["youtube"]["er_views"]["value"] == 5
    assert by(invoke, "ambassador", "er_views")["ada"]["er_views"]["value"] == 10
    (card,) = said(invoke, "emv", "c")["cards"]
    assert (card["value"], card["posts"]) == ("200.00", 1)
    reasons = {one["post_id"]: one["reason"] for one in card["excluded"]}
    assert reasons["i1"] == "the card has no rates for instagram"
    assert "do not allow" in reasons["y1"]
    assert explained(invoke, "cpv")["left_out"] == whole["left_out"]
    assert "youtube is left out" in done(invoke, "explain", "c", "cpv")


# -- indicators -----------------------------------------------------------------------


def test_indicators(home: Path, invoke: Run) -> None:
    found = {one["id"]: one for one in said(invoke, "kpi", "c", "cpv")["indicators"]}
    assert (found["views"]["value"], found["views"]["attained"]) == (2000, 2)
    assert found["views"]["verdict"] == "behind"
    assert found["price"]["value"] == pytest.approx(0.06025)
    # less is better: a sixth of what was planned for
    assert found["price"]["attained"] == pytest.approx(100 / 6.025)
    assert found["known"]["value"] == 30
    assert (found["leads"]["value"], found["leads"]["attained"]) == (10, 50)
    assert found["shop"]["value"] == 3
    assert found["accounts"]["value"] is None
    assert found["accounts"]["projected"] == {"value": None, "low": None, "high": None}


def test_a_total_read_every_day_is_projected(home: Path, invoke: Run) -> None:
    """28 days at 10 a day from 3 March; the end is the last of December."""
    days = [f"2026-03-{day:02d}" for day in range(3, 31)]
    rows = [f"x,ben,x1,{day},{200 + 10 * n}" for n, day in enumerate(days, 1)]
    (home / "daily.csv").write_text(
        "platform,handle,post_id,captured_at,views\n" + "\n".join(rows)
    )
    done(invoke, "ingest", "--file", home / "daily.csv")
    found = said(invoke, "kpi", "c", "cpv")["indicators"][0]
    assert found["value"] == 2280
    assert found["pace"] == 10
    left = 276  # days from 30 March to 31 December
    whole = 2280 + 10 * left
    assert found["projected"] == {"value": whole, "low": whole, "high": whole}


# -- explained ------------------------------------------------------------------------


def explained(run: Run, *words: object) -> dict[str, Any]:
    found: dict[str, Any] = said(run, "explain", "c", *words)
    return found


def test_every_kpi_can_be_followed_to_its_rows(home: Path, invoke: Run) -> None:
    """The same value and inputs as `kpi`; each known input has rows and commands."""
    for name, one in kpis(invoke).items():
        found = explained(invoke, name, "--rows", "--limit", "0")
        assert found["value"] == pytest.approx(one["value"]) or name == "freshness"
        shown = {k: v for part in found["inputs"] for k, v in part["values"].items()}
        assert shown == one["inputs"]
        assert found["formula"] == one["formula"]
        for part in found["inputs"]:
            values = [v for v in part["values"].values() if v is not None]
            assert part["from"] and part["commands"] and part["left_off"] == 0
            assert bool(part["rows"]) == bool(any(values)), (name, part)


@pytest.mark.parametrize(
    ("name", "at", "column", "total"),
    [
        ("cpv", 0, "amount", 120.5),
        ("cpv", 1, "views", 2000),
        ("er_views", 0, "engagements", 130),
        ("cpl", 1, "quantity", 10),
        ("cpl_new", 1, "quantity", 6),
        ("roi", 0, "value", 301.25),
        ("roas", 1, "amount", 30.13),
        ("gini", 0, "views", 2000),
        ("velocity", 0, "gained", 500),
        ("retention", 0, "next_too", 1),
    ],
)
def test_rows_add_up_to_the_input(
    home: Path, invoke: Run, name: str, at: int, column: str, total: float
) -> None:
    part = explained(invoke, name, "--rows")["inputs"][at]
    assert sum(float(row[column] or 0) for row in part["rows"]) == pytest.approx(total)


def test_a_part_of_a_campaign_is_explained(home: Path, invoke: Run) -> None:
    ada = explained(invoke, "cpl", "--ambassador", "ada", "--rows")
    assert (ada["ambassador"], ada["value"]) == ("ada", pytest.approx(20.5 / 6))
    assert [row["id"] for row in ada["inputs"][0]["rows"]] == ["fee"]
    assert [row["id"] for row in ada["inputs"][1]["rows"]] == ["l1"]
    post = explained(invoke, "er_views", "--post", "i1", "--rows")
    assert post["value"] == 10
    assert [row["post_id"] for row in post["inputs"][0]["rows"]] == ["i1"]
    mission = explained(invoke, "completion", "--mission", "two", "--rows")
    assert len(mission["inputs"][1]["rows"]) == 3
    assert explained(invoke, "er_views", "--platform", "yt")["value"] == 5
    assert explained(invoke, "cpp", "--ambassador", "cid")["value"] is None


def test_explain_in_words(home: Path, invoke: Run) -> None:
    text = done(invoke, "explain", "c", "cpv", "--rows", "--limit", "1")
    assert "cpv of c: €0.060 = cost / views" in text
    assert "tracker cost list c" in text
    assert "Source of the formula: [Ylytic]" in text
    assert "1 more; --limit 0 shows all." in text
    gone = done(invoke, "explain", "c", "reservations_per_lead")
    assert "not known: no reservation is known" in gone
    wrong = invoke("explain", "c", "cpvv")
    assert (wrong.code, "cpv" in wrong.err) == (4, True)
    assert invoke("explain", "-", "cpv").code == 2
    assert invoke("explain", "c", "views", "--rows").code == 2
    assert invoke("explain", "c", "cpv", "--post", "a", "--platform", "x").code == 2
    assert invoke("explain", "c", "cpv", "--ambassador", "adda").code == 4
    assert (
        json.loads(invoke("explain", "c", "views", "--json").out)["metric"] == "views"
    )


def test_claims_stand_for_results_only_when_used(workspace: Path, invoke: Run) -> None:
    claim = '[[claim]]\nmetric = "leads"\nvalue = 50\nsource = "press"\nused = {}\n'
    plan = workspace / "plan.toml"
    cost = '[[cost]]\nid = "a"\ndate = 2026-01-01\nkind = "fee"\namount = 100\n'
    for used in ("false", "true"):
        plan.write_text('[campaign]\nid = "c"\n' + cost + claim.format(used))
        done(invoke, "campaign", "apply", plan)
        found = kpis(invoke, "cpl")["cpl"]
        if used == "false":
            assert found["value"] is None
    assert (found["value"], found["basis"]) == (2, "planned")
    assert found["class"] == "reported"
    assert found["notes"] == ["no lead is known: 50 are claimed by press"]
