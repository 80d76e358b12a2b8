"""tracker daemon, status and doctor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.common import (
    answer,
    emit_json,
    json_option,
    now_ms,
    on_terminal,
    table,
    this_call,
    wants_json,
    with_home,
    with_tracker,
)

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.status import SourceStatus, Status


log_option = click.option(
    "--log",
    "form",
    type=click.Choice(["auto", "json", "plain"]),
    default="auto",
    show_default=True,
    help="Form of the log on standard error; auto: plain on a terminal.",
)
proxy_option = click.option(
    "--behind-proxy",
    is_flag=True,
    help="A proxy stands before it, so it may listen to other machines.",
)


@click.command()
@log_option
@proxy_option
@with_home
def daemon(home: Path, form: str, behind_proxy: bool) -> int:
    """Collect on schedule, listen, and keep the pages current, until told to stop.

    SIGTERM or Ctrl-C ends it within 25 seconds, nothing half done; a second signal
    ends it at once. One daemon runs on a SQLite home: another one exits with 5.
    """
    from tracker.daemon import run_daemon

    start_log(form)
    return run_daemon(home, behind_proxy=behind_proxy)


def start_log(form: str) -> None:
    """Tell what happens on standard error, in the form that was asked for."""
    import logging

    from tracker import log

    call = this_call()
    level = logging.WARNING if call.quiet else logging.INFO
    plain = form == "plain" or (form == "auto" and on_terminal(sys.stderr))
    log.start(
        sys.stderr,
        as_json=not plain,
        level=logging.DEBUG if call.verbose else level,
        blotter=log.BLOTTER,
    )


@click.command()
@json_option
@with_tracker
def status(tracker: Tracker) -> int:
    """What runs, waits and is late; exit 1 when something is late or failed."""
    from tracker import app
    from tracker import status as state

    now = app.clock_of(tracker)()
    found = state.status(tracker, now)
    if wants_json():
        emit_json(state.as_json(tracker, found, now))
    else:
        _show_status(tracker, found)
    return 1 if found.trouble else 0


def _show_status(tracker: Tracker, found: Status) -> None:
    from tracker.model import iso

    daemon = found.daemon
    answer(f"workspace   {tracker.home}")
    if daemon is None:
        answer("daemon      not running")
    else:
        since = iso(daemon.since) or "–"
        answer(f"daemon      pid {daemon.pid} on {daemon.host} since {since}")
    if len(found.hosts) > 1 or tracker.database.dialect != "sqlite":
        _show_hosts(tracker, found)
    counts = found.counts
    answer(f"holds       {counts.posts} posts from {counts.payloads} payloads")
    answer(
        f"quarantine  {counts.open_rejects} rows, {counts.refused} files refused whole"
    )
    if waiting := sum(source.waiting for source in found.sources):
        answer(f"deliveries  {waiting} wait to be read")
    answer("")
    table(
        ("source", "kind", "state", "last run", "last data", "next", "late", "why"),
        [_source_row(source) for source in found.sources],
    )


def _show_hosts(tracker: Tracker, found: Status) -> None:
    from tracker.model import iso
    from tracker.status import publisher

    publishes = publisher(tracker, tracker.runs.leases.clock())
    for host in found.hosts:
        under_way = sum(run.host == host.name and bool(run.slot) for run in found.runs)
        pages = ", builds the pages" if host.name == publishes else ""
        answer(
            f"host        {host.name}: {host.state}, pid {host.pid} on {host.machine},"
            f" seen {iso(host.seen) or '–'}, {under_way} slots under way{pages}"
        )


def _source_row(source: SourceStatus) -> tuple[object, ...]:
    from tracker.model import iso

    state = source.state
    failed = source.last is not None and source.last.outcome == "failed"
    why = state.reason or (source.last.error if source.last and failed else None)
    return (
        state.name,
        state.kind,
        "running" if source.running else state.state,
        iso(state.last_run),
        iso(state.last_data),
        iso(source.next),
        _span(source.late) if source.late else "no",
        (why or "")[:60],
    )


def _span(ms: int) -> str:
    """`26 h`, `5 min`, `40 s`."""
    for unit, size in (("h", 3_600_000), ("min", 60_000)):
        if ms >= size:
            return f"{ms // size} {unit}"
    return f"{ms // 1000} s"


@click.command()
@json_option
@with_home
def doctor(home: Path) -> int:
    """Look for trouble: files, settings, database, sums, sources; exit 1 if any."""
    from tracker import doctor as looks

    checks = looks.examine(home, now_ms())
    if wants_json():
        emit_json(looks.as_json(checks))
    else:
        for check in checks:
            said = "see below" if check.findings else check.said or "ok"
            answer(f"{check.name:<11} {said}")
            for finding in check.findings:
                answer(f"  {finding}")
    return 1 if any(check.findings for check in checks) else 0
