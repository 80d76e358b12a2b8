"""A workspace as it was: the same settings on a copy of the database of then."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from tracker.store import replay
from tracker.store.replay import Cut

if TYPE_CHECKING:
    from tracker.app import Tracker

#: Where copies are while they are read, one folder a process.
COPIES = Path(".cache") / "past"


@contextmanager
def past(
    tracker: Tracker, *, as_of: int | None = None, until: int | None = None
) -> Iterator[Tracker]:
    """The workspace as it was known at an instant, as far as was captured by another.

    Nothing that is written in it lasts: the copy goes with the block. Settings are
    those of today: no version of them is kept.
    """
    folder = _folder(tracker.home / COPIES)
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


def _folder(copies: Path) -> Path:
    """A new private folder; those of processes that were killed are swept away."""
    copies.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in copies.iterdir():
        if not _lives(old.name.partition("-")[0]):
            shutil.rmtree(old, ignore_errors=True)
    return Path(mkdtemp(prefix=f"{os.getpid()}-", dir=copies))


def _lives(pid: str) -> bool:
    with suppress(ValueError, ProcessLookupError):
        try:
            os.kill(int(pid), 0)
        except PermissionError:
            return True
        return True
    return False
