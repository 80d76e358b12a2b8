"""What KPIs take from the programme: people, missions, surveys, feedback, rivals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise
from math import ceil
from typing import TYPE_CHECKING, Any

import polars as pl

from tracker.kpi.answer import Input
from tracker.kpis.money import Lookup, plain
from tracker.kpis.posts import sums
from tracker.model import METRICS, NOT_ADDITIVE, number_day
from tracker.programme import LATE, ON_TIME

if TYPE_CHECKING:
    from tracker.kpis.facts import Facts, Group
    from tracker.programme import Cell, Wave

#: Metrics in the order in which one of them is chosen to lead.
LEADING = ("views", "impressions", "likes", "shares", "comments", "clicks", "saves")
#: The question that awareness lifts are about, where a survey has it.
AWARENESS = "awareness"


def leading(facts: Facts) -> str:
    """The metric that most is known of: views where there are any."""
    known = [m for m in LEADING if facts.frame[m].count()]
    return known[0] if known else LEADING[0]


# -- people -------------------------------------------------------------------------


def enrolled(facts: Facts) -> Lookup:
    many = len(facts.read.enrolled)
    found = Input(many, known=many, reason=None)
    return lambda _: found


def active(facts: Facts) -> Lookup:
    """Enrolled ambassadors with a post that counts."""
    theirs = facts.frame.filter(pl.col("ambassador").is_in(facts.read.enrolled))
    found = dict(
        theirs.group_by("group").agg(pl.col("ambassador").n_unique()).iter_rows()
    )
    classes = frozenset(theirs["class"].unique().drop_nulls())
    return lambda group: Input(
        found.get(group, 0), known=found.get(group, 0), classes=classes
    )


def views_each(facts: Facts) -> Lookup:
    """Views of each enrolled ambassador; who has no post has none."""
    frame = facts.blended.filter(pl.col("ambassador").is_in(facts.read.enrolled))
    people: dict[Any, dict[str, int | None]] = defaultdict(dict)
    for group, who, views, known in (
        frame.group_by("group", "ambassador")
        .agg(pl.col("views").sum(), pl.col("views").count().alias("known"))
        .iter_rows()
    ):
        people[group][who] = views if known else None
    whole = sums(facts, ("views",))

    def look(group: Group) -> Input:
        each = [people[group].get(who, 0) for who in facts.read.enrolled]
        values = [one for one in each if one is not None]
        one, top = whole.get(group), ceil(len(values) / 10)
        return Input(
            values,
            shown={
                "ambassadors": len(values),
                "views": sum(values),
                "top": top,
                "views_top": sum(sorted(values, reverse=True)[:top]),
            },
            known=one.known if one else 0,
            unknown=one.unknown if one else 0,
            classes=one.classes if one else frozenset(),
        )

    return look


def applicants(facts: Facts) -> Lookup:
    from tracker.selection import applicants as ask

    many, origin = ask(facts.tracker, facts.campaign_id)
    why = "no application and no number of applicants is known"
    found = Input(
        many,
        reason=None if many is not None else why,
        known=many or 0,
        basis=origin if many is not None else None,
    )
    return lambda _: found


def months(facts: Facts) -> list[tuple[date, int, int]]:
    """Of each month but the last that is over: its first day, the ambassadors active
    in it, and those of them active in the next too."""
    seen = facts.frame.filter(pl.col("ambassador").is_not_null())
    who: dict[date, set[str]] = defaultdict(set)
    for day, name in seen.select("day", "ambassador").unique().iter_rows():
        who[number_day(day).replace(day=1)].add(name)
    if not who:
        return []
    over = min(_next(max(who)), facts.today.replace(day=1))
    row, first = [], min(who)
    while first < over:
        row.append(first)
        first = _next(first)
    return [(m, len(who[m]), len(who[m] & who[n])) for m, n in pairwise(row)]


def _next(month: date) -> date:
    year, number = divmod(month.year * 12 + month.month, 12)
    return date(year, number + 1, 1)


def retained(at: int) -> Callable[[Facts], Lookup]:
    """at: 1 for who is active in a month, 2 for who is so in the next too."""

    def ask(facts: Facts) -> Lookup:
        found = months(facts)
        pairs = sum(active for _, active, _ in found)
        sums = (pairs, sum(stayed for *_, stayed in found))
        value = sums[at - 1] if found else None
        why = None if found else "there are no two months in a row that are over"
        made = Input(
            value,
            reason=why,
            known=pairs,
            classes=frozenset(facts.frame["class"].unique().drop_nulls()),
        )
        return lambda _: made

    return ask


# -- missions ------------------------------------------------------------------------


def missions(*states: str) -> Callable[[Facts], Lookup]:
    """Cells of the mission grid in these states; in any without them."""

    def ask(facts: Facts) -> Lookup:
        cells: dict[Any, list[Cell]] = defaultdict(list)
        for mission, found in facts.grid:
            for cell in found:
                key = {"ambassador": cell.ambassador, "mission": mission.id}
                cells[key.get(facts.by or "")].append(cell)
        why = None if facts.grid else "the plan has no missions"

        def look(group: Group) -> Input:
            theirs = cells.get(group, [])
            many = sum(not states or one.state in states for one in theirs)
            return Input(many if not why else None, reason=why, known=len(theirs))

        return look

    return ask


DELIVERED = (ON_TIME, LATE)

# -- voices --------------------------------------------------------------------------


def received(facts: Facts) -> Lookup:
    return _feedback(facts, lambda one: one is not None)


def answered(facts: Facts) -> Lookup:
    return _feedback(facts, lambda one: is_answered(facts, one))


def is_answered(facts: Facts, one: Any) -> bool:
    """By the instant that the answer is about."""
    at = one.answered_at
    return at is not None and (facts.until is None or at <= facts.until)


def _feedback(facts: Facts, counts: Callable[[Any], bool]) -> Lookup:
    def look(group: Group) -> Input:
        theirs = [
            one for one in facts.feedback if not facts.by or one.ambassador == group
        ]
        return Input(sum(map(counts, theirs)), known=len(theirs))

    return look


def asked(facts: Facts) -> tuple[str, Sequence[Wave]] | None:
    """The question that lifts are about, with its waves in order of time: awareness,
    else the first with two waves."""
    found = {
        name: list(waves)
        for name, waves in groupby(facts.waves, key=lambda one: one.question)
    }
    several = {name: waves for name, waves in found.items() if len(waves) > 1}
    names = sorted(several, key=lambda n: (n.casefold() != AWARENESS, n))
    return (names[0], several[names[0]]) if names else None


def wave(at: int) -> Callable[[Facts], Lookup]:
    """at: 0 for the share of the first wave, -1 for that of the last."""

    def ask(facts: Facts) -> Lookup:
        found = asked(facts)
        if found is None:
            why = "no survey has two waves of one question"
            return lambda _: Input(None, reason=why)
        question, waves = found
        one = Input(share(waves[at]), known=len(waves), basis=question)
        return lambda _: one

    return ask


def share(wave: Wave) -> Any:
    """In percent, exact where counts are known."""
    if wave.yes is not None and wave.n:
        return Decimal(wave.yes) * 100 / wave.n
    return wave.share


def rivals(facts: Facts) -> tuple[str, list[dict[str, Any]]]:
    """The metric that most competitors are known by, and the newest figure of each."""
    rows = [
        one
        for one in facts.plan.get("competitor", ())
        if plain(one.get("value")) is not None
        and str(one.get("as_of") or "")[:10] <= facts.today.isoformat()
    ]
    by_metric: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for one in sorted(rows, key=lambda one: str(one.get("as_of") or "")):
        by_metric[str(one["metric"])][str(one["name"])] = one
    if not by_metric:
        return "", []
    metric = max(by_metric, key=lambda name: len(by_metric[name]))
    return metric, list(by_metric[metric].values())


def loudness(facts: Facts) -> Lookup:
    """The figures of competitors, added up."""
    metric, rows = rivals(facts)
    values = [plain(one["value"]) or 0 for one in rows]
    why = None if rows else "the plan names no [[competitor]]"
    found = Input(
        sum(values) if rows else None,
        shown={"competitors": sum(values) if rows else None},
        reason=why,
        known=len(rows),
        basis=metric or None,
    )
    return lambda _: found


def own(facts: Facts) -> Lookup:
    """Our own figure of the metric that competitors are known by."""
    metric, rows = rivals(facts)
    if not rows:
        return lambda _: Input(None, reason="the plan names no [[competitor]]")
    if metric not in METRICS or metric in NOT_ADDITIVE:
        why = f"{metric} cannot be added up over posts"
        return lambda _: Input(None, shown={metric: None}, reason=why)
    found = sums(facts, (metric,))

    def look(group: Group) -> Input:
        one = found.get(group)
        value = one.sums[0] if one else None
        return Input(
            value,
            shown={metric: value},  # type: ignore[dict-item]
            reason=None if value is not None else f"{metric} are not known",
            known=one.known if one else 0,
            unknown=one.unknown if one else 0,
            classes=one.classes if one else frozenset(),
            basis=metric,
        )

    return look


# -- how much is known ---------------------------------------------------------------


def observed(facts: Facts) -> Lookup:
    """Posts with a known value of the leading metric."""
    return _observed(facts, all_=False)


def posts_seen(facts: Facts) -> Lookup:
    return _observed(facts, all_=True)


def _observed(facts: Facts, *, all_: bool) -> Lookup:
    metric = leading(facts)
    found = sums(facts, (metric,))

    def look(group: Group) -> Input:
        one = found.get(group)
        known, unknown = (one.known, one.unknown) if one else (0, 0)
        return Input(
            known + unknown if all_ else known,
            shown={"posts" if all_ else "known": known + unknown if all_ else known},
            known=known,
            unknown=unknown,
            classes=one.classes if one else frozenset(),
            basis=metric,
        )

    return look
