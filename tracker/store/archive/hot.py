"""Readings of the database that may become a file: counted, read, summed, deleted."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.model import METRICS
from tracker.store import bulk
from tracker.store.archive.files import COLUMNS
from tracker.store.archive.months import bounds
from tracker.store.database import Link

if TYPE_CHECKING:
    import polars as pl

    from tracker.store.gains import Ints

#: Before and after the row number of any post.
FIRST, LAST = 0, 2**62

_WHICH = (
    " FROM archived_post h CROSS JOIN reading r WHERE h.campaign_id = ?"
    " AND h.post_id BETWEEN ? AND ? AND r.post_id = h.post_id"
    " AND r.captured_at >= ? AND r.captured_at < ?"
)
_COUNTS = f"SELECT h.post_id, count(*){_WHICH} GROUP BY h.post_id ORDER BY h.post_id"
_PAIRS = ", ".join(f"sum(r.{m}), count(r.{m})" for m in METRICS)
_DELETE = (
    "DELETE FROM reading WHERE post_id IN (SELECT post_id FROM archived_post"
    " WHERE campaign_id = ? AND post_id BETWEEN ? AND ?)"
    " AND captured_at >= ? AND captured_at < ? AND payload_id <= ?"
)


@dataclass(frozen=True, slots=True)
class Span:
    """Readings of one home and month, of posts from `first` to `last`."""

    campaign_id: int
    month: str
    first: int = FIRST
    last: int = LAST

    @property
    def values(self) -> tuple[int, ...]:
        return (self.campaign_id, self.first, self.last, *bounds(self.month))


def counts(link: Link, span: Span) -> Ints:
    """Posts in order, and how many readings each has: two columns."""
    return bulk.numbers(link, _COUNTS, span.values, width=2)


def sums(link: Link, span: Span) -> tuple[int, dict[str, tuple[int, int]]]:
    """How many readings; of each metric that is known the sum, and how many are."""
    rows, *pairs = link.one(f"SELECT count(*), {_PAIRS}{_WHICH}", span.values) or (0,)
    said = zip(METRICS, pairs[::2], pairs[1::2], strict=True)
    return int(rows), {m: (int(total), int(n)) for m, total, n in said if n}


def take(link: Link, span: Span, known: frozenset[str]) -> pl.DataFrame:
    """The readings, sorted by post and instant. known: metrics that are not null
    throughout."""
    import polars as pl

    used = [m for m in METRICS if m in known]
    names = ["post", "captured_at", *used, "payload_id", "line"]
    read = _copied if link.dialect == "postgresql" else _fetched
    found = read(link, span, used, names)
    nothing = pl.lit(None, dtype=pl.Int64)
    return found.select(
        pl.col(name) if name in names else nothing.alias(name) for name in COLUMNS
    )


def _fetched(link: Link, span: Span, used: list[str], names: list[str]) -> pl.DataFrame:
    import polars as pl

    said = ", ".join(f"coalesce(r.{m}, -1)" for m in used)
    sql = f"SELECT r.post_id, r.captured_at, {said + ', ' if said else ''}"
    sql += f"r.payload_id, r.line{_WHICH} ORDER BY h.post_id, r.captured_at"
    found = bulk.numbers(link, sql, span.values, width=len(names))
    columns = {name: found[:, n] for n, name in enumerate(names)}
    unknown = [pl.when(pl.col(m) >= 0).then(pl.col(m)).alias(m) for m in used]
    return pl.DataFrame(columns).with_columns(unknown)


def _copied(link: Link, span: Span, used: list[str], names: list[str]) -> pl.DataFrame:
    """PostgreSQL says it as text, all at once: a third of the time of rows."""
    import polars as pl

    said = "".join(f"r.{m}, " for m in used)
    which = _WHICH.replace("?", "%s")
    sql = f"COPY (SELECT r.post_id, r.captured_at, {said}r.payload_id, r.line{which}"
    sql += " ORDER BY r.post_id, r.captured_at) TO STDOUT (FORMAT csv)"
    text = io.BytesIO()
    with link.connection.cursor() as cursor, cursor.copy(sql, span.values) as source:
        for piece in source:
            text.write(piece)
    schema = dict.fromkeys(names, pl.Int64())
    if not text.tell():
        return pl.DataFrame(schema=schema)
    return pl.read_csv(text.getvalue(), has_header=False, schema=schema)


def delete(link: Link, span: Span, newest: int) -> int:
    """Delete the readings that no payload after `newest` brought or changed."""
    return link.run(_DELETE, (*span.values, newest))
