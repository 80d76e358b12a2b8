"""Workspaces for tests of pages, made once: publishing does not change them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import making

from tracker.app import Tracker
from tracker.publish import publish


@pytest.fixture(scope="session")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Tracker:
    """A programme of twelve people and 300 posts."""
    return making.workspace(tmp_path_factory.mktemp("programme"))


@pytest.fixture(scope="session")
def pages(programme: Tracker) -> Path:
    """Its pages."""
    return publish(programme, now=1).folder
