"""Files of a drop folder: which are there, which are ready, what is no file.

Nothing that lies in the folder can stop the others: named pipes, folders,
devices, links and unreadable files are told about and passed over, without being
opened. Files are left where they are.
"""

from __future__ import annotations

import errno
import glob
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tracker.model import is_day
from tracker.sources.base import Payload
from tracker.sources.content import stamp
from tracker.sources.values import visible

#: Names of files that somebody is still writing or that are nobody's data.
_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".download", ".swp", "~")
#: What is taken from a folder that is named without a pattern.
TABLES = (".csv", ".tsv", ".tab", ".txt")

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


def find_files(home: str, pattern: str) -> Listing:
    """The files of a path: a file, a folder, or a glob, relative to home."""
    listing = Listing()
    for path in sorted(_paths(home, pattern, listing), key=os.fsencode):
        _look(path, home, listing)
    listing.payloads.sort(key=lambda payload: payload.label)
    return listing


def _paths(home: str, pattern: str, listing: Listing) -> Iterator[str]:
    whole = os.path.join(home, os.path.expanduser(pattern))
    if os.path.lexists(whole) and not os.path.isdir(whole):
        yield whole
    elif os.path.isdir(whole):
        yield from (p for p in _children(whole, home, listing) if _is_table(p))
    elif glob.has_magic(pattern):
        yield from _globbed(home, os.path.expanduser(pattern), listing)
    else:
        why = "is not there. Nothing was read. Check the source's path"
        listing.notices.append(f"warning[FILE_MISSING] {label(whole, home)}: {why}.")


def _children(folder: str, home: str, listing: Listing) -> list[str]:
    try:
        return [os.path.join(folder, name) for name in os.listdir(folder)]
    except OSError as error:
        _unreadable(folder, home, error, listing)
        return []


def _globbed(home: str, pattern: str, listing: Listing) -> Iterator[str]:
    """Matches of a glob; links to folders below its fixed part are not followed."""
    root = glob.escape(home)
    fixed = os.path.join(home, pattern.split("**")[0])
    for path in glob.iglob(os.path.join(root, pattern), recursive=True):
        if _finished(path) and not _through_link(path, fixed):
            if os.path.isdir(path) and not _is_table(path):
                continue
            yield path
    if not os.path.isdir(folder := _fixed_folder(home, pattern)):
        why = "is not there. Nothing was read. Check the source's path"
        listing.notices.append(f"warning[FILE_MISSING] {label(folder, home)}: {why}.")


def _fixed_folder(home: str, pattern: str) -> str:
    """The deepest folder of a glob before its first sign of a pattern."""
    parts = []
    for part in os.path.dirname(pattern).split(os.sep):
        if glob.has_magic(part):
            break
        parts.append(part)
    return os.path.join(home, os.sep.join(parts) or ".") if parts != [""] else home


def _through_link(path: str, fixed: str) -> bool:
    folder = os.path.dirname(path)
    while len(folder) > len(fixed):
        if os.path.islink(folder):
            return True
        folder = os.path.dirname(folder)
    return False


def _finished(path: str) -> bool:
    name = os.path.basename(path)
    lower = name.lower()
    if name.startswith(".") or lower.endswith(_UNFINISHED) or not name:
        return False
    return not lower.endswith(".done")


def _is_table(path: str) -> bool:
    name = os.path.basename(path).lower().removesuffix(".gz")
    return _finished(path) and name.endswith(TABLES)


def _look(path: str, home: str, listing: Listing) -> None:
    """Add the payload of a path, or the notice that tells why there is none."""
    try:
        info = os.lstat(path)
    except FileNotFoundError:
        return  # it went away since the folder was read
    except OSError as error:
        _unreadable(path, home, error, listing)
        return
    if not stat.S_ISREG(info.st_mode):
        listing.notices.append(_no_file(path, home, info.st_mode))
    elif not os.access(path, os.R_OK):
        _unreadable(path, home, PermissionError(errno.EACCES, ""), listing)
    else:
        listing.payloads.append(_payload(path, home, info))


def _payload(path: str, home: str, info: os.stat_result) -> Payload:
    seen_at = max(info.st_mtime_ns // 1_000_000, 0)
    # No clock reads the mark of a day: see model.
    seen_at -= is_day(seen_at)
    return Payload(label(path, home), seen_at, path=path, stamp=stamp(info))


def _no_file(path: str, home: str, mode: int) -> str:
    what, todo = next(
        ((what, todo) for test, what, todo in _KINDS if test(mode)),
        ("is not a file", "Remove it"),
    )
    subject = f"error[FILE_KIND] {label(path, home)}"
    return f"{subject}: {what}. Ignored; other files continue. {todo}."


def _unreadable(path: str, home: str, error: OSError, listing: Listing) -> None:
    listing.notices.append(
        f"error[FILE_UNREADABLE] {label(path, home)}: cannot be read "
        f"({os.strerror(error.errno or 0)}). Ignored; other files continue. "
        "Change its permissions."
    )


def label(path: str, home: str) -> str:
    """What a person knows a file by: its path, below home relative to it.

    Bytes that are no UTF-8 and characters that hide or reorder text are written
    as escapes, and so is the backslash, so that no two files share a label.
    """
    inside = os.path.normpath(path)
    base = os.path.normpath(home) + os.sep
    text = os.fsencode(inside.removeprefix(base)).decode("utf-8", "surrogateescape")
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
    if payload.path is None or Path(payload.path + ".done").exists():
        return True
    try:
        info = os.lstat(payload.path)
    except OSError:
        return False
    if payload.stamp not in (None, stamp(info)):
        return False
    changed = info.st_mtime_ns // 1_000_000
    if changed > now:
        changed = info.st_ctime_ns // 1_000_000
    return now - changed >= settle
