"""Folders of copies of the database while they are read: private, one a process, and
swept away by the next command when their process was killed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

COPIES = Path(".cache") / "past"


def folder_for_copy(home: Path) -> Path:
    """A new private folder in a workspace."""
    copies = home / COPIES
    copies.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Path(mkdtemp(prefix=f"{os.getpid()}-", dir=copies))


@contextmanager
def temporary(home: Path) -> Iterator[Path]:
    """The same for as long as it is used."""
    folder = folder_for_copy(home)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(home: Path) -> None:
    """Without what killed processes left: it holds people of the past."""
    with suppress(OSError):
        for old in (home / COPIES).iterdir():
            if not _lives(old.name.partition("-")[0]):
                shutil.rmtree(old, ignore_errors=True)


def _lives(pid: str) -> bool:
    with suppress(ValueError, ProcessLookupError):
        try:
            os.kill(int(pid), 0)
        except PermissionError:
            return True
        return True
    return False
