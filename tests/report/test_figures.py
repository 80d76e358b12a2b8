"""Headlines: what the indicators answer, whatever feeds them."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import making
import pytest
import spring
from reading import read
from support import Run

from tracker.app import Tracker, open_tracker
from tracker.facts import CampaignFacts
from tracker.kpi.saying import reason, worth
from tracker.pagefacts import gathered
from tracker.publish import publish
from tracker.report.board import board
from tracker.report.figures import TILES, claims, figures, indicated
from tracker.report.pages import card
from tracker.store import facts as store
from tracker.words import Words

MORE = """
[[indicator]]
id = "leads"
metric = "leads"
target = 20
baseline = 0
owner = "Ana"
source = "outcomes"

[[indicator]]
id = "cost"
metric = "cpl"
target = 10
baseline = "?"
owner = "Ana"
source = "computed"

[[indicator]]
id = "known"
metric = "awareness"
target = 40
source = "surveys"
"""
OUTCOMES = """id,kind,at,campaign,code,quantity
o1,lead,2026-02-01,c,ANNA10,6
o2,lead,2026-02-02,c,,4
"""
SURVEY = """question,wave,asked_from,asked_to,n,yes,source
awareness,before,2026-01-02,2026-01-05,200,20,panel
awareness,after,2026-02-02,2026-02-05,400,148,panel
"""


@pytest.fixture
def known(workspace: Path, invoke: Run) -> CampaignFacts:
    """A campaign whose leads are outcomes, whose costs are costs; one post."""
    spring.programme(workspace, invoke)
    plan = spring.PLAN + MORE + '[[claim]]\nmetric = "lead"\nvalue = 999\nused = true\n'
    (workspace / "plan.toml").write_text(plan)
    (workspace / "o.csv").write_text(OUTCOMES)
    (workspace / "s.csv").write_text(SURVEY)
    (workspace / "p.csv").write_text(
        "platform,handle,post_id,captured_at,caption,views\n"
        "youtube,annakow,v1,2026-02-10T10:00:00Z,#spring,100\n"
    )
    spring.done(invoke, "campaign", "apply", workspace / "plan.toml")
    spring.done(invoke, "outcome", "import", workspace / "o.csv")
    spring.done(invoke, "survey", "import", workspace / "s.csv", "--campaign", "c")
    spring.done(invoke, "ingest", "--file", workspace / "p.csv", "--kind", "csv")
    tracker = open_tracker(workspace)
    return gathered(tracker, store.read(tracker.database)[0])


def test_leads_are_outcomes_and_no_claim(known: CampaignFacts) -> None:
    leads = indicated(known)[0]
    assert (leads.value, leads.attained, leads.claim) == (10, 50, None)
    assert (leads.of, leads.known, leads.unknown) == ("traced", 6, 4)
    assert leads.standing is not None and leads.verdict == "ahead"


def test_a_cost_is_the_kpi_of_the_costs(known: CampaignFacts) -> None:
    """40 was paid for 10 leads; the budget of 100 is no cost."""
    cost = indicated(known)[1]
    assert (cost.value, cost.unit, cost.lower) == (Decimal(4), "money", True)
    assert dict(cost.inputs) == {"cost": Decimal(40), "leads": 10}
    assert cost.verdict == "reached" and cost.attained == 250
    assert "reported" in cost.classes


def test_a_question_is_the_last_wave(known: CampaignFacts) -> None:
    found = indicated(known)[2]
    assert (found.value, found.unit, found.known) == (Decimal(37), "%", 400)
    assert found.verdict == "short"


def test_figures_equal_the_indicators(known: CampaignFacts, invoke: Run) -> None:
    """A tile and `tracker kpi` say the same."""
    told = json.loads(invoke("kpi", "c", "--json").out)["indicators"]
    for figure, answer in zip(indicated(known), told, strict=True):
        assert figure.value is not None and float(figure.value) == answer["value"]
        assert figure.attained == pytest.approx(answer["attained"])


def test_without_an_answer_a_claim_is_reported(known: CampaignFacts) -> None:
    without = replace(known, programme=replace(known.programme, results={}))
    leads = indicated(without)[0]
    assert leads.value == 999 and leads.classes == ("reported",)
    assert leads.claim is not None


def test_eight_tiles_at_most(known: CampaignFacts) -> None:
    raw = known.plan["indicator"]
    metrics = [*"abcdefghij"]
    plan = {**known.plan, "indicator": [*raw, *({"metric": m} for m in metrics)]}
    assert len(figures(replace(known, plan=plan, kpis=None))) == TILES


def test_money_of_a_card_is_of_its_campaign(tmp_path: Path) -> None:
    """The list of campaigns speaks of each in its own currency."""
    plan = {
        **making.PLAN,
        "cost": [
            {
                "id": "c",
                "date": "2009-05-02",
                "kind": "fee",
                "amount": "500",
                "state": "paid",
            }
        ],
        "indicator": [{"id": "cost", "metric": "cpp", "target": 1}],
    }
    tracker = making.workspace(tmp_path / "w", making.Made(2, 20, plan=plan))
    said = " ".join(read(publish(tracker, now=1).folder / "index.html").text)
    assert "$25" in said.split("Cost per post")[1][:40]
    assert "€" not in said.split("Cost per post")[1][:200]


def test_a_card_counts_all_its_indicators(programme: Tracker) -> None:
    made = card(gathered(programme, store.read(programme.database)[0]))
    assert (made.known, made.aims) == (2, 3)
    assert [figure.metric for figure in made.figures] == ["views", "lead", "sale"]


# -- the leaderboard ----------------------------------------------------------------


def test_the_board_ranks_three_ways(programme: Tracker) -> None:
    facts = gathered(programme, store.read(programme.database)[0])
    made = board(facts)
    for place, measure in (("by_post", "each"), ("by_follower", "per_thousand")):
        first = {getattr(r, place): r for r in made.rows if getattr(r, place)}
        assert sorted(first) == list(range(1, min(10, len(made.rows)) + 1))
        values = [getattr(first[at], measure) for at in sorted(first)]
        assert values == sorted(values, reverse=True)
    assert made.missions
    assert all(row.on_time <= row.due <= 2 for row in made.rows)


# -- words --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "french"),
    [
        ("no cost is known", "Aucun coût n’est connu."),
        ("views are not known", "Inconnu\u00a0: Vues."),
        ("the number of applicants is 0", "Division impossible"),
        ("2 sales without a value are left out", "laissées de côté\u00a0: 2."),
    ],
)
def test_reasons_are_said_in_french(said: str, french: str) -> None:
    assert french in reason(Words("fr"), said)


def test_an_unknown_reason_is_said_as_it_is() -> None:
    assert reason(Words("en"), "something new") == "something new"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Decimal("1.16279"), "money", "$1.16"),
        (4300000, "", "4,300,000"),
        (Decimal("0.5519"), "", "0.55"),
        (Decimal("37.25"), "%", "37.25%"),
        (3, "days", "3 days"),
    ],
)
def test_values_are_written_in_their_unit(value: Decimal, unit: str, text: str) -> None:
    assert worth(Words("en", "USD"), value, unit) == text


def test_the_worked_programmes_show_their_own_indicators(
    worked: Path, tmp_path: Path
) -> None:
    """Clorox, EMC and Cisco: each card with indicators of its kind, known and not."""
    tracker = open_tracker(worked)
    made = publish(tracker, out=tmp_path / "site", now=1)
    for facts in store.read(tracker.database):
        shown = gathered(tracker, facts)
        aims = indicated(shown)
        assert aims and any(aim.value is not None for aim in aims)
        folder = made.folder / facts.campaign.id
        said = " ".join(read(folder / "plan.html").text)
        assert all(aim.command or aim.value is None for aim in aims)
        assert "not known" in said or all(aim.value is not None for aim in aims)


def test_a_figure_of_a_phase_disputes_nothing() -> None:
    """It stands among the answers, beside those of other phases."""
    said = [{"metric": "phase.2010", "value": 20}, {"metric": "views", "value": 5}]
    assert [one.metric for one in claims({"claim": said})] == ["views"]
