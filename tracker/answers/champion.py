"""Champion: a few people who are well followed speak to many, and it is counted.

Costs and rates are the KPIs of docs/kpis.md, unrounded; films against those due, the
goal of test drives and growth are put together here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from tracker.answers.known import Known
from tracker.answers.league import league
from tracker.answers.question import Question
from tracker.kpi.saying import reason

if TYPE_CHECKING:
    from tracker.kpi.answer import Kpi
    from tracker.kpi.formula import Number
    from tracker.programme import Wave

#: Question: the KPI that answers it, and digits after the point.
KPIS = {
    "cost-per-view": ("cpv", 4),
    "cost-per-1000-views": ("cpm_views", 2),
    "cost-per-item": ("cpp", 2),
    "cost-per-lead": ("cpl", 2),
    "cost-per-new-lead": ("cpl_new", 2),
    "items-per-ambassador": ("posts_per_ambassador", 1),
    "views-per-ambassador": ("views_per_ambassador", 0),
    "views-per-known-item": ("views_per_post", 2),
    "leads-per-1000-views": ("leads_per_1000_views", 2),
    "selection": ("selection_rate", 1),
    "reservations-per-lead": ("reservations_per_lead", 1),
    "conquest": ("conquest_rate", 1),
    "against-benchmark": ("benchmark_cost_share", 1),
}


def questions(known: Known) -> Iterator[Question]:
    """What a champion programme must see."""
    of = known.kpis([kpi for kpi, _ in KPIS.values()])
    for name, (kpi, digits) in KPIS.items():
        if kpi in of:
            yield _kpi(known, name, of[kpi], digits)
        if name == "views-per-ambassador":
            yield _per_item(known, of)
    yield _due(known)
    yield from league(known)
    yield from _goals(known)
    yield from _growth(known)
    yield from _awareness(known)


def _kpi(known: Known, name: str, kpi: Kpi, digits: int) -> Question:
    """A KPI as it is, with more digits where cents would hide it."""
    money = kpi.unit == known.campaign.currency
    left = [reason(known.w, said) for said in [kpi.reason] if said]
    left = left or [reason(known.w, said) for said in kpi.notes]
    if kpi.unknown and kpi.value is not None:
        left.append(known.unknown(kpi.unknown))
    inputs = [(key, _given(known, key, given)) for key, given in kpi.inputs.items()]
    if kpi.basis:
        inputs.append(("basis", known.made_of(kpi.basis)))
    value = None
    if kpi.value is not None:
        exact = Decimal(kpi.value)
        value = (
            known.whole_money(exact, digits)
            if money
            else _plain(known, exact, digits, kpi.unit)
        )
    return known.ask(
        name,
        value,
        None if kpi.value is None else Decimal(kpi.value),
        unit=kpi.unit,
        inputs=inputs,
        coverage=known.joined(one.rstrip(".") for one in left),
    )


def _plain(known: Known, value: Decimal, digits: int, unit: str) -> str:
    if unit == "%":
        return known.text(value, digits, "%")
    return known.text(value, 0 if value == int(value) else digits)


def _per_item(known: Known, of: Mapping[str, Kpi]) -> Question:
    """Of all items, also those whose views nobody knows, as it is published."""
    views = of["cpv"].inputs.get("views") if "cpv" in of else None
    posts = of["cpp"].inputs.get("posts") if "cpp" in of else None
    given = (("views", views), ("posts", posts))
    inputs = [(key, _given(known, key, one)) for key, one in given]
    if views is None or not posts:
        why = known.w("an input is missing")
        return known.ask("views-per-item", None, inputs=inputs, coverage=why)
    each, unknown = Decimal(views) / Decimal(posts), of["cpv"].unknown
    return known.ask(
        "views-per-item",
        known.text(each, 2),
        each,
        inputs=inputs,
        coverage=known.unknown(unknown) if unknown else "",
    )


def _given(known: Known, key: str, given: Number | None) -> str:
    if given is None:
        return "–"
    if key in ("cost", "spend", "benchmark"):
        return known.whole_money(Decimal(given), known.digits)
    return known.text(Decimal(given))


def _due(known: Known) -> Question:
    """Posts that fit the missions, against those that were due from the enrolled."""
    done = sum(len(cell.posts) for _, cells in known.grid for cell in cells)
    people = len(known.enrolled)
    due = sum(
        one.needs * (people if one.assigned == ("all",) else len(cells))
        for one, cells in known.grid
    )
    left = due - sum(one.needs * len(cells) for one, cells in known.grid)
    return known.share(
        "posts-against-due",
        done if due else None,
        due,
        (known.w("on missions"), known.w("due")),
        coverage=known.w.plural(
            "{n} of those due fell to people who had left",
            "{n} of those due fell to people who had left",
            left,
        )
        if left
        else "",
    )


def _goals(known: Known) -> Iterator[Question]:
    """Indicators that outcomes feed: what came of what was aimed at."""
    for one in known.plan.get("indicator") or []:
        target = one.get("target")
        if one.get("source") != "outcomes" or target in (None, "?"):
            continue
        metric = str(one["metric"])
        found = known.share(
            "goal",
            known.quantity(metric),
            Decimal(str(target)),
            (metric, known.w("goal")),
        )
        title = known.w("Of the goal: {metric}", metric=known.w.inside(metric))
        yield _named(found, f"goal-{one['id']}", title)


def _named(one: Question, name: str, title: str) -> Question:
    from dataclasses import replace

    return replace(one, id=name, title=title)


def _growth(known: Known) -> Iterator[Question]:
    """From one published count of views to the next, up to the one that is used."""
    told = [one for one in known.claims if one.get("metric") == "views"]
    told = sorted(
        (one for one in told if one.get("as_of")), key=lambda one: one["as_of"]
    )
    last = next((n for n, one in enumerate(told) if one.get("used")), len(told) - 1)
    steps = []
    for before, after in pairwise(told[: last + 1]):
        first, then = Decimal(str(before["value"])), Decimal(str(after["value"]))
        if first:
            grown = (Fraction(then) / Fraction(first) - 1) * 100
            label = f"{before['as_of']} → {after['as_of']}"
            steps.append((label, first, then, grown))
    if steps:
        grown = steps[-1][3]
        yield known.ask(
            "growth",
            known.joined(_signed(known, g) for *_, g in steps),
            grown,
            unit="%",
            inputs=[
                (label, _step(known, a, b) + known.w.colon + _signed(known, g))
                for label, a, b, g in steps
            ],
        )


def _step(known: Known, before: Decimal, after: Decimal) -> str:
    return f"{known.text(before)} → {known.text(after)}"


def _signed(known: Known, grown: Fraction) -> str:
    return ("+" if grown > 0 else "") + known.text(grown, 1, "%")


def _awareness(known: Known) -> Iterator[Question]:
    """The last wave of each question that was asked; awareness beside its cost."""
    last = {wave.question: wave for wave in known.waves}
    if not last:
        return
    told = [
        (f"{one.question}, {one.wave}", _share(known, one)) for one in last.values()
    ]
    unsure = [one.question for one in last.values() if one.n is None]
    yield known.ask(
        "survey",
        known.joined(text for _, text in told),
        inputs=told,
        coverage=known.w(
            "how many were asked is not known: {questions}",
            questions=", ".join(unsure),
        )
        if unsure
        else "",
    )
    yield _price(known, last.get("awareness") or next(iter(last.values())))


def _share(known: Known, one: Wave) -> str:
    return "–" if one.share is None else known.text(one.share, None, "%")


def _price(known: Known, one: Wave) -> Question:
    """Awareness beside what was spent, and beside the traditional campaign's. What
    share of it the programme brought is not said: one wave has no before."""
    waves = [wave for wave in known.waves if wave.question == one.question]
    inputs = [(f"{wave.question}, {wave.wave}", _share(known, wave)) for wave in waves]
    amount = known.basis.amount
    cost = None if amount is None else known.money(amount)
    if cost is not None:
        inputs.append(("cost", cost))
        inputs.append(("basis", known.made_of(str(known.basis.basis))))
    value = None
    if one.share is not None and cost is not None:
        value = f"{_share(known, one)} · {cost}"
    return known.ask(
        "awareness-cost",
        value,
        inputs=[*inputs, *_benchmark(known)],
        coverage=known.w("one wave alone: no before") if len(waves) < 2 else "",
    )


def _benchmark(known: Known) -> Iterator[tuple[str, str]]:
    """Cost and awareness of the traditional campaign, as far as the plan has them."""
    other = known.plan.get("benchmark") or {}
    name = str(other.get("name", "–"))
    if other.get("cost") not in (None, "?"):
        money = known.whole_money(Decimal(str(other["cost"])), known.digits)
        yield known.w("cost of {name}", name=name), money
    if other.get("awareness") not in (None, "?"):
        share = known.text(Decimal(str(other["awareness"])), None, "%")
        yield known.w("awareness by {name}", name=name), share
