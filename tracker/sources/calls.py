"""Calls of a connector and their answers, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracker.errors import TransientSourceError

Params = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Call:
    """One request.

    method: GET or POST. json, data: a body as JSON or as a form. tag: whatever the
    caller wants to find again in the answer. What may hold a key is not shown when
    a call is printed.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    params: Params = field(default=(), repr=False)
    json: Any | None = field(default=None, repr=False)
    data: Mapping[str, str] | None = field(default=None, repr=False)
    tag: object = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. headers: names in lower case; body: decoded; at: ms UTC."""

    call: Call
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    at: int


class UpstreamError(TransientSourceError):
    """The other side is busy, broken or not there.

    answer: what it said, if it said something; a connector may find a better
    `retry_at` in it. again: may the same question be asked again at once?
    """

    answer: Answer | None = None
    again: bool = False
