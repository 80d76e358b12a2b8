"""tracker backup."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import (
    answer,
    emit_json,
    json_option,
    now_ms,
    progress,
    say,
    table,
    wants_json,
    workspace_home,
)
from tracker.model import iso

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.backups.folder import Backup

out_option = click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The folder of the backups, instead of `folder` under [backup].",
)


@click.group(invoke_without_command=True)
@out_option
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many backups stay, instead of `keep` under [backup].",
)
@click.option(
    "--with-archive", is_flag=True, help="The archive's files too, from a local folder."
)
@json_option
@click.pass_context
def backup(
    ctx: click.Context, out: Path | None, keep: int | None, with_archive: bool
) -> None:
    """Make a backup of the workspace: database, settings, audit.

    It is looked through before it gets its name. The oldest ones go when there are
    more than --keep. Secrets, the inbox and, without --with-archive, the files of the
    archive are not in it.
    """
    if ctx.invoked_subcommand is None:
        _make(open_whatever(), out, keep, with_archive)


def open_whatever() -> Tracker:
    """The workspace, whatever the state of its database."""
    from tracker.app import open_tracker
    from tracker.cli.common import caller
    from tracker.who import Who

    who = Who(caller(), "cli", now_ms())
    return open_tracker(workspace_home(), check=False, who=who)


def _make(
    tracker: Tracker, out: Path | None, keep: int | None, with_archive: bool
) -> None:
    from tracker.backups.folder import place, plan, prune
    from tracker.backups.making import make

    now, said = now_ms(), plan(tracker.settings)
    with progress("Copying"):
        made = make(tracker, now=now, out=out, with_archive=with_archive)
    gone = prune(place(tracker, out), keep or said.keep, said.expire, now)
    if wants_json():
        emit_json({**_described(tracker, made), "deleted": [one.name for one in gone]})
        return
    found = made.manifest()
    size = sum(each["bytes"] for each in found["files"])
    answer(str(made.path))
    say(f"Verified: {found['tables'].get('reading', 0):,} readings, {size:,} bytes.")
    if parts := found["archive"]:
        held = "are in it" if with_archive else "are not in it; keep them"
        say(f"{len(parts)} files of the archive belong to it and {held}.")
    if gone:
        say(f"Deleted {len(gone)} older: {', '.join(one.name for one in gone)}")


def _described(tracker: Tracker, one: Backup, end: int | None = None) -> dict[str, Any]:
    found = one.manifest()
    return {
        "name": one.name,
        "path": str(one.path),
        "made_at": iso(one.made_at),
        "expires": iso(end),
        "before_restore": one.aside,
        "database": found["database"],
        "schema": found["schema"],
        "program": found["program"],
        "bytes": sum(each["bytes"] for each in found["files"]),
        "readings": found["tables"].get("reading", 0),
        "archive": len(found["archive"]),
    }


@backup.command("list")
@out_option
@json_option
def list_(out: Path | None) -> None:
    """Backups, the oldest first, and when they will be deleted."""
    from tracker.backups.folder import MANIFEST, expiries, found, place, plan

    tracker = open_whatever()
    there = found(place(tracker, out))
    ends = expiries(there, plan(tracker.settings))
    rows = [
        _described(tracker, one, ends[one.path])
        if (one.path / MANIFEST).is_file()
        else _damaged(one, ends[one.path])
        for one in there
    ]
    if wants_json():
        emit_json({"folder": str(place(tracker, out)), "backups": rows})
        return
    names = ("name", "bytes", "readings", "schema", "program", "expires")
    table(names, [[row[name] for name in names] for row in rows])


def _damaged(one: Backup, end: int | None) -> dict[str, Any]:
    """Files that a restore put aside because nobody could read them."""
    names = ("database", "schema", "program", "readings", "archive")
    return {
        "name": one.name,
        "path": str(one.path),
        "made_at": iso(one.made_at),
        "expires": iso(end),
        "before_restore": one.aside,
        "bytes": sum(path.stat().st_size for path in one.path.iterdir()),
        **dict.fromkeys(names),
    }


@backup.command("verify")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@out_option
@json_option
def verify(names: tuple[str, ...], out: Path | None) -> int:
    """Look through backups, or all of them; exit 1 when one is damaged."""
    from tracker.backups.checking import trouble
    from tracker.backups.folder import MANIFEST, choose, found, place

    folder = place(open_whatever(), out)
    chosen = [choose(folder, name) for name in names] or [
        one for one in found(folder) if (one.path / MANIFEST).is_file()
    ]
    said = {one.name: trouble(one) for one in chosen}
    if wants_json():
        rows = [{"name": n, "ok": not t, "problem": t} for n, t in said.items()]
        emit_json({"ok": not any(said.values()), "backups": rows})
    else:
        for name, wrong in said.items():
            answer(f"{name}  {wrong or 'ok'}")
        if not said:
            say("There is no backup. Run: tracker backup")
    return 1 if any(said.values()) else 0
