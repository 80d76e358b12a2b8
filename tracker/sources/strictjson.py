"""Strict JSON of raw bytes: one meaning, or none.

UTF-8 without a byte-order mark, no NaN or Infinity, no name twice in an object, at
most 64 levels, nothing after the value. The parser of Python's library is told where
to be stricter; only what is refused is read again, to say where it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from tracker.errors import BodyError
from tracker.sources.values import visible

#: Levels of arrays and objects: far more than any platform sends.
DEEPEST = 64
#: Digits of the largest numbers that every reader of JSON holds (1.8e308).
MOST_DIGITS = 308
#: How much of a place is told.
MOST_TOLD = 200

_HALF = re.compile("[\ud800-\udfff]")
_ESCAPED_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
_PLAIN_NAME = re.compile(r"[A-Za-z_]\w{0,59}", re.ASCII)


class Written(str):
    """A number that is not written in plain digits (12.50, 1e3), as it was written.

    Never a float: money and counts stay exact.
    """

    __slots__ = ()


class _RefusedError(Exception):
    """Something refused while parsing; where it stands is found out afterwards."""


class _Pairs(list[tuple[str, Any]]):
    """An object whose names may repeat."""


class _Constant(str):
    """NaN or Infinity."""

    __slots__ = ()


def parse(body: bytes) -> Any:
    """The value of a body; numbers are int or Written.

    Half of a surrogate pair, as texts cut off inside an emoji have it, becomes U+FFFD,
    so that every text that comes out can be kept. Raises BodyError.
    """
    text = _decoded(body)
    try:
        value = _STRICT.decode(text)
    except (_RefusedError, RecursionError, ValueError):
        raise _explained(text) from None
    if body.count(b"[") + body.count(b"{") > DEEPEST and _too_deep(value):
        raise _deep()
    return _sound(value) if _ESCAPED_HALF.search(body) else value


def _decoded(body: bytes) -> str:
    if body.startswith(b"\xef\xbb\xbf"):
        raise BodyError("$", "a byte-order mark stands before the value")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BodyError("$", f"byte {error.start} is not UTF-8") from None


def _too_deep(value: Any) -> bool:
    """Is there a list or object inside of DEEPEST others? Level by level."""
    layer = [value]
    for _ in range(DEEPEST):
        layer = [
            inner
            for outer in layer
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return any(isinstance(inner, dict | list) for inner in layer)


def _deep() -> BodyError:
    return BodyError("$", f"deeper than {DEEPEST} levels")


# -- strict -------------------------------------------------------------------


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _RefusedError
    return made


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise _RefusedError
    return int(digits)


def _part(written: str) -> Written:
    if abs(float(written)) == float("inf"):
        raise _RefusedError
    return Written(written)


def _constant(_: str) -> NoReturn:
    raise _RefusedError


_STRICT = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_whole,
    parse_float=_part,
    parse_constant=_constant,
)


def _sound(value: Any) -> Any:
    """The same without halves of surrogate pairs."""
    if isinstance(value, Written | int) or value is None:
        return value
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [_sound(inner) for inner in value]
    made = {_sound(name): _sound(inner) for name, inner in value.items()}
    if len(made) < len(value):
        raise BodyError("$", "two names differ only in halves of signs")
    return made


# -- where it stands ----------------------------------------------------------

_LENIENT = json.JSONDecoder(
    object_pairs_hook=_Pairs,
    parse_int=Written,
    parse_float=Written,
    parse_constant=_Constant,
)


def _explained(text: str) -> BodyError:
    """The first thing that a text is refused for."""
    try:
        value = _LENIENT.decode(text)
    except json.JSONDecodeError as error:
        return BodyError("$", f"not JSON at character {error.pos}: {error.msg.lower()}")
    except RecursionError:
        return _deep()
    for place, why in _faults(value):
        return BodyError(place[:MOST_TOLD], why)
    return _deep()  # only the strict reading ran out of levels


def _faults(value: Any) -> Iterator[tuple[str, str]]:
    """Places and reasons in the order of the text, down to the deepest level."""
    waiting = [("$", 0, value)]
    while waiting:
        place, level, inner = waiting.pop()
        if isinstance(inner, _Constant):
            yield place, f"{inner} is no number of JSON"
        elif isinstance(inner, Written) and _fault_of(inner):
            yield place, "number out of range"
        elif level >= DEEPEST and isinstance(inner, list):
            yield "$", f"deeper than {DEEPEST} levels"
        else:
            inside = _inside(place, inner)
            yield from _repeated(inner, inside)
            waiting += [(at, level + 1, each) for at, each in reversed(inside)]


def _inside(place: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, _Pairs):
        return [(place + _step(name), inner) for name, inner in value]
    if isinstance(value, list):
        return [(f"{place}[{n}]", inner) for n, inner in enumerate(value)]
    return []


def _repeated(
    value: Any, inside: Sequence[tuple[str, Any]]
) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for (name, _), (place, _) in zip(
        value if isinstance(value, _Pairs) else (), inside, strict=False
    ):
        if name in seen:
            yield place, "the name stands twice"
        seen.add(name)


def _fault_of(written: str) -> bool:
    try:
        (_whole if written.lstrip("-").isdigit() else _part)(written)
    except _RefusedError:
        return True
    return False


def _step(name: str) -> str:
    if _PLAIN_NAME.fullmatch(name):
        return f".{name}"
    return f"[{visible(json.dumps(name[:60], ensure_ascii=True))}]"
