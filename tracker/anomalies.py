"""Readings that should be looked at. Nothing is corrected by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tracker.finding import WARNING, Finding, finding_id
from tracker.store import anomalies as store

if TYPE_CHECKING:
    from tracker.app import Tracker


def disagreements(tracker: Tracker, now: int) -> Iterator[Finding]:
    """reading.disagree: a smaller value of the same instant, which is not believed."""
    rule = "reading.disagree"
    for one in store.disagreements(tracker.database):
        about = (one.platform, one.post_id, one.at, one.metric, one.value)
        yield Finding(
            id=finding_id(rule, *about),
            rule=rule,
            severity=WARNING,
            at=one.at,
            evidence=f"{one.metric}: {one.value} ({one.file}:{one.line}) is smaller"
            " than another value of the same instant",
            ambassador=one.ambassador,
            platform=one.platform,
            post_id=one.post_id,
            source=one.source,
        )
