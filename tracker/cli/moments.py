"""Moments as a person writes them on the command line."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import click

from tracker.model import instant

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from tracker.app import Tracker


def zone_of(tracker: Tracker, campaign: str | None) -> ZoneInfo:
    """The zone in which days are meant: the campaign's; the workspace's where none is
    named. Raises NotFoundError."""
    from zoneinfo import ZoneInfo

    from tracker.store.roster import Roster

    if campaign is None:
        return tracker.zone
    return ZoneInfo(Roster(tracker.database).campaign(campaign).timezone)


def parse_moment(text: str | None, option: str, zone: ZoneInfo) -> int | None:
    """An ISO date or time as an instant; a date means its end in the zone.

    A time without a zone is one of the given zone.
    """
    if text is None:
        return None
    try:
        if len(text) == 10:
            after = date.fromisoformat(text) + timedelta(days=1)
            return instant(datetime.combine(after, time(), zone)) - 1
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(
            f"{option} wants a time such as 2026-01-31 or 2026-01-31T18:00Z, "
            f'not "{text}"'
        ) from None
    return instant(moment if moment.tzinfo else moment.replace(tzinfo=zone))
