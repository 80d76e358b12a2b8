"""What happened after a backup was made, and must not be undone by restoring it."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.auditing import FILE as AUDIT
from tracker.backups.folder import Backup, place
from tracker.errors import StoreError
from tracker.store import audit, inventory, returning

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.store.database import Database
    from tracker.store.returning import Known


@dataclass(frozen=True)
class Since:
    """What was learned after a backup was made. lines: of the audit, those that follow
    the backup's; written: how many lines its file has; file: it may stay."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    written: int = 0
    file: bool = False
    erased: Known | None = None
    others: int = 0


def since(tracker: Tracker, backup: Backup, said: dict[str, Any]) -> Since:
    """Read from the present database, where it can be read, and the files beside."""
    n, made = said["audit"]["n"], said["audit"]["hash"]
    here: list[dict[str, Any]] = []
    known, written = None, None
    with suppress(StoreError):
        here, known, written = of_database(tracker.database)
    on_file = _lines_of(tracker.home / AUDIT)
    lines = here or on_file
    same = not n or any((line["n"], line["hash"]) == (n, made) for line in lines)
    file = same and bool(on_file)
    tail = returning.tail(lines, n, made) if same else []
    erased, others = erased_since(said, known, place(tracker), backup.path.parent)
    many = (len(on_file) if written is None else written) if file else n
    return Since(tail, many, file, erased, others)


def of_database(
    database: Database,
) -> tuple[list[dict[str, Any]], Known | None, int | None]:
    """Lines of the audit, who was erased, how many lines the file was given. StoreError
    when it is damaged; nothing of one that is not there."""
    if database.path is not None and not database.path.is_file():
        return [], None, None
    with database.reading() as link:
        if "suppressed" not in inventory.tables(link):
            return [], None, None
        lines = list(audit.lines(link))
        said = link.value("SELECT value FROM meta WHERE key = ?", (audit.WRITTEN,))
    return lines, returning.known(database), int(said or 0)


def _lines_of(path: Path) -> list[dict[str, Any]]:
    """Lines of a file of the audit; what is no line is left out."""
    found: list[Any] = []
    with suppress(OSError, ValueError):
        texts = path.read_text("utf-8", "replace").splitlines()
        found.extend(map(json.loads, texts))
    return [line for line in found if isinstance(line, dict) and "hash" in line]


def erased_since(
    said: dict[str, Any], known: Known | None, *folders: Path
) -> tuple[Known | None, int]:
    """Everybody who was erased, of whom a database or a list beside backups knows; and
    how many marks have another key than the backup."""
    lists = [known]
    for folder in folders:
        with suppress(OSError, ValueError, KeyError, TypeError):
            text = (folder / returning.FILE).read_text("utf-8")
            lists.append(returning.Known.from_json(text))
    there = [one for one in lists if one is not None]
    fits = [o for o in there if said["erasures"] in (None, o.fingerprint)]
    found = returning.together(fits)
    taken = found.marks if found else frozenset()
    every = frozenset[Any]().union(*(one.marks for one in there))
    return found, len(every - taken)
