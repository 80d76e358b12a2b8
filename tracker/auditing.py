"""The audit as a file beside the database, and whether it can be trusted.

The table is written with each change; the file follows it. What the file was given
once is never given again, so that a line that was taken out stays out and is missed.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.checks.audit import Problem, problems
from tracker.store import audit

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.store.database import Link

FILE = "audit.jsonl"


def follow(tracker: Tracker) -> None:
    """Write to the file what it lacks. On PostgreSQL the table alone is the audit."""
    if tracker.database.dialect != "sqlite":
        return
    with tracker.database.reading() as link:
        number, _ = audit.last(link)
        if _written(link) >= number:
            return
    with tracker.database.writing() as link:
        written = _written(link)
        fresh = [audit.text(line) for line in audit.lines(link, written)]
        if fresh:
            _append(tracker.home / FILE, fresh)
            audit.remember(link, audit.WRITTEN, str(written + len(fresh)))


def _written(link: Link) -> int:
    found = link.value("SELECT value FROM meta WHERE key = ?", (audit.WRITTEN,))
    return int(found or 0)


def _append(path: Path, lines: list[str]) -> None:
    """Add lines; what a write that was cut off has left is completed, not doubled."""
    text = "".join(f"{line}\n" for line in lines).encode()
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.fchmod(file, 0o600)
        size = os.fstat(file).st_size
        reach = min(size, len(text))
        tail = os.pread(file, reach, size - reach)
        os.pwrite(file, text[_done(tail, text) :], size)
        os.fsync(file)
    finally:
        os.close(file)


def _done(tail: bytes, text: bytes) -> int:
    """How much of the text stands at the end of the file already. No line is there
    twice: its number and hash are its own."""
    first = text[: text.index(b"\n") + 1]
    start = tail.find(first)
    if start < 0:  # at most a part of its first line
        start = tail.rfind(b"\n") + 1
    there = tail[start:]
    return len(there) if text.startswith(there) else 0


def verify(tracker: Tracker) -> tuple[int, list[Problem]]:
    """How many lines there are, and what is wrong with them."""
    texts = _texts(tracker)
    with tracker.database.reading() as link:
        last = audit.last(link)
    return len(texts), problems(texts, last, audit.START, audit.digest, audit.text)


def _texts(tracker: Tracker) -> list[str]:
    if tracker.database.dialect != "sqlite":
        return [audit.text(line) for line in audit.all_lines(tracker.database)[0]]
    try:
        body = (tracker.home / FILE).read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return []
    *lines, rest = body.split("\n")
    return [*lines, f"{rest}\0"] if rest else lines  # a line ends with its break
