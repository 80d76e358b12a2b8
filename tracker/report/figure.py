"""What a headline figure is, and what a claim of the plan is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from tracker.facts import CampaignFacts
from tracker.model import DAY, METRIC_ALIASES
from tracker.programme import PHASE
from tracker.report.text import clean

if TYPE_CHECKING:
    from tracker.kpi.answer import Projected
    from tracker.kpi.formula import Number
    from tracker.kpi.pace import Standing

#: A figure whose newest reading is so many days older than the data is old.
STALE = 7
CLASSES = ("measured", "reported", "estimated")


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source says of a metric. value: None when it is no number."""

    metric: str
    value: Decimal | None
    text: str
    definition: str
    as_of: str | None
    source: str
    used: bool | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One headline.

    unit: '' for a count, 'money' for whole units of the currency, else as a KPI has
    it. of: what known and unknown count (posts, outcomes, missions, asked, ...); ''
    when nothing is counted. stale: days by which it is older than the data, when it
    is old. attained: percent of the target, more is better also where less is.
    standing: beside the line of the plan, where there is one. pace: gain a day;
    projected: at the campaign's end. formula and why: sentences of the catalogue.
    inputs: of the formula, by name. checked: do the gains add up to it? claim: what
    it rests on. command: lists what is behind it.
    """

    id: str
    metric: str
    platform: str | None = None
    value: Number | None = None
    unit: str = ""
    classes: tuple[str, ...] = ()
    of: str = ""
    known: int | None = None
    unknown: int | None = None
    oldest: int | None = None
    newest: int | None = None
    stale: int | None = None
    target: Number | None = None
    baseline: Number | None = None
    lower: bool = False
    attained: Number | None = None
    standing: Standing | None = None
    pace: float | None = None
    projected: Projected | None = None
    formula: str = ""
    inputs: tuple[tuple[str, Number | None], ...] = ()
    basis: str | None = None
    notes: tuple[str, ...] = ()
    checked: bool | None = None
    claim: Claim | None = None
    why: str = ""
    command: str = ""

    @property
    def verdict(self) -> str:
        """on, ahead or behind the plan's line; reached or short of a target without
        one; '' where nothing can be said."""
        if self.standing is not None and self.standing.verdict:
            return self.standing.verdict
        if self.attained is None:
            return ""
        return "reached" if self.attained >= 100 else "short"


def decimal(value: Any) -> Decimal | None:
    """A number of a plan, exact; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def whole(value: Decimal) -> int | Decimal:
    """A whole number as one."""
    return int(value) if value == int(value) else value


def stale(facts: CampaignFacts, newest: int | None) -> int | None:
    """By how many days a figure is older than the data, when it is old."""
    if newest is None or facts.as_of is None:
        return None
    days = (facts.as_of - newest) // DAY
    return days if days > STALE else None


def ordered(classes: Iterable[str]) -> tuple[str, ...]:
    """Classes in the order in which they are shown."""
    found = set(classes)
    return tuple(name for name in CLASSES if name in found)


def canonical(metric: str) -> str:
    """The name by which a metric is known, for another that plans use."""
    return METRIC_ALIASES.get(metric, metric)


def claims(plan: Mapping[str, Any]) -> list[Claim]:
    """What sources say, in the plan's order. Figures of a phase stand beside those of
    other phases, among the answers; they dispute nothing."""
    said = [_claim(raw) for raw in plan.get("claim", ())]
    return [one for one in said if not one.metric.startswith(PHASE)]


def _claim(raw: Mapping[str, Any]) -> Claim:
    value = decimal(raw.get("value"))
    return Claim(
        canonical(str(raw.get("metric", ""))),
        value,
        "" if value is not None else clean(str(raw.get("value", ""))),
        clean(str(raw.get("definition") or "")),
        str(raw["as_of"])[:10] if raw.get("as_of") else None,
        clean(str(raw.get("source") or "")),
        raw.get("used"),
    )
