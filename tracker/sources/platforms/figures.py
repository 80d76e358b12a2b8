"""Figures of accounts by day, which are shown as such and never added to posts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.model import Reject
from tracker.sources.base import AUDIENCE, Batch
from tracker.sources.platforms.items import count, name_text
from tracker.sources.platforms.settings import DAY, Settings
from tracker.sources.records import raw_text
from tracker.sources.rows import make_frame
from tracker.sources.strictjson import Written
from tracker.sources.values import Bad, shown

if TYPE_CHECKING:
    import polars as pl

#: How far back the first look goes, in days, unless `since` says.
FIRST_LOOK = 30
#: Days that are looked at again: late clicks are counted for the day they were made.
AGAIN = 3


class Figures:
    """Collects the figures of one answer; line: the item's place in it, from 1."""

    def __init__(self, platform: str) -> None:
        self.platform = platform
        self._rows: list[tuple[Any, ...]] = []
        self._rejects: list[Reject] = []

    def add(self, line: int, item: Any, handle: Any, day: Any, **values: Any) -> None:
        """The figures of one account and day, each raw; unknown ones are left out."""
        read: Mapping[str, Any] = {
            "handle": name_text(handle if handle is not None else ""),
            "day": _day(day),
            **{name: None if v is None else count(v) for name, v in values.items()},
        }
        for name, value in read.items():
            if isinstance(value, Bad) or (name in ("handle", "day") and value is None):
                bad = value or Bad("ROW_ID", "is not there")
                self._reject(line, item, bad._replace(column=name))
                return
        for name in values:
            if read[name] is not None:
                row = (line, self.platform, read["handle"], name)
                self._rows.append((*row, read["day"], read[name]))

    def batch(self, ignored: int = 0) -> Batch:
        """The batch: no rows of posts, the figures, and what was wrong."""
        empty = make_frame({"line": []})
        return Batch(empty, tuple(self._rejects), ignored, audience=frame(self._rows))

    def _reject(self, line: int, item: Any, bad: Bad) -> None:
        raw = raw_text(json.dumps(item, ensure_ascii=False, default=str))
        self._rejects.append(Reject(line, bad.column, bad.code, bad.reason, raw))


def first_day(settings: Settings, last: Any, now: int) -> int:
    """The first day to ask for, in days since 1970 (UTC).

    last: the day of the last look that was whole; anything else is none.
    """
    today = now // DAY
    first = today - FIRST_LOOK if settings.since is None else settings.since // DAY
    return min(today, max(first, last - AGAIN if type(last) is int else first))


def frame(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    """Rows in the order of AUDIENCE as its frame."""
    import polars as pl

    kinds: dict[str, Any] = {name: pl.String() for name in AUDIENCE}
    kinds |= {"line": pl.Int64(), "value": pl.Int64()}
    return pl.DataFrame(rows, schema=kinds, orient="row")


def _day(raw: Any) -> str | Bad | None:
    """The day that a text begins with: 2026-05-01T00:00:00Z, 2026-05-01, 20260501."""
    if not isinstance(raw, str) or isinstance(raw, Written):
        return None if raw is None else Bad("ROW_TYPE", "is no day")
    text = raw[:10] if "-" in raw else raw[:8]
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return Bad("ROW_DATE", f"{shown(raw)} begins with no day")
