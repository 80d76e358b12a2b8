"""What templates are given: one frozen value a page, made from facts.

A page's value holds everything that its bytes depend on, so that a page whose
value did not change need not be written again. Text of strangers is cleaned here;
templates escape and isolate it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from tracker.facts import WHOLE, CampaignFacts, Edition, Since, SourceFacts
from tracker.kpi.formula import Number
from tracker.kpi.pace import Pace, pace
from tracker.kpi.series import Daily, daily
from tracker.model import NOT_ADDITIVE, day_number, number_day
from tracker.report import claims as disputes
from tracker.report.awareness import Awareness, awareness
from tracker.report.board import Board, board
from tracker.report.cards import Shown
from tracker.report.digests import fingerprint
from tracker.report.figures import Figure, budget, figures, indicated, period
from tracker.report.funnel import Funnel, funnel
from tracker.report.gallery import Drawing
from tracker.report.missions import Missions, today
from tracker.report.missions import section as missions
from tracker.report.money import KpiRow, Money, money
from tracker.report.receipts import receipts
from tracker.report.text import clean
from tracker.report.top import TopPost, top_posts
from tracker.report.unknowns import unknowns
from tracker.words import Words

#: Indicators on the card of a campaign.
CARD = 4


@dataclass(frozen=True, slots=True)
class Head:
    """What the frame of every page of a campaign needs.

    root: the way to the folder of all pages. state: draft, open or closed.
    """

    id: str
    name: str
    root: str
    state: str
    as_of: int | None
    timezone: str
    edition: Edition = WHOLE


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    gain: int
    total: int
    days: int
    changed: int


@dataclass(frozen=True, slots=True)
class PlatformRow:
    """A platform in its own unit; metric None: nothing is known of its posts."""

    platform: str
    posts: int
    metric: str | None
    value: int | None
    known: int
    unknown: int
    classes: tuple[str, ...]
    newest: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """The leading metric over time; drawings by name; smalls with their values."""

    metric: str
    platform: str | None
    series: Daily
    pace: Pace | None
    end: date
    target: Number | None
    figure: Figure
    total: Drawing
    gains: Drawing
    months: tuple[Month, ...]
    week: tuple[tuple[str, int], ...]
    smalls: tuple[tuple[Figure, Drawing], ...]
    largest_fall: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class CampaignPage:
    head: Head
    strategy: Mapping[str, Any]
    applicants: int | None
    starts: date | None
    ends: date | None
    spent: int
    length: int
    budget: Decimal | None
    steps: int
    people: int
    active: int
    figures: tuple[Figure, ...]
    progress: Progress | None
    missions: Missions | None
    board: Board
    scatter: Drawing | None
    platforms: tuple[PlatformRow, ...]
    posts: int
    funnel: Funnel | None
    money: Money | None
    awareness: Awareness | None
    top: tuple[TopPost, ...]
    disputes: tuple[disputes.Dispute, ...]
    conflict: Drawing | None
    disagreed: int
    unknowns: tuple[tuple[str, str], ...]
    receipts: tuple[KpiRow, ...]
    snapshot: str
    plan: tuple[tuple[str, str], ...]
    sources: tuple[SourceFacts, ...]
    metrics: tuple[str, ...]
    tips: Mapping[str, Any]
    since: Since | None


@dataclass(frozen=True, slots=True)
class Card:
    """A campaign on the page of all campaigns.

    figures: its first indicators, or what is usual without any. known: of `aims`, all
    its indicators. late, stopped: of its sources.
    """

    head: Head
    currency: str
    strategy: str
    starts: date | None
    ends: date | None
    spent: int
    length: int
    why: str
    figures: tuple[Figure, ...]
    known: int
    aims: int
    posts: int
    people: int
    weeks: tuple[int, ...]
    metric: str | None
    late: int
    stopped: int
    sources: int

    @property
    def running(self) -> bool:
        """Is today one of its days, and is it open?"""
        under_way = bool(self.length) and self.spent < self.length
        return under_way and self.head.state == "open"


@dataclass(frozen=True, slots=True)
class IndexPage:
    cards: tuple[Shown, ...]


def head(facts: CampaignFacts, root: str) -> Head:
    campaign = facts.campaign
    return Head(
        campaign.id,
        clean(campaign.name),
        root,
        campaign.state,
        facts.as_of,
        campaign.timezone,
        facts.edition,
    )


def campaign_page(facts: CampaignFacts, w: Words, gallery: Any) -> CampaignPage:
    """The page of one campaign. gallery: where its charts come from."""
    from tracker.report.progress import progress, tips

    plan, tiles = facts.plan, figures(facts)
    spent, length = period(facts)
    ladder, told = board(facts), disputes.disputes(facts)
    way, spent_on = progress(facts, tiles, w, gallery), money(facts)
    return CampaignPage(
        head=head(facts, "../"),
        strategy=_strategy(plan),
        applicants=facts.programme.applicants,
        starts=facts.campaign.starts,
        ends=facts.campaign.ends,
        spent=spent,
        length=length,
        budget=budget(plan),
        steps=4 - len({one.step for one in facts.programme.lacks}),
        people=len(facts.people),
        active=sum(1 for person in facts.people if person.posts),
        figures=tiles,
        progress=way,
        missions=missions(facts),
        board=ladder,
        scatter=ladder.scatter(w, gallery, facts.leading),
        platforms=tuple(platform_rows(facts)),
        posts=facts.posts_total,
        funnel=funnel(facts),
        money=spent_on,
        awareness=awareness(facts, w, gallery),
        top=top_posts(facts),
        disputes=told,
        conflict=disputes.chart(told, w, gallery),
        disagreed=facts.quality.disagreed,
        unknowns=tuple(unknowns(facts, tiles, w)),
        receipts=receipts(facts, spent_on),
        snapshot=_snapshot(facts),
        plan=tuple(_plan(plan, w)),
        sources=_lasting(facts.sources),
        metrics=facts.metrics,
        tips=tips(way, len(facts.people), w),
        since=_named(facts.since),
    )


def _snapshot(facts: CampaignFacts) -> str:
    """A name of what the page was made from: other data have another one."""
    day = today(facts)
    parts = (facts.campaign, facts.plan, fingerprint(facts.posts), facts.brought)
    mark = hashlib.sha256(repr((*parts, facts.people)).encode()).hexdigest()[:6]
    return f"{facts.campaign.id}-{day.isoformat() if day else 'empty'}-{mark}"


def _named(since: Since | None) -> Since | None:
    """With the name of the mark fit for a page."""
    return since and replace(since, name=since.name and clean(since.name))


def _lasting(sources: tuple[SourceFacts, ...]) -> tuple[SourceFacts, ...]:
    """Without what depends on the hour: only the quality page says who is late."""
    return tuple(replace(source, due=None, newest=None) for source in sources)


def _strategy(plan: Mapping[str, Any]) -> Mapping[str, Any]:
    raw = plan.get("strategy") or {}
    return {
        "kind": clean(str(raw.get("kind") or "")),
        "why": clean(str(raw.get("why") or "")),
    }


def platform_rows(facts: CampaignFacts) -> list[PlatformRow]:
    """Each platform by the first metric known of it, in the usual order."""
    order = [m for m in (facts.leading, *facts.metrics) if m and m not in NOT_ADDITIVE]
    found = []
    for part in facts.platforms:
        metric = next((m for m in order if part.counts[m].known), None)
        count = part.counts[metric] if metric else None
        found.append(
            PlatformRow(
                part.platform,
                part.posts,
                metric,
                count.value if count else None,
                count.known if count else 0,
                count.unknown if count else part.posts,
                part.classes if count else ("unknown",),
                count.newest if count else None,
            )
        )
    return sorted(found, key=lambda row: (-row.posts, row.platform))


def _plan(plan: Mapping[str, Any], w: Words) -> list[tuple[str, str]]:
    """The four steps, as far as they are filled in."""

    def names(key: str, field: str) -> str:
        said = [clean(str(x.get(field) or "")) for x in plan.get(key, ())]
        return ", ".join(name for name in said if name)

    strategy = plan.get("strategy") or {}
    why = clean(str(strategy.get("why") or ""))
    kind = w.strategy(clean(str(strategy["kind"]))) if strategy.get("kind") else ""
    aims = []
    for raw in plan.get("indicator", ()):
        metric = w.metric(clean(str(raw.get("metric") or raw.get("id") or "")))
        target = raw.get("target")
        known = isinstance(target, (int, float)) and not isinstance(target, bool)
        aims.append(f"{metric} {w.compact(target)}" if known else metric)
    return [
        (w("Strategy"), ". ".join(x.rstrip(".") for x in (kind, why) if x)),
        (w("Tools"), names("tool", "name")),
        (w("Content"), names("content", "type")),
        (w("Indicators"), ", ".join(aims)),
    ]


def card(facts: CampaignFacts) -> Card:
    """The campaign's own four indicators; never a sum over campaigns."""
    spent, length = period(facts)
    strategy = _strategy(facts.plan)
    series = metric_series(facts, facts.leading) if facts.leading else None
    aims = indicated(facts)
    return Card(
        head=head(facts, ""),
        currency=facts.campaign.currency,
        strategy=strategy["kind"],
        starts=facts.campaign.starts,
        ends=facts.campaign.ends,
        spent=spent,
        length=length,
        why=strategy["why"],
        figures=(aims or figures(facts))[:CARD],
        known=sum(aim.value is not None for aim in aims),
        aims=len(aims),
        posts=facts.posts_total,
        people=len(facts.people),
        weeks=_weeks(series),
        metric=facts.leading,
        late=sum(1 for s in facts.sources if s.due is not None),
        stopped=sum(1 for s in facts.sources if s.state in ("paused", "failed")),
        sources=len(facts.sources),
    )


def _weeks(series: Daily | None) -> tuple[int, ...]:
    if series is None:
        return ()
    gains = series.gains
    return tuple(sum(gains[at : at + 7]) for at in range(0, len(gains), 7))


def metric_series(
    facts: CampaignFacts, metric: str, platform: str | None = None
) -> Daily | None:
    """Gains of a metric ('posts' too), from the campaign's start to the newest data.

    None without any day.
    """
    gained: dict[int, int] = {}
    changed: set[int] = set()
    alone = platform is not None or metric == "posts"
    for day in facts.days if alone else facts.added_days:
        if platform is not None and day.platform != platform:
            continue
        gain = day.posts if metric == "posts" else day.gains.get(metric, 0)
        # a gain of nothing is news too: a first value of 0, or a rise and a fall
        if gain or metric in day.gains:
            changed.add(day.day)
        gained[day.day] = gained.get(day.day, 0) + gain
    now = today(facts)
    if not changed or now is None:
        return None
    starts = facts.campaign.starts
    first = min(changed) if starts is None else min(day_number(starts), *changed)
    last = max(*changed, day_number(now))
    return daily(gained, sorted(changed), first, last)


def end_of(facts: CampaignFacts, series: Daily) -> date:
    """The last day that curves show."""
    last = number_day(series.last)
    return max(facts.campaign.ends, last) if facts.campaign.ends else last


def pace_of(facts: CampaignFacts, series: Daily) -> Pace | None:
    """None too when the last days are unknown: there is no pace to go by."""
    if facts.campaign.ends is None or series.in_gap(series.last):
        return None
    return pace(series.gains, day_number(facts.campaign.ends) - series.last)
