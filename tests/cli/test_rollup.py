"""tracker rollup: what totals says, by an engine, and where both differ."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from support import Run

ROWS = """platform,handle,post_id,captured_at,views,likes
youtube,anna,v1,2026-02-03T10:00:00Z,100,5
youtube,anna,v1,2026-02-04T10:00:00Z,90,
x,anna,t1,2026-03-04T11:00:00Z,40,2
"""


@pytest.fixture
def filled(workspace: Path, invoke: Run) -> Run:
    (workspace / "inbox" / "a.csv").write_text(ROWS)
    invoke("source", "add", "a", "--kind", "csv", "--path", "inbox/*.csv")
    assert invoke("ingest").code == 0
    assert invoke("archive", "run", "--before", "2026-03").code == 0
    return invoke


@pytest.mark.parametrize("by", [(), ("--by", "week"), ("--by", "post")])
def test_the_answer_is_that_of_totals(filled: Run, by: tuple[str, ...]) -> None:
    totals = filled("totals", *by, "--json")
    for engine in ((), ("--engine", "sqlite")):
        found = filled("rollup", *by, *engine, "--json")
        assert (found.code, found.out) == (0, totals.out)
    assert filled("rollup", *by).out == filled("totals", *by).out


def test_what_differs_is_named(filled: Run, workspace: Path) -> None:
    with sqlite3.connect(workspace / "tracker.db") as link:
        link.execute("UPDATE rollup SET views = views + 1 WHERE platform = 'x'")
    told = filled("rollup", "--by", "platform", "--check")
    assert told.code == 1
    assert "platform x: views.value 40, not 41" in told.out
    found = filled("rollup", "--by", "platform", "--check", "--json")
    assert (found.code, json.loads(found.out)["differences"][0]) == (
        1,
        {"key": {"platform": "x"}, "what": "views.value", "summed": 40, "kept": 41},
    )
    same = filled("rollup", "--by", "post", "--check")
    assert (same.code, "say the same" in same.out) == (0, True)


def test_what_cannot_be_asked_is_said(filled: Run) -> None:
    assert filled("rollup", "--engine", "postgresql").code == 3
    assert filled("rollup", "--master", "local[2]").code == 2
    assert filled("rollup", "--by", "mission").code == 2
    assert filled("rollup", "nobody").code == 4
