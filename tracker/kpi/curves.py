"""How a count grows with a post's age, and where one campaign lies among others. Pure.

The value of a post at an age is that of its nearest reading, no further from the age
than `slack` says; between two readings nothing is made up. At seven days this is what
anomalies call views after a week (store/early.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol, SupportsInt

from tracker.model import DAY

#: Days after publication at which posts are looked at.
AGES = (1, 2, 3, 7, 14, 30, 90)
#: So many posts an age needs for a figure, and so many ambassadors a class needs to be
#: shown outside the team.
FEWEST_POSTS, FEWEST_PEOPLE = 5, 5
#: Classes of accounts by their followers: a name, and the number that is too many for
#: it. The bounds are our own; agencies draw them elsewhere.
CLASSES = (
    ("nano", 10_000),
    ("micro", 100_000),
    ("mid", 500_000),
    ("macro", 1_000_000),
    ("mega", None),
)
#: The class of accounts whose followers nobody told.
UNKNOWN = "unknown"
NAMES = (*(name for name, _ in CLASSES), UNKNOWN)


def slack(age: int) -> int:
    """How far from an age, in milliseconds, a reading may be: a seventh of the age, and
    half a day at least."""
    return max(DAY // 2, age * DAY // 7)


def windows(ages: Sequence[int] = AGES) -> tuple[tuple[int, int, int], ...]:
    """Of each age: its days, and the first and last millisecond after publication that
    count for it. What lies between two ages is the younger's."""
    found: list[tuple[int, int, int]] = []
    for age in ages:
        first = age * DAY - slack(age)
        if found:
            first = max(first, found[-1][2] + 1)
        found.append((age, first, age * DAY + slack(age)))
    return tuple(found)


def class_of(followers: int | None) -> str:
    """The class of an account by its followers on the post's day."""
    if followers is None:
        return UNKNOWN
    return next(name for name, end in CLASSES if end is None or followers < end)


class Ordered(Protocol):
    """Values in order: a list, or an array."""

    def __len__(self) -> int: ...

    def __getitem__(self, at: int, /) -> SupportsInt: ...


@dataclass(frozen=True, slots=True)
class Quartiles:
    """A quarter of the posts have less than low, half less than middle, three quarters
    less than high."""

    low: Fraction
    middle: Fraction
    high: Fraction


def quartiles(ordered: Ordered) -> Quartiles | None:
    """Quartiles of values in order. Between two posts the straight line counts. None
    without a post.

    Of 1, 2, 3, 4, 5 the quartiles are 2, 3 and 4; of 1, 2, 3, 4 they are 1.75, 2.5 and
    3.25.
    """
    if not len(ordered):
        return None
    return Quartiles(*(_quarter(ordered, k) for k in (1, 2, 3)))


def _quarter(ordered: Ordered, quarter: int) -> Fraction:
    whole, rest = divmod(quarter * (len(ordered) - 1), 4)
    below = Fraction(int(ordered[whole]))
    if not rest:
        return below
    return below + (int(ordered[whole + 1]) - below) * Fraction(rest, 4)


def rank(below: int, equal: int, others: int) -> Fraction | None:
    """Where a value lies among others, in percent of them: those below it, and half of
    those that are equal. None among nobody.

    Above 3 of 4 and equal to none it is 75, equal to all it is 50.
    """
    if not others:
        return None
    return Fraction(2 * below + equal, 2 * others) * 100
