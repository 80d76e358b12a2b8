"""What groups of posts gained day by day, and what they gained between two days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from tracker.kpi.years import NO_KNOWN, NO_NEWS, Beside, Span
from tracker.model import day_number


@dataclass(frozen=True)
class Course:
    """One group of posts. frame: figures of store/years.GAINED, one row a day."""

    frame: pl.DataFrame

    @cached_property
    def _days(self) -> Any:
        return self.frame["day"].to_numpy()

    def _until(self, day: date) -> int:
        """So many rows are of this day or earlier."""
        return int(self._days.searchsorted(day_number(day), side="right"))

    def gain(self, name: str, span: Span) -> tuple[int | None, str | None]:
        """What a figure gained, or None and why that is unknown."""
        high = self._until(span.last)
        low = int(self._days.searchsorted(day_number(span.first)))
        gains = self.frame[name][low:high]
        if name == "posts":
            return (int(gains.sum()), None) if high > low else (None, NO_NEWS)
        if not self.known(name, span.last):
            return None, NO_KNOWN
        fresh = self.frame[f"{name}_known"][low:high]
        if not ((gains != 0).any() or (fresh != 0).any()):
            return None, NO_NEWS
        return int(gains.sum()), None

    def known(self, name: str, last: date) -> int:
        """Posts of which a figure is known at the end of a day."""
        return int(self.frame[f"{name}_known"][: self._until(last)].sum())

    def posts(self, last: date) -> int:
        """Posts that were read by the end of a day."""
        return int(self.frame["posts"][: self._until(last)].sum())

    def beside(
        self, name: str, span: Span, other: Course | None, before: Span | None
    ) -> Beside:
        """A figure of a span, and the same of another course's."""
        value, reason = self.gain(name, span)
        earlier, why = None, None
        if other is not None and before is not None:
            earlier, why = other.gain(name, before)
        if name == "posts":
            return Beside(value, earlier, None, None, reason, why)
        known = self.known(name, span.last)
        unknown = self.posts(span.last) - known
        return Beside(value, earlier, known, unknown, reason, why)


@dataclass(frozen=True)
class Courses:
    """The courses of campaigns (row numbers, 0 the workspace); every: a frame of
    store/years.GAINED. apart: platforms that may be in no sum with others, and why."""

    every: pl.DataFrame
    apart: Mapping[str, str]

    def mine(self, number: int) -> pl.DataFrame:
        return self.every.filter(campaign=number)

    def platforms(self, number: int) -> dict[str, Course]:
        """One course a platform, by name."""
        parts = self.mine(number).partition_by("platform", as_dict=True)
        found = {str(key[0]): Course(part.sort("day")) for key, part in parts.items()}
        return dict(sorted(found.items()))

    def whole(self, number: int) -> Course:
        """All platforms together, but those that may not be added to others."""
        mine = self.mine(number).filter(~pl.col("platform").is_in(self.left(number)))
        sums = mine.group_by("day").agg(pl.exclude("campaign", "platform").sum())
        return Course(sums.sort("day"))

    def left(self, number: int) -> list[str]:
        """Platforms that stand in no sum over several."""
        found = set(self.mine(number)["platform"].unique())
        return sorted(found & set(self.apart)) if len(found) > 1 else []

    def reasons(self, number: int) -> tuple[tuple[str, str], ...]:
        """The same with why."""
        return tuple((name, self.apart[name]) for name in self.left(number))
