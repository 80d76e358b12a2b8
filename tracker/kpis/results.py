"""What KPIs take from outcomes and clicks, by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tracker.kpi.answer import Input
from tracker.kpis.money import Lookup, exact, plain
from tracker.kpis.posts import sums

if TYPE_CHECKING:
    from tracker.kpis.facts import Facts, Group
    from tracker.programme import Outcome

#: Quantities by kind of outcome.
Sums = dict[str, Decimal]


@dataclass
class Tally:
    """Counted outcomes of a row, by kind: how many, those of whom it is known whether
    they are new, and those who are. worth: minor units of the sales in it."""

    many: Sums = field(default_factory=lambda: defaultdict(Decimal))
    told: Sums = field(default_factory=lambda: defaultdict(Decimal))
    fresh: Sums = field(default_factory=lambda: defaultdict(Decimal))
    classes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    worth: Decimal = Decimal(0)
    valued: int = 0
    unvalued: int = 0
    foreign: int = 0

    def take(self, one: Outcome, part: Decimal, classes: set[str], money: str) -> None:
        """part: from 0 to 1, of the outcome."""
        many = one.quantity * part
        self.many[one.kind] += many
        self.classes[one.kind] |= classes
        if one.new_customer is not None:
            self.told[one.kind] += many
            self.fresh[one.kind] += many * one.new_customer
        if one.kind == "sale":
            self._value(one, part, money)

    def _value(self, one: Outcome, part: Decimal, money: str) -> None:
        if one.value is None:
            self.unvalued += 1
        elif one.currency not in (None, money):
            self.foreign += 1
        else:
            self.valued += 1
            self.worth += one.value * part


def tallies(facts: Facts) -> dict[Any, Tally]:
    """By row; the whole campaign under None where rows are the campaign."""
    found: dict[Any, Tally] = defaultdict(Tally)
    for one in facts.outcomes:
        classes = facts.provenances.get(one.source, set())
        for group, part in _parts(facts, one):
            found[group].take(one, part, classes, facts.currency)
    return found


def _parts(facts: Facts, one: Outcome) -> Iterator[tuple[Any, Decimal]]:
    if facts.by == "ambassador" and one.shares:
        yield from ((who, share / 100) for who, share in one.shares)
    elif facts.by == "mission":
        yield one.mission, Decimal(1)
    else:
        yield None, Decimal(1)


def counted(kind: str) -> Callable[[Facts], Lookup]:
    """An input: how many of a kind."""

    def ask(facts: Facts) -> Lookup:
        found = facts.tallies
        if not any(kind in tally.many for tally in found.values()):
            said = _claimed(facts, kind) or Input(None, reason=f"no {kind} is known")
            return lambda _: said

        def look(group: Group) -> Input:
            tally = found.get(group, Tally())
            many = tally.many.get(kind, Decimal(0))
            classes = frozenset(tally.classes.get(kind, ()))
            return Input(exact(many), known=int(many), classes=classes)

        return look

    return ask


def of_known_kind(kind: str, *, fresh: bool) -> Callable[[Facts], Lookup]:
    """An input: those of whom it is known whether they are new, or those who are."""

    def ask(facts: Facts) -> Lookup:
        def look(group: Group) -> Input:
            tally = facts.tallies.get(group, Tally())
            told = tally.told.get(kind, Decimal(0))
            out = int(tally.many.get(kind, Decimal(0)) - told)
            if kind not in tally.told:
                why = f"of no {kind} it is known whether the customer is new"
                return Input(None, reason=why, known=0, unknown=out)
            value = tally.fresh[kind] if fresh else told
            classes = frozenset(tally.classes[kind])
            return Input(exact(value), None, None, int(told), out, classes)

        return look

    return ask


def _claimed(facts: Facts, kind: str) -> Input | None:
    """The claim of the plan that is used, where no outcome of the kind is known."""
    if facts.by is not None:
        return None
    names = (kind, f"{kind}s")
    for claim in facts.plan.get("claim", ()):
        value = plain(claim.get("value"))
        if claim.get("metric") in names and claim.get("used") and value is not None:
            source = claim.get("source") or "the plan"
            note = f"no {kind} is known: {value} are claimed by {source}"
            return Input(
                value, known=1, classes=frozenset(("reported",)), notes=(note,)
            )
    return None


def revenue(facts: Facts) -> Lookup:
    """The value of counted sales, in the campaign's currency."""
    found = facts.tallies

    def look(group: Group) -> Input:
        tally = found.get(group, Tally())
        notes = []
        if tally.unvalued:
            notes.append(f"{tally.unvalued} sales without a value are left out")
        if tally.foreign:
            notes.append(f"{tally.foreign} sales in other currencies are left out")
        out = tally.unvalued + tally.foreign
        if not tally.valued:
            why = "no sale with a value is known"
            return Input(None, reason=why, known=0, unknown=out, notes=tuple(notes))
        return Input(
            facts.whole(tally.worth),
            known=tally.valued,
            unknown=out,
            classes=frozenset(tally.classes["sale"]),
            notes=tuple(notes),
        )

    return look


def on_links(facts: Facts) -> bool:
    """Are clicks those of tracked links? Where any was counted, but not by platform:
    a link does not say on which it was seen."""
    from tracker.clicks import sums as ask

    if facts.by == "platform":
        return False
    return ask(facts.tracker, facts.campaign_id, until=facts.until_known)[None].raw > 0


def clicked(facts: Facts) -> Lookup:
    """Unique clicks of tracked links; the posts' own where none was counted."""
    from tracker.clicks import sums as ask

    if not on_links(facts):
        return _own_clicks(facts)
    last = facts.until_known
    found = ask(facts.tracker, facts.campaign_id, by=facts.by, until=last)

    def look(group: Group) -> Input:
        one = found.get(None if facts.by is None else group)  # type: ignore[arg-type]
        return Input(
            one.unique if one else 0,
            shown={"link_clicks": one.unique if one else 0},
            known=one.unique if one else 0,
            unknown=one.uncounted if one else 0,
            classes=frozenset(("measured",)),
            basis="link_clicks",
        )

    return look


def _own_clicks(facts: Facts) -> Lookup:
    found = sums(facts, ("clicks",))

    def look(group: Group) -> Input:
        one = found.get(group)
        value = one.sums[0] if one else None
        return Input(
            value,
            shown={"clicks": value},  # type: ignore[dict-item]
            reason=None if value is not None else "no click is known",
            known=one.known if one else 0,
            unknown=one.unknown if one else 0,
            classes=one.classes if one else frozenset(),
            basis="clicks",
        )

    return look
