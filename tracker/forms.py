"""A table of TOML as a form: each field is asked for once, all faults are collected.

Fields are taken by name and checked; at the end `finish` refuses what nobody
asked for and names the nearest field. No field raises: a faulty one is noted in
the list of problems, each beginning with the path of its key, and its default is
answered, so that one reading of a file finds everything that is wrong with it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tracker.errors import ConfigError, nearest

T = TypeVar("T")

#: What a person still has to fill in; kept as it is where a form allows it.
OPEN = "?"
UNITS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
KINDS = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number with a point",
    list: "a list",
    dict: "a table",
}


def read_toml(path: Path, code: str = "CONFIG") -> dict[str, Any]:
    """The file's tables; ConfigError with the line when it is no TOML."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        cause = (error.strerror or "cannot be read").lower()
        name = path.name or str(path)
        raise ConfigError(code, name, cause, "Nothing was done") from error
    except UnicodeDecodeError as error:
        cause = f"byte {error.start} is not UTF-8"
        raise ConfigError(
            code, path.name, cause, "Nothing was done", "Save it as UTF-8"
        ) from error
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        subject = f"{path.name}:{place[1]}" if place else path.name
        raise ConfigError(
            code, subject, f"this is no TOML: {error}", "Nothing was done", "Mend it"
        ) from error


class Form:
    """One table: its values, the path of its keys, and the shared list of problems."""

    def __init__(
        self,
        values: Any,
        path: str = "",
        problems: list[str] | None = None,
        *,
        may_be_open: bool = False,
    ) -> None:
        self.path = path
        self.problems: list[str] = [] if problems is None else problems
        self.may_be_open = may_be_open
        self.asked: set[str] = set()
        self.values: dict[str, Any] = {}
        if isinstance(values, dict):
            self.values = values
        else:
            self.problems.append(f"{path}: is {_kind(values)}, should be a table")

    def at(self, key: str) -> str:
        """The path of a key of this table."""
        return f"{self.path}.{key}" if self.path else key

    def fault(self, key: str, said: str) -> None:
        """Notes that something is wrong with a key."""
        self.problems.append(f"{self.at(key)}: {said}")

    def has(self, key: str) -> bool:
        return key in self.values

    def take(self, key: str) -> Any:
        """The value as it stands; None when there is none."""
        self.asked.add(key)
        return self.values.get(key)

    def field(self, key: str, check: Callable[[Any], T], default: T) -> T:
        """The value as `check` reads it; a ValueError of it is a problem."""
        value = self.take(key)
        if value is None or (self.may_be_open and value in (OPEN, [OPEN])):
            return default
        try:
            return check(value)
        except ValueError as fault:
            self.fault(key, str(fault))
            return default

    def need(self, key: str) -> None:
        """Notes a key that has to be there and is not."""
        if not self.has(key):
            self.fault(key, "is missing")

    def table(self, key: str) -> Form:
        """The form of a table below this one; an empty one when it is not there."""
        value = self.take(key)
        return self._below(key, {} if value is None else value)

    def tables(self, key: str) -> Iterator[Form]:
        """The forms of an array of tables."""
        value = self.take(key)
        if value is None:
            return
        if not isinstance(value, list):
            self.fault(key, f"is {_kind(value)}; write [[{self.at(key)}]]")
            return
        for number, item in enumerate(value):
            yield self._below(f"{key}[{number}]", item)

    def _below(self, key: str, value: Any) -> Form:
        return Form(value, self.at(key), self.problems, may_be_open=self.may_be_open)

    def allow(self, *keys: str) -> None:
        """Fields that are known here and read elsewhere."""
        self.asked.update(keys)

    def finish(self, *more: str) -> None:
        """Refuses the fields that nobody asked for; `more` are known besides."""
        known = self.asked | set(more)
        for key in self.values.keys() - known:
            self.fault(key, f"is not known here. {nearest(key, known)}".rstrip())

    def unique(self, key: str, seen: set[str]) -> None:
        """Notes a value that another table of this file has already."""
        value = self.values.get(key)
        if isinstance(value, str):
            if value in seen:
                self.fault(key, f'"{value}" stands twice')
            seen.add(value)


def refuse(problems: Iterable[str], code: str, subject: str, now: str) -> None:
    """Raises ConfigError with all problems, if there are any."""
    found = tuple(dict.fromkeys(problems))
    if found:
        count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
        raise ConfigError(
            code, subject, count, now, "Mend the lines below", problems=found
        )


# -- what a value must be: each answers the value, or raises ValueError ---------------


def _kind(value: Any) -> str:
    return KINDS.get(type(value), "a date or time")


def text(value: Any) -> str:
    """Some text, not empty."""
    if not isinstance(value, str):
        raise ValueError(f'is {_kind(value)}, should be text: "..."')
    if not value.strip():
        raise ValueError("is empty")
    return value


def texts(value: Any) -> tuple[str, ...]:
    """A list of texts."""
    if not isinstance(value, list):
        raise ValueError(f'is {_kind(value)}, should be a list: ["..."]')
    return tuple(text(item) for item in value)


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"is {_kind(value)}, should be true or false")
    return value


def count(value: Any) -> int:
    """A whole number from 0."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"is {_kind(value)}, should be a whole number")
    if value < 0:
        raise ValueError("is less than 0")
    return value


def number(value: Any) -> int | float | str:
    """A number, or its digits as text."""
    if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if value != value or value in (float("inf"), float("-inf")):
            raise ValueError("is not a finite number")
        return value
    raise ValueError(f"is {_kind(value)}, should be a number")


def money(value: Any) -> str:
    """An amount as text; never a float, whose last digits are not what was written."""
    if isinstance(value, float):
        raise ValueError(f'{value} is inexact; write the amount as text: "{value:.2f}"')
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and re.fullmatch(r"\d{1,15}(\.\d{1,3})?", value):
        return value
    raise ValueError('is no amount; write "1000.00" or whole units')


def one_of(*names: str) -> Callable[[Any], str]:
    """One of these words."""

    def check(value: Any) -> str:
        name = text(value)
        if name not in names:
            raise ValueError(f'"{name}" is not known. {nearest(name, names)}')
        return name

    return check


def day(value: Any) -> date:
    """A date without a time."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f'"{value}" is no date; write 2026-01-31') from None
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError(f"is {_kind(value)}, should be a date: 2026-01-31")
    return value


def duration(value: Any) -> int:
    """Milliseconds of `15m`; at least one second."""
    found = (
        re.fullmatch(r"(\d{1,9})\s*([smhd])", value) if isinstance(value, str) else None
    )
    if not found:
        raise ValueError(f"{_shown(value)} is no duration; write 1s, 15m, 6h or 1d")
    ms = int(found[1]) * UNITS[found[2]]
    if not 1000 <= ms <= 366 * UNITS["d"] * 10:
        raise ValueError(f"{_shown(value)} is not between 1s and 3660d")
    return ms


def time_zone(value: Any) -> str:
    """A name of the time zone database."""
    name = text(value)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'time zone "{name}" is unknown. {_near_zone(name)}') from None
    return name


def _near_zone(name: str) -> str:
    from zoneinfo import available_timezones

    zones = {zone.casefold(): zone for zone in available_timezones()}
    exact = zones.get(name.casefold().replace(" ", "_"))
    if exact:
        return f'Did you mean "{exact}"?'
    hint = nearest(name, zones.values())
    return hint if hint.startswith("Did") else "Write it as in Europe/Paris"


def language(value: Any) -> str:
    return one_of("en", "fr")(value)


def currency(value: Any) -> str:
    """A code of three capital letters."""
    if isinstance(value, str) and re.fullmatch(r"[A-Z]{3}", value):
        return value
    raise ValueError(f'{_shown(value)} is no currency code; write "EUR" or "USD"')


def slug(value: Any) -> str:
    """A name fit for addresses and folders."""
    name = text(value)
    if re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", name):
        return name
    made = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:63]
    hint = f' Did you mean "{made}"?' if made else ""
    raise ValueError(
        f'"{name}" is no id: small letters, digits and "-", 63 at most.{hint}'
    )


def _shown(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
