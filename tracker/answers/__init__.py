"""A programme's page of answers: what this kind of programme must be able to see.

Each strategy asks other questions (docs/programmes.md). An answer has its formula,
what went into it, how much of that is known, and the command that shows the rest.
Figures that another module computes are taken from it; here they are put together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tracker.answers import champion, creative, practical, transformative
from tracker.answers.every import every
from tracker.answers.known import Known
from tracker.answers.question import Question

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.kpi.answer import Answer
    from tracker.kpis.facts import Facts

__all__ = ["Question", "answers", "as_json"]

#: The questions of each strategy of the plan.
STRATEGIES: Mapping[str, Callable[[Known], Iterator[Question]]] = {
    "practical": practical.questions,
    "creative": creative.questions,
    "champion": champion.questions,
    "transformative": transformative.questions,
}


def answers(
    tracker: Tracker,
    campaign: str,
    *,
    now: int,
    language: str | None = None,
    known: Answer | None = None,
    facts: Facts | None = None,
) -> list[Question]:
    """The questions of the campaign's strategy, then those of every programme.

    language: of titles and texts, else the campaign's. known: its KPIs, where they are
    computed already; facts: what they are made of, where that was read. NotFoundError
    when there is no such campaign.
    """
    asked = Known(tracker, campaign, now, language, known, facts)
    kind = str((asked.plan.get("strategy") or {}).get("kind"))
    own = STRATEGIES[kind](asked) if kind in STRATEGIES else ()
    return [*own, *every(asked)]


def as_json(one: Question) -> dict[str, Any]:
    """An entry of `tracker answers --json`."""
    return {
        "id": one.id,
        "title": one.title,
        "value": one.value,
        "number": one.number,
        "unit": one.unit,
        "formula": one.formula,
        "inputs": dict(one.inputs),
        "coverage": one.coverage or None,
        "source": one.source,
    }
