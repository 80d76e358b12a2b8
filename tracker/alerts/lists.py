"""Alerts as they are listed: settings, trials over history, the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tracker.alerts.matches import matches
from tracker.alerts.sending import Sent, address
from tracker.alerts.trial import Trial, trial
from tracker.errors import NotFoundError
from tracker.model import iso
from tracker.rules import DIGEST, Alert, length, ready
from tracker.store import outbox
from tracker.store.roster import Roster

if TYPE_CHECKING:
    from tracker.app import Tracker


def settings(tracker: Tracker) -> list[dict[str, Any]]:
    """`tracker alert list`: the alerts, and the digest as one of them."""
    found: list[dict[str, Any]] = [
        {
            "name": one.name,
            "when": one.when,
            "campaign": one.campaign,
            "to": [address(tracker, each) for each in one.to],
            "cooldown": length(one.cooldown) if one.cooldown else None,
            "quiet": str(one.quiet) if one.quiet else None,
        }
        for one in tracker.settings.alerts
    ]
    return found + list(_digest(tracker))


def _digest(tracker: Tracker) -> Iterator[dict[str, Any]]:
    if (wish := tracker.settings.digest) is not None:
        yield {
            "name": DIGEST,
            "when": f"every {wish.every}",
            "campaign": wish.campaign,
            "to": [address(tracker, each) for each in wish.to],
            "cooldown": None,
            "quiet": None,
        }


def trials(tracker: Tracker, name: str | None, now: int) -> list[dict[str, Any]]:
    """`tracker alert test`: all of history, whatever was told or said of it."""
    known = {one.name: one for one in tracker.settings.alerts}
    if name is not None and name not in known:
        raise NotFoundError("alert", name, known)
    wanted = [known[name]] if name is not None else list(known.values())
    return [_trial(one) for one in _trials(tracker, wanted, now)]


def _trials(tracker: Tracker, alerts: list[Alert], now: int) -> Iterator[Trial]:
    campaigns = Roster(tracker.database).campaigns()
    zones = {one.id: ZoneInfo(one.timezone) for one in campaigns}
    dated: dict[str, list[tuple[int, int, ZoneInfo]]] = {}
    for match in matches(tracker, alerts, now):
        one = match.finding
        about = match.alert.campaign or one.campaign
        zone = zones.get(about or "", tracker.zone)
        seen = one.at, ready(one.at, zone), zone
        dated.setdefault(match.alert.name, []).append(seen)
    for alert in alerts:
        yield trial(alert, dated.get(alert.name, []))


def _trial(one: Trial) -> dict[str, Any]:
    return {
        "name": one.name,
        "would_fire": one.would_fire,
        "first": iso(one.first),
        "last": iso(one.last),
        "held": one.held,
        "messages": one.messages,
    }


def letters(tracker: Tracker) -> list[dict[str, Any]]:
    """`tracker alert history`. at: when it was sent, or may have been; else when it
    was put into the outbox. What is being sent just now still counts as held."""
    return [
        {
            "id": str(one.id),
            "name": one.name,
            "finding": one.finding,
            "at": iso(one.sent_at or one.seen_at),
            "to": one.shown,
            "state": outbox.HELD if one.state == outbox.SENDING else one.state,
            "campaign": one.campaign,
            "tries": one.tries,
            "error": one.error,
        }
        for one in outbox.letters(tracker.database)
    ]


def sent(done: Iterable[Sent]) -> list[dict[str, Any]]:
    """`tracker alert send`: one entry a message."""
    return [
        {
            "name": one.name,
            "to": one.to,
            "findings": one.findings,
            "state": one.state,
            "error": one.error or None,
        }
        for one in done
    ]
