"""Who and what carries a champion programme: people, channels, missions, phases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tracker.answers.known import Known
from tracker.answers.question import Question
from tracker.catalogue import N_
from tracker.programme import PHASE

if TYPE_CHECKING:
    from tracker.store.totals import Row

#: So many people are named.
TOP = 5
#: Metrics of a channel, the one that it is known by first.
SEEN = ("views", "impressions", "likes")
STATES = {
    "on_time": N_("on time"),
    "late": N_("late"),
    "missing": N_("missing"),
    "excused": N_("excused"),
    "pending": N_("pending"),
}


def league(known: Known) -> Iterator[Question]:
    """Items of a month, the grid in words, the league, channels and phases."""
    yield _a_month(known)
    yield _grid(known)
    yield _people(known)
    yield _channels(known)
    yield from _phases(known)


def _a_month(known: Known) -> Question:
    """Over the months from the first mission's opening to the last one's due day."""
    posts = sum(row.posts for row in known.sums(None))
    people, days = len(known.enrolled), [m for m, _ in known.grid]
    inputs = [
        (known.w("posts"), known.text(posts)),
        (known.w("enrolled"), known.text(people)),
    ]
    if not (posts and people and days):
        why = known.w("an input is missing")
        return known.ask("items-a-month", None, inputs=inputs, coverage=why)
    first, last = min(m.opens for m in days), max(m.due for m in days)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    each = Fraction(posts, people * months)
    inputs.append((known.w("months"), f"{months} ({first:%Y-%m} – {last:%Y-%m})"))
    text = known.text(each, 0 if each.denominator == 1 else 1)
    return known.ask("items-a-month", text, each, inputs=inputs)


def _grid(known: Known) -> Question:
    """How each mission went, in the states of the grid."""
    cells = [cell for _, some in known.grid for cell in some]
    return known.share(
        "mission-grid",
        sum(cell.state == "on_time" for cell in cells) if cells else None,
        len(cells),
        (known.w("on time"), known.w("assigned")),
        more=[
            (mission.name, _states(known, [cell.state for cell in some]))
            for mission, some in known.grid
        ],
    )


def _states(known: Known, found: list[str]) -> str:
    told = [(known.w(word), found.count(state)) for state, word in STATES.items()]
    return ", ".join(f"{word} {known.text(many)}" for word, many in told if many)


def _people(known: Known) -> Question:
    """By views; by posts where no views are known."""
    rows = [row for row in known.sums("ambassador") if row.key["ambassador"]]
    best = sorted(rows, key=lambda row: (-_views(row), -row.posts, _who(row)))[:TOP]
    told = [(known.people.get(_who(row), _who(row)), _said(known, row)) for row in best]
    return known.ask(
        "league",
        ", ".join(name for name, _ in told) or None,
        inputs=told,
        coverage="" if told else known.w("nobody wrote"),
        names=True,
    )


def _who(row: Row) -> str:
    return str(row.key["ambassador"])


def _views(row: Row) -> int:
    return row.metrics["views"].value or 0


def _said(known: Known, row: Row) -> str:
    """Items, and every metric of SEEN that is known."""
    told = [
        f"{known.w.inside(name)} {known.text(total)}"
        for name in SEEN
        if (total := row.metrics[name].value) is not None
    ]
    return ", ".join([*told, f"{known.w.inside('items')} {known.text(row.posts)}"])


def _channels(known: Known) -> Question:
    """Each channel by what is known of it: not all tell the same."""
    rows = sorted(known.sums("platform"), key=lambda row: (-_views(row), -row.posts))
    told = [
        (known.w.platform(str(row.key["platform"])), _said(known, row)) for row in rows
    ]
    return known.ask(
        "channels",
        known.joined(
            f"{name}{known.w.colon}{text.partition(', ')[0]}" for name, text in told
        )
        or None,
        inputs=told,
        coverage="" if told else known.w("no posts yet"),
    )


def _phases(known: Known) -> Iterator[Question]:
    """As they were published; nothing where the plan tells of none."""
    told = [one for one in known.claims if str(one["metric"]).startswith(PHASE)]
    if told:
        each = [(_phase(one), known.text(Decimal(str(one["value"])))) for one in told]
        yield known.ask(
            "phases",
            known.joined(f"{name}{known.w.colon}{value}" for name, value in each),
            inputs=[
                (name, ", ".join([value, *_words(one)]))
                for (name, value), one in zip(each, told, strict=True)
            ],
        )


def _phase(one: Mapping[str, Any]) -> str:
    return str(one["metric"]).removeprefix(PHASE)


def _words(one: Mapping[str, Any]) -> list[str]:
    return [str(one[key]) for key in ("definition", "as_of", "source") if one.get(key)]
