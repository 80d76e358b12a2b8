"""The roster's rows as frozen values."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

from tracker.errors import NotFoundError
from tracker.model import Ambassador, Campaign, Enrolment, Handle
from tracker.store.campaigns import read_campaigns, to_day
from tracker.store.database import Link
from tracker.store.handles import Handles, Held
from tracker.store.people import Known


def find_campaign(link: Link, campaign: str) -> tuple[int, Campaign]:
    """A campaign with its row number. Raises NotFoundError."""
    found = read_campaigns(link, campaign)
    if campaign not in found:
        raise NotFoundError("campaign", campaign, read_campaigns(link))
    return found[campaign]


def read_plan(link: Link, row: int) -> dict[str, Any]:
    """The plan of the campaign with this row number."""
    text = link.value("SELECT plan FROM campaign WHERE id = ?", (row,))
    plan: dict[str, Any] = json.loads(text)
    return plan


def read_held(link: Link) -> list[Held]:
    rows = link.all(
        "SELECT h.id, a.slug, h.platform, h.handle, h.since, h.until, h.followers"
        " FROM handle h JOIN ambassador a ON a.id = h.ambassador_id"
    )
    return [
        Held(
            owner, Handle(platform, name, to_day(since), to_day(until), followers), row
        )
        for row, owner, platform, name, since, until, followers in rows
    ]


def read_people(link: Link) -> dict[str, tuple[int, Ambassador]]:
    rows = link.all("SELECT slug, id, name, email, country, language FROM ambassador")
    return {slug: (row, Ambassador(slug, *facts)) for slug, row, *facts in sorted(rows)}


def read_ids(link: Link) -> set[str]:
    """The ids of all ambassadors."""
    return {slug for (slug,) in link.all("SELECT slug FROM ambassador")}


def read_ambassadors(link: Link) -> dict[str, Ambassador]:
    """All ambassadors with their handles, the older ones of a platform first."""
    theirs: dict[str, list[Handle]] = {}
    for one in read_held(link):
        theirs.setdefault(one.owner, []).append(one.handle)
    return {
        slug: replace(person, handles=tuple(sorted(theirs.get(slug, ()), key=_age)))
        for slug, (_, person) in read_people(link).items()
    }


def _age(handle: Handle) -> tuple[str, date, str]:
    return handle.platform, handle.since or date.min, handle.handle


def find_ambassador(link: Link, ambassador: str) -> Ambassador:
    """An ambassador with handles. Raises NotFoundError."""
    found = read_ambassadors(link)
    if ambassador not in found:
        raise NotFoundError("ambassador", ambassador, found)
    return found[ambassador]


def read_enrolments(link: Link, campaign: str | None) -> list[Enrolment]:
    """All enrolments, or those of one campaign. Raises NotFoundError."""
    if campaign is not None:
        find_campaign(link, campaign)
    return [one for _, one in enrolment_rows(link, campaign)]


def enrolment_rows(
    link: Link, campaign: str | None = None
) -> list[tuple[int, Enrolment]]:
    """Enrolments, or those of one campaign, with their row numbers, by campaign, then
    ambassador."""
    rows = link.all(
        "SELECT e.id, c.slug, a.slug, e.starts, e.ends, e.team, e.fee, e.currency"
        " FROM enrolment e JOIN campaign c ON c.id = e.campaign_id"
        " JOIN ambassador a ON a.id = e.ambassador_id"
        " WHERE CAST(? AS TEXT) IS NULL OR c.slug = ?",
        (campaign, campaign),
    )
    made = [
        (row, Enrolment(slug, person, to_day(starts), to_day(ends), *rest))
        for row, slug, person, starts, ends, *rest in rows
    ]
    return sorted(made, key=lambda one: (one[1].campaign, one[1].ambassador))


def read_known(link: Link, campaign_row: int | None) -> Known:
    """The roster, and the enrolments of one campaign."""
    enrolments = {}
    if campaign_row is not None:
        slug = link.value("SELECT slug FROM campaign WHERE id = ?", (campaign_row,))
        rows = enrolment_rows(link, slug)
        enrolments = {e.ambassador: (row, e) for row, e in rows}
    return Known(read_people(link), Handles(read_held(link)), enrolments)
