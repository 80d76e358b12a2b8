"""Posts that are not there any more, or there again: findings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tracker.finding import INFO, WARNING, Finding, finding_id
from tracker.model import iso
from tracker.store.presence import Presence, changed

if TYPE_CHECKING:
    from tracker.app import Tracker

SEVERITY = {"suspect": INFO, "gone": WARNING, "restored": INFO}


def findings(tracker: Tracker, now: int) -> Iterator[Finding]:
    """post.suspect, post.gone and post.restored."""
    for one in changed(tracker.database):
        rule = f"post.{one.state}"
        yield Finding(
            id=finding_id(rule, *one.about[:2], one.since),
            rule=rule,
            severity=SEVERITY[one.state],
            at=one.since,
            evidence=_evidence(one),
            campaign=one.about.campaign,
            ambassador=one.about.ambassador,
            platform=one.about.platform,
            post_id=one.about.post_id,
            source=one.source,
        )


def _evidence(one: Presence) -> str:
    if one.state == "restored":
        return f"there again since {iso(one.since)}, after it was gone"
    last = ", ".join(f"{value} {metric}" for metric, value in one.last.items())
    known = f"last known on {iso(one.last_at)}: {last}" if last else "nothing was known"
    asked = "" if one.asked_at == one.since else f", asked last {iso(one.asked_at)}"
    return f"not there since {iso(one.since)}{asked}; {known}"
