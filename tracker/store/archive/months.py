"""Months of UTC, and the readings of each that are in the database.

A month is `YYYY-MM`. A day without a time belongs to the month of its written day: its
mark is an instant of that day in UTC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from tracker.model import moment
from tracker.store.database import Link

#: Of every post with readings: its home, chosen or to be chosen, and the instants of
#: its first and last reading.
HOMES = (
    "SELECT s.post_id, s.first_at, s.last_at, coalesce(h.campaign_id, (SELECT"
    " min(a.campaign_id) FROM attribution a WHERE a.post_id = s.post_id"
    " AND a.campaign_id > 0), 0) AS campaign_id"
    " FROM post_state s LEFT JOIN archived_post h ON h.post_id = s.post_id"
)
#: Months beside posts, and a look into each: a count in one pass would have to sort
#: all readings (measured: seven times as long).
COUNTS = (
    "SELECT m.month, h.campaign_id, sum((SELECT count(*) FROM reading r"
    " WHERE r.post_id = h.post_id AND r.captured_at >= m.starts"
    " AND r.captured_at < m.ends))"
    " FROM months m CROSS JOIN homes h"
    " WHERE h.first_at < m.ends AND h.last_at >= m.starts"
    " AND (CAST(? AS BIGINT) IS NULL OR h.campaign_id = ?) GROUP BY 1, 2 ORDER BY 1, 2"
)


@dataclass(frozen=True, slots=True)
class Hot:
    """Readings of a month and home that are in the database."""

    month: str
    campaign_id: int
    rows: int


def is_month(text: str) -> bool:
    """Is it written as one?"""
    return bool(re.fullmatch(r"(19[7-9]\d|[2-9]\d{3})-(0[1-9]|1[0-2])", text))


def of(at: int) -> str:
    """The month of an instant, ms UTC."""
    return moment(at).strftime("%Y-%m")


def bounds(month: str) -> tuple[int, int]:
    """Its first instant, and the first of the next month; ms UTC."""
    return _begins(month), _begins(following(month))


def following(month: str) -> str:
    """The month after."""
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]), 12)
    return f"{year:04}-{number + 1:02}"


def _begins(month: str) -> int:
    first = datetime(int(month[:4]), int(month[5:]), 1, tzinfo=UTC)
    return int(first.timestamp()) * 1000


def hot(
    link: Link, *, before: str | None = None, campaign_id: int | None = None
) -> list[Hot]:
    """Months and homes with readings in the database; before: only earlier months."""
    first, last = link.one("SELECT min(first_at), max(last_at) FROM post_state") or ()
    if first is None:
        return []
    end = min(following(of(last)), before) if before else following(of(last))
    spans = []
    month = of(first)
    while month < end:
        spans += [month, *bounds(month)]
        month = following(month)
    if not spans:
        return []
    row = "(?, CAST(? AS BIGINT), CAST(? AS BIGINT))"
    rows = link.all(
        f"WITH homes AS ({HOMES}), months (month, starts, ends) AS (VALUES"
        f" {', '.join([row] * (len(spans) // 3))}) {COUNTS}",
        (*spans, campaign_id, campaign_id),
    )
    return [Hot(month, home, int(many)) for month, home, many in rows if many]
