"""Feedback of ambassadors: what they say, and whether somebody answered."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tracker.errors import RosterError, nearest
from tracker.filerows import Cells, FileRows, needed, read_rows
from tracker.people import CellError
from tracker.programme import Feedback
from tracker.sources.dates import read_iso
from tracker.sources.values import Bad
from tracker.store import feedback as store
from tracker.store.roster import Roster

if TYPE_CHECKING:
    from tracker.app import Tracker

COLUMNS = ("ambassador", "at", "text", "answer", "answered_at")
REQUIRED = ("at", "text")


def add(
    tracker: Tracker,
    campaign: str,
    ambassador: str | None,
    text: str,
    at: str | None,
    *,
    now: int,
) -> Feedback:
    """Keep what somebody said, at a day or instant as typed, or now. Raises
    NotFoundError, and RosterError for a time that is none."""
    zone = zone_of(tracker, campaign)
    if not text.strip():
        raise RosterError("MISSING", "text", "it is blank", "Nothing changed")
    try:
        when = _instant(at or "", "at", zone)
    except CellError as wrong:
        code = wrong.code.removeprefix("ROW_")
        raise RosterError(code, "at", wrong.reason, "Nothing changed") from wrong
    said = Feedback(campaign, 0, now if when is None else when, ambassador, text)
    return store.add(tracker.database, said, now=now)


def zone_of(tracker: Tracker, campaign: str) -> ZoneInfo:
    """The zone of a campaign. Raises NotFoundError."""
    return ZoneInfo(Roster(tracker.database).campaign(campaign).timezone)


# -- the file -------------------------------------------------------------------------


def read_feedback(tracker: Tracker, path: Path, campaign: str) -> FileRows[Feedback]:
    """Read a feedback file, one row an item. Times without a zone are the
    campaign's. Raises NotFoundError and PayloadError."""
    zone = zone_of(tracker, campaign)
    people = {one.id for one in Roster(tracker.database).ambassadors()}
    return read_rows(
        path,
        COLUMNS,
        REQUIRED,
        lambda said: _item(campaign, said, zone, people),
        key=lambda one: (one.ambassador, one.at, one.text),
    )


def _item(
    campaign: str, said: Cells, zone: ZoneInfo, people: Collection[str]
) -> Feedback:
    who = said["ambassador"] or None
    if who is not None and who not in people:
        reason = f'there is no "{who}". {nearest(who, people)}'.rstrip(" .")
        raise CellError("ambassador", "ROW_AMBASSADOR", reason)
    needed(said, "at")
    at = _instant(said["at"], "at", zone)
    assert at is not None
    text, answer = needed(said, "text"), said["answer"] or None
    answered_at = _instant(said["answered_at"], "answered_at", zone)
    if (answer is None) != (answered_at is None):
        column = "answer" if answer is None else "answered_at"
        raise CellError(column, "ROW_MISSING", "answer and answered_at go together")
    return Feedback(campaign, 0, at, who, text, answered_at, answer)


def _instant(text: str, column: str, zone: ZoneInfo) -> int | None:
    found = read_iso(text, zone)
    if isinstance(found, Bad):
        raise CellError(column, found.code, found.reason)
    return found
