"""Campaigns side by side: phases of one programme, or years of it.

Each figure stands with its coverage, and nothing of one campaign is added to
another's. Counts are also told as of the same day of each campaign, since one that
runs longer has more. Amounts of two currencies, and KPIs of different units, stand
side by side and have no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tracker.errors import NotFoundError
from tracker.facts import CampaignFacts, Count
from tracker.kpi.answer import Indicator, Kpi
from tracker.model import NOT_ADDITIVE, day_number, iso, local_day

if TYPE_CHECKING:
    from tracker.app import Tracker


@dataclass(frozen=True)
class Side:
    """One campaign. day: of the campaign, at its newest reading, the first is 1; None
    without a first day or a reading. curves: by metric what was counted until the end
    of each day of the campaign, from the first; gains of earlier days are in the
    first."""

    facts: CampaignFacts
    day: int | None
    curves: dict[str, tuple[int, ...]]

    def at(self, metric: str, day: int) -> int | None:
        """The count at the end of a day of the campaign; None: no such day yet."""
        known = self.curves.get(metric, ())
        return known[day - 1] if 0 < day <= len(known) else None


@dataclass(frozen=True)
class Comparison:
    """day: the latest day of their campaign that all of them have reached."""

    sides: tuple[Side, ...]
    day: int | None

    @property
    def metrics(self) -> tuple[str, ...]:
        """Those that any of them knows and that add up."""
        found = dict.fromkeys(m for side in self.sides for m in side.facts.metrics)
        return tuple(m for m in found if m not in NOT_ADDITIVE)

    def counts(self, metric: str) -> tuple[Count, ...]:
        nothing = Count(None, 0, 0)
        return tuple(side.facts.counts.get(metric, nothing) for side in self.sides)

    def kpis(self) -> list[tuple[str, tuple[Kpi, ...]]]:
        """KPIs that any of them knows, by name."""
        names = dict.fromkeys(name for side in self.sides for name in side.facts.kpi)
        rows = [
            (name, tuple(side.facts.kpi[name] for side in self.sides)) for name in names
        ]
        return [(n, row) for n, row in rows if any(k.value is not None for k in row)]

    def indicators(self) -> list[tuple[str, tuple[Indicator | None, ...]]]:
        """Indicators by their metric; None where a campaign has none of it."""
        own = [_indicators(side.facts) for side in self.sides]
        names = dict.fromkeys(name for found in own for name in found)
        return [(name, tuple(found.get(name) for found in own)) for name in names]


def compare(tracker: Tracker, slugs: Sequence[str]) -> Comparison:
    """Two campaigns or more, in the order they were asked for. Raises NotFoundError."""
    from tracker.pagefacts import gathered
    from tracker.store import facts

    known = facts.campaign_slugs(tracker.database)
    for slug in slugs:
        if slug not in known:
            raise NotFoundError("campaign", slug, known)
    found = {
        one.campaign.id: gathered(tracker, one, now=one.as_of or 0)
        for one in facts.read(tracker.database, slugs, apart=tracker.apart)
    }
    return side_by_side(found[slug] for slug in slugs)


def side_by_side(found: Iterable[CampaignFacts]) -> Comparison:
    sides = tuple(_side(one) for one in found)
    days = [side.day for side in sides]
    together = None if None in days else min(day for day in days if day)
    return Comparison(sides, together)


def _side(facts: CampaignFacts) -> Side:
    start = facts.campaign.starts
    if start is None or facts.as_of is None:
        return Side(facts, None, {})
    today = local_day(facts.as_of, ZoneInfo(facts.campaign.timezone))
    day = (today - start).days + 1
    if day < 1:
        return Side(facts, None, {})
    metrics = ("posts", *(m for m in facts.metrics if m not in NOT_ADDITIVE))
    first = day_number(start)
    return Side(facts, day, {m: _curve(facts, m, first, day) for m in metrics})


def _curve(facts: CampaignFacts, metric: str, first: int, days: int) -> tuple[int, ...]:
    gains = [0] * days
    for one in facts.added_days:
        gain = one.posts if metric == "posts" else one.gains.get(metric, 0)
        if one.day < first + days:
            gains[max(0, one.day - first)] += gain
    return tuple(accumulate(gains))


def _indicators(facts: CampaignFacts) -> dict[str, Indicator]:
    answers = facts.kpis.indicators if facts.kpis else ()
    found: dict[str, Indicator] = {}
    for one in answers:
        found.setdefault(one.metric, one)
    return found


# -- for scripts -----------------------------------------------------------------------


def as_json(found: Comparison) -> dict[str, Any]:
    """`tracker compare --json`: in each row `values`, one a campaign, in order."""
    return {
        "campaigns": [_campaign(side) for side in found.sides],
        "day": found.day,
        "totals": [
            {
                "metric": metric,
                "values": [
                    {
                        "value": count.value,
                        "known": count.known,
                        "unknown": count.unknown,
                        "at_day": side.at(metric, found.day) if found.day else None,
                    }
                    for side, count in zip(
                        found.sides, found.counts(metric), strict=True
                    )
                ],
            }
            for metric in found.metrics
        ],
        "kpis": [
            {"name": name, "values": [_kpi(one) for one in row]}
            for name, row in found.kpis()
        ],
        "indicators": [
            {"metric": name, "values": [_indicator(one) for one in row]}
            for name, row in found.indicators()
        ],
    }


def _campaign(side: Side) -> dict[str, Any]:
    campaign = side.facts.campaign
    return {
        "id": campaign.id,
        "name": campaign.name,
        "start": str(campaign.starts) if campaign.starts else None,
        "end": str(campaign.ends) if campaign.ends else None,
        "currency": campaign.currency,
        "as_of": iso(side.facts.as_of),
        "day": side.day,
        "ambassadors": len(side.facts.people),
        "posts": side.facts.posts_total,
        "curves": {metric: list(curve) for metric, curve in side.curves.items()},
    }


def _kpi(one: Kpi) -> dict[str, Any]:
    return {
        "value": None if one.value is None else float(one.value),
        "unit": one.unit,
        "text": one.text,
        "coverage": {"known": one.known, "unknown": one.unknown},
        "reason": one.reason,
    }


def _indicator(one: Indicator | None) -> dict[str, Any] | None:
    if one is None:
        return None
    numbers = {"value": one.value, "target": one.target, "attained": one.attained}
    shown = {k: None if v is None else float(v) for k, v in numbers.items()}
    return {**shown, "unit": one.unit, "reason": one.reason}
