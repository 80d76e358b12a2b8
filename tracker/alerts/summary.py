"""What happened in a campaign between two days: facts, and the text they make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tracker.alerts import words
from tracker.findings import findings
from tracker.model import Campaign, local_day
from tracker.programme import MISSING, PENDING, Cell, Mission
from tracker.rules import clock
from tracker.store.roster import Roster

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.store.totals import Row

#: The first two are always told, the others where something is known of them.
METRICS = ("views", "clicks", "impressions", "likes", "comments", "shares")
ALWAYS = ("views", "clicks")
POSTS_FR = ("publication", "publications")


@dataclass(frozen=True, slots=True)
class Change:
    """One metric. gain, value: None when nothing is known; unknown: posts."""

    metric: str
    gain: int | None
    value: int | None
    unknown: int


@dataclass(frozen=True, slots=True)
class Summary:
    """since, until: days of the campaign's zone, until is the first one after it.

    posts: of the campaign at its end; new: first seen in it. delivered: (mission,
    name, days late); late: (mission, names); coming: (mission, how many are awaited).
    results: (kind, quantity); rules: (rule, open findings). link_clicks: unique clicks
    on tracked links in it, and in all until its end; None without such links.
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
    )


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


def text(language: str, told: Iterable[Summary]) -> str:
    """Several campaigns, one below the other."""
    parts = ["\n".join(_lines(language, one)) for one in told]
    nothing = "Aucune campagne." if language == "fr" else "There is no campaign."
    return "\n\n".join(parts) or nothing


def _lines(language: str, one: Summary) -> Iterator[str]:
    french = language == "fr"
    yield f"{one.campaign.name}, {words.span(language, one.since, one.until)}"
    yield "=" * len(one.campaign.name)
    yield ""
    yield from _figures(language, one)
    yield ""
    yield from _people(language, one)
    if one.rules:
        count = sum(many for _, many in one.rules)
        told = ", ".join(f"{rule} {many}" for rule, many in one.rules)
        head = "À regarder" if french else "To look at"
        what = (
            words.plural(language, count, "constat ouvert", "constats ouverts")
            if french
            else words.plural(language, count, "open finding", "open findings")
        )
        yield f"{head}{words.colon(language)}{what} ({told})."
    yield from _unknown(language, one)


def _figures(language: str, one: Summary) -> Iterator[str]:
    french, colon = language == "fr", words.colon(language)
    number = words.number
    if french:
        new = words.plural(language, one.new, "nouvelle", "nouvelles")
        yield f"Publications{colon}{new}, {number(language, one.posts)} en tout."
    else:
        yield f"Posts{colon}{number(language, one.new)} new, {one.posts:,} in all."
    for each in one.changes:
        name = words.metric(language, each.metric).capitalize()
        if each.value is None or each.gain is None:
            yield f"{name}{colon}{'inconnu' if french else 'not known'}."
            continue
        gain = f"{'+' if each.gain >= 0 else '−'}{number(language, abs(each.gain))}"
        whole = number(language, each.value)
        yield f"{name}{colon}{gain}, {whole} {'en tout' if french else 'in all'}."
    if one.link_clicks:
        head = "Clics sur nos liens" if french else "Clicks on our links"
        came, whole = (number(language, many) for many in one.link_clicks)
        yield f"{head}{colon}+{came}, {whole} {'en tout' if french else 'in all'}."
    if one.results:
        told = ", ".join(
            f"{kind} {_quantity(language, many)}" for kind, many in one.results
        )
        yield f"{'Résultats' if french else 'Results'}{colon}{told}."


def _quantity(language: str, many: Decimal) -> str:
    whole = many == many.to_integral_value()
    text = words.number(language, int(many)) if whole else f"{many.normalize():f}"
    return text.replace(".", ",") if language == "fr" and not whole else text


def _people(language: str, one: Summary) -> Iterator[str]:
    french, colon = language == "fr", words.colon(language)
    for mission in dict.fromkeys(mission for mission, _, _ in one.delivered):
        names = [
            name + _late(language, days)
            for which, name, days in one.delivered
            if which == mission
        ]
        head = "Rendu" if french else "Delivered"
        told = words.listed(language, names)
        yield f"{head}, {mission.name} ({len(names)}){colon}{told}."
    for mission, late in one.late:
        due = words.day(language, mission.due)
        head = f"En retard, {mission.name}" if french else f"Late, {mission.name}"
        when = f"prévu le {due}" if french else f"due {due}"
        told = words.listed(language, late)
        yield f"{head} ({len(late)}, {when}){colon}{told}."
    for mission, awaited in one.coming:
        due, many = words.day(language, mission.due), words.number(language, awaited)
        if french:
            yield f"Attendu, {mission.name}{colon}{many} d’ici le {due}."
        else:
            yield f"Awaited, {mission.name}{colon}{many} by {due}."


def _late(language: str, days: int) -> str:
    if not days:
        return ""
    if language == "fr":
        return f" ({words.plural(language, days, 'jour', 'jours')} de retard)"
    return f" ({words.plural(language, days, 'day', 'days')} late)"


def _unknown(language: str, one: Summary) -> Iterator[str]:
    """What is not known, said as such; nothing when nothing is missing."""
    french, colon = language == "fr", words.colon(language)
    told = []
    for each in one.changes:
        if each.metric in ALWAYS and each.unknown:
            name = words.metric(language, each.metric)
            of = words.number(language, one.posts)
            told.append(
                f"{name} de {words.plural(language, each.unknown, *POSTS_FR)} sur {of}"
                if french
                else f"{name} of {words.number(language, each.unknown)} of {of} posts"
            )
    if one.left_out:
        names = ", ".join(one.left_out)
        told.append(
            f"hors des sommes{colon}{names}" if french else f"not in sums: {names}"
        )
    if told:
        head = "Ce que nous ne savons pas" if french else "What we do not know"
        yield f"{head}{colon}{' ; '.join(told) if french else '; '.join(told)}."
