"""Archived readings of a copy as a database was once (`store/replay`).

A file of which all was captured and recorded by then is read where it lies, by the copy
as by the original. Of other files what was there by then is copied, as hot readings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from tracker.store import bulk
from tracker.store.archive import gather, parts
from tracker.store.archive.months import bounds
from tracker.store.archive.parts import Part
from tracker.store.database import Link

FIRST = (
    "SELECT r.post, min(r.captured_at), max(r.captured_at) FROM readings r GROUP BY 1"
)
STATES = (
    " ON CONFLICT (post_id) DO UPDATE SET"
    " first_at = min(first_at, excluded.first_at),"
    " last_at = max(last_at, excluded.last_at)"
)


def bring(
    source: Link, target: Link, known: int | None, seen: int | None
) -> list[Part]:
    """Enter the files that the copy reads itself, and copy from the others; the former.

    known: what was recorded by then; seen: what was captured by then; None: all. Hot
    readings and those that were changed later must be in the copy: they come first.
    """
    live = parts.live(source)
    kept = [part for part in live if _is_whole(source, part, known, seen)]
    if kept:
        _enter(source, target, kept)
    for part in live:
        if part not in kept:
            rows = gather.frame(_by_then(source, part, known, seen))
            bulk.insert(target, "reading", rows, keys=gather.KEY, conflict="ignore")
    return kept


def _is_whole(link: Link, part: Part, known: int | None, seen: int | None) -> bool:
    if seen is not None and bounds(part.month)[1] > seen + 1:
        return False
    newest = "SELECT max(recorded_at) FROM payload WHERE id <= ?"
    return known is None or link.value(newest, (part.newest_payload,)) <= known


def _enter(source: Link, target: Link, kept: Sequence[Part]) -> None:
    posts = bulk.numbers(
        source, "SELECT post_id, campaign_id FROM archived_post", width=2
    )
    rows = pl.DataFrame(posts, schema=["post_id", "campaign_id"])
    bulk.insert(target, "archived_post", rows)
    for part in kept:
        number = parts.intend(target, part.campaign_id, part.month, part.path, 0)
        parts.enter(target, replace(part, id=number))


def _by_then(
    link: Link, part: Part, known: int | None, seen: int | None
) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    rows = gather.all_of(link, part)
    if seen is not None:
        rows = rows[rows[:, 1] <= seen]
    if known is not None:
        recorded = "SELECT id FROM payload WHERE recorded_at <= ?"
        payloads = bulk.numbers(link, recorded, (known,), width=1)[:, 0]
        rows = rows[np.isin(rows[:, gather.COLUMNS.index("payload_id")], payloads)]
    return rows


def states(target: Link, kept: Sequence[Part]) -> None:
    """When the copy's posts were read first and last, files included."""
    for part in kept:
        rows = target.archive.scanner.numbers([part], FIRST, {})
        target.many(
            "INSERT INTO post_state (post_id, first_at, last_at) VALUES (?, ?, ?)"
            + STATES,
            rows.tolist(),
        )
