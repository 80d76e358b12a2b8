"""When a source should run: pure arithmetic on instants.

A slot is an instant, in UTC. Every rule here keeps slots strictly increasing:
interval slots are multiples of the interval since 1970; cron slots are local
times of a zone, where a time that a clock change skips runs at the first instant
after it, one that it repeats runs the first time only, and a day that does not
exist at all has no slot.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from tracker.model import DAY, day_number, local_day, moment, number_day

#: The longest wait a cron line can ask for: from one 29 February to the next one
#: on a given weekday, over a century without a leap year. In days.
HORIZON = 41 * 366


@dataclass(frozen=True)
class Every:
    """Each `interval` milliseconds, counted from 1970."""

    interval: int

    def __post_init__(self) -> None:
        if self.interval < 1:
            raise ValueError("an interval is at least a millisecond")

    def next(self, after: int) -> int:
        return (after // self.interval + 1) * self.interval

    def last(self, now: int) -> int:
        return now // self.interval * self.interval

    def between(self, after: int, until: int) -> int:
        return until // self.interval - after // self.interval


@dataclass(frozen=True)
class Cron:
    """A cron line in a time zone; made by `tracker.cron.cron`.

    weekdays count from Sunday as 0. Where both days of the month and weekdays are
    restricted, either is enough, as in every cron.
    """

    text: str
    zone: ZoneInfo
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool

    @cached_property
    def _times(self) -> tuple[int, ...]:
        """Milliseconds since local midnight, in order."""
        return tuple(
            sorted((h * 60 + m) * 60_000 for h in self.hours for m in self.minutes)
        )

    def next(self, after: int) -> int:
        start = day_number(local_day(after, self.zone)) - 1
        for number in range(start, start + HORIZON):
            for slot in self._of(number):
                if slot > after:
                    return slot
        raise ValueError(f"{self.text} never comes")

    def last(self, now: int) -> int:
        start = day_number(local_day(now, self.zone)) + 1
        for number in range(start, start - HORIZON, -1):
            slots = self._of(number)
            if slots and slots[0] <= now:
                return slots[bisect_right(slots, now) - 1]
        raise ValueError(f"{self.text} never comes")

    def between(self, after: int, until: int) -> int:
        first = day_number(local_day(after, self.zone)) - 1
        last = day_number(local_day(until, self.zone)) + 1
        return sum(
            bisect_right(slots, until) - bisect_right(slots, after)
            for slots in map(self._of, range(first, last + 1))
        )

    def _of(self, number: int) -> tuple[int, ...]:
        """The slots of a local day, in order."""
        if not self.fits(number_day(number)):
            return ()
        return _instants(number, self._times, self.zone)

    def fits(self, day: date) -> bool:
        """Does the line ask for this day?"""
        if day.month not in self.months:
            return False
        in_month = day.day in self.days
        in_week = day.isoweekday() % 7 in self.weekdays
        return in_month or in_week if self.either else in_month and in_week


Schedule = Every | Cron


def next_slot(schedule: Schedule, after: int) -> int:
    """The first slot after an instant."""
    return schedule.next(after)


def last_slot(schedule: Schedule, now: int) -> int:
    """The latest slot that is not after `now`."""
    return schedule.last(now)


def due(schedule: Schedule, last: int, now: int) -> tuple[int, int] | None:
    """The slot that should run now, and how many missed ones it stands for.

    last: the slot that ran last, or the instant from which on slots count. Slots
    missed since are merged into the latest. None: nothing is due.
    """
    if last >= now:
        return None
    missed = schedule.between(last, now)
    return (schedule.last(now), missed - 1) if missed else None


# -- local days -----------------------------------------------------------------


@lru_cache(maxsize=4096)
def _instants(number: int, times: tuple[int, ...], zone: ZoneInfo) -> tuple[int, ...]:
    """The instants of local times of a day; none when the day does not exist."""
    day = number_day(number)
    start, end = _offset(day, 0, zone), _offset(day, DAY, zone)
    if start == end and _plain(day, zone):
        return tuple(number * DAY + at - start for at in times)
    if not _exists(day, zone):
        return ()
    found = {_instant(day, at, zone) for at in times}
    return tuple(sorted(found))


def _local(day: date, at: int) -> datetime:
    """A local time that says nothing of its zone yet."""
    return datetime.combine(day, time()) + timedelta(milliseconds=at)


def _offset(day: date, at: int, zone: ZoneInfo) -> int:
    """The zone's offset at a local time in ms, as it was before any change then."""
    offset = _local(day, at).replace(tzinfo=zone).utcoffset()
    assert offset is not None
    return offset // timedelta(milliseconds=1)


def _plain(day: date, zone: ZoneInfo) -> bool:
    """Does no clock change touch the day? Looked at each hour: two changes within
    a day that cancel out have been known."""
    offsets = {_offset(day, hour * 3_600_000, zone) for hour in range(25)}
    late = datetime(day.year, day.month, day.day, tzinfo=zone, fold=1)
    return len(offsets) == 1 and late.utcoffset() == late.replace(fold=0).utcoffset()


def _exists(day: date, zone: ZoneInfo) -> bool:
    """Is there any instant of this day? Apia had no 30 December 2011."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
    return noon.astimezone(UTC).astimezone(zone).date() == day


def _instant(day: date, at: int, zone: ZoneInfo) -> int:
    local = _local(day, at)
    before = local.replace(tzinfo=zone, fold=0)
    instant = _ms(before)
    if moment(instant).astimezone(zone).replace(tzinfo=None) == local:
        return instant
    return _change(_ms(local.replace(tzinfo=zone, fold=1)), instant, zone)


def _change(low: int, high: int, zone: ZoneInfo) -> int:
    """The first second in (low, high] with another offset than at `low`."""
    old = moment(low).astimezone(zone).utcoffset()
    low, high = low // 1000, high // 1000
    while high - low > 1:
        middle = (low + high) // 2
        if moment(middle * 1000).astimezone(zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return high * 1000


def _ms(aware: datetime) -> int:
    return (aware.astimezone(UTC) - moment(0)) // timedelta(milliseconds=1)
