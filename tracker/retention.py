"""Nothing kept too long: what [retention] and the terms of sources allow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tracker import app
from tracker.model import DAY
from tracker.settings import RETENTION, keep_days
from tracker.store import retention
from tracker.store.retention import Limit

if TYPE_CHECKING:
    from tracker.app import Tracker


def limits(tracker: Tracker, now: int) -> list[Limit]:
    """Before which instant each kind of record goes; kinds kept for ever are not
    there. A source that may keep its data for a shorter time has limits of its own."""
    found = []
    said = tracker.settings.raw.get("retention", {})
    terms = list(_terms(tracker))
    for kind in RETENTION:
        days = keep_days(said.get(kind, "forever"))
        if days is not None:
            found.append(Limit(kind, now - days * DAY))
        found += [
            Limit(kind, now - own * DAY, source, platform)
            for source, platform, own in terms
            if (days is None or own < days) and (platform or kind != "captions")
        ]
    return found


def _terms(tracker: Tracker) -> Iterator[tuple[str, str | None, int]]:
    """Sources whose blocks have chosen what their terms ask for: name, platform and
    the days they may keep data."""
    for block in tracker.settings.sources:
        if "retention" not in block.options:
            continue
        policy = app.make_source(tracker.home, tracker.settings, block).policy
        if policy.keep_days is not None:
            yield block.name, policy.platform, policy.keep_days


def retain(tracker: Tracker, *, now: int, dry_run: bool = False) -> dict[str, int]:
    """Take out what is older; rows changed by kind. Counts, sums and totals stay."""
    return retention.retain(
        tracker.database, limits(tracker, now), now, dry_run=dry_run
    )
