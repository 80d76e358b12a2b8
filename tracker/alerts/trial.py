"""What an alert would have done: its messages over history. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from tracker.rules import Alert


@dataclass(frozen=True, slots=True)
class Trial:
    """would_fire: findings. first, last: instants of the earliest and the latest,
    as they are dated. held: how many of them cool-down or quiet hours would have held
    back; messages: how many would have gone to each address."""

    name: str
    would_fire: int
    first: int | None
    last: int | None
    held: int
    messages: int


def trial(alert: Alert, found: Iterable[tuple[int, int, ZoneInfo]]) -> Trial:
    """found: when each is dated, when it can be told, and the zone it is told in."""
    seen = sorted(found, key=lambda one: one[1])
    dated = [at for at, _, _ in seen]
    held = messages = 0
    goes: int | None = None
    for _, ready, zone in seen:
        if goes is None or ready > goes:
            goes = _release(alert, ready, goes, zone)
            messages += 1
        held += ready < goes
    first, last = min(dated, default=None), max(dated, default=None)
    return Trial(alert.name, len(seen), first, last, held, messages)


def _release(alert: Alert, ready: int, before: int | None, zone: ZoneInfo) -> int:
    """When a message goes out that could be told now, after the one before."""
    rested = ready if before is None else max(ready, before + alert.cooldown)
    return alert.quiet.until(rested, zone) if alert.quiet else rested
