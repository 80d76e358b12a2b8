"""What is wrong, late or missing in a campaign, gathered for its quality page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tracker.disclosed import disclosed
from tracker.findings import CHECKS, findings
from tracker.missions import findings_of
from tracker.model import day_number, local_day
from tracker.store import presence, proofs
from tracker.troublefacts import Gone, SourceDays, Troubles

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.facts import CampaignFacts
    from tracker.finding import Finding
    from tracker.kpis.facts import Facts

#: From the best day of runs to the worst.
RANK = ("", "ok", "partial", "failed")
#: Told otherwise: disclosure is summed (disclosed.py), smaller values of one instant
#: have a section of their own, without the names of files that findings have.
APART = ("tracker.disclosures:findings", "tracker.anomalies:disagreements")
#: Told from what was read for the KPIs.
READ = ("tracker.missions:findings",)
#: By the clock of the page's maker.
BY_CLOCK = ("tracker.lateness:findings",)


def troubles(known: Facts, facts: CampaignFacts, shown: int, *, now: int) -> Troubles:
    """As things were at the newest reading; sources alone are late by `now`.

    known: what the campaign's KPIs are made of.
    """
    tracker = known.tracker
    days, runs = _runs(tracker, facts)
    posts = [
        one
        for one in presence.changed(tracker.database)
        if one.about.campaign == facts.campaign.id
    ]
    return Troubles(
        rows=proofs.rows(tracker.database),
        recount=proofs.recount(tracker.database),
        days=days,
        runs=tuple(runs),
        presence=_presence(facts, posts),
        gone=tuple(_gone(posts)),
        findings=tuple(_findings(known, facts, now)),
        disclosed=disclosed(tracker, facts, shown),
    )


def _findings(known: Facts, facts: CampaignFacts, now: int) -> list[Finding]:
    tracker, slug = known.tracker, facts.campaign.id
    plain = [name for name in CHECKS if name not in (*APART, *BY_CLOCK, *READ)]
    found = findings(
        tracker,
        now=facts.as_of or 0,
        campaign=slug,
        checks=plain,
        known=findings_of(known.grid, known.zone),
    )
    found += findings(tracker, now=now, campaign=slug, checks=BY_CLOCK)
    return sorted(found, key=lambda one: (one.rule, -one.at, one.id))


def _presence(facts: CampaignFacts, posts: list[presence.Presence]) -> dict[str, int]:
    """Posts by state; empty where no source looks whether posts are still there."""
    if not posts:
        return {}
    many = {"live": facts.posts_total, "suspect": 0, "gone": 0, "restored": 0}
    for one in posts:
        many[one.state] += 1
        many["live"] -= one.state != "restored"
    return many


def _gone(posts: list[presence.Presence]) -> list[Gone]:
    """Those with most views at removal first."""
    found = [
        Gone(
            one.about.platform,
            one.about.post_id,
            one.about.ambassador,
            one.since,
            one.last_at,
            one.last.get("views"),
        )
        for one in posts
        if one.state == "gone"
    ]
    return sorted(
        found, key=lambda one: (-(one.views or -1), one.platform, one.post_id)
    )


def _runs(
    tracker: Tracker, facts: CampaignFacts
) -> tuple[tuple[int, int], list[SourceDays]]:
    """First and last day, and a row a source: the worst of each day's runs."""
    zone = ZoneInfo(facts.campaign.timezone)
    worst: dict[tuple[str, int], str] = {}
    for name, quarter, failed, partial in proofs.runs(tracker.database):
        day = day_number(local_day(quarter * proofs.QUARTER, zone))
        state = "failed" if failed else "partial" if partial else "ok"
        worst[name, day] = max(state, worst.get((name, day), ""), key=RANK.index)
    if not worst:
        return (0, -1), []
    last = max(day for _, day in worst)
    days = (last - proofs.DAYS + 1, last)
    names = sorted({name for name, _ in worst})
    return days, [SourceDays(name, _row(worst, name, days)) for name in names]


def _row(
    worst: dict[tuple[str, int], str], name: str, days: tuple[int, int]
) -> tuple[str, ...]:
    return tuple(worst.get((name, day), "") for day in range(days[0], days[1] + 1))
