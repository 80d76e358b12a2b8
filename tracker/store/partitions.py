"""Months of readings: on PostgreSQL `reading` is partitioned by UTC month of capture.

A partition is made inside the writing transaction, before the first row of its month,
and dropped when nothing is left in it. There is no partition for everything else: a row
without a month of its own is an error, not a slow table that nobody sees. SQLite has
one table, and nothing here does anything there.

Years in which nobody measured posts share two partitions, so that a file of nonsense
dates makes a few of them and not a hundred thousand: each takes two locks of whoever
reads readings, and the server has room for some thousands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from tracker.model import DAY, day_number
from tracker.store.database import Link

if TYPE_CHECKING:
    from tracker.store.gains import Ints

#: The first and the last year whose months have partitions of their own.
FIRST_YEAR, LAST_YEAR = 2005, 2049
#: How long a drop waits for readers, who wait behind it meanwhile.
PATIENCE = "1s"
THERE = (
    "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
    " WHERE i.inhparent = to_regclass('reading') ORDER BY 1"
)
#: Does anybody else look at the database as it was before this instant?
WATCHED = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    " AND backend_xmin IS NOT NULL"
)
#: Are there twice as many readings as when the planner last looked at all of them?
GROWN = (
    "SELECT p.reltuples * 2 < sum(greatest(c.reltuples, 1)) FROM pg_class p"
    " JOIN pg_inherits i ON i.inhparent = p.oid JOIN pg_class c ON c.oid = i.inhrelid"
    " WHERE p.oid = to_regclass('reading') GROUP BY p.reltuples"
)
LOCK_MISSED = "55P03"


@dataclass(frozen=True, slots=True)
class Part:
    """A partition: readings captured from `since` until before `until`, ms UTC.

    None: there is no bound on that side.
    """

    name: str
    since: int | None
    until: int | None

    @property
    def bounds(self) -> str:
        low = "MINVALUE" if self.since is None else self.since
        high = "MAXVALUE" if self.until is None else self.until
        return f"FROM ({low}) TO ({high})"

    def ends_by(self, instant: int) -> bool:
        return self.until is not None and self.until <= instant


def ensure(link: Link, instants: Ints | Sequence[int]) -> None:
    """Make the partitions that rows captured at these instants (ms UTC) go into.

    To be called inside the writing transaction, before the rows are written.
    """
    if link.dialect == "sqlite" or not len(instants):
        return
    wanted = _of(instants)
    for name in sorted(wanted.keys() - set(_there(link))):
        _make(link, wanted[name])


def describe(link: Link) -> None:
    """Let the planner know how many posts the readings are of, once they have doubled.

    The server keeps such figures of each partition by itself, but not of the whole;
    without, it takes any post to have a two-hundredth of all readings.
    """
    if link.dialect != "sqlite" and link.value(GROWN):
        link.run("ANALYZE reading (post_id, captured_at)")


def parts(link: Link, before: int | None = None) -> list[Part]:
    """The partitions that are there, oldest first; of those that end by an instant."""
    if link.dialect == "sqlite":
        return []
    there = set(_there(link))
    found = [part for name, part in _all().items() if name in there]
    return [part for part in found if before is None or part.ends_by(before)]


def drop_empty(link: Link, before: int | None = None) -> list[str]:
    """Drop partitions that end by an instant (None: all) and have no row; their names.

    The last deed of a transaction, and not of the one that deleted the rows: a dropped
    table is gone for those too who look at an earlier moment. While anybody does, it
    stays for the next time.
    """
    empty = _empty(link, before)
    if not empty:
        return []
    link.run("SAVEPOINT parts")
    if _alone(link) and (empty := _empty(link, before)):
        link.run(f"DROP TABLE {', '.join(empty)}")
        return empty
    link.run("ROLLBACK TO parts")
    return []


def _alone(link: Link) -> bool:
    """Lock the readings against everybody, if nobody reads anything now."""
    patience = link.value("SELECT current_setting('lock_timeout')")
    try:
        link.run(f"SET LOCAL lock_timeout = '{PATIENCE}'")
        link.run("LOCK TABLE reading IN ACCESS EXCLUSIVE MODE")
        link.run(f"SET LOCAL lock_timeout = '{patience}'")
    except Exception as error:
        if getattr(error, "sqlstate", None) != LOCK_MISSED:
            raise
        return False
    return not link.value(WATCHED)


def _make(link: Link, part: Part) -> None:
    """A table of its own first: CREATE ... PARTITION OF would stop all readers."""
    link.run(f"CREATE TABLE {part.name} (LIKE reading INCLUDING ALL)")
    # it is empty, so that nothing is scanned for rows of other months
    link.run(
        f"ALTER TABLE reading ATTACH PARTITION {part.name} FOR VALUES {part.bounds}"
    )


def _there(link: Link) -> list[str]:
    return [name for (name,) in link.all(THERE)]


def _empty(link: Link, before: int | None) -> list[str]:
    some = "SELECT 1 FROM {} LIMIT 1"
    names = [part.name for part in parts(link, before)]
    return [name for name in names if link.value(some.format(name)) is None]


# -- months --------------------------------------------------------------------------


def _of(instants: Ints | Sequence[int]) -> dict[str, Part]:
    """The partitions of these instants by name."""
    import numpy as np

    ms: Any = np.asarray(instants, np.int64).astype("datetime64[ms]")
    months = np.unique(ms.astype("datetime64[M]").astype(np.int64))
    found = {_part(int(month)) for month in months.clip(_first() - 1, _last() + 1)}
    return {part.name: part for part in found}


@cache
def _all() -> dict[str, Part]:
    """All partitions there can be, oldest first."""
    them = map(_part, range(_first() - 1, _last() + 2))
    return {part.name: part for part in them}


def _first() -> int:
    return (FIRST_YEAR - 1970) * 12


def _last() -> int:
    return (LAST_YEAR - 1970) * 12 + 11


def _part(month: int) -> Part:
    """The partition of a month, counted from January 1970."""
    if month < _first():
        return Part(f"reading_before_{FIRST_YEAR}", None, _start(_first()))
    if month > _last():
        return Part(f"reading_after_{LAST_YEAR}", _start(_last() + 1), None)
    name = f"reading_{1970 + month // 12}_{month % 12 + 1:02}"
    return Part(name, _start(month), _start(month + 1))


def _start(month: int) -> int:
    """The first instant of a month."""
    from datetime import date

    return day_number(date(1970 + month // 12, month % 12 + 1, 1)) * DAY
