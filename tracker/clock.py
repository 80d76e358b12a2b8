"""The clock of whoever collects: the machine's, or the instant that TRACKER_NOW names.

With TRACKER_NOW (ISO 8601, with a zone) a programme of the past is collected as if it
were then, for the demonstration and for trying things out: it decides who is enrolled,
which posts are due, and at which instant the answer of an API came. Leases, deliveries
and logs keep the machine's time.
"""

from __future__ import annotations

import os
import time
from datetime import datetime

from tracker.errors import ConfigError
from tracker.model import instant, is_day

VARIABLE = "TRACKER_NOW"


def pretended() -> int | None:
    """The instant that TRACKER_NOW names, if it does; ConfigError NOW_INVALID."""
    text = os.environ.get(VARIABLE)
    return _said(text) if text else None


def now() -> int:
    """Epoch milliseconds, never the mark of a day; ConfigError NOW_INVALID."""
    if (said := pretended()) is not None:
        return said
    ms = time.time_ns() // 1_000_000
    return ms - 1 if is_day(ms) else ms


def _said(text: str) -> int:
    try:
        return instant(datetime.fromisoformat(text))
    except ValueError:
        raise ConfigError(
            "NOW_INVALID",
            VARIABLE,
            f'"{text}" is no instant such as 2009-11-30T18:00:00Z',
            "Nothing was done",
            "Write it with its zone, or unset it",
        ) from None
