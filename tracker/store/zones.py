"""Sums follow the time zones and the roster they were made with.

Days are days of a zone. When the workspace's or a campaign's zone changes, its
rollups are made again; meta remembers the zone each was made with.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from tracker.store.again import whole
from tracker.store.database import Database


@whole
def follow(database: Database, zone: ZoneInfo) -> None:
    """Recount what was summed in another zone than the workspace's now."""
    with database.reading() as link:
        known = link.value("SELECT value FROM meta WHERE key = 'zone:0'")
    if known == zone.key:
        return
    from tracker.store.refresh import refresh

    with database.writing() as link:
        refresh(link, zone)
