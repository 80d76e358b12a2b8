"""The folder of pages: every file whole at every moment, the manifest last.

Files are written beside their places under other names, synced, and only then
renamed, all of them in one go; what did not change is not touched. One publisher
works at a time. Whatever interrupts it, each page is its old or its new self.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tracker import __version__
from tracker.errors import LockedError, ReportError
from tracker.model import iso

MANIFEST = "manifest.json"
LOCK = ".publishing.lock"
FRESH = ".publishing"
#: What the files looked like when they were published, so that those nobody touched
#: since need not be read again.
SEEN = ".published.json"
#: Seconds to wait for another publisher.
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Entry:
    """sha256 of a file's bytes, and a digest of what it was made from."""

    sha256: str
    made_from: str


@dataclass
class Shelf:
    """Use as a context; leaving it without an error publishes.

    now: for the manifest alone. scope: the folders (or "" for all) whose files are
    removed when they are not put again.
    """

    folder: Path
    now: int
    scope: tuple[str, ...] = ("",)
    before: dict[str, Entry] = field(default_factory=dict)
    after: dict[str, Entry] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    _seen: dict[str, list[Any]] = field(default_factory=dict)
    _lock: int = -1

    def __enter__(self) -> Self:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(self.folder)
            self._sweep()
        except OSError as error:
            raise _trouble(self.folder, error) from error
        self.before = _entries(self.folder)
        self._seen = _seen(self.folder)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self._publish()
            else:
                with suppress(OSError):
                    self._sweep()
        except OSError as trouble:
            raise _trouble(self.folder, trouble) from trouble
        finally:
            os.close(self._lock)

    def put(self, name: str, made_from: str, make: Callable[[], bytes]) -> None:
        """One file. `make` is called only when made_from is new, or the file that
        is there is not the one that was published."""
        old = self.before.get(name)
        if old and old.made_from == made_from and self._there(name) == old.sha256:
            self.after[name] = old
            return
        try:
            data = make()
            digest = hashlib.sha256(data).hexdigest()
            if self._there(name) != digest:
                self._stage(name, data)
                self.written.append(name)
        except OSError as error:
            raise _trouble(self.folder / name, error) from error
        self.after[name] = Entry(digest, made_from)

    def _there(self, name: str) -> str | None:
        """The hash of the file that is there, if there is one."""
        try:
            digest, *looks = self._seen.get(name, [None])
            if digest and looks == _looks(self.folder / name):
                return str(digest)
            return hashlib.sha256((self.folder / name).read_bytes()).hexdigest()
        except OSError:
            return None

    def _stage(self, name: str, data: bytes) -> None:
        """Written and synced under another name."""
        target = self._place(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(_fresh(target), flags, 0o666), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def _place(self, name: str) -> Path:
        """Where a file goes; never outside the folder, nor through a link."""
        parts = name.split("/")
        if any(part in ("", ".", "..") or "\0" in part for part in parts):
            raise _outside(name)
        place = self.folder
        for part in parts[:-1]:
            place = place / part
            if place.is_symlink():
                raise _outside(name)
        return place / parts[-1]

    def _publish(self) -> None:
        folders = {self._place(name).parent for name in self.written}
        for name in self.written:
            target = self._place(name)
            _fresh(target).replace(target)
        for folder in folders:
            _sync(folder)
        kept = {n: e for n, e in self.before.items() if not self._in_scope(n)}
        for name in self._bare({*kept, *self.after}):
            kept.pop(name, None)
        for name in sorted(set(self.before) - set(self.after) - set(kept)):
            self._remove(name)
        self.after = {**kept, **self.after}
        if self.written or self.removed or self.after != self.before:
            self._write_manifest()
        self._remember()

    def _remember(self) -> None:
        """How the published files look; only a help, so it need not be synced."""
        seen = {
            name: [entry.sha256, *_looks(self.folder / name)]
            for name, entry in sorted(self.after.items())
            if (self.folder / name).is_file()
        }
        if seen != self._seen:
            fresh = self._place(FRESH + SEEN)
            fresh.write_text(json.dumps(seen))
            fresh.replace(self.folder / SEEN)

    def _bare(self, names: set[str]) -> list[str]:
        """Lists of a folder in which nothing else is left."""
        lists = (name for name in names if name.endswith("/index.html"))
        return [
            one
            for one in lists
            if not any(
                other != one and other.startswith(one.removesuffix("index.html"))
                for other in names
            )
        ]

    def _in_scope(self, name: str) -> bool:
        return any(not part or name.startswith(f"{part}/") for part in self.scope)

    def _remove(self, name: str) -> None:
        target = self._place(name)
        target.unlink(missing_ok=True)
        self.removed.append(name)
        with suppress(OSError):  # a folder that still holds something stays
            for folder in target.parents:
                if folder == self.folder:
                    break
                folder.rmdir()

    def _write_manifest(self) -> None:
        files = {
            name: {"sha256": entry.sha256, "made_from": entry.made_from}
            for name, entry in sorted(self.after.items())
        }
        about = {"tool": f"Ambassador Tracker {__version__}", "built_at": iso(self.now)}
        text = json.dumps({**about, "files": files}, indent=1) + "\n"
        self._stage(MANIFEST, text.encode())
        target = self.folder / MANIFEST
        _fresh(target).replace(target)
        _sync(self.folder)

    def _sweep(self) -> None:
        """Remove what an interrupted publisher left."""
        for left in self.folder.rglob(f".*{FRESH}"):
            left.unlink(missing_ok=True)


def _looks(path: Path) -> list[int]:
    """Size, time of the last change and number of a file: they change with it."""
    info = path.lstat()
    return [info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino]


def _seen(folder: Path) -> dict[str, list[Any]]:
    try:
        found = json.loads((folder / SEEN).read_text("utf-8"))
        return {str(name): list(looks) for name, looks in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _fresh(target: Path) -> Path:
    return target.with_name(f".{target.name}{FRESH}")


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _locked(folder: Path) -> int:
    """The lock of the folder; the system frees it when the process ends."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(folder / LOCK, flags, 0o600)
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                os.close(handle)
                raise LockedError(
                    "PUBLISHING",
                    folder.name,
                    "another process is writing these pages",
                    "Nothing was written",
                    "Wait for it, then retry",
                ) from None
            time.sleep(0.05)
        else:
            return handle


def _entries(folder: Path) -> dict[str, Entry]:
    """What the last manifest says; nothing when it is missing or unreadable."""
    try:
        found: Any = json.loads((folder / MANIFEST).read_text("utf-8"))
        return {
            str(name): Entry(str(entry["sha256"]), str(entry.get("made_from", "")))
            for name, entry in found["files"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _outside(name: str) -> ReportError:
    return ReportError(
        "OUTSIDE", name, "it would leave the folder of the pages", "Nothing was written"
    )


def _trouble(path: Path, error: OSError) -> ReportError:
    return ReportError(
        "PAGES_IO",
        path.name,
        error.strerror or str(error),
        "The last good pages stay",
        "Check the folder and the free space, then run: tracker report",
    )
