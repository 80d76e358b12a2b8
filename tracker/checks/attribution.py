"""Whom an outcome is put down to: one declared precedence, and every conflict shown.

An ambassador named in the outcome itself comes before all. Else the first rule of the
campaign's precedence that names somebody decides. Shares of one outcome add up to
100, so nothing is ever paid twice.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tracker.model import DAY, is_day

#: What holds where a plan declares nothing.
PRECEDENCE = ("code", "last_click")
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Claims:
    """Who could have brought it: named in it, by its promo code, by its links in
    order of time. Several people may share a promo code."""

    named: str | None = None
    code: tuple[str, ...] = ()
    links: tuple[str, ...] = ()

    @property
    def candidates(self) -> tuple[tuple[str, str], ...]:
        """(ambassador, by), each pair once, in that order."""
        found = [(self.named, "named")] if self.named else []
        found += [(who, "code") for who in self.code]
        found += [(who, "link") for who in self.links]
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Attribution:
    """rule: named, one of the precedence, or none. shares: (ambassador, percent)."""

    rule: str
    shares: tuple[tuple[str, Decimal], ...] = ()


def attribute(claims: Claims, precedence: Sequence[str] = PRECEDENCE) -> Attribution:
    """Decide by the first rule that names somebody."""
    if claims.named:
        return Attribution("named", shares([claims.named]))
    for rule in precedence:
        if people := _people(claims, rule):
            return Attribution(rule, shares(people))
    return Attribution("none")


def _people(claims: Claims, rule: str) -> list[str]:
    by_rule: Mapping[str, Sequence[str]] = {
        "code": claims.code,
        "last_click": claims.links[-1:],
        "first_click": claims.links[:1],
        "split": (*claims.code, *claims.links),
    }
    return list(dict.fromkeys(by_rule[rule]))


def in_window(clicks: Sequence[int], at: int, window: int | None) -> bool:
    """Can a link have brought what was at an instant?

    clicks: those of people on the link, in order of time. Not when the last one before
    is known to be older than the window. Where no click before is known, nobody can
    say, and the link stands: unknown is not never. An outcome that is known to the day
    alone has that day's length more on both sides.
    """
    if window is None:
        return True
    slack = DAY if is_day(at) else 0
    before = bisect_right(clicks, at + slack)
    return not before or clicks[before - 1] >= at - window - slack


def shares(people: Sequence[str]) -> tuple[tuple[str, Decimal], ...]:
    """Equal parts of 100 in percent, two decimals; what is over goes to the first."""
    if not people:
        return ()
    each = (Decimal(100) / len(people)).quantize(CENT, "ROUND_DOWN")
    first = Decimal(100) - each * (len(people) - 1)
    return tuple((who, each if n else first) for n, who in enumerate(people))


def divide(amount: int, people: Sequence[str]) -> list[tuple[str, int]]:
    """Minor units in equal parts, rounded down; the rest goes to the first."""
    each = amount // max(len(people), 1)
    rest = amount - each * len(people)
    return [(who, each if n else each + rest) for n, who in enumerate(people)]
