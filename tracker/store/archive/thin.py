"""What may be kept no longer goes from files too: each is written anew without it.

Written and verified first; that the new files count, and what follows from it for the
database, is one transaction of `store/expiry`. Cut off before it, the old files count
and the new ones are removed by the next run of the archive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from tracker.store import bulk
from tracker.store.archive import files, gather, move, parts
from tracker.store.archive.hot import Span
from tracker.store.archive.months import bounds
from tracker.store.archive.parts import DROPPED, Part
from tracker.store.archive.turn import Turn
from tracker.store.database import Database, Link

if TYPE_CHECKING:
    from tracker.store.gains import Ints

#: What a source brought and was captured before an instant.
OLD = (
    " WHERE captured_at < ? AND payload_id IN"
    " (SELECT id FROM payload WHERE source_id = ?)"
)
PAYLOAD = gather.COLUMNS.index("payload_id")


@dataclass(frozen=True, slots=True)
class Thinner:
    """A file and the one in its place; None: nothing is left of it. posts: those with
    readings that go."""

    old: Part
    new: Part | None
    posts: Ints


@dataclass(frozen=True, slots=True)
class Going:
    """What goes: captured before an instant, and of one of these payloads, or hidden
    by a reading of the database that goes (`over`: posts and instants)."""

    before: int
    payloads: Ints
    over: pl.DataFrame

    @classmethod
    def read(cls, link: Link, source: int, before: int) -> Going:
        mine = "SELECT id FROM payload WHERE source_id = ? ORDER BY id"
        over = f"SELECT r.post_id, r.captured_at FROM reading r{OLD}"
        schema = {"post": pl.Int64, "at": pl.Int64}
        return cls(
            before,
            bulk.numbers(link, mine, (source,), width=1)[:, 0],
            link.frame(over, (before, source), schema),
        )

    def concerns(self, link: Link, part: Part) -> bool:
        """May anything of a file go? Reads two columns of it."""
        between = pl.col("post").is_between(part.first_post, part.last_post)
        if not self.over.filter(between).is_empty():
            return True
        sql = (
            "SELECT count(*) AS n FROM readings r SEMI JOIN mine m"
            f" ON m.id = r.payload_id WHERE r.captured_at < {self.before:d}"
        )
        found = link.archive.scanner.numbers(
            [part], sql, {"mine": {"id": self.payloads}}
        )
        return bool(found[0, 0])

    def of(self, rows: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Marks of the rows (gather.COLUMNS) that go."""
        own = (rows[:, 1] < self.before) & np.isin(rows[:, PAYLOAD], self.payloads)
        here = pl.DataFrame({"post": rows[:, 0], "at": rows[:, 1]})
        hidden = here.join(
            self.over.with_columns(hidden=True),
            on=["post", "at"],
            how="left",
            maintain_order="left",
        )["hidden"]
        marks: np.ndarray[tuple[int], np.dtype[np.bool_]]
        marks = own | hidden.fill_null(False).to_numpy()
        return marks


def thin(database: Database, turn: Turn, going: Going, now: int) -> list[Thinner]:
    """Files from which something goes, with those that take their places."""
    with database.reading() as link:
        slugs = parts.homes(link)
        old = [
            part
            for part in parts.live(link)
            if bounds(part.month)[0] < going.before and going.concerns(link, part)
        ]
    found = []
    for part in old:
        with database.reading() as link:
            rows = gather.all_of(link, part)
        goes = going.of(rows)
        if goes.any():
            path = files.new_path(slugs.get(part.campaign_id), part.month)
            new = _written(database, turn, part, path, rows[~goes], now)
            found.append(Thinner(part, new, np.unique(rows[goes, 0])))
    return found


def _written(
    database: Database, turn: Turn, old: Part, path: str, rows: Ints, now: int
) -> Part | None:
    if not len(rows):
        return None
    frame = gather.frame(rows).rename({"post_id": "post"}).select(files.COLUMNS)
    span = Span(old.campaign_id, old.month)
    return move.write(database, turn, span, path, frame, old.newest_payload, now)


def swap(link: Link, some: list[Thinner]) -> None:
    """From here on the new files count."""
    parts.mark(link, [one.old.id for one in some], DROPPED)
    for one in some:
        if one.new is not None:
            parts.enter(link, one.new)


def put_back(link: Link, some: list[Thinner]) -> None:
    """They will not count: the next run removes them."""
    parts.mark(link, [one.new.id for one in some if one.new is not None], DROPPED)
