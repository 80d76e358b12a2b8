"""How often a platform may be asked: units counted by bucket and window.

Windows are those of the wall clock, also where the answers are of a fixed instant:
clients wait by their own clocks.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tracker.stub.talk import Platform, Route, Standing, Trouble


@dataclass(slots=True)
class Limits:
    """quota: units a window for each platform instead of its own limit."""

    quota: int | None = None
    used: dict[tuple[str, str, int], int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def spend(self, platform: Platform, route: Route) -> Standing:
        """Count a call; Trouble `quota` when it is one too many."""
        limit = platform.limit if self.quota is None else self.quota
        reset = _reset(platform, time.time())
        key = (platform.name, route.bucket, reset)
        with self.lock:
            used = self.used.get(key, 0) + route.cost
            if used > limit:
                raise Trouble("quota", reset=reset)
            self.used[key] = used
        return Standing(limit, limit - used, reset, platform.window)


def soon(seconds: int = 30) -> int:
    """A reset some seconds from now, as seconds since 1970."""
    return int(time.time()) + seconds


def _reset(platform: Platform, now: float) -> int:
    """When the window ends, as seconds since 1970."""
    if platform.zone is None:
        return (int(now) // platform.window + 1) * platform.window
    day = datetime.fromtimestamp(now, ZoneInfo(platform.zone))
    tomorrow = (day + timedelta(days=1)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return int(tomorrow.timestamp())
