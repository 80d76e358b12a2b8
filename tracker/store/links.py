"""Tracked links and promo codes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any

from tracker.errors import NotFoundError, RosterError
from tracker.programme import TrackedLink
from tracker.store import audit, rows
from tracker.store.again import whole
from tracker.store.database import Database, Link

SELECT = (
    "SELECT l.code, l.destination, c.slug, a.slug, l.mission, l.promo, l.utm,"
    " l.created_at, l.id FROM link l LEFT JOIN campaign c ON c.id = l.campaign_id"
    " LEFT JOIN ambassador a ON a.id = l.ambassador_id ORDER BY l.created_at, l.code"
)


def list_(database: Database, campaign: str | None = None) -> list[TrackedLink]:
    """All links, or those of a campaign, the oldest first. Raises NotFoundError."""
    return list(numbered(database, campaign).values())


def numbered(database: Database, campaign: str | None = None) -> dict[int, TrackedLink]:
    """The same by their row."""
    with database.reading() as link:
        if campaign is not None:
            rows.find_campaign(link, campaign)
        made = {int(row[-1]): _link(row) for row in link.all(SELECT)}
    return {n: one for n, one in made.items() if campaign in (None, one.campaign)}


def _link(row: tuple[Any, ...]) -> TrackedLink:
    code, place, campaign, who, mission, promo, utm, created, _ = row
    return TrackedLink(
        code, place, campaign, who, mission, promo, json.loads(utm), int(created)
    )


def destinations(database: Database) -> dict[str, tuple[int, str]]:
    """Row and destination of every link that leads somewhere, by its code."""
    with database.reading() as link:
        found = link.all(
            "SELECT code, id, destination FROM link WHERE destination IS NOT NULL"
        )
    return {code: (int(number), place) for code, number, place in found}


@whole
def add(
    database: Database,
    links: Collection[TrackedLink],
    *,
    now: int,
    dry_run: bool = False,
) -> None:
    """Keep links, all or none. Raises NotFoundError, and RosterError LINK_EXISTS.

    dry_run: keep none, and raise the same."""
    with database.reading() if dry_run else database.writing() as link:
        known = {code for (code,) in link.all("SELECT code FROM link")}
        people = {slug: row for slug, (row, _) in rows.read_people(link).items()}
        campaigns = dict(link.all("SELECT slug, id FROM campaign"))
        missions = _missions(link)
        for one in links:
            places = (
                _row("campaign", one.campaign, campaigns),
                _row("ambassador", one.ambassador, people),
            )
            _check_mission(one, missions)
            if one.code in known:
                raise _taken(one.code)
            known.add(one.code)
            if not dry_run:
                _insert(link, one, places, now)


def _insert(
    link: Link, one: TrackedLink, places: tuple[int | None, int | None], now: int
) -> None:
    """places: rows of its campaign and ambassador."""
    link.run(
        "INSERT INTO link (code, destination, campaign_id, ambassador_id, mission,"
        " promo, utm, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            one.code,
            one.destination,
            *places,
            one.mission,
            one.promo,
            json.dumps(dict(one.utm), ensure_ascii=False),
            one.created_at,
        ),
    )
    number = link.value("SELECT id FROM link WHERE code = ?", (one.code,))
    audit.note(link, "link.add", f"link {number}", now)


def _missions(link: Link) -> dict[str, list[str]]:
    """Missions of each campaign's plan."""
    return {
        slug: [str(one["id"]) for one in json.loads(plan).get("mission") or ()]
        for slug, plan in link.all("SELECT slug, plan FROM campaign")
    }


def _check_mission(one: TrackedLink, missions: dict[str, list[str]]) -> None:
    """It must be one of the link's campaign; of any where no campaign is named."""
    if one.mission is None:
        return
    known = {
        mission
        for campaign, names in missions.items()
        if one.campaign in (None, campaign)
        for mission in names
    }
    if one.mission not in known:
        raise NotFoundError("mission", one.mission, known)


def _row(kind: str, name: str | None, known: dict[str, int]) -> int | None:
    if name is None:
        return None
    if name not in known:
        raise NotFoundError(kind, name, known)
    return known[name]


def _taken(code: str) -> RosterError:
    return RosterError(
        "LINK_EXISTS",
        f"link {code}",
        "there is a link of this code already",
        "Nothing was saved",
        "Choose another --code, or leave it out",
    )


def enrolled(database: Database, campaign: str) -> Iterable[str]:
    """Who is enrolled in a campaign, by id, each once. Raises NotFoundError."""
    with database.reading() as link:
        found = rows.read_enrolments(link, campaign)
    return dict.fromkeys(one.ambassador for one in found)
