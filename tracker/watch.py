"""Has a drop folder changed? Asked every few seconds, so files are not opened."""

from __future__ import annotations

import glob
import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

#: How long files must rest before they are read, where no block says it, in ms.
USUAL_REST = 10_000
#: Clocks and looks are not exact: so much longer, in ms.
MORE = 1_000


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen: a hash over names, sizes and times, and the newest time (ms)."""

    digest: str
    newest: int


def look(home: Path, path: str) -> Look:
    """What lies at a file, in a folder or under a glob, links followed."""
    seen, newest = hashlib.blake2b(digest_size=16), 0
    for name in sorted(_names(home / Path(path).expanduser())):
        try:
            found = Path(name).stat()
        except OSError:
            continue
        if stat.S_ISREG(found.st_mode):
            seen.update(
                f"{name}\0{found.st_size}\0{found.st_mtime_ns}\0{found.st_ctime_ns}"
                f"\0{found.st_ino}\n".encode("utf-8", "surrogateescape")
            )
            newest = max(newest, found.st_mtime_ns // 1_000_000)
    return Look(seen.hexdigest(), newest)


def anything(home: Path, path: str) -> bool:
    """Does anything lie there on this machine?"""
    place = home / Path(path).expanduser()
    if place.is_dir():
        return any(place.iterdir())
    return bool(_names(place))


def _names(place: Path) -> list[str]:
    if place.is_dir():
        return [str(path) for path in place.iterdir()]
    if os.path.lexists(place):
        return [str(place)]
    return glob.glob(str(place), recursive=True)  # noqa: PTH207 absolute patterns


class Watch:
    """Remembers a place, and says when its source should run.

    A file that may still be written is left alone by a run, so one more must follow
    when everything has come to rest. Until then there are runs now and then: what
    has come to rest should not wait for what is still growing.
    """

    def __init__(self, home: Path, path: str, rest: int) -> None:
        """rest: how long a file must be untouched, in ms."""
        self._home, self._path, self._rest = home, path, rest + MORE
        self._seen: Look | None = None
        self._since = 0
        self._ran: int | None = None
        self._done = False

    def changed(self, now: int) -> bool:
        """Should the source run?"""
        seen = look(self._home, self._path)
        if seen != self._seen:
            self._seen, self._since, self._done = seen, now, False
        if self._done:
            return False
        return self._quiet(now) or self._ran is None or self._rested(self._ran, now)

    def ran(self, began: int) -> None:
        """A run that began at this instant has ended well."""
        self._ran, self._done = began, self._quiet(began)

    def _quiet(self, now: int) -> bool:
        """Has nobody touched anything for long enough? By the files' times, or,
        when those lie ahead, by ours."""
        assert self._seen is not None
        return self._seen.newest < now - self._rest or self._rested(self._since, now)

    def _rested(self, since: int, now: int) -> bool:
        return not 0 <= now - since < self._rest
