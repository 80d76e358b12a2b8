"""What was spent in a time, and what a view or an engagement of it cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from tracker.codes import CURRENCIES
from tracker.kpi.costs import cpe, cpv
from tracker.kpi.money import SPENT, basis

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.kpi.formula import Number
    from tracker.kpi.years import Span
    from tracker.programme import Cost
    from tracker.years import History
    from tracker.years.courses import Course


@dataclass(frozen=True, slots=True)
class Spent:
    """Costs of one currency that are dated in a time, in its minor units; before: those
    of the time beside it. None: none is known. campaigns: of how many costs in this
    currency are known at all; of: these, and others that gained something then. views,
    engagements: what those with costs gained, None unknown. basis: which states are in
    it."""

    currency: str
    cost: int | None
    before: int | None
    campaigns: int
    of: int
    views: int | None
    engagements: int | None
    views_before: int | None
    engagements_before: int | None
    basis: tuple[str, ...]

    @property
    def whole(self) -> Decimal | None:
        """The cost in whole units."""
        return _whole(self.cost, self.currency)

    @property
    def whole_before(self) -> Decimal | None:
        return _whole(self.before, self.currency)

    @property
    def cpv(self) -> Number | None:
        """Cost / views."""
        return _per(cpv, self.whole, self.views)

    @property
    def cpe(self) -> Number | None:
        """Cost / engagements."""
        return _per(cpe, self.whole, self.engagements)

    @property
    def cpv_before(self) -> Number | None:
        return _per(cpv, self.whole_before, self.views_before)

    @property
    def cpe_before(self) -> Number | None:
        return _per(cpe, self.whole_before, self.engagements_before)


def _whole(amount: int | None, currency: str) -> Decimal | None:
    if amount is None:
        return None
    return Decimal(amount).scaleb(-CURRENCIES.get(currency, 2))


def _per(formula: object, cost: Decimal | None, count: int | None) -> Number | None:
    if cost is None or count is None or not callable(formula):
        return None
    found: Number | None = formula(cost, count)
    return found


@dataclass(frozen=True)
class Purse:
    """A campaign's costs in its own currency, of the states that count: paid and
    committed, or planned when there is nothing else."""

    number: int
    course: Course
    currency: str
    basis: str
    costs: tuple[Cost, ...]

    def spent(self, span: Span) -> list[int]:
        """Minor units of each cost that is dated in a span."""
        return [c.amount for c in self.costs if span.first <= c.day <= span.last]


def purse(tracker: Tracker, history: History, campaign: str) -> Purse | None:
    """None when no cost of a campaign is known in its currency."""
    from tracker.statements import costs
    from tracker.store.roster import Roster

    currency = Roster(tracker.database).campaign(campaign).currency
    own = [one for one in costs(tracker, campaign) if one.currency == currency]
    found = basis(own, currency)
    if found.basis is None:
        return None
    spent = found.basis == SPENT
    counted = tuple(one for one in own if (one.state != "planned") == spent)
    number = history.numbers[campaign]
    course = history.courses.whole(number)
    return Purse(number, course, currency, found.basis, counted)


@dataclass(frozen=True)
class Spending:
    """The costs of a campaign, or of all of them."""

    tracker: Tracker
    history: History
    campaign: str | None

    @cached_property
    def _courses(self) -> dict[int, Course]:
        courses, numbers = self.history.courses, self.history.numbers
        chosen = numbers if self.campaign is None else [self.campaign]
        return {numbers[slug]: courses.whole(numbers[slug]) for slug in chosen}

    def _active(self, span: Span) -> set[int]:
        """Campaigns that gained something."""
        every = self._courses.items()
        return {n for n, course in every if course.gain("posts", span)[0] is not None}

    @cached_property
    def _purses(self) -> dict[str, list[Purse]]:
        """By currency."""
        chosen = self.history.numbers if self.campaign is None else [self.campaign]
        found: dict[str, list[Purse]] = {}
        for slug in sorted(chosen):
            one = purse(self.tracker, self.history, slug)
            if one is not None:
                found.setdefault(one.currency, []).append(one)
        return found

    def between(self, span: Span, before: Span) -> tuple[Spent, ...]:
        """One for each currency in which something was spent in either span."""
        return tuple(self._spent(span, before))

    def _spent(self, span: Span, before: Span) -> Iterator[Spent]:
        active = self._active(span)
        for currency, purses in sorted(self._purses.items()):
            now = [amount for one in purses for amount in one.spent(span)]
            then = [amount for one in purses for amount in one.spent(before)]
            if not now and not then:
                continue
            yield Spent(
                currency,
                sum(now) if now else None,
                sum(then) if then else None,
                len(purses),
                len(active | {one.number for one in purses}),
                gained(purses, "views", span),
                gained(purses, "engagements", span),
                gained(purses, "views", before),
                gained(purses, "engagements", before),
                tuple(sorted({one.basis for one in purses})),
            )


def gained(purses: list[Purse], name: str, span: Span) -> int | None:
    """What campaigns gained together; None when nothing of any is known."""
    found = [one.course.gain(name, span)[0] for one in purses]
    known = [value for value in found if value is not None]
    return sum(known) if known else None
