"""What KPIs take from money: costs, commissions, the traditional benchmark."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from tracker.kpi.answer import Input

if TYPE_CHECKING:
    from tracker.kpis.facts import Facts, Group
    from tracker.programme import Cost

#: Gives an input of a row.
Lookup = Callable[["Group"], Input]


def plain(value: Any) -> int | Decimal | None:
    """A number of a plan, exact; None when there is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        made = Decimal(str(value))
    except InvalidOperation:
        return None
    return exact(made) if made.is_finite() else None


def exact(value: Decimal) -> int | Decimal:
    """A whole number as one."""
    return int(value) if value == int(value) else value


def cost(facts: Facts) -> Lookup:
    """Paid and committed costs, or planned ones when there is nothing else. What may
    be spent, the budget, is none."""
    if facts.by is None:
        found = _cost(facts, facts.costs)
        return lambda _: found
    theirs: dict[Any, list[Cost]] = defaultdict(list)
    for one in facts.costs:
        theirs[getattr(one, str(facts.by))].append(one)
    return lambda group: _cost(facts, theirs.get(group, []))


def _cost(facts: Facts, costs: Iterable[Cost]) -> Input:
    from tracker.kpi.money import basis

    costs = list(costs)
    found = basis(costs, facts.currency)
    left = found.left_out
    notes = (f"{left} costs in other currencies are left out",) if left else ()
    if found.amount is None:
        whose = f" of this {facts.by}" if facts.by else ""
        return Input(None, reason=f"no cost{whose} is known", unknown=left, notes=notes)
    return Input(
        facts.whole(found.amount),
        known=len(costs) - left,
        unknown=left,
        basis=found.basis,
        notes=notes,
    )


def benchmark(facts: Facts) -> Lookup:
    """What the plan's traditional campaign costs, in the campaign's currency."""
    amount = plain((facts.plan.get("benchmark") or {}).get("cost"))
    why = None if amount is not None else "the plan names no benchmark with a cost"
    found = Input(amount, reason=why, known=int(amount is not None))
    return lambda _: found


def commissions(facts: Facts) -> Lookup:
    """Commissions on counted outcomes, in the campaign's currency."""
    from tracker.outcomes import commissions as ask

    sums: dict[Any, int] = defaultdict(int)
    rows: dict[Any, int] = defaultdict(int)
    for one in ask(facts.tracker, facts.campaign_id):
        if one.currency == facts.currency and _in_time(facts, one.at):
            group = one.ambassador if facts.by == "ambassador" else None
            sums[group] += one.amount
            rows[group] += 1

    def look(group: Group) -> Input:
        if not rows:
            return Input(None, reason="no commission is known")
        return Input(facts.whole(sums[group]), known=rows[group])

    return look


def _in_time(facts: Facts, at: int) -> bool:
    return facts.until is None or at <= facts.until
