"""Does a plan hold: what it lacks, what nothing will fill, whom and what it names
that is not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracker.checks import plan as checks
from tracker.checks.plan import OUTCOMES, OWN_SOURCES, Missing, Orphan
from tracker.errors import TrackerError, nearest
from tracker.forms import OPEN
from tracker.model import METRICS, Campaign
from tracker.planmissions import assigned, missions
from tracker.store.roster import Roster

if TYPE_CHECKING:
    from tracker.app import Tracker

#: By kind of source: what its policy need not say.
MORE = {"webhook": (OUTCOMES,), "outcomes": (OUTCOMES,), "csv": METRICS}


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that stands for nothing (yet), by its place in the plan."""

    path: str
    step: int
    message: str


@dataclass(frozen=True, slots=True)
class Checked:
    """complete: nothing is missing. unknown does not keep a campaign from opening:
    people may be enrolled later."""

    campaign: Campaign
    missing: tuple[Missing, ...]
    orphans: tuple[Orphan, ...]
    unknown: tuple[Unknown, ...]

    @property
    def complete(self) -> bool:
        return not self.missing


def check(tracker: Tracker, campaign: str) -> Checked:
    """Look at the plan of a campaign. Raises NotFoundError."""
    from tracker.kpi.registry import FORMULAS

    roster = Roster(tracker.database)
    found, plan = roster.campaign(campaign), roster.plan(campaign)
    kpis = {name: formula.inputs for name, formula in FORMULAS.items()}
    given = _given(tracker)
    unknown = [
        *_tools(plan, {*given, *OWN_SOURCES}),
        *_assigned(plan, found, roster),
        *_costs(plan, roster.ids()),
    ]
    return Checked(
        found,
        tuple(checks.missing(plan)),
        tuple(checks.orphans(plan, given, kpis)),
        tuple(unknown),
    )


def _given(tracker: Tracker) -> dict[str, tuple[str, ...]]:
    """What each source gives; of one that cannot be made, nothing is said."""
    given: dict[str, tuple[str, ...]] = {}
    for block in tracker.settings.sources:
        try:
            metrics = tracker.source(block.name).policy.metrics
        except TrackerError:
            given[block.name] = ()
        else:
            given[block.name] = (*metrics, *MORE.get(block.kind, ()))
    return given


# -- names that stand for nothing ------------------------------------------------------


def _tools(plan: Mapping[str, Any], sources: set[str]) -> Iterator[Unknown]:
    for at, block in enumerate(plan.get("tool") or ()):
        name = block.get("source", OPEN)
        if name != OPEN and name not in sources:
            told = f'there is no source "{name}". {nearest(name, sources)}'.rstrip()
            yield Unknown(f"tool[{at}].source", 2, told)


def _assigned(
    plan: Mapping[str, Any], campaign: Campaign, roster: Roster
) -> Iterator[Unknown]:
    enrolments = roster.enrolments(campaign.id)
    places = {block.get("id"): at for at, block in enumerate(plan.get("mission") or ())}
    for one in missions(plan, campaign.id):
        for told in assigned(one, campaign, enrolments).problems:
            yield Unknown(f"mission[{places[one.id]}].assigned", 3, told)


def _costs(plan: Mapping[str, Any], people: set[str]) -> Iterator[Unknown]:
    for at, block in enumerate(plan.get("cost") or ()):
        name = block.get("ambassador", OPEN)
        if name != OPEN and name not in people:
            told = f'there is no ambassador "{name}". {nearest(name, people)}'
            yield Unknown(f"cost[{at}].ambassador", 4, told.rstrip())
