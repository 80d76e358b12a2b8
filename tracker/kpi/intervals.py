"""Intervals of shares and of their differences, 95 %. Pure; shares from 0 to 1.

A survey asks a sample: the share found lies near the share of all, and the interval
says how near. Both methods here stay between 0 and 1 and are honest for shares of 0
or 1, where the simple normal interval shrinks to nothing.
"""

from __future__ import annotations

from math import sqrt

#: The normal deviate that leaves 2.5 % on either side.
Z = 1.959963984540054

Interval = tuple[float, float]


def wilson(share: float, n: int) -> Interval:
    """Wilson's score interval of a share among n.

    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n): E. B. Wilson, Probable
    inference, JASA 22 (1927) 209-212; method 3 of R. G. Newcombe, Two-sided
    confidence intervals for the single proportion, Statistics in Medicine 17 (1998)
    857-872. Raises ValueError for n below 1 or a share outside 0 to 1.
    """
    if n < 1 or not 0 <= share <= 1:
        raise ValueError(f"no share of a sample: {share} of {n}")
    spread = Z * Z / n
    middle = share + spread / 2
    half = Z * sqrt(share * (1 - share) / n + spread / (4 * n))
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    # at its ends the formula gives 0 and 1, but for the last digit of a float
    return max(0.0, low) if share else 0.0, min(1.0, high) if share < 1 else 1.0


def difference(first: float, n: int, second: float, m: int) -> Interval:
    """Newcombe's interval of `second - first`, two independent shares of n and m.

    With the Wilson limits l1, u1 of p1 and l2, u2 of p2, and d = p2 - p1:
    d - √((p2-l2)² + (u1-p1)²) to d + √((u2-p2)² + (p1-l1)²). Method 10 of R. G.
    Newcombe, Interval estimation for the difference between independent proportions,
    Statistics in Medicine 17 (1998) 873-890. Raises ValueError as `wilson`.
    """
    low1, high1 = wilson(first, n)
    low2, high2 = wilson(second, m)
    gap = second - first
    below = sqrt((second - low2) ** 2 + (high1 - first) ** 2)
    above = sqrt((high2 - second) ** 2 + (first - low1) ** 2)
    return gap - below, gap + above
