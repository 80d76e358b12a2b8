"""Claims of the plan: what sources say, beside what the tracker counted itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracker.model import METRICS

if TYPE_CHECKING:
    from tracker.app import Tracker


@dataclass(frozen=True, slots=True)
class Claim:
    """counted: the tracker's own figure of that name; None where it has none."""

    metric: str
    value: Any
    definition: str | None
    as_of: str | None
    source: str | None
    used: bool | None
    counted: int | float | None


def claims(tracker: Tracker, campaign: str) -> list[Claim]:
    """Claims by metric, in the plan's order. Raises NotFoundError."""
    from tracker.store.roster import Roster

    said = Roster(tracker.database).plan(campaign).get("claim", ())
    counted = _counted(tracker, campaign)
    order = list(dict.fromkeys(str(one.get("metric")) for one in said))
    made = [_claim(one, counted) for one in said]
    return sorted(made, key=lambda one: order.index(one.metric))


def _claim(raw: Mapping[str, Any], counted: Mapping[str, int | float]) -> Claim:
    metric = str(raw.get("metric"))
    return Claim(
        metric,
        raw.get("value"),
        raw.get("definition"),
        raw.get("as_of"),
        raw.get("source"),
        raw.get("used"),
        counted.get(metric),
    )


def _counted(tracker: Tracker, campaign: str) -> dict[str, int | float]:
    """Sums of readings, and quantities of outcomes that count; unknown is not there."""
    from tracker.outcomes import outcomes

    row = tracker.reckoner.totals(campaign).rows[0]
    found: dict[str, int | float] = {"posts": row.posts}
    found |= {m: v for m in METRICS if (v := row.metrics[m].value) is not None}
    for one in outcomes(tracker, campaign):
        if one.counted:
            found[one.kind] = found.get(one.kind, 0) + int(one.quantity)
    return found
