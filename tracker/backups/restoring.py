"""Restoring a backup: into the workspace it is of, or as a new one beside.

The backup is verified first; what it replaces is kept as a backup of its own; and the
database changes in one act, so whatever is cut off leaves the one or the other. Who was
erased since stays erased, and the audit goes on: see `store/returning.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker import app
from tracker.auditing import follow
from tracker.backups.archived import bring, missing
from tracker.backups.checking import verify
from tracker.backups.folder import Backup
from tracker.backups.placing import into_postgresql, into_sqlite, replace_audit
from tracker.backups.since import Since, since
from tracker.errors import ConfigError, LockedError, SchemaError
from tracker.hosts import host_name, hosts
from tracker.lock import HomeLock, alone
from tracker.settings import FILE as SETTINGS
from tracker.store import inventory, returning, schema

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.store.returning import Statement


@dataclass(frozen=True)
class Restored:
    """What a restore did, or would do. aside: where the former state is. erased: people
    who are erased again; None: by the first command after the upgrade. others: marks of
    erased people that are another workspace's. missing: files of the archive that are
    not where they belong. before: lines of the audit that were kept."""

    backup: Backup
    manifest: dict[str, Any]
    home: Path
    aside: Path | None = None
    erased: int | None = 0
    others: int = 0
    missing: tuple[str, ...] = ()
    lines: int = 0
    settings_differ: bool = False
    dry_run: bool = False

    @property
    def older(self) -> bool:
        """Does it need an upgrade of the schema?"""
        return str(self.manifest["schema"]) != schema.newest()


def look(tracker: Tracker, backup: Backup) -> Restored:
    """What a restore would do. StoreError BACKUP_BAD and others that it would raise."""
    said = _fitting(tracker, backup)
    with _alone(tracker):
        after = since(tracker, backup, said)
    return told(tracker, backup, said, after, dry_run=True)


def restore(tracker: Tracker, backup: Backup, *, now: int) -> Restored:
    """Put a backup in the place of the database. Raises StoreError, LockedError,
    SchemaError; nothing has changed then."""
    said = _fitting(tracker, backup)
    with _alone(tracker):
        after = since(tracker, backup, said)
        more = list(_statements(tracker, backup, said, after, now))
        if tracker.database.dialect == "sqlite":
            aside = into_sqlite(tracker, backup, more, now)
        else:
            aside = into_postgresql(tracker, backup, said, more, now)
        if not after.file:
            replace_audit(tracker, backup, aside)
        bring(tracker, backup, said)
        erased = erase_again(tracker, said, now)
    found = told(tracker, backup, said, after)
    return replace(found, aside=aside, erased=erased)


def told(
    tracker: Tracker,
    backup: Backup,
    said: dict[str, Any],
    after: Since,
    *,
    dry_run: bool = False,
) -> Restored:
    ours = (tracker.home / SETTINGS).read_text("utf-8")
    theirs = (backup.path / SETTINGS).read_text("utf-8")
    return Restored(
        backup,
        said,
        tracker.home,
        others=after.others,
        missing=tuple(missing(tracker, backup, said, dry_run=dry_run)),
        lines=len(after.lines),
        settings_differ=ours != theirs,
        dry_run=dry_run,
    )


# -- may it be? --------------------------------------------------------------------


def _fitting(tracker: Tracker, backup: Backup) -> dict[str, Any]:
    """The manifest of a whole backup that this workspace and this version can take."""
    said = verify(backup)
    if said["database"] != tracker.database.dialect:
        raise ConfigError(
            "BACKUP_OTHER",
            f"backup {backup.name}",
            f"it is of {said['database']}, this workspace has a database of"
            f" {tracker.database.dialect}",
            "Nothing changed",
            "Restore it into a workspace whose `database` is of its kind",
        )
    refuse_newer(backup, said)
    return said


def refuse_newer(backup: Backup, said: dict[str, Any]) -> None:
    """SchemaError: this version does not know the backup's schema."""
    if said["schema"] != schema.newest() and not schema.is_older(said["schema"]):
        raise SchemaError(
            "SCHEMA_NEWER",
            f"backup {backup.name}",
            f"it has schema {said['schema']} of version {said['program']}; this version"
            f" knows up to {schema.newest()}",
            "Nothing changed",
            "Upgrade the tracker first",
        )


@contextmanager
def _alone(tracker: Tracker) -> Iterator[None]:
    """Nobody else works on the database. LockedError."""
    with ExitStack() as held:
        if tracker.database.dialect == "sqlite":
            host = host_name(tracker.settings)
            lock = HomeLock(tracker.home, host, tracker.runs.leases.clock())
            held.callback(lock.release)
        elif names := _living(tracker):
            raise _running(f"daemons live or are late: {', '.join(names)}")
        if not held.enter_context(alone(tracker.home)):
            raise _running("tracker serve listens")
        yield


def _running(cause: str) -> LockedError:
    return LockedError(
        "RESTORE_RUNNING",
        "restore",
        cause,
        "Nothing changed",
        "Stop them, and tracker serve on every host, then restore",
    )


def _living(tracker: Tracker) -> list[str]:
    with tracker.database.reading() as link:
        if "lease" not in inventory.tables(link):
            return []
    now = tracker.runs.leases.clock()
    # one that is late may only be frozen
    return [host.name for host in hosts(tracker, now) if host.state != "gone"]


def _statements(
    tracker: Tracker, backup: Backup, said: dict[str, Any], after: Since, now: int
) -> Iterator[Statement]:
    return returning.statements(
        head=(said["audit"]["n"], said["audit"]["hash"]),
        lines=after.lines,
        written=after.written,
        erased=after.erased,
        name=backup.name,
        actor=tracker.database.who.actor,
        now=now,
    )


def erase_again(tracker: Tracker, said: dict[str, Any], now: int) -> int | None:
    """Erase who is back; how many. None: after the upgrade, by any command."""
    if said["schema"] != schema.newest():
        return None
    from tracker.privacy import resume
    from tracker.store.erasure import unfinished

    fresh = app.open_tracker(tracker.home, who=tracker.database.who)
    returning.enter(fresh.database, fresh.zone, now)
    many = len(unfinished(fresh.database))
    resume(fresh, now=now)
    follow(fresh)
    return many
