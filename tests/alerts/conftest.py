"""A campaign with ten days of views, and a receiver that alerts can reach."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alerting import make_campaign
from receiving import Receiver, receiving
from support import Run


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiving() as found:
        monkeypatch.setenv("ALERT_URL", found.address)
        yield found


@pytest.fixture
def campaign(invoke: Run, workspace: Path) -> Path:
    """The workspace with the campaign `walks` in UTC, in English."""
    return make_campaign(invoke, workspace)
