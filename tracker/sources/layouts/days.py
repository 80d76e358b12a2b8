"""Tables of days: what an account gained on each, and its followers: audience.

A page of a website is told of by day as an account is, and is its own handle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracker.model import METRICS
from tracker.sources.base import AUDIENCE
from tracker.sources.layouts.counts import UNKNOWN, amount_format, number_format
from tracker.sources.layouts.layout import DAY, FOLLOWERS, Span, key
from tracker.sources.layouts.rows import Rows
from tracker.sources.layouts.spelled import spelling, yearless
from tracker.sources.layouts.tables import Table
from tracker.sources.numbers import Count, counter
from tracker.sources.records import Record
from tracker.sources.rows import reject
from tracker.sources.values import Bad, shown

if TYPE_CHECKING:
    import polars as pl

_FIGURES = (*METRICS, FOLLOWERS)

Figure = tuple[int, str, str, str, str, int]


@dataclass
class Days:
    """Reads one table of days.

    broken_down: rows, when the same day of an account stands in several, so that
    they are parts of it that nobody named; then none of them is kept. days: those
    that it tells of. yearless: they are written without a year.
    """

    table: Table
    handle: str
    seen_at: int
    span: Span | None = None
    figures: list[Figure] = field(default_factory=list)
    broken_down: int = 0
    yearless: bool = False
    days: list[str] = field(default_factory=list)

    def read(self, rows: Rows) -> None:
        """Fill figures; bad rows become rejects of `rows`."""
        records = list(rows)
        metrics = self._metrics()
        readers = {n: self._reader(records, n, at) for n, (_, at) in metrics.items()}
        seen = set()
        for record, day in zip(records, self._days(records, rows), strict=True):
            if day:
                handle = self._handle(record)
                seen.add((handle, day))
                self.days.append(day)
                self._take(record, handle, day, metrics, readers, rows)
        if len(seen) < len(self.days):
            self.broken_down, self.figures = len(records), []

    def _take(
        self,
        record: Record,
        handle: str,
        day: str,
        metrics: Mapping[str, tuple[str, int]],
        readers: Mapping[str, _Signed],
        rows: Rows,
    ) -> None:
        """The figures of one row, or its reject."""
        cells, taken = record.fields or [], []
        for name, (platform, at) in metrics.items():
            value = readers[name](cells[at])
            if isinstance(value, Bad):
                header = self.table.match.header[at]
                rows.rejects.append(reject(record, header, value.code, value.reason))
                return
            if value is not None:
                taken.append((record.line, platform, handle, name, day, value))
        self.figures += taken

    def _handle(self, record: Record) -> str:
        """Whose day it is: a column's, else the settings'."""
        place = self.table.match.places.get("handle")
        return (record.fields or [])[place[0]] if place else self.handle

    def _metrics(self) -> dict[str, tuple[str, int]]:
        """What is told: canonical name, platform and place."""
        match = self.table.match
        if said := match.layout.titles.get(key(self.table.title)):
            day = match.places[DAY][0]
            others = [i for i, n in enumerate(match.header) if n.strip() and i != day]
            platform, name = said
            return {name: (platform, others[0])} if name and others else {}
        return {
            name: (match.layout.platform, match.places[name][0])
            for name in _FIGURES
            if name in match.places
        }

    def _days(self, records: Sequence[Record], rows: Rows) -> list[str]:
        match = self.table.match
        place = match.places[DAY][0]
        cells = [(record.fields or [])[place] for record in records]
        read = spelling(cells, match.layout.order, self.seen_at)
        self.yearless = any(map(yearless, cells))
        own = match.layout.read_day
        days = [
            (own(cell, self.span) if own else "") or read.day(cell) for cell in cells
        ]
        for record, cell, day in zip(records, cells, days, strict=True):
            if not day:
                why = f"{shown(cell)} is no day"
                rows.rejects.append(
                    reject(record, match.header[place], "ROW_DATE", why)
                )
        return days

    def _reader(self, records: Sequence[Record], name: str, at: int) -> _Signed:
        match = self.table.match
        cells = [(record.fields or [])[at] for record in records]
        unit = match.fields[name].unit if name in match.fields else 0
        said = number_format(cells, match.language, suffixes=match.layout.suffixes)
        return _Signed(counter(amount_format(cells, said, unit) if unit else said))


@dataclass(frozen=True, slots=True)
class _Signed:
    """A figure of a day may be negative: more was taken back than was given."""

    read: Callable[[str], Count]

    def __call__(self, cell: str) -> Count:
        if cell.casefold() in UNKNOWN:
            return None
        value = self.read(cell.removeprefix("-"))
        return -value if cell.startswith("-") and isinstance(value, int) else value


def audience(figures: Iterable[Figure]) -> pl.DataFrame:
    """The frame of a batch's audience."""
    import polars as pl

    numbers = ("line", "value")
    kinds = {name: pl.Int64 if name in numbers else pl.String for name in AUDIENCE}
    return pl.DataFrame(list(figures), schema=kinds, orient="row")
