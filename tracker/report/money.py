"""What it cost: costs by kind and state, cost figures, what is owed, rate cards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tracker.codes import CURRENCIES
from tracker.facts import CampaignFacts
from tracker.kpi.answer import Kpi
from tracker.kpi.costs import per
from tracker.kpi.money import Basis, basis
from tracker.programme import Cost
from tracker.report.figure import claims
from tracker.report.figures import budget
from tracker.report.kpifigures import counted
from tracker.report.kpinames import COSTS, ONE, RETURNS
from tracker.report.text import clean
from tracker.resultfacts import CodeSum, Valued

#: People and missions in a list; all are in data/costs.csv.
LISTED = 10
#: Kinds of outcomes in the order in which one leads to the next.
STEPS = ("lead", "test_drive", "reservation", "sale")
#: Kinds of outcomes that have a KPI of their own.
NAMED = {"lead": "cpl", "sale": "cpa"}


@dataclass(frozen=True, slots=True)
class States:
    """A kind, mission or person with what is planned, committed and paid, in the
    campaign's currency."""

    name: str
    planned: Decimal
    committed: Decimal
    paid: Decimal

    @property
    def total(self) -> Decimal:
        return self.planned + self.committed + self.paid


@dataclass(frozen=True, slots=True)
class KpiRow:
    """A figure with all that it is made of.

    name: of the KPI, '' when it has none; kind: of an outcome, when it is the cost of
    one. formula: a sentence of the catalogue. inputs: (name, value) in order of the
    formula; times: a factor, 1 for none. unit: money, %, or ×. of: what known and
    unknown count, as a Figure has it. bench: the same of the benchmark. lacking: the
    input that is not known; nought: the one that is 0.
    """

    name: str
    kind: str
    label: str
    formula: str
    value: Decimal | None
    unit: str
    inputs: tuple[tuple[str, Decimal | None], ...]
    times: int = 1
    classes: tuple[str, ...] = ()
    known: int = 0
    unknown: int = 0
    basis: str | None = None
    bench: Decimal | None = None
    lacking: str = ""
    nought: str = ""
    of: str = ""

    @property
    def made_up(self) -> bool:
        """Is it the cost of a kind of outcome that only a plan knows?"""
        return bool(self.kind) and self.kind not in ONE

    @property
    def anchor(self) -> str:
        """Of its receipt."""
        return f"kpi-{self.name}" if self.name else f"cost-{self.kind}"


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A promo code; value: worth of what it brought, None where nothing says it."""

    promo: str
    ambassador: str | None
    kinds: tuple[tuple[str, Decimal], ...]
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Money:
    """kinds, missions, people: costs by each; other: (currency, costs) that cannot be
    added. spent, basis: what cost figures are made of. rows: figures that are known;
    unknown: those that are not. benchmark: its name, cost and source."""

    budget: Decimal | None
    spent: Decimal | None
    basis: str | None
    kinds: tuple[States, ...]
    total: States | None
    missions: tuple[States, ...]
    people: tuple[States, ...]
    other: tuple[tuple[str, int], ...]
    rows: tuple[KpiRow, ...]
    unknown: tuple[KpiRow, ...]
    benchmark: tuple[str, Decimal | None, str]
    owed: tuple[States, ...]
    owed_all: States | None
    foreign: int
    codes: tuple[CodeRow, ...]
    cards: tuple[Valued, ...]

    @property
    def headlines(self) -> tuple[KpiRow, ...]:
        """The cost figures that a reader looks for first: of a view and of a lead, else
        the first there is."""
        costs = [row for row in self.rows if row.name in COSTS or row.kind]
        asked = [row for row in costs if row.name in ("cpv", "cpl")]
        return tuple(asked or costs[:1])

    @property
    def times(self) -> Decimal | None:
        """How many times the lowest rate card the highest says."""
        values = [card.value for card in self.cards if card.value]
        one = {card.currency for card in self.cards}
        return max(values) / min(values) if len(values) > 1 and len(one) == 1 else None


def money(facts: CampaignFacts) -> Money | None:
    """None where nothing is known of money: no budget, no cost, no rate card."""
    found, costs = facts.brought, facts.programme.costs
    limit, own = budget(facts.plan), _own(facts)
    if limit is None and not costs and not found.cards and not found.owed:
        return None
    spent, on = _spent(facts, own, limit)
    rows = list(_rows(facts, spent, on))
    names = {person.id: clean(person.name) for person in facts.people}
    owed = [_owed(facts, one, names) for one in found.owed]
    return Money(
        budget=limit,
        spent=spent,
        basis=on,
        kinds=tuple(_by(facts, own, "kind")),
        total=_total(_by(facts, own, "kind")),
        missions=tuple(_by(facts, own, "mission"))[:LISTED],
        people=tuple(_named(_by(facts, own, "ambassador"), names))[:LISTED],
        other=tuple(_other(facts, costs)),
        rows=tuple(row for row in rows if row.value is not None),
        unknown=tuple(row for row in rows if row.value is None),
        benchmark=_benchmark(facts.plan),
        owed=tuple(owed[:LISTED]),
        owed_all=_total(owed),
        foreign=found.foreign,
        codes=tuple(_code(facts, one, names) for one in found.codes),
        cards=tuple(_card(one) for one in found.cards),
    )


def major(facts: CampaignFacts, minor: int) -> Decimal:
    """Minor units of the campaign's currency in its major one."""
    return Decimal(minor).scaleb(-CURRENCIES.get(facts.campaign.currency, 2))


# -- costs ----------------------------------------------------------------------------


def _own(facts: CampaignFacts) -> list[Cost]:
    money = facts.campaign.currency
    return [cost for cost in facts.programme.costs if cost.currency == money]


def _spent(
    facts: CampaignFacts, own: list[Cost], limit: Decimal | None
) -> tuple[Decimal | None, str | None]:
    """What cost figures divide: costs, or the budget where no cost is known."""
    found: Basis = basis(own, facts.campaign.currency)
    if found.amount is not None:
        return major(facts, found.amount), found.basis
    return limit, None if limit is None else "budget"


def _by(facts: CampaignFacts, own: Iterable[Cost], what: str) -> list[States]:
    """The largest first; costs of no mission or person are in none."""
    sums: dict[str, dict[str, int]] = {}
    for cost in own:
        name = getattr(cost, what)
        if name:
            zero = {"planned": 0, "committed": 0, "paid": 0}
            sums.setdefault(name, zero)[cost.state] += cost.amount
    rows = [
        States(clean(name), **{s: major(facts, n) for s, n in states.items()})
        for name, states in sums.items()
    ]
    return sorted(rows, key=lambda row: (-row.total, row.name))


def _named(rows: Iterable[States], names: Mapping[str, str]) -> Iterator[States]:
    for row in rows:
        name = names.get(row.name, row.name)
        yield States(name, row.planned, row.committed, row.paid)


def _total(rows: Iterable[States]) -> States | None:
    every = list(rows)
    if not every:
        return None
    zero = Decimal(0)
    return States(
        "",
        sum((row.planned for row in every), zero),
        sum((row.committed for row in every), zero),
        sum((row.paid for row in every), zero),
    )


def _other(facts: CampaignFacts, costs: Iterable[Cost]) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for cost in costs:
        if cost.currency != facts.campaign.currency:
            found[cost.currency] = found.get(cost.currency, 0) + 1
    return sorted(found.items())


def _owed(facts: CampaignFacts, one: Any, names: Mapping[str, str]) -> States:
    return States(
        names.get(one.ambassador, clean(one.ambassador)),
        major(facts, one.planned),
        major(facts, one.committed),
        major(facts, one.paid),
    )


def _code(facts: CampaignFacts, one: CodeSum, names: Mapping[str, str]) -> CodeRow:
    who = one.ambassador
    return CodeRow(
        clean(one.promo),
        None if who is None else names.get(who, clean(who)),
        one.kinds,
        None if one.value is None else major(facts, one.value),
    )


def _card(one: Valued) -> Valued:
    return Valued(
        clean(one.name),
        one.dated,
        clean(one.source),
        one.currency,
        one.value,
        one.parts,
        one.posts,
        one.left_out,
    )


# -- figures --------------------------------------------------------------------------


def _rows(
    facts: CampaignFacts, spent: Decimal | None, on: str | None
) -> Iterator[KpiRow]:
    known = facts.kpi
    rival = _benchmark(facts.plan)[1]
    for name, (label, formula) in COSTS.items():
        if name in known and _wanted(facts, known[name]):
            yield _cost(known[name], label, formula, spent, on, rival)
    yield from _kinds(facts, spent, on, rival)
    for name, (label, formula) in RETURNS.items():
        if name in known and (name != "benchmark_cost_share" or rival is not None):
            yield _plain(known[name], label, formula, spent, on)


def _wanted(facts: CampaignFacts, kpi: Kpi) -> bool:
    """Is it known, or does the programme plan or claim what it is the cost of?"""
    if any(value is not None for value in list(kpi.inputs.values())[1:]):
        return True
    kind = {"cpl": "lead", "cpl_new": "lead", "cpa": "sale", "cac": "sale"}
    return kind.get(kpi.name, "") in planned(facts)


def planned(facts: CampaignFacts) -> set[str]:
    """Kinds of outcomes that the plan aims at, pays for, or knows claims of."""
    found = {str(one.get("metric")) for one in facts.plan.get("indicator", ())}
    found |= {str(one.get("kind")) for one in facts.plan.get("commission", ())}
    return found | {claim.metric for claim in claims(facts.plan)}


def _cost(
    kpi: Kpi,
    label: str,
    formula: str,
    spent: Decimal | None,
    on: str | None,
    rival: Decimal | None,
) -> KpiRow:
    """A cost figure; of the budget where no cost is known."""
    (_, *rest) = kpi.inputs.items()
    name, count = rest[0]
    times = 1000 if "1000" in kpi.formula else 1
    number = None if count is None else Decimal(count)
    value = None if spent is None else per(spent, number, times)
    return KpiRow(
        kpi.name,
        "",
        label,
        formula,
        value,
        "money",
        (("cost", spent), (name, number)),
        times,
        _classes(kpi, on) if value is not None else (),
        kpi.known,
        kpi.unknown,
        on,
        None if rival is None else per(rival, number, times),
        *_missing((("cost", spent), (name, number))),
        of=counted(kpi.name),
    )


def _missing(inputs: Iterable[tuple[str, Decimal | None]]) -> tuple[str, str]:
    """The input that is not known, and the one that is 0."""
    every = list(inputs)
    lacking = next((name for name, value in every if value is None), "")
    nought = next((name for name, value in every[1:] if value == 0), "")
    return lacking, nought


def _classes(kpi: Kpi, on: str | None) -> tuple[str, ...]:
    """Money is what people wrote; the rest is of the class of its readings."""
    if kpi.class_ is None:
        return ("reported",)
    if kpi.class_ == "mixed":
        return ("measured", "reported")
    return tuple(dict.fromkeys(("reported", kpi.class_) if on else (kpi.class_,)))


def _kinds(
    facts: CampaignFacts,
    spent: Decimal | None,
    on: str | None,
    rival: Decimal | None,
) -> Iterator[KpiRow]:
    """The cost of outcomes that have no KPI of their own, where they are an aim."""
    aims = planned(facts) | set(STEPS)
    for one in facts.programme.results.values():
        if one.kind in NAMED or one.kind not in aims:
            continue
        inputs = (("cost", spent), (one.kind, one.many))
        value = None if spent is None else per(spent, one.many)
        yield KpiRow(
            "",
            one.kind,
            ONE.get(one.kind, one.kind.replace("_", " ")),
            "",
            value,
            "money",
            inputs,
            1,
            tuple(dict.fromkeys(("reported", *one.classes))),
            int(one.many),
            0,
            on,
            None if rival is None else per(rival, one.many),
            *_missing(inputs),
            of="outcomes",
        )


def _plain(
    kpi: Kpi, label: str, formula: str, spent: Decimal | None, on: str | None
) -> KpiRow:
    """A KPI as it is; the budget is no money that was spent."""
    inputs = tuple(
        (name, None if value is None else Decimal(value))
        for name, value in kpi.inputs.items()
    )
    return KpiRow(
        kpi.name,
        "",
        label,
        formula,
        None if kpi.value is None else Decimal(kpi.value),
        kpi.unit if kpi.unit in ("%", "×") else "money",
        inputs,
        1,
        _classes(kpi, on) if kpi.value is not None else (),
        kpi.known,
        kpi.unknown,
        on if {"cost", "spend"} & set(kpi.inputs) and on != "budget" else None,
        None,
        *_missing(inputs),
        of=counted(kpi.name),
    )


def _benchmark(plan: Mapping[str, Any]) -> tuple[str, Decimal | None, str]:
    raw = plan.get("benchmark") or {}
    cost = budget({"budget": {"amount": raw.get("cost")}})
    return clean(str(raw.get("name") or "")), cost, clean(str(raw.get("source") or ""))
