"""How often each source of a workspace should run, and which one is late."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from tracker import slots
from tracker.cron import cron
from tracker.settings import Settings, SourceSettings
from tracker.slots import Every, Schedule

#: A drop folder without a schedule is looked at so often, in ms.
WATCH = Every(2_000)
#: A source that is asked over the network and has no schedule.
USUAL = Every(3_600_000)
#: So much later than expected a run is late: a look and a short run fit in, in ms.
GRACE = 60_000


@dataclass(frozen=True, slots=True)
class Timing:
    """schedule: None when the source is never looked at by itself.

    path: the place to watch; then the source runs only when something changed
    there, and cannot be late.
    """

    schedule: Schedule | None
    path: str | None = None


def timing(settings: Settings, block: SourceSettings) -> Timing:
    """When a source runs: as its block says, else as suits its kind."""
    if block.every is not None:
        return Timing(Every(block.every))
    if block.cron is not None:
        zone = block.options.get("timezone") or settings.timezone
        return Timing(cron(block.cron, ZoneInfo(str(zone))))
    if isinstance(path := block.options.get("path"), str):
        return Timing(WATCH, path)
    return Timing(None if block.kind == "webhook" else USUAL)


def expected(timing: Timing, since: int | None) -> int | None:
    """When the next run is expected, after the last one or the first sight."""
    if timing.schedule is None or timing.path is not None or since is None:
        return None
    return slots.next_slot(timing.schedule, since)


def lateness(timing: Timing, since: int | None, now: int) -> int:
    """By how many ms a source is late; 0 when it is not."""
    due = expected(timing, since)
    return now - due if due is not None and now > due + GRACE else 0
