"""Digests: when one is due, and the message it becomes.

A period ends at 08:00 of a day in the digest's zone; the digest tells of the whole
days before it, back to the digest before. The outbox has one letter a period and
address, so running twice, or being killed, never sends twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tracker.alerts import summary, words
from tracker.errors import NotFoundError
from tracker.model import Campaign
from tracker.rules import DIGEST, HOUR, Digest, before, boundary, clock, target
from tracker.store import outbox
from tracker.store.outbox import News
from tracker.store.roster import Roster
from tracker.words import Words

if TYPE_CHECKING:
    from tracker.app import Tracker


def news(tracker: Tracker, now: int) -> Iterator[News]:
    """The letters of the period that ended last."""
    from tracker.alerts.sending import address

    wish = tracker.settings.digest
    if wish is None or not campaigns(tracker, wish):
        return
    zone = zone_of(tracker, wish)
    until = boundary(wish.every, now, zone)
    for reference in wish.to:
        yield News(
            DIGEST,
            f"{DIGEST}:{wish.every}:{until}",
            target(reference),
            address(tracker, reference),
            wish.campaign,
            clock(until, HOUR, zone),
        )


def campaigns(tracker: Tracker, wish: Digest) -> list[Campaign]:
    """What it tells of: its campaign, or all that are not closed."""
    known = Roster(tracker.database).campaigns()
    if wish.campaign is None:
        return [one for one in known if one.state != "closed"]
    found = [one for one in known if one.id == wish.campaign]
    if not found:
        names = [one.id for one in known]
        raise NotFoundError("[digest] campaign", wish.campaign, names)
    return found


def zone_of(tracker: Tracker, wish: Digest) -> ZoneInfo:
    if wish.campaign is None:
        return tracker.zone
    return ZoneInfo(campaigns(tracker, wish)[0].timezone)


def language_of(tracker: Tracker, wish: Digest) -> str:
    """As the block says, else its campaign's, else the workspace's."""
    if wish.language is not None or wish.campaign is None:
        return wish.language or tracker.settings.language
    return campaigns(tracker, wish)[0].language


def message(tracker: Tracker, where: str | None, now: int) -> tuple[str, str]:
    """Title and text of the digest for the period that ended last.

    where: the address it goes to; it tells of the days since the last digest that
    went there. None: of one period.
    """
    wish = tracker.settings.digest or Digest()
    until = boundary(wish.every, now, zone_of(tracker, wish))
    since = before(wish.every, until)
    if where is not None:
        since = min(since, _last(tracker, where) or since)
    w = Words(language_of(tracker, wish))
    told = [
        summary.summary(tracker, campaign, since, until, now)
        for campaign in campaigns(tracker, wish)
    ]
    return words.heading(w, since, until), summary.text(w, told)


def _last(tracker: Tracker, where: str) -> date | None:
    """The end of the digest before, when it is known to have gone."""
    last = outbox.last(tracker.database, DIGEST, where)
    if last is None or last.state != outbox.SENT:
        return None
    return date.fromisoformat(last.finding.rpartition(":")[2])
