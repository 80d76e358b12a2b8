"""The page of answers: what a programme of this kind must be able to see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.catalogue import N_
from tracker.facts import CampaignFacts
from tracker.kpi.saying import INPUTS, input_name
from tracker.report.pages import Head, head
from tracker.report.retold import dated
from tracker.report.text import clean
from tracker.words import METRICS

if TYPE_CHECKING:
    from tracker.answers import Question
    from tracker.words import Words

#: Groups of answers: title, and answers by name or first word of it, in the order in
#: which they are asked for. What no group names is a result.
GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "course": (
        N_("Are we on course?"),
        ("targets", "goal", "plan-complete", "phases", "growth"),
    ),
    "people": (
        N_("Who takes part, and who delivers?"),
        (
            "mission-grid",
            "posts-against-due",
            "league",
            "contributors",
            "contributions",
            "selection",
            "adoption",
            "joiners",
            "levels",
            "training",
            "items-per-ambassador",
            "items-a-month",
            "views-per-ambassador",
        ),
    ),
    "results": (N_("What came of it?"), ()),
    "money": (
        N_("What did it cost?"),
        ("cost", "against-benchmark", "awareness-cost", "avoided"),
    ),
    "trust": (N_("What do others say?"), ("claims",)),
}


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
class Group:
    """Answers to one question of a reader; title: a sentence of the catalogue."""

    id: str
    title: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class AnswersPage:
    """strategy: the plan's, '' when it has none."""

    head: Head
    strategy: str
    answers: tuple[Answer, ...]

    @property
    def groups(self) -> tuple[Group, ...]:
        """The same answers, by what a reader asks; no group without one."""
        found = ((name, GROUPS[name][0], self._of(name)) for name in GROUPS)
        return tuple(Group(*group) for group in found if group[2])

    def _of(self, group: str) -> tuple[Answer, ...]:
        found = [one for one in self.answers if _place(one.id)[0] == group]
        return tuple(sorted(found, key=lambda one: _place(one.id)[1]))

    @property
    def unknown(self) -> int:
        return sum(1 for answer in self.answers if answer.value is None)


def _place(answer: str) -> tuple[str, int]:
    """Its group, and where it stands there."""
    for name, (_, answers) in GROUPS.items():
        for at, known in enumerate(answers):
            if answer == known or answer.split("-", 1)[0] == known:
                return name, at
    return "results", 0


def answers_page(facts: CampaignFacts, w: Words) -> AnswersPage:
    strategy = (facts.plan.get("strategy") or {}).get("kind")
    found = tuple(_answer(w, question) for question in facts.questions)
    return AnswersPage(head(facts, "../"), clean(str(strategy or "")), found)


def _answer(w: Words, one: Question) -> Answer:
    return Answer(
        one.id,
        clean(one.title),
        None if one.value is None else dated(w, clean(one.value)),
        clean(one.formula),
        tuple(
            (dated(w, clean(_label(w, name))), dated(w, clean(text)))
            for name, text in one.inputs
        ),
        clean(one.coverage),
        clean(one.source),
    )


def _label(w: Words, name: str) -> str:
    """What is an input of a KPI has its name on pages."""
    if name in INPUTS or name in METRICS:
        return input_name(w, name)
    return w("Basis") if name == "basis" else name
