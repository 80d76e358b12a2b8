"""Draws and divisions that come out the same each time.

Only `random.Random.random` is used of the standard generator: its sequence is
promised to stay the same from one Python to the next, the other methods' is not.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """A seeded source of draws."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed).random

    def below(self, limit: int) -> int:
        """A whole number from 0 to limit - 1."""
        return int(self.random() * limit)

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.random()

    def one_of(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        return [item for _, item in sorted((self.random(), item) for item in items)]

    def spread(self, width: float) -> float:
        """A factor around 1, as likely twice as half: log-normal."""
        normal = math.sqrt(-2 * math.log(1 - self.random())) * math.cos(
            2 * math.pi * self.random()
        )
        return math.exp(width * normal)


class Wheel:
    """Draws items in proportion to their weights."""

    def __init__(self, items: Sequence[T], weights: Sequence[float]) -> None:
        self.items = items
        self.sums = list(accumulate(weights))

    def draw(self, chance: Chance) -> T:
        at = bisect_right(self.sums, chance.random() * self.sums[-1])
        return self.items[min(at, len(self.items) - 1)]


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Whole parts in proportion to the weights that add up to the total exactly.

    What is left after cutting off goes to the largest remainders.
    """
    whole = math.fsum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    rests = [part - share for part, share in zip(parts, exact, strict=True)]
    by_rest = sorted(range(len(parts)), key=rests.__getitem__)
    for n in by_rest[: total - sum(parts)]:
        parts[n] += 1
    return parts
