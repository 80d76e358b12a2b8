"""From a KPI to its inputs, and from each input to the rows it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracker.errors import NotFoundError
from tracker.kpi.answer import Input, Kpi
from tracker.kpi.formula import Formula
from tracker.kpis import Table, find
from tracker.kpis.facts import Facts
from tracker.kpis.inputs import ORIGINS
from tracker.kpis.rows import rows
from tracker.kpis.shape import kpi_json, left_out_json, number
from tracker.model import platform_name

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.kpis.facts import Group


@dataclass(frozen=True, slots=True)
class Part:
    """One input. says: what it is. commands: what shows the rows behind it, to be
    typed as they stand. rows: those rows as counted; None: not asked for."""

    name: str
    found: Input
    says: str
    commands: tuple[str, ...]
    rows: tuple[dict[str, Any], ...] | None


@dataclass(frozen=True, slots=True)
class Explained:
    """A KPI of a campaign, or of one part of it (`about`), followed to its inputs."""

    campaign: str
    about: dict[str, str]
    formula: Formula
    kpi: Kpi
    parts: tuple[Part, ...]
    left_out: tuple[tuple[str, str], ...]


def explain(
    tracker: Tracker,
    campaign: str,
    name: str,
    *,
    about: dict[str, str] | None = None,
    with_rows: bool = False,
    until: int | None = None,
    as_of: int | None = None,
    now: int,
) -> Explained:
    """A KPI with all that went into it.

    about: {} for the whole campaign, or one of ambassador, platform, mission and post
    with its id. until, as_of, now: as for `kpis`. Raises NotFoundError.
    """
    about = about or {}
    by, wanted = next(iter(about.items()), (None, None))
    formula = find(name)
    facts = Facts(tracker, campaign, by, until, as_of, now)
    group = _group(facts, by, wanted)
    table = Table(facts)
    parts = []
    for each in formula.inputs:
        origin = ORIGINS[each]
        found = table.lookup(formula, each)(group)
        told = by in origin.cuts
        made = tuple(rows(facts, formula, each, group)) if with_rows and told else None
        commands = tuple(c.replace("CAMPAIGN", campaign) for c in origin.commands)
        parts.append(Part(each, found, origin.says, commands, made))
    kpi = table.kpi(formula, group)
    return Explained(campaign, about, formula, kpi, tuple(parts), facts.left_out)


def _group(facts: Facts, by: str | None, wanted: str | None) -> Group:
    """The row that something is in. Raises NotFoundError."""
    if by is None or wanted is None:
        return None
    if by == "platform":
        wanted = platform_name(wanted) or wanted
    names = {key["post_id" if by == "post" else by]: g for g, key in facts.groups}
    if wanted not in names:
        raise NotFoundError(by, wanted, [name for name in names if name])
    return names[wanted]


def explained_json(one: Explained, limit: int = 0) -> dict[str, Any]:
    """The shape of `tracker explain CAMPAIGN KPI --json`; limit: rows, 0 for all."""
    shown = kpi_json(one.kpi)
    return {
        "campaign": one.campaign,
        "kpi": shown.pop("name"),
        **one.about,
        **{k: v for k, v in shown.items() if k != "inputs"},
        "meaning": one.formula.meaning,
        "source": one.formula.source,
        "others": one.formula.others,
        "left_out": left_out_json(one.left_out),
        "inputs": [_part_json(part, limit) for part in one.parts],
    }


def _part_json(part: Part, limit: int) -> dict[str, Any]:
    found = part.found
    shown = {part.name: found.value} if found.shown is None else found.shown
    made: dict[str, Any] = {
        "name": part.name,
        "values": {name: number(value) for name, value in shown.items()},
        "known": found.known,
        "unknown": found.unknown,
        "basis": found.basis,
        "reason": found.reason,
        "from": part.says,
        "commands": list(part.commands),
    }
    if part.rows is None:
        return made
    some = part.rows[:limit] if limit else part.rows
    return made | {"rows": list(some), "left_off": len(part.rows) - len(some)}
