"""What proves the figures: where all rows went, and the last recount."""

from __future__ import annotations

import json

from tracker.model import DAY
from tracker.store.again import whole
from tracker.store.archive import gather
from tracker.store.database import Database
from tracker.troublefacts import Recount, RowSums

#: Name in `meta` of the last recount.
KEY = "recount"
#: Of what was asked again and told nothing new, pages say nothing: it changes with
#: every look.
NEWS = "(stored > 0 OR corrected > 0 OR rejected > 0)"
ROWS = (
    "SELECT COUNT(*), CAST(SUM(rows) AS BIGINT), CAST(SUM(stored) AS BIGINT),"
    " CAST(SUM(unchanged) AS BIGINT), CAST(SUM(corrected) AS BIGINT),"
    " CAST(SUM(rejected) AS BIGINT), CAST(SUM(ignored) AS BIGINT) FROM payload"
    f" WHERE {NEWS}"
)
#: The days of a grid of runs.
DAYS = 30
QUARTER = 900_000
RUNS = (
    "SELECT s.name, r.started_at / 900000,"
    " MAX(CASE WHEN r.outcome = 'failed' THEN 1 ELSE 0 END),"
    " MAX(CASE WHEN r.outcome = 'partial' OR r.rejected > 0 THEN 1 ELSE 0 END)"
    " FROM run r JOIN source s ON s.id = r.source_id"
    " WHERE r.outcome IS NOT NULL AND r.outcome <> 'lost' AND r.started_at > ?"
    " GROUP BY s.name, r.started_at / 900000"
)


def rows(database: Database) -> RowSums:
    """All payloads of the workspace that brought something, together."""
    with database.reading() as link:
        found = link.one(ROWS) or ()
    return RowSums(*(value or 0 for value in found))


@whole
def note(database: Database, differences: int, now: int) -> None:
    """Keep that everything was recounted just now."""
    with database.writing() as link:
        readings = gather.count(link)
        said = {"at": now, "readings": readings, "differences": differences}
        link.run(
            "INSERT INTO meta (key, value) VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (KEY, json.dumps(said)),
        )


def recount(database: Database) -> Recount | None:
    """The last one; None when there was none yet."""
    with database.reading() as link:
        said = link.value("SELECT value FROM meta WHERE key = ?", (KEY,))
        newest = max(
            link.value(f"SELECT max(recorded_at) FROM payload WHERE {NEWS}") or 0,
            link.value("SELECT max(at) FROM correction") or 0,
        )
    if said is None:
        return None
    found = json.loads(said)
    at = int(found["at"])
    return Recount(at, found["readings"], found["differences"], newest > at)


def runs(database: Database) -> list[tuple[str, int, bool, bool]]:
    """(source, quarter of an hour since 1970, failed, partial) of the last days before
    the newest run."""
    with database.reading() as link:
        last = link.value("SELECT max(started_at) FROM run WHERE outcome IS NOT NULL")
        if last is None:
            return []
        found = link.all(RUNS, (last - (DAYS + 1) * DAY,))
    return [(name, at, bool(bad), bool(part)) for name, at, bad, part in found]
