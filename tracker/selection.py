"""Selection: from those who applied to those who take part, and how it was chosen."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tracker.filerows import Cells, FileRows, needed, number, read_rows
from tracker.model import platform_name
from tracker.people import CellError, email_address, identity, without_hidden
from tracker.programme import Application
from tracker.sources.dates import read_iso
from tracker.sources.values import Bad
from tracker.store import applications as store
from tracker.store.roster import Roster

if TYPE_CHECKING:
    from tracker.app import Tracker

COLUMNS = (
    *("id", "name", "platform", "handle", "email", "applied_at", "score", "group"),
    "criteria",
)
_MARK = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,12})?")
DECISIONS = ("id", "decision", "reason")


def applicants(tracker: Tracker, campaign: str) -> tuple[int | None, str]:
    """How many applied, and where that is known from: `applications`, where there are
    any, else `plan` ([selection] applicants), else None. Raises NotFoundError."""
    found = store.list_(tracker.database, campaign)
    if found:
        return len(found), "applications"
    said = (Roster(tracker.database).plan(campaign).get("selection") or {}).get(
        "applicants"
    )
    known = isinstance(said, int) and not isinstance(said, bool)
    return (said if known else None), "plan"


# -- files ---------------------------------------------------------------------------


def read_applications(
    tracker: Tracker, path: Path, campaign: str
) -> FileRows[Application]:
    """Read an application file, one row an applicant. Raises NotFoundError and
    PayloadError."""
    zone = ZoneInfo(Roster(tracker.database).campaign(campaign).timezone)
    return read_rows(
        path,
        COLUMNS,
        ("id", "name"),
        lambda said: application(campaign, said, zone),
        key=lambda one: one.id,
    )


def application(campaign: str, said: Cells, zone: ZoneInfo) -> Application:
    """An application from its cells; CellError says what is wrong."""
    name = identity(needed(said, "id"))
    platform = platform_name(said["platform"]) if said["platform"] else None
    if said["platform"] and platform is None:
        reason = f'platform "{said["platform"]}" is not known'
        raise CellError("platform", "ROW_PLATFORM", reason)
    at = read_iso(said["applied_at"], zone)
    if isinstance(at, Bad):
        raise CellError("applied_at", at.code, at.reason)
    return Application(
        campaign,
        name,
        without_hidden(needed(said, "name")),
        platform,
        without_hidden(said["handle"]) or None,
        email_address(said["email"]) if said["email"] else None,
        at,
        number(said, "score"),
        without_hidden(said["group"]) or None,
        criteria(said["criteria"]),
    )


def criteria(text: str) -> dict[str, str]:
    """`video:8;vibrancy:7`, or a JSON object."""
    if text.startswith("{"):
        try:
            found = json.loads(text)
        except ValueError as error:
            reason = "it begins like JSON and is none"
            raise CellError("criteria", "ROW_CRITERIA", reason) from error
        return {key: _mark(value) for key, value in found.items()}
    parts = [part.partition(":") for part in text.split(";") if part.strip()]
    if any(not (key.strip() and colon) for key, colon, _ in parts):
        reason = f'"{text}" is not as video:8;vibrancy:7'
        raise CellError("criteria", "ROW_CRITERIA", reason)
    return {key.strip(): value.strip() for key, _, value in parts}


def _mark(value: Any) -> str:
    """What JSON says of a criterion, as text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def read_decisions(
    tracker: Tracker, path: Path, campaign: str
) -> FileRows[tuple[str, str, str]]:
    """Read a file of decisions: id, accept or decline, and why. Raises NotFoundError
    and PayloadError."""
    known = {one.id for one in store.list_(tracker.database, campaign)}
    return read_rows(
        path,
        DECISIONS,
        DECISIONS,
        lambda said: _decision(said, known),
        key=lambda one: one[0],
    )


def _decision(said: Cells, known: Collection[str]) -> tuple[str, str, str]:
    name = needed(said, "id")
    if name not in known:
        reason = f'nobody of the id "{name}" applied'
        raise CellError("id", "ROW_APPLICATION", reason)
    word = said["decision"].lower()
    if word not in store.WORDS:
        reason = f'"{said["decision"]}" is neither accept nor decline'
        raise CellError("decision", "ROW_WORD", reason)
    return name, word, needed(said, "reason")


# -- the report ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Group:
    """Applicants of one state: how many, and of their scores the least, the median,
    the greatest and the mean; None where nobody was scored. criteria: means."""

    count: int
    low: Decimal | None
    median: Decimal | None
    high: Decimal | None
    mean: Decimal | None
    criteria: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Selection:
    """groups: by state. reasons: by state, how often each was given. by: how many of
    each group and platform applied and were accepted. deciders: how many each person
    accepted and declined."""

    applicants: int
    groups: Mapping[str, Group]
    reasons: Mapping[str, Mapping[str, int]]
    by: Mapping[str, Mapping[str, tuple[int, int]]]
    deciders: Mapping[str, tuple[int, int]]

    @property
    def rate(self) -> Decimal | None:
        """Accepted of all who applied, in percent."""
        taken = self.groups["accepted"].count
        return Decimal(taken) * 100 / self.applicants if self.applicants else None


def report(found: Sequence[Application]) -> Selection:
    """How a selection went. Pure."""
    by_state = {
        state: [one for one in found if one.state == state]
        for state in ("accepted", "declined", "new")
    }
    return Selection(
        len(found),
        {state: _group(some) for state, some in by_state.items()},
        {
            state: dict(Counter(one.reason for one in some if one.reason).most_common())
            for state, some in by_state.items()
        },
        {
            "group": _share(found, lambda one: one.group),
            "platform": _share(found, lambda one: one.platform),
        },
        _deciders(found),
    )


def _group(some: Sequence[Application]) -> Group:
    scores = sorted(one.score for one in some if one.score is not None)
    marks: dict[str, list[Decimal]] = {}
    for one in some:
        for name, text in one.criteria.items():
            if _MARK.fullmatch(text):  # others are words
                marks.setdefault(name, []).append(Decimal(text))
    return Group(
        len(some),
        scores[0] if scores else None,
        _median(scores),
        scores[-1] if scores else None,
        _mean(scores),
        {name: mean for name, all_ in sorted(marks.items()) if (mean := _mean(all_))},
    )


def _mean(values: Iterable[Decimal]) -> Decimal | None:
    every = list(values)
    return sum(every, Decimal(0)) / len(every) if every else None


def _median(ordered: Sequence[Decimal]) -> Decimal | None:
    if not ordered:
        return None
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) / 2


def _deciders(found: Sequence[Application]) -> dict[str, tuple[int, int]]:
    """By who decided: how many they accepted, and how many they declined."""
    words = Counter((one.actor or "", one.state) for one in found if one.decided_at)
    return {
        name: (words[name, "accepted"], words[name, "declined"])
        for name in sorted({name for name, _ in words})
    }


def _share(found: Sequence[Application], key: Any) -> dict[str, tuple[int, int]]:
    every = Counter(key(one) or "" for one in found)
    taken = Counter(key(one) or "" for one in found if one.state == "accepted")
    return {name: (every[name], taken[name]) for name in sorted(every)}
