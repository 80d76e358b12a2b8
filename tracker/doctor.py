"""Looks for trouble in a workspace: checks answer findings and change nothing."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import TZPATH, ZoneInfo, ZoneInfoNotFoundError

from tracker.errors import ConfigError, StoreError, TrackerError
from tracker.model import iso

if TYPE_CHECKING:
    from tracker.app import Tracker

#: Less than this is too little for a day's work, in bytes.
ROOM = 64 * 2**20
#: A log beside the database this large means that a reader never ends.
WAL = 64 * 2**20
#: On these, locks and fsync are not reliable.
REMOTE = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "fuse.sshfs",
        "afs",
        "ceph",
        "glusterfs",
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """level: error (something is wrong) or warning (it may go wrong)."""

    level: str
    code: str
    subject: str
    text: str

    def __str__(self) -> str:
        return f"{self.level}[{self.code}] {self.subject}: {self.text}"


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, what was found, and a word about it when nothing was."""

    name: str
    findings: list[Finding]
    said: str = ""


def examine(home: Path, now: int) -> list[Check]:
    """All checks. Those that need a database are left out when it cannot be opened."""
    checks = [
        Check("files", list(_modes(home))),
        Check("disk", [*_room(home), *_file_system(home)]),
        Check("python", [], f"Python {sys.version.split()[0]}"),
        Check("time zones", list(_zones())),
    ]
    try:
        tracker = _open(home)
    except TrackerError as error:
        return [*checks, Check("settings", list(_problems(error)))]
    return [*checks, Check("settings", []), *_database_checks(tracker, now)]


def _open(home: Path) -> Tracker:
    from tracker.app import open_tracker

    tracker = open_tracker(home, check=False)
    path = tracker.database.path
    if path is not None and not path.is_file():
        raise StoreError(
            "DB_MISSING",
            path.name,
            "there is no such file",
            "",
            "Run: tracker restore latest, or tracker ingest to make a new one",
        )
    return tracker


def _problems(error: TrackerError) -> Iterator[Finding]:
    several = error.problems if isinstance(error, ConfigError) else ()
    for problem in several or (f"{error.cause}. {error.todo}".strip(),):
        yield Finding("error", error.code, error.subject, problem)


def _database_checks(tracker: Tracker, now: int) -> Iterator[Check]:
    from tracker.store import health

    checks: tuple[tuple[str, Callable[[], list[Finding]]], ...] = (
        ("schema", lambda: list(_schema(tracker))),
        ("database", lambda: list(_damage(tracker))),
        ("sums", lambda: list(_sums(tracker))),
        ("sources", lambda: list(_sources(tracker, now))),
        ("backups", lambda: list(_backups(tracker, now))),
    )
    for name, look in checks:
        try:
            findings = look()
            said = health.version(tracker.database) if name == "database" else ""
            yield Check(name, findings, said)
        except TrackerError as error:
            yield Check(name, list(_problems(error)))
            return
        if findings and name in ("schema", "database"):
            return  # what stands on it would only repeat it


def _modes(home: Path) -> Iterator[Finding]:
    """The workspace holds personal data: nobody else may read it."""
    for name in (".", "tracker.toml", "tracker.db", "tracker.db-wal", "inbox"):
        path = home / name
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except OSError:
            continue
        if mode & 0o077:
            right = "0700" if path.is_dir() else "0600"
            said = f"mode {mode:04o}, others can read it. Run: chmod {right} {name}"
            yield Finding("warning", "MODE", home.name if name == "." else name, said)
    if hasattr(os, "geteuid") and os.geteuid() != home.stat().st_uid:
        yield Finding("warning", "OWNER", home.name, "it belongs to another user")


def _room(home: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(home).free
    if free < ROOM:
        said = f"{free // 2**20} MiB free, {ROOM // 2**20} MiB needed. Free space"
        yield Finding("error", "DISK_FULL", home.name, said)
    wal = home / "tracker.db-wal"
    if wal.exists() and (size := wal.stat().st_size) > WAL:
        said = f"it is {size // 2**20} MiB: some reader never ends. Find it"
        yield Finding("warning", "WAL_GROWS", wal.name, said)


def _file_system(home: Path) -> Iterator[Finding]:
    kind = file_system(home.resolve())
    if kind in REMOTE:
        said = f"it is on {kind}: locks and fsync are not reliable. Use a local disk"
        yield Finding("warning", "FS_UNSAFE", home.name, said)


def file_system(path: Path, mounts: str | None = None) -> str | None:
    """The kind of file system a path lies on; None where that is not told."""
    try:
        text = mounts if mounts is not None else Path("/proc/mounts").read_text()
    except OSError:
        return None
    best, kind = "", None
    for line in text.splitlines():
        at, named = line.split()[1:3]
        at = at.encode().decode("unicode_escape")
        if path.is_relative_to(at) and len(at) >= len(best):
            best, kind = at, named
    return kind


def _zones() -> Iterator[Finding]:
    try:
        ZoneInfo("Europe/Paris")
    except ZoneInfoNotFoundError:
        said = f"no data in {', '.join(TZPATH) or 'any place'}. Run: pip install tzdata"
        yield Finding("error", "ZONES", "time zones", said)


def _schema(tracker: Tracker) -> Iterator[Finding]:
    from tracker.store import schema

    found, needed = schema.version(tracker.database), schema.newest()
    if found != needed:
        said = (
            f"schema {found or 'missing'}, {needed} is needed. Run: tracker db upgrade"
        )
        yield Finding("error", "SCHEMA", "database", said)


def _damage(tracker: Tracker) -> Iterator[Finding]:
    from tracker.store import health

    if needed := health.outdated(tracker.database):
        said = f"{needed} is needed. Use a newer Python or system library"
        yield Finding("error", "SQLITE", health.version(tracker.database), said)
    for text in health.damage(tracker.database):
        yield Finding(
            "error", "DB_CORRUPT", "database", f"{text}. Run: tracker restore latest"
        )


def _sums(tracker: Tracker) -> Iterator[Finding]:
    """Everything that is derived, derived again."""
    from tracker.store.verify import verify

    differences = verify(tracker.database, tracker.zone)
    if differences:
        said = f"{len(differences)} sums differ from the readings, first "
        said += f"{differences[0]}. Run: tracker verify --repair"
        yield Finding("error", "DRIFT", "database", said)


def _sources(tracker: Tracker, now: int) -> Iterator[Finding]:
    from tracker.status import sources

    for source in sources(tracker, now):
        name = f"source {source.state.name}"
        if source.late:
            said = f"late by {source.late // 60_000} min. Does tracker daemon run?"
            yield Finding("warning", "LATE", name, said)
        if source.state.state in ("failed", "paused"):
            said = f"{source.state.state}: {source.state.reason or 'no reason given'}"
            yield Finding("warning", "SOURCE", name, said)


def _backups(tracker: Tracker, now: int) -> Iterator[Finding]:
    """Does the daemon make them, where it should?"""
    from tracker.backups.folder import place, plan
    from tracker.backups.regular import newest

    every = plan(tracker.settings).every
    if every is None:
        return
    last = newest(tracker)
    if last + 2 * every < now:
        said = f"the newest is of {iso(last)}" if last else "there is none"
        said += ". Does tracker daemon run? Run: tracker backup"
        yield Finding("warning", "BACKUP_LATE", place(tracker).name, said)


def as_json(checks: list[Check]) -> dict[str, object]:
    """`tracker doctor --json`."""
    return {
        "ok": not any(check.findings for check in checks),
        "checks": [
            {
                "name": check.name,
                "said": check.said,
                "findings": [
                    {
                        "level": f.level,
                        "code": f.code,
                        "subject": f.subject,
                        "text": f.text,
                    }
                    for f in check.findings
                ],
            }
            for check in checks
        ],
    }
