"""What every programme must see: feedback answered, figures that sources dispute."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tracker.answers.known import Known, wait
from tracker.answers.question import Question, median
from tracker.answers.steps import steps
from tracker.programme import PHASE

#: Strategies whose own questions are about the answers already.
OWN = ("creative", "transformative")


def every(known: Known) -> Iterator[Question]:
    """The questions that no strategy is without."""
    if (known.plan.get("strategy") or {}).get("kind") not in OWN:
        yield answer_rate(known, "feedback-closure")
    yield _claims(known)
    yield from steps(known)


def answer_rate(known: Known, name: str) -> Question:
    """Feedback that was answered, of all."""
    answered = sum(one.answered_at is not None for one in known.feedback)
    return known.share(
        name,
        answered,
        len(known.feedback),
        (known.w("answered"), known.w("items")),
        coverage="" if known.feedback else known.w("there is no feedback"),
    )


def answer_time(known: Known, name: str) -> Question:
    """The median of what an answer took, of those that were answered."""
    waits = [wait(one.at, one.answered_at) for one in known.feedback]
    exact = [one for one in waits if one is not None]
    middle, left = median(exact), len(waits) - len(exact)
    return known.ask(
        name,
        None if middle is None else known.hours(middle),
        middle,
        unit="h",
        inputs=[(known.w("answered"), known.text(len(exact)))],
        coverage=known.w(
            "{n} of {of} without an answer, or known to the day alone",
            n=known.text(left),
            of=known.text(len(waits)),
        )
        if left or not waits
        else "",
    )


def _claims(known: Known) -> Question:
    """Every published figure with its source; several values of one stay apart."""
    metrics: dict[str, list[dict[str, Any]]] = {}
    for one in known.claims:
        if str(one["metric"]).startswith(PHASE):
            continue
        metrics.setdefault(str(one["metric"]), []).append(one)
    disputed = sum(
        len({Decimal(str(one["value"])) for one in each}) > 1
        for each in metrics.values()
    )
    value = known.w.plural(
        "{n} of {of} figures",
        "{n} of {of} figures",
        disputed,
        of=known.text(len(metrics)),
    )
    return known.ask(
        "claims",
        value if metrics else None,
        disputed if metrics else None,
        inputs=[
            (metric, " · ".join(_claim(known, one) for one in each))
            for metric, each in metrics.items()
        ],
        coverage="" if metrics else known.w("the plan has no claims"),
    )


def _claim(known: Known, one: dict[str, Any]) -> str:
    told = [str(one[key]) for key in ("definition", "as_of", "source") if one.get(key)]
    told += [known.w("used")] if one.get("used") else []
    return f"{known.text(Decimal(str(one['value'])))} ({known.joined(told)})"
