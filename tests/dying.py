"""Work on the archive in a process that is killed at a step.

It imports little: each process of the tests begins with it.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tracker.store.archive import move, restore
from tracker.store.database import Database

#: 2027-01-01: when all of it is long over.
LATER = 1_798_761_600_000
#: Deeds of the system that leave something behind.
DEEDS = ("write", "fsync", "rename", "unlink", "mkdir", "rmdir")


def do(deed: str, database: Database) -> None:
    if deed == "run":
        move.run(database, move.Wish("2027-01", again=True), now=LATER)
    else:
        restore.restore(database, "2026-01", now=LATER)


def killed(
    deed: str, url: str, home: Path, address: str, step: int, around: dict[str, str]
) -> None:
    """In a process of its own: do it, and be killed at a step.

    around: the environment; what the process comes from may be older than the test.
    """
    os.environ.update(around)
    steps = itertools.count(1)

    def here() -> None:
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in DEEDS:
        setattr(os, name, _watched(getattr(os, name), here))
    writing = Database.writing

    @contextmanager
    def watched(self: Database) -> Iterator[Any]:
        with writing(self) as link:
            yield link
            here()
        here()

    Database.writing = watched  # type: ignore[method-assign]
    do(deed, Database(url, home, archive=address))


def _watched(act: Callable[..., Any], here: Callable[[], None]) -> Callable[..., Any]:
    def watched(*words: Any, **more: Any) -> Any:
        done = act(*words, **more)
        here()
        return done

    return watched


def in_a_process(deed: str, database: Database, home: Path, step: int) -> bool:
    """Was it killed, rather than done?"""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["polars", "s3fs", "tracker.store.archive.restore"])
    around = dict(os.environ)
    words = (deed, database.url, home, database.archive.address, step, around)
    process = context.Process(target=killed, args=words)
    process.start()
    process.join(120)
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0
