"""Files that commands wrote into the workspace, so that an erasure finds them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from tracker.store.again import whole
from tracker.store.database import Database

KEY = "written files"


def read(database: Database) -> list[str]:
    """Their names, below the workspace."""
    with database.reading() as link:
        said = link.value("SELECT value FROM meta WHERE key = ?", (KEY,))
    return list(json.loads(said)) if said else []


def remember(database: Database, home: Path, *paths: Path) -> None:
    """Files that were written; those outside of the workspace are not ours."""
    top, known = home.resolve(), read(database)
    whole = [path.resolve() for path in paths]
    names = [p.relative_to(top).as_posix() for p in whole if p.is_relative_to(top)]
    fresh = [name for name in names if name not in set(known)]
    if fresh:
        still = [each for each in known if (home / each).exists()]
        _keep(database, [*still, *fresh])


def forget(database: Database, names: Iterable[str]) -> None:
    """Files that are not there any more."""
    known, gone = read(database), set(names)
    if gone & set(known):
        _keep(database, [name for name in known if name not in gone])


@whole
def _keep(database: Database, names: list[str]) -> None:
    with database.writing() as link:
        link.run(
            "INSERT INTO meta (key, value) VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (KEY, json.dumps(names)),
        )
