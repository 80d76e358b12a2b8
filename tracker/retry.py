"""Retry: rows of the quarantine, read again by the settings as they are now.

What is kept now counts as if it had been read then: its place is its file and
line. What still fails stays, with its reason of today.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from tracker.errors import RosterError
from tracker.model import RunReport, Tally, moment
from tracker.sources.base import Batch, Payload, Rereading
from tracker.store import audit
from tracker.store.ledger import Desk, outcome_of
from tracker.store.quarantine import Quarantine, Quarantined

if TYPE_CHECKING:
    from tracker.app import Tracker


def retry(
    tracker: Tracker, numbers: Sequence[int] | None, *, now: int
) -> tuple[int, int, list[str]]:
    """Rows tried, rows kept, and a message for each that still fails.

    numbers: which rows; None: all that wait.
    """
    quarantine = Quarantine(tracker.database)
    if numbers is None:
        chosen = quarantine.list()
    else:
        shown = [quarantine.show(number) for number in dict.fromkeys(numbers)]
        chosen = [one for one in shown if one.state == "open"]
    kept, errors = 0, []
    for _, group in groupby(chosen, key=lambda one: (one.source, one.payload)):
        rows = list(group)
        batch = _again(tracker, rows, now)
        kept += batch.frame.height + len(batch.events)
        errors += [_still(row, batch) for row in rows if _failed(row, batch)]
    if kept:
        audit.alone(tracker.database, "quarantine.retry", f"{kept} rows")
    return len(chosen), kept, errors


def _again(tracker: Tracker, rows: list[Quarantined], now: int) -> Batch:
    """Read rows of one file again and keep what can be kept."""
    first = rows[0]
    source = tracker.source(first.source)
    if not isinstance(source, Rereading):
        raise RosterError(
            "NO_RETRY",
            f"source {source.name}",
            f"a source of kind {source.kind} cannot read single rows again",
            "They stay in quarantine",
            "Mend the settings and ingest its payload again",
        )
    raws = [(row.line, row.raw) for row in rows if row.raw]
    batch = source.reparse(first.header or (), raws, first.recorded_at)
    if batch.frame.height or batch.events:
        _keep(tracker, first, batch, now)
    Quarantine(tracker.database).settle({r.line: r.id for r in rows if r.raw}, batch)
    return batch


def _keep(tracker: Tracker, first: Quarantined, batch: Batch, now: int) -> None:
    source = tracker.source(first.source)
    run = tracker.runs.start(source.name, source.kind, slot=None, host=None, now=now)
    desk = Desk(
        source_id=tracker.runs.source_id(source.name, source.kind),
        run_id=run,
        fingerprint=f"retry of {first.payload}",
        provenance=source.policy.provenance.value,
        now=now,
        window=tracker.settings.window,
    )
    body = repr([(first.payload, now), batch.frame.rows(), batch.events]).encode()
    payload = Payload(first.file, now, body=body)
    read = Batch(batch.frame, events=batch.events)
    tally = tracker.ledger.keep(desk, payload, [read], supersede=False)
    tracker.runs.finish(run, _report(source.name, tally), now)


def _report(name: str, tally: Tally) -> RunReport:
    return RunReport(name, outcome_of(tally), 1, tally)


def _failed(row: Quarantined, batch: Batch) -> bool:
    return not row.raw or any(reject.line == row.line for reject in batch.rejects)


def _still(row: Quarantined, batch: Batch) -> str:
    reason = next((r.reason for r in batch.rejects if r.line == row.line), row.reason)
    return (
        f"error[RETRY_SAME] quarantine {row.id}: still fails ({reason}; read "
        f"{moment(row.recorded_at).date()}). Left in quarantine. Change the source's "
        "settings first, or mend the file and ingest it again."
    )
