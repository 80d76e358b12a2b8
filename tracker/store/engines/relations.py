"""The relation `readings` over files: archived ones, and hot ones that shadow them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from tracker.model import METRICS
from tracker.store.archive.parts import Part
from tracker.store.engines.hot import HotFile
from tracker.store.engines.statement import Metrics

COLUMNS = ", ".join(("post", "captured_at", *METRICS))


def known(parts: Iterable[Part], hot: Iterable[HotFile]) -> Metrics:
    """Which metrics every reading knows, and which some do."""
    count, rows = dict.fromkeys(METRICS, 0), 0
    for part in parts:
        rows += part.rows
        for metric, (_, n) in part.sums.items():
            count[metric] += n
    for file in hot:
        rows += file.rows
        for metric, n in file.known.items():
            count[metric] += n
    return Metrics(
        tuple(m for m in METRICS if rows and count[m] == rows),
        tuple(m for m in METRICS if 0 < count[m] < rows),
    )


def end_of_archive(parts: Sequence[Part]) -> int:
    """The instant after the newest archived month, ms UTC: nothing is archived of
    later ones."""
    year, month = map(int, max(part.month for part in parts).split("-"))
    after = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return int(after.timestamp()) * 1000


def union(archived: str | None, hot: str | None, end: int) -> str:
    """A query for all readings of two relations; the hot ones shadow the others.

    end: of the archive; later hot readings have nothing to shadow.
    """
    if archived is None or hot is None:
        return f"SELECT {COLUMNS} FROM {archived or hot}"
    return (
        f"SELECT {COLUMNS} FROM {archived} a WHERE NOT EXISTS (SELECT 1 FROM {hot} h"
        f" WHERE h.captured_at < {end} AND h.post = a.post"
        f" AND h.captured_at = a.captured_at)"
        f" UNION ALL SELECT {COLUMNS} FROM {hot}"
    )
