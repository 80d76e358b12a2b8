"""A programme with a few readings, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from backed import fill
from support import Run


@pytest.fixture
def spring(each_workspace: Path, invoke: Run) -> Run:
    return fill(each_workspace, invoke)
