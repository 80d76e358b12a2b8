"""Readings that should be looked at. Nothing is corrected by itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from tracker.checks import anomalies as checks
from tracker.checks.anomalies import Mark, Readings
from tracker.finding import INFO, WARNING, Finding, finding_id
from tracker.model import iso
from tracker.store import anomalies as store
from tracker.store import changes

if TYPE_CHECKING:
    from tracker.app import Tracker

#: A fall by less than this part is a correction as platforms make them every day.
SMALL = 0.01


def disagreements(tracker: Tracker, now: int) -> Iterator[Finding]:
    """reading.disagree: a smaller value of the same instant, which is not believed."""
    rule = "reading.disagree"
    for one in store.disagreements(tracker.database):
        about = (*one.about[:2], one.at, one.metric, one.value)
        yield Finding(
            id=finding_id(rule, *about),
            rule=rule,
            severity=WARNING,
            at=one.at,
            evidence=f"{one.metric}: {one.value} ({one.file}:{one.line}) is smaller"
            " than another value of the same instant",
            campaign=one.about.campaign,
            ambassador=one.about.ambassador,
            platform=one.about.platform,
            post_id=one.about.post_id,
            source=one.source,
        )


def findings(
    tracker: Tracker, now: int, campaign: str | None = None
) -> Iterator[Finding]:
    """reading.fell, .jump, .flat, .identical and .likes-without-views; at most one of
    each for a post, the worst.

    Posts are compared with others of their campaign, and those that count for none
    among themselves: so what is found in a campaign, and what it costs to look, does
    not depend on what else there is. campaign: of its posts alone.
    """
    some = store.campaigns(tracker.database) if campaign is None else []
    for group in [*some, campaign]:
        yield from _of_group(tracker, group)


class Memory:
    """The same of all campaigns, looked for again only in those that changed since it
    was asked last; the first time in all."""

    def __init__(self) -> None:
        self._found: dict[str | None, tuple[int, list[Finding]]] = {}

    def findings(self, tracker: Tracker) -> Iterator[Finding]:
        # numbers first: what changes meanwhile is looked at again
        numbers: dict[str | None, int] = {}
        numbers.update(changes.numbers(tracker.database).items())
        numbers[None] = changes.number_of_none(tracker.database)
        self._found = {one: self._found[one] for one in numbers if one in self._found}
        for group, number in numbers.items():
            if self._found.get(group, (None,))[0] != number:
                self._found[group] = number, list(_of_group(tracker, group))
            yield from self._found[group][1]


def _of_group(tracker: Tracker, campaign: str | None) -> Iterator[Finding]:
    """Of the posts of a campaign; None: of those that count for none."""
    readings = Readings(**store.readings(tracker.database, campaign))
    if not len(readings.post):
        return
    found: list[tuple[str, list[Mark]]] = [
        (rule, [mark]) for rule, check in RULES.items() for mark in check(readings)
    ]
    found += [("reading.identical", group) for group in checks.identical(readings)]
    told = _Telling(tracker, readings, [mark for _, group in found for mark in group])
    for rule, group in found:
        yield told.finding(rule, group)
    yield from told.sources(checks.still_sources(readings), campaign)


RULES: dict[str, Callable[[Readings], Iterable[Mark]]] = {
    "reading.fell": checks.fell,
    "reading.jump": checks.jumps,
    "reading.flat": checks.flat,
    "reading.likes-without-views": checks.likes_without_views,
}


class _Telling:
    """Marks told in words: names of posts and sources are looked up once."""

    def __init__(
        self, tracker: Tracker, readings: Readings, marks: Iterable[Mark]
    ) -> None:
        self._tracker, self._readings = tracker, readings
        known = list(marks)
        payloads = {int(readings.payload[n]) for mark in known for n in mark.rows}
        self._names = store.names(
            tracker.database, {mark.post for mark in known}, payloads
        )

    def finding(self, rule: str, group: list[Mark]) -> Finding:
        """Of several posts the first by platform and id stands for all."""
        posts = self._names.posts
        group = sorted(group, key=lambda mark: posts[mark.post][:2])
        mark, about = group[0], posts[group[0].post]
        others = [part for one in group[1:] for part in posts[one.post][:2]]
        when = max(int(self._readings.at[one.rows[-1]]) for one in group)
        return Finding(
            id=finding_id(rule, *about[:2], *others),
            rule=rule,
            severity=INFO if rule == "reading.fell" and _is_small(mark) else WARNING,
            at=when,
            evidence=self._evidence(rule, mark, group),
            campaign=about.campaign,
            ambassador=about.ambassador,
            platform=about.platform,
            post_id=about.post_id,
            source=self._source(mark.rows[-1]),
        )

    def sources(self, marks: Iterable[Mark], campaign: str | None) -> Iterator[Finding]:
        """reading.flat of all that a source tells of a campaign, or of no campaign."""
        own = () if campaign is None else (campaign,)
        names = store.source_names(self._tracker.database)
        for mark in marks:
            name, (posts, rate) = names[mark.post], mark.usual
            first, last = (iso(int(self._readings.at[n])) for n in mark.rows)
            yield Finding(
                id=finding_id("reading.flat", "source", name, first, *own),
                rule="reading.flat",
                severity=WARNING,
                at=int(self._readings.at[mark.rows[-1]]),
                evidence=f"nothing moves in all {posts:.0f} posts of source {name}"
                f" from {first} to {last}; before, they gained {_number(rate)}"
                f" {mark.metric} a day together",
                campaign=campaign,
                source=name,
            )

    def _source(self, row: int) -> str:
        return self._names.payloads[int(self._readings.payload[row])][0]

    def _at(self, row: int) -> str:
        return f"{iso(int(self._readings.at[row]))}, source {self._source(row)}"

    def _evidence(self, rule: str, mark: Mark, group: list[Mark]) -> str:
        first, last = self._at(mark.rows[0]), self._at(mark.rows[-1])
        if rule == "reading.fell":
            return _fell(mark, first, last)
        if rule == "reading.jump":
            return _jump(mark, first, last)
        if rule == "reading.flat":
            rate, share = mark.usual
            return (
                f"{mark.metric} stay {mark.values[0]} from {first} to {last}; before,"
                f" {_number(rate)} came a day, and {share:.0f} % of the readings of"
                " posts of this platform and age move"
            )
        if rule == "reading.identical":
            posts = self._names.posts
            others = ", ".join(" ".join(posts[one.post][:2]) for one in group[1:])
            values = ", ".join(map(str, mark.values[:8]))
            more = ", …" if len(mark.values) > 8 else ""
            return (
                f"the {len(mark.values)} values of {mark.metric} ({values}{more}) are"
                f" those of {others}, one after the other"
            )
        before, after, views = mark.values
        return (
            f"likes went from {before} ({first}) to {after} ({last}) while views"
            f" stayed {views}"
        )


def _is_small(mark: Mark) -> bool:
    return mark.values[0] - mark.values[1] < SMALL * mark.values[0]


def _fell(mark: Mark, first: str, last: str) -> str:
    before, after = mark.values
    part = 100 * (before - after) / before
    return (
        f"{mark.metric} fell from {before} ({first}) to {after} ({last}):"
        f" {before - after} less, {part:.2g} %"
    )


def _jump(mark: Mark, first: str, last: str) -> str:
    rate, fastest, growth, limit = mark.usual
    measures = []
    if not math.isnan(fastest):
        measures.append(
            f"that is more than {checks.TIMES} times the fastest rate before,"
            f" {_number(fastest)} a day"
        )
    if math.isfinite(limit):
        measures.append(
            f"it grew {growth:.1f} times, and posts of this platform and age stay"
            f" below {limit:.1f}"
        )
    return (
        f"{mark.metric} went from {mark.values[0]} ({first}) to {mark.values[1]}"
        f" ({last}), {_number(rate)} a day; {'; '.join(measures)}"
    )


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"
