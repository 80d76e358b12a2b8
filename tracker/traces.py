"""Files of a workspace in which a person may stand, and whose they are.

Ours are the database, the pages, the drawings, the audit, logs, and what the tracker
itself wrote with --out. Everything else is the user's: it is named, never touched.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.backups.folder import place
from tracker.store import written_files

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.store.persons import Person

CACHE = ".cache"
AUDIT = "audit.jsonl"
MANIFEST = "manifest.json"
#: Files are searched in pieces that overlap, in bytes.
PIECE, OVERLAP = 1 << 22, 4096
_WORD = re.compile(rb"[\w-]{8,}")
#: Shorter words would be found in every file; of the user's own they are looked for in
#: cells.
SHORT = 4
CODES = ("utf-8", "utf-16-le", "utf-16-be", "latin-1")
DATABASE = b"SQLite format 3\0"


class Traces:
    """Where one person stands."""

    def __init__(self, tracker: Tracker, who: Person) -> None:
        self._tracker, self._home = tracker, tracker.home.resolve()
        self._site = (self._home / tracker.settings.site).resolve()
        self._backups = place(tracker).resolve()
        self._sought = Sought(who)

    # -- whose they are -------------------------------------------------------------

    def pages(self, *, short: bool = False) -> list[Path]:
        """Pages that name the person; they are made again."""
        return [path for path in _files(self._site) if self._in(path, short=short)]

    def logs(self) -> list[Path]:
        return [
            path
            for path in self._others()
            if ".log" in path.suffixes and self._in(path)
        ]

    def exports(self) -> list[Path]:
        """What commands wrote into the workspace with --out."""
        known = set(written_files.read(self._tracker.database))
        return [
            path
            for path in self._others()
            # what a PDF says cannot be searched: it is printed again
            if self.name(path) in known and (path.suffix == ".pdf" or self._in(path))
        ]

    def backups(self) -> list[Path]:
        """Other databases in the workspace: copies of this one, beside the backups."""
        return [path for path in self._others() if _begins(path, DATABASE)]

    def kept(self) -> list[Path]:
        """Files of the user's that hold the person."""
        ours = {*self.logs(), *self.exports(), *self.backups()}
        return [
            path
            for path in self._others()
            if path not in ours and self._in(path, short=True)
        ]

    def name(self, path: Path) -> str:
        """As it is told: below the workspace, or where it is."""
        if path.is_relative_to(self._home):
            return path.relative_to(self._home).as_posix()
        return str(path)

    def _others(self) -> Iterator[Path]:
        database = self._tracker.database.path
        names = {AUDIT}
        if database is not None:
            names |= {database.name + end for end in ("", "-wal", "-shm", "-journal")}
        for path in _files(self._home):
            inside = path.relative_to(self._home).parts
            if inside[0] == CACHE or path.is_relative_to(self._site):
                continue
            if path.is_relative_to(self._backups):
                continue
            if len(inside) > 1 or path.name not in names:
                yield path

    # -- ours, cleaned ----------------------------------------------------------------

    def clear(self) -> None:
        """Take the person out of our own files that are not made again."""
        shutil.rmtree(self._home / CACHE, ignore_errors=True)
        for path in self.logs():
            _without_lines(path, self._sought)
        gone = self.exports()
        for path in gone:
            path.unlink(missing_ok=True)
        written_files.forget(self._tracker.database, map(self.name, gone))
        made = _published(self._site)
        for path in self.pages():
            if path.relative_to(self._site).as_posix() not in made:
                path.unlink(missing_ok=True)

    # -- looking ----------------------------------------------------------------------

    def _in(self, path: Path, *, short: bool = False) -> bool:
        """Does a file hold the person, by its name or its bytes, packed or not? short:
        by a short name too, where that fills a cell."""
        if self._sought.within(path.name.encode("utf-8", "surrogateescape")):
            return True
        if short and self._sought.in_cell(path.stem.encode("utf-8", "surrogateescape")):
            return True
        try:
            return any(
                self._sought.within(piece) or (short and self._sought.in_cell(piece))
                for piece in _pieces(path)
            )
        except (OSError, ValueError, EOFError, zipfile.BadZipFile, RuntimeError):
            return False  # broken or locked: nobody can tell


class Sought:
    """Names of a person in bytes, in whatever encoding; ids of posts as words."""

    def __init__(self, who: Person) -> None:
        names = [text for text in who.called() if len(text) >= SHORT]
        cells = [text for text in who.called() if len(text) < SHORT]
        ids = {text for post in who.posts for text in post[2:4] if text}
        self._names = re.compile(b"|".join(_forms(names)) or b"(?!)", re.IGNORECASE)
        self._cells = _whole_cells(cells)
        self._ids = {
            each.encode("utf-8", "surrogatepass") for each in (*ids, *who.codes)
        }

    def within(self, data: bytes) -> bool:
        if self._names.search(data.lower()):
            return True
        return bool(self._ids) and any(
            word in self._ids for word in _WORD.findall(data)
        )

    def in_cell(self, data: bytes) -> bool:
        """Does a short name stand in it that fills a cell or a quoted text?"""
        return bool(self._cells.search(data))


def _whole_cells(names: list[str]) -> re.Pattern[bytes]:
    """Names between what parts cells, in CSV, JSON, TOML or a spreadsheet's XML."""
    made = b"|".join(re.escape(name.encode("utf-8", "surrogatepass")) for name in names)
    edge = rb"""[^,;|\t\r\n"'<>]"""
    found = rb"(?<!" + edge + rb")@?(?:" + made + rb")(?!" + edge + rb")"
    return re.compile(found if made else b"(?!)", re.IGNORECASE)


def _forms(names: list[str]) -> list[bytes]:
    """Patterns of names as they may be written; a plain word is no part of another."""
    found: dict[bytes, None] = {}
    for name in names:
        for text in (name.lower(), json.dumps(name)[1:-1].lower()):
            for code in CODES:
                made = re.escape(text.encode(code, "ignore"))
                if text.isalpha() and code in ("utf-8", "latin-1"):
                    made = rb"(?<![a-z0-9_])" + made + rb"(?![a-z0-9_])"
                if made:
                    found[made] = None
    return list(found)


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def _begins(path: Path, magic: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(magic)) == magic
    except OSError:
        return False


def _pieces(path: Path) -> Iterator[bytes]:
    """The bytes of a file, with some overlap; of a packed one, those inside."""
    with path.open("rb") as file:
        yield from _read(file)
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as box:
            for name in box.namelist():
                with box.open(name) as inner:
                    yield from _read(inner)
    elif path.suffix == ".gz":
        with gzip.open(path) as packed:
            yield from _read(packed)


def _read(file: Any) -> Iterator[bytes]:
    before = b""
    while piece := file.read(PIECE):
        yield before + piece
        before = (before + piece)[-OVERLAP:]


def _without_lines(path: Path, sought: Sought) -> None:
    """Take lines out of a log in its place: who writes it has it open."""
    with path.open("r+b") as file:
        lines = file.readlines()
        left = [one for one in lines if not sought.within(one)]
        file.seek(0)
        file.writelines(left)
        file.truncate()
        os.fsync(file.fileno())


def _published(site: Path) -> set[str]:
    """Files that publishing makes again or takes away by itself."""
    try:
        return {MANIFEST, *json.loads((site / MANIFEST).read_text("utf-8"))["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()
