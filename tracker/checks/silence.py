"""Has somebody fallen silent? Pure."""

from __future__ import annotations

from tracker.model import DAY


def silent_at(last: int, until: int, days: int) -> int | None:
    """The instant at which somebody had not posted for so many days; None: not yet.

    last: their last post, or the beginning of their enrolment; until: as far as
    anything is known and they are enrolled; all ms UTC.
    """
    at = last + days * DAY
    return at if at <= until else None
