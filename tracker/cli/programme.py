"""What the commands about campaigns and people share: days, shapes of JSON."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.model import Ambassador, Campaign, Enrolment
    from tracker.store.roster import Roster


class Day(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """A day such as 2026-01-31."""

    name = "day"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        if isinstance(value, date) or value in self.words:
            return value
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
        if day is None or day.isoformat() != value:
            self.fail(f'"{value}" is no day such as 2026-01-31', param, ctx)
        return day

    def __init__(self, words: Collection[str] = ()) -> None:
        #: Words that may stand for a day.
        self.words = words


def roster(tracker: Tracker) -> Roster:
    """The workspace's roster."""
    from tracker.store.roster import Roster

    return Roster(tracker.database, tracker.zone)


def today(zone: Any, now: int) -> date:
    """The day it is in a zone."""
    return datetime.fromtimestamp(now / 1000, zone).date()


def day_text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def campaign_json(campaign: Campaign) -> dict[str, Any]:
    return {
        "id": campaign.id,
        "name": campaign.name,
        "timezone": campaign.timezone,
        "currency": campaign.currency,
        "language": campaign.language,
        "start": day_text(campaign.starts),
        "end": day_text(campaign.ends),
        "state": campaign.state,
        "match": {
            "hashtags": list(campaign.match.hashtags),
            "mentions": list(campaign.match.mentions),
            "links": list(campaign.match.links),
        },
    }


def ambassador_json(
    person: Ambassador, enrolments: Collection[Enrolment]
) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "country": person.country,
        "language": person.language,
        "handles": [
            {
                "platform": handle.platform,
                "handle": handle.handle,
                "since": day_text(handle.since),
                "until": day_text(handle.until),
                "followers": handle.followers,
            }
            for handle in person.handles
        ],
        "enrolments": [enrolment_json(one) for one in enrolments],
    }


def enrolment_json(one: Enrolment) -> dict[str, Any]:
    """from and to are null where the campaign's own days hold."""
    from tracker.codes import money_text

    fee = None
    if one.fee is not None and one.currency is not None:
        fee = money_text(one.fee, one.currency)
    return {
        "campaign": one.campaign,
        "ambassador": one.ambassador,
        "from": day_text(one.starts),
        "to": day_text(one.ends),
        "group": one.group,
        "fee": fee,
        "currency": one.currency,
    }


def warn_outside(campaign: Campaign, enrolments: Collection[Enrolment]) -> None:
    """Who is enrolled on no day of the campaign: nothing of theirs counts."""
    from tracker.cli.common import warn
    from tracker.planmissions import span

    days = {one.ambassador: span(one, campaign) for one in enrolments}
    outside = sorted(name for name, (first, last) in days.items() if last < first)
    if outside:
        named = ", ".join(outside[:5]) + (", …" if len(outside) > 5 else "")
        text = f"enrolled on no day of the campaign, so nothing counts: {named}"
        warn("NO_DAYS", campaign.id, text)
