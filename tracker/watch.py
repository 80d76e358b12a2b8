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


def _names(place: Path) -> list[str]:
    if place.is_dir():
        return [str(path) for path in place.iterdir()]
    if os.path.lexists(place):
        return [str(place)]
    return glob.glob(str(place), recursive=True)  # noqa: PTH207 absolute patterns


class Watch:
    """Remembers a place, and says when to look closer.

    A new or changed file may still be written, and is then left alone by the run
    that finds it; so runs are asked for until one began when it had come to rest.
    """

    def __init__(self, home: Path, path: str, rest: int) -> None:
        self._rest = rest + MORE
        self._home, self._path = home, path
        self._last: Look | None = None
        self._since = 0
        self._done = False

    def changed(self, now: int) -> bool:
        """Should the source run?"""
        seen = look(self._home, self._path)
        if seen != self._last:
            quiet = seen.newest < now - self._rest
            self._last, self._done = seen, False
            self._since = now - self._rest if quiet else now
        return not self._done

    def ran(self, began: int) -> None:
        """A run that began at this instant has ended well."""
        self._done = not 0 <= began - self._since < self._rest
