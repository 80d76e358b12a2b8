"""Answers of platforms: read strictly, and what went wrong sorted by who can mend it.

An answer becomes a payload that says all that is needed to read it again later: the
bytes as they came, and before them what was known when it was asked for (whose post it
is) and the answer does not repeat.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from tracker.errors import (
    BodyError,
    PayloadError,
    PermanentSourceError,
    SourceError,
    TransientSourceError,
)
from tracker.sources import strictjson
from tracker.sources.base import Payload
from tracker.sources.calls import Answer
from tracker.sources.values import visible

KEPT = "What came before is kept"
#: Begins the line that stands before an answer; no JSON begins with it.
MARK = b"\x1e"
#: A reset that lies further away than this is no reset but a mistake (ms).
FURTHEST = 32 * 86_400_000


# -- payloads ---------------------------------------------------------------------


def payload(
    answer: Answer,
    label: str,
    *,
    asked: Sequence[str] = (),
    known: Mapping[str, Any] | None = None,
    bookmark: str | None = None,
    notices: Sequence[str] = (),
) -> Payload:
    """An answer to keep. known: what `opened` gives back beside the value.

    Two answers with the same bytes at two moments are two readings, so label and
    moment are part of the payload's hash.
    """
    head = b""
    if known:
        said = json.dumps(known, sort_keys=True, separators=(",", ":"))
        head = MARK + said.encode() + b"\n"
    body = head + answer.body
    made = hashlib.blake2b(f"{answer.at} {label}\n".encode(), digest_size=20)
    made.update(body)
    return Payload(
        label,
        answer.at,
        body=body,
        digest=made.hexdigest(),
        bookmark=bookmark,
        notices=tuple(notices),
        asked=tuple(asked),
    )


def opened(
    payload: Payload, *, shapes: tuple[type, ...] = (dict,)
) -> tuple[dict[str, Any], Any]:
    """What was known when it was asked for, and the answer's value.

    Raises PayloadError SCHEMA when the answer is no JSON object, or of none of the
    shapes.
    """
    body = payload.body or b""
    head, body = body.split(b"\n", 1) if body.startswith(MARK) else (b"", body)
    try:
        known = strictjson.parse(head.removeprefix(MARK)) if head else {}
        value = strictjson.parse(body)
    except BodyError as error:
        raise refused(payload, f"{_place(error)}{error.why}") from None
    if not isinstance(value, shapes):
        raise refused(
            payload, f"the answer is {kind_of(value)}, not {_MEANT[shapes[0]]}"
        )
    return known, value


def listed(
    payload: Payload, value: Any, path: str, *, needed: bool = False
) -> list[Any]:
    """The list at a dotted path; one that is not there is empty, if that may be.

    needed: without it nobody can tell whether anything was found at all.
    """
    found = at(value, path)
    if found is None and needed:
        raise refused(payload, f'field "{path}" is missing')
    if found is None:
        return []
    if not isinstance(found, list):
        raise refused(payload, f'field "{path}" is {kind_of(found)}, expected a list')
    return found


def refused(payload: Payload, cause: str, rows: int = 0) -> PayloadError:
    return PayloadError(
        "SCHEMA",
        payload.label,
        cause,
        "Nothing of this answer is stored",
        "The API may have changed",
        rows=rows,
    )


# -- while asking -----------------------------------------------------------------


def value_of(answer: Answer, subject: str, page: str) -> dict[str, Any]:
    """The JSON object of an answer that decides how to go on.

    Raises TransientSourceError SCHEMA when it is none.
    """
    found: dict[str, Any] = _shaped(answer, subject, page, dict)
    return found


def list_of(answer: Answer, subject: str, page: str) -> list[Any]:
    """The same of a platform whose pages are lists."""
    found: list[Any] = _shaped(answer, subject, page, list)
    return found


def _shaped(answer: Answer, subject: str, page: str, shape: type) -> Any:
    try:
        value = strictjson.parse(answer.body)
    except BodyError as error:
        raise schema(subject, page, f"{_place(error)}{error.why}") from None
    if not isinstance(value, shape):
        said = f"the answer is {kind_of(value)}, not {_MEANT[shape]}"
        raise schema(subject, page, said)
    return value


#: What the shapes of answers are called.
_MEANT: Mapping[type, str] = {dict: "an object", list: "a list"}


def envelope(answer: Answer) -> dict[str, Any]:
    """The JSON object of an error's answer; an empty one when it is none."""
    try:
        value = strictjson.parse(answer.body)
    except BodyError:
        return {}
    return value if isinstance(value, dict) else {}


def at(value: Any, path: str) -> Any:
    """What stands at a dotted path of objects; None when it is not there."""
    for step in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value


def text_at(value: Any, path: str) -> str | None:
    """A text, or a number written as one, that is not empty."""
    found = at(value, path)
    if isinstance(found, bool) or not isinstance(found, str | int):
        return None
    return str(found) or None


def objects_at(value: Any, path: str) -> list[dict[str, Any]]:
    """The objects of a list at a dotted path; what is none is left out."""
    found = at(value, path)
    return [o for o in found if isinstance(o, dict)] if isinstance(found, list) else []


def schema(subject: str, page: str, cause: str) -> TransientSourceError:
    return TransientSourceError(
        "SCHEMA", f"{subject} {page}", cause, KEPT, "The API may have changed"
    )


def kind_of(value: Any) -> str:
    """What a JSON value is, with its article."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    names = {int: "a number", strictjson.Written: "a number", str: "text"}
    return {**names, list: "a list"}.get(type(value), "an object")


def _place(error: BodyError) -> str:
    return "" if error.at == "$" else f"{error.at} "


# -- what went wrong --------------------------------------------------------------


class Sort(StrEnum):
    """Who can mend it."""

    WAIT = "wait"  # time: a quota or a rate begins anew
    AGAIN = "again"  # chance: the platform is broken for now
    PERSON = "person"  # somebody with a key or the settings
    GONE = "gone"  # nobody: what was asked for is not there


#: What a status means where the platform says no more.
STATUSES = {
    400: Sort.PERSON,
    401: Sort.PERSON,
    402: Sort.PERSON,
    403: Sort.PERSON,
    404: Sort.GONE,
    410: Sort.GONE,
    429: Sort.WAIT,
}


def sort_of(status: int, reason: str, table: Mapping[str, Sort]) -> Sort:
    """By the platform's own reason, else by the status."""
    usual = Sort.AGAIN if status >= 500 or status < 400 else Sort.PERSON
    return table.get(reason) or STATUSES.get(status, usual)


def trouble(
    sort: Sort,
    subject: str,
    status: int,
    reason: str,
    *,
    retry_at: int | None = None,
    todo: str = "",
) -> SourceError:
    """The error for an answer that is none.

    The platform's own sentence is not passed on: it may repeat the key.
    """
    said = visible(reason)[:80] or f"status {status}"
    cause = f"the platform answers {status} ({said})" if reason else f"answers {status}"
    if sort is Sort.WAIT:
        return TransientSourceError("QUOTA", subject, cause, KEPT, retry_at=retry_at)
    if sort is Sort.AGAIN:
        return TransientSourceError("UPSTREAM", subject, cause, KEPT, retry_at=retry_at)
    code = (
        "REAUTH" if status == 401 or (sort is Sort.PERSON and _key(reason)) else "ASKED"
    )
    return PermanentSourceError(code, subject, cause, KEPT, todo or _TODO[code])


_TODO = {
    "REAUTH": "Renew the key or token, then resume the source",
    "ASKED": "Check the settings and what the key may do, then resume the source",
}


def _key(reason: str) -> bool:
    """Does the reason speak of the key?"""
    low = reason.lower()
    return any(word in low for word in ("token", "key", "auth", "scope", "190", "102"))


# -- when to come back ------------------------------------------------------------


def next_midnight(now: int, zone: str) -> int:
    """The instant (ms) of the next midnight of a zone, whatever its clocks do."""
    place = ZoneInfo(zone)
    day = datetime.fromtimestamp(now / 1000, place).date() + timedelta(days=1)
    start = datetime(day.year, day.month, day.day, tzinfo=place)
    return int(start.astimezone(UTC).timestamp() * 1000)


def reset_at(text: str | None, now: int) -> int | None:
    """An instant (ms) from a reset header: epoch seconds or ISO 8601.

    None when it is neither, or so far away that it cannot be meant.
    """
    found = _epoch(text or "") or _iso(text or "")
    return found if found is not None and found - now <= FURTHEST else None


def _epoch(text: str) -> int | None:
    text = text.strip().partition(".")[0]
    if text.isascii() and text.isdigit() and 9 <= len(text) <= 11:
        return int(text) * 1000
    return None


def _iso(text: str) -> int | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return int(found.timestamp() * 1000)
