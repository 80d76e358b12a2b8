"""Workspaces with sources that are told."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import LIMITS, SECRETS, SOURCES, Serving, serving

from tracker.app import Tracker, open_tracker
from tracker.server.door import Door


@pytest.fixture
def hooked(workspace: Path) -> Path:
    """A workspace on SQLite with hooks for a shop and for Meta."""
    (workspace / "tracker.toml").write_text(SOURCES)
    return workspace


@pytest.fixture
def each_hooked(workspace: Path, database_url: str) -> Path:
    """The same on each database."""
    said = f'database = "{database_url}"\n{SOURCES}'
    (workspace / "tracker.toml").write_text(said)
    return workspace


@pytest.fixture
def door(hooked: Path) -> Iterator[Serving]:
    """`tracker serve` in a process of its own."""
    with serving(hooked) as running:
        yield running


@pytest.fixture
def opened(hooked: Path, monkeypatch: pytest.MonkeyPatch) -> Tracker:
    """The workspace, opened in this process."""
    for name, value in SECRETS.items():
        monkeypatch.setitem(os.environ, name, value)
    return open_tracker(hooked)


@pytest.fixture
def near(opened: Tracker) -> Iterator[Door]:
    """A door in this process, with short patience."""
    made = Door(opened, limits=LIMITS)
    made.open()
    yield made
    made.close()
