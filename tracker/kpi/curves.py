"""How a count grows with a post's age, and where one campaign lies among others. Pure.

The value of a post at an age is that of its nearest reading, no further from the age
than `slack` says; between two readings nothing is made up. At seven days this is what
anomalies call views after a week (store/early.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

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


@dataclass(frozen=True, slots=True)
class Quartiles:
    """A quarter of the posts have less than low, half less than middle, three quarters
    less than high."""

    low: Fraction
    middle: Fraction
    high: Fraction


def quartiles(ordered: Mapping[int, int], posts: int) -> Quartiles | None:
    """Quartiles of values of which those beside the quarters are given by their place,
    from 1. Between two posts the straight line counts. None without a post.

    Of 1, 2, 3, 4, 5 the quartiles are 2, 3 and 4; of 1, 2, 3, 4 they are 1.75, 2.5 and
    3.25.
    """
    if not posts:
        return None
    return Quartiles(*(_quarter(ordered, posts, k) for k in (1, 2, 3)))


def _quarter(ordered: Mapping[int, int], posts: int, quarter: int) -> Fraction:
    whole, rest = divmod(quarter * (posts - 1), 4)
    below = Fraction(ordered[whole + 1])
    if not rest:
        return below
    return below + (ordered[whole + 2] - below) * Fraction(rest, 4)


def places(posts: int) -> tuple[int, ...]:
    """The places, from 1, that `quartiles` needs of so many posts."""
    found: set[int] = set()
    for quarter in (1, 2, 3):
        whole, rest = divmod(quarter * (posts - 1), 4)
        found |= {whole + 1, whole + 2} if rest else {whole + 1}
    return tuple(sorted(found)) if posts else ()


def rank(below: int, equal: int, others: int) -> Fraction | None:
    """Where a value lies among others, in percent of them: those below it, and half of
    those that are equal. None among nobody.

    Above 3 of 4 and equal to none it is 75, equal to all it is 50.
    """
    if not others:
        return None
    return Fraction(2 * below + equal, 2 * others) * 100
