"""Presence: whether posts are still there, by the source that asked for them last.

live: nothing says otherwise. suspect: it was not there when it was asked for. gone:
nor a day or more later. restored: it was gone, and is there again.
"""

from __future__ import annotations

from typing import NamedTuple

from tracker.model import METRICS
from tracker.store.anomalies import About, about
from tracker.store.database import Database

#: The state of a row of `asked`, here called q.
STATE = (
    "CASE WHEN q.absent_since IS NOT NULL AND q.absent_times > 1 THEN 'gone'"
    " WHEN q.absent_since IS NOT NULL THEN 'suspect'"
    " WHEN q.restored_at IS NOT NULL THEN 'restored' ELSE 'live' END"
)
#: Of several sources the one that asked last; of two at once the older source.
LATEST = (
    "(SELECT a.*, ROW_NUMBER() OVER (PARTITION BY a.post_id"
    " ORDER BY a.asked_at DESC, a.source_id) AS place FROM asked a)"
)
CHANGED = (
    f"SELECT q.post_id, {STATE}, q.absent_since, q.restored_at, q.asked_at, t.name,"
    f" s.last_at, {', '.join(f's.{metric}' for metric in METRICS)}"
    f" FROM {LATEST} q JOIN source t ON t.id = q.source_id"
    " LEFT JOIN post_state s ON s.post_id = q.post_id WHERE q.place = 1"
    " AND (q.absent_since IS NOT NULL OR q.restored_at IS NOT NULL)"
)


class Presence(NamedTuple):
    """since: since when it is in this state, as far as that was seen. last: the last
    known counts, with when they were read."""

    about: About
    state: str
    since: int
    asked_at: int
    source: str
    last_at: int | None
    last: dict[str, int]


def changed(database: Database) -> list[Presence]:
    """Posts that are not simply live, by platform and id."""
    with database.reading() as link:
        rows = link.all(CHANGED)
        posts = about(link, [row[0] for row in rows])
    found = []
    for number, state, absent, restored, asked, source, last_at, *counts in rows:
        known = zip(METRICS, counts, strict=True)
        last = {metric: value for metric, value in known if value is not None}
        since = restored if state == "restored" else absent
        found.append(
            Presence(posts[number], state, since, asked, source, last_at, last)
        )
    return sorted(found, key=lambda one: one.about[:2])
