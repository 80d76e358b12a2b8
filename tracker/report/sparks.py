"""Small drawings that need no library: paths for sparklines and own curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spark:
    """A path in a box of 88 by 22, and its last point."""

    d: str
    x: str
    y: str


def spark(values: Sequence[int], width: int = 88, height: int = 22) -> Spark | None:
    """No axis, its own scale from zero (or the deepest fall); None below two."""
    if len(values) < 2:
        return None
    low = min(0, *values)
    high = max(*values, low + 1)
    step = (width - 4) / (len(values) - 1)
    scale = (height - 4) / (high - low)
    points = [
        f"{2 + at * step:.0f} {height - 2 - (value - low) * scale:.0f}"
        for at, value in enumerate(values)
    ]
    x, y = points[-1].split()
    return Spark("M" + "L".join(points), x, y)


@dataclass(frozen=True, slots=True)
class Curve:
    """A running total in a box of 952 by 230 (or narrower): path, area, axes.

    ticks: (x, label) of months; rules: (y, label) of values.
    """

    width: int
    height: int
    line: str
    area: str
    ticks: tuple[tuple[float, str], ...]
    rules: tuple[tuple[float, str], ...]


LEFT, TOP, BOTTOM = 48, 10, 24


def curve(
    points: Sequence[tuple[int, int]],
    first: int,
    last: int,
    months: Sequence[tuple[int, str]],
    names: Sequence[tuple[int, str]],
    width: int,
    height: int = 230,
) -> Curve:
    """points: (day, total) where it changed; names: (value, label) of the rules."""
    top = max([value for _, value in points] + [value for value, _ in names] + [1])
    low = min([0] + [value for _, value in points])
    wide, high = width - LEFT - 8, height - TOP - BOTTOM
    span = max(last - first, 1)

    def x(day: int) -> float:
        return round(LEFT + (day - first) / span * wide, 1)

    def y(value: int) -> float:
        return round(TOP + (top - value) / (top - low) * high, 1)

    steps, before = [], None
    for day, value in points:
        if before is not None:
            steps.append(f"{x(day):g} {before:g}")
        steps.append(f"{x(day):g} {y(value):g}")
        before = y(value)
    if before is not None:
        steps.append(f"{x(last):g} {before:g}")
    line = "M" + "L".join(steps) if steps else ""
    area = f"{line}V{y(0):g}H{x(points[0][0]):g}Z" if steps else ""
    return Curve(
        width,
        height,
        line,
        area,
        tuple((x(day), label) for day, label in months),
        tuple((y(value), label) for value, label in names),
    )


def visible(values: Sequence[float]) -> list[float]:
    """Rounded to a two-thousandth of the largest, or finer: what a chart can show.

    A change too small to be seen then needs no new drawing.
    """
    most = max((abs(value) for value in values), default=0)
    step = 10.0 ** (len(str(int(most))) - 4) if most >= 20_000 else 1
    if step <= 1:
        return list(values)
    return [round(value / step) * step for value in values]


def round_steps(top: int, most: int = 4) -> list[int]:
    """Whole round values from 0 up to at least `top`."""
    if top <= 0:
        return [0]
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor * most >= top:
                return list(range(0, top + step * factor, step * factor))
        step *= 10
