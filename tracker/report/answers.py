"""The page of answers: what a programme of this kind must be able to see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.facts import CampaignFacts
from tracker.kpi.saying import INPUTS, input_name
from tracker.report.pages import Head, head
from tracker.report.text import clean
from tracker.words import METRICS

if TYPE_CHECKING:
    from tracker.answers import Question
    from tracker.words import Words


@dataclass(frozen=True, slots=True)
class Answer:
    """A question with its answer; value None: not known. inputs: (name, text)."""

    id: str
    title: str
    value: str | None
    formula: str
    inputs: tuple[tuple[str, str], ...]
    coverage: str
    command: str


@dataclass(frozen=True, slots=True)
class AnswersPage:
    """strategy: the plan's, '' when it has none."""

    head: Head
    strategy: str
    answers: tuple[Answer, ...]

    @property
    def unknown(self) -> int:
        return sum(1 for answer in self.answers if answer.value is None)


def answers_page(facts: CampaignFacts, w: Words) -> AnswersPage:
    strategy = (facts.plan.get("strategy") or {}).get("kind")
    found = tuple(_answer(w, question) for question in facts.questions)
    return AnswersPage(head(facts, "../"), clean(str(strategy or "")), found)


def _answer(w: Words, one: Question) -> Answer:
    return Answer(
        one.id,
        clean(one.title),
        None if one.value is None else clean(one.value),
        clean(one.formula),
        tuple((clean(_label(w, name)), clean(text)) for name, text in one.inputs),
        clean(one.coverage),
        clean(one.source),
    )


def _label(w: Words, name: str) -> str:
    """What is an input of a KPI has its name on pages."""
    if name in INPUTS or name in METRICS:
        return input_name(w, name)
    return w("Basis") if name == "basis" else name
