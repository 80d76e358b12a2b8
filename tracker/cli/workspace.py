"""`tracker init`: a new workspace."""

from __future__ import annotations

import os
from pathlib import Path

import click

from tracker.cli.common import say

#: A new tracker.toml: every default as a comment.
NEW = """\
# Settings of this workspace. Every key may be left out; what stands behind a `#`
# is the default. `tracker doctor` checks the file.

# database = "sqlite:///tracker.db"    # or postgresql://HOST/NAME
# timezone = "UTC"                     # of days and pages, as in Europe/Paris
# language = "en"                      # en or fr: pages
# site = "site"                        # folder of the pages

[server]
# listen = "127.0.0.1:8040"

# Where readings come from. `tracker source add` writes such a block too.
#
# [[source]]
# name = "studio"
# kind = "csv"
# path = "inbox/*.csv"                 # file, folder or glob
# every = "15m"                        # or: cron = "5 * * * *"
# platform = "youtube"                 # for files that do not say it
# [source.columns]                     # canonical column = column of the file
# post_id = "video_id"
# views = "Views"
"""


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
def init(folder: Path | None) -> None:
    """Make a workspace in FOLDER, or here.

    Refuses (exit 4) where there is one already; nothing is overwritten.
    """
    home = (folder or _asked()).expanduser().absolute()
    make_workspace(home)
    say(f"Workspace made in {home}")
    say("Next: put [[source]] blocks into tracker.toml, then run tracker ingest")


def _asked() -> Path:
    """The folder named by --home, or this one."""
    from tracker.cli.common import this_call

    return Path(this_call().home or ".")


def make_workspace(home: Path) -> None:
    """tracker.toml, tracker.db, inbox/ and site/, for the owner's eyes alone."""
    from tracker.app import open_tracker
    from tracker.errors import StoreError

    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_settings(home)
        for name in ("inbox", "site"):
            (home / name).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StoreError(
            "WORKSPACE",
            str(home),
            f"cannot be made: {error.strerror}",
            "Nothing was overwritten",
            "Choose another folder or change its permissions",
        ) from error
    open_tracker(home)


def _write_settings(home: Path) -> None:
    from tracker.errors import RosterError

    try:
        made = os.open(
            home / "tracker.toml", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600
        )
    except FileExistsError:
        raise RosterError(
            "WORKSPACE_EXISTS",
            str(home),
            "this is a workspace already",
            "Nothing changed",
            "Use it with --home, or choose another folder",
        ) from None
    with open(made, "w", encoding="utf-8") as file:
        file.write(NEW)
