"""What a scheme is: who signed, and what is said. Both are pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.model import METRICS
from tracker.sources.items import Item
from tracker.sources.signing import Sealed


@dataclass(frozen=True, slots=True)
class Told:
    """A delivery to be understood: its JSON, kept headers, when it was told (ms)."""

    value: Any
    headers: Mapping[str, str]
    at: int


#: What a delivery says, in the order of its text; None: something that counts nothing.
Reader = Callable[[Told], Iterator[Item | None]]
#: The answer to a handshake (media type and body) or None. Query, secrets, tokens.
Greeter = Callable[
    [Mapping[str, str], Sequence[bytes], Sequence[bytes]], tuple[str, str] | None
]


def text_key(secret: str) -> bytes:
    """A secret is the text itself."""
    return secret.encode("utf-8")


@dataclass(frozen=True, slots=True)
class Scheme:
    """verify: the delivery's id or DeliveryError. key: the bytes a secret stands for;
    ValueError when it stands for none. headers: those that `read` needs; time: the
    one with the signed time in seconds, which is when its readings were taken.

    platform: whose posts it tells of; metrics: those it can give.
    """

    verify: Callable[[Sealed], str]
    read: Reader
    key: Callable[[str], bytes] = text_key
    greet: Greeter | None = None
    headers: tuple[str, ...] = ()
    time: str | None = None
    platform: str | None = None
    metrics: tuple[str, ...] = ()


# -- looking into what others wrote ---------------------------------------------------


def inside(value: Any, *names: str) -> Any:
    """What stands under these names, one in the other; None when anything lacks."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def each(value: Any, *names: str) -> list[dict[str, Any]]:
    """The objects of a list under these names."""
    found = inside(value, *names)
    return [one for one in found if isinstance(one, dict)] if _is_list(found) else []


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def text(value: Any, *names: str) -> str | None:
    """A text, or a whole number as text."""
    found = inside(value, *names)
    if isinstance(found, bool) or not isinstance(found, str | int):
        return None
    return str(found) or None


def seconds(value: Any, *names: str) -> int | None:
    """Seconds or milliseconds since 1970 as ms; None: neither.

    Platforms use both, and not always the same; 10^11 seconds are the year 5138.
    """
    found = text(value, *names)
    if found is None or len(found) > 13:
        return None
    if not (found.isascii() and found.isdigit()):  # "²" is a digit, and no number
        return None
    number = int(found)
    return number * 1000 if number < 10**11 else number


def known(**values: Any) -> dict[str, Any]:
    """The values that are there."""
    return {name: value for name, value in values.items() if value is not None}


def counted(value: Any, names: Mapping[str, str]) -> dict[str, Any]:
    """Metrics from a platform's own names; one below zero is hidden, so unknown."""
    found = {}
    for metric, name in names.items():
        count = inside(value, name)
        if isinstance(count, int | str) and not isinstance(count, bool):
            hidden = isinstance(count, int) and count < 0
            found[metric] = None if hidden else count
    return found


def metrics(*given: str) -> tuple[str, ...]:
    """Metrics in the order of the model."""
    return tuple(name for name in METRICS if name in given)
