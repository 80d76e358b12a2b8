"""Quotas: what a source has spent of its platform's budgets.

Spending is reserved before the call, in a transaction of its own, so that neither
a crash nor a second process ever spends more than is left. Where nobody knows when
a platform begins its window, any span of that length is kept within the limit,
which fits every such window.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tracker.cron import cron
from tracker.errors import PermanentSourceError, TransientSourceError
from tracker.model import iso
from tracker.store.again import whole
from tracker.store.database import Database, Link

if TYPE_CHECKING:
    from tracker.sources.base import Window

#: A window that slides is kept in so many pieces.
PIECES = 60

USED = (
    "SELECT since, used FROM quota WHERE source = ? AND bucket = ? AND since >= ?"
    " ORDER BY since"
)


@dataclass(frozen=True, slots=True)
class _Span:
    """What is spent at `now`: counted from `first` on, booked under `piece`, and
    free again `lasts` ms after its piece began."""

    first: int
    piece: int
    lasts: int


def _span(window: Window, now: int) -> _Span:
    if window.zone is not None:
        midnight = cron("@daily", ZoneInfo(window.zone))
        since = midnight.last(now)
        return _Span(since, since, midnight.next(now) - since)
    size = max(1, window.ms // PIECES)
    lasts = window.ms + size
    return _Span(now - lasts + 1, now // size * size, lasts)


class Purse:
    """What one source may still spend; safe for threads and for processes.

    clock: ms UTC, the same for all processes.
    """

    def __init__(
        self, database: Database, source: str, clock: Callable[[], int]
    ) -> None:
        self._database, self._source, self._clock = database, source, clock

    @whole
    def spend(self, bucket: str, cost: int, limit: int, window: Window) -> None:
        """Reserve before the call.

        Raises TransientSourceError QUOTA with retry_at, when enough of the window
        has passed; PermanentSourceError QUOTA when cost is more than limit.
        """
        if cost > limit:
            raise self._never(bucket, cost, limit)
        span = _span(window, self._clock())
        with self._database.writing() as link:
            spent = self._spent(link, bucket, span)
            if (used := sum(many for _, many in spent)) + cost > limit:
                raise self._until(bucket, limit, used, _free(spent, cost, limit, span))
            self._book(link, bucket, span, cost)

    @whole
    def spent(self, bucket: str, used: int, limit: int, window: Window) -> None:
        """What the platform itself says is used up, when it is more than we know."""
        span = _span(window, self._clock())
        with self._database.writing() as link:
            known = sum(many for _, many in self._spent(link, bucket, span))
            if min(used, limit) > known:
                self._book(link, bucket, span, min(used, limit) - known)

    def _spent(self, link: Link, bucket: str, span: _Span) -> list[tuple[int, int]]:
        """(since, used) that still count. What lies ahead comes from a clock that
        was wrong, and is forgotten."""
        key = (self._source, bucket)
        link.run(
            "DELETE FROM quota WHERE source = ? AND bucket = ?"
            " AND (since < ? OR since > ?)",
            (*key, span.first - span.lasts, span.piece + span.lasts),
        )
        return [(int(a), int(b)) for a, b in link.all(USED, (*key, span.first))]

    def _book(self, link: Link, bucket: str, span: _Span, cost: int) -> None:
        link.run(
            "INSERT INTO quota (source, bucket, since, used) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (source, bucket, since)"
            " DO UPDATE SET used = quota.used + excluded.used",
            (self._source, bucket, span.piece, cost),
        )

    def _until(
        self, bucket: str, limit: int, used: int, free: int
    ) -> TransientSourceError:
        return TransientSourceError(
            "QUOTA",
            f"source {self._source}",
            f"{used} of {limit} {bucket} used until {iso(free)}",
            "What is left waits until then",
            retry_at=free,
        )

    def _never(self, bucket: str, cost: int, limit: int) -> PermanentSourceError:
        return PermanentSourceError(
            "QUOTA",
            f"source {self._source}",
            f"one call costs {cost} {bucket}, and {limit} are allowed",
            "Nothing was asked",
            "Allow more in tracker.toml",
        )


def _free(spent: list[tuple[int, int]], cost: int, limit: int, span: _Span) -> int:
    """When so much of what is spent counts no longer that cost fits in."""
    used = sum(many for _, many in spent)
    for since, many in spent:
        used -= many
        if used + cost <= limit:
            return since + span.lasts
    raise AssertionError("cost is within limit")
