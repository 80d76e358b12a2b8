"""Surveys of a campaign: their waves, what changed between them, and their file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tracker.filerows import Cells, FileRows, day, needed, number, read_rows, whole
from tracker.kpi.lifts import Bounds, Lift, bounds, lift, lifts
from tracker.people import CellError, without_hidden
from tracker.programme import Wave
from tracker.store import surveys as store

if TYPE_CHECKING:
    from decimal import Decimal

    from tracker.app import Tracker

__all__ = ["Bounds", "Lift", "bounds", "lift", "lifts", "read_waves", "waves"]

COLUMNS = ("question", "wave", "asked_from", "asked_to", "n", "yes", "share", "source")
REQUIRED = ("question", "wave")


def waves(tracker: Tracker, campaign: str) -> list[Wave]:
    """Waves by question, in order of time. Raises NotFoundError."""
    return store.list_(tracker.database, campaign)


# -- the file -------------------------------------------------------------------------


def read_waves(path: Path, campaign: str) -> FileRows[Wave]:
    """Read a survey file, one row a wave of a question.

    yes: how many of n said yes; or share, in percent, with n or without. Both are
    taken when they say the same.
    """
    return read_rows(
        path,
        COLUMNS,
        REQUIRED,
        lambda said: _wave(campaign, said),
        key=lambda one: (one.question, one.wave),
    )


def _wave(campaign: str, said: Cells) -> Wave:
    first, last = day(said, "asked_from"), day(said, "asked_to")
    if first and last and last < first:
        raise CellError("asked_to", "ROW_DATE", f"{last} is before asked_from, {first}")
    n, yes, share = whole(said, "n"), whole(said, "yes"), number(said, "share")
    _check(n, yes, share)
    return Wave(
        campaign,
        without_hidden(needed(said, "question")),
        without_hidden(needed(said, "wave")),
        first,
        last,
        n,
        yes,
        share,
        without_hidden(said["source"]) or None,
    )


def _check(n: int | None, yes: int | None, share: Decimal | None) -> None:
    """Do the figures of a row make sense together?"""
    if n == 0:
        raise CellError("n", "ROW_NUMBER", "nobody was asked")
    if share is not None and share > 100:
        raise CellError("share", "ROW_NUMBER", f"{share} is more than 100 percent")
    if yes is None and share is None:
        raise CellError("yes", "ROW_MISSING", "yes and share are both blank")
    if yes is not None and n is None:
        raise CellError("n", "ROW_MISSING", "yes is a count and needs n")
    if yes is not None and n is not None:
        _agree(n, yes, share)


def _agree(n: int, yes: int, share: Decimal | None) -> None:
    if yes > n:
        raise CellError("yes", "ROW_NUMBER", f"{yes} of {n} cannot be")
    if share is None:
        return
    exact = store.percent(yes, n)
    digits = -int(share.as_tuple().exponent)
    if abs(exact - share) * 10**digits > 1:
        reason = f"{share} is not {yes} of {n}, {exact:.2f} percent"
        raise CellError("share", "ROW_NUMBER", reason)
