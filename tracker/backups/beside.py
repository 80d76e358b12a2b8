"""Restoring a backup as a new workspace, beside the one it is of."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tracker import app
from tracker.auditing import FILE as AUDIT
from tracker.backups.archived import bring
from tracker.backups.checking import verify
from tracker.backups.files import write
from tracker.backups.folder import Backup, place
from tracker.backups.restoring import Restored, erase_again, refuse_newer, told
from tracker.backups.since import Since, erased_since, of_database
from tracker.errors import ConfigError, StoreError
from tracker.settings import FILE as SETTINGS
from tracker.store import duplicate, returning

if TYPE_CHECKING:
    from tracker.app import Tracker


def restore_to(
    folder: Path, backup: Backup, tracker: Tracker | None, *, now: int, actor: str
) -> Restored:
    """Make a new workspace of a backup. tracker: the one it is of, if there is one: it
    knows who was erased since. Raises StoreError."""
    said = verify(backup)
    refuse_newer(backup, said)
    if said["database"] != "sqlite":
        raise ConfigError(
            "RESTORE_PLACE",
            f"backup {backup.name}",
            "it is of PostgreSQL, which --to cannot make a database of",
            "Nothing changed",
            "Make a workspace with an empty database, then: tracker --home DIR restore"
            f" {backup.path} --yes",
        )
    if folder.exists() and any(folder.iterdir()):
        raise StoreError(
            "RESTORE_FOLDER",
            str(folder),
            "it is not empty",
            "Nothing changed",
            "Name another folder with --to",
        )
    known = None
    with suppress(StoreError):
        known = of_database(tracker.database)[1] if tracker else None
    beside = [backup.path.parent, *([place(tracker)] if tracker else [])]
    erased, others = erased_since(said, known, *beside)
    since = Since([], said["audit"]["n"], False, erased, others)
    _lay_out(folder, backup)
    more = returning.statements(
        head=(said["audit"]["n"], said["audit"]["hash"]),
        lines=[],
        written=since.written,
        erased=erased,
        name=backup.name,
        actor=actor,
        now=now,
    )
    copy = backup.path / duplicate.FILES["sqlite"]
    duplicate.stage(copy, folder / "tracker.db", more)
    fresh = app.open_tracker(folder, check=False)
    bring(fresh, backup, said)
    again = erase_again(fresh, said, now)
    found = told(fresh, backup, said, since)
    return replace(found, erased=again, settings_differ=False)


def _lay_out(folder: Path, backup: Backup) -> None:
    for part in (folder, folder / "inbox", folder / "site"):
        part.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = (backup.path / SETTINGS).read_text("utf-8")
    here = 'database = "sqlite:///tracker.db"'
    # wherever the database was, the new one is here
    text, many = re.subn(r"(?m)^database\s*=.*$", here, text, count=1)
    write(folder / SETTINGS, (text if many else f"{here}\n{text}").encode())
    write(folder / AUDIT, (backup.path / AUDIT).read_bytes())
