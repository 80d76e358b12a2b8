"""Pinterest: Analytics, Overview, Export: `Pinterest Analytics overview A-B.csv`.

One file of several tables, with lines before them that say what was asked for: a row
a day with one or more figures, `Top Pins` with a row a Pin (in older files with one
figure each), `Top Boards`. Days of the file stand in its name, as 20260607-20260707.
Counts of Pins cover these days alone, and the file does not say when a Pin was made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from tracker.sources.layouts.layout import DAY, Grain, Layout, Span, column, sign

_DAYS = re.compile(r"(20\d\d)-?(\d\d)-?(\d\d) ?(?:-|to|_) ?(20\d\d)-?(\d\d)-?(\d\d)")
_DAY = column(DAY, "Date", de="Datum", fr="Date", pt="Data", es="Fecha")
_METRICS = (
    column("impressions", "Impressions", de="Impressionen", pt="Impressões"),
    column("clicks", "Outbound clicks", de="Ausgehende Klicks"),
    column("saves", "Saves", de="Gemerkt|Merken"),
)
_LINK = column("url", "Pinterest Link|Pin link|Pin URL", de="Pinterest-Link")


def _span(lines: Sequence[str], label: str) -> Span | None:
    """The days in a line above the tables, or in the file's name."""
    for text in (*lines, label):
        if found := _DAYS.search(text):
            first, last = found.groups()[:3], found.groups()[3:]
            try:
                return Span(date(*map(int, first)), date(*map(int, last)))
            except ValueError:
                continue
    return None


LAYOUTS = (
    Layout(
        "pinterest",
        "Pins",
        Grain.POST,
        "pinterest",
        (
            column("post_id", "Pin ID"),
            _LINK,
            column("caption", "Pin title|Title|Description"),
            column("published_at", "Created date|Pin created date"),
            sign("Content Type"),
            sign("Board name"),
            sign("Source"),
            sign("Canonical"),
            sign("Pin clicks"),
            *_METRICS,
        ),
        needs=("post_id|url", "metric"),
        signs=1,
        lasting=False,
        span=_span,
    ),
    Layout(
        "pinterest",
        "account by day",
        Grain.DAY,
        "pinterest",
        (_DAY, *_METRICS, sign("Pin clicks"), sign("Engagements|Engagement")),
        needs=(DAY, "metric"),
        hints=("pinterest", "claimed accounts"),
        weak=True,
    ),
    Layout(
        "pinterest",
        "boards",
        Grain.ASIDE,
        "pinterest",
        (
            sign("Pinterest Link|Board link|Board"),
            sign("Engagement|Engagements"),
            sign("Pin clicks"),
            sign("Outbound clicks"),
            sign("Saves"),
        ),
        needs=(),
        signs=5,
        hints=("top boards",),
    ),
)
