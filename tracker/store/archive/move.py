"""Closed months go from the database into files.

Of each piece, in this order: read in one snapshot; write; read the file back and
compare; enter it in the catalogue; delete the rows from the database. Cut off before
the catalogue knows the file, the rows are there and the file is removed by the next
run. Cut off after, rows and file say the same, and the next run deletes the rows. What
came or changed meanwhile carries a newer payload and stays in the database, where it
stands before what the file says.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.store import audit, partitions
from tracker.store.archive import files, hot, months, parts, tidy
from tracker.store.archive.hot import Span
from tracker.store.archive.parts import ARCHIVED, DROPPED, RESTORED, Part
from tracker.store.archive.pieces import Piece, cut, pieces
from tracker.store.archive.turn import Turn, taking_turns
from tracker.store.database import Database, Link

if TYPE_CHECKING:
    import polars as pl

    from tracker.store.gains import Ints

#: Readings deleted in one transaction; others write in between.
DELETE_AT_ONCE = 20_000
#: SQLite keeps no queue: who waits for the lock looks again after some ms, so the file
#: is left alone for so many seconds between two transactions.
BREATH = 0.03
#: How often it is looked whether an empty month can be dropped.
LOOKS = 3


#: Is told how many readings were moved, of how many.
Tell = Callable[[int, int], None]


def nobody(done: int, all_: int) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True)
class Wish:
    """before: the first month that stays. campaign_id: only this home; None: all.
    again: months that were restored too."""

    before: str
    campaign_id: int | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """moved: homes and months, in order. rows: readings that were moved. waiting:
    replaced files that somebody still read; the next run removes them."""

    moved: tuple[tuple[int, str], ...]
    rows: int
    waiting: int


@dataclass(frozen=True, slots=True)
class _Made:
    """A piece as it was read: the file of it, or None where there is nothing to
    change; the newest payload and the deletions of its snapshot; its posts in the
    database with their numbers of readings."""

    span: Span
    part: Part | None
    newest: int
    deletions: int
    counts: Ints


def planned(link: Link, wish: Wish) -> list[months.Hot]:
    """Months and homes that have readings to be moved."""
    restored = {
        (part.campaign_id, part.month) for part in parts.in_state(link, RESTORED)
    }
    return [
        one
        for one in months.hot(link, before=wish.before, campaign_id=wish.campaign_id)
        if wish.again or (one.campaign_id, one.month) not in restored
    ]


def run(
    database: Database,
    wish: Wish,
    *,
    now: int,
    tell: Tell = nobody,
) -> Done:
    """Move what is wished. tell: is told how many readings were moved, of how many.

    LockedError: another process is at it. StoreError: the address cannot be reached,
    or a file read back is not what was written; what was moved before stays moved.
    """
    with taking_turns(database) as turn:
        tidy.sweep(database, turn)
        mover = _Mover(database, turn, now, tell)
        mover.settle(wish)
        with database.reading() as link:
            plan = planned(link, wish)
        mover.rows = sum(one.rows for one in plan)
        for one in plan:
            mover.month(one.campaign_id, one.month)
        _drop_partitions(turn, months.bounds(wish.before)[0])
        waiting = tidy.remove(database, turn)
    moved = tuple((one.campaign_id, one.month) for one in plan)
    return Done(moved, mover.done, waiting)


def _drop_partitions(turn: Turn, before: int) -> None:
    """Months of which nothing is left, on PostgreSQL; while others read, they stay:
    for the next look, or the next run."""
    for _ in range(LOOKS):
        there = turn.do(lambda link: partitions.parts(link, before))
        if not there or turn.do(lambda link: partitions.drop_empty(link, before)):
            return
        time.sleep(BREATH * 10)


class _Mover:
    """One run. rows: how many readings there are to be moved; done: that were."""

    def __init__(self, database: Database, turn: Turn, now: int, tell: Tell) -> None:
        self._database, self._turn, self._now = database, turn, now
        self._tell = tell
        self.rows = self.done = 0
        with database.reading() as link:
            self._slugs = parts.homes(link)

    def settle(self, wish: Wish) -> None:
        """Choose the homes of posts that have none, some posts at a time."""
        first: int | None = 0
        before, _ = months.bounds(wish.before)
        while first is not None:
            first = self._settle(wish.campaign_id, before, first)

    def _settle(self, home: int | None, before: int, first: int) -> int | None:
        return self._turn.do(lambda link: parts.settle(link, home, before, first))

    def month(self, home: int, month: str) -> None:
        with self._database.reading() as link:
            todo = pieces(link, home, month)
        for piece in todo:
            while not self._move(piece):
                pass  # readings were deleted meanwhile: read again

    def _move(self, piece: Piece) -> bool:
        """Do one piece; False when it must be read again."""
        old = None if piece.old is None else self._read(piece.old)
        spans = self._spans(piece, old)
        made = [self._make(span, old, alone=len(spans) == 1) for span in spans]
        if any(one.part for one in made) and not self._enter(piece, made):
            return False
        for one in made:
            self._clear(one)
        return True

    def _read(self, part: Part) -> pl.DataFrame:
        return files.decoded(files.sound(self._database.archive, part))

    def _spans(self, piece: Piece, old: pl.DataFrame | None) -> list[Span]:
        """With what comes to it, a file may become several."""
        if old is None:
            return [piece.span]
        with self._database.reading() as link:
            counts = hot.counts(link, piece.span)
        return cut(piece.span, _added(counts, _by_post(old)))

    def _make(self, span: Span, old: pl.DataFrame | None, *, alone: bool) -> _Made:
        """alone: the span is all that the old file holds."""
        with self._database.reading() as link:
            newest = int(link.value("SELECT coalesce(max(id), 0) FROM payload"))
            deletions = parts.deletions(link)
            rows, sums = hot.sums(link, span)
            fresh = hot.take(link, span, frozenset(sums))
        if (len(fresh), files.sums(fresh)) != (rows, sums):
            raise files.differs(f"month {span.month}", "what was read")
        counts = _by_post(fresh)
        part = None
        if old is not None:
            here = old.filter(old["post"].is_between(span.first, span.last))
            fresh = _over(here, fresh)
            if alone and fresh.equals(here):
                return _Made(span, None, newest, deletions, counts)
        if len(fresh):
            part = self._write(span, fresh, newest)
        return _Made(span, part, newest, deletions, counts)

    def _write(self, span: Span, frame: pl.DataFrame, newest: int) -> Part:
        slug = self._slugs.get(span.campaign_id)
        path = files.new_path(slug, span.month)
        return write(self._database, self._turn, span, path, frame, newest, self._now)

    def _enter(self, piece: Piece, made: list[_Made]) -> bool:
        """From here on the files count; False, and they are dropped, when readings
        were deleted since they were read."""
        fresh = [one.part for one in made if one.part]

        def enter(link: Link) -> bool:
            seen = {one.deletions for one in made}
            if seen != {parts.deletions(link)} or not _is_live(link, piece.old):
                parts.mark(link, (part.id for part in fresh), DROPPED)
                return False
            for part in fresh:
                parts.enter(link, part)
            self._replace(link, piece)
            self._note(link, piece.span, sum(part.rows for part in fresh))
            return True

        return self._turn.do(enter)

    def _replace(self, link: Link, piece: Piece) -> None:
        """What stood for these readings until now is gone."""
        span = piece.span
        if piece.old is not None:
            parts.mark(link, [piece.old.id], DROPPED)
        again = parts.in_state(
            link, RESTORED, campaign_id=span.campaign_id, month=span.month
        )
        parts.mark(link, (part.id for part in again), DROPPED)

    def _note(self, link: Link, span: Span, rows: int) -> None:
        slug = self._slugs.get(span.campaign_id) or "no campaign"
        said = f"{slug} {span.month}, {rows} readings"
        audit.note(link, "archive.run", said, self._now)

    def _clear(self, made: _Made) -> None:
        """Delete from the database what the files have, some posts at a time."""
        for span in cut(made.span, made.counts, DELETE_AT_ONCE):
            self.done += self._delete(span, made.newest)
            self._tell(self.done, self.rows)
            if self._database.dialect == "sqlite":
                time.sleep(BREATH)

    def _delete(self, span: Span, newest: int) -> int:
        return self._turn.do(lambda link: hot.delete(link, span, newest))


def write(
    database: Database,
    turn: Turn,
    span: Span,
    path: str,
    frame: pl.DataFrame,
    newest: int,
    now: int,
) -> Part:
    """A new file, verified by reading it back; it does not count yet."""
    home, month = span.campaign_id, span.month
    number = turn.do(lambda to: parts.intend(to, home, month, path, now))
    content = files.encoded(frame)
    part = Part(
        id=number,
        campaign_id=home,
        month=month,
        path=path,
        rows=len(frame),
        bytes=len(content),
        digest=files.digest(content),
        sums=files.sums(frame),
        first_post=int(frame["post"][0]),
        last_post=int(frame["post"][-1]),
        newest_payload=newest,
        made_at=now,
        state=ARCHIVED,
    )
    database.archive.write(path, content)
    del content
    found = database.archive.read(path)
    if files.digest(found) != part.digest or not files.decoded(found).equals(frame):
        raise files.differs(path, "the file that was read back")
    return part


def _is_live(link: Link, part: Part | None) -> bool:
    if part is None:
        return True
    live = parts.live(link, campaign_id=part.campaign_id, month=part.month)
    return part in live


def _by_post(frame: pl.DataFrame) -> Ints:
    """Posts in order and their numbers of readings, as `hot.counts`."""
    import polars as pl

    found = frame.group_by("post", maintain_order=True).len()
    return found.cast(pl.Int64).to_numpy()


def _added(a: Ints, b: Ints) -> Ints:
    """Posts of both, and the sums of their numbers."""
    import numpy as np

    both = np.concatenate([a, b])
    post, which = np.unique(both[:, 0], return_inverse=True)
    many = np.zeros(len(post), np.int64)
    np.add.at(many, which, both[:, 1])
    return np.column_stack([post, many])


def _over(old: pl.DataFrame, fresh: pl.DataFrame) -> pl.DataFrame:
    """Both, sorted; where both have an identity, the database's reading stands."""
    import polars as pl

    key = ["post", "captured_at"]
    rest = old.join(fresh, on=key, how="anti")
    return pl.concat([rest, fresh]).sort(key)
