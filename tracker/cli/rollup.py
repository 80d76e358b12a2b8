"""tracker rollup: the sums of `totals`, made anew from the readings by an engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import (
    emit_json,
    json_option,
    progress,
    say,
    wants_json,
    with_tracker,
)
from tracker.cli.totals import CUTS, described, show

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.store.engines.answer import Answers, Choice
    from tracker.store.engines.differences import Difference

ENGINES = ("sqlite", "postgresql", "duckdb", "spark")
#: Differences that are told one by one.
TOLD = 20


@click.command()
@click.argument("campaign", required=False)
@click.option("--by", type=click.Choice(CUTS), help="One row for each of these.")
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="duckdb",
    show_default=True,
    help="What sums up: the workspace's own database, DuckDB, or a cluster.",
)
@click.option(
    "--master", metavar="URL", help="Spark's cluster: spark://HOST:PORT or local[2]."
)
@click.option("--check", is_flag=True, help="Compare with totals; exit 1 if unlike.")
@json_option
@with_tracker
def rollup(
    tracker: Tracker,
    campaign: str | None,
    by: str | None,
    engine: str,
    master: str | None,
    check: bool,
) -> int:
    """The sums of `tracker totals`, made anew from all readings, hot and archived.

    The same SQL runs on every engine, so the numbers are the same.
    """
    if by == "mission" and campaign is None:
        raise click.UsageError("missions are a campaign's: name the CAMPAIGN")
    if master and engine != "spark":
        raise click.UsageError("--master is Spark's: add --engine spark")
    with _choice(tracker, engine, master) as choice:
        answers = _ask(tracker, choice, campaign, by, check)
    found = _differences(answers)
    if wants_json():
        more = {"differences": [_as_json(each) for each in found]} if check else {}
        emit_json(described(tracker, answers.summed) | more)
    else:
        show(answers.summed)
    if check:
        _tell(found, engine)
    return 1 if found else 0


@contextmanager
def _choice(tracker: Tracker, engine: str, master: str | None) -> Iterator[Choice]:
    """The engine, with a private folder for as long as it works."""
    from tracker.copies import temporary
    from tracker.store.engines.answer import Choice

    with temporary(tracker.home) as folder:
        yield Choice(engine, folder, master)


def _ask(
    tracker: Tracker, choice: Choice, campaign: str | None, by: str | None, check: bool
) -> Answers:
    from tracker.store.engines.answer import ask

    with progress("Summing up") as told:
        return ask(
            tracker.database,
            tracker.zone,
            choice,
            campaign,
            (by,),
            apart=tracker.apart,
            compare=check,
            told=told,
        )[0]


def _differences(answers: Answers) -> list[Difference]:
    from tracker.store.engines.differences import differences

    return [] if answers.kept is None else differences(answers.summed, answers.kept)


def _as_json(one: Difference) -> dict[str, Any]:
    return {**one._asdict(), "key": dict(one.key)}


def _tell(found: list[Difference], engine: str) -> None:
    if not found:
        say(f"{engine} and totals say the same.")
        return
    for one in found[:TOLD]:
        say(f"{engine} says otherwise than totals: {one}")
    if len(found) > TOLD:
        say(f"{len(found) - TOLD} more; --json shows all.")
    say("See which is right: tracker verify, and tracker archive verify.")
