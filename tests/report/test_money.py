"""Money, results, surveys, disclosure and troubles: what pages are made of."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from reading import read
from support import Run

from tracker.app import Tracker, open_tracker
from tracker.disclosed import CACHE
from tracker.facts import CampaignFacts
from tracker.pagefacts import gathered
from tracker.publish import publish, source_facts
from tracker.report.funnel import funnel
from tracker.report.money import money
from tracker.report.receipts import receipts
from tracker.report.top import top_posts
from tracker.report.trouble import trouble
from tracker.report.unknowns import unknowns
from tracker.store import facts as store
from tracker.words import Words

PLAN = """
[campaign]
id = "spring"
name = "Spring"
timezone = "Europe/Paris"
currency = "EUR"
language = "{language}"
start = 2026-03-01
end = 2026-04-30
countries = ["US"]

[budget]
amount = 1000

[benchmark]
name = "posters"
cost = 9000

[[indicator]]
id = "views"
metric = "views"
target = 5000
baseline = 0

[[indicator]]
id = "sales"
metric = "sale"
target = 10

[[claim]]
metric = "sale"
value = 50
source = "a paper"
used = false

[[claim]]
metric = "views"
value = 900
as_of = 2026-03-05
source = "a paper"
used = false

[[commission]]
kind = "lead"
amount = "2.00"
"""
FILES = {
    "people.csv": """\
id,name,platform,handle,country
a1,Ada,youtube,ada,US
b1,Bea,youtube,bea,US
""",
    "posts.csv": """\
platform,handle,post_id,published_at,captured_at,caption,views,likes,clicks
youtube,ada,p1,2026-03-02,2026-03-03,Look at this,100,10,4
youtube,ada,p1,2026-03-02,2026-03-09,Look at this,700,30,20
youtube,ada,p1,2026-03-02,2026-03-20,Look at this,1000,50,40
youtube,bea,p2,2026-03-04,2026-03-20,Advertisement: a car,400,20,
youtube,bea,p3,2026-03-04,2026-03-20,,,5,
""",
    "outcomes.csv": """\
id,kind,at,ambassador,code,link,quantity,status
l1,lead,2026-03-10,a1,,,4,verified
l2,lead,2026-03-11,,SPRING1,spring-b1,1,claimed
l3,lead,2026-03-12,,,,3,claimed
""",
    "costs.csv": """\
id,date,kind,amount,currency,state,ambassador,mission
c1,2026-03-01,fee,300.00,EUR,paid,a1,
c2,2026-03-02,goods,100.00,EUR,committed,,
c3,2026-03-03,media,50.00,EUR,planned,,
c4,2026-03-03,hours,80.00,USD,paid,,
""",
    "surveys.csv": """\
question,wave,asked_from,asked_to,n,yes,share,source
awareness,March,2026-03-01,2026-03-02,1000,100,,ours
awareness,April,2026-04-01,2026-04-02,1000,200,,ours
awareness,printed,,2026-04-20,,,30,a paper
""",
}


def load(invoke: Run, home: Path, language: str = "en") -> None:
    """The programme, typed as a user would."""
    (home / "plan.toml").write_text(PLAN.format(language=language))
    for name, text in FILES.items():
        (home / name).write_text(text)
    steps: list[tuple[object, ...]] = [
        ("campaign", "apply", home / "plan.toml"),
        ("ambassador", "import", home / "people.csv", "--campaign", "spring"),
        ("ingest", "--file", home / "posts.csv", "--kind", "csv"),
        *(
            ("link", "add", *words, "--campaign", "spring")
            for words in (
                ("--code", "code-a1", "--promo", "SPRING1", "--ambassador", "a1"),
                (
                    *("https://example.org/", "--code", "spring-b1"),
                    *("--ambassador", "b1"),
                ),
            )
        ),
        ("outcome", "import", home / "outcomes.csv", "--campaign", "spring"),
        ("cost", "import", home / "costs.csv", "--campaign", "spring"),
        ("survey", "import", home / "surveys.csv", "--campaign", "spring"),
    ]
    for words in steps:
        done = invoke(*words)
        assert done.code == 0, f"{words}: {done.out}{done.err}"


def facts_of(tracker: Tracker) -> CampaignFacts:
    (found,) = store.read(tracker.database)
    sources = source_facts(tracker, 0)
    return gathered(tracker, replace(found, sources=sources), now=0)


@pytest.fixture
def tracker(invoke: Run, workspace: Path) -> Tracker:
    load(invoke, workspace)
    return open_tracker(workspace)


def test_steps_have_their_rates_and_what_nobody_measured_is_unknown(
    tracker: Tracker,
) -> None:
    found = funnel(facts_of(tracker))
    assert found is not None and found.sells
    steps = {step.name: step for step in found.steps}
    assert list(steps) == ["posts", "views", "clicks", "lead", "sale"]
    assert steps["views"].rate == 700  # 1,400 views of two posts with a value
    assert steps["clicks"].rate == 4  # 40 of 1,000: of the post where both are known
    assert steps["lead"].value == 8 and steps["lead"].traced == 5
    assert steps["lead"].conflicts == found.conflicts == 1
    assert steps["sale"].value is None and steps["sale"].classes == ("unknown",)
    assert [claim.value for claim in steps["sale"].others] == [50]
    assert found.lost == "lead"
    (torn,) = found.torn
    assert torn.given == ("Ada",) and dict(torn.candidates) == {
        "Ada": "code",
        "Bea": "link",
    }


def test_cost_figures_divide_what_was_spent_and_say_what_is_missing(
    tracker: Tracker,
) -> None:
    facts = facts_of(tracker)
    found = money(facts)
    assert found is not None and found.total is not None
    assert (found.spent, found.basis) == (400, "paid + committed")
    assert (found.total.planned, found.total.paid) == (50, 300)
    assert found.other == (("USD", 1),)
    rows = {row.name: row for row in found.rows}
    assert rows["cpl"].value == 50 and rows["cpl"].bench == Decimal(9000) / 8
    assert (rows["cpv"].known, rows["cpv"].unknown) == (2, 1)
    lacking = {row.name: row.lacking for row in found.unknown}
    assert lacking["cpa"] == "sales" and "cpl" not in lacking
    owed = {row.name: row for row in found.owed}
    assert owed["Ada"].paid == 300 and owed["Ada"].committed == 8
    assert [(code.promo, code.kinds) for code in found.codes] == [
        ("SPRING1", (("lead", Decimal(1)),))
    ]
    assert {row.name for row in receipts(facts, found)} >= {"cpl", "cpv"}


def test_without_any_cost_the_budget_is_divided_and_said_to_be_it(
    tracker: Tracker,
) -> None:
    facts = facts_of(tracker)
    bare = replace(facts, programme=replace(facts.programme, costs=()))
    found = money(bare)
    assert found is not None and (found.spent, found.basis) == (1000, "budget")
    assert next(row for row in found.rows if row.name == "cpl").value == 125


def test_top_posts_have_their_first_week_and_their_verdict(tracker: Tracker) -> None:
    found = {one.post.post_id: one for one in top_posts(facts_of(tracker))}
    assert found["p1"].early == 700  # read seven days after
    assert found["p2"].early is None  # nothing was read near then
    verdicts = {key: one.judged and one.judged.verdict for key, one in found.items()}
    assert verdicts == {"p1": "fail", "p2": "pass", "p3": "unknown"}
    assert found["p2"].judged and "dvertisement" in found["p2"].judged.label


def test_verdicts_are_kept_and_a_caption_is_judged_once(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tracker import disclosed

    before = facts_of(tracker).troubles.disclosed
    (kept,) = (tracker.home / CACHE).glob("*.parquet")
    asked = []
    judge = disclosed.check
    monkeypatch.setattr(
        disclosed, "check", lambda *words: asked.append(words[1]) or judge(*words)
    )
    assert facts_of(tracker).troubles.disclosed == before
    # in words for the posts that are shown, and not again for the count
    assert sorted(asked) == ["Advertisement: a car", "Look at this"]
    kept.write_bytes(kept.read_bytes()[:40])
    assert facts_of(tracker).troubles.disclosed == before


def test_quality_has_rules_runs_and_the_recount(tracker: Tracker, invoke: Run) -> None:
    found = trouble(facts_of(tracker))
    rules = {row.rule: row for row in found.rules}
    assert rules["outcome.conflict"].open == 1
    assert found.rows.holds and found.recount is None
    assert any("ok" in row.days for row in found.runs)
    assert found.disclosed.counts == {"pass": 1, "weak": 0, "fail": 1, "unknown": 1}
    assert [one.post_id for one in found.disclosed.failing] == ["p1"]
    assert invoke("verify").code == 0
    assert invoke("disclosure", "act", "youtube", "p1", "notice").code == 0
    later = trouble(facts_of(tracker))
    assert later.recount is not None and later.recount.readings == 5
    assert not later.recount.differences and not later.recount.outdated
    assert later.disclosed.failing[0].act == "notice"
    assert [act.act for act in later.disclosed.acts] == ["notice"]
    again = tracker.home / "again.csv"
    again.write_text(FILES["posts.csv"].replace("2026-03-20", "2026-03-21"))
    assert invoke("ingest", "--file", again, "--kind", "csv").code == 0
    last = trouble(facts_of(tracker)).recount
    assert last is not None and last.outdated


def test_what_is_not_known_is_said_with_its_size(tracker: Tracker) -> None:
    facts, w = facts_of(tracker), Words("en", "EUR")
    said = " ".join(f"{what} {why}" for what, why in unknowns(facts, (), w))
    assert "Who brought 3 of 8: leads." in said
    assert "How sure awareness is." in said
    assert "Whether 1 post says that it is paid for." in said


@pytest.mark.parametrize("language", ["en", "fr"])
def test_pages_show_all_of_it(invoke: Run, workspace: Path, language: str) -> None:
    load(invoke, workspace, language)
    site = publish(open_tracker(workspace), now=0).folder / "spring"
    page = (site / "index.html").read_text("utf-8")
    for part in ("funnel", "money", "awareness", "top", "disagree", "unknown", "how"):
        assert f'aria-labelledby="{part}"' in page
    text = re.sub(r"\s+", " ", " ".join(read(site / "index.html").text))
    wanted = {
        "en": ["not known", "paid and committed costs", "wilson", "€50.00", "20%"],
        "fr": ["inconnu", "coûts payés et engagés", "wilson", "50,00", "20"],
    }
    for words in wanted[language]:
        assert words in text.replace("\u00a0", " "), words
    assert 'id="how-kpi-cpv"' in page or 'id="how-cpv"' in page
    assert "tracker explain spring cpv" in page
    quality = (site / "quality.html").read_text("utf-8")
    assert "outcome.conflict" in quality and "tracker verify" in quality
    assert quality.index('id="proofs"') < quality.index('id="open"')


def test_files_beside_the_pages_hold_the_same(
    invoke: Run, workspace: Path, tracker: Tracker
) -> None:
    data = publish(tracker, now=0).folder / "spring" / "data"
    told = json.loads(invoke("kpi", "spring", "--json").out)["rows"][0]["kpis"]
    held = json.loads((data / "kpis.json").read_text())["rows"]
    values = {one["name"]: one["value"] for one in told if one["name"] != "freshness"}
    assert {
        one["name"]: one["value"] for one in held if one["name"] in values
    } == values
    results = json.loads((data / "results.json").read_text())["rows"]
    assert sum(one["quantity"] for one in results) == 8
    costs = (data / "costs.csv").read_text()
    assert "c1,2026-03-01,fee,300.00,EUR,paid,a1,," in costs
    surveys = json.loads((data / "surveys.json").read_text())["rows"]
    assert [one["low"] is None for one in surveys] == [False, False, True]
    findings = (data / "findings.csv").read_text()
    assert "outcome.conflict" in findings


def test_a_campaign_without_anything_has_none_of_it(
    invoke: Run, workspace: Path
) -> None:
    plan = workspace / "plan.toml"
    plan.write_text('[campaign]\nid = "bare"\nname = "Bare"\ncurrency = "EUR"\n')
    assert invoke("campaign", "apply", plan).code == 0
    site = publish(open_tracker(workspace), now=0).folder / "bare"
    page = (site / "index.html").read_text()
    for part in ("funnel", "money", "awareness", "top"):
        assert f'aria-labelledby="{part}"' not in page
    assert 'id="proofs"' in (site / "quality.html").read_text()
