"""Cutting lists into pages, and taking lists of fields apart."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from tracker.stub.talk import Trouble

T = TypeVar("T")


def page(
    items: Sequence[T], token: str, size: int, name: str
) -> tuple[Sequence[T], str | None]:
    """A page and the token of the next one; Trouble for a token of somebody else's.

    name: the parameter that brings the token.
    """
    start = _start(token, name)
    follows = start + size < len(items)
    return items[start : start + size], made_token(start + size) if follows else None


def made_token(start: int) -> str:
    return base64.urlsafe_b64encode(f"page {start}".encode()).decode().rstrip("=")


def _start(token: str, name: str) -> int:
    if not token:
        return 0
    try:
        padded = token + "=" * (-len(token) % 4)
        said = base64.urlsafe_b64decode(padded.encode()).decode()
        return int(said.removeprefix("page "))
    except ValueError:
        raise Trouble("value", name, "is no token of a page") from None


def parts(text: str, separator: str = ",") -> Iterator[str]:
    """Pieces between separators that stand in no bracket."""
    depth, piece = 0, ""
    for sign in text:
        depth += (sign in "({") - (sign in ")}")
        if sign == separator and depth == 0:
            yield piece.strip()
            piece = ""
        else:
            piece += sign
    if piece.strip():
        yield piece.strip()


def masked(value: Any, mask: str) -> Any:
    """What a field mask of Google's leaves: `kind,items(id,statistics/viewCount)`."""
    if not mask or mask == "*":
        return value
    if isinstance(value, list):
        return [masked(each, mask) for each in value]
    if not isinstance(value, dict):
        return value
    left: dict[str, Any] = {}
    for wish in parts(mask):
        name, below = _split(wish)
        for key in value if name == "*" else [name]:
            if key in value:
                left[key] = masked(value[key], below)
    return left


def _split(wish: str) -> tuple[str, str]:
    for at, sign in enumerate(wish):
        if sign == "/":
            return wish[:at], wish[at + 1 :]
        if sign == "(":
            return wish[:at], wish[at + 1 : -1]
    return wish, ""
