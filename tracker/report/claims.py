"""Figures that sources dispute: all of them, the one used, and how far apart."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tracker.facts import CampaignFacts
from tracker.model import METRICS
from tracker.report.figures import Claim, claims, resolve
from tracker.words import PERCENT

if TYPE_CHECKING:
    from tracker.report.gallery import Drawing
    from tracker.words import Words


@dataclass(frozen=True, slots=True)
class Dispute:
    """One metric. used: the value of this report, measured when no claim is used.
    counted: our own figure, of readings or of outcomes, None where there is none; rows:
    of outcomes, in so many rows."""

    metric: str
    claims: tuple[Claim, ...]
    used: Decimal | None
    measured: bool
    flagged: bool
    counted: Decimal | None = None
    rows: int = 0

    @property
    def times(self) -> float | None:
        """The largest value over the smallest."""
        values = [float(c.value) for c in self.claims if c.value]
        if self.measured and self.used:
            values.append(float(self.used))
        if len(values) < 2 or min(values) <= 0:
            return None
        return max(values) / min(values)


def disputes(facts: CampaignFacts) -> tuple[Dispute, ...]:
    """Claims by metric, in the plan's order; the one used comes first."""
    by_metric: dict[str, list[Claim]] = {}
    for claim in claims(facts.plan):
        by_metric.setdefault(claim.metric, []).append(claim)
    return tuple(_dispute(facts, metric, said) for metric, said in by_metric.items())


def _dispute(facts: CampaignFacts, metric: str, said: list[Claim]) -> Dispute:
    said = sorted(said, key=lambda c: (not c.used, c.as_of or "9", c.value or 0))
    used = next((c.value for c in said if c.used), None)
    counted, rows = _counted(facts, metric)
    measured = used is None and counted is not None
    flagged = any(c.used is False for c in said) and not any(c.used for c in said)
    return Dispute(
        metric,
        tuple(said),
        counted if measured else used,
        measured,
        flagged and not measured,
        counted,
        rows,
    )


def _counted(facts: CampaignFacts, metric: str) -> tuple[Decimal | None, int]:
    """Our own figure: a sum of readings, or of outcomes in so many rows."""
    if (one := facts.programme.results.get(metric)) is not None:
        return one.many, one.events
    if metric in METRICS or metric == "posts":
        figure = resolve(facts, metric)
        if figure.value is not None and figure.claim is None:
            return Decimal(figure.value), 0
    return None, 0


def _text(metric: str, value: Decimal, w: Words) -> str:
    return w.percent(value, 0) if metric in PERCENT else w.compact(float(value))


def chart(found: tuple[Dispute, ...], w: Words, gallery: Any) -> Drawing | None:
    """Each value divided by the one used; only where several can be compared."""
    points = []
    for dispute in found:
        if dispute.used is None or dispute.used <= 0 or (dispute.times or 1) <= 1:
            continue
        name = w.metric(dispute.metric)
        if dispute.measured:
            points.append([name, 1.0, _text(dispute.metric, dispute.used, w), True])
        for claim in dispute.claims:
            if claim.value is not None and claim.value > 0:
                ratio = round(float(claim.value / dispute.used), 4)
                text = _text(dispute.metric, claim.value, w)
                points.append([name, ratio, text, bool(claim.used)])
    if not points:
        return None
    shown: Drawing = gallery.show("conflict", w, {"claims": points})
    return shown
