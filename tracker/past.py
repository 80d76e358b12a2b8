"""A workspace as it was: the same settings on a copy of the database of then."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.copies import folder_for_copy
from tracker.store import replay
from tracker.store.replay import Cut

if TYPE_CHECKING:
    from tracker.app import Tracker


@contextmanager
def past(
    tracker: Tracker, *, as_of: int | None = None, until: int | None = None
) -> Iterator[Tracker]:
    """The workspace as it was known at an instant, as far as was captured by another.

    Nothing that is written in it lasts: the copy goes with the block. Settings are
    those of today: no version of them is kept.
    """
    folder = folder_for_copy(tracker.home)
    try:
        cut = Cut(as_of, until)
        copy = replay.copy(tracker.database, folder, tracker.zone, cut)
        yield replace(tracker, database=copy)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def as_known(
    tracker: Tracker, as_of: int | None
) -> Iterator[tuple[Tracker, int | None]]:
    """Where a question about an instant is answered, and the instant that remains to be
    asked for: in the workspace itself, whose readings have their versions, as long as
    nothing else has changed since; else in a copy as it was, which knows no more."""
    if as_of is None or not replay.changed_since(tracker.database, as_of):
        yield tracker, as_of
        return
    with past(tracker, as_of=as_of) as copy:
        yield copy, None
