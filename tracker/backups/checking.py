"""Is a backup whole?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tracker.backups.files import digest
from tracker.backups.folder import Backup, bad
from tracker.errors import StoreError
from tracker.store import duplicate, inventory


def problem(backup: Backup) -> str | None:
    """What is wrong with a backup, as a phrase; None when it is whole. BACKUP_BAD when
    its manifest cannot be read."""
    said = backup.manifest()
    return (
        _changed(backup.path, said)
        or unsound(backup.path, said)
        or _miscounted(backup.path, said)
    )


def _changed(folder: Path, said: dict[str, Any]) -> str | None:
    for one in said["files"]:
        path = folder / one["name"]
        if not path.is_file():
            return f"{one['name']} is missing"
        if path.stat().st_size != one["bytes"] or digest(path) != one["sha256"]:
            return f"{one['name']} is not as it was written"
    return None


def unsound(folder: Path, said: dict[str, Any]) -> str | None:
    """Is the database in it one that can be read from end to end?"""
    copy = folder / duplicate.FILES[said["database"]]
    if said["database"] != "sqlite":
        held = duplicate.listed(copy)
        lost = [t for t in said["tables"] if not any(h.startswith(t) for h in held)]
        return f"rows of table {lost[0]} are not in it" if lost else None
    if trouble := duplicate.damage(copy):
        return f"integrity check failed ({trouble})"
    return None


def _miscounted(folder: Path, said: dict[str, Any]) -> str | None:
    """Are its rows those of the manifest? Of a dump, only a restore can count them."""
    if said["database"] != "sqlite":
        return None
    return inventory.compare(said, duplicate.count(folder / duplicate.FILES["sqlite"]))


def verify(backup: Backup) -> dict[str, Any]:
    """Its manifest. StoreError BACKUP_BAD when anything is wrong."""
    if trouble := problem(backup):
        raise bad(backup.name, trouble)
    return backup.manifest()


def trouble(backup: Backup) -> str | None:
    """The same, whatever cannot be read; None when it is whole."""
    try:
        return problem(backup)
    except StoreError as error:
        return error.cause
