"""The statements themselves."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hard import MARKS, MOMENTS, ZONES, at
from support import ROOT

from tracker.store.engines import clock, statement
from tracker.store.engines.duckdb import Duck
from tracker.store.gains import days


def test_the_document_shows_the_statements_as_they_are():
    first, last = at("2026-01-01T00:00"), at("2026-06-30T00:00")
    step = clock.step(ZoneInfo("Europe/Paris"), first, last)
    metrics = statement.Metrics(("views",), ("likes",))
    shown = (ROOT / "docs" / "rollup.md").read_text("utf-8")
    told = statement.last(metrics, Duck.newest)
    for text in (statement.last(metrics), told, statement.by_day(metrics, step)):
        assert "".join(f"    {line}\n" for line in text.splitlines()) in shown


@pytest.mark.parametrize("name", [*ZONES, "UTC", "Pacific/Kiritimati", "Etc/GMT+12"])
def test_steps_say_the_days_that_all_sums_are_made_of(name):
    """At every change of clocks within 70 years, and at the ends of days around it."""
    import sqlite3

    zone = ZoneInfo(name)
    last = at("2040-01-01T00:00")
    starts, _ = clock.changes(zone, 0, last)
    around = np.array([0, 1, 36_000_000, 46_800_000, 50_400_000, 43_199_999])
    near = (np.array(starts)[:, None] + np.r_[around, -around]).ravel()
    some = np.unique(np.r_[near, MOMENTS, MARKS])
    some = some[(some >= 0) & (some <= last)]
    step = clock.step(zone, 0, last)
    sql = f"SELECT {statement.day('step')} FROM (SELECT {step} AS step FROM said)"
    with sqlite3.connect(":memory:") as link:
        link.execute("CREATE TABLE said (captured_at INTEGER)")
        link.executemany("INSERT INTO said VALUES (?)", [(int(n),) for n in some])
        found = [day for (day,) in link.execute(sql)]
    assert found == days(some, zone).tolist()
