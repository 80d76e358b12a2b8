"""People's rights: everything about somebody, somebody gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.backups.making import remember_erased
from tracker.errors import LockedError
from tracker.model import iso
from tracker.store import erasure, persons, returning
from tracker.store.compaction import LINGERS, compact
from tracker.traces import Traces

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.store.erasure import Erased
    from tracker.store.persons import Person


@dataclass(frozen=True)
class Report:
    """What an erasure came to. files: those of ours that were made again, cleaned or
    deleted. kept_by_you: files of the user's that still hold the person. backups: those
    that still hold the person, and when they expire (None: nobody said). lingers: what
    is not ours to clean, as a sentence."""

    person: str
    number: int
    tables: dict[str, int]
    files: tuple[str, ...]
    kept_by_you: tuple[str, ...]
    backups: tuple[tuple[str, str | None], ...]
    lingers: str | None = None
    dry_run: bool = False

    @property
    def suppressed(self) -> bool:
        return not self.dry_run


def export(tracker: Tracker, slug: str, *, now: int) -> dict[str, Any]:
    """Everything about a person, by kind. Raises RosterError."""
    from tracker.findings import findings

    found, who = persons.export(tracker.database, slug)
    posts = {(platform, post) for _, platform, post, *_ in who.posts}
    found["findings"] = [
        {
            "id": one.id,
            "rule": one.rule,
            "at": iso(one.at),
            "evidence": one.evidence,
            "state": one.state,
        }
        for one in findings(tracker, now=now)
        if one.ambassador == slug or (one.platform, one.post_id) in posts
    ]
    return found


def look(tracker: Tracker, slug: str) -> Report:
    """What an erasure would do. Raises RosterError."""
    who, changes = erasure.look(tracker.database, slug, tracker.zone)
    files = _files(tracker, who)
    return _report(tracker, slug, changes, files, lingers(tracker), dry_run=True)


def erase(tracker: Tracker, slug: str, *, now: int) -> Report:
    """Take a person out of the workspace. Raises RosterError.

    What a kill leaves undone is finished by the next command that writes (`resume`).
    Raises LockedError when another process does not let go of the database's log.
    """
    who = erasure.begin(tracker.database, slug, now)
    files = _files(tracker, who)
    Traces(tracker, who).clear()
    done = erasure.erase(tracker.database, slug, tracker.zone, now)
    remember_erased(tracker)
    _finish(tracker, done.person, now)
    return _report(tracker, slug, done, files, lingers(tracker))


def lingers(tracker: Tracker) -> str | None:
    """What of a database no erasure of ours reaches."""
    return None if tracker.database.dialect == "sqlite" else LINGERS


def resume(tracker: Tracker, *, now: int) -> None:
    """Finish erasures that were cut off; begin those of people who came back with a
    restored backup."""
    if returning.waits(tracker.database):
        returning.enter(tracker.database, tracker.zone, now)
    for person, slug in erasure.unfinished(tracker.database):
        if slug is not None:
            erase(tracker, slug, now=now)
        else:
            remember_erased(tracker)
            _finish(tracker, person, now)


def _finish(tracker: Tracker, person: int, now: int) -> None:
    """Pages and drawings made again, the database rewritten."""
    from tracker.publish import publish

    if (tracker.home / tracker.settings.site / "manifest.json").exists():
        publish(tracker, now=now)
    if not compact(tracker.database):
        raise LockedError(
            "ERASE_BUSY",
            f"person {person}",
            "another process reads the database, whose log still holds old pages",
            "Everything else is done",
            "End it, or run any command that writes once it has ended",
        )
    erasure.finish(tracker.database, person, now)


def _files(tracker: Tracker, who: Person) -> dict[str, tuple[str, ...]]:
    """Names of files that hold the person, by whose they are."""
    traces = Traces(tracker, who)

    def named(paths: Iterable[Path]) -> tuple[str, ...]:
        return tuple(sorted(map(traces.name, paths)))

    return {
        "ours": named([*traces.pages(short=True), *traces.logs(), *traces.exports()]),
        "yours": named(traces.kept()),
        "backups": named(traces.backups()),
    }


def _report(
    tracker: Tracker,
    slug: str,
    done: Erased,
    files: dict[str, tuple[str, ...]],
    lingers: str | None,
    *,
    dry_run: bool = False,
) -> Report:
    kept = _backups(tracker)
    return Report(
        slug,
        done.person,
        {table: many for table, many in sorted(done.tables.items()) if many},
        files["ours"],
        files["yours"],
        (*kept, *((name, None) for name in files["backups"])),
        lingers,
        dry_run,
    )


def _backups(tracker: Tracker) -> Iterator[tuple[str, str | None]]:
    """All backups there are: each is older than the erasure."""
    from tracker.backups.folder import expiries, found, place, plan

    there = found(place(tracker))
    for path, end in expiries(there, plan(tracker.settings)).items():
        inside = path.is_relative_to(tracker.home)
        yield str(path.relative_to(tracker.home) if inside else path), iso(end)
