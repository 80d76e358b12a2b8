"""Events: clicks and outcomes that were told, each counted once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.model import Reject, Tally
from tracker.store import clicks
from tracker.store.database import Link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.sources.base import Event

#: Ids in one question.
AT_ONCE = 400


def keep(
    link: Link, source_id: int, payload_id: int, events: Sequence[Event], window: int
) -> tuple[Tally, list[Reject]]:
    """Store events; where they went, without counting them as rows again.

    The first of an id stands. The same again is unchanged; one that says something
    else is rejected, so that it can be looked at, and so is a click of a code that no
    link has. window: of repeated clicks, ms.
    """
    known = _known(link, source_id, [event.id for event in events])
    fresh: list[Event] = []
    wanted, other = clicks.known(link, events)
    for event in wanted:
        said = (event.kind, event.at, event.data)
        if event.id not in known:
            known[event.id] = said
            fresh.append(event)
        elif known[event.id] != said:
            other.append(_reused(event))
    _insert(link, source_id, payload_id, fresh)
    told = [event for event in fresh if event.kind == "click"]
    if told:
        clicks.keep(link, source_id, told, window)
    same = len(events) - len(fresh) - len(other)
    return Tally(stored=len(fresh), unchanged=same, rejected=len(other)), other


def _known(
    link: Link, source_id: int, ids: list[str]
) -> dict[str, tuple[str, int, str]]:
    found: dict[str, tuple[str, int, str]] = {}
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        marks = ", ".join("?" * len(some))
        rows = link.all(
            "SELECT external_id, kind, at, data FROM event WHERE source_id = ?"
            f" AND external_id IN ({marks})",
            (source_id, *some),
        )
        found.update((row[0], (row[1], int(row[2]), row[3])) for row in rows)
    return found


def _reused(event: Event) -> Reject:
    return Reject(
        event.line,
        "id",
        "ID_REUSED",
        f'event "{event.id}" came again with other content; the first stands',
        event.data[:4096],
    )


def _insert(
    link: Link, source_id: int, payload_id: int, events: Sequence[Event]
) -> None:
    link.many(
        "INSERT INTO event (source_id, external_id, kind, at, data, payload_id, line)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (source_id, each.id, each.kind, each.at, each.data, payload_id, each.line)
            for each in events
        ],
    )
