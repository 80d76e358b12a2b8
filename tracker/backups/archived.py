"""Files of the archive that belong to a backup."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tracker.backups.folder import PARTS, Backup

if TYPE_CHECKING:
    from tracker.app import Tracker


def bring(tracker: Tracker, backup: Backup, said: dict[str, Any]) -> None:
    """Put files that the backup holds back, where they are missing."""
    held = backup.path / PARTS
    if not held.is_dir():
        return
    archive = tracker.database.archive
    there = dict(archive.files())
    for part in said["archive"]:
        file = held / part["path"]
        if part["path"] not in there and file.is_file():
            archive.write(part["path"], file.read_bytes())


def missing(
    tracker: Tracker, backup: Backup, said: dict[str, Any], *, dry_run: bool
) -> Iterator[str]:
    """Files that are not there; their readings will be looked for in vain."""
    if not said["archive"]:
        return
    there = dict(tracker.database.archive.files())
    for part in said["archive"]:
        held = dry_run and (backup.path / PARTS / part["path"]).is_file()
        if not held and there.get(part["path"]) != part["bytes"]:
            yield part["path"]
