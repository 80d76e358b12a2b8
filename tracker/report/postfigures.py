"""Figures that are counted or summed over posts."""

from __future__ import annotations

from tracker.catalogue import N_
from tracker.facts import CampaignFacts, Count
from tracker.model import NOT_ADDITIVE
from tracker.report.figure import Figure, ordered, stale


def count(facts: CampaignFacts, metric: str, platform: str | None) -> Count:
    if platform is None:
        return facts.counts[metric]
    for part in facts.platforms:
        if part.platform == platform:
            return part.counts[metric]
    return Count(None, 0, 0)


def posts(facts: CampaignFacts, name: str, platform: str | None) -> Figure:
    parts = [p for p in facts.platforms if platform in (None, p.platform)]
    many = sum(part.posts for part in parts)
    return Figure(
        name,
        "posts",
        platform,
        value=many,
        classes=classes(facts, platform),
        of="posts",
        known=many,
        unknown=0,
        newest=max((p.newest for p in parts if p.newest is not None), default=None),
        formula=N_("posts of enrolled handles within the enrolment that fit the rules"),
        command=f"tracker totals {facts.campaign.id} --by post",
    )


def measured(
    facts: CampaignFacts, name: str, metric: str, platform: str | None
) -> Figure:
    found, why = count(facts, metric, platform), ""
    if metric in NOT_ADDITIVE:
        why = N_("Reach counts people and cannot be added up over posts.")
    elif not found.known:
        why = N_("No post has a value yet.")
    where = f" --platform {platform}" if platform else ""
    return Figure(
        name,
        metric,
        platform,
        found.value,
        classes=classes(facts, platform) if found.value is not None else ("unknown",),
        of="posts",
        known=found.known,
        unknown=found.unknown,
        oldest=found.oldest,
        newest=found.newest,
        stale=stale(facts, found.newest),
        formula=N_("sum of the last known value of each post"),
        checked=adds_up(facts, metric, platform) if found.value is not None else None,
        why=why,
        command=f"tracker explain {facts.campaign.id} {metric}{where}",
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


def classes(facts: CampaignFacts, platform: str | None) -> tuple[str, ...]:
    found = {
        name
        for part in facts.platforms
        if platform is None or part.platform == platform
        for name in part.classes
    }
    return ordered(found)
