"""By hand: posts and readings that a person writes, and corrections.

They are kept like those of any source, under the source `hand` and the class
*reported*, and judged by the same rules.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tracker.errors import NotFoundError, RosterError
from tracker.model import (
    METRICS,
    Provenance,
    RunReport,
    Tally,
    handle_key,
    iso,
    platform_name,
)
from tracker.sources.base import Batch, Evidence, Payload
from tracker.sources.dates import read_iso
from tracker.sources.items import OUTCOME, POST, READING, Item, Items, canonical
from tracker.sources.numbers import read_plain
from tracker.sources.posturl import platform_of
from tracker.sources.rows import Rules
from tracker.sources.values import Bad
from tracker.store import audit
from tracker.store.corrections import HAND, Correction, Corrections
from tracker.store.ledger import Desk, outcome_of

if TYPE_CHECKING:
    from tracker.app import Tracker


class Noted(NamedTuple):
    """Of which post something was kept, and whether anything changed by it."""

    platform: str
    post_id: str
    tally: Tally


#: What is read of an evidence file at once, in bytes.
PIECE = 1 << 20


def add_post(tracker: Tracker, said: Mapping[str, str], *, now: int) -> Noted:
    """Note that a post is there; its figures are unknown. RosterError when the
    address or a value is not understood."""
    return _keep(tracker, Item("post", POST, dict(said)), None, now)


def add_reading(
    tracker: Tracker, said: Mapping[str, str], evidence: Evidence | None, *, now: int
) -> Noted:
    """Keep figures that a person read somewhere, of the moment they say or of now."""
    return _keep(tracker, Item("reading", READING, dict(said)), evidence, now)


def outcome(tracker: Tracker, said: Mapping[str, str | None], *, now: int) -> RunReport:
    """Keep a lead, a sale or the like that a person knows of. RosterError when a
    value is not understood; without an id one is made, without a time it is now."""
    data = {name: text for name, text in said.items() if text}
    data.setdefault("id", secrets.token_hex(8))
    data.setdefault("at", str(iso(now)))
    report, _ = _kept(tracker, Item("outcome", OUTCOME, data), None, now)
    return report


def correct(
    tracker: Tracker, wish: Mapping[str, str], *, actor: str, now: int
) -> Correction:
    """Replace one value. wish: platform, post_id, metric, value (`unknown` for none),
    at, reason, as they were typed."""
    at = _typed("at", read_iso(wish["at"], tracker.zone))
    written = wish["value"]
    value = None if written == "unknown" else _typed("value", read_plain(written))
    if wish["metric"] not in METRICS:
        raise NotFoundError("metric", wish["metric"], METRICS)
    made = Correction(
        platform_name(wish["platform"]) or wish["platform"],
        wish["post_id"],
        at,
        wish["metric"],
        value,
        wish["reason"],
        actor,
        now,
    )
    return Corrections(tracker.database, tracker.zone).correct(made)


def _typed(name: str, found: int | Bad | None) -> int:
    if isinstance(found, Bad):
        raise _refused(found.code, name, found.reason)
    if found is None:
        raise _refused("ROW_MISSING", name, "it is blank")
    return found


def counts_for(tracker: Tracker, post: Noted, campaign: str) -> bool:
    """Does a post count for a campaign? NotFoundError for an unknown one."""
    from tracker.store.explain import explain

    found = explain(
        tracker.database,
        campaign,
        "views",
        zone=tracker.zone,
        platform=post.platform,
        post_id=post.post_id,
    )
    return bool(found["known"] + found["unknown"])


def evidence_of(path: Path, note: str | None) -> Evidence:
    """The name and the SHA-256 of a file; the file itself stays where it is."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                digest.update(piece)
    except OSError as error:
        why = f"cannot be read ({error.strerror})"
        raise _refused("FILE_READ", path.name, why) from error
    return Evidence(path.name, digest.hexdigest(), note)


def handle_of(tracker: Tracker, ambassador: str, url: str) -> str:
    """The handle of somebody on the platform of an address."""
    from tracker.store.roster import Roster

    platform = platform_of(url)
    person = Roster(tracker.database).ambassador(ambassador)
    mine = [each for each in person.handles if each.platform == platform]
    names = sorted({handle_key(each.handle): each.handle for each in mine}.values())
    if len(names) == 1:
        return names[0]
    why = f"has {len(names) or 'no'} handles on {platform or 'that platform'}"
    raise _refused(
        "HANDLE", f"ambassador {ambassador}", why, "Say which: --handle NAME"
    )


# -- keeping ------------------------------------------------------------------------


def _keep(tracker: Tracker, item: Item, evidence: Evidence | None, now: int) -> Noted:
    """Keep one item as a payload of its own."""
    report, batch = _kept(tracker, item, evidence, now)
    row = batch.frame.row(0, named=True)
    return Noted(row["platform"], row["post_id"], report.tally)


def _kept(
    tracker: Tracker, item: Item, evidence: Evidence | None, now: int
) -> tuple[RunReport, Batch]:
    label = f"{item.place} of {iso(now)}"
    batch = _read(tracker, label, item, now)
    body = canonical([now, item.data, repr(evidence)]).encode()
    payload = Payload(label, now, body=body, evidence=evidence)
    run = tracker.runs.start(HAND, HAND, slot=None, host=None, now=now)
    desk = Desk(
        source_id=tracker.runs.source_id(HAND, HAND),
        run_id=run,
        fingerprint=HAND,
        provenance=Provenance.REPORTED.value,
        now=now,
    )
    tally = tracker.ledger.keep(desk, payload, [batch], supersede=False)
    report = RunReport(HAND, outcome_of(tally), 1, tally)
    tracker.runs.finish(run, report, now)
    audit.alone(tracker.database, f"{item.place}.add", f"run {run}")
    return report, batch


def _read(tracker: Tracker, label: str, item: Item, now: int) -> Batch:
    """What was typed, as a batch of one row; typed words are refused at once."""
    items = Items(label, Rules(tracker.zone), {}, now)
    items.take(1, item, now)
    batch = items.batch()
    for reject in batch.rejects:
        raise _refused(reject.code, reject.column, reject.reason)
    return batch


def _refused(code: str, subject: str, why: str, todo: str = "") -> RosterError:
    return RosterError(code, subject, why, "Nothing changed", todo)
