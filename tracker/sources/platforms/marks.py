"""Bookmarks of sources that ask: what was found out and need not be asked again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def read(bookmark: str | None) -> dict[str, Any]:
    """What a bookmark says; nothing when it is none of ours."""
    try:
        said = json.loads(bookmark or "{}")
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def write(said: Mapping[str, Any]) -> str:
    """The same things said are the same text."""
    return json.dumps(said, sort_keys=True, separators=(",", ":"))
