"""The page of missions: the whole grid, and what decided each of its cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from tracker.facts import CampaignFacts, Person
from tracker.programme import EXCUSED, MISSING, PENDING, Cell, Mission
from tracker.report.missions import (
    GridRow,
    Look,
    MissionRow,
    grid_rows,
    look,
    looks,
    mission_rows,
    today,
)
from tracker.report.pages import Head, head
from tracker.report.text import clean, file_name, link, short

#: A mission that is due within so many days is one to remind of.
SOON = 7
#: Posts that are named of one cell; of more, how many there are.
NAMED = 3


@dataclass(frozen=True, slots=True)
class Named:
    """A post that counts: its text or its id, and its address."""

    title: str
    url: str | None
    platform: str


@dataclass(frozen=True, slots=True)
class Line:
    """One ambassador's part of a mission.

    on: the day it was delivered. posts: those that fit, the first ones; fitting: how
    many do. by_hand: a person decided. reason: what the person said.
    """

    name: str
    page: str
    look: Look
    on: date | None
    first_read: bool
    posts: tuple[Named, ...]
    fitting: int
    by_hand: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Detail:
    """A mission whose days are known. assigned_to: names of groups and people, none
    for everybody. remind: name, page and state of those to write to."""

    row: MissionRow
    needs: int
    platforms: tuple[str, ...]
    hashtags: tuple[str, ...]
    mentions: tuple[str, ...]
    links: tuple[str, ...]
    assigned_to: tuple[str, ...]
    lines: tuple[Line, ...]
    remind: tuple[tuple[str, str, str], ...]

    @property
    def by_hand(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.reason)


@dataclass(frozen=True, slots=True)
class MissionPage:
    """groups: the grid by group, each with those to call first at its top."""

    head: Head
    rows: tuple[MissionRow, ...]
    dated: tuple[MissionRow, ...]
    groups: tuple[tuple[str, tuple[GridRow, ...]], ...]
    looks: tuple[Look, ...]
    details: tuple[Detail, ...]
    people: int


def mission_page(facts: CampaignFacts) -> MissionPage:
    rows, grid = mission_rows(facts), grid_rows(facts)
    known = {row.id: row for row in rows}
    people = {person.id: person for person in facts.people}
    titles = _titles(facts)
    return MissionPage(
        head(facts, "../"),
        rows,
        tuple(row for row in rows if row.assigned is not None),
        _groups(grid),
        looks(grid),
        tuple(
            _detail(facts, one, cells, known[clean(one.id)], people, titles)
            for one, cells in facts.programme.grid
        ),
        len(grid),
    )


def _groups(grid: list[GridRow]) -> tuple[tuple[str, tuple[GridRow, ...]], ...]:
    """By group; the order within each stays."""
    by_team = sorted(grid, key=lambda row: row.team)
    return tuple((team, tuple(some)) for team, some in groupby(by_team, _team))


def _team(row: GridRow) -> str:
    return row.team


Titles = Mapping[tuple[str, str], Named]


def _titles(facts: CampaignFacts) -> Titles:
    """The posts that are named on the page."""
    import polars as pl

    keys = {
        key
        for _, cells in facts.programme.grid
        for cell in cells
        for key in cell.posts[:NAMED]
    }
    schema = {"platform": pl.String, "post_id": pl.String}
    wanted = pl.DataFrame(sorted(keys), schema=schema, orient="row")
    columns = ("platform", "post_id", "caption", "url")
    found = facts.posts.select(columns).join(wanted, on=list(schema), how="semi")
    return {
        (platform, post): Named(
            short(caption or "", 60) or clean(post), link(url), platform
        )
        for platform, post, caption, url in found.iter_rows()
    }


def _detail(
    facts: CampaignFacts,
    one: Mission,
    cells: Iterable[Cell],
    row: MissionRow,
    people: Mapping[str, Person],
    titles: Titles,
) -> Detail:
    some = list(cells)
    lines = sorted(
        (_line(cell, people[cell.ambassador], titles) for cell in some), key=_order
    )
    chosen = () if one.assigned == ("all",) else one.assigned
    return Detail(
        row,
        one.needs,
        one.platforms,
        one.hashtags,
        one.mentions,
        one.links,
        tuple(_chosen(name, people) for name in chosen),
        tuple(lines),
        tuple(_remind(facts, one, some, people)),
    )


def _chosen(name: str, people: Mapping[str, Person]) -> str:
    group = name.removeprefix("group:")
    return clean(group if group != name or name not in people else people[name].name)


#: Those to call first.
ORDER = (MISSING, "late", PENDING, EXCUSED, "on_time")


def _order(line: Line) -> tuple[int, int, str]:
    return ORDER.index(line.look[0]), -line.look[1], line.name


def _line(cell: Cell, person: Person, titles: Titles) -> Line:
    return Line(
        clean(person.name),
        f"{file_name(person.id)}.html",
        look(cell),
        cell.delivered_on,
        "not known" in cell.rule,
        tuple(titles[key] for key in cell.posts[:NAMED] if key in titles),
        len(cell.posts),
        cell.rule == "by hand",
        clean(cell.reason or ""),
    )


def _remind(
    facts: CampaignFacts, one: Mission, cells: list[Cell], people: Mapping[str, Person]
) -> Iterable[tuple[str, str, str]]:
    """Who to write to: missing, or due soon and not there, of those still enrolled."""
    now = today(facts)
    if now is None:
        return
    last = min(now, facts.campaign.ends or now).isoformat()
    soon = one.opens <= now and one.due <= now + timedelta(days=SOON)
    for cell in cells:
        person = people[cell.ambassador]
        if person.ends is not None and person.ends < last:
            continue
        if cell.state == MISSING or (cell.state == PENDING and soon):
            yield clean(person.name), f"{file_name(person.id)}.html", cell.state
