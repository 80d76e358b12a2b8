"""Did more people know it? Waves of surveys with their intervals, and the lifts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from tracker.facts import CampaignFacts
from tracker.kpi.lifts import Lift, bounds, lifts
from tracker.programme import Wave
from tracker.report.figures import claims
from tracker.report.text import clean

if TYPE_CHECKING:
    from tracker.report.gallery import Drawing
    from tracker.words import Words

#: Questions that are drawn; all are in the table.
DRAWN = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """A wave, or a published value (then without n). share, low, high: percent."""

    wave: str
    first: date | None
    last: date | None
    n: int | None
    share: Decimal
    low: float | None
    high: float | None
    method: str | None
    source: str
    published: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """points: percentage points, with their interval; relative: percent."""

    before: str
    after: str
    points: float
    low: float | None
    high: float | None
    relative: float | None
    method: str | None

    @property
    def beyond(self) -> bool | None:
        """Is it beyond chance? None where nobody can say."""
        if self.low is None or self.high is None:
            return None
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Question:
    """question: as the file names it; lifts: from wave to wave, and over all."""

    question: str
    waves: tuple[Asked, ...]
    lifts: tuple[Changed, ...]
    chart: Drawing | None

    @property
    def last(self) -> Asked:
        return [one for one in self.waves if not one.published][-1]

    @property
    def whole(self) -> Changed | None:
        """From the first wave to the last, with an interval where there is one."""
        sure = [one for one in self.lifts if one.low is not None]
        found = sure or list(self.lifts)
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class Awareness:
    questions: tuple[Question, ...]

    @property
    def methods(self) -> tuple[str, ...]:
        """Of all intervals shown."""
        found = {wave.method for one in self.questions for wave in one.waves}
        found |= {lift.method for one in self.questions for lift in one.lifts}
        return tuple(sorted(name for name in found if name is not None))


def awareness(facts: CampaignFacts, w: Words, gallery: Any) -> Awareness | None:
    """None where nobody was asked. Waves stand in order of time."""
    waves = [wave for wave in facts.programme.waves if wave.share is not None]
    if not waves:
        return None
    groups = [
        (q, list(some)) for q, some in groupby(waves, key=lambda one: one.question)
    ]
    return Awareness(
        tuple(
            _question(facts, question, some, w, gallery if n < DRAWN else None)
            for n, (question, some) in enumerate(groups)
        )
    )


def _question(
    facts: CampaignFacts, question: str, waves: list[Wave], w: Words, gallery: Any
) -> Question:
    asked = [_asked(wave) for wave in waves]
    asked += _published(facts, question, asked)
    chart = None
    if gallery is not None:
        chart = gallery.show("survey", w, {"waves": [_point(one, w) for one in asked]})
    changed = tuple(_changed(one) for one in lifts(waves))
    return Question(clean(question), tuple(asked), changed, chart)


def _asked(wave: Wave) -> Asked:
    around = bounds(wave)
    assert wave.share is not None
    return Asked(
        clean(wave.wave),
        wave.asked_from,
        wave.asked_to,
        wave.n,
        wave.share,
        around.low,
        around.high,
        around.method,
        clean(wave.source or ""),
    )


def _published(facts: CampaignFacts, question: str, asked: list[Asked]) -> list[Asked]:
    """Claims of the same figure that no wave has: nobody said how many were asked."""
    known = {one.share for one in asked}
    return [
        Asked(
            claim.as_of or "",
            None,
            None,
            None,
            claim.value,
            None,
            None,
            None,
            claim.source,
            published=True,
        )
        for claim in claims(facts.plan)
        if claim.metric == question
        and claim.value is not None
        and claim.value not in known
        and 0 <= claim.value <= 100
    ]


def _point(one: Asked, w: Words) -> list[Any]:
    note = w("published") if one.published else w("n not known")
    if one.n is not None:
        note = w("n = {n}", n=w.number(one.n))
    digits = 0 if one.share == int(one.share) else 1
    text = w.percent(one.share, digits)
    low = None if one.low is None else round(one.low, 2)
    high = None if one.high is None else round(one.high, 2)
    wave = w.written_day(one.wave) if one.published else one.wave
    return [wave.replace("|", "/"), note, float(one.share), low, high, text]


def _changed(one: Lift) -> Changed:
    return Changed(
        clean(one.before.wave),
        clean(one.after.wave),
        one.points,
        one.bounds.low,
        one.bounds.high,
        one.relative,
        one.bounds.method,
    )
