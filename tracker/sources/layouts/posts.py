"""Tables of posts: their rows become readings by the same rules as those of a CSV file.

What this adds is only how a platform writes: its names of columns, its dates and
numbers, and which of its counts are running totals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tracker.model import COLUMNS, METRICS, local_day
from tracker.sources.base import Batch
from tracker.sources.columns import Place, Plan, Spec
from tracker.sources.layouts.catalog import Match
from tracker.sources.layouts.counts import UNKNOWN, amount_format, number_format
from tracker.sources.layouts.layout import DAY, Span, key
from tracker.sources.layouts.spelled import Spelling, spelling
from tracker.sources.numbers import NumberFormat
from tracker.sources.records import Record
from tracker.sources.rows import Checker, Rules

if TYPE_CHECKING:
    import polars as pl

#: Rows in one batch, and rows from which formats are told.
BATCH = 16_384
#: How far behind a platform's days may be: posts may be younger than the last one.
_LAG = timedelta(days=3)
#: Platforms that are only assumed; the settings may say another.
_ASSUMED = "web"


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds a table: settings, and the payload's name and time.

    span: the days that its counts cover, None: not known, or all. whole: the
    settings say that these days reach back before every post.
    """

    specs: Mapping[str, Spec]
    rules: Rules
    label: str
    seen_at: int
    span: Span | None = None
    whole: bool = False


@dataclass
class Posts:
    """Reads the rows of one table of posts.

    dated: rows without a moment of their own. by_day: rows that told of one day of
    a post. outside: rows whose counts cover only a part of the post's life. sum:
    of all counts.
    """

    match: Match
    frame: Frame
    dated: int = 0
    by_day: int = 0
    outside: int = 0
    rows: int = 0
    known: int = 0
    sum: int = 0
    span: Span | None = None
    _dates: dict[str, Spelling] = field(default_factory=dict)

    def batches(self, records: Iterable[Record]) -> Iterator[Batch]:
        rows = iter(records)
        head = list(islice(rows, BATCH))
        self._read_dates(head)
        self.span = self._span(head)
        plan = self._plan(head)
        checker = Checker(plan, self._rules(), self.frame.label, self.frame.seen_at)
        while head:
            kept = [self._mended(r) for r in head if not self._is_day(r)]
            self.by_day += len(head) - len(kept)
            batch = checker.check(kept)
            yield self._counted(replace(batch, frame=self._within(batch.frame)))
            head = list(islice(rows, BATCH))
        self.dated = checker.dated

    # -- how the file writes --------------------------------------------------------

    def _read_dates(self, head: Sequence[Record]) -> None:
        order = self.match.layout.order
        for name in ("published_at", "captured_at", DAY):
            if name in self.match.places:
                cells = self._cells(head, name)
                self._dates[name] = spelling(cells, order, self.frame.seen_at)

    def _cells(self, head: Sequence[Record], name: str) -> list[str]:
        place = self.match.places[name][0]
        return [(record.fields or [])[place] for record in head]

    def _rules(self) -> Rules:
        rules = self.frame.rules
        return replace(rules, unknown=rules.unknown | UNKNOWN)

    def _plan(self, head: Sequence[Record]) -> Plan:
        metrics = [name for name in METRICS if name in self.match.places]
        whole = [name for name in metrics if not self.match.fields[name].unit]
        counts = number_format(
            [cell for name in whole for cell in self._cells(head, name)],
            self.match.language,
            suffixes=self.match.layout.suffixes,
        )
        places = {
            name: self._place(name, self._number(name, head, counts))
            for name in COLUMNS
        }
        return Plan((*self.match.header, *self._made), places)

    def _number(
        self, name: str, head: Sequence[Record], counts: NumberFormat
    ) -> NumberFormat:
        if name not in METRICS or name not in self.match.places:
            return NumberFormat()
        unit = self.match.fields[name].unit
        return amount_format(self._cells(head, name), counts, unit) if unit else counts

    def _place(self, name: str, number: NumberFormat) -> Place:
        """A column's place in the file, and what stands where it says nothing."""
        said = self.frame.specs.get(name, Spec(name)).value
        places = self.match.places.get(name, ())
        if name in self._made:
            places = (len(self.match.header) + self._made.index(name),)
        elif places and said is not None and self.match.fields[name].weak:
            places = ()
        if name == "platform" and (said is None or self._platform != _ASSUMED):
            said = self._platform
        if name == "captured_at" and said is None and self.span:
            said = self.span.last.isoformat()
        spec = Spec(name, value=said, number=number)
        return Place(spec, places[0] if places else None, places[1:])

    @property
    def _platform(self) -> str:
        return self.match.layout.platform

    @property
    def _made(self) -> list[str]:
        """Columns that the file lacks and its layout fills."""
        makes = self.match.layout.makes
        return [name for name in makes if name not in self.match.places]

    # -- rows -------------------------------------------------------------------------

    def _is_day(self, record: Record) -> bool:
        """Does this row tell of one day? Its column `day` then holds one."""
        if DAY not in self._dates:
            return False
        cell = (record.fields or [])[self.match.places[DAY][0]]
        if key(cell) in self.match.layout.lifetime:
            return False
        return bool(self._dates[DAY].day(cell))

    def _mended(self, record: Record) -> Record:
        """The record with dates in ISO 8601 and what its layout completes."""
        cells = list(record.fields or ())
        for name in ("published_at", "captured_at"):
            for place in self.match.places.get(name, ()):
                cells[place] = self._dates[name].iso(cells[place])
        named = {name: cells[at[0]] for name, at in self.match.places.items()}
        self.match.layout.mend(named)
        for name, at in self.match.places.items():
            cells[at[0]] = named[name]
        cells += [named.get(name, "") for name in self._made]
        return record._replace(fields=cells)

    # -- what counts cover ------------------------------------------------------------

    def _span(self, head: Sequence[Record]) -> Span | None:
        """The days of the file, unless its rows do not agree with them."""
        span = None if self.match.layout.lasting else self.frame.span
        if span is None or "published_at" not in self.match.places:
            return span
        latest = max(self._published(head), default=span.last)
        if latest - span.last > _LAG:
            return None
        return replace(span, last=max(span.last, latest))

    def _published(self, head: Sequence[Record]) -> list[date]:
        read = self._dates["published_at"]
        found = [read.iso(c)[:10] for c in self._cells(head, "published_at")]
        return [date.fromisoformat(text) for text in found if _is_day(text)]

    def _within(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Counts of posts that are older than the days of the file become unknown."""
        span = self.span
        if span is None or self.frame.whole or frame.is_empty():
            return frame
        import polars as pl

        zone = self.frame.rules.zone
        older = [_is_older(at, span, zone) for at in frame["published_at"]]
        if any(older) or not any(at is not None for at in frame["published_at"]):
            # a post without a date may be as old as the others, or all are undated
            older = [
                old or at is None
                for old, at in zip(older, frame["published_at"], strict=True)
            ]
        self.outside += sum(older)
        mask = pl.Series(older)
        return frame.with_columns(
            pl.when(mask).then(None).otherwise(pl.col(name)).alias(name)
            for name in METRICS
        )

    def _counted(self, batch: Batch) -> Batch:
        self.rows += batch.rows
        for name in METRICS:
            self.known += batch.frame[name].len() - batch.frame[name].null_count()
            self.sum += int(batch.frame[name].sum() or 0)
        return batch


def _is_older(published: int | None, span: Span, zone: ZoneInfo) -> bool:
    return published is not None and local_day(published, zone) < span.first


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
