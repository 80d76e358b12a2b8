"""How sources have done so far: failures in a row, days on which something came."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.model import DAY
from tracker.store.database import Database

#: Runs that failed after the latest one that did not; a lost run is no word on it.
FAILED = (
    "SELECT s.name, count(*), min(r.started_at), max(r.started_at), max(r.id)"
    " FROM run r JOIN source s ON s.id = r.source_id WHERE r.outcome = 'failed'"
    " AND r.id > coalesce((SELECT max(g.id) FROM run g WHERE g.source_id = r.source_id"
    " AND g.outcome IN ('ok', 'partial')), 0) GROUP BY s.name"
)
DAYS = (
    "SELECT DISTINCT s.name, y.recorded_at / ? FROM payload y"
    " JOIN source s ON s.id = y.source_id WHERE y.stored + y.corrected > 0"
    " ORDER BY 1, 2"
)


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed runs in a row: how many, when the first and last began, why the last."""

    many: int
    first: int
    last: int
    error: str | None


def failures(database: Database) -> dict[str, Failures]:
    """Of each source whose latest runs failed, by name."""
    with database.reading() as link:
        return {
            name: Failures(
                many,
                first,
                last,
                link.value("SELECT error FROM run WHERE id = ?", (n,)),
            )
            for name, many, first, last, n in link.all(FAILED)
        }


def days(database: Database) -> dict[str, list[int]]:
    """Days since 1970 (UTC) on which a source brought something new, in order."""
    found: dict[str, list[int]] = {}
    with database.reading() as link:
        for name, day in link.all(DAYS, (DAY,)):
            found.setdefault(name, []).append(day)
    return found
