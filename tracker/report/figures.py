"""Headline figures: each with target, coverage, class, age and receipt.

A figure is measured from readings, reported by a claim of the plan, or computed
from the budget; else it is not known, and says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from tracker.catalogue import N_
from tracker.facts import CampaignFacts, Count
from tracker.kpi.costs import per
from tracker.kpi.pace import Standing, standing
from tracker.model import DAY, METRICS, NOT_ADDITIVE, day_instant
from tracker.report.text import clean

#: A figure whose newest reading is so many days older than the data is old.
STALE = 7
#: Tiles beyond those of the plan's indicators.
TILES = 8
#: Cost figures: what the cost is divided by, for how many of it, and the formula.
COSTS = {
    "cpv": ("views", 1, N_("cost ÷ views")),
    "cpm_views": ("views", 1000, N_("cost ÷ views × 1,000")),
    "cpp": ("posts", 1, N_("cost ÷ posts")),
    "cpl": ("lead", 1, N_("cost ÷ leads")),
}
ALIASES = {
    "items": "posts",
    "leads": "lead",
    "sales": "sale",
    "test_drives": "test_drive",
}


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

    unit: '' for a count, 'money' in the currency's major unit. known, unknown:
    posts. stale: days by which it is older than the data, when it is old.
    formula and why: sentences of the catalogue. divided: count and units that a
    cost is divided by. checked: do the gains add up to it? claim: what it rests on.
    """

    id: str
    metric: str
    platform: str | None = None
    value: int | Decimal | None = None
    unit: str = ""
    classes: tuple[str, ...] = ()
    known: int | None = None
    unknown: int | None = None
    oldest: int | None = None
    newest: int | None = None
    stale: int | None = None
    target: Decimal | None = None
    standing: Standing | None = None
    formula: str = ""
    divided: tuple[int | Decimal, int] | None = None
    checked: bool | None = None
    claim: Claim | None = None
    why: str = ""


def decimal(value: Any) -> Decimal | None:
    """A number of a plan, exact; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def figures(facts: CampaignFacts) -> tuple[Figure, ...]:
    """The tiles: the plan's indicators, posts, claims that are used, the rest."""
    found: dict[tuple[str, str | None], Figure] = {}
    for indicator in facts.plan.get("indicator", ()):
        metric = str(indicator.get("metric", indicator.get("id", "")))
        platform = platform_of(facts, indicator)
        key = (canonical(metric), platform)
        if key not in found:
            found[key] = aimed(facts, resolve(facts, *key), indicator)
    for metric in _others(facts):
        if len(found) >= TILES:
            break
        key = (metric, None)
        if not any(known[0] == metric for known in found):
            found[key] = resolve(facts, *key)
    return tuple(found.values())


def _others(facts: CampaignFacts) -> Iterator[str]:
    yield "posts"
    yield from (m for m in facts.metrics if m not in NOT_ADDITIVE)
    yield from (claim.metric for claim in claims(facts.plan) if claim.used)
    if budget(facts.plan) is not None:
        yield from ("cpm_views", "cpl")


def canonical(metric: str) -> str:
    return ALIASES.get(metric, metric)


def platform_of(facts: CampaignFacts, indicator: Mapping[str, Any]) -> str | None:
    """The platform of the tool that feeds an indicator's metric, if one is named."""
    if indicator.get("metric") not in METRICS or not indicator.get("source"):
        return None
    for tool in facts.plan.get("tool", ()):
        if tool.get("source") == indicator["source"] and tool.get("platform"):
            return str(tool["platform"])
    return None


def resolve(facts: CampaignFacts, metric: str, platform: str | None = None) -> Figure:
    """Where a figure comes from, and what it is."""
    name = f"{platform}-{metric}" if platform else metric
    if metric == "posts":
        return _posts(facts)
    if metric in METRICS:
        count = _count(facts, metric, platform)
        if count.known or not any(c.metric == metric for c in claims(facts.plan)):
            return _measured(facts, name, metric, platform, count)
    if metric in COSTS:
        return _cost(facts, metric)
    for claim in claims(facts.plan):
        if claim.metric == metric and claim.used and claim.value is not None:
            return _reported(facts, name, claim)
    return Figure(name, metric, why=N_("No source delivers it yet."))


def _count(facts: CampaignFacts, metric: str, platform: str | None) -> Count:
    if platform is None:
        return facts.counts[metric]
    for part in facts.platforms:
        if part.platform == platform:
            return part.counts[metric]
    return Count(None, 0, 0)


def _posts(facts: CampaignFacts) -> Figure:
    return Figure(
        "posts",
        "posts",
        value=facts.posts_total,
        classes=_classes(facts, None),
        known=facts.posts_total,
        unknown=0,
        newest=facts.as_of,
        formula=N_("posts of enrolled handles within the enrolment that fit the rules"),
    )


def _measured(
    facts: CampaignFacts, name: str, metric: str, platform: str | None, count: Count
) -> Figure:
    why = ""
    if metric in NOT_ADDITIVE:
        why = N_("Reach counts people and cannot be added up over posts.")
    elif not count.known:
        why = N_("No post has a value yet.")
    return Figure(
        name,
        metric,
        platform,
        count.value,
        classes=_classes(facts, platform) if count.value is not None else ("unknown",),
        known=count.known,
        unknown=count.unknown,
        oldest=count.oldest,
        newest=count.newest,
        stale=_stale(facts, count.newest),
        formula=N_("sum of the last known value of each post"),
        checked=adds_up(facts, metric, platform) if count.value is not None else None,
        why=why,
    )


def adds_up(facts: CampaignFacts, metric: str, platform: str | None = None) -> bool:
    """Are the gains of all days equal to the last known totals of all posts?"""
    gained = sum(
        day.gains.get(metric, 0)
        for day in facts.days
        if day.platform == platform or (platform is None and facts.added(day.platform))
    )
    last = sum(
        value or 0
        for (part, name), value in facts.sums.items()
        if name == metric
        and (part == platform or (platform is None and facts.added(part)))
    )
    return gained == last


def _stale(facts: CampaignFacts, newest: int | None) -> int | None:
    if newest is None or facts.as_of is None:
        return None
    days = (facts.as_of - newest) // DAY
    return days if days > STALE else None


def _classes(facts: CampaignFacts, platform: str | None) -> tuple[str, ...]:
    found = {
        name
        for part in facts.platforms
        if platform is None or part.platform == platform
        for name in part.classes
    }
    return tuple(n for n in ("measured", "reported", "estimated") if n in found)


def _reported(facts: CampaignFacts, name: str, claim: Claim) -> Figure:
    newest = None
    if claim.as_of:
        newest = _claimed_at(claim.as_of)
    value = claim.value
    assert value is not None
    return Figure(
        name,
        claim.metric,
        value=int(value) if value == int(value) else value,
        classes=("reported",),
        newest=newest,
        stale=_stale(facts, newest),
        formula=N_("value as published"),
        claim=claim,
    )


def _claimed_at(text: str) -> int | None:
    try:
        return day_instant(date.fromisoformat(text[:10]))
    except ValueError:
        return None


def _cost(facts: CampaignFacts, metric: str) -> Figure:
    of, units, formula = COSTS[metric]
    cost, count = budget(facts.plan), resolve(facts, of)
    value = per(cost, count.value, units) if cost is not None else None
    why = "" if cost is not None else N_("The plan has no budget.")
    if cost is not None and value is None:
        why = N_("What it is divided by is not known.")
    return Figure(
        metric,
        metric,
        value=value,
        unit="money",
        classes=tuple(dict.fromkeys(("reported", *count.classes)))
        if value is not None
        else ("unknown",),
        known=count.known,
        unknown=count.unknown,
        newest=count.newest,
        stale=count.stale,
        formula=formula,
        divided=(count.value, units) if value is not None and count.value else None,
        why=why,
    )


def budget(plan: Mapping[str, Any]) -> Decimal | None:
    """The plan's amount in the currency's major unit."""
    return decimal((plan.get("budget") or {}).get("amount"))


def aimed(facts: CampaignFacts, figure: Figure, indicator: Mapping[str, Any]) -> Figure:
    """The figure with its target."""
    from dataclasses import replace

    target = decimal(indicator.get("target"))
    if target is None:
        return figure
    baseline = decimal(indicator.get("baseline")) or Decimal(0)
    spent, length = period(facts)
    stands = None
    if figure.value is not None and figure.unit == "":
        stands = standing(
            float(figure.value), float(target), float(baseline), spent, length
        )
    return replace(figure, target=target, standing=stands)


def period(facts: CampaignFacts) -> tuple[int, int]:
    """Days gone by the newest reading, and days planned (0: open)."""
    from zoneinfo import ZoneInfo

    from tracker.model import local_day

    campaign = facts.campaign
    if campaign.starts is None or facts.as_of is None:
        return 0, 0
    today = local_day(facts.as_of, ZoneInfo(campaign.timezone))
    spent = max((today - campaign.starts).days + 1, 0)
    if campaign.ends is None:
        return spent, 0
    length = (campaign.ends - campaign.starts).days + 1
    return min(spent, length), length


def claims(plan: Mapping[str, Any]) -> list[Claim]:
    """What sources say, in the plan's order."""
    return [_claim(raw) for raw in plan.get("claim", ())]


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
