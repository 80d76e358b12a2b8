"""Cron lines: five fields as text become a schedule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import count, takewhile
from zoneinfo import ZoneInfo

from tracker.errors import ConfigError, nearest
from tracker.model import day_number, number_day
from tracker.slots import Cron

ALIASES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
MONTHS = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
#: Name, first and last value, and names of values of each field of a cron line.
FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, {name: at for at, name in enumerate(MONTHS, 1)}),
    ("day of the week", 0, 7, {name: at for at, name in enumerate(WEEKDAYS)}),
)
PART = re.compile(r"(\*|[a-z]{3}|\d{1,2})(?:-([a-z]{3}|\d{1,2}))?(?:/(\d{1,2}))?")


def cron(text: str, zone: ZoneInfo) -> Cron:
    """The schedule of a cron line of five fields, or one of `@daily` and the like.

    Raises ConfigError when it cannot be read or never comes.
    """
    line = ALIASES.get(text.strip().lower(), text.strip().lower())
    given = line.split()
    if len(given) != len(FIELDS):
        hint = nearest(line, ALIASES) if line.startswith("@") else ""
        raise _bad(text, f"it has {len(given)} fields and needs 5", hint)
    values = [
        _values(text, part, *field) for part, field in zip(given, FIELDS, strict=True)
    ]
    minutes, hours, days, months, weekdays = values
    made = Cron(
        text.strip(),
        zone,
        minutes,
        hours,
        days,
        months,
        frozenset(day % 7 for day in weekdays),
        not given[2].startswith("*") and not given[4].startswith("*"),
    )
    if not any(map(made.fits, _days())):
        raise _bad(text, "that day never comes")
    return made


def check_cron(value: object) -> str:
    """The line itself; ValueError says what is wrong with it."""
    if not isinstance(value, str):
        raise ValueError('should be five fields as text: "5 * * * *"')
    try:
        return cron(value, ZoneInfo("UTC")).text
    except ConfigError as error:
        raise ValueError(error.cause) from None


def _days() -> Iterator[date]:
    """Every date a cron line can ask for: 28 years hold them all."""
    start = day_number(date(2000, 1, 1))
    return map(number_day, takewhile(lambda day: day < start + 28 * 366, count(start)))


def _values(
    text: str, given: str, name: str, first: int, last: int, names: dict[str, int]
) -> frozenset[int]:
    """The values that a field such as `1-5,*/15` stands for."""
    found: set[int] = set()
    for part in given.split(","):
        match = PART.fullmatch(part)
        if match is None:
            raise _bad(text, f'"{part}" is no {name}')
        low, high, step = match.groups()
        if low == "*":
            begin, end = first, last
        else:
            begin = _value(text, low, name, names)
            end = _value(text, high, name, names) if high else begin
            if step and not high:
                end = last
        if not first <= begin <= end <= last or step == "0" or (low == "*" and high):
            raise _bad(text, f'"{part}" is no {name} ({first} to {last})')
        found.update(range(begin, end + 1, int(step or 1)))
    return frozenset(found)


def _value(text: str, word: str, name: str, names: dict[str, int]) -> int:
    if word.isdigit():
        return int(word)
    if word not in names:
        raise _bad(text, f'"{word}" is no {name}')
    return names[word]


def _bad(text: str, cause: str, todo: str = "") -> ConfigError:
    todo = todo or 'Write five fields, such as "5 * * * *" for each hour at five past'
    return ConfigError("CRON", f'cron "{text}"', cause, "Not started", todo)
