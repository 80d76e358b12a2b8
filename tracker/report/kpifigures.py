"""Figures that come from elsewhere than posts: KPIs, outcomes, surveys, claims."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from tracker.catalogue import N_
from tracker.facts import CampaignFacts
from tracker.kpi.formula import MONEY
from tracker.kpi.registry import FORMULAS
from tracker.model import METRICS, day_instant
from tracker.report.figure import Claim, Figure, ordered, stale, whole
from tracker.words import PERCENT

if TYPE_CHECKING:
    from tracker.kpi.answer import Kpi

#: What is counted as known and unknown by a KPI that is not made of posts: by the
#: input it is divided by.
COUNTED = {
    "leads": "outcomes",
    "sales": "outcomes",
    "new_leads": "outcomes",
    "known_leads": "outcomes",
    "new_customers": "outcomes",
    "clicked": "clicks",
    "enrolled": "ambassadors",
    "active_before": "ambassadors",
    "assigned": "missions",
    "applicants": "applications",
    "received": "feedback",
}
#: Kinds of outcomes by the input of a KPI that they feed.
FED = {
    "leads": "lead",
    "new_leads": "lead",
    "known_leads": "lead",
    "sales": "sale",
    "new_customers": "sale",
    "revenue": "sale",
    "reservations": "reservation",
}


def of_kpi(facts: CampaignFacts, kpi: Kpi) -> Figure:
    formula = FORMULAS[kpi.name]
    newest = _newest(facts, formula.inputs)
    return Figure(
        kpi.name,
        kpi.name,
        value=kpi.value,
        unit=MONEY if formula.unit == MONEY else kpi.unit,
        classes=_kpi_classes(kpi),
        of=counted(kpi.name),
        known=kpi.known,
        unknown=kpi.unknown,
        newest=newest if kpi.value is not None else None,
        stale=stale(facts, newest) if kpi.value is not None else None,
        lower=formula.lower,
        formula=kpi.formula,
        inputs=tuple(kpi.inputs.items()),
        basis=kpi.basis,
        notes=kpi.notes,
        why=kpi.reason or "",
        command=f"tracker explain {facts.campaign.id} {kpi.name}",
    )


def _kpi_classes(kpi: Kpi) -> tuple[str, ...]:
    """Of what it is made of; what people wrote down, as costs, is reported."""
    if kpi.value is None:
        return ("unknown",)
    if kpi.class_ == "mixed":
        return ("measured", "reported")
    told = "cost" in kpi.inputs or "spend" in kpi.inputs
    return ordered({kpi.class_ or "reported", *(["reported"] if told else [])})


def counted(name: str) -> str:
    """What a KPI's known and unknown are, as a Figure has it."""
    formula = FORMULAS[name]
    if formula.needs or "posts" in formula.inputs or "posts_seen" in formula.inputs:
        return "posts"
    if formula.inputs == ("views_each",):
        return "posts"
    return COUNTED.get(formula.over, "")


def _newest(facts: CampaignFacts, inputs: Iterable[str]) -> int | None:
    """The newest reading or event among what a formula takes."""
    results, found = facts.programme.results, [facts.as_of]
    metrics = [facts.counts[name].newest for name in inputs if name in METRICS]
    events = [results[FED[n]].newest for n in inputs if FED.get(n) in results]
    if any(at is not None for at in (*metrics, *events)):
        found = [*metrics, *events]
    return max((at for at in found if at is not None), default=None)


def of_result(facts: CampaignFacts, kind: str) -> Figure:
    one = facts.programme.results[kind]
    return Figure(
        kind,
        kind,
        value=whole(one.many),
        classes=ordered(one.classes) or ("reported",),
        of="traced",
        known=int(one.traced),
        unknown=int(one.many - one.traced),
        newest=one.newest,
        stale=stale(facts, one.newest),
        formula=N_("quantities of the outcomes that count"),
        command=f"tracker outcome list {facts.campaign.id}",
    )


def of_survey(facts: CampaignFacts, question: str) -> Figure:
    """A question of a survey: its last wave."""
    waves = [
        wave
        for wave in facts.programme.waves
        if wave.question.casefold() == question.casefold()
    ]
    if not waves:
        unit = "%" if question in PERCENT else ""
        why = N_("No source delivers it yet.")
        return Figure(question, question, unit=unit, classes=("unknown",), why=why)
    last = waves[-1]
    newest = day_instant(last.asked_to) if last.asked_to else None
    return Figure(
        question,
        question,
        value=last.share,
        unit="%",
        classes=("reported",),
        of="asked" if last.n is not None else "",
        known=last.n,
        unknown=0,
        newest=newest,
        stale=stale(facts, newest),
        formula=N_("share of the last wave of the survey"),
        command=f"tracker survey list {facts.campaign.id}",
    )


def of_claim(facts: CampaignFacts, name: str, claim: Claim) -> Figure:
    newest = _claimed_at(claim.as_of) if claim.as_of else None
    value = claim.value
    assert value is not None
    formula = FORMULAS.get(claim.metric)
    unit = "%" if claim.metric in PERCENT else (formula.unit if formula else "")
    return Figure(
        name,
        claim.metric,
        value=whole(value),
        unit=unit,
        classes=("reported",),
        newest=newest,
        stale=stale(facts, newest),
        formula=N_("value as published"),
        claim=claim,
        command=f"tracker campaign show {facts.campaign.id}",
    )


def _claimed_at(text: str) -> int | None:
    try:
        return day_instant(date.fromisoformat(text[:10]))
    except ValueError:
        return None
