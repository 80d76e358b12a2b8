"""Breakers: a source that fails again and again is asked seldom, until it answers.

After OPENS failures in a row one probe each PROBE ms is allowed. A probe is booked
before it is made, so a process that dies in it, or is started again and again,
makes no more of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from tracker.errors import TransientSourceError
from tracker.model import moment
from tracker.store.again import whole
from tracker.store.database import Database, Link

#: So many failures in a row open it; ms between two probes then.
OPENS, PROBE = 10, 300_000

SHOW = "SELECT failures, since, probe_at, reason FROM breaker WHERE source = ?"


@dataclass(frozen=True, slots=True)
class Breaker:
    """since: the first failure in the row; probe_at: the next try, once it is open;
    reason: of the latest failure."""

    failures: int
    since: int
    probe_at: int | None
    reason: str

    @property
    def open(self) -> bool:
        return self.failures >= OPENS

    def said(self) -> str:
        """Why, in the words of an error's cause."""
        at = moment(self.since)
        return (
            f"{self.failures} failures in a row since {at:%Y-%m-%d %H:%M} UTC"
            f" ({self.reason})"
        )


class Breakers:
    """The breakers of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, source: str) -> Breaker | None:
        """How often it failed since it last ended well; None: not once."""
        with self._database.reading() as link:
            return find(link, source)

    def probe(self, source: str, now: int) -> None:
        """Before a run: TransientSourceError BREAKER_OPEN unless it may be tried.

        Books the probe: the next one is allowed PROBE ms later.
        """
        known = self.find(source)
        if known is not None and known.open:
            self._probe(source, now)

    @whole
    def _probe(self, source: str, now: int) -> None:
        with self._database.writing() as link:
            found = find(link, source)
            if found is None or not found.open:
                return
            if (found.probe_at or 0) > now:
                raise _open(source, found)
            link.run(
                "UPDATE breaker SET probe_at = ? WHERE source = ?",
                (now + PROBE, source),
            )


def find(link: Link, source: str) -> Breaker | None:
    row = link.one(SHOW, (source,))
    return Breaker(*row) if row else None


def failed(link: Link, source: str, reason: str, now: int) -> Breaker:
    """One more failure; the breaker after it."""
    link.run(
        "INSERT INTO breaker (source, failures, since, reason) VALUES (?, 1, ?, ?)"
        " ON CONFLICT (source) DO UPDATE SET reason = excluded.reason,"
        " failures = breaker.failures + 1",
        (source, now, reason),
    )
    link.run(
        "UPDATE breaker SET probe_at = ? WHERE source = ? AND failures >= ?",
        (now + PROBE, source, OPENS),
    )
    found = find(link, source)
    assert found is not None
    return found


def close(link: Link, source: str) -> None:
    """It ended well, or a person wants it to be tried."""
    link.run("DELETE FROM breaker WHERE source = ?", (source,))


def _open(source: str, breaker: Breaker) -> TransientSourceError:
    return TransientSourceError(
        "BREAKER_OPEN",
        f"source {source}",
        breaker.said(),
        "One probe every 5 min",
        f"Run: tracker source check {source}",
        retry_at=breaker.probe_at,
    )
