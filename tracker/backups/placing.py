"""A backup's database in the place of the present one, which is put aside."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker import copies
from tracker.auditing import FILE as AUDIT
from tracker.backups.files import sync, write
from tracker.backups.folder import ASIDE, Backup, place
from tracker.backups.making import make
from tracker.errors import StoreError
from tracker.model import moment
from tracker.store import duplicate, inventory
from tracker.store.reload import reload

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.store.returning import Statement

#: Files of a SQLite database, by what follows its name.
ENDINGS = ("", "-wal", "-shm", "-journal")


def into_sqlite(
    tracker: Tracker, backup: Backup, more: list[Statement], now: int
) -> Path | None:
    path = tracker.database.path
    assert path is not None
    stage = copies.folder_for_copy(tracker.home)
    try:
        staged = stage / path.name
        duplicate.stage(backup.path / duplicate.FILES["sqlite"], staged, more)
        aside = _kept(tracker, now)
        if aside is None:
            aside = _moved(tracker, path, now)
            shutil.copyfile(staged, part := path.with_name(f"{path.name}.restoring"))
            part.chmod(0o600)
            sync(part)
            part.rename(path)
            sync(path.parent)
        else:
            duplicate.pour(staged, tracker.database)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return aside


def _kept(tracker: Tracker, now: int) -> Path | None:
    """A backup of the present state; None when it cannot be read."""
    path = tracker.database.path
    if path is not None and not path.is_file():
        return None
    try:
        return make(tracker, now=now, ending=ASIDE).path
    except StoreError as error:
        if error.code in ("DB_BUSY", "DISK_FULL", "BACKUP_WRITE"):
            raise
        return None


def _moved(tracker: Tracker, path: Path, now: int) -> Path | None:
    """Files of a database that nobody can read, put aside; so no old log is taken for
    one of the restored database."""
    there = [path.with_name(path.name + end) for end in ENDINGS]
    there = [file for file in there if file.exists()]
    if not there:
        return None
    stamp = moment(now).strftime("%Y-%m-%dT%H%M%SZ")
    aside = place(tracker) / f"{stamp}{ASIDE}"
    aside.mkdir(mode=0o700, parents=True)
    for file in there:
        shutil.move(file, aside / file.name)
    sync(aside)
    sync(path.parent)
    return aside


def into_postgresql(
    tracker: Tracker,
    backup: Backup,
    said: dict[str, Any],
    more: list[Statement],
    now: int,
) -> Path | None:
    with tracker.database.reading() as link:
        there = inventory.take(link)
    aside = make(tracker, now=now, ending=ASIDE).path if there else None
    dump = backup.path / duplicate.FILES["postgresql"]
    reload(tracker.database, dump, said, more)
    return aside


def replace_audit(tracker: Tracker, backup: Backup, aside: Path | None) -> None:
    """The backup's lines in the place of a file that tells of something else."""
    file = tracker.home / AUDIT
    if tracker.database.dialect != "sqlite":
        return
    if file.exists() and aside is not None:
        shutil.copyfile(file, aside / f"{AUDIT}.replaced")
        (aside / f"{AUDIT}.replaced").chmod(0o600)
    write(file, (backup.path / AUDIT).read_bytes())
