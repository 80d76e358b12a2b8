"""What is asked and answered, and what a platform is made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracker.stub.data import World


@dataclass(frozen=True, slots=True)
class Ask:
    """One request.

    path: without the query; query: in the order given, decoded; headers: names in
    lower case; places: what the variable parts of the path are; base: scheme, host
    and port that the client used, for addresses of further pages.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    places: Mapping[str, str] = field(default_factory=dict)
    base: str = ""

    def one(self, name: str, default: str = "") -> str:
        """The last value of a parameter."""
        values = [value for key, value in self.query if key == name]
        return values[-1] if values else default

    def many(self, name: str) -> list[str]:
        """The values of a parameter, whether repeated or joined by commas."""
        joined = ",".join(value for key, value in self.query if key == name)
        return [value.strip() for value in joined.split(",") if value.strip()]

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number within bounds; Trouble when it is another thing."""
        text = self.one(name, str(default))
        if not text.lstrip("-").isdecimal() or not least <= int(text) <= most:
            raise Trouble("value", name, f"must be between {least} and {most}")
        return int(text)

    @property
    def bearer(self) -> str:
        """The token of the Authorization header, or nothing."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    def sent(self) -> dict[str, Any]:
        """The JSON object of the body; Trouble when there is none."""
        try:
            found = json.loads(self.body or b"{}")
        except ValueError:
            raise Trouble("body", "", "the body is no JSON") from None
        if not isinstance(found, dict):
            raise Trouble("body", "", "the body is no JSON object")
        return found


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: status, what becomes its JSON body, and headers of its own."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Trouble(Exception):  # noqa: N818 - a platform's answer, no error of ours
    """Something that a platform refuses, before it is put into the platform's words.

    what: `key` (none was given), `parameter` (one that the platform does not know),
    `missing` (one that it needs), `value` (one that is wrong), `many` (more than one
    call may ask for), `body`, `lost` (nothing is there), `quota` (used up until
    reset), `busy` (too many calls just now, until reset), `broken` (the platform's
    own fault), `inside` (an error told in a shape of its own, where the platform has
    such a thing). name: the parameter's or the thing's; reset: seconds since 1970.
    """

    def __init__(self, what: str, name: str = "", text: str = "", reset: int = 0):
        super().__init__(f"{what} {name} {text}")
        self.what, self.name, self.text, self.reset = what, name, text, reset


@dataclass(frozen=True, slots=True)
class Standing:
    """How much of a quota is left; reset: seconds since 1970."""

    limit: int
    left: int
    reset: int
    window: int


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path, who answers, and the parameters that are known there.

    path: `{name}` stands for a part, `{name:path}` for several. cost: units of the
    quota that a call takes. bucket: calls of one bucket share a quota.
    """

    method: str
    path: str
    answer: Callable[[Ask, World], Reply | dict[str, Any] | list[Any]]
    knows: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()
    cost: int = 1
    bucket: str = ""


def _no_headers(standing: Standing) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform: its routes, its errors, and what it allows.

    refuse: a Trouble in the platform's words. key: the credential of a request, or
    nothing; open: no credential is needed. limit, window: units a window, seconds;
    zone: the window ends at this zone's midnight instead. stamp: headers that tell
    of the quota, on each answer.
    """

    name: str
    routes: tuple[Route, ...]
    refuse: Callable[[Trouble, Ask], Reply]
    key: Callable[[Ask], str]
    open: bool = False
    limit: int = 10_000
    window: int = 86_400
    zone: str | None = None
    stamp: Callable[[Standing], Mapping[str, str]] = _no_headers
