"""Campaigns beside the earlier one that the plan of each names, on the same day of
both."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from tracker.kpi.years import Span
from tracker.model import Campaign
from tracker.store.roster import Roster
from tracker.years import FIGURES, Row, Years
from tracker.years.spending import Purse, Spent, purse

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.years import History

#: Before anything was read.
ALWAYS = date.min


def side_by_side(
    tracker: Tracker, history: History, campaign: str | None, chosen: Iterable[str]
) -> Years:
    """One row a campaign, from its first day to its newest reading, or to the day that
    both have reached where an earlier one stands beside it."""
    roster = Roster(tracker.database)
    known = {one.id: one for one in roster.campaigns()}
    rows = []
    for slug in chosen:
        named = named_before(roster, slug)
        row = _row(tracker, history, known[slug], known.get(named or ""))
        rows += [] if row is None else [row]
    number = 0 if campaign is None else history.numbers[campaign]
    zone = history.zones[number].key
    left = {
        pair
        for slug in chosen
        for pair in history.courses.reasons(history.numbers[slug])
    }
    return Years(
        campaign,
        "campaign",
        zone,
        history.since(number),
        history.until(number),
        tuple(rows),
        tuple(sorted(left)),
    )


def named_before(roster: Roster, campaign: str) -> str | None:
    """The earlier campaign that a plan names: [benchmark] campaign."""
    named = (roster.plan(campaign).get("benchmark") or {}).get("campaign")
    return str(named) if named and named != "?" else None


def _row(
    tracker: Tracker, history: History, own: Campaign, other: Campaign | None
) -> Row | None:
    """None while nothing of the campaign was read."""
    span = _span(history, own)
    if span is None:
        return None
    before = _span(history, other) if other is not None else None
    if before is not None:
        days = min(span.last - span.first, before.last - before.first)
        span = Span(span.first, span.first + days)
        before = Span(before.first, before.first + days)
    course = history.courses.whole(history.numbers[own.id])
    theirs = history.courses.whole(history.numbers[other.id]) if other else None
    figures = {
        name: course.beside(name, _all(span), theirs, before and _all(before))
        for name in FIGURES
    }
    beside = other if before is not None else None
    costs = _costs(tracker, history, own, beside)
    return Row(
        {"campaign": own.id},
        None,
        span.first,
        span.last,
        None if beside is None else beside.id,
        figures,
        costs,
    )


def _span(history: History, one: Campaign) -> Span | None:
    """From the first day of a campaign, or of its figures, to its newest reading."""
    number = history.numbers[one.id]
    first, last = one.starts or history.since(number), history.until(number)
    return Span(first, last) if first and last and first <= last else None


def _all(span: Span) -> Span:
    """What was gained before the first day belongs to it, as in `compare`."""
    return Span(ALWAYS, span.last)


def _costs(
    tracker: Tracker, history: History, own: Campaign, other: Campaign | None
) -> tuple[Spent, ...]:
    """All that campaigns cost, by all that they gained; whenever it was."""
    mine = purse(tracker, history, own.id)
    if mine is None:
        return ()
    theirs = purse(tracker, history, other.id) if other is not None else None
    same = theirs if theirs and theirs.currency == mine.currency else None
    return (
        Spent(
            mine.currency,
            _sum(mine),
            _sum(same),
            1,
            1,
            *_gained(mine),
            *_gained(same),
            tuple(sorted({one.basis for one in (mine, same) if one is not None})),
        ),
    )


def _sum(one: Purse | None) -> int | None:
    return sum(cost.amount for cost in one.costs) if one is not None else None


def _gained(one: Purse | None) -> tuple[int | None, int | None]:
    """Views and engagements of all days; None unknown."""
    if one is None:
        return None, None
    always = Span(date.min, date.max)
    views, _ = one.course.gain("views", always)
    engagements, _ = one.course.gain("engagements", always)
    return views, engagements
