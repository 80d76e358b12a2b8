"""tracker ingest: collect now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import (
    emit_json,
    json_option,
    now_ms,
    progress,
    say,
    table,
    wants_json,
    with_tracker,
)

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.model import RunReport

COUNTS = ("rows", "stored", "unchanged", "corrected", "rejected", "ignored")


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option(
    "--file",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="PATH",
    help="Read this file instead of what the sources name.",
)
@click.option("--kind", default="csv", show_default=True, help="Kind of that file.")
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="KEY=VALUE",
    help="A setting for that file, as in a [[source]] block.",
)
@click.option("--now", "force", is_flag=True, help="Also sources that wait.")
@json_option
@with_tracker
def ingest(
    tracker: Tracker,
    sources: tuple[str, ...],
    path: Path | None,
    kind: str,
    sets: tuple[str, ...],
    force: bool,
) -> int:
    """Collect from all sources, or from those named, now.

    With --file and one source, reads that file as the source would.
    """
    if path is not None:
        reports = [_file(tracker, sources, path, kind, sets)]
    else:
        reports = list(_sources(tracker, sources, force=force))
    if wants_json():
        emit_json({"sources": [as_json(report) for report in reports]})
    else:
        show(reports)
    return max((exit_code(report) for report in reports), default=0)


def _sources(tracker: Tracker, names: tuple[str, ...], *, force: bool) -> Any:
    from tracker import app
    from tracker.errors import ConfigError, SourceError

    clock = app.clock_of(tracker)
    chosen = names or [block.name for block in tracker.settings.sources]
    for name in chosen:
        tracker.source_settings(name)  # a wrong name stops before any work
    if not names:
        chosen = [name for name in chosen if not _paused(tracker, name)]
    with progress("Collecting", len(chosen)) as step:
        for name in chosen:
            try:
                yield app.ingest_source(tracker, name, now=clock(), force=force)
            except SourceError as error:
                yield failed(name, str(error))
            except ConfigError as error:  # such as a secret that is not there
                if len(chosen) == 1:
                    raise
                yield failed(name, str(error))
            step(1)


def _paused(tracker: Tracker, name: str) -> bool:
    """Somebody paused it: passed over, unless it is named."""
    paused = tracker.runs.state(name).state == "paused"
    if paused:
        say(f"Source {name} is paused: passed over.")
    return paused


def _file(
    tracker: Tracker,
    names: tuple[str, ...],
    path: Path,
    kind: str,
    sets: tuple[str, ...],
) -> RunReport:
    from tracker import app
    from tracker.blocks import read_sets
    from tracker.errors import NotFoundError

    if not path.exists():
        raise NotFoundError("file", str(path))
    if len(names) > 1:
        raise click.UsageError("--file takes one source at most")
    if names:
        return app.ingest_source(
            tracker, names[0], now=now_ms(), only=path.resolve(), force=True
        )
    try:
        options = read_sets(sets)
    except ValueError as error:
        raise click.UsageError(f"--set: {error}") from error
    return app.ingest_file(tracker, kind, path.resolve(), options, now=now_ms())


def failed(name: str, error: str) -> RunReport:
    from tracker.model import Outcome, RunReport, Tally

    return RunReport(name, Outcome.FAILED, 0, Tally(), error, upstream=True)


def as_json(report: RunReport) -> dict[str, Any]:
    """One source as INTERFACE.md has it."""
    tally = report.tally
    counts = {name: getattr(tally, name) for name in COUNTS}
    return {
        "source": report.source,
        "outcome": report.outcome.value,
        "payloads": report.payloads,
        **counts,
        **({"suppressed": tally.suppressed} if tally.suppressed else {}),
        "error": report.error,
        "notices": list(report.notices),
    }


def exit_code(report: RunReport) -> int:
    """7: the source failed; 4: all it had was refused; 1: some rows rejected."""
    from tracker.model import Outcome

    tally = report.tally
    if report.upstream:
        return 7
    if report.outcome is Outcome.FAILED and report.error:
        return 4
    return 1 if tally.rejected or report.error else 0


def show(reports: list[RunReport]) -> None:
    for report in reports:
        for line in (report.error or "").splitlines():
            click.echo(line, err=True)
        for notice in report.notices:
            say(notice)
    if not reports:
        say("There is no source yet. Add one: tracker source add NAME --path FILE")
        return
    table(
        ("source", "outcome", "payloads", *COUNTS),
        [
            (
                r.source,
                r.outcome.value,
                r.payloads,
                *(getattr(r.tally, c) for c in COUNTS),
            )
            for r in reports
        ],
    )
    if any(report.tally.rejected for report in reports):
        say("Rejected rows are kept: tracker quarantine list")
