"""`tracker source`: where readings come from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import (
    answer,
    clean,
    emit_json,
    json_option,
    now_ms,
    say,
    table,
    wants_json,
    warn,
    with_home,
    with_tracker,
)

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.trial import Trial

COLUMNS = ("name", "kind", "state", "retry_at", "reason", "last_run", "last_data")


@click.group()
def source() -> None:
    """Where readings come from: the [[source]] blocks of tracker.toml."""


@source.command()
@click.argument("name")
@click.option("--kind", default="csv", show_default=True, help="See: source kinds.")
@click.option("--path", help="File, folder or glob, for kinds that read files.")
@click.option("--every", help='Time between two looks, as in "15m".')
@click.option("--cron", help='Five fields, as in "5 * * * *".')
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="KEY=VALUE",
    help="Any other setting; columns.views=Aufrufe reaches into a table.",
)
@with_home
def add(home: Path, name: str, sets: tuple[str, ...], **given: str | None) -> None:
    """Write a block for the source NAME; comments of the file stay."""
    from tracker.blocks import add_source, read_sets

    try:
        more = read_sets(sets)
    except ValueError as fault:
        raise click.UsageError(f"--set: {fault}") from None
    options = {key: given[key] for key in ("kind", "path", "every", "cron")}
    chosen = {key: value for key, value in options.items() if value is not None}
    add_source(home, name, {**chosen, **more})
    _audited("source.add", name)
    say(f"Source {name} added. Try it: tracker source check {name}")


def _audited(action: str, name: str) -> None:
    """Settings are a file: the change is told to the audit after it."""
    from tracker.auditing import follow
    from tracker.cli.common import open_workspace
    from tracker.store.audit import alone

    tracker = open_workspace()
    alone(tracker.database, action, f"source {name}")
    follow(tracker)


@source.command()
@click.argument("name")
@with_home
def remove(home: Path, name: str) -> None:
    """Take the block of NAME out; what it brought stays."""
    from tracker.blocks import remove_source

    remove_source(home, name)
    _audited("source.remove", name)
    say(f"Source {name} removed from tracker.toml; its readings stay.")


@source.command("list")
@json_option
@with_tracker
def list_(tracker: Tracker) -> None:
    """All sources and how they are."""
    rows = _states(tracker)
    if wants_json():
        emit_json({"sources": rows})
    elif not rows:
        say("There is no source yet. Add one: tracker source add NAME --path FILE")
    else:
        table(COLUMNS, [tuple(row.values()) for row in rows])


def _states(tracker: Tracker) -> list[dict[str, Any]]:
    """In the order of tracker.toml; one that never ran is ready."""
    from tracker.model import iso
    from tracker.store.runs import SourceState

    known = {state.name: state for state in tracker.runs.states()}
    rows = []
    for block in tracker.settings.sources:
        now = known.get(block.name, SourceState(block.name, block.kind))
        instants = {name: iso(getattr(now, name)) for name in COLUMNS if "_" in name}
        plain = {"name": block.name, "kind": block.kind}
        row = {**plain, "state": now.state, "reason": now.reason, **instants}
        rows.append({name: row[name] for name in COLUMNS})
    return rows


@source.command()
@json_option
def kinds() -> None:
    """The kinds of sources there are."""
    from tracker.sources.registry import kinds as known

    if wants_json():
        emit_json(
            {
                "kinds": [
                    {"name": k.name, "summary": k.summary, "options": list(k.options)}
                    for k in known().values()
                ]
            }
        )
    else:
        table(("kind", "what it is"), [(k.name, k.summary) for k in known().values()])


@source.command()
@click.argument("name")
@click.option("--reason", default="paused by hand", help="Shown in lists.")
@with_tracker
def pause(tracker: Tracker, name: str, reason: str) -> None:
    """Do not run NAME until it is resumed."""
    block = tracker.source_settings(name)
    tracker.runs.source_id(name, block.kind)  # it may never have run
    tracker.runs.pause(name, reason)
    say(f"Source {name} paused. To go on: tracker source resume {name}")


@source.command()
@click.argument("name")
@with_tracker
def resume(tracker: Tracker, name: str) -> None:
    """Let NAME run again, whatever held it back."""
    block = tracker.source_settings(name)
    tracker.runs.source_id(name, block.kind)
    tracker.runs.resume(name)
    say(f"Source {name} is ready.")


# -- check ------------------------------------------------------------------------


@source.command()
@click.argument("name")
@json_option
@with_tracker
def check(tracker: Tracker, name: str) -> int:
    """Fetch and parse NAME once, keeping nothing, and say what came.

    Exit 1 with rejected rows, 4 when a file would be refused whole, 7 when the
    source failed. A platform counts what it is asked: quota is spent.
    """
    from tracker import app

    trial = app.try_source(tracker, name, now=now_ms())
    if wants_json():
        emit_json(_as_json(trial))
    else:
        _show(trial)
    if trial.upstream:
        return 7
    if trial.errors:
        return 4
    return 1 if trial.rejected else 0


def _as_json(trial: Trial) -> dict[str, Any]:
    return {
        "source": trial.source,
        "payloads": trial.payloads,
        "rows": trial.rows,
        "rejected": trial.rejected,
        "ignored": trial.ignored,
        "absent": trial.absent,
        "metrics": {
            name: {"known": known, "unknown": trial.readings - known}
            for name, known in trial.known.items()
        },
        "rejects": [
            {
                "file": label,
                "line": reject.line,
                "column": reject.column,
                "code": reject.code,
                "reason": reject.reason,
            }
            for label, reject in trial.rejects
        ],
        "errors": [*trial.errors, *filter(None, [trial.upstream])],
        "notices": trial.notices,
        "quota": [
            {"bucket": bucket, "cost": cost, "limit": limit}
            for bucket, (cost, limit) in trial.costs.items()
        ],
        "bookmark": trial.bookmark,
        "terms": trial.terms,
    }


def _show(trial: Trial) -> None:
    for error in [*trial.errors, *filter(None, [trial.upstream])]:
        click.echo(clean(error), err=True)
    for notice in dict.fromkeys(trial.notices):
        say(notice)
    answer(
        f"{trial.source}: {_of(trial.payloads, 'payload')}, {_of(trial.rows, 'row')}, "
        f"{trial.rejected} rejected, {_of(trial.ignored, 'line')} ignored"
    )
    said = [(name, n, trial.readings - n) for name, n in trial.known.items() if n]
    if said:
        table(("metric", "rows that say it", "rows that do not"), said)
    for label, reject in trial.rejects:
        place = f"{label}:{reject.line}" + f" {reject.column}".rstrip()
        warn(reject.code, place, reject.reason)
    if trial.rejected > len(trial.rejects):
        say(f"... and {trial.rejected - len(trial.rejects)} more rejected rows")
    _show_terms(trial)


def _show_terms(trial: Trial) -> None:
    """What it cost, where it would go on, and what may be done with it."""
    if trial.absent:
        say(f"{_of(trial.absent, 'post')} asked for and not there: unknown, not zero")
    for bucket, (cost, limit) in trial.costs.items():
        say(f"It cost {cost} of {limit} {bucket}")
    if trial.bookmark:
        say(f"The next run would go on at {clean(trial.bookmark)}")
    if trial.terms:
        say(trial.terms)


def _of(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
