"""All findings of a workspace: each kind of check has one function, asked here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from tracker.errors import NotFoundError
from tracker.finding import Finding

if TYPE_CHECKING:
    from tracker.app import Tracker

#: The check that reads all readings.
READINGS = "tracker.anomalies:findings"
#: module:function, called with (tracker, now); each yields its findings.
CHECKS: tuple[str, ...] = (
    "tracker.missions:findings",
    "tracker.silence:findings",
    "tracker.outcomes:findings",
    "tracker.statements:findings",
    "tracker.disclosures:findings",
    "tracker.anomalies:disagreements",
    READINGS,
    "tracker.presence:findings",
    "tracker.lateness:findings",
    "tracker.contracts:findings",
    "tracker.agreements:findings",
)
#: These are asked for one campaign alone where only that one is wanted: they read all
#: its posts, all readings of them, or all its costs.
BY_CAMPAIGN = (READINGS, "tracker.silence:findings", "tracker.statements:findings")


def findings(
    tracker: Tracker,
    *,
    now: int,
    campaign: str | None = None,
    checks: Sequence[str] = CHECKS,
    known: Iterable[Finding] = (),
) -> list[Finding]:
    """What should be looked at, ordered by instant and id, with what people said.

    now: for what is late. campaign: findings of this campaign alone, and those of
    the workspace that belong to none; of readings, those of its posts. checks: these
    of CHECKS alone. known: of the others, found already.
    """
    from tracker.store.findings import states

    said = states(tracker.database)
    found = {one.id: one for one in (*known, *_all(tracker, now, checks, campaign))}
    return sorted(
        (
            replace(one, state=said.get(one.id, one.state))
            for one in found.values()
            if campaign is None or one.campaign in (None, campaign)
        ),
        key=lambda one: (one.at, one.id),
    )


def tell(
    tracker: Tracker, ids: Sequence[str], state: str, reason: str | None, *, now: int
) -> None:
    """Keep what a person says of findings: acknowledged, fixed, or open again.

    Raises NotFoundError for an id that is none; then nothing is kept.
    """
    from tracker.store.findings import say, states

    known = {one.id for one in _all(tracker, now)} | set(states(tracker.database))
    for each in ids:
        if each not in known:
            raise NotFoundError("finding", each)
    say(tracker.database, ids, state, reason, now)


def _all(
    tracker: Tracker,
    now: int,
    checks: Sequence[str] = CHECKS,
    campaign: str | None = None,
) -> Iterator[Finding]:
    for place in checks:
        module, _, name = place.partition(":")
        check = getattr(import_module(module), name)
        yield from check(tracker, now, *([campaign] if place in BY_CAMPAIGN else []))
