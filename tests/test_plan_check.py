"""Is a plan complete, and will its indicators ever be filled?"""

from __future__ import annotations

import pytest

from tracker.checks.plan import OUTCOMES, OWN_SOURCES, missing, orphans
from tracker.kpi.registry import FORMULAS
from tracker.model import METRICS


def complete() -> dict:
    return {
        "strategy": {"kind": "champion", "why": "w", "topics": ["t"], "audience": "a"},
        "tool": [{"name": "YouTube", "reason": "film"}],
        "content": [{"type": "video"}],
        "indicator": [
            {
                "id": "views",
                "metric": "views",
                "target": 1,
                "baseline": 0,
                "owner": "Ana",
                "source": "yt",
            }
        ],
    }


def test_a_complete_plan_lacks_nothing():
    assert missing(complete()) == []


def test_an_empty_plan_lacks_every_step():
    assert [(one.path, one.step) for one in missing({})] == [
        ("strategy.kind", 1),
        ("strategy.why", 1),
        ("strategy.topics", 1),
        ("strategy.audience", 1),
        ("tool", 2),
        ("content", 3),
        ("indicator", 4),
    ]


@pytest.mark.parametrize("open_", ["?", "", "  ", [], ["?"], None])
def test_a_question_mark_or_a_blank_is_missing(open_):
    plan = complete()
    plan["strategy"]["topics"] = open_
    plan["indicator"][0]["target"] = open_
    paths = [one.path for one in missing(plan)]
    assert paths == ["strategy.topics", "indicator[0].target"]


def test_every_question_mark_is_missing_in_its_step():
    """Also where the four steps do not ask for anything."""
    plan = complete() | {
        "campaign": {"id": "c", "start": "?"},
        "mission": [{"id": "m", "opens": "?", "due": "2026-01-01"}],
        "cost": [{"id": "c", "amount": "?"}],
    }
    plan["content"][0] |= {"type": "?", "platforms": ["?"]}
    plan["tool"][0]["reason"] = "?"
    assert [(one.path, one.step) for one in missing(plan)] == [
        ("campaign.start", 1),
        ("tool[0].reason", 2),
        ("content[0].type", 3),
        ("content[0].platforms", 3),
        ("mission[0].opens", 3),
        ("cost[0].amount", 4),
    ]


SOURCES = {
    "yt": ("views", "likes"),
    "likes": ("likes",),
    "file": (*METRICS,),
    "shop": (OUTCOMES,),
    "plugin": (),
}
KPIS = {name: one.inputs for name, one in FORMULAS.items()}


@pytest.mark.parametrize(
    ("metric", "sources"),
    [
        ("views", ("yt", "file", "plugin", "computed", "manual")),
        ("posts", ("yt", "likes", "file", "plugin", "computed", "manual")),
        ("clicks", ("file", "plugin", "computed", "links", "manual")),
        ("lead", ("shop", "plugin", "outcomes", "surveys", "manual")),
        ("cpv", ("computed", "manual")),
        ("conquest_rate", ("computed", "outcomes", "manual")),
        ("feedback_closure", ("computed", "feedback", "manual")),
        ("awareness_lift", ("computed", "surveys", "manual")),
        ("benchmark_cost_share", ("computed", "costs", "manual")),
    ],
)
def test_an_indicator_whose_source_does_not_give_it_is_an_orphan(metric, sources):
    """Sources of the settings by what they give, own ones by what they are."""
    fed = []
    for source in (*SOURCES, *OWN_SOURCES):
        plan = complete()
        plan["indicator"][0] |= {"metric": metric, "source": source}
        if not orphans(plan, SOURCES, KPIS):
            fed.append(source)
    assert sorted(fed) == sorted(sources)


def test_a_source_that_is_not_there_feeds_nothing_and_an_open_one_is_not_asked():
    plan = complete()
    [orphan] = orphans(plan, {}, KPIS)
    assert orphan.reason == 'there is no source "yt"'
    plan["indicator"][0]["source"] = "?"
    assert orphans(plan, {}, KPIS) == []
