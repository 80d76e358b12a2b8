"""Is a plan complete, and will its indicators ever be filled?"""

from __future__ import annotations

import pytest

from tracker.checks.plan import missing, orphans


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


@pytest.mark.parametrize(
    ("source", "sources", "reason"),
    [
        ("yt", {"yt": ("views", "likes")}, None),
        ("yt", {"yt": ()}, None),
        ("outcomes", {}, None),
        ("?", {}, None),
        ("yt", {}, 'there is no source "yt"'),
        ("yt", {"yt": ("likes",)}, 'the source "yt" does not give views'),
    ],
)
def test_an_indicator_whose_source_does_not_give_it_is_an_orphan(
    source, sources, reason
):
    plan = complete()
    plan["indicator"][0]["source"] = source
    found = [one.reason for one in orphans(plan, sources)]
    assert found == ([reason] if reason else [])
