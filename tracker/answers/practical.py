"""Practical: ask customers and suppliers, decide soon, take up what is good.

A challenge is a mission, an answer a post that fits it. What is decided of it are
outcomes of kinds `decision` and `solved` whose `order` is the mission's id; ideas
taken up are outcomes of kind `idea`, points of kind `points`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from tracker.answers.known import Known, wait
from tracker.answers.question import Question
from tracker.model import is_day
from tracker.programme import Cell, Mission

#: So many contributors are named.
TOP = 5


def questions(known: Known) -> Iterator[Question]:
    """What a practical programme must see."""
    yield _responses(known)
    yield _first(known)
    yield _decided(known)
    yield _solved(known)
    yield _ideas(known)
    yield _cost(known)
    yield _top(known)
    yield _levels(known)


def _answers(cells: list[Cell]) -> list[tuple[str, str]]:
    return [post for cell in cells for post in cell.posts]


def _responses(known: Known) -> Question:
    counts = [(one.name, len(_answers(cells))) for one, cells in known.grid]
    total = sum(many for _, many in counts)
    return known.ask(
        "responses",
        known.text(total) if counts else None,
        total if counts else None,
        inputs=[(name, known.text(many)) for name, many in counts],
        coverage="" if counts else known.w("no missions"),
    )


def _first(known: Known) -> Question:
    published = {(p.platform, p.post_id): p.published_at for p in known.posts}
    each = []
    for one, cells in known.grid:
        at = [published.get(post) for post in _answers(cells)]
        exact = [moment for moment in at if moment is not None and not is_day(moment)]
        first = min(exact, default=None)
        each.append((one.name, wait(known.opening(one.opens), first)))
    return known.waits(
        "first-response",
        each,
        lambda n, of: known.w.plural(
            "{n} of {of} challenges has no answer yet",
            "{n} of {of} challenges have no answer yet",
            n,
            of=of,
        ),
    )


def _ends(known: Known, kind: str) -> dict[str, int]:
    """When each challenge was decided or solved, by its id."""
    return {one.order: one.at for one in reversed(known.of_kind(kind)) if one.order}


def _decided(known: Known) -> Question:
    ends = _ends(known, "decision")
    each = [
        (one.name, wait(known.opening(one.opens), ends.get(one.id)))
        for one, _ in known.grid
    ]
    return known.waits(
        "decision-time",
        each,
        lambda n, of: known.w.plural(
            "{n} of {of} challenges is not decided",
            "{n} of {of} challenges are not decided",
            n,
            of=of,
        ),
    )


def _over(known: Known) -> list[Mission]:
    return [one for one, _ in known.grid if known.opening(one.due) <= known.at]


def _solved(known: Known) -> Question:
    solved, over = _ends(known, "solved"), _over(known)
    return known.share(
        "solve-rate",
        sum(one.id in solved for one in over),
        len(over),
        (known.w("solved"), known.w("ended")),
        more=[(one.name, known.w("is solved")) for one in over if one.id in solved],
    )


def _ideas(known: Known) -> Question:
    ideas = known.quantity("idea")
    verified = sum(
        (one.quantity for one in known.of_kind("idea") if one.status == "verified"),
        Decimal(0),
    )
    return known.ask(
        "ideas",
        None if ideas is None else known.text(ideas),
        ideas,
        inputs=[(known.w("verified"), known.text(verified))],
        coverage=known.w("none was noted") if ideas is None else "",
    )


def _cost(known: Known) -> Question:
    ideas, basis = known.quantity("idea"), known.basis
    inputs = []
    if basis.amount is not None:
        how = known.made_of(basis.basis or "")
        label = known.w("cost ({basis})", basis=how)
        inputs.append((label, known.money(basis.amount)))
    if ideas is not None:
        inputs.append((known.w("ideas"), known.text(ideas)))
    unit = known.campaign.currency
    if basis.amount is None or not ideas:
        why = known.w("an input is missing")
        return known.ask("cost-per-idea", None, unit=unit, inputs=inputs, coverage=why)
    each = Fraction(basis.amount) / Fraction(ideas)
    size = Fraction(each, 100)
    return known.ask("cost-per-idea", known.money(each), size, unit=unit, inputs=inputs)


def _top(known: Known) -> Question:
    """By points where they are kept, else by posts."""
    scores: Counter[str] = Counter()
    points = known.of_kind("points")
    for one in points:
        for who, _ in one.shares:
            scores[who] += int(one.quantity)
    if not points:
        scores.update(one.ambassador for one in known.posts)
    best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:TOP]
    w = known.w
    named = [
        (
            known.people.get(who, who),
            w.plural("{n} point", "{n} points", many)
            if points
            else w.plural("{n} post", "{n} posts", many),
        )
        for who, many in best
    ]
    return known.ask(
        "contributors",
        ", ".join(name for name, _ in named) or None,
        inputs=named,
        coverage="" if named else known.w("nobody wrote"),
        names=True,
    )


def _levels(known: Known) -> Question:
    groups = Counter(one.group or "–" for one in known.enrolled.values())
    told = [(name, known.text(many)) for name, many in sorted(groups.items())]
    return known.ask(
        "levels",
        ", ".join(f"{name} {many}" for name, many in told) or None,
        inputs=told,
    )
