"""Alerts of readings look again only where a campaign changed, and miss nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from archiving import fill, row
from plain import keep

from tracker import anomalies, app
from tracker.anomalies import Memory
from tracker.app import Tracker


@pytest.fixture
def tracker(each_workspace: Path) -> Tracker:
    """Two campaigns, a post of both, and one of none; views fall in each month."""
    opened = app.open_tracker(each_workspace)
    fill(opened.database)
    return opened


def looked(
    memory: Memory, tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> list[str | None]:
    """Which campaigns are read when it is asked; what it answers is all there is."""
    asked: list[str | None] = []
    read = anomalies.store.readings

    def seen(database: object, campaign: str | None) -> object:
        asked.append(campaign)
        return read(database, campaign)

    with monkeypatch.context() as patch:
        patch.setattr(anomalies.store, "readings", seen)
        found = {one.id: one for one in memory.findings(tracker)}
    assert found == {one.id: one for one in anomalies.findings(tracker, 0)}
    assert found
    return asked


def test_only_what_changed_is_looked_at_again(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = Memory()
    assert looked(memory, tracker, monkeypatch) == ["one", "two", None]
    assert looked(memory, tracker, monkeypatch) == []
    keep(tracker.database, [row("a0", "2026-05-02", views=3)], now=2)
    assert looked(memory, tracker, monkeypatch) == ["one"]
    keep(tracker.database, [row("d0", "2026-05-02", views=3)], now=3)
    assert looked(memory, tracker, monkeypatch) == [None]
    # a post moves: what was found of it is told of the other campaign now
    said = row("a0", "2026-05-03", views=4) | {"caption": "#two"}
    keep(tracker.database, [said], now=4)
    assert looked(memory, tracker, monkeypatch) == ["one", "two"]


def test_after_a_start_all_are_looked_at_once(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked(Memory(), tracker, monkeypatch)
    assert looked(Memory(), tracker, monkeypatch) == ["one", "two", None]
