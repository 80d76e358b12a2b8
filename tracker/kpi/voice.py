"""How loud we are among others, and what surveys say of it."""

from __future__ import annotations

from decimal import Decimal

from tracker.kpi.formula import PERCENT, POINTS, Number, formula, percent


@formula("own / (own + competitors) × 100", PERCENT, over="rivals")
def share_of_voice(own: Number, rivals: Number) -> Number | None:
    """Our figure by that of all brands in [[competitor]]; `basis` names the metric.

    Source: [Traackr], for each KPI by itself. Others: mentions alone.
    """
    return percent(own, Decimal(own) + Decimal(rivals))


@formula("(after - before) / before × 100", PERCENT, over="before")
def awareness_lift(before: Number, after: Number) -> Number | None:
    """How much the share of a survey's question grew from its first wave to its last,
    by the first; `basis` names the question.

    Source: [type.earth], as brand lift. Others: in points (awareness_lift_points);
    against a group that saw nothing.
    """
    return percent(Decimal(after) - Decimal(before), before)


@formula("after - before", POINTS, over="before")
def awareness_lift_points(before: Number, after: Number) -> Number | None:
    """The same in percentage points. Source: our own. Others: relative
    (awareness_lift)."""
    return Decimal(after) - Decimal(before)
