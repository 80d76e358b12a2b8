"""The page of campaigns side by side, from their figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.report.pages import Head

#: Of a screen, and of a phone.
WIDE, NARROW = 952, 358
HIGH, LEFT, TOP, FOOT = 240, 64, 12, 28


@dataclass(frozen=True, slots=True)
class Line:
    """One campaign's curve. d: the path; y: where its end is, x likewise."""

    name: str
    d: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Aligned:
    """Curves of one metric by day of the campaign, on one scale from zero.

    width: of the box. top: the highest count; days: of the longest. ticks: (x, day).
    """

    metric: str
    width: int
    lines: tuple[Line, ...]
    top: int
    days: int
    ticks: tuple[tuple[float, int], ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """text: as it is shown, None when it is not known; known, unknown: posts in it and
    out of it, None where it is not of posts. at_day: the count of the same day."""

    text: str | None
    known: int | None = None
    unknown: int = 0
    at_day: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ComparePage:
    """heads: of the campaigns, in order; periods, days, people, posts likewise. curves:
    the same, wide and narrow; empty when there is nothing to draw."""

    heads: tuple[Head, ...]
    periods: tuple[str, ...]
    days: tuple[int | None, ...]
    people: tuple[int, ...]
    posts: tuple[int, ...]
    day: int | None
    counts: tuple[Row, ...]
    aims: tuple[Row, ...]
    rates: tuple[Row, ...]
    curves: tuple[Aligned, ...]


def aligned(
    metric: str, curves: Sequence[tuple[str, Sequence[int]]]
) -> tuple[Aligned, ...]:
    """Curves of campaigns (name, counts by day), wide and narrow; empty when none has
    anything."""
    days = max((len(curve) for _, curve in curves), default=0)
    top = max((max(curve, default=0) for _, curve in curves), default=0)
    if days < 2 or top <= 0:
        return ()
    return tuple(_drawn(metric, curves, days, top, width) for width in (WIDE, NARROW))


def _drawn(
    metric: str,
    curves: Sequence[tuple[str, Sequence[int]]],
    days: int,
    top: int,
    width: int,
) -> Aligned:
    def place(day: int, count: int) -> tuple[float, float]:
        x = LEFT + (width - LEFT - 8) * day / (days - 1)
        return round(x, 1), round(TOP + (HIGH - TOP - FOOT) * (1 - count / top), 1)

    lines = []
    for name, curve in curves:
        points = [place(day, count) for day, count in enumerate(curve)]
        if points:
            d = "M" + "L".join(f"{x} {y}" for x, y in points)
            lines.append(Line(name, d, *points[-1]))
    step = max(1, round(days * 110 / width))
    ticks = tuple((place(day, 0)[0], day + 1) for day in range(0, days, step))
    return Aligned(metric, width, tuple(lines), top, days, ticks)
