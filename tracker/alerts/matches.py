"""What alerts wait for: findings of a rule, and days whose figures meet a condition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tracker.alerts import words
from tracker.anomalies import Memory
from tracker.errors import NotFoundError
from tracker.finding import WARNING, Finding, finding_id
from tracker.findings import CHECKS, READINGS, findings
from tracker.model import Campaign, day_instant, day_number, local_day, number_day
from tracker.rules import Alert, Condition
from tracker.store.roster import Roster
from tracker.words import Words

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.store.daysums import DaySum


@dataclass(frozen=True, slots=True)
class Match:
    """An alert and what it has to tell."""

    alert: Alert
    finding: Finding


def matches(
    tracker: Tracker, alerts: Iterable[Alert], now: int, memory: Memory | None = None
) -> Iterator[Match]:
    """All that these alerts have to tell at this instant, told or not, whatever
    people said of it. memory: what readings had to tell the last time. NotFoundError
    when an alert names a campaign that is not there."""
    alerts = list(alerts)
    known = {one.id: one for one in Roster(tracker.database).campaigns()}
    for alert in alerts:
        there(alert, known)
    rules = any(alert.condition is None for alert in alerts)
    found = _found(tracker, now, memory or Memory()) if rules else []
    for alert in alerts:
        if alert.condition is None:
            mine = (one for one in found if _about(alert, one))
        else:
            asked = [known[alert.campaign]] if alert.campaign else known.values()
            mine = (
                one
                for campaign in asked
                for one in days(tracker, campaign, alert.condition, now)
            )
        yield from (Match(alert, one) for one in mine)


def _found(tracker: Tracker, now: int, memory: Memory) -> list[Finding]:
    """All findings. Those of readings come from memory where nothing changed: to look
    through all readings of all campaigns at each round costs with the years."""
    others = [name for name in CHECKS if name != READINGS]
    known = memory.findings(tracker)
    return findings(tracker, now=now, checks=others, known=known)


def there(alert: Alert, known: Mapping[str, Campaign]) -> None:
    """NotFoundError when the alert's campaign is not there."""
    if alert.campaign is not None and alert.campaign not in known:
        raise NotFoundError(f"alert {alert.name}: campaign", alert.campaign, known)


def _about(alert: Alert, one: Finding) -> bool:
    """What belongs to no campaign concerns them all: a source that is late."""
    ours = alert.campaign is None or one.campaign in (None, alert.campaign)
    return ours and alert.wants(one.rule)


# -- conditions -----------------------------------------------------------------------


def days(
    tracker: Tracker, campaign: Campaign, asked: Condition, now: int
) -> Iterator[Finding]:
    """A finding for each finished day on which it holds.

    A gain is asked for day by day; a value once, on the day from which it holds. A
    day on which the metric was not read has no gain that could be too small.
    """
    from tracker.store.daysums import day_sums

    zone = ZoneInfo(campaign.timezone)
    last = local_day(now, zone).toordinal() - 1
    if campaign.ends is not None:
        last = min(last, campaign.ends.toordinal())
    until = day_number(date.fromordinal(last))
    held = False
    sums = day_sums(tracker.database, campaign.id, asked.metric, until, tracker.apart)
    for one in sums:
        number = one.value if asked.part == "value" else one.gain
        holds = number is not None and asked.holds(number)
        if holds and not (held and asked.part == "value"):
            yield _told(campaign, asked, one)
        held = holds


def _told(campaign: Campaign, asked: Condition, one: DaySum) -> Finding:
    day = number_day(one.day)
    return Finding(
        id=finding_id(f"{asked.metric}.{asked.part}", asked, campaign.id, day),
        rule=f"{asked.metric}.{asked.part}",
        severity=WARNING,
        at=day_instant(day),
        evidence=words.condition(Words(campaign.language), asked, one),
        campaign=campaign.id,
    )
