"""How evenly something is spread over people."""

from __future__ import annotations

from collections.abc import Sequence


def gini(values: Sequence[int]) -> float | None:
    """0: all have the same; towards 1: one has everything."""
    ordered, total = sorted(values), sum(values)
    if total <= 0:
        return None
    many = len(ordered)
    weighed = sum((2 * at - many - 1) * v for at, v in enumerate(ordered, 1))
    return weighed / (many * total)


def top_share(values: Sequence[int], first: int = 10) -> float | None:
    """The part, in percent, that the first few have."""
    total = sum(values)
    if total <= 0:
        return None
    return sum(sorted(values, reverse=True)[:first]) / total * 100


def median(values: Sequence[float]) -> float | None:
    ordered, many = sorted(values), len(values)
    if not many:
        return None
    half = many // 2
    return ordered[half] if many % 2 else (ordered[half - 1] + ordered[half]) / 2
