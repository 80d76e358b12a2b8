"""People's rights: everything about somebody, somebody gone, nothing kept too long."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.errors import RosterError
from tracker.forms import duration
from tracker.model import iso
from tracker.store import erasure, persons, retention
from tracker.store.persons import Person
from tracker.store.roster import Roster

if TYPE_CHECKING:
    from tracker.app import Tracker

#: What is ours besides the database: made again, or deleted.
CACHE = ".cache"
#: Files larger than this are searched in pieces.
PIECE = 1 << 22
BACKUPS = ("*.backup", "*.bak", "backups/*", "backup/*")
RETENTION = ("captions", "clicks", "quarantine", "rejects")


@dataclass(frozen=True)
class Report:
    """What an erasure came to. files: those of ours that were made again or deleted.
    kept_by_you: files of the user's that still hold the person."""

    person: str
    number: int
    tables: dict[str, int]
    files: tuple[str, ...]
    kept_by_you: tuple[str, ...]
    backups: tuple[tuple[str, str | None], ...]
    dry_run: bool = False

    @property
    def suppressed(self) -> bool:
        return not self.dry_run


def export(tracker: Tracker, slug: str) -> dict[str, Any]:
    """Everything about a person, by kind. Raises NotFoundError."""
    from tracker.clock import now
    from tracker.findings import findings

    found = persons.export(tracker.database, slug)
    found["findings"] = [
        {"rule": one.rule, "at": iso(one.at), "evidence": one.evidence}
        for one in findings(tracker, now=now())
        if one.ambassador == slug
    ]
    return found


def look(tracker: Tracker, slug: str) -> Report:
    """What an erasure would do. Raises NotFoundError."""
    who, tables = erasure.look(tracker.database, slug)
    kept = tuple(_holding(tracker, who))
    pages = tuple(_pages(tracker, who))
    backups = tuple(_backups(tracker))
    return Report(slug, who.row, tables, pages, kept, backups, dry_run=True)


def erase(tracker: Tracker, slug: str, *, now: int) -> Report:
    """Take a person out of the workspace. Raises NotFoundError.

    The database is done in one transaction; what a kill leaves undone after it is
    finished by the next command that writes (`resume`).
    """
    who, _ = erasure.look(tracker.database, slug)
    kept, pages = tuple(_holding(tracker, who)), tuple(_pages(tracker, who))
    roster = Roster(tracker.database)
    plans = [roster.plan(campaign.id) for campaign in roster.campaigns()]
    done = erasure.erase(tracker.database, slug, erasure.tags_of(plans), now)
    _finish(tracker, done.person, now)
    return Report(
        slug,
        done.person,
        {table: many for table, many in sorted(done.tables.items()) if many},
        pages,
        kept,
        tuple(_backups(tracker)),
    )


def resume(tracker: Tracker, *, now: int) -> None:
    """Finish erasures that were cut off."""
    for person in erasure.unfinished(tracker.database):
        _finish(tracker, person, now)


def _finish(tracker: Tracker, person: int, now: int) -> None:
    """Files: charts drawn anew, pages made again, the database rewritten."""
    from tracker.publish import publish

    shutil.rmtree(tracker.home / CACHE, ignore_errors=True)
    if (tracker.home / tracker.settings.site / "manifest.json").exists():
        publish(tracker, now=now)
    if not erasure.compact(tracker.database):
        raise RosterError(
            "ERASE_BUSY",
            f"person {person}",
            "another process reads the database, whose log still holds old pages",
            "Everything else is done",
            "End it, or run any command that writes once it has ended",
        )
    erasure.finish(tracker.database, person, now)


# -- files ---------------------------------------------------------------------------


def _holding(tracker: Tracker, who: Person) -> Iterator[str]:
    """Files of the workspace that are not ours and hold the person."""
    ours = {tracker.settings.site, CACHE}
    for path in sorted(tracker.home.rglob("*")):
        name = path.relative_to(tracker.home)
        if name.parts[0] in ours or _is_ours(tracker, name) or not path.is_file():
            continue
        if path.is_symlink() or not _holds(path, who):
            continue
        yield str(name)


def _is_ours(tracker: Tracker, name: Path) -> bool:
    database = tracker.database.path.name if tracker.database.path else ""
    own = (database and name.name.startswith(database)) or name.name == "audit.jsonl"
    return bool(own) or any(name.match(pattern) for pattern in BACKUPS)


def _holds(path: Path, who: Person) -> bool:
    """Is a needle in it, in UTF-8, UTF-16 or Latin-1, packed by gzip or zip or not?"""
    needles = [
        text.encode(code, "ignore").lower()
        for text in who.needles
        for code in ("utf-8", "utf-16-le", "utf-16-be", "latin-1")
    ]
    try:
        return any(
            needle in piece.lower() for piece in _pieces(path) for needle in needles
        )
    except (OSError, ValueError, EOFError):
        return False


def _pieces(path: Path) -> Iterator[bytes]:
    """The bytes of a file, with some overlap; of a packed one, those inside."""
    import gzip
    import zipfile

    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as box:
            for name in box.namelist():
                with box.open(name) as file:
                    yield from _read(file)
    elif path.suffix == ".gz":
        with gzip.open(path) as file:
            yield from _read(file)
    else:
        with path.open("rb") as file:
            yield from _read(file)


def _read(file: Any) -> Iterator[bytes]:
    before = b""
    while piece := file.read(PIECE):
        yield before + piece
        before = piece[-1024:]


def _pages(tracker: Tracker, who: Person) -> Iterator[str]:
    """Pages that name the person: they are made again."""
    site = tracker.home / tracker.settings.site
    for path in sorted(site.rglob("*")) if site.is_dir() else ():
        if path.is_file() and (who.pattern.search(path.name) or _holds(path, who)):
            yield str(path.relative_to(tracker.home))


def _backups(tracker: Tracker) -> Iterator[tuple[str, str | None]]:
    """Copies of the database in the workspace; when they expire nobody knows."""
    for pattern in BACKUPS:
        for path in sorted(tracker.home.glob(pattern)):
            if path.is_file():
                yield str(path.relative_to(tracker.home)), None


# -- retention -------------------------------------------------------------------------


def limits(tracker: Tracker, now: int) -> dict[str, int]:
    """Before which instant each kind of record goes; kinds kept for ever are not
    there. A source's own retention is kept by its runs."""
    said = tracker.settings.raw.get("retention", {})
    return {
        kind: now - duration(said[kind])
        for kind in RETENTION
        if said.get(kind, "forever") != "forever"
    }


def retain(tracker: Tracker, *, now: int, dry_run: bool = False) -> dict[str, int]:
    """Take out what is older than [retention] allows; rows changed by kind. Counts,
    sums and totals stay."""
    roster = Roster(tracker.database)
    plans = [roster.plan(campaign.id) for campaign in roster.campaigns()]
    before = limits(tracker, now)
    tags = erasure.tags_of(plans)
    return retention.retain(tracker.database, before, tags, now, dry_run=dry_run)
