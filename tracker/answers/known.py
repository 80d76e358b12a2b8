"""What is known of a campaign, read when it is asked for, and said as questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, reduce
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tracker.answers.question import Number, Question, written
from tracker.answers.words import BASES, WORDS
from tracker.codes import CURRENCIES
from tracker.kpi.text import text as kpi_text
from tracker.kpis.facts import Facts
from tracker.model import Enrolment, is_day
from tracker.programme import Cell, Feedback, Mission, Outcome, Wave
from tracker.rules import clock
from tracker.store.roster import Roster
from tracker.words import Words

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.kpi.answer import Answer, Indicator, Kpi
    from tracker.kpi.money import Basis
    from tracker.store.totals import Row
    from tracker.store.written import Written

HOUR = 3_600_000


class Known:
    """at: the instant the answers are about: `now`, or the campaign's end before it.
    facts: what its KPIs are made of, as of `now`."""

    def __init__(
        self,
        tracker: Tracker,
        campaign: str,
        now: int,
        language: str | None,
        kpis: Answer | None = None,
        facts: Facts | None = None,
    ) -> None:
        self.tracker, self.now, self._kpis = tracker, now, kpis
        self.facts = facts or Facts(tracker, campaign, None, None, None, now)
        self.roster = Roster(tracker.database)
        self.campaign = self.roster.campaign(campaign)
        self.w = Words(
            language or self.campaign.language,
            self.campaign.currency,
            self.campaign.timezone,
        )
        self.zone = ZoneInfo(self.campaign.timezone)
        ends = self.campaign.ends
        self.at = now if ends is None else min(now, self._end(ends))

    def _end(self, day: date) -> int:
        return self.opening(day + timedelta(days=1)) - 1

    def opening(self, day: date) -> int:
        """The first instant of a day of the campaign."""
        return clock(day, time(0), self.zone)

    # -- facts --------------------------------------------------------------------

    @cached_property
    def plan(self) -> Mapping[str, Any]:
        return self.roster.plan(self.campaign.id)

    @cached_property
    def grid(self) -> list[tuple[Mission, list[Cell]]]:
        from tracker.missions import cells

        return cells(self.facts.missions, at=self.at)

    def kpis(self, names: Sequence[str]) -> dict[str, Kpi]:
        """KPIs of the campaign by name."""
        from tracker.kpis import kpis

        made = self._kpis
        if made is None:
            made = kpis(self.tracker, self.campaign.id, names, now=self.now)
        return {one.name: one for row in made.rows for one in row.kpis}

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """The plan's indicators, with what is attained of them."""
        from tracker.kpis import kpis

        made = self._kpis
        if made is None:
            made = kpis(self.tracker, self.campaign.id, ("coverage",), now=self.now)
        return made.indicators

    def sums(self, by: str | None) -> Sequence[Row]:
        """Rows of `tracker totals`: by None, ambassador or platform."""
        return self._sums[by]

    @cached_property
    def _sums(self) -> Mapping[str | None, Sequence[Row]]:
        cuts = (None, "ambassador", "platform")
        found = self.tracker.reckoner.several(self.campaign.id, cuts)
        return {one.by: one.rows for one in found}

    @cached_property
    def posts(self) -> list[Written]:
        from tracker.store.written import written

        return written(self.tracker.database, self.campaign.id)

    @cached_property
    def outcomes(self) -> list[Outcome]:
        """Those that count, oldest first."""
        from tracker.outcomes import outcomes

        found = outcomes(self.tracker, self.campaign.id)
        return sorted((one for one in found if one.counted), key=lambda one: one.at)

    @cached_property
    def feedback(self) -> list[Feedback]:
        from tracker.store.feedback import list_

        return list_(self.tracker.database, self.campaign.id)

    @cached_property
    def waves(self) -> list[Wave]:
        from tracker.surveys import waves

        return waves(self.tracker, self.campaign.id)

    @cached_property
    def basis(self) -> Basis:
        """What it cost: paid and committed, or planned where there is nothing else."""
        from tracker.kpi.money import basis
        from tracker.statements import costs

        found = costs(self.tracker, self.campaign.id)
        return basis(found, self.campaign.currency)

    @cached_property
    def enrolled(self) -> dict[str, Enrolment]:
        """Enrolments by ambassador; several of one person are one."""
        return {one.ambassador: one for one in self.roster.enrolments(self.campaign.id)}

    @cached_property
    def people(self) -> dict[str, str]:
        """Names of the enrolled."""
        return {one.id: one.name for one in self.roster.ambassadors(self.campaign.id)}

    @property
    def claims(self) -> list[dict[str, Any]]:
        return list(self.plan.get("claim") or [])

    def of_kind(self, *kinds: str) -> list[Outcome]:
        return [one for one in self.outcomes if one.kind in kinds]

    def quantity(self, kind: str) -> Decimal | None:
        """How many of a kind; None when none was ever written down."""
        found = self.of_kind(kind)
        return sum((one.quantity for one in found), Decimal(0)) if found else None

    def claimed(self, metric: str) -> Decimal | None:
        """The figure of the plan that is used, of a metric that sources give."""
        for one in self.claims:
            if one.get("metric") == metric and one.get("used"):
                return Decimal(str(one["value"]))
        return None

    # -- saying it ----------------------------------------------------------------

    def text(self, value: Number, digits: int | None = None, unit: str = "") -> str:
        return written(value, digits, self.w, unit)

    def unknown(self, posts: int) -> str:
        return self.w("not known: {n}", n=self.text(posts))

    def joined(self, parts: Iterable[str]) -> str:
        """Several sentences or figures, one after the other."""
        told = list(parts)
        if not told:
            return ""
        return reduce(
            lambda one, other: self.w("{one}; {other}", one=one, other=other), told
        )

    def made_of(self, basis: str) -> str:
        """Which of several figures a cost or count is."""
        return self.w(BASES[basis]) if basis in BASES else basis

    def money(self, minor: int | Fraction) -> str:
        """Minor units of the campaign's currency."""
        return self.whole_money(Fraction(minor) / 10**self.digits, self.digits)

    @property
    def digits(self) -> int:
        """Of the campaign's currency."""
        return CURRENCIES.get(self.campaign.currency, 2)

    def whole_money(self, value: Number, digits: int) -> str:
        """Whole units of the campaign's currency, with so many digits at least."""
        exact = (
            Decimal(value.numerator) / Decimal(value.denominator)
            if isinstance(value, Fraction)
            else Decimal(value)
        )
        return kpi_text(exact, self.campaign.currency, self.w.language, digits)

    def hours(self, wait: Fraction) -> str:
        """A wait in hours, or in days from two days on."""
        if wait < 48:
            return self.text(wait, 1, "h")
        return self.w("{n} days", n=self.text(wait / 24, 1))

    def ask(
        self,
        name: str,
        value: str | None,
        number: Number | None = None,
        *,
        unit: str = "",
        inputs: Iterable[tuple[str, str]] = (),
        coverage: str = "",
        names: bool = False,
    ) -> Question:
        """The question of this name, with title, formula and command from WORDS. The
        formula is English, as an identifier; a page says it in its language."""
        title, formula, command = WORDS[name]
        return Question(
            name,
            self.w(title),
            value,
            unit,
            formula,
            tuple(inputs),
            coverage,
            command.format(id=self.campaign.id),
            None if number is None else float(number),
            names,
        )

    def share(
        self,
        name: str,
        top: Number | None,
        bottom: Number | None,
        labels: tuple[str, str],
        *,
        coverage: str = "",
        more: Iterable[tuple[str, str]] = (),
    ) -> Question:
        """A share in percent; unknown when a part is, or of nothing."""
        inputs = [
            (label, self.text(value))
            for label, value in zip(labels, (top, bottom), strict=True)
            if value is not None
        ]
        if top is None or not bottom:
            why = coverage or self.w("an input is missing")
            return self.ask(name, None, unit="%", inputs=[*inputs, *more], coverage=why)
        part = Fraction(top) * 100 / Fraction(bottom)
        return self.ask(
            name,
            self.text(part, 1, "%"),
            part,
            unit="%",
            inputs=[*inputs, *more],
            coverage=coverage,
        )

    def waits(
        self,
        name: str,
        each: list[tuple[str, Fraction | None]],
        lack: Callable[[int, str], str],
    ) -> Question:
        """The median of waits in hours. lack: says how many of all have
        not ended."""
        from tracker.answers.question import median

        known = [wait for _, wait in each if wait is not None]
        middle = median(known)
        open_ = len(each) - len(known)
        return self.ask(
            name,
            None if middle is None else self.hours(middle),
            middle,
            unit="h",
            inputs=[
                (label, "–" if wait is None else self.hours(wait))
                for label, wait in each
            ],
            coverage=lack(open_, self.text(len(each))) if open_ or not each else "",
        )


def wait(begin: int, end: int | None) -> Fraction | None:
    """Hours between two instants; unknown where one is known to the day alone."""
    if end is None or is_day(begin) or is_day(end):
        return None
    return Fraction(end - begin, HOUR)
