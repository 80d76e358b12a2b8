"""The page of the plan: what is there, what is missing, what came of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import making
import pytest
from reading import read

from tracker.facts import CampaignFacts, ProgrammeFacts, SourceFacts
from tracker.programme import Cost, Feedback
from tracker.publish import publish
from tracker.report.plan import DOES_NOT_GIVE, IS_KPI, NOT_THERE, plan_page

OPEN_PLAN: dict[str, Any] = {
    "strategy": {"kind": "creative", "why": "?", "topics": ["?"], "audience": "staff"},
    "tool": [{"name": "Intranet", "reason": "?", "source": "nowhere"}],
    "indicator": [
        {"id": "views", "metric": "views", "target": 10, "source": "nowhere"},
        {"id": "cost", "metric": "cpv", "target": 1, "source": "studio"},
        {"id": "drives", "metric": "test_drive", "target": 5, "source": "links"},
    ],
    "attribution": {"precedence": ["split"], "window": "30d"},
    "commission": [{"kind": "sale", "percent": 10}],
}


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of a plan that is not complete."""
    folder = tmp_path_factory.mktemp("draft")
    tracker = making.workspace(folder, making.Made(3, 30, plan=OPEN_PLAN))
    return publish(tracker, now=1).folder / "fiesta"


def said(path: Path) -> str:
    return " ".join(" ".join(read(path).text).split())


def test_each_step_says_what_is_missing(draft: Path) -> None:
    text = said(draft / "plan.html")
    for place in ("strategy.why", "strategy.topics", "tool[0].reason", "content"):
        assert place in text
    assert "0 of 4 steps are filled in." in text


def test_indicators_that_nothing_feeds_are_told(draft: Path) -> None:
    text = said(draft / "plan.html")
    assert "3 indicators have no source that can feed them." in text
    assert NOT_THERE in text and "not set up" in text
    assert DOES_NOT_GIVE in text


def test_rules_of_attribution_are_sentences(draft: Path) -> None:
    text = said(draft / "plan.html")
    assert "whoever it names and shared among all whose links were clicked" in text
    assert "within 30 days" in text and "Sales : 10%" in text.replace(
        "Sales:", "Sales :"
    )


def facts(pages: Path, programme: Any) -> CampaignFacts:
    from tracker.pagefacts import gathered
    from tracker.store import facts as store

    return gathered(programme, store.read(programme.database)[0])


def test_countries_are_those_of_plan_and_people(pages: Path, programme: Any) -> None:
    made = facts(pages, programme)
    plan = {**made.plan, "campaign": {"countries": ["FR"]}}
    page = plan_page(replace(made, plan=plan))
    assert page.countries == (("FR", 0), ("US", 12))
    assert "United States 12 ambassadors" in said(pages / "fiesta" / "plan.html")


def test_a_kpi_of_a_source_is_said_to_be_computed(pages: Path, programme: Any) -> None:
    made = facts(pages, programme)
    plan = {**made.plan, "indicator": OPEN_PLAN["indicator"][1:2]}
    source = SourceFacts("studio", "csv", None, "ready", None, due=5)
    orphan = type("O", (), {"indicator": "cost"})()
    known = replace(
        made,
        plan=plan,
        sources=(source,),
        programme=replace(made.programme, orphans=(orphan,)),
    )
    aim = plan_page(known).aims[0]
    assert aim.orphan == IS_KPI
    assert aim.source is not None and aim.source.known is not None
    assert aim.source.known.due is None


def test_costs_stand_in_one_state_and_add_up(pages: Path, programme: Any) -> None:
    day = date(2009, 5, 1)
    costs = (
        Cost("fiesta", "a", day, "fee", 100_050, "USD", "paid"),
        Cost("fiesta", "b", day, "fee", 50, "USD", "planned"),
        Cost("fiesta", "c", day, "media", 200, "USD", "committed"),
        Cost("fiesta", "d", day, "fee", 999, "EUR", "paid"),
    )
    made = replace(facts(pages, programme), programme=ProgrammeFacts(costs=costs))
    page = plan_page(made)
    found = {line.kind: [str(n) for n in line.sums] for line in page.costs}
    assert found == {
        "Fees": ["0.50", "0.00", "1000.50"],
        "Media": ["0.00", "2.00", "0.00"],
        None: ["0.50", "2.00", "1000.50"],
    }
    assert page.left_out == 1


def test_feedback_without_an_answer_comes_first(pages: Path, programme: Any) -> None:
    voices = (
        Feedback("fiesta", 1, 10, "a001", "fine", 20, "thanks"),
        Feedback("fiesta", 2, 5, None, "slow"),
        Feedback("fiesta", 3, 8, "a002", "late"),
    )
    made = replace(facts(pages, programme), programme=ProgrammeFacts(feedback=voices))
    page = plan_page(made)
    assert [voice.text for voice in page.feedback] == ["late", "slow", "fine"]
    assert page.open == 2
    assert page.feedback[0].name == "Person 2" and page.feedback[1].name == ""
