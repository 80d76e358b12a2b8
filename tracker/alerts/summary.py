"""What happened in a campaign between two days: facts, and the text they make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tracker.alerts import words
from tracker.catalogue import N_
from tracker.findings import findings
from tracker.model import Campaign, local_day
from tracker.programme import MISSING, PENDING, Cell, Mission
from tracker.rules import clock
from tracker.store.roster import Roster
from tracker.words import Words

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.store.totals import Row

#: The first two are always told, the others where something is known of them.
METRICS = ("views", "clicks", "impressions", "likes", "comments", "shares")
ALWAYS = ("views", "clicks")


@dataclass(frozen=True, slots=True)
class Change:
    """One metric. gain, value: None when nothing is known; unknown: posts."""

    metric: str
    gain: int | None
    value: int | None
    unknown: int


@dataclass(frozen=True, slots=True)
class Aim:
    """A count of the plan beside its target. verdict: on, ahead or behind."""

    metric: str
    value: Decimal
    target: Decimal
    verdict: str


@dataclass(frozen=True, slots=True)
class Summary:
    """since, until: days of the campaign's zone, until is the first one after it.

    posts: of the campaign at its end; new: first seen in it. delivered: (mission,
    name, days late); late: (mission, names); coming: (mission, how many are awaited).
    results: (kind, quantity); rules: (rule, open findings). link_clicks: unique clicks
    on tracked links in it, and in all until its end; None without such links. aims:
    what the plan counts, where it is beside the way to its target.
    """

    campaign: Campaign
    since: date
    until: date
    posts: int
    new: int
    changes: tuple[Change, ...]
    left_out: tuple[str, ...]
    delivered: tuple[tuple[Mission, str, int], ...]
    late: tuple[tuple[Mission, tuple[str, ...]], ...]
    coming: tuple[tuple[Mission, int], ...]
    results: tuple[tuple[str, Decimal], ...]
    rules: tuple[tuple[str, int], ...]
    link_clicks: tuple[int, int] | None = None
    aims: tuple[Aim, ...] = ()


def summary(
    tracker: Tracker, campaign: Campaign, since: date, until: date, now: int
) -> Summary:
    """The days from `since` to the one before `until`; findings are those of now."""
    zone = ZoneInfo(campaign.timezone)
    totals = tracker.reckoner.totals(campaign.id, by="day")
    first, last = _at(totals.rows, since), _at(totals.rows, until)
    cells = _Cells(tracker, campaign, clock(until, time(0), zone) - 1)
    found = findings(tracker, now=now, campaign=campaign.id)
    rules = Counter(one.rule for one in found if one.state == "open")
    return Summary(
        campaign,
        since,
        until,
        posts=last.posts if last else 0,
        new=(last.posts if last else 0) - (first.posts if first else 0),
        changes=tuple(_changes(first, last)),
        left_out=tuple(name for name, _ in totals.left_out),
        delivered=tuple(cells.delivered(since, until)),
        late=tuple(cells.late()),
        coming=tuple(cells.coming()),
        results=tuple(_results(tracker, campaign, since, until)),
        rules=tuple(sorted(rules.items())),
        link_clicks=_link_clicks(tracker, campaign, since, until),
        aims=tuple(_aims(tracker, campaign, clock(until, time(0), zone) - 1)),
    )


def _aims(tracker: Tracker, campaign: Campaign, at: int) -> Iterator[Aim]:
    """Counts with a target, at the end of the period."""
    from tracker.kpis import kpis

    for one in kpis(tracker, campaign.id, until=at, now=at).indicators:
        if one.verdict and one.value is not None and one.target is not None:
            value, target = Decimal(str(one.value)), Decimal(str(one.target))
            yield Aim(one.metric, value, target, one.verdict)


def _at(rows: Sequence[Row], day: date) -> Row | None:
    """The sums at the beginning of a day."""
    earlier = [row for row in rows if row.key["day"] < day.isoformat()]
    return earlier[-1] if earlier else None


def _changes(first: Row | None, last: Row | None) -> Iterator[Change]:
    for metric in METRICS:
        end = last.metrics[metric] if last else None
        if end is None or end.value is None:
            if metric in ALWAYS:
                yield Change(metric, None, None, last.posts if last else 0)
            continue
        start = first.metrics[metric].value if first else None
        yield Change(metric, end.value - (start or 0), end.value, end.unknown)


class _Cells:
    """The mission grid as it was at an instant, with people's names."""

    def __init__(self, tracker: Tracker, campaign: Campaign, at: int) -> None:
        from tracker.missions import grid

        self.grid = grid(tracker, campaign.id, at=at)
        people = Roster(tracker.database).ambassadors(campaign.id)
        self.names = {one.id: one.name for one in people}

    def _name(self, cell: Cell) -> str:
        return self.names.get(cell.ambassador, cell.ambassador)

    def delivered(self, since: date, until: date) -> Iterator[tuple[Mission, str, int]]:
        for mission, cells in self.grid:
            for cell in cells:
                if cell.delivered_on and since <= cell.delivered_on < until:
                    yield mission, self._name(cell), cell.days_late or 0

    def late(self) -> Iterator[tuple[Mission, tuple[str, ...]]]:
        for mission, cells in self.grid:
            if names := [self._name(one) for one in cells if one.state == MISSING]:
                yield mission, tuple(sorted(names))

    def coming(self) -> Iterator[tuple[Mission, int]]:
        for mission, cells in self.grid:
            if awaited := sum(one.state == PENDING for one in cells):
                yield mission, awaited


def _results(
    tracker: Tracker, campaign: Campaign, since: date, until: date
) -> list[tuple[str, Decimal]]:
    from tracker.outcomes import outcomes

    zone = ZoneInfo(campaign.timezone)
    found: dict[str, Decimal] = {}
    for one in outcomes(tracker, campaign.id):
        if one.counted and since <= local_day(one.at, zone) < until:
            found[one.kind] = found.get(one.kind, Decimal(0)) + one.quantity
    return sorted(found.items())


def _link_clicks(
    tracker: Tracker, campaign: Campaign, since: date, until: date
) -> tuple[int, int] | None:
    from tracker.clicks import links, sums

    if not links(tracker, campaign.id):
        return None
    days = sums(tracker, campaign.id, by="day").items()
    clicks = [(date.fromisoformat(str(day)), one.unique) for day, one in days if day]
    told = sum(many for day, many in clicks if since <= day < until)
    return told, sum(many for day, many in clicks if day < until)


# -- as text --------------------------------------------------------------------------


def text(w: Words, told: Iterable[Summary]) -> str:
    """Several campaigns, one below the other."""
    parts = ["\n".join(_lines(w, one)) for one in told]
    return "\n\n".join(parts) or w("There is no campaign.")


def _lines(w: Words, one: Summary) -> Iterator[str]:
    yield f"{one.campaign.name}, {words.span(w, one.since, one.until)}"
    yield "=" * len(one.campaign.name)
    yield ""
    yield from _figures(w, one)
    yield from (_aim(w, aim) for aim in one.aims)
    yield ""
    yield from _people(w, one)
    if one.rules:
        told = ", ".join(f"{rule} {many}" for rule, many in one.rules)
        yield w.plural(
            "To look at: {n} open finding ({rules}).",
            "To look at: {n} open findings ({rules}).",
            sum(dict(one.rules).values()),
            rules=told,
        )
    yield from _unknown(w, one)
    yield from _todo(w, one)


def _aim(w: Words, aim: Aim) -> str:
    said = {
        "ahead": N_("{metric}, {value} of {target}: ahead of plan."),
        "on": N_("{metric}, {value} of {target}: on plan."),
        "behind": N_("{metric}, {value} of {target}: behind plan."),
    }[aim.verdict]
    return w(
        said,
        metric=w.metric(aim.metric),
        value=_quantity(w, aim.value),
        target=_quantity(w, aim.target),
    )


def _todo(w: Words, one: Summary) -> Iterator[str]:
    """What a person should do now, with the command that helps."""
    slug = one.campaign.id
    if late := {name for _, names in one.late for name in names}:
        yield w.plural(
            "To do: write to {n} person who is late"
            " (tracker mission remind {campaign}).",
            "To do: write to {n} people who are late"
            " (tracker mission remind {campaign}).",
            len(late),
            campaign=slug,
        )
    if one.rules:
        yield w(
            "To do: look at the findings (tracker finding list --campaign {campaign}).",
            campaign=slug,
        )


def _figures(w: Words, one: Summary) -> Iterator[str]:
    yield w.plural(
        "Posts: {n} new, {all} in all.",
        "Posts: {n} new, {all} in all.",
        one.new,
        all=w.number(one.posts),
    )
    for each in one.changes:
        yield _change(w, each)
    if one.link_clicks:
        came, whole = one.link_clicks
        yield w(
            "Clicks on our links: +{gain}, {all} in all.",
            gain=w.number(came),
            all=w.number(whole),
        )
    if one.results:
        told = (f"{w.inside(kind)} {_quantity(w, many)}" for kind, many in one.results)
        yield w("Results: {results}.", results=", ".join(told))


def _change(w: Words, each: Change) -> str:
    name = w.metric(each.metric)
    if each.value is None or each.gain is None:
        return w("{metric}: not known.", metric=name)
    return w(
        "{metric}: {gain}, {all} in all.",
        metric=name,
        gain=w.signed(each.gain) if each.gain else "+0",
        all=w.number(each.value),
    )


def _quantity(w: Words, many: Decimal) -> str:
    exponent = many.normalize().as_tuple().exponent
    return w.number(many, max(0, -int(exponent)))


def _people(w: Words, one: Summary) -> Iterator[str]:
    for mission in dict.fromkeys(mission for mission, _, _ in one.delivered):
        names = [
            _late(w, name, days)
            for which, name, days in one.delivered
            if which == mission
        ]
        yield w(
            "Delivered, {mission} ({n}): {names}.",
            mission=mission.name,
            n=len(names),
            names=words.listed(w, names),
        )
    for mission, late in one.late:
        yield w(
            "Late, {mission} ({n}, due {day}): {names}.",
            mission=mission.name,
            n=len(late),
            day=words.day(w, mission.due),
            names=words.listed(w, late),
        )
    for mission, awaited in one.coming:
        yield w(
            "Awaited, {mission}: {n} by {day}.",
            mission=mission.name,
            n=w.number(awaited),
            day=words.day(w, mission.due),
        )


def _late(w: Words, name: str, days: int) -> str:
    if not days:
        return name
    return w.plural("{name} ({n} day late)", "{name} ({n} days late)", days, name=name)


def _unknown(w: Words, one: Summary) -> Iterator[str]:
    """What is not known, said as such; nothing when nothing is missing."""
    told = [
        w.plural(
            "{metric} of {n} of {of} posts",
            "{metric} of {n} of {of} posts",
            each.unknown,
            metric=w.inside(each.metric),
            of=w.number(one.posts),
        )
        for each in one.changes
        if each.metric in ALWAYS and each.unknown
    ]
    if one.left_out:
        told.append(w("not in sums: {names}", names=", ".join(one.left_out)))
    if told:
        what = reduce(
            lambda one, other: w("{one}; {other}", one=one, other=other), told
        )
        yield w("What we do not know: {what}.", what=what)
