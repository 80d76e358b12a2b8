"""What should be said of an export: what it is, and what of it is not kept and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tracker.sources.layouts.days import Days
from tracker.sources.layouts.layout import Grain
from tracker.sources.layouts.posts import Posts
from tracker.sources.layouts.tables import Table
from tracker.sources.values import shown


@dataclass
class Tidings:
    """Gathers what is noticed, table by table, into a few sentences at the end."""

    label: str
    read: dict[str, list[str]] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    by_day: int = 0
    dated: int = 0
    outside: int = 0
    unbounded: bool = False
    span: tuple[str, str] = ("", "")
    nobody: bool = False
    broken_down: list[str] = field(default_factory=list)
    yearless: bool = False

    def tables(self, tables: Sequence[Table], unknown: Sequence[str]) -> None:
        for table in tables:
            layout = table.match.layout
            if layout.grain in (Grain.POST, Grain.DAY):
                said = self.read.setdefault(layout.family, [])
                if layout.table not in said:
                    said.append(layout.table)
        self.unread += [shown(name) for name in unknown]

    def days(self, days: Days) -> None:
        self.nobody |= any(not handle for _, _, handle, *_ in days.figures)
        self.yearless |= days.yearless
        if days.broken_down:
            self.broken_down.append(days.table.match.layout.table)

    def posts(self, table: Table, posts: Posts) -> None:
        self.by_day += posts.by_day
        self.dated += posts.dated
        self.outside += posts.outside
        layout, span = table.match.layout, posts.span
        if span is not None:
            self.span = span.first.isoformat(), span.last.isoformat()
        self.unbounded |= not layout.lasting and span is None

    def aside(self, tables: Sequence[Table]) -> None:
        for table in tables:
            if table.match.layout.grain is Grain.POST_DAY:
                self.by_day += len(table.records)
            else:
                self.unread.append(table.match.layout.table)

    def said(self) -> Iterator[str]:
        read = "; ".join(f"{f} ({', '.join(ts)})" for f, ts in self.read.items())
        told = f"read as {read}" if read else "known, but nothing in it is kept"
        yield f"notice[LAYOUT] {self.label}: {told}."
        for code, sentence in self._more():
            yield f"{code} {self.label}: {sentence}"

    def _more(self) -> Iterator[tuple[str, str]]:
        if self.outside:
            yield "warning[EXPORT_RANGE]", _OUTSIDE.format(self.outside, *self.span)
        if self.unbounded:
            yield "notice[EXPORT_RANGE]", _UNBOUNDED
        if self.by_day:
            yield "notice[EXPORT_DAYS]", _BY_DAY.format(self.by_day)
        for table in self.broken_down:
            yield "notice[EXPORT_DAYS]", f"{table}: {_BROKEN_DOWN}"
        if self.unread:
            names = ", ".join(dict.fromkeys(self.unread))
            yield "notice[EXPORT_ASIDE]", f"not read: {names}."
        if self.nobody:
            yield "notice[EXPORT_ACCOUNT]", _NOBODY
        if self.yearless:
            yield "notice[EXPORT_YEAR]", _YEARLESS
        if self.dated:
            yield "notice[ROW_UNDATED]", undated(self.dated)


_OUTSIDE = (
    "it counts from {1} to {2}, and {0} of its posts are older or tell no date. Their "
    "counts are no running totals and were left unknown. Export all time, or set "
    'period = "total" where these days reach back before every post.'
)
_UNBOUNDED = (
    "it does not say which days it counts. Its counts were taken for running totals. "
    "Export all time, never a part."
)
_BY_DAY = (
    "{} rows tell what single posts gained on a day. These are no running totals and "
    "were not kept."
)
_BROKEN_DOWN = (
    "a day stands in several rows, so none of them is the day's figure. They were not "
    "kept."
)
_NOBODY = (
    "it does not say whose account it is of. Set handle in the source's settings to "
    "have its days by account."
)
_YEARLESS = (
    "its days carry no year. The latest before the file's modification time was taken."
)


def undated(rows: int) -> str:
    """That the file's time stands for that of rows."""
    return (
        f"{rows} rows carry no captured_at. The file's modification time stands for it."
    )
