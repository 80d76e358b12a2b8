"""KPIs of a campaign: inputs gathered once, formulas evaluated row by row.

Nothing is rounded here, and nothing that is unknown becomes a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tracker.errors import NotFoundError
from tracker.kpi.answer import Answer, Input, Kpi, Row
from tracker.kpi.formula import MONEY, Formula, evaluate, words
from tracker.kpi.registry import FORMULAS
from tracker.kpi.text import text
from tracker.kpis.cards import emv
from tracker.kpis.inputs import ORIGINS, cuts, from_posts

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.kpi.formula import Number
    from tracker.kpis.facts import Facts, Group
    from tracker.kpis.money import Lookup
    from tracker.kpis.posts import PostSums

__all__ = ["Answer", "Kpi", "Row", "ask", "emv", "find", "kpis"]

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

    return ask(Facts(tracker, campaign, by, until, as_of, now), names)


def ask(facts: Facts, names: Sequence[str] | None = None) -> Answer:
    """The same from facts that are gathered already. Raises NotFoundError."""
    from tracker.kpis.indicators import indicators

    by, table = facts.by, Table(facts)
    wanted = [find(name) for name in names or _told(by)]
    tellers = [table.teller(one) for one in wanted]
    rows = tuple(
        Row(key, tuple(tell(group) for tell in tellers)) for group, key in facts.groups
    )
    return Answer(
        facts.campaign_id,
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

    def kpi(self, formula: Formula, group: Group = None) -> Kpi:
        """A KPI of one row."""
        return self.teller(formula)(group)

    def teller(self, formula: Formula) -> Callable[[Group], Kpi]:
        """Tells a KPI of each row."""
        asked = [(name, self.lookup(formula, name)) for name in formula.inputs]
        unit, said = self.speaker(formula)

        def tell(group: Group) -> Kpi:
            inputs = {name: look(group) for name, look in asked}
            value, reason = _value(formula, inputs)
            known, unknown = _coverage(formula, inputs)
            told, basis, notes = _circumstances(inputs)
            return Kpi(
                formula.name,
                value,
                unit,
                None if value is None else said(value),
                formula.text,
                _shown(inputs),
                known,
                unknown,
                None if value is None else told,
                basis,
                reason,
                notes,
            )

        return tell

    def lookup(self, formula: Formula, name: str) -> Lookup:
        """Gives an input of a formula for each row."""
        if from_posts(name) or name == "posts":
            return self._of_posts(formula.needs, name)
        origin, by = ORIGINS[name], self.facts.by
        if by not in origin.cuts:
            missing = Input(None, reason=f"{origin.says}: not known by {by}")
            return lambda _: missing
        if name not in self._lookups:
            assert origin.ask is not None
            self._lookups[name] = origin.ask(self.facts)
        return self._lookups[name]

    def _of_posts(self, needs: tuple[str, ...], name: str) -> Lookup:
        from tracker.kpis.posts import PostSums, sums

        if needs not in self._sums:
            self._sums[needs] = sums(self.facts, needs)
        found, at = self._sums[needs], needs.index(name) if name in needs else -1
        none = PostSums(sums=(None,) * len(needs))

        def look(group: Group) -> Input:
            one = found.get(group, none)
            value = one.known if at < 0 else one.sums[at]
            shown = {"posts": one.known} if isinstance(value, list) else None
            why = None
            if value is None and len(needs) > 1:
                why = self._which(needs, group)
            return Input(value, shown, why, one.known, one.unknown, one.classes)

        return look

    def _which(self, needs: tuple[str, ...], group: Group) -> str:
        """Which of several is known of no post; else that no post has all of them."""
        for name in needs:
            if self._of_posts((name,), name)(group).value is None:
                return f"{words(name)} not known"
        return f"no post with known {' and '.join(n.replace('_', ' ') for n in needs)}"

    def speaker(self, formula: Formula) -> tuple[str, Callable[[Number], str]]:
        """A KPI's unit, and what writes its values in the campaign's language."""
        from tracker.codes import CURRENCIES

        campaign, money = self.facts.read.campaign, formula.unit == MONEY
        unit = campaign.currency if money else formula.unit
        digits = CURRENCIES.get(unit, 2) if money else None
        return unit, lambda value: text(value, unit, campaign.language, digits)


def _value(
    formula: Formula, inputs: Mapping[str, Input]
) -> tuple[Number | None, str | None]:
    for one in inputs.values():
        if one.value is None and one.reason:
            return None, one.reason
    return evaluate(formula, {name: one.value for name, one in inputs.items()})


def _coverage(formula: Formula, inputs: Mapping[str, Input]) -> tuple[int, int]:
    """Of posts where there are any; else of the rows of what is divided by."""
    for name in (*formula.needs, "posts", formula.over, *inputs):
        one = inputs.get(name)
        if one is not None and one.known is not None:
            return one.known, one.unknown
    return 0, max(one.unknown for one in inputs.values())


def _shown(inputs: Mapping[str, Input]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, one in inputs.items():
        if one.shown is None:
            shown[name] = one.value
        else:
            shown |= one.shown
    return shown


def _circumstances(
    inputs: Mapping[str, Input],
) -> tuple[str, str | None, tuple[str, ...]]:
    """Class, basis and notes of all inputs together. The class is that of readings and
    events; what only people wrote is reported."""
    classes: frozenset[str] = frozenset()
    basis, notes = None, tuple[str, ...]()
    for one in inputs.values():
        if one.classes is not classes:
            classes |= one.classes
        basis = one.basis or basis
        if one.notes:
            notes = tuple(dict.fromkeys((*notes, *one.notes)))
    if len(classes) > 1:
        return "mixed", basis, notes
    return next(iter(classes), "reported"), basis, notes
