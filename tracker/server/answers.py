"""Answers of the door: made once where they are always the same, sent in two parts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"
#: Nothing here is a page, and nothing may be kept by a cache on the way.
ALWAYS = {"x-content-type-options": "nosniff", "cache-control": "no-store"}


@dataclass(frozen=True, slots=True)
class Answer:
    """start, body: the two messages of ASGI; raw: the same for a bare connection
    that is closed afterwards."""

    status: int
    start: Mapping[str, Any]
    body: Mapping[str, Any]
    raw: bytes


def answer(
    status: int,
    body: bytes,
    media: str = JSON,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """headers: more than those that every answer has."""
    length = str(len(body))
    named = {
        "content-type": media,
        "content-length": length,
        **ALWAYS,
        **(headers or {}),
    }
    pairs = [(name.encode(), value.encode("latin-1")) for name, value in named.items()]
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode()]
    lines += [name + b": " + value for name, value in pairs]
    return Answer(
        status,
        {"type": "http.response.start", "status": status, "headers": pairs},
        {"type": "http.response.body", "body": body},
        b"\r\n".join([*lines, b"connection: close", b"", body]),
    )


def said(
    status: int, facts: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Answer:
    """An answer in JSON."""
    return answer(
        status, json.dumps(facts, separators=(",", ":")).encode(), JSON, headers
    )


def refused(
    status: int, error: str, *, retry: int | None = None, **facts: Any
) -> Answer:
    """An error by name; retry: after so many seconds it may be tried again."""
    if retry is None:
        return said(status, {"error": error, **facts})
    found = {"error": error, "retry_after": retry, **facts}
    return said(status, found, {"retry-after": str(retry)})


def method_not_allowed(*methods: str) -> Answer:
    allow = ", ".join(methods)
    return said(405, {"error": "method", "allow": allow}, {"allow": allow})


KEPT = said(200, {"kept": True})
#: The same whatever was wrong with a signature, so that nothing can be learnt.
SIGNATURE = refused(401, "signature")
FORBIDDEN = refused(403, "forbidden")
NOT_FOUND = refused(404, "not_found")
BUSY = refused(503, "busy", retry=20)
UNAVAILABLE = refused(503, "unavailable", retry=30)
BUG = refused(500, "bug")
