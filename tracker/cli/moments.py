"""Moments as a person writes them on the command line."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import click

from tracker.cli.common import warn
from tracker.model import instant, iso

if TYPE_CHECKING:
    from collections.abc import Iterator
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

    A time without a zone is one of the given zone, where it comes once: not in the
    hour that is left out or comes twice when clocks are changed.
    """
    if text is None:
        return None
    try:
        if len(text) == 10:
            after = date.fromisoformat(text) + timedelta(days=1)
            return instant(datetime.combine(after, time(), zone)) - 1
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise click.UsageError(
            f"{option} wants a time such as 2026-01-31 or 2026-01-31T18:00Z, "
            f'not "{text}"'
        ) from None
    return instant(moment if moment.tzinfo else _once(moment, option, zone))


def _once(local: datetime, option: str, zone: ZoneInfo) -> datetime:
    """A time of a zone that its clocks show exactly once."""
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    many = "comes twice" if first.utcoffset() > second.utcoffset() else "is left out"  # type: ignore[operator]
    raise click.UsageError(
        f"{option}: {local.isoformat(timespec='minutes')} {many} in {zone.key}, where "
        "clocks are changed; add its distance from UTC, as in +02:00"
    )


@contextmanager
def as_known(
    tracker: Tracker, as_of: int | None, subject: str
) -> Iterator[tuple[Tracker, int | None]]:
    """Where a question about an instant is answered; see `tracker.past`."""
    from tracker.past import as_known as known

    tell_history(tracker, as_of, subject)
    with known(tracker, as_of) as found:
        yield found


def tell_history(tracker: Tracker, as_of: int | None, subject: str) -> None:
    """Say it when changes of people and plans were not kept yet."""
    if as_of is None:
        return
    from tracker.store.history import since

    kept = since(tracker.database)
    if as_of < kept:
        warn(
            "PAST_PARTLY",
            subject,
            f"changes of people and plans are kept since {iso(kept)}. Until then they"
            " stand as they were at that instant; readings are replayed all the same",
        )
