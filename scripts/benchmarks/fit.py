"""How cost grows with size: the exponent of a power law, by least squares."""

from __future__ import annotations

import math
from collections.abc import Sequence


def exponent(points: Sequence[tuple[float, float]]) -> float | None:
    """The slope of log(cost) against log(size): 1 where twice the size costs twice.

    None when there are fewer than two sizes, or a cost or size that is not positive.
    """
    usable = [(x, y) for x, y in points if x > 0 and y > 0]
    if len({x for x, _ in usable}) < 2 or len(usable) < len(points):
        return None
    logs = [(math.log(x), math.log(y)) for x, y in usable]
    middle_x = sum(x for x, _ in logs) / len(logs)
    middle_y = sum(y for _, y in logs) / len(logs)
    along = sum((x - middle_x) ** 2 for x, _ in logs)
    return sum((x - middle_x) * (y - middle_y) for x, y in logs) / along
