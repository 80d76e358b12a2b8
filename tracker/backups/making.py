"""Making a backup."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from tracker import __version__
from tracker.auditing import FILE as AUDIT
from tracker.backups.checking import unsound
from tracker.backups.files import digest, replace, room, sync, sync_all, write
from tracker.backups.folder import FORMAT, MANIFEST, PARTS, Backup, bad, hidden, place
from tracker.errors import StoreError
from tracker.model import iso, moment
from tracker.settings import FILE as SETTINGS
from tracker.store import audit, duplicate, returning

if TYPE_CHECKING:
    from tracker.app import Tracker

_PASSWORD = re.compile(r"(postgres(?:ql)?(?:\+psycopg)?://[^:/@\s\"']*):[^@\s\"']*@")
_OPTION = re.compile(r"([?&\s\"']password=)[^&\s\"']*")


def make(
    tracker: Tracker,
    *,
    now: int,
    out: Path | None = None,
    with_archive: bool = False,
    stop: Event | None = None,
    ending: str = "",
) -> Backup:
    """A new backup. now: ms UTC, its name. ending: after the name. StoreError when it
    cannot be made or is not whole; nothing of it is left then."""
    folder = place(tracker, out)
    with room(folder, "No backup was made; those before stay"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        sweep(folder)
        stamp = moment(now).strftime("%Y-%m-%dT%H%M%SZ")
        partial = folder / hidden(stamp)
        partial.mkdir(mode=0o700)
        try:
            _fill(tracker, partial, now, with_archive=with_archive, stop=stop)
            path = _named(partial, folder, stamp, ending)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    remember_erased(tracker, folder)
    return Backup(path, now, bool(ending))


def sweep(folder: Path) -> None:
    """Without what killed processes of this machine left half done."""
    mine = re.compile(rf"\..+\.{re.escape(platform.node())}\.(\d+)\.partial")
    for path in folder.iterdir():
        by = mine.fullmatch(path.name)
        if by and not _lives(int(by[1])):
            shutil.rmtree(path, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return pid != os.getpid()


def _named(partial: Path, folder: Path, stamp: str, ending: str) -> Path:
    for number in range(1, 100):
        path = folder / (stamp + (f"-{number}" if number > 1 else "") + ending)
        if path.exists():
            continue
        partial.rename(path)
        sync(folder)
        return path
    raise StoreError("BACKUP_NAME", stamp, "there are a hundred of this second")


def _fill(
    tracker: Tracker, to: Path, now: int, *, with_archive: bool, stop: Event | None
) -> None:
    database = tracker.database
    copy = to / duplicate.FILES[database.dialect]
    held = duplicate.copy(database, copy, stop)
    text = (tracker.home / SETTINGS).read_text("utf-8")
    write(to / SETTINGS, without_passwords(text).encode())
    write(to / AUDIT, _audit(tracker, copy, held))
    if with_archive:
        _take_archive(tracker, to, held["archive"])
    said = {
        "format": FORMAT,
        "made_at": iso(now),
        "program": __version__,
        "database": database.dialect,
        **held,
        "files": [_described(to, path) for path in _all(to)],
    }
    write(
        to / MANIFEST, (json.dumps(said, indent=1, ensure_ascii=False) + "\n").encode()
    )
    if trouble := unsound(to, said):
        raise StoreError(
            "BACKUP_BAD",
            f"backup {iso(now)}",
            trouble,
            "Deleted the copy, kept those before",
            "Run: tracker doctor",
        )
    sync_all(to)


def without_passwords(text: str) -> str:
    """Settings without what stands in a URL in the open."""
    return _OPTION.sub(r"\1", _PASSWORD.sub(r"\1@", text))


def _audit(tracker: Tracker, copy: Path, held: dict[str, Any]) -> bytes:
    """The lines of the audit as the copy has them."""
    if "audit" not in held["tables"]:
        return b""
    if tracker.database.dialect == "sqlite":
        with duplicate.opened(copy) as link:
            lines = list(audit.lines(link))
    else:
        lines = audit.all_lines(tracker.database)[0][: held["audit"]["n"]]
    return "".join(f"{audit.text(line)}\n" for line in lines).encode()


def _take_archive(tracker: Tracker, to: Path, parts: list[dict[str, Any]]) -> None:
    """The archive's files, whether they lie in a folder or a store of objects."""
    for part in parts:
        target = to / PARTS / part["path"]
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write(target, tracker.database.archive.read(part["path"]))
        if digest(target) != part["digest"]:
            raise bad("of the archive", f"{part['path']} is not as it was written")


def _all(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _described(folder: Path, path: Path) -> dict[str, Any]:
    name = path.relative_to(folder).as_posix()
    return {"name": name, "bytes": path.stat().st_size, "sha256": digest(path)}


def remember_erased(tracker: Tracker, folder: Path | None = None) -> None:
    """Write the list of everybody who was erased beside the backups there are."""
    where = folder or place(tracker)
    known = returning.known(tracker.database) if where.is_dir() else None
    if known is not None:
        replace(where / returning.FILE, json.dumps(known.as_json(), indent=1).encode())
