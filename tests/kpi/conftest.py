"""The campaign that KPIs are asked of."""

from __future__ import annotations

from pathlib import Path

import pytest
from gathered import gather
from support import Run


@pytest.fixture
def home(workspace: Path, invoke: Run) -> Path:
    """A workspace with it, as campaign `c`."""
    gather(workspace, invoke)
    return workspace
