"""Creative: many small trials inside, and knowledge that finds who needs it.

Members are outcomes of kind `sign_up`, the staff is a claim of the plan. A request
for expertise is an item of feedback, its match the answer. An experiment is a mission
whose end is an outcome of kind `won`, `lost` or `learned` with the mission's id as
`order`; an avoided cost is an outcome of kind `saving`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tracker.answers.every import answer_rate, answer_time
from tracker.answers.known import Known
from tracker.answers.question import Question, median
from tracker.catalogue import N_
from tracker.model import local_day

#: How an experiment ends, of one of them.
ENDS = {"won": N_("won"), "lost": N_("lost"), "learned": N_("learned")}
#: Joiners of a week are the median of so many weeks.
WEEKS = 4


def questions(known: Known) -> Iterator[Question]:
    """What a creative programme must see."""
    yield _adoption(known)
    yield _joiners(known)
    yield _contributions(known)
    yield answer_rate(known, "answer-rate")
    yield answer_time(known, "answer-time")
    yield _experiments(known)
    yield _avoided(known, "claimed")
    yield _avoided(known, "verified")


def _adoption(known: Known) -> Question:
    staff = known.claimed("staff")
    return known.share(
        "adoption",
        known.quantity("sign_up"),
        staff,
        (known.w("members"), known.w("staff")),
        coverage="" if staff else known.w("the plan has no claim of the staff"),
    )


def _joiners(known: Known) -> Question:
    weeks: dict[date, Decimal] = defaultdict(Decimal)
    for one in known.of_kind("sign_up"):
        day = local_day(one.at, known.zone)
        weeks[day - timedelta(days=day.weekday())] += one.quantity
    last = sorted(weeks.items())[-WEEKS:]
    middle = median([Fraction(many) for _, many in last])
    return known.ask(
        "joiners",
        None if middle is None else known.text(middle),
        middle,
        inputs=[(week.isoformat(), known.text(many)) for week, many in last],
        coverage=known.w("nobody joined") if not last else "",
    )


def _contributions(known: Known) -> Question:
    active = len({one.ambassador for one in known.posts})
    posts, silent = len(known.posts), len(known.enrolled) - active
    each = Fraction(posts, active) if active else None
    return known.ask(
        "contributions",
        None if each is None else known.text(each, 1),
        each,
        inputs=[
            (known.w("posts"), known.text(posts)),
            (known.w("active"), known.text(active)),
        ],
        coverage=known.w.plural(
            "{n} of {of} followed members wrote nothing",
            "{n} of {of} followed members wrote nothing",
            silent,
            of=known.text(len(known.enrolled)),
        )
        if silent
        else "",
    )


def _experiments(known: Known) -> Question:
    ends = {one.order: one.kind for one in known.of_kind(*ENDS) if one.order}
    told, counts = [], dict.fromkeys(ENDS, 0)
    for mission, _ in known.grid:
        kind = ends.get(mission.id)
        if kind is not None:
            counts[kind] += 1
        told.append((mission.name, _end(known, kind)))
    running = len(told) - sum(counts.values())
    w = known.w
    value = ", ".join(
        [
            w.plural("{n} won", "{n} won", counts["won"]),
            w.plural("{n} lost", "{n} lost", counts["lost"]),
            w.plural("{n} learned", "{n} learned", counts["learned"]),
        ]
    )
    return known.ask(
        "experiments",
        value if told else None,
        inputs=told,
        coverage=w("{n} without a result", n=running) if running else "",
    )


def _end(known: Known, kind: str | None) -> str:
    if kind is None:
        return known.w("no result yet")
    return known.w(ENDS[kind])


def _avoided(known: Known, status: str) -> Question:
    mine = [one for one in known.of_kind("saving") if one.status == status]
    own = [one for one in mine if one.currency == known.campaign.currency]
    total = sum(one.value or 0 for one in own)
    left = len(mine) - len(own)
    return known.ask(
        f"avoided-{status}",
        known.money(total) if mine else None,
        Fraction(total, 100) if mine else None,
        unit=known.campaign.currency,
        inputs=[(one.order or one.id, known.money(one.value or 0)) for one in own],
        coverage=known.w("{n} without a value in this currency", n=left)
        if left
        else ("" if mine else known.w("none was noted")),
    )
