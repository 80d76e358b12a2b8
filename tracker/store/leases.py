"""Leases: who may do what until when.

A lease ends by itself, so the work of a host that died comes back. `term` grows
by one with each new holder. All instants are of the database's clock, which is
`now()` on PostgreSQL; SQLite lives on one host and has that host's clock.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from tracker.model import is_day
from tracker.store.again import whole
from tracker.store.database import Database, Link

CLOCK = "SELECT extract(epoch FROM clock_timestamp()) * 1000"
SHOW = "SELECT name, holder, term, until FROM lease"


@dataclass(frozen=True, slots=True)
class Lease:
    """holder: None when it was given back. until: epoch ms."""

    name: str
    holder: str | None
    term: int
    until: int | None

    def live(self, now: int) -> bool:
        """Does somebody hold it at this instant?"""
        return self.holder is not None and self.until is not None and self.until > now


def find(link: Link, name: str) -> Lease | None:
    row = link.one(f"{SHOW} WHERE name = ?", (name,))
    return Lease(*row) if row else None


def take(link: Link, name: str, holder: str, now: int, length: int) -> int | None:
    """The term if the lease was free, ended or ours already, else None."""
    held = find(link, name)
    if held and held.live(now) and held.holder != holder:
        return None
    return seize(link, name, holder, now, length)


def seize(link: Link, name: str, holder: str, now: int, length: int) -> int:
    """Take a lease whoever holds it; answers its term, which has grown."""
    return int(
        link.value(
            "INSERT INTO lease (name, holder, term, until) VALUES (?, ?, 1, ?)"
            " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder,"
            " term = lease.term + 1, until = excluded.until RETURNING term",
            (name, holder, now + length),
        )
    )


def renew(link: Link, name: str, term: int, now: int, length: int) -> bool:
    """Hold on to a lease; False when it has gone to somebody else."""
    changed = link.run(
        "UPDATE lease SET until = ? WHERE name = ? AND term = ? AND holder IS NOT NULL",
        (now + length, name, term),
    )
    return changed == 1


def release(link: Link, name: str, term: int) -> None:
    """Give it back; nothing happens when it is no longer ours."""
    link.run(
        "UPDATE lease SET holder = NULL, until = NULL WHERE name = ? AND term = ?",
        (name, term),
    )


class Leases:
    """Leases, each act a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @whole
    def clock(self) -> int:
        """Epoch milliseconds by the database's clock; never the mark of a day."""
        now = time.time_ns() // 1_000_000
        if self.database.dialect == "postgresql":
            with self.database.alone() as link:
                now = int(link.value(CLOCK))
        return now - 1 if is_day(now) else now

    @whole
    def take(self, name: str, holder: str, now: int, length: int) -> int | None:
        with self.database.writing() as link:
            return take(link, name, holder, now, length)

    @whole
    def seize(self, name: str, holder: str, now: int, length: int) -> int:
        with self.database.writing() as link:
            return seize(link, name, holder, now, length)

    @whole
    def renew(self, terms: dict[str, int], now: int, length: int) -> set[str]:
        """Hold on to several leases by their terms; answers those that were lost.

        Waits for no other writer where the database has several (PostgreSQL): a
        long ingest must not cost a living host its leases.
        """
        with self.database.alone() as link:
            return {
                name
                for name, term in terms.items()
                if not renew(link, name, term, now, length)
            }

    @whole
    def release(self, name: str, term: int) -> None:
        with self.database.writing() as link:
            release(link, name, term)

    def find(self, name: str) -> Lease | None:
        """A lease as it stands; None: nobody ever had it."""
        with self.database.reading() as link:
            return find(link, name)

    def starting(self, prefix: str) -> list[Lease]:
        """All leases whose name begins so, in order of name."""
        with self.database.reading() as link:
            rows = link.all(f"{SHOW} ORDER BY name")
        return [Lease(*row) for row in rows if row[0].startswith(prefix)]
