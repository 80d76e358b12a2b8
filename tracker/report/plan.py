"""The page of the plan: its four steps, what they lack, and what came of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tracker.catalogue import N_
from tracker.checks.attribution import PRECEDENCE
from tracker.checks.plan import OPEN, OWN_SOURCES, STEPS
from tracker.codes import CURRENCIES
from tracker.facts import CampaignFacts, SourceFacts
from tracker.kpi.money import STATES, by_state
from tracker.model import METRICS
from tracker.report.figure import Figure, decimal
from tracker.report.figures import budget, indicated
from tracker.report.pages import Head, head
from tracker.report.text import clean, file_name

#: The rules that an outcome is put down to somebody by.
RULES = {
    "code": N_("promo code"),
    "last_click": N_("last click on a link"),
    "first_click": N_("first click on a link"),
    "split": N_("shared among all whose links were clicked"),
}
KINDS = {
    "fee": N_("Fees"),
    "goods": N_("Goods"),
    "logistics": N_("Logistics"),
    "tool": N_("Tools and licences"),
    "media": N_("Media"),
    "hours": N_("Working hours"),
    "other": N_("Other"),
}
#: The tracker's own sources.
OWN = {
    "outcomes": N_("results that were written down"),
    "links": N_("clicks on tracked links"),
    "surveys": N_("surveys"),
    "costs": N_("costs"),
    "feedback": N_("feedback"),
    "computed": N_("worked out by the tracker"),
    "manual": N_("by hand"),
}
#: Why nothing will fill an indicator.
NOT_THERE = N_("There is no source of this name.")
IS_KPI = N_("It is computed; its source should be “computed”.")
DOES_NOT_GIVE = N_("This source does not give it.")


@dataclass(frozen=True, slots=True)
class Step:
    """One of the four. lacks: places of the file that are not filled in."""

    number: int
    name: str
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fed:
    """A source that a tool or an indicator names. own: one of the tracker's, which
    needs no [[source]]. known: None when there is none of this name."""

    name: str
    own: bool
    known: SourceFacts | None

    @property
    def title(self) -> str:
        """What one of the tracker's own is, as the catalogue has it."""
        return OWN.get(self.name, self.name)


@dataclass(frozen=True, slots=True)
class Tool:
    name: str
    platform: str
    reason: str
    source: Fed | None


@dataclass(frozen=True, slots=True)
class Content:
    type: str
    description: str
    platforms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Aim:
    """An indicator. baseline: None when it is unknown. orphan: why nothing will fill
    it."""

    id: str
    figure: Figure
    baseline: Decimal | None
    owner: str
    source: Fed | None
    orphan: str


@dataclass(frozen=True, slots=True)
class CostLine:
    """Costs of a kind (its name; None: all) by state, in whole units of currency."""

    kind: str | None
    sums: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Voice:
    at: int
    name: str
    page: str
    text: str
    answered_at: int | None
    answer: str


@dataclass(frozen=True, slots=True)
class PlanPage:
    """strategy: kind, why, audience. rules: what puts an outcome down to somebody, in
    the order in which they are tried. left_out: costs in other currencies.
    countries: code and ambassadors there; those of the plan also with none."""

    head: Head
    steps: tuple[Step, ...]
    unknown: tuple[str, ...]
    strategy: Mapping[str, str]
    topics: tuple[str, ...]
    tools: tuple[Tool, ...]
    content: tuple[Content, ...]
    aims: tuple[Aim, ...]
    budget: Decimal | None
    costs: tuple[CostLine, ...]
    left_out: int
    benchmark: Mapping[str, str]
    benchmark_cost: Decimal | None
    people: int
    applicants: int | None
    applied_by: str
    rules: tuple[str, ...]
    window: str
    commissions: tuple[tuple[str, Decimal | None, Decimal | None], ...]
    countries: tuple[tuple[str, int], ...]
    feedback: tuple[Voice, ...]
    open: int

    @property
    def complete(self) -> int:
        return sum(1 for step in self.steps if not step.lacks)

    @property
    def orphans(self) -> tuple[Aim, ...]:
        return tuple(aim for aim in self.aims if aim.orphan)


def plan_page(facts: CampaignFacts) -> PlanPage:
    plan, programme = facts.plan, facts.programme
    strategy, mark = plan.get("strategy") or {}, plan.get("benchmark") or {}
    attribution = plan.get("attribution") or {}
    order = _texts(attribution.get("precedence")) or PRECEDENCE
    lines = tuple(_costs(facts))
    voices = tuple(_feedback(facts))
    return PlanPage(
        head=head(facts, "../"),
        steps=steps(facts),
        unknown=tuple(clean(one.path) for one in programme.nobody),
        strategy={key: _text(strategy.get(key)) for key in ("kind", "why", "audience")},
        topics=_texts(strategy.get("topics")),
        tools=tuple(_tool(facts, raw) for raw in plan.get("tool", ())),
        content=tuple(_content(raw) for raw in plan.get("content", ())),
        aims=tuple(_aims(facts)),
        budget=budget(plan),
        costs=lines,
        left_out=sum(
            one.currency != facts.campaign.currency for one in programme.costs
        ),
        benchmark={key: _text(mark.get(key)) for key in ("name", "source")},
        benchmark_cost=decimal(mark.get("cost")),
        people=len(facts.people),
        applicants=programme.applicants,
        applied_by=programme.applied_by,
        rules=tuple(RULES.get(name, name) for name in order),
        window=_text(attribution.get("window")),
        commissions=tuple(_commissions(plan)),
        countries=_countries(facts),
        feedback=voices,
        open=sum(voice.answered_at is None for voice in voices),
    )


def steps(facts: CampaignFacts) -> tuple[Step, ...]:
    """The four steps with what each lacks."""
    return tuple(
        Step(
            number,
            name,
            tuple(clean(m.path) for m in facts.programme.lacks if m.step == number),
        )
        for number, name in STEPS.items()
    )


def _text(value: Any) -> str:
    """As the plan says it; '' while it is not filled in."""
    return "" if value in (None, OPEN) else clean(str(value))


def _texts(value: Any) -> tuple[str, ...]:
    found = value if isinstance(value, list) else [value]
    return tuple(text for text in map(_text, found) if text)


def _tool(facts: CampaignFacts, raw: Mapping[str, Any]) -> Tool:
    return Tool(
        _text(raw.get("name")),
        _text(raw.get("platform")),
        _text(raw.get("reason")),
        _fed(facts, raw.get("source")),
    )


def _fed(facts: CampaignFacts, value: Any) -> Fed | None:
    name = _text(value)
    if not name:
        return None
    known = next((one for one in facts.sources if one.name == name), None)
    if known is not None:
        known = replace(known, due=None)  # only the quality page says who is late
    return Fed(name, name in OWN_SOURCES, known)


def _content(raw: Mapping[str, Any]) -> Content:
    return Content(
        _text(raw.get("type")),
        _text(raw.get("description")),
        _texts(raw.get("platforms")),
    )


# -- indicators ---------------------------------------------------------------------


def _aims(facts: CampaignFacts) -> Iterator[Aim]:
    orphans = {one.indicator for one in facts.programme.orphans}
    raws = facts.plan.get("indicator", ())
    for at, (raw, figure) in enumerate(zip(raws, indicated(facts), strict=True)):
        name = str(raw.get("id", f"indicator[{at}]"))
        source = _fed(facts, raw.get("source"))
        yield Aim(
            clean(name),
            figure,
            decimal(raw.get("baseline")),
            _text(raw.get("owner")),
            source,
            _orphan(facts, raw, source) if name in orphans else "",
        )


def _orphan(facts: CampaignFacts, raw: Mapping[str, Any], source: Fed | None) -> str:
    """A sentence of the catalogue."""
    if source is None or (source.known is None and not source.own):
        return NOT_THERE
    if source.own or str(raw.get("metric")) in METRICS:
        return DOES_NOT_GIVE
    return IS_KPI if str(raw.get("metric")) in facts.kpi else DOES_NOT_GIVE


# -- money --------------------------------------------------------------------------


def _costs(facts: CampaignFacts) -> Iterator[CostLine]:
    """By kind, then all together; only what is in the campaign's currency."""
    money = facts.campaign.currency
    found = [one for one in facts.programme.costs if one.currency == money]
    for kind, name in KINDS.items():
        some = [one for one in found if one.kind == kind]
        if some:
            yield CostLine(name, _major(by_state(some, money), money))
    if found:
        yield CostLine(None, _major(by_state(found, money), money))


def _major(sums: Mapping[str, int], money: str) -> tuple[Decimal, ...]:
    digits = CURRENCIES.get(money, 2)
    return tuple(Decimal(sums[state]).scaleb(-digits) for state in STATES)


def _commissions(
    plan: Mapping[str, Any],
) -> Iterator[tuple[str, Decimal | None, Decimal | None]]:
    for raw in plan.get("commission", ()):
        kind = _text(raw.get("kind"))
        yield kind, decimal(raw.get("percent")), decimal(raw.get("amount"))


# -- people -------------------------------------------------------------------------


def _countries(facts: CampaignFacts) -> tuple[tuple[str, int], ...]:
    """Whose rules of disclosure hold."""
    named = (facts.plan.get("campaign") or {}).get("countries")
    found = Counter(person.country for person in facts.people if person.country)
    codes = {*_texts(named), *found}
    return tuple((clean(code), found[code]) for code in sorted(codes))


def _feedback(facts: CampaignFacts) -> Iterator[Voice]:
    """Those without an answer first, then the newest."""
    names = {person.id: clean(person.name) for person in facts.people}
    found = sorted(
        facts.programme.feedback, key=lambda v: (v.answered_at is not None, -v.at, v.id)
    )
    for one in found:
        who = one.ambassador or ""
        yield Voice(
            one.at,
            names.get(who, clean(who)),
            f"{file_name(who)}.html" if who in names else "",
            clean(one.text),
            one.answered_at,
            clean(one.answer or ""),
        )
