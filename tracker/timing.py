"""How often each source of a workspace should run, and which one is late."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from tracker import slots
from tracker.cron import cron
from tracker.errors import ConfigError
from tracker.settings import Settings, SourceSettings
from tracker.slots import Every, Schedule
from tracker.sources.base import Asking, Pushed, Surroundings
from tracker.sources.registry import make

#: A drop folder without a schedule is looked at so often, in ms.
WATCH = Every(2_000)
#: The inbox of a source that is told, when nobody says that something came.
TOLD = Every(10_000)
#: A source that is asked over the network and has no schedule.
USUAL = Every(3_600_000)
#: So much later than expected a run is late: a look and a short run fit in, in ms.
GRACE = 60_000


@dataclass(frozen=True, slots=True)
class Timing:
    """schedule: None when the source is never looked at by itself.

    path: the place to watch; then the source runs only when something changed
    there, and cannot be late. told: it runs only when deliveries wait, and cannot
    be late either.
    """

    schedule: Schedule | None
    path: str | None = None
    told: bool = False


def timing(settings: Settings, block: SourceSettings) -> Timing:
    """When a source runs: as its block says, else as suits its kind."""
    if is_told(settings, block):
        return Timing(TOLD, told=True)
    if block.every is not None:
        return Timing(Every(block.every))
    if block.cron is not None:
        zone = block.options.get("timezone") or settings.timezone
        return Timing(cron(block.cron, ZoneInfo(str(zone))))
    if isinstance(path := block.options.get("path"), str):
        return Timing(WATCH, path)
    return Timing(USUAL)


def is_told(settings: Settings, block: SourceSettings) -> bool:
    """Is it one that deliveries are pushed to, and that need not be asked?"""
    around = Surroundings("", settings.timezone)
    if "path" in block.options:
        return False
    try:
        made = make(block.name, block.kind, block.options, around)
    except ConfigError:  # told when the settings were read
        return False
    return isinstance(made, Pushed) and not isinstance(made, Asking)


def expected(timing: Timing, since: int | None) -> int | None:
    """When the next run is expected, after the last one or the first sight."""
    watched = timing.path is not None or timing.told
    if timing.schedule is None or watched or since is None:
        return None
    return slots.next_slot(timing.schedule, since)


def lateness(timing: Timing, since: int | None, now: int) -> int:
    """By how many ms a source is late; 0 when it is not."""
    due = expected(timing, since)
    return now - due if due is not None and now > due + GRACE else 0
