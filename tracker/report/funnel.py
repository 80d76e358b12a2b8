"""From post to sale: the steps of a programme, a rate at each, what is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from tracker.catalogue import N_
from tracker.facts import CampaignFacts, ResultFacts
from tracker.kpi.formula import percent, ratio
from tracker.model import NOT_ADDITIVE, day_instant
from tracker.programme import ClickSums
from tracker.report.figure import Claim, Figure, claims, stale
from tracker.report.figures import resolve
from tracker.report.money import STEPS, major, planned
from tracker.report.text import clean
from tracker.resultfacts import Torn

#: Of each step, what it is divided by, and the formula.
RATES: dict[str, tuple[str, str]] = {
    "test_drive": ("lead", N_("test drives ÷ leads")),
    "reservation": ("lead", N_("reservations ÷ leads")),
    "sale": ("lead", N_("sales ÷ leads")),
    "idea": ("posts", N_("ideas ÷ posts")),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step. rate: percent where `share`, else a bare number; formula: what it is.

    newest: when its newest part is of, ms; stale: days by which that is older than the
    data, when it is old. value_of: worth of it, in the currency's major unit. traced:
    how much is put down to somebody. others: claims that are not the value shown, those
    that were published later last.
    """

    name: str
    value: Decimal | None
    classes: tuple[str, ...]
    platform: str | None = None
    rate: Decimal | None = None
    share: bool = True
    formula: str = ""
    newest: int | None = None
    stale: int | None = None
    value_of: Decimal | None = None
    traced: Decimal | None = None
    conflicts: int = 0
    claim: Claim | None = None
    others: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Funnel:
    """clicks: of tracked links, None where there is no link. torn: outcomes that
    several could have brought, the first of `conflicts`."""

    steps: tuple[Step, ...]
    links: int
    clicks: ClickSums | None
    conflicts: int
    torn: tuple[Torn, ...]

    @property
    def lost(self) -> str:
        """The first step after which nothing is known; '' when all is."""
        dark = [step.value is None for step in self.steps]
        at = next((n for n in range(len(dark)) if all(dark[n:])), 0)
        return self.steps[at - 1].name if at else ""

    @property
    def sells(self) -> bool:
        """Does it lead to leads or sales?"""
        return any(step.name in STEPS for step in self.steps)

    def step(self, name: str) -> Step | None:
        return next((step for step in self.steps if step.name == name), None)


def funnel(facts: CampaignFacts) -> Funnel | None:
    """None without any post or outcome."""
    found, results = facts.brought, facts.programme.results
    if not facts.posts_total and not results:
        return None
    steps = [*_posts(facts), *_outcomes(facts)]
    return Funnel(
        tuple(_rated(facts, steps)),
        found.links,
        found.clicks if found.links else None,
        sum(one.conflicts for one in results.values()),
        tuple(_torn(facts, found.torn)),
    )


def _posts(facts: CampaignFacts) -> Iterator[Step]:
    yield _of(resolve(facts, "posts"))
    if facts.leading and facts.leading not in NOT_ADDITIVE:
        yield _of(_leading(facts))
    clicks = facts.brought.clicks
    if facts.brought.links and clicks.raw:
        yield Step("clicks", Decimal(clicks.unique), ("measured",))
    elif facts.counts["clicks"].known:
        yield _of(resolve(facts, "clicks"))


def _leading(facts: CampaignFacts) -> Figure:
    assert facts.leading is not None
    return resolve(facts, facts.leading)


def _of(figure: Figure) -> Step:
    value = None if figure.value is None else Decimal(figure.value)
    return Step(
        figure.metric,
        value,
        figure.classes if value is not None else ("unknown",),
        figure.platform,
        newest=figure.newest,
        stale=figure.stale,
    )


# -- outcomes -------------------------------------------------------------------------


def _outcomes(facts: CampaignFacts) -> Iterator[Step]:
    """Those that the programme has or plans; its own kinds after those of a sale."""
    known = facts.programme.results
    wanted = {kind for kind in planned(facts) if kind in (*STEPS, *RATES)} | set(known)
    told = claims(facts.plan)
    for kind in (*STEPS, *sorted(wanted - set(STEPS))):
        if kind in wanted:
            said = [claim for claim in told if claim.metric == kind]
            yield _outcome(facts, kind, known.get(kind), said)


def _outcome(
    facts: CampaignFacts, kind: str, one: ResultFacts | None, said: list[Claim]
) -> Step:
    if one is None:
        return _claimed(facts, kind, said)
    return Step(
        clean(kind),
        one.many,
        one.classes or ("reported",),
        newest=one.newest,
        stale=stale(facts, one.newest),
        value_of=None if one.value is None else major(facts, one.value),
        traced=one.traced,
        conflicts=one.conflicts,
        others=tuple(c for c in said if c.value != one.many),
    )


def _claimed(facts: CampaignFacts, kind: str, said: list[Claim]) -> Step:
    """A used claim stands for outcomes that nobody brought in."""
    used = next((c for c in said if c.used and c.value is not None), None)
    if used is None:
        return Step(clean(kind), None, ("unknown",), others=tuple(said))
    at = None if used.as_of is None else _instant(used.as_of)
    return Step(
        clean(kind),
        used.value,
        ("reported",),
        newest=at,
        stale=stale(facts, at),
        claim=used,
        others=tuple(c for c in said if c is not used),
    )


def _instant(text: str) -> int | None:
    try:
        return day_instant(date.fromisoformat(text))
    except ValueError:
        return None


def _torn(facts: CampaignFacts, found: Iterable[Torn]) -> Iterator[Torn]:
    names = {person.id: clean(person.name) for person in facts.people}
    for one in found:
        yield Torn(
            clean(one.id),
            one.kind,
            one.day,
            one.rule,
            tuple(names.get(who, clean(who)) for who in one.given),
            tuple((names.get(who, clean(who)), by) for who, by in one.candidates),
        )


# -- rates ----------------------------------------------------------------------------


def _rated(facts: CampaignFacts, steps: list[Step]) -> Iterator[Step]:
    values = {step.name: step.value for step in steps}
    for step in steps:
        rate, share, formula = _rate(facts, step, values)
        yield replace(step, rate=rate, share=share, formula=formula)


def _rate(
    facts: CampaignFacts, step: Step, values: dict[str, Decimal | None]
) -> tuple[Decimal | None, bool, str]:
    """A step by the one that leads to it: value, is it a share, formula."""
    if step.name == facts.leading:
        known = facts.counts[step.name].known
        formula = N_("sum ÷ posts with a known value")
        return ratio(step.value, known), False, formula
    if step.name == "clicks":
        return _clicks(facts)
    if step.name == "lead" and values.get("clicks"):
        formula = N_("leads ÷ clicks: leads may come without a click")
        return percent(step.value, values["clicks"]), True, formula
    if step.name in RATES:
        by, formula = RATES[step.name]
        return percent(step.value, values.get(by)), True, formula
    return None, True, ""


def _clicks(facts: CampaignFacts) -> tuple[Decimal | None, bool, str]:
    """Of posts whose clicks and leading metric are both known; clicks of links are
    those of no post."""
    import polars as pl

    lead = facts.leading
    if lead is None or lead == "clicks" or "clicks" not in facts.metrics:
        return None, True, ""
    if facts.brought.links and facts.brought.clicks.raw:
        return None, True, ""
    both = facts.posts.filter(
        pl.col(lead).is_not_null() & pl.col("clicks").is_not_null()
    )
    top, bottom = int(both["clicks"].sum()), int(both[lead].sum())
    formula = N_("clicks ÷ the figure before, of posts where both are known")
    return percent(top, bottom), True, formula
