"""`tracker demo`: a small programme, made up, by the commands that a user has."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import click

from tracker.cli.common import say, warn

EXAMPLE = Path(__file__).parent.parent / "example"
#: What a user would type; {name} is a file of the example, in the workspace.
STEPS = (
    "source add readings --path inbox/*.csv",
    "campaign apply {plan.toml}",
    "ambassador import {people.csv} --campaign harbour-walks",
    "ingest",
    "totals harbour-walks --by ambassador",
    "quarantine list",
    "report",
)


@click.command()
@click.argument("folder", default="tracker-demo", type=click.Path(path_type=Path))
def demo(folder: Path) -> int:
    """Make a small programme in FOLDER to look around in.

    Four people, a few posts, one row that is refused on purpose. Everything is
    done by the commands that are shown.
    """
    from tracker.cli import main
    from tracker.cli.workspace import make_workspace

    home = folder.expanduser().absolute()
    make_workspace(home)
    _unpack(home)
    for step in STEPS:
        say(f"\n$ tracker {_shown(step)}")
        words = [_placed(word, home) for word in shlex.split(step)]
        # 1 says that a row was refused, which one is
        if (code := main.run(["--home", str(home), *words])) > 1:
            warn("DEMO", step.split()[0], "the command above failed")
            return code
    say(f"\nThe pages: {home / 'site' / 'index.html'}")
    return 0


def _unpack(home: Path) -> None:
    for name in ("plan.toml", "people.csv"):
        shutil.copyfile(EXAMPLE / name, home / name)
    shutil.copyfile(EXAMPLE / "readings.csv", home / "inbox" / "readings.csv")


def _shown(step: str) -> str:
    return step.replace("{", "").replace("}", "")


def _placed(word: str, home: Path) -> str:
    return str(home / _shown(word)) if word.startswith("{") else word
