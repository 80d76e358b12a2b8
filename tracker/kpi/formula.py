"""What a KPI is: a pure function, with the words and units that go with it.

A KPI's docstring has its meaning first; `Source:` says who publishes the formula,
`Others:` what else goes by the name. The names in brackets are those of docs/kpis.md.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

#: An exact number, or a float where readings were averaged.
Number = int | float | Decimal
#: Whole currency units; an answer says which currency.
MONEY = "money"
PERCENT, POINTS, TIMES = "%", "points", "×"

#: Inputs that are read from each post, and added up over the posts for which all
#: that a formula needs is known.
POST_INPUTS = frozenset(
    (
        "views",
        "impressions",
        "reach",
        "likes",
        "comments",
        "shares",
        "clicks",
        "engagements",
        "followers",
        "rate_followers",
        "rate_reach",
        "rate_impressions",
        "rate_views",
        "gained",
    )
)
#: The same, handed over post by post.
EACH_INPUTS = frozenset(("age_hours", "days_to_90"))


@dataclass(frozen=True)
class Formula:
    """A KPI. It is called with its inputs, by order or by name.

    text: the formula in the names of its inputs. unit: PERCENT, MONEY, TIMES, a word,
    or "" for a bare number. inputs: the names of what it takes. over: the input that
    may not be 0. lower: is less better? meaning, source, others: of its docstring.
    """

    name: str
    text: str
    unit: str
    inputs: tuple[str, ...]
    over: str
    lower: bool
    meaning: str
    source: str
    others: str
    function: Callable[..., Number | None]

    def __call__(self, *given: Any, **named: Any) -> Number | None:
        return self.function(*given, **named)

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """What has to be known of a post for it to count."""
        return tuple(n for n in self.inputs if n in POST_INPUTS or n in EACH_INPUTS)


def formula(
    text: str, unit: str, *, over: str = "", lower: bool | None = None
) -> Callable[[Callable[..., Number | None]], Formula]:
    """Makes a function a KPI.

    over: the last input when it is not said. lower: true for money when it is not
    said: what costs less is better.
    """

    def made(function: Callable[..., Number | None]) -> Formula:
        inputs = tuple(inspect.signature(function).parameters)
        meaning, source, others = _said(inspect.getdoc(function) or "")
        return Formula(
            function.__name__,
            text,
            unit,
            inputs,
            over or inputs[-1],
            unit == MONEY if lower is None else lower,
            meaning,
            source,
            others,
            function,
        )

    return made


def _said(text: str) -> tuple[str, str, str]:
    """Meaning, source and others of a docstring."""
    parts = re.split(r"\s*\b(Source|Others):\s+", " ".join(text.split()))
    named = dict(zip(parts[1::2], parts[2::2], strict=True))
    return parts[0], named.get("Source", ""), named.get("Others", "")


def ratio(part: Number | None, whole: Number | None, times: int = 1) -> Decimal | None:
    """part / whole x times, exact; None when either is unknown, or whole is 0."""
    if part is None or not whole:
        return None
    return Decimal(part) * times / Decimal(whole)


def percent(part: Number | None, whole: Number | None) -> Decimal | None:
    """The same in percent."""
    return ratio(part, whole, 100)


def evaluate(
    formula: Formula, inputs: Mapping[str, Number | Sequence[Number] | None]
) -> tuple[Number | None, str | None]:
    """The value, or None with the reason in one sentence."""
    for name in formula.inputs:
        if inputs.get(name) is None:
            return None, f"{words(name)} not known"
    over = inputs[formula.over]
    if isinstance(over, Sequence) and not over:
        return None, f"{words(formula.over)} not known"
    value = formula(**{name: inputs[name] for name in formula.inputs})
    return value, (f"{words(formula.over)} 0" if value is None else None)


def words(name: str) -> str:
    """An input as the beginning of a sentence: `views are`, `cost is`."""
    said = SAID.get(name, name.replace("_", " "))
    return f"{said} {'are' if said.endswith('s') and said not in ONES else 'is'}"


ONES = frozenset[str]()
#: What an input is called in a sentence, where its name does not say it.
SAID = {
    "rate_followers": "engagement rates by followers of posts",
    "rate_reach": "engagement rates by reach of posts",
    "rate_impressions": "engagement rates by impressions of posts",
    "rate_views": "engagement rates by views of posts",
    "gained": "the week's gain of views",
    "age_hours": "ages of readings",
    "days_to_90": "posts with enough readings",
    "views_each": "views of enrolled ambassadors",
    "enrolled": "the number of enrolled ambassadors",
    "active": "the number of active ambassadors",
    "applicants": "the number of applicants",
    "assigned": "the number of assigned missions",
    "delivered": "the number of delivered missions",
    "in_time": "the number of missions delivered in time",
    "active_before": "ambassadors active in a month",
    "stayed": "ambassadors active in the month after too",
    "before": "the share of the first wave",
    "after": "the share of the last wave",
    "own": "our own figure",
    "rivals": "figures of competitors",
    "benchmark": "the cost of the benchmark",
    "received": "feedback received",
    "answered": "feedback answered",
    "clicked": "clicks",
}
