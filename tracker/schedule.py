"""When to look: the only module that knows APScheduler (3.x).

Its jobs do nothing but say "look now", in memory, for this process. What is due,
claimed or done stands in the database, so a lost or doubled call does no harm.
The instants come from `slots`, because the library's own triggers count wrongly
over clock changes; missed calls become one, however late.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from tracker.model import moment
from tracker.slots import Schedule, next_slot


class Slots(BaseTrigger):  # type: ignore[misc]
    """Fires at each slot of a schedule."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule

    def get_next_fire_time(
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime:
        """The first slot after now, whatever was called before.

        Counting on from the last call would go through every missed slot, one by
        one: after a sleep of the machine or a jump of the clock, millions of them.
        """
        return moment(next_slot(self.schedule, _ms(now)))


class Timetable:
    """Calls back with a name at each slot of that name's schedule."""

    def __init__(self, look: Callable[[str], None]) -> None:
        self._look = look
        self._set: dict[str, Schedule] = {}
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(2)},
            timezone="UTC",
            job_defaults={
                "coalesce": True,
                "misfire_grace_time": None,  # however late, it is not dropped
                "max_instances": 1,
            },
        )

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        """No further calls; does not wait for one that is under way."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def set(self, schedules: Mapping[str, Schedule]) -> None:
        """These names and no others from now on; unchanged ones go on."""
        for name in self._set.keys() - schedules.keys():
            self._scheduler.remove_job(name)
        for name, schedule in schedules.items():
            if self._set.get(name) != schedule:
                self._add(name, schedule)
        self._set = dict(schedules)

    def reset(self) -> None:
        """The clock was set: count each next call from now."""
        for name, schedule in self._set.items():
            self._add(name, schedule)

    def next(self) -> dict[str, int]:
        """When each name is called next, in ms."""
        jobs: list[Any] = self._scheduler.get_jobs()
        return {job.id: _ms(job.next_run_time) for job in jobs if job.next_run_time}

    def _add(self, name: str, schedule: Schedule) -> None:
        self._scheduler.add_job(
            self._look, Slots(schedule), args=[name], id=name, replace_existing=True
        )


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
