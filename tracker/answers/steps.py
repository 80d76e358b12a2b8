"""The four steps of every plan: is it whole, and what came of what it aimed at?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from tracker.answers.known import Known
from tracker.answers.question import Question
from tracker.kpi.saying import reason
from tracker.kpi.text import text as kpi_text

if TYPE_CHECKING:
    from tracker.kpi.answer import Indicator


def steps(known: Known) -> Iterator[Question]:
    """Strategy, tools, content and indicators; then the indicators' targets."""
    yield _plan(known)
    yield _targets(known)


def _plan(known: Known) -> Question:
    """What is missing, and indicators that no source can feed."""
    from tracker.planning import check

    found = check(known.tracker, known.campaign.id)
    lacks, orphans = len(found.missing), len(found.orphans)
    value = known.w("yes")
    if lacks or orphans:
        value = known.w(
            "no: missing {missing}, without a source {orphans}",
            missing=known.text(lacks),
            orphans=known.text(orphans),
        )
    inputs = [
        (one.path, known.w("missing in step {n}", n=known.text(one.step)))
        for one in found.missing
    ]
    inputs += [
        (one.indicator, known.w("source {name} does not give it", name=one.source))
        for one in found.orphans
    ]
    return known.ask("plan-complete", value, lacks + orphans, inputs=inputs)


def _targets(known: Known) -> Question:
    """Each indicator beside its target; reached from 100 percent on."""
    found = known.indicators
    told = [one for one in found if one.attained is not None]
    reached = sum(Decimal(one.attained or 0) >= 100 for one in told)
    unknown = len(found) - len(told)
    coverage = known.unknown(unknown) if unknown else ""
    return known.ask(
        "targets",
        known.w("{n} of {of}", n=known.text(reached), of=known.text(len(found)))
        if found
        else None,
        reached if found else None,
        inputs=[(one.id, _attained(known, one)) for one in found],
        coverage=coverage if found else known.w("the plan has no indicators"),
    )


def _attained(known: Known, one: Indicator) -> str:
    target = "–" if one.target is None else known.text(Decimal(one.target))
    said, colon = f"{_value(known, one)} / {target}", known.w.colon
    if one.attained is None:
        return f"{said}{colon}{reason(known.w, one.reason)}" if one.reason else said
    return f"{said}{colon}{known.text(Decimal(one.attained), 1, '%')}"


def _value(known: Known, one: Indicator) -> str:
    if one.value is None:
        return "–"
    if one.unit == known.campaign.currency:
        return known.whole_money(Decimal(one.value), known.digits)
    return kpi_text(one.value, one.unit, known.w.language)
