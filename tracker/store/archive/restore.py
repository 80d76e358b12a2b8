"""Months come back from files into the database, so that they can be changed there.

A reading that the database has already is newer, and stands. Cut off, the rows that
were written say what the file says; the file counts until all of them are there.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from tracker.errors import NotFoundError
from tracker.store import audit, bulk, partitions
from tracker.store.archive import files, parts, tidy
from tracker.store.archive.move import BREATH, Done, Tell, nobody
from tracker.store.archive.parts import RESTORED, Part
from tracker.store.archive.turn import Turn, taking_turns
from tracker.store.database import Database, Link

if TYPE_CHECKING:
    import polars as pl

#: Readings written in one transaction; others write in between.
AT_ONCE = 20_000


def restore(
    database: Database,
    month: str,
    campaign_id: int | None = None,
    *,
    now: int,
    tell: Tell = nobody,
) -> Done:
    """Bring back a month, of one home or of all (None). tell: is told how many
    readings are back, of how many.

    NotFoundError: nothing of it is archived. StoreError: the address cannot be
    reached, a file is missing or damaged; what came back before stays, the rest stays
    archived.
    """
    with taking_turns(database) as turn:
        tidy.sweep(database, turn)
        with database.reading() as link:
            live = parts.live(link, campaign_id=campaign_id, month=month)
            known = {part.month for part in parts.live(link, campaign_id=campaign_id)}
        if not live:
            raise NotFoundError("archived month", month, known)
        done, rows = 0, sum(part.rows for part in live)
        for part in live:
            while not _back(database, turn, part, now):
                pass  # readings were deleted meanwhile: read again
            done += part.rows
            tell(done, rows)
        waiting = tidy.remove(database, turn)
    moved = dict.fromkeys((part.campaign_id, part.month) for part in live)
    return Done(tuple(moved), rows, waiting)


def _back(database: Database, turn: Turn, part: Part, now: int) -> bool:
    """Bring back a file; False when readings were deleted before it was done."""
    with database.reading() as link:
        deletions = parts.deletions(link)
        if part not in parts.live(link, campaign_id=part.campaign_id, month=part.month):
            return True
    frame = files.decoded(files.sound(database.archive, part))
    frame = frame.rename({"post": "post_id"})
    for piece in frame.iter_slices(AT_ONCE):
        if not turn.do(partial(_write, frame=piece, deletions=deletions)):
            return False
        if database.dialect == "sqlite":
            time.sleep(BREATH)
    return turn.do(lambda link: _end(link, part, deletions, now))


def _end(link: Link, part: Part, deletions: int, now: int) -> bool:
    if parts.deletions(link) != deletions:
        return False
    parts.mark(link, [part.id], RESTORED)
    slug = parts.homes(link).get(part.campaign_id) or "no campaign"
    audit.note(
        link, "archive.restore", f"{slug} {part.month}, {part.rows} readings", now
    )
    return True


def _write(link: Link, frame: pl.DataFrame, deletions: int) -> bool:
    if parts.deletions(link) != deletions:
        return False
    partitions.ensure(link, frame["captured_at"].to_numpy())
    key = ["post_id", "captured_at"]
    bulk.insert(link, "reading", frame, keys=key, conflict="ignore")
    return True
