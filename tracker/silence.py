"""Ambassadors of whom nothing new has been seen for long: findings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tracker import forms
from tracker.checks.silence import silent_at
from tracker.finding import WARNING, Finding, finding_id
from tracker.model import DAY, Campaign, Enrolment, instant, local_day
from tracker.planmissions import span
from tracker.store.lastposts import LastPosts, last_posts
from tracker.store.roster import Roster

if TYPE_CHECKING:
    from tracker.app import Tracker

RULE = "ambassador.silent"
#: Days, where `[checks] silent` says none.
USUAL = "28d"


def findings(
    tracker: Tracker, now: int, campaign: str | None = None
) -> Iterator[Finding]:
    """Who is enrolled, in any campaign or in one, and has posted nothing for `[checks]
    silent`, 28 days if unsaid.

    Only as far as data reach: without newer readings of anybody it is not known who
    is silent, and the silence is the collection's. Nor after an enrolment ended.
    """
    days = _days(tracker)
    known = last_posts(tracker.database, campaign)
    if known.newest is None:
        return
    roster = Roster(tracker.database)
    campaigns = {one.id: one for one in roster.campaigns()}
    for one in roster.enrolments(campaign):
        until = min(now, known.newest)
        yield from _silent(one, campaigns[one.campaign], known, until, days)


def _days(tracker: Tracker) -> int:
    said = tracker.settings.raw.get("checks", {}).get("silent", USUAL)
    return max(1, forms.duration(said) // DAY)


def _silent(
    one: Enrolment, campaign: Campaign, known: LastPosts, until: int, days: int
) -> Iterator[Finding]:
    zone = ZoneInfo(campaign.timezone)
    first, last = span(one, campaign)
    seen = known.last.get((one.campaign, one.ambassador))
    since = _midnight(first, zone) if seen is None else seen
    ends = _midnight(last + timedelta(days=1), zone) if last < date.max else until
    if since is None or ends is None:
        return
    at = silent_at(since, min(until, ends), days)
    if at is None:
        return
    what = "last post" if seen is not None else "no post since the enrolment began"
    yield Finding(
        finding_id(RULE, one.campaign, one.ambassador, since),
        RULE,
        WARNING,
        at,
        f"{what} on {local_day(since, zone)}; no other in {days} days",
        one.campaign,
        one.ambassador,
    )


def _midnight(day: date, zone: ZoneInfo) -> int | None:
    """None: nobody says when it began."""
    if day == date.min:
        return None
    return instant(datetime.combine(day, time(), zone))
