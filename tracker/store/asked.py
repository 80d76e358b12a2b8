"""Asked: which posts a source should ask its platform for now.

Young posts change fast and are asked for often, old ones seldom. A post that was
asked for and not there is unknown, not zero: since when is kept, and it is looked
for once a day at most.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tracker.model import DAY, local_day
from tracker.store.database import Database, Link
from tracker.store.suppression import ERASED

if TYPE_CHECKING:
    from tracker.sources.base import Batch, Payload

HOUR = 3_600_000
#: Posts younger than this (ms) are asked for so often (ms); the others each OLD.
CADENCE = ((2 * DAY, HOUR), (7 * DAY, 3 * HOUR), (30 * DAY, DAY))
OLD = 7 * DAY
#: Runs do not begin and answer to the millisecond: so much sooner is not too soon.
EARLY = 0.1
#: Names in one statement: SQLite takes no more than 32,766 values, old ones 999.
AT_ONCE = 400

#: Each known post of a platform with what decides whether it is due.
KNOWN = (
    "SELECT p.platform, p.external_id, p.url, p.handle, p.published_at, s.first_at,"
    " q.asked_at, q.absent_since,"
    " CASE WHEN coalesce(a.ambassador_id, 0) = 0 THEN 1 ELSE 0 END AS nobodys,"
    " CASE WHEN ? - coalesce(p.published_at, s.first_at, ?) < ? THEN ?"
    " WHEN ? - coalesce(p.published_at, s.first_at, ?) < ? THEN ?"
    " WHEN ? - coalesce(p.published_at, s.first_at, ?) < ? THEN ?"
    " ELSE ? END AS every"
    " FROM post p LEFT JOIN post_state s ON s.post_id = p.id"
    " LEFT JOIN attribution a ON a.post_id = p.id AND a.campaign_id = 0"
    " LEFT JOIN asked q ON q.post_id = p.id AND q.source_id = ?"
    f" WHERE p.platform = ? AND p.external_id NOT LIKE '{ERASED}%'"
)
DUE = (
    "SELECT platform, external_id, url, handle, published_at, first_at, asked_at"
    f" FROM ({KNOWN}) k WHERE asked_at IS NULL OR 1 = ? OR ? - asked_at >="
    " CASE WHEN absent_since IS NOT NULL AND every < ? THEN ? ELSE every END"
    " ORDER BY nobodys, CASE WHEN asked_at IS NULL THEN 0 ELSE 1 END,"
    " CASE WHEN asked_at IS NULL THEN 0 ELSE -((? - asked_at) * 1000 / every) END,"
    " coalesce(published_at, first_at, 0) DESC, external_id"
)
ENROLLED = (
    "SELECT DISTINCT h.handle, h.since, h.until,"
    " coalesce(e.starts, c.starts), c.timezone FROM handle h"
    " JOIN enrolment e ON e.ambassador_id = h.ambassador_id"
    " JOIN campaign c ON c.id = e.campaign_id WHERE c.state <> 'closed'"
    f" AND h.platform = ? AND h.handle NOT LIKE '{ERASED}%' ORDER BY h.handle"
)


class Asked:
    """What may be asked of platforms, by source (its row number)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(
        self, source_id: int, platform: str, now: int, every: int, *, all_: bool = False
    ) -> list[tuple[Any, ...]]:
        """Known posts that are due, as values of a `KnownPost`, the most pressing
        first.

        Posts of the programme's people come first, then those never asked for
        (youngest first), then those most overdue by their own cadence. every: never
        more often than this, in ms. all_: whether due or not.
        """
        steps = [(age, _early(max(each, every))) for age, each in CADENCE]
        old, absent = _early(max(OLD, every)), _early(max(DAY, every))
        ages = [value for step in steps for value in (now, now, *step)]
        with self._database.reading() as link:
            return link.all(
                DUE,
                (*ages, old, source_id, platform, int(all_), now, absent, absent, now),
            )

    def handles(self, platform: str, now: int) -> list[str]:
        """Handles whose posts may count today or have counted, as written.

        Those of people whose enrolment has begun, in any campaign that is not
        closed: what was published on the last day is found after it.
        """
        with self._database.reading() as link:
            rows = link.all(ENROLLED, (platform,))
        found = (
            handle
            for handle, since, until, starts, zone in rows
            if _runs(_today(now, zone), since, until, starts)
        )
        return list(dict.fromkeys(found))


def _early(interval: int) -> int:
    return interval - int(interval * EARLY)


def _today(now: int, zone: str) -> str:
    return local_day(now, ZoneInfo(zone)).isoformat()


def _runs(today: str, since: str | None, until: str | None, starts: str | None) -> bool:
    """Days as ISO text, which sorts as they do; None: open."""
    begun = all(day is None or day <= today for day in (since, starts))
    return begun and (until is None or until >= today)


# -- what became of a question ----------------------------------------------------


class Answered:
    """One answer being kept: which posts were in it, and which were not there."""

    def __init__(self, payload: Payload, platform: str | None) -> None:
        self._at, self._platform = payload.seen_at, platform
        self._asked = dict.fromkeys(payload.asked)
        self._there: dict[str, None] = {}
        self._gone: dict[str, None] = {}

    def take(self, batch: Batch) -> None:
        if self._platform is None:
            return
        own = batch.frame.filter(batch.frame["platform"] == self._platform)
        self._there.update(dict.fromkeys(own["post_id"].to_list()))
        gone = (post for platform, post in batch.absent if platform == self._platform)
        self._gone.update(dict.fromkeys(gone))

    def write(self, link: Link, source_id: int) -> None:
        """Posts that were asked for, or found without being asked for."""
        if self._platform is None:
            return
        all_ = [*dict.fromkeys((*self._asked, *self._there, *self._gone))]
        for post, number in _numbers(link, self._platform, all_):
            gone = post in self._gone and post not in self._there
            _note(link, source_id, number, self._at, gone, post in self._there)


def _numbers(link: Link, platform: str, posts: list[str]) -> Iterable[tuple[str, int]]:
    for start in range(0, len(posts), AT_ONCE):
        some = posts[start : start + AT_ONCE]
        marks = ", ".join("?" * len(some))
        yield from link.all(
            "SELECT external_id, id FROM post WHERE platform = ?"
            f" AND external_id IN ({marks}) ORDER BY id",
            (platform, *some),
        )


def _note(
    link: Link, source_id: int, post: int, at: int, gone: bool, there: bool
) -> None:
    """An answer about one post; one that is older than what is known says nothing.

    absent_since: kept when it still is not there, or when nothing is known.
    absent_times: absences in a row; after the first, only those a day or more later
    count. restored_at: when it was there again after two of them.
    """
    since = at if gone else None
    link.run(
        "INSERT INTO asked (source_id, post_id, asked_at, absent_since, absent_times)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT (source_id, post_id) DO UPDATE SET"
        " asked_at = excluded.asked_at,"
        " absent_since = CASE WHEN 1 = ? THEN NULL"
        " ELSE coalesce(asked.absent_since, excluded.absent_since) END,"
        " absent_times = CASE WHEN 1 = ? THEN 0 WHEN excluded.absent_since IS NULL"
        " THEN asked.absent_times WHEN asked.absent_since IS NULL THEN 1"
        " WHEN excluded.asked_at >= asked.absent_since + ?"
        " THEN asked.absent_times + 1 ELSE asked.absent_times END,"
        " restored_at = CASE WHEN 1 = ? AND asked.absent_times > 1"
        " THEN excluded.asked_at ELSE asked.restored_at END"
        " WHERE excluded.asked_at >= asked.asked_at",
        (source_id, post, at, since, int(gone), *[int(there)] * 2, DAY, int(there)),
    )
