"""Headline figures: each with target, coverage, class, age and receipt.

A figure is what the indicators of the plan and `tracker kpi` answer, whatever feeds
them: readings, outcomes, surveys, costs. Where these know nothing, a claim of the plan
that is used is shown as reported; else it is not known, and says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tracker.facts import CampaignFacts
from tracker.model import METRICS, NOT_ADDITIVE, local_day
from tracker.report.figure import Claim, Figure, canonical, claims, decimal
from tracker.report.kpifigures import of_claim, of_kpi, of_result, of_survey
from tracker.report.postfigures import adds_up, measured, posts

if TYPE_CHECKING:
    from tracker.kpi.answer import Indicator
    from tracker.kpi.formula import Number

__all__ = ["Claim", "Figure", "adds_up", "claims", "figures", "indicated", "resolve"]

#: Tiles on the campaign page.
TILES = 8
#: KPIs that are shown where the plan's indicators leave room, when they are known.
USUAL = ("on_time", "cpm_views", "cpl")


def figures(facts: CampaignFacts) -> tuple[Figure, ...]:
    """The tiles: the plan's first indicators, then what else is known of the usual."""
    found: dict[tuple[str, str | None], Figure] = {}
    for one in indicated(facts):
        found.setdefault((one.metric, one.platform), one)
    for metric in _others(facts):
        if len(found) < TILES and all(known != metric for known, _ in found):
            found[metric, None] = resolve(facts, metric)
    return tuple(found.values())[:TILES]


def _others(facts: CampaignFacts) -> Iterator[str]:
    yield "posts"
    yield from (m for m in facts.metrics if m not in NOT_ADDITIVE)
    yield from facts.programme.results
    yield from (claim.metric for claim in claims(facts.plan) if claim.used)
    kpis = facts.kpi
    yield from (name for name in USUAL if name in kpis and kpis[name].value is not None)


def indicated(facts: CampaignFacts) -> tuple[Figure, ...]:
    """A figure for each indicator of the plan, in its order."""
    raw = facts.plan.get("indicator", ())
    answers = facts.kpis.indicators if facts.kpis else ()
    return tuple(
        _indicator(facts, one, answers[at] if at < len(answers) else None)
        for at, one in enumerate(raw)
    )


def _indicator(
    facts: CampaignFacts, raw: Mapping[str, Any], answer: Indicator | None
) -> Figure:
    metric = canonical(str(raw.get("metric") or raw.get("id") or ""))
    figure = resolve(facts, metric, platform_of(facts, raw))
    if answer is None:
        return replace(figure, target=decimal(raw.get("target")))
    return replace(
        figure,
        target=answer.target,
        baseline=answer.baseline,
        lower=answer.lower,
        attained=_attained(figure, answer),
        standing=answer.standing,
        pace=answer.pace,
        projected=answer.projected if answer.pace is not None else None,
    )


def _attained(figure: Figure, answer: Indicator) -> Number | None:
    """As the indicator answers; by the claim that is shown in its place, else."""
    if answer.value is not None or figure.value is None or not answer.target:
        return answer.attained
    return Decimal(figure.value) * 100 / Decimal(answer.target)


def platform_of(facts: CampaignFacts, indicator: Mapping[str, Any]) -> str | None:
    """The platform of the tool that feeds an indicator of posts, if one is named."""
    metric = canonical(str(indicator.get("metric")))
    if not (metric in METRICS or metric == "posts") or not indicator.get("source"):
        return None
    for tool in facts.plan.get("tool", ()):
        if tool.get("source") == indicator["source"]:
            return str(tool["platform"]) if tool.get("platform") else None
    return None


def resolve(facts: CampaignFacts, metric: str, platform: str | None = None) -> Figure:
    """Where a figure comes from, and what it is."""
    found = _known(facts, metric, platform)
    if found.value is not None:
        return found
    for claim in claims(facts.plan):
        if claim.metric == metric and claim.used and claim.value is not None:
            return of_claim(facts, found.id, claim)
    return found


def _known(facts: CampaignFacts, metric: str, platform: str | None) -> Figure:
    name = f"{platform}-{metric}" if platform else metric
    if metric == "posts":
        return posts(facts, name, platform)
    if metric in METRICS:
        return measured(facts, name, metric, platform)
    if metric in facts.kpi:
        return of_kpi(facts, facts.kpi[metric])
    if metric in facts.programme.results:
        return of_result(facts, metric)
    return of_survey(facts, metric)


def budget(plan: Mapping[str, Any]) -> Decimal | None:
    """The plan's amount in the currency's major unit."""
    return decimal((plan.get("budget") or {}).get("amount"))


def period(facts: CampaignFacts) -> tuple[int, int]:
    """Days gone by the newest reading, and days planned (0: open)."""
    campaign = facts.campaign
    if campaign.starts is None or facts.as_of is None:
        return 0, 0
    today = local_day(facts.as_of, ZoneInfo(campaign.timezone))
    spent = max((today - campaign.starts).days + 1, 0)
    if campaign.ends is None:
        return spent, 0
    length = (campaign.ends - campaign.starts).days + 1
    return min(spent, length), length
