"""Five fields of a cron line, checked without the scheduler that will read them."""

from __future__ import annotations

import re

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
DAYS = "sun mon tue wed thu fri sat".split()
FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of month", 1, 31, {}),
    ("month", 1, 12, {name: at for at, name in enumerate(MONTHS, 1)}),
    ("day of week", 0, 7, {name: at for at, name in enumerate(DAYS)}),
)
PART = re.compile(r"(?:\*|(\w+)(?:-(\w+))?)(?:/(\d+))?")


def check_cron(value: object) -> str:
    """The line itself; ValueError says which field is wrong."""
    if not isinstance(value, str):
        raise ValueError('should be five fields as text: "5 * * * *"')
    parts = value.split()
    if len(parts) != len(FIELDS):
        raise ValueError(
            f'"{value}" has {len(parts)} fields, should have five: '
            "minute, hour, day of month, month, day of week"
        )
    for part, (name, low, high, names) in zip(parts, FIELDS, strict=True):
        for item in part.split(","):
            if not _fits(item.lower(), low, high, names):
                raise ValueError(f'"{item}" is no {name}; it goes from {low} to {high}')
    return " ".join(parts)


def _fits(item: str, low: int, high: int, names: dict[str, int]) -> bool:
    found = PART.fullmatch(item)
    if not found:
        return False
    first, last, step = found.groups()
    if step is not None and not 1 <= int(step) <= high:
        return False
    ends = [_value(word, names) for word in (first, last) if word is not None]
    return ends == sorted(ends) and all(low <= end <= high for end in ends)


def _value(word: str, names: dict[str, int]) -> int:
    """The number of a word; -1 when it is none."""
    return int(word) if word.isascii() and word.isdigit() else names.get(word, -1)
