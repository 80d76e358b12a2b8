"""What a survey's waves say: the share of each with its interval, and the lifts.

All in percent and percentage points. Wilson's interval is used wherever it is known
how many were asked, for counts and for shares alike; without n there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from tracker.kpi import intervals
from tracker.programme import Wave

WILSON = "wilson"


@dataclass(frozen=True, slots=True)
class Bounds:
    """A 95 % interval, in percent or points; None where n is not known."""

    low: float | None = None
    high: float | None = None
    method: str | None = None


@dataclass(frozen=True, slots=True)
class Lift:
    """How a question's share changed from one wave to another.

    points: percentage points. relative: percent of the earlier share; None when
    that is 0. bounds: of the points.
    """

    question: str
    before: Wave
    after: Wave
    points: float
    relative: float | None
    bounds: Bounds


def bounds(wave: Wave) -> Bounds:
    """The 95 % interval of a wave's share, in percent."""
    if wave.n is None or wave.share is None:
        return Bounds()
    return _percent(intervals.wilson(_share(wave), wave.n))


def lift(before: Wave, after: Wave) -> Lift | None:
    """The change between two waves; None where a share is unknown.

    points = after - before; relative = (after - before) / before x 100.
    """
    if before.share is None or after.share is None:
        return None
    points = after.share - before.share
    relative = float(points / before.share * 100) if before.share else None
    around = Bounds()
    if before.n is not None and after.n is not None:
        around = _percent(
            intervals.difference(_share(before), before.n, _share(after), after.n)
        )
    return Lift(before.question, before, after, float(points), relative, around)


def lifts(waves: Iterable[Wave]) -> list[Lift]:
    """Of each question: from wave to wave, and from the first to the last of three
    or more. waves: by question, in order of time, as the store gives them."""
    asked = groupby(waves, key=lambda wave: wave.question)
    return [
        made
        for _, group in asked
        for before, after in _pairs(list(group))
        if (made := lift(before, after)) is not None
    ]


def _pairs(group: Sequence[Wave]) -> Iterator[tuple[Wave, Wave]]:
    yield from pairwise(group)
    if len(group) > 2:
        yield group[0], group[-1]


def _share(wave: Wave) -> float:
    """From 0 to 1."""
    if wave.yes is not None and wave.n:
        return wave.yes / wave.n
    assert wave.share is not None
    return float(wave.share / 100)


def _percent(found: intervals.Interval) -> Bounds:
    return Bounds(found[0] * 100, found[1] * 100, WILSON)
