"""The charts of the pages: Altair specs, one theme, SVG that follows the page.

This package and its libraries are imported only when a chart must be drawn
(gallery.py knows when). A file holds one chart; parts.py what they are made of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import vl_convert
from altair.utils import schemapi

from tracker.catalogue import THIN
from tracker.errors import ReportError
from tracker.formats import months as month_names
from tracker.report.charts.cleaning import cleaned
from tracker.report.charts.conflict import conflict
from tracker.report.charts.gains import gains
from tracker.report.charts.parts import INK2, INK3, LINE, filled
from tracker.report.charts.scatter import scatter
from tracker.report.charts.small import small
from tracker.report.charts.survey import survey
from tracker.report.charts.total import total

NUMBERS: dict[str, dict[str, Any]] = {
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["$", ""]},
    "fr": {"decimal": ",", "thousands": THIN, "grouping": [3], "currency": ["", ""]},
}
TEXT: dict[str, Any] = {
    "labelColor": INK2,
    "titleColor": INK2,
    "labelFontSize": 12,
    "titleFontSize": 12,
    "titleFontWeight": "normal",
}
CONFIG: dict[str, Any] = {
    "background": None,
    "padding": 2,
    "font": "Roboto, Arial, sans-serif",  # for measuring; the sheet sets the real one
    "aria": False,
    "view": {"stroke": None},
    "axis": {
        **TEXT,
        "gridColor": LINE,
        "domainColor": INK3,
        "tickColor": INK3,
        "labelPadding": 6,
        "tickSize": 4,
    },
    "axisY": {"domain": False, "ticks": False, "title": None, "tickCount": 5},
    "axisX": {"grid": False, "title": None},
    "text": {"fill": INK2, "fontSize": 12},
    "line": {"strokeCap": "round", "strokeJoin": "round"},
}
KINDS = {
    "total": total,
    "gains": gains,
    "small": small,
    "scatter": scatter,
    "conflict": conflict,
    "survey": survey,
}


def draw(
    kind: str,
    size: str,
    language: str,
    values: Mapping[str, Any],
    *,
    check: bool = False,
) -> str:
    """One chart as SVG. Raises ReportError when the renderer draws nothing.

    check: validate the spec against its schema, which costs more than drawing it.
    """
    with schemapi.debug_mode(check):
        spec = (
            KINDS[kind](values, size, language)
            .properties(autosize=alt.AutoSizeParams(type="fit", contains="padding"))
            .to_dict(validate=check)
        )
    spec = filled(spec)
    spec["config"] = CONFIG
    months = list(month_names(language))
    raw = vl_convert.vegalite_to_svg(
        spec,
        format_locale=NUMBERS[language],
        time_format_locale={
            "dateTime": "%d %b %Y",
            "date": "%d/%m/%Y",
            "time": "%H:%M",
            "periods": ["AM", "PM"],
            "days": ["d"] * 7,
            "shortDays": ["d"] * 7,
            "months": months,
            "shortMonths": months,
        },
    )
    if "<text" not in raw:  # the renderer prints its errors, and draws nothing
        raise ReportError(
            "CHART",
            f"chart {kind}",
            "the renderer gave an empty drawing",
            "The last pages stay",
            "Report this with the data of the page",
        )
    return cleaned(raw, f"{kind}-{size}")
