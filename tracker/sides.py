"""The page of campaigns side by side, written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.codes import CURRENCIES
from tracker.comparing import Comparison, Side, compare
from tracker.editions import write
from tracker.kpi.answer import Indicator, Kpi
from tracker.kpi.formula import MONEY
from tracker.kpi.saying import worth
from tracker.publish import CHARTS, words_of
from tracker.report.pages import head
from tracker.report.sidebyside import Cell, ComparePage, Row, aligned
from tracker.report.text import clean
from tracker.report.versions import versions
from tracker.words import METRICS, Words

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.kpi.formula import Number


def write_comparison(
    tracker: Tracker,
    campaigns: Sequence[str],
    *,
    out: Path | None = None,
    language: str | None = None,
) -> Path:
    """`compare/A-B.html` beside the pages. Raises NotFoundError, ReportError."""
    from tracker.report.gallery import Gallery
    from tracker.report.site import Site
    from tracker.report.text import file_name

    found = compare(tracker, campaigns)
    [version] = versions(tracker.settings.language, "", language)
    site = Site(Words(version.language), Gallery(tracker.home / CHARTS))
    page = _page(found, version.language)
    name = "-".join(map(file_name, campaigns))
    path = (out or tracker.home / tracker.settings.site) / "compare" / f"{name}.html"
    made = site.page("compare.html.j2", f"compare/{name}.html", page)
    write(path, made.encode())
    return path


def _page(found: Comparison, language: str) -> ComparePage:
    sides = found.sides
    words = [words_of(side.facts, language) for side in sides]
    leading = next((m for m in ("views", *found.metrics) if m in found.metrics), None)
    curves = [
        (clean(side.facts.campaign.name), side.curves.get(leading or "", ()))
        for side in sides
    ]
    return ComparePage(
        tuple(head(side.facts, "../") for side in sides),
        tuple(_period(w, side) for w, side in zip(words, sides, strict=True)),
        tuple(side.day for side in sides),
        tuple(len(side.facts.people) for side in sides),
        tuple(side.facts.posts_total for side in sides),
        found.day,
        tuple(_counts(found, words)),
        tuple(_aims(found, words)),
        tuple(_rates(found, words)),
        aligned(leading, curves) if leading else (),
    )


def _period(w: Words, side: Side) -> str:
    campaign = side.facts.campaign
    days = [w.day(day, year=True) for day in (campaign.starts, campaign.ends) if day]
    return " – ".join(days) or w("open")


def _counts(found: Comparison, words: list[Words]) -> Iterator[Row]:
    for metric in found.metrics:
        cells = []
        for w, side, count in zip(
            words, found.sides, found.counts(metric), strict=True
        ):
            at = side.at(metric, found.day) if found.day else None
            shown = None if count.value is None else w.number(count.value)
            then = None if at is None else w.number(at)
            cells.append(Cell(shown, count.known, count.unknown, then))
        yield Row(words[0].metric(metric), tuple(cells))


def _aims(found: Comparison, words: list[Words]) -> Iterator[Row]:
    for metric, row in found.indicators():
        cells = (_aim(w, one) for w, one in zip(words, row, strict=True))
        yield Row(words[0].metric(metric), tuple(cells))


def _aim(w: Words, one: Indicator | None) -> Cell:
    if one is None:
        return Cell(w("no such indicator"))
    if one.value is None:
        return Cell(None, why=one.reason)
    value = _worth(w, one.value, one.unit)
    if one.target is None:
        return Cell(w("{value}, no target set", value=value))
    target = _worth(w, one.target, one.unit)
    return Cell(w("{value} of {target}", value=value, target=target))


def _rates(found: Comparison, words: list[Words]) -> Iterator[Row]:
    """Those that have a name for people; `tracker compare` has them all."""
    for name, row in found.kpis():
        if name in METRICS:
            cells = (_rate(w, one) for w, one in zip(words, row, strict=True))
            yield Row(words[0].metric(name), tuple(cells))


def _rate(w: Words, one: Kpi) -> Cell:
    if one.value is None:
        return Cell(None, one.known, one.unknown, why=one.reason)
    return Cell(_worth(w, one.value, one.unit), one.known, one.unknown)


def _worth(w: Words, value: Number, unit: str) -> str:
    return worth(w, value, MONEY if unit in CURRENCIES else unit)
