"""Files of a backup: private, and on the disk before anybody relies on them."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracker.errors import StoreError


def digest(path: Path) -> str:
    """SHA-256, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(path: Path, data: bytes) -> None:
    """A file that nobody else may read."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(file, "wb") as out:
        out.write(data)


def replace(path: Path, data: bytes) -> None:
    """Put a whole file in the place of another, whenever the machine stops."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    write(part, data)
    sync(part)
    part.rename(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """A file or a folder is on the disk."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def sync_all(folder: Path) -> None:
    """The folder and everything in it."""
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)


@contextmanager
def room(folder: Path, now: str) -> Iterator[None]:
    """What the folder cannot take is a StoreError. now: what that means."""
    try:
        yield
    except OSError as error:
        full = error.errno == errno.ENOSPC
        raise StoreError(
            "DISK_FULL" if full else "BACKUP_WRITE",
            str(folder),
            (error.strerror or str(error)).lower(),
            now,
            "Free space and retry" if full else "Choose another folder with --out",
        ) from error
