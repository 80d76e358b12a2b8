"""The folder of backups: which are there, how long they stay, which one is meant."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker import forms
from tracker.errors import NotFoundError, StoreError

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.settings import Settings

MANIFEST, FORMAT = "manifest.json", 1
#: What a name of a backup looks like; those of a restore keep what it replaced.
NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z(-\d+)?")
ASIDE = "-before-restore"
#: Where the archive's files lie in a backup that has them.
PARTS = "archive"
FOLDER, KEEP = "backups", 14


@dataclass(frozen=True, slots=True)
class Plan:
    """[backup] of tracker.toml. every, expire: ms, or None. keep: how many stay."""

    folder: str = FOLDER
    every: int | None = None
    keep: int = KEEP
    expire: int | None = None


@dataclass(frozen=True, slots=True)
class Backup:
    """One that is there. made_at: ms UTC. aside: what a restore replaced."""

    path: Path
    made_at: int
    aside: bool = False

    @property
    def name(self) -> str:
        return self.path.name

    def manifest(self) -> dict[str, Any]:
        """What it says it holds. StoreError BACKUP_BAD."""
        try:
            found = json.loads((self.path / MANIFEST).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise bad(self.name, f"{MANIFEST} cannot be read") from error
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise bad(self.name, f"{MANIFEST} is of a format this version cannot read")
        return found


def bad(name: str, cause: str, now: str = "Nothing changed") -> StoreError:
    todo = "Use another backup: tracker backup list"
    return StoreError("BACKUP_BAD", f"backup {name}", cause, now, todo)


# -- where they are, and for how long -----------------------------------------------


def plan(settings: Settings) -> Plan:
    """What [backup] says, which was checked when the file was read."""
    said = settings.raw.get("backup", {})
    every, expire = (
        forms.duration(said[key]) if key in said else None
        for key in ("every", "expire")
    )
    return Plan(said.get("folder", FOLDER), every, said.get("keep", KEEP), expire)


def place(tracker: Tracker, out: Path | None = None) -> Path:
    """The folder of the backups."""
    if out is not None:
        return out
    return tracker.home / Path(plan(tracker.settings).folder).expanduser()


def found(folder: Path) -> list[Backup]:
    """Backups in a folder, the oldest first; of each restore what it put aside too."""
    with suppress(OSError):
        paths = [path for path in folder.iterdir() if path.is_dir()]
        return sorted(filter(None, map(_backup, paths)), key=lambda one: one.name)
    return []


def _backup(path: Path) -> Backup | None:
    name = path.name.removesuffix(ASIDE)
    if not NAME.fullmatch(name) or path.is_symlink():
        return None
    return Backup(path, _instant(name), path.name != name)


def _instant(name: str) -> int:
    at = datetime.strptime(name[:18], "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)
    return int(at.timestamp() * 1000)


def choose(folder: Path, name: str) -> Backup:
    """By its name, how it begins, `latest`, or as a path. NotFoundError."""
    if "/" in name:
        path = Path(name).expanduser()
        if (path / MANIFEST).is_file():
            return _backup(path) or Backup(path, 0)
        raise NotFoundError("backup", name)
    there = [one for one in found(folder) if (one.path / MANIFEST).is_file()]
    own = [one for one in there if not one.aside]
    if name == "latest" and own:
        return own[-1]
    begins = name.replace(":", "").removesuffix("Z")
    fits = [one for one in there if one.name == name]
    fits = fits or [one for one in own if one.name.startswith(begins)]
    if len(fits) != 1:
        raise NotFoundError("backup", name, [one.name for one in there])
    return fits[0]


def expiries(there: Iterable[Backup], plan: Plan) -> dict[Path, int | None]:
    """When each will be deleted, ms; None: when enough newer ones are made, or by you.

    With `every` the newest goes after `keep` more; with `expire` all go by age.
    """
    own = [one for one in there if not one.aside]
    return {one.path: _expiry(one, own, plan) for one in there}


def _expiry(one: Backup, own: list[Backup], plan: Plan) -> int | None:
    ends = []
    newer = sum(other.name > one.name for other in own)
    if plan.expire is not None and (newer or one.aside):
        ends.append(one.made_at + plan.expire)
    if plan.every is not None and own:
        ends.append(own[-1].made_at + max(1, plan.keep - newer) * plan.every)
    return min(ends, default=None)


def prune(folder: Path, keep: int, expire: int | None, now: int) -> list[Backup]:
    """Delete those that are too many or too old, but never the newest; which."""
    there = found(folder)
    own = [one for one in there if not one.aside]
    many = own[: max(0, len(own) - max(1, keep))]
    old = [o for o in own[:-1] if expire is not None and o.made_at + expire <= now]
    gone = {one.path for one in [*many, *old]}
    first = next((one.name for one in own if one.path not in gone), "")
    gone |= {one.path for one in there if one.aside and one.name < first}
    for path in sorted(gone):
        _delete(path)
    return [one for one in there if one.path in gone]


def _delete(path: Path) -> None:
    """Away with its name first, so that no half of it is taken for a backup."""
    going = path.with_name(hidden(path.name))
    path.rename(going)
    shutil.rmtree(going, ignore_errors=True)


def hidden(name: str) -> str:
    """What it is called while it is made or deleted: by whom, so that it can be swept
    away when that process is gone."""
    return f".{name}.{platform.node()}.{os.getpid()}.partial"
