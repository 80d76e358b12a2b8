"""Instants of a time zone as SQL: a list of changes instead of a function that every
database calls otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from tracker.model import DAY, DAY_MARK

if TYPE_CHECKING:
    from tracker.store.gains import Ints

#: Clocks are changed at whole quarters of an hour.
QUARTER = 900_000
#: The step of no instants at all.
NONE = "0"


def step(zone: ZoneInfo, first: int, last: int) -> str:
    """The step of captured_at (see `statement`), for instants from first to last.

    A day without a time keeps its written day.
    """
    starts, offsets = changes(zone, first, last)
    known = [
        f" WHEN captured_at < {end} THEN {_shift(offset)}"
        for end, offset in zip(starts[1:], offsets[:-1], strict=True)
    ]
    return (
        f"captured_at * 4 + CASE WHEN captured_at % {DAY} = {DAY_MARK} THEN 1"
        f"{''.join(known)} ELSE {_shift(offsets[-1])} END"
    )


def _shift(offset: int) -> str:
    """One more than the days from UTC to a clock that is `offset` ms before it."""
    if not offset:
        return "1"
    until, before = (DAY - offset, 1) if offset > 0 else (-offset, 0)
    return (
        f"CASE WHEN captured_at % {DAY} < {until} THEN {before} ELSE {before + 1} END"
    )


def changes(zone: ZoneInfo, first: int, last: int) -> tuple[list[int], list[int]]:
    """When clocks were changed from first to last, and by how many ms they were before
    UTC from then on; the first one stands for all time before."""
    days = np.arange(first // DAY * DAY, last + 2 * DAY, DAY)
    offsets = _offsets(days, zone)
    changed = np.flatnonzero(offsets[1:] != offsets[:-1])
    # the quarters of each day within which clocks were changed
    near = (days[changed, None] + np.arange(0, DAY + QUARTER, QUARTER)).ravel()
    instants = np.r_[days[0], near].astype(np.int64)
    offsets = _offsets(instants, zone)
    new = np.r_[True, offsets[1:] != offsets[:-1]]
    return instants[new].tolist(), offsets[new].tolist()


def _offsets(at: Ints, zone: ZoneInfo) -> Ints:
    instants = pl.Series(at).cast(pl.Datetime("ms", "UTC"))
    local = instants.dt.convert_time_zone(zone.key).dt.replace_time_zone(None)
    return local.cast(pl.Int64).to_numpy() - at
