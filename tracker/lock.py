"""The locks of a workspace: one daemon on one SQLite home, one upgrade at a time.

The system holds the lock for the process and frees it when the process ends,
however that happens. What is written in the file is for the message alone.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracker.errors import LockedError, StoreError
from tracker.model import iso

FILE, SERVING, UPGRADING = ".tracker.lock", ".tracker.serving", ".tracker.upgrading"
TRIES = 4
#: How long another upgrade is waited for, in seconds.
PATIENCE = 600


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock: process, host, and since when (ms)."""

    pid: int | None = None
    host: str | None = None
    since: int | None = None


class HomeLock:
    """The lock, once taken; keep it for as long as it should be held."""

    def __init__(self, home: Path, host: str, now: int) -> None:
        """Raises LockedError when another process holds it."""
        self._file = _open(home)
        if not _locked(self._file):
            by = _read(self._file)
            os.close(self._file)
            raise _already(home, by)
        _sign(self._file, host, now)

    def release(self) -> None:
        """Let go; an empty file stays, because removing it would race."""
        os.ftruncate(self._file, 0)
        os.close(self._file)


def holder(home: Path) -> Holder | None:
    """Who holds the lock now; None when nobody does."""
    try:
        file = os.open(home / FILE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        # A shared lock can be had at the same time by all who only ask.
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except OSError:
        return _read(file)
    finally:
        os.close(file)


@contextmanager
def serving(home: Path) -> Iterator[None]:
    """While `tracker serve` listens: several may, but nobody replaces the database."""
    file = _open(home, SERVING)
    try:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield
    finally:
        os.close(file)


@contextmanager
def alone(home: Path) -> Iterator[bool]:
    """Is there nobody who serves? As long as this lasts, nobody begins to."""
    file = _open(home, SERVING)
    try:
        yield _locked(file)
    finally:
        os.close(file)


@contextmanager
def upgrading(
    home: Path, host: str, now: int, wait: Callable[[Holder], None]
) -> Iterator[Holder | None]:
    """The one that upgrades the database; who was cut off while doing it before.

    wait: is told who has to be waited for. LockedError when that takes too long.
    """
    file = _open(home, UPGRADING)
    try:
        if not _locked(file):
            wait(_read(file))
            _await(home, file)
        before = _read(file)
        _sign(file, host, now)
        try:
            yield before if before.pid else None
        finally:  # a killed process leaves its name
            os.ftruncate(file, 0)
    finally:
        os.close(file)


def _await(home: Path, file: int) -> None:
    end = time.monotonic() + PATIENCE
    while not _locked(file):
        if time.monotonic() > end:
            raise LockedError(
                "DB_BUSY",
                f"home {home.name}",
                f"process {_read(file).pid} is still upgrading the database",
                "Nothing was done",
                "Wait for it, or end it, and try again",
            )
        time.sleep(0.2)


def _sign(file: int, host: str, now: int) -> None:
    said = json.dumps({"pid": os.getpid(), "host": host, "since": now})
    os.ftruncate(file, 0)
    os.pwrite(file, said.encode(), 0)


def _locked(file: int) -> bool:
    """Try a few times: somebody who only asks holds the lock for an instant."""
    for attempt in range(TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError:
            time.sleep(0.02 * attempt)
    return False


def _open(home: Path, name: str = FILE) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        return os.open(home / name, flags, 0o600)
    except OSError as error:
        raise StoreError(
            "HOME_READONLY",
            f"home {home.name}",
            error.strerror or "its lock file cannot be written",
            "Not started",
            "Change the permissions of the folder",
        ) from error


def _read(file: int) -> Holder:
    try:
        said: dict[str, Any] = json.loads(os.pread(file, 1000, 0))
        return Holder(said.get("pid"), said.get("host"), said.get("since"))
    except (ValueError, OSError, AttributeError):
        return Holder()


def _already(home: Path, by: Holder) -> LockedError:
    who = f"daemon pid {by.pid} on host {by.host}" if by.pid else "another daemon"
    since = f" since {iso(by.since)}" if by.since else ""
    return LockedError(
        "ALREADY_RUNNING",
        f"home {home.name}",
        f"{who}{since} holds the lock",
        "Not started",
        "Stop it, or use PostgreSQL for several hosts",
    )
