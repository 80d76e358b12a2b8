"""Files of a drop folder: which are there, which are ready, what is no file.

Nothing that lies in the folder can stop the others: named pipes, folders,
devices, links and unreadable files are told about and passed over, without being
opened. Files are left where they are.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tracker.model import is_day
from tracker.sources.base import Payload
from tracker.sources.content import stamp
from tracker.sources.values import visible

#: Names of files that somebody is still writing or that are nobody's data.
_UNFINISHED = (
    *(".tmp", ".part", ".partial", ".crdownload", ".download", ".swp", "~"),
    ".done",  # says that its neighbour is finished
)
_EFFECTIVE = os.access in os.supports_effective_ids
_MAGIC = re.compile(r"[*?[]")
#: What is taken from a folder that is named without a pattern; the second only
#: where exports of platforms may come.
TABLES = (".csv", ".tsv", ".tab", ".txt")
WORKBOOKS = (".xlsx", ".xls", ".zip")

_KINDS = (
    (stat.S_ISLNK, "is a link, which is not followed", "Put the file itself there"),
    (stat.S_ISFIFO, "is a named pipe, not a file", "Remove it"),
    (stat.S_ISDIR, "is a folder, not a file", "Move it elsewhere"),
    (stat.S_ISSOCK, "is a socket, not a file", "Remove it"),
    (stat.S_ISCHR, "is a device, not a file", "Remove it"),
    (stat.S_ISBLK, "is a device, not a file", "Remove it"),
)


@dataclass
class Listing:
    """What was found: payloads in the order of their labels, and notices."""

    payloads: list[Payload] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def find_files(home: str, pattern: str, names: tuple[str, ...] = TABLES) -> Listing:
    """The files of a path: a file, a folder, or a glob, relative to home.

    names: how files end that are taken from a folder.
    """
    listing = Listing()
    root = Path(home)
    for path in sorted(_paths(root, pattern, listing, names), key=os.fsencode):
        _look(path, root, listing)
    listing.payloads.sort(key=lambda payload: payload.label)
    return listing


def _paths(
    home: Path, pattern: str, listing: Listing, names: tuple[str, ...]
) -> Iterable[Path]:
    whole = home / Path(pattern).expanduser()
    try:
        if whole.is_dir():
            return [path for path in whole.iterdir() if _is_table(path, names)]
        if whole.is_symlink() or whole.exists():
            return [whole]
        if _MAGIC.search(pattern):
            return _globbed(whole, home, listing, names)
    except OSError as error:
        _unreadable(whole, home, error, listing)
        return []
    _missing(whole, home, listing)
    return []


def _globbed(
    whole: Path, home: Path, listing: Listing, names: tuple[str, ...]
) -> Iterable[Path]:
    """Matches of a glob; folders are passed over unless they are called as tables."""
    at = next(i for i, part in enumerate(whole.parts) if _MAGIC.search(part))
    folder = Path(*whole.parts[:at])
    if not folder.is_dir():
        _missing(folder, home, listing)
        return []
    found = folder.glob(str(Path(*whole.parts[at:])))
    return [
        p for p in found if _finished(p) and (_is_table(p, names) or not p.is_dir())
    ]


def _missing(path: Path, home: Path, listing: Listing) -> None:
    listing.notices.append(
        f"warning[FILE_MISSING] {label(path, home)}: is not there. "
        "Nothing was read. Check the source's path."
    )


def _finished(path: Path) -> bool:
    name = path.name.lower()
    return not name.startswith(".") and not name.endswith(_UNFINISHED)


def _is_table(path: Path, names: tuple[str, ...]) -> bool:
    return _finished(path) and path.name.lower().removesuffix(".gz").endswith(names)


def _look(path: Path, home: Path, listing: Listing) -> None:
    """Add the payload of a path, or the notice that tells why there is none."""
    try:
        info = path.lstat()
    except FileNotFoundError:
        return  # it went away since the folder was read
    except OSError as error:
        _unreadable(path, home, error, listing)
        return
    if not stat.S_ISREG(info.st_mode):
        listing.notices.append(_no_file(path, home, info.st_mode))
    elif not os.access(path, os.R_OK, effective_ids=_EFFECTIVE):
        _unreadable(path, home, PermissionError(errno.EACCES, ""), listing)
    else:
        listing.payloads.append(_payload(path, home, info))


def _payload(path: Path, home: Path, info: os.stat_result) -> Payload:
    seen_at = max(info.st_mtime_ns // 1_000_000, 0)
    # No clock reads the mark of a day: see model.
    seen_at -= is_day(seen_at)
    return Payload(label(path, home), seen_at, path=str(path), stamp=stamp(info))


def _no_file(path: Path, home: Path, mode: int) -> str:
    what, todo = next(
        ((what, todo) for test, what, todo in _KINDS if test(mode)),
        ("is not a file", "Remove it"),
    )
    subject = f"error[FILE_KIND] {label(path, home)}"
    return f"{subject}: {what}. Ignored; other files continue. {todo}."


def _unreadable(path: Path, home: Path, error: OSError, listing: Listing) -> None:
    listing.notices.append(
        f"error[FILE_UNREADABLE] {label(path, home)}: cannot be read "
        f"({os.strerror(error.errno or 0)}). Ignored; other files continue. "
        "Change its permissions."
    )


def label(path: Path, home: Path) -> str:
    """What a person knows a file by: its path, below home relative to it.

    Bytes that are no UTF-8 and characters that hide or reorder text are written
    as escapes, and so is the backslash, so that no two files share a label.
    """
    inside = path.relative_to(home) if path.is_relative_to(home) else path
    text = os.fsencode(inside).decode("utf-8", "surrogateescape")
    text = text.replace("\\", "\\\\")
    return visible("".join(_byte(c) if "\udc80" <= c <= "\udcff" else c for c in text))


def _byte(sign: str) -> str:
    return f"\\x{ord(sign) - 0xDC00:02x}"


def is_settled(payload: Payload, now: int, settle: int) -> bool:
    """Is nobody writing this file any more?

    True when `NAME.done` lies beside it, or when nothing changed for `settle` ms.
    A modification time that lies ahead (another machine's clock) says nothing;
    then the time of the last change as this machine saw it is taken.
    """
    if payload.path is None:
        return True
    try:
        info = Path(payload.path).lstat()
    except OSError:
        return False
    if _is_done(payload.path):
        return True
    if payload.stamp not in (None, stamp(info)):
        return False
    changed = info.st_mtime_ns // 1_000_000
    if changed > now:
        changed = info.st_ctime_ns // 1_000_000
    return now - changed >= settle


def _is_done(path: str) -> bool:
    try:
        return Path(path + ".done").exists()
    except OSError:
        return False  # a name that cannot grow by five letters has no marker
