"""The Graph API's field syntax: `id,media.limit(3){insights.metric(views)}`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tracker.stub.pages import parts
from tracker.stub.talk import Trouble

_NAME = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Wish:
    """A field, the fields below it, and what stands in its brackets."""

    name: str
    below: tuple[Wish, ...] = ()
    options: dict[str, str] = field(default_factory=dict)


def read(text: str) -> tuple[Wish, ...]:
    """Fields from their text; Trouble where it makes no sense."""
    return tuple(_wish(part) for part in parts(text) if part)


def _wish(text: str) -> Wish:
    found = _NAME.match(text)
    if found is None:
        raise _syntax(text)
    name, rest = found[0], text[found.end() :]
    options: dict[str, str] = {}
    while rest.startswith("."):
        key, inside, rest = _option(rest)
        options[key] = inside
    if not rest:
        return Wish(name, (), options)
    if not (rest.startswith("{") and rest.endswith("}")):
        raise _syntax(rest)
    return Wish(name, read(rest[1:-1]), options)


def _option(text: str) -> tuple[str, str, str]:
    """`.limit(3)...` as its name, what is inside, and what follows."""
    found = re.match(r"\.(\w+)\(", text)
    end = text.find(")")
    if found is None or end < 0:
        raise _syntax(text)
    return found[1], text[found.end() : end], text[end + 1 :]


def _syntax(text: str) -> Trouble:
    said = f'Syntax error "Expected end of string instead of "{text[:1]}"."'
    return Trouble("value", "fields", f"(#2500) {said}")
