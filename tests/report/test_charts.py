"""Charts: valid specs, drawings that keep their figures, drawn only once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.errors import ReportError
from tracker.report import charts
from tracker.report.charts import parts
from tracker.report.gallery import Gallery
from tracker.words import Words

DAYS = list(range(14_365, 14_400))
TOTAL = {
    "first": DAYS[0],
    "end": DAYS[-1] + 30,
    "days": DAYS,
    "totals": [n * 150_613 for n in range(len(DAYS))],
    "gaps": [[14_380, 14_382]],
    "target": 5_021_337,
    "base": 0,
    "pace": {"mid": 9e6, "low": 8e6, "high": 1e7},
    "now": "Data as of 4 Jun",
    "aim": "Target 5.02M",
    "ahead": "9.0M at this pace",
    "last": "5.02M",
    "published": [[14_370, 900_000, "0.9M"]],
}
GAINS = {
    "first": DAYS[0],
    "end": DAYS[-1],
    "days": DAYS,
    "gains": [*([1000] * 34), -500],
    "kinds": [*(["gain"] * 34), "fall"],
    "mean": [None, *([1000.5] * 34)],
    "gaps": [[14_380, 14_382]],
    "dues": [[14_390, "Travel <&>"]],
    "fall": [DAYS[-1], -500, "−500, taken back"],
    "many": [14_383, 1000, "4 days in one reading"],
}
VALUES = {
    "total": TOTAL,
    "gains": GAINS,
    "small": {k: TOTAL[k] for k in ("first", "end", "days", "totals", "target")},
    "scatter": {
        "audience": [10, 2000, 70_000],
        "result": [1.5, 20, 300],
        "names": [[10, 1.5, "Ada"]],
        "title": ["Followers", "Views per post"],
    },
    "survey": {
        "waves": [
            ["March", "n = 1,000", 11.8, 9.9, 13.9, "11.8%"],
            ["autumn", "n not known", 37.0, None, None, "37%"],
        ]
    },
    "conflict": {
        "claims": [["Leads", 1.0, "50k", True], ["Leads", 2.64, "132k", False]]
    },
}


@pytest.mark.parametrize("kind", sorted(VALUES))
@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_chart_is_a_valid_spec_and_holds_no_colour(
    kind: str, language: str
) -> None:
    svg = charts.draw(kind, "narrow", language, VALUES[kind], check=True)
    assert svg.startswith('<svg class="plot" viewBox=') and svg.endswith("</svg>")
    assert "#" not in svg.replace("url(#", "").replace('href="#', "")
    assert 'style="' not in svg and "font-family" not in svg


def test_figures_in_labels_are_never_shortened() -> None:
    raw = (
        '<svg viewBox="0 0 10 10"><g transform="translate(1.23456,2)">'
        '<text x="1.5678">5.0213 M</text></g></svg>'
    )
    made = charts.cleaned(raw, "x")
    assert "5.0213 M" in made and 'x="1.6"' in made and "translate(1.2,2)" in made


def test_labels_are_escaped() -> None:
    svg = charts.draw("gains", "wide", "en", GAINS)
    assert "Travel &lt;&amp;&gt;" in svg


def test_an_empty_drawing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The renderer only prints its errors."""
    monkeypatch.setattr(charts.vl_convert, "vegalite_to_svg", lambda *_, **__: "<svg/>")
    with pytest.raises(ReportError, match="empty drawing"):
        charts.draw("small", "small", "en", VALUES["small"])


def test_a_chart_is_drawn_once(tmp_path: Path) -> None:
    words = Words("en")
    with Gallery(tmp_path) as gallery:
        first = gallery.svg(gallery.small(words, VALUES["small"]).wide)
        assert gallery.drawn == 1
    with Gallery(tmp_path) as again:
        assert again.svg(again.small(words, VALUES["small"]).wide) == first
        assert again.drawn == 0
        again.small(Words("fr"), VALUES["small"])
        assert again.drawn == 1


def test_a_drawing_that_was_cut_off_is_drawn_again(tmp_path: Path) -> None:
    with Gallery(tmp_path) as gallery:
        key = gallery.small(Words("en"), VALUES["small"]).wide
        whole = gallery.svg(key)
    (tmp_path / f"{key}.svg").write_text(whole[:100])
    with Gallery(tmp_path) as gallery:
        assert gallery.svg(gallery.small(Words("en"), VALUES["small"]).wide) == whole


def test_old_drawings_are_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.report.gallery.KEPT", 2)
    for n in range(5):
        (tmp_path / f"{n}.svg").write_text("<svg></svg>")
    with Gallery(tmp_path):
        pass
    assert len(list(tmp_path.iterdir())) == 2


def test_month_starts_are_days_that_begin_a_month() -> None:
    assert parts.month_starts(0, 60) == [0, 31, 59]
    assert parts.month_starts(3, 10) == [3]
