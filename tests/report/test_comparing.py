"""Campaigns side by side: each with its coverage, nothing added."""

from __future__ import annotations

from pathlib import Path

import replayed
import spring
from support import Run

from tracker.catalogue import LACKING


def test_two_years_side_by_side(each_workspace: Path, invoke: Run) -> None:
    home = each_workspace
    replayed.begin(home, invoke)
    replayed.follow(home, invoke)
    found = spring.said(invoke, "compare", "next", "c")
    assert [one["id"] for one in found["campaigns"]] == ["next", "c"]
    assert [one["day"] for one in found["campaigns"]] == [5, 10]
    assert found["day"] == 5
    [views] = [row for row in found["totals"] if row["metric"] == "views"]
    assert views["values"] == [
        {"value": 40, "known": 1, "unknown": 1, "at_day": 40},
        {"value": 330, "known": 3, "unknown": 0, "at_day": 0},
    ]
    assert found["campaigns"][0]["curves"]["views"] == [0, 0, 7, 7, 40]
    assert found["campaigns"][1]["curves"]["views"][-1] == 330
    [aim] = [row for row in found["indicators"] if row["metric"] == "views"]
    assert [one["target"] for one in aim["values"]] == [1000, 5000]
    by_name = {row["name"]: row["values"] for row in found["kpis"]}
    assert by_name["cpv"][0]["value"] is None and by_name["cpv"][0]["reason"]
    assert [one["unit"] for one in by_name["cpv"]] == ["USD", "EUR"]
    text = spring.done(invoke, "compare", "next", "c")
    assert "1/2" in text and "views at day 5" in text
    LACKING["fr"].texts.clear()
    for language, said in (("en", "Views, at day 5"), ("fr", "Vues, au jour 5")):
        words = ("report", "--compare", "next,c", "--language", language)
        made = Path(spring.said(invoke, *words)["file"])
        assert made == home / "site" / "compare" / "next-c.html"
        page = made.read_text()
        assert said in page and "The year after" in page and page.count("<path") >= 4
        assert page.count('class="plot own compare"') == 2
    assert LACKING["fr"].texts == set()


def test_what_cannot_be_compared(workspace: Path, invoke: Run) -> None:
    replayed.begin(workspace, invoke)
    assert invoke("compare", "c").code == 2
    missing = invoke("compare", "c", "nothing")
    assert missing.code == 4 and 'no "nothing"' in missing.err
