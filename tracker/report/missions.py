"""Missions: who delivered, who is late, whom to call first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from tracker.facts import CampaignFacts, Person
from tracker.model import local_day
from tracker.programme import CELLS, LATE, MISSING, ON_TIME, PENDING, Cell
from tracker.report.text import clean, file_name

#: The campaign page shows everybody up to so many people and cells; of more, those to
#: call first, up to so many.
WHOLE, CELLS_SHOWN, CALLED = 300, 2000, 100

#: A cell as pages show it: its state ('' for who is not to do it) and days late.
Look = tuple[str, int]


@dataclass(frozen=True, slots=True)
class MissionRow:
    """A mission of the plan.

    state: past, now or ahead of the newest reading. assigned and counts: cells by
    state; None while the plan does not say its days.
    """

    id: str
    name: str
    opens: date | None
    due: date | None
    state: str
    assigned: int | None = None
    counts: tuple[int, ...] = ()

    @property
    def anchor(self) -> str:
        """The name of its place on the page of missions."""
        return f"mission-{file_name(self.id)}"

    def count(self, state: str) -> int:
        return self.counts[CELLS.index(state)] if self.counts else 0

    @property
    def delivered(self) -> int:
        return self.count(ON_TIME) + self.count(LATE)

    @property
    def bars(self) -> tuple[tuple[str, float, float], ...]:
        """State, beginning and width of each part of the bar, in percent."""
        out, at = [], 0.0
        for state in (ON_TIME, LATE, MISSING, PENDING, "excused"):
            width = self.count(state) * 100 / self.assigned if self.assigned else 0
            if width:
                out.append((state, round(at, 2), round(width, 2)))
            at += width
        return tuple(out)


@dataclass(frozen=True, slots=True)
class GridRow:
    """An ambassador and their cell in each dated mission. missing: how many."""

    id: str
    name: str
    page: str
    team: str
    cells: tuple[Look, ...]
    missing: int
    late: int
    days: int


@dataclass(frozen=True, slots=True)
class Missions:
    """The section of the campaign page.

    rows: all missions; dated: those with columns in the grid. due: cells whose day is
    over, then those of them by state. grid: those to call first come first; left: how
    many people the page leaves out. looks: every different cell.
    """

    rows: tuple[MissionRow, ...]
    dated: tuple[MissionRow, ...]
    due: int
    on_time: int
    late: int
    missing: int
    grid: tuple[GridRow, ...]
    left: int
    looks: tuple[Look, ...]


def section(facts: CampaignFacts) -> Missions | None:
    """None without missions in the plan."""
    rows = mission_rows(facts)
    if not rows:
        return None
    grid = grid_rows(facts)
    shown = tuple(grid) if _fits(grid) else tuple(_to_call(grid))
    tally = Counter(cell.state for _, cells in facts.programme.grid for cell in cells)
    return Missions(
        rows,
        tuple(row for row in rows if row.assigned is not None),
        tally.total() - tally[PENDING],
        tally[ON_TIME],
        tally[LATE],
        tally[MISSING],
        shown,
        len(grid) - len(shown),
        looks(shown),
    )


def _fits(grid: Sequence[GridRow]) -> bool:
    cells = sum(len(row.cells) for row in grid)
    return len(grid) <= WHOLE and cells <= CELLS_SHOWN


def _to_call(grid: Iterable[GridRow]) -> list[GridRow]:
    return [row for row in grid if row.missing or row.late][:CALLED]


def looks(grid: Iterable[GridRow]) -> tuple[Look, ...]:
    """Every different cell, so that each is written once."""
    return tuple(sorted({cell for row in grid for cell in row.cells}))


# -- rows ---------------------------------------------------------------------------


def today(facts: CampaignFacts) -> date | None:
    """The day of the newest reading, in the campaign's zone."""
    if facts.as_of is None:
        return None
    return local_day(facts.as_of, ZoneInfo(facts.campaign.timezone))


def mission_rows(facts: CampaignFacts) -> tuple[MissionRow, ...]:
    """The plan's missions in its order."""
    now = today(facts)
    cells = {one.id: some for one, some in facts.programme.grid}
    return tuple(_row(raw, now, cells) for raw in facts.plan.get("mission", ()))


def _row(
    raw: Mapping[str, Any], now: date | None, cells: Mapping[str, Sequence[Cell]]
) -> MissionRow:
    opens, due = _date(raw.get("opens")), _date(raw.get("due"))
    state = "ahead"
    if now and due and due < now:
        state = "past"
    elif now and (opens is None or opens <= now):
        state = "now"
    key = str(raw.get("id") or "")
    name = clean(str(raw.get("name") or key))
    if key not in cells:
        return MissionRow(clean(key), name, opens, due, state)
    tally = Counter(cell.state for cell in cells[key])
    counts = tuple(tally[each] for each in CELLS)
    return MissionRow(clean(key), name, opens, due, state, len(cells[key]), counts)


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None


def grid_rows(facts: CampaignFacts) -> list[GridRow]:
    """Everybody who is to do a mission: most missing first, then most late."""
    theirs: dict[str, dict[str, Cell]] = defaultdict(dict)
    for mission, cells in facts.programme.grid:
        for cell in cells:
            theirs[cell.ambassador][mission.id] = cell
    people = {person.id: person for person in facts.people}
    order = [mission.id for mission, _ in facts.programme.grid]
    rows = [_grid_row(people[who], own, order) for who, own in theirs.items()]
    return sorted(rows, key=lambda r: (-r.missing, -r.late, -r.days, r.name, r.id))


def _grid_row(person: Person, own: Mapping[str, Cell], order: Sequence[str]) -> GridRow:
    cells = tuple(look(own.get(name)) for name in order)
    return GridRow(
        person.id,
        clean(person.name),
        f"{file_name(person.id)}.html",
        clean(person.team or ""),
        cells,
        sum(state == MISSING for state, _ in cells),
        sum(state == LATE for state, _ in cells),
        sum(days for _, days in cells),
    )


def look(cell: Cell | None) -> Look:
    """A cell as it is shown."""
    return ("", 0) if cell is None else (cell.state, cell.days_late or 0)


def delivered_by(facts: CampaignFacts) -> dict[str, tuple[int, int]]:
    """By ambassador: missions on time, and missions whose day is over for them."""
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    for _, cells in facts.programme.grid:
        for cell in cells:
            tally[cell.ambassador][cell.state] += 1
    return {
        who: (own[ON_TIME], own[ON_TIME] + own[LATE] + own[MISSING])
        for who, own in tally.items()
    }
