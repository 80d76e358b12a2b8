"""Campaigns and their plans: applying a file again updates, and says what changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.model import Campaign, Match

if TYPE_CHECKING:
    from sqlmodel import Session

    from tracker.store.database import Link
    from tracker.store.tables import CampaignRow


@dataclass(frozen=True, slots=True)
class Change:
    """One value of a plan; None: not there."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a plan came to. state: added, updated or unchanged."""

    campaign: Campaign
    state: str
    changes: tuple[Change, ...]


def read_campaigns(
    link: Link, campaign: str | None = None
) -> dict[str, tuple[int, Campaign]]:
    """All campaigns, or one, by id, with the number of their row, in the order of
    ids."""
    found = link.all(
        "SELECT slug, id, name, timezone, currency, language, starts, ends, rules,"
        " state FROM campaign WHERE CAST(? AS TEXT) IS NULL OR slug = ?",
        (campaign, campaign),
    )
    return {slug: (row, _campaign(slug, *rest)) for slug, row, *rest in sorted(found)}


def _campaign(
    slug: str,
    name: str,
    timezone: str,
    currency: str,
    language: str,
    starts: str | None,
    ends: str | None,
    rules: str,
    state: str,
) -> Campaign:
    match = Match(**{key: tuple(marks) for key, marks in json.loads(rules).items()})
    days = (to_day(starts), to_day(ends))
    return Campaign(slug, name, timezone, currency, language, *days, match, state)


def to_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def compare(
    before: Campaign | None,
    old_plan: Mapping[str, Any],
    after: Campaign,
    plan: Mapping[str, Any],
) -> Applied:
    """What differs between what is kept and what is applied; the state stays."""
    old = _values(before, old_plan) if before else {}
    new = _values(after, plan)
    changes = tuple(
        Change(path, old.get(path), new.get(path))
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    )
    word = "added" if before is None else "updated" if changes else "unchanged"
    return Applied(after, word, changes)


def _values(campaign: Campaign, plan: Mapping[str, Any]) -> dict[str, Any]:
    """Each value by its path; those of the campaign also where the file is silent."""
    known = {
        "campaign": {
            "id": campaign.id,
            "name": campaign.name,
            "timezone": campaign.timezone,
            "currency": campaign.currency,
            "language": campaign.language,
            "start": _iso(campaign.starts),
            "end": _iso(campaign.ends),
        },
        "match": _marks(campaign.match),
    }
    return dict(flat("", plain(plan))) | dict(flat("", known))


def flat(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Each value of a plan by its path, as `tool[0].name`."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from flat(f"{path}.{key}" if path else key, below)
    elif isinstance(value, list) and any(isinstance(below, dict) for below in value):
        for at, below in enumerate(value):
            yield from flat(f"{path}[{at}]", below)
    elif value not in (None, []):
        yield path, value


def plain(plan: Mapping[str, Any]) -> dict[str, Any]:
    """The plan as JSON has it: days are text."""
    made: dict[str, Any] = json.loads(json.dumps(plan, default=str))
    return made


def _marks(match: Match) -> dict[str, list[str]]:
    return {
        "hashtags": list(match.hashtags),
        "mentions": list(match.mentions),
        "links": list(match.links),
    }


def keep(
    session: Session, campaign: Campaign, plan: Mapping[str, Any], now: int
) -> None:
    """Write a campaign, new or again; the state of a known one stays."""
    from tracker.store.tables import CampaignRow

    fresh = CampaignRow(slug=campaign.id, state=campaign.state)
    row = find(session, campaign.id) or fresh
    row.name, row.timezone = campaign.name, campaign.timezone
    row.currency, row.language = campaign.currency, campaign.language
    row.starts = _iso(campaign.starts)
    row.ends = _iso(campaign.ends)
    row.rules = json.dumps(_marks(campaign.match), ensure_ascii=False)
    row.plan = json.dumps(plain(plan), ensure_ascii=False)
    row.applied_at = now
    session.add(row)


def find(session: Session, campaign: str) -> CampaignRow | None:
    from sqlmodel import select

    from tracker.store.tables import CampaignRow

    return session.exec(select(CampaignRow).where(CampaignRow.slug == campaign)).first()


def counts_differently(before: Campaign | None, after: Campaign) -> bool:
    """May other posts, or other days, count for the campaign than before?"""
    return before is not None and (
        (before.timezone, before.starts, before.ends, before.match)
        != (after.timezone, after.starts, after.ends, after.match)
    )
