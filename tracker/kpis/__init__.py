"""KPIs of a campaign: inputs gathered once, formulas evaluated row by row.

Nothing is rounded here, and nothing that is unknown becomes a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tracker.errors import NotFoundError
from tracker.kpi.answer import Answer, Input, Kpi, Row
from tracker.kpi.formula import MONEY, Formula, evaluate
from tracker.kpi.registry import FORMULAS
from tracker.kpi.text import text
from tracker.kpis.inputs import ORIGINS, cuts, from_posts

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.kpi.formula import Number
    from tracker.kpis.facts import Facts, Group
    from tracker.kpis.money import Lookup
    from tracker.kpis.posts import PostSums

__all__ = ["Answer", "Kpi", "Row", "find", "kpis"]

#: What the rows of an answer can be about, besides the whole campaign.
CUTS = ("ambassador", "platform", "mission", "post")


def kpis(
    tracker: Tracker,
    campaign: str,
    names: Sequence[str] | None = None,
    *,
    by: str | None = None,
    until: int | None = None,
    as_of: int | None = None,
    now: int,
) -> Answer:
    """KPIs of a campaign, and its indicators.

    names: without any, all that can be told by these rows. by: None or one of CUTS.
    until: only what was captured, happened or was paid until an instant. as_of: as
    the readings were known at an instant. now: the instant that ages count from.
    Raises NotFoundError.
    """
    from tracker.kpis.facts import Facts
    from tracker.kpis.indicators import indicators

    wanted = [find(name) for name in names or _told(by)]
    facts = Facts(tracker, campaign, by, until, as_of, now)
    table = Table(facts)
    rows = tuple(
        Row(key, tuple(table.kpi(one, group) for one in wanted))
        for group, key in facts.groups
    )
    return Answer(
        campaign,
        facts.read.known,
        by,
        rows,
        indicators(table) if by is None else (),
        facts.left_out,
    )


def _told(by: str | None) -> list[str]:
    return [name for name, one in FORMULAS.items() if by in cuts(one)]


def find(name: str) -> Formula:
    """The formula of this name. Raises NotFoundError with the nearest."""
    if name not in FORMULAS:
        raise NotFoundError("KPI", name, FORMULAS)
    return FORMULAS[name]


@dataclass(frozen=True)
class Table:
    """The KPIs of all rows of an answer; what several need is gathered once."""

    facts: Facts

    @cached_property
    def _sums(self) -> dict[tuple[str, ...], Mapping[Group, PostSums]]:
        return {}

    @cached_property
    def _lookups(self) -> dict[str, Lookup]:
        return {}

    def posts(self, needs: tuple[str, ...], group: Group) -> PostSums:
        from tracker.kpis.posts import PostSums, sums

        if needs not in self._sums:
            self._sums[needs] = sums(self.facts, needs)
        return self._sums[needs].get(group) or PostSums(sums=(None,) * len(needs))

    def input(self, formula: Formula, name: str, group: Group) -> Input:
        """One input of a formula in a row."""
        if from_posts(name) or name == "posts":
            return self._of_posts(formula, name, group)
        origin = ORIGINS[name]
        if self.facts.by not in origin.cuts:
            return Input(None, reason=f"{origin.says}: not known by {self.facts.by}")
        if name not in self._lookups:
            assert origin.ask is not None
            self._lookups[name] = origin.ask(self.facts)
        return self._lookups[name](group)

    def _of_posts(self, formula: Formula, name: str, group: Group) -> Input:
        found = self.posts(formula.needs, group)
        value: Any = found.known
        shown = None
        if name != "posts":
            value = found.sums[formula.needs.index(name)]
            shown = {"posts": found.known} if isinstance(value, list) else None
        return Input(value, shown, None, found.known, found.unknown, found.classes)

    def kpi(self, formula: Formula, group: Group) -> Kpi:
        """A KPI of a row."""
        inputs = {name: self.input(formula, name, group) for name in formula.inputs}
        value, reason = _value(formula, inputs, self.facts.by)
        unit, said = self.said(formula, value)
        known, unknown = _coverage(formula, inputs)
        bases = [one.basis for one in inputs.values() if one.basis]
        return Kpi(
            formula.name,
            value,
            unit,
            said,
            formula.text,
            _shown(inputs),
            known,
            unknown,
            None if value is None else class_of(inputs.values()),
            bases[-1] if bases else None,
            reason,
            tuple(dict.fromkeys(n for one in inputs.values() for n in one.notes)),
        )

    def said(self, formula: Formula, value: Number | None) -> tuple[str, str | None]:
        """Unit, and the value as text in the campaign's language."""
        from tracker.codes import CURRENCIES

        campaign, money = self.facts.read.campaign, formula.unit == MONEY
        unit = campaign.currency if money else formula.unit
        if value is None:
            return unit, None
        digits = CURRENCIES.get(unit, 2) if money else None
        return unit, text(value, unit, campaign.language, digits)


def _value(
    formula: Formula, inputs: Mapping[str, Input], by: str | None
) -> tuple[Number | None, str | None]:
    for one in inputs.values():
        if one.value is None and one.reason:
            return None, one.reason
    return evaluate(formula, {name: one.value for name, one in inputs.items()})


def _coverage(formula: Formula, inputs: Mapping[str, Input]) -> tuple[int, int]:
    """Of posts where there are any; else of the rows of what is divided by."""
    posts = [one for name, one in inputs.items() if from_posts(name)]
    found = [*posts, inputs.get("posts"), inputs[formula.over], *inputs.values()]
    for one in found:
        if one is not None and one.known is not None:
            return one.known, one.unknown
    return 0, max(one.unknown for one in inputs.values())


def _shown(inputs: Mapping[str, Input]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, one in inputs.items():
        shown |= {name: one.value} if one.shown is None else one.shown
    return shown


def class_of(inputs: Any) -> str:
    """Of readings and events; what only people wrote is reported."""
    classes = frozenset[str]().union(*(one.classes for one in inputs))
    if len(classes) > 1:
        return "mixed"
    return next(iter(classes), "reported")
