"""The missions of a plan, and who is to do them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.errors import nearest
from tracker.forms import OPEN
from tracker.model import Campaign, Enrolment
from tracker.planfields import LISTS
from tracker.programme import Mission

EVERYBODY = ("all",)
GROUP = "group:"


def missions(plan: Mapping[str, Any], campaign: str) -> list[Mission]:
    """The missions of a plan that was kept, in its order.

    A mission whose days are still open ("?") is none yet; see `unfinished`.
    """
    return [
        _mission(block, campaign)
        for block in plan.get("mission") or ()
        if not _open_days(block)
    ]


def unfinished(plan: Mapping[str, Any]) -> list[str]:
    """Ids of missions whose days are still open."""
    return [block["id"] for block in plan.get("mission") or () if _open_days(block)]


def _open_days(block: Mapping[str, Any]) -> bool:
    return OPEN in (block["id"], block["opens"], block["due"])


def _mission(block: Mapping[str, Any], campaign: str) -> Mission:
    said = {key: _read(key, value) for key, value in block.items() if _said(value)}
    who = said.pop("assigned", "all")
    said["needs"] = max(1, said.get("needs", 1))
    said.setdefault("name", said["id"])
    return Mission(
        campaign=campaign, assigned=EVERYBODY if who == "all" else who, **said
    )


def _said(value: Any) -> bool:
    return value not in (OPEN, [OPEN])


def _read(key: str, value: Any) -> Any:
    return LISTS["mission"][key](value)


# -- who is to do them -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Assigned:
    """people: ids in order. problems: what `assigned` names and is not there."""

    people: tuple[str, ...]
    problems: tuple[str, ...] = ()


def assigned(
    mission: Mission, campaign: Campaign, enrolments: Sequence[Enrolment]
) -> Assigned:
    """Who is to do a mission: everybody enrolled, groups, or single ambassadors, as
    far as they are enrolled on a day of the mission."""
    there = [one for one in enrolments if _overlaps(one, campaign, mission)]
    chosen = [
        one for one in there if mission.assigned == EVERYBODY or _named(one, mission)
    ]
    people = sorted({one.ambassador for one in chosen})
    return Assigned(tuple(people), tuple(_problems(mission, there, enrolments)))


def _named(one: Enrolment, mission: Mission) -> bool:
    group = one.group is not None and f"{GROUP}{one.group}" in mission.assigned
    return group or one.ambassador in mission.assigned


def _overlaps(one: Enrolment, campaign: Campaign, mission: Mission) -> bool:
    first, last = span(one, campaign)
    return first <= mission.due and mission.opens <= last


def span(one: Enrolment, campaign: Campaign) -> tuple[date, date]:
    """First and last day of an enrolment, within the campaign's."""
    return (
        max(one.starts or date.min, campaign.starts or date.min),
        min(one.ends or date.max, campaign.ends or date.max),
    )


def _problems(
    mission: Mission, there: Iterable[Enrolment], enrolments: Iterable[Enrolment]
) -> Iterator[str]:
    """Names that stand for nobody."""
    if mission.assigned == EVERYBODY:
        return
    now, ever = _names(there), _names(enrolments)
    for name in mission.assigned:
        if name in ever - now:
            yield f'"{name}" is not enrolled on any day of the mission'
        elif name not in ever:
            kind = "group" if name.startswith(GROUP) else "enrolled ambassador"
            yield f'there is no {kind} "{name}". {nearest(name, ever)}'.rstrip()


def _names(enrolments: Iterable[Enrolment]) -> set[str]:
    """What may stand in `assigned` for these."""
    some = list(enrolments)
    groups = {f"{GROUP}{one.group}" for one in some if one.group is not None}
    return groups | {one.ambassador for one in some}
