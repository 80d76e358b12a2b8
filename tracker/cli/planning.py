"""tracker campaign new and check: a plan to begin with, and what it still lacks."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import (
    answer,
    emit_json,
    json_option,
    say,
    wants_json,
    warn,
    with_tracker,
    writing_to,
)

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.planning import Checked

KINDS = ("practical", "creative", "champion", "transformative")


@click.command()
@click.argument("name", metavar="ID", required=False)
@click.option("--strategy", "kind", type=click.Choice(KINDS), required=True)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    metavar="FILE",
    help="Write it there; a file that is there is left alone.",
)
def new(name: str | None, kind: str, out: Path | None) -> None:
    """Write a campaign file to begin with, to standard output or a file.

    All four steps are there; what is to be filled in stands as "?". Without ID the
    campaign is called after its strategy.
    """
    from tracker.presets import preset

    text = preset(kind, _named(kind if name is None else name))
    if out is None or str(out) == "-":
        click.echo(text, nl=False)
        return
    _write(out, text)
    say(f'Wrote {out}. Fill in each "?", then: tracker campaign apply {out}')


def _named(name: str) -> str:
    from tracker import forms
    from tracker.errors import RosterError

    try:
        return forms.slug(name)
    except ValueError as error:
        raise RosterError(
            "ID", "campaign", str(error), "Nothing was written"
        ) from error


def _write(out: Path, text: str) -> None:
    """A new file; one that is there already is never overwritten."""
    from tracker.errors import RosterError

    with writing_to(out):
        try:
            with out.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError as error:
            raise RosterError(
                "FILE_EXISTS",
                str(out),
                "there is such a file already",
                "It was left as it is",
                "Choose another name",
            ) from error


@click.command()
@click.argument("name", metavar="ID")
@json_option
@with_tracker
def check(tracker: Tracker, name: str) -> int:
    """Say what the plan lacks, and which indicators nothing will fill.

    Names of sources, groups and people that are not there are told too; they do not
    keep the campaign from opening.
    """
    from tracker.planning import check as look

    found = look(tracker, name)
    if wants_json():
        emit_json(_as_json(found))
    else:
        _tell(found)
    return 1 if found.missing or found.orphans else 0


def _tell(found: Checked) -> None:
    for piece in found.missing:
        answer(f"step {piece.step} {piece.path}: {piece.message}")
    for orphan in found.orphans:
        answer(f"step 4 {orphan.indicator}: {orphan.reason}")
    for one in found.unknown:
        warn("PLAN", f"{found.campaign.id} {one.path}", one.message)
    if not found.missing and not found.orphans:
        say(f"The plan of {found.campaign.id} is complete.")


def _as_json(found: Checked) -> dict[str, Any]:
    from tracker.checks.plan import STEPS

    lacking = {piece.step for piece in found.missing}
    return {
        "campaign": found.campaign.id,
        "state": found.campaign.state,
        "complete": found.complete,
        "steps": [
            {"step": step, "name": word, "complete": step not in lacking}
            for step, word in STEPS.items()
        ],
        "missing": [asdict(one) for one in found.missing],
        "orphans": [asdict(one) for one in found.orphans],
        "unknown": [asdict(one) for one in found.unknown],
    }
