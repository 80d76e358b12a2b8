"""Outcomes as they were told, and what people said of them since."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracker.errors import NotFoundError, RosterError
from tracker.store import audit
from tracker.store.again import whole
from tracker.store.database import Database, Link

SELECT = (
    "SELECT e.external_id, s.name, e.at, e.data, w.status FROM event e"
    " JOIN source s ON s.id = e.source_id"
    " LEFT JOIN outcome_word w ON w.event_id = e.id"
    " WHERE e.kind = 'outcome'"
    # the same whichever way they came, and in whichever order
    " ORDER BY e.at, s.name, e.external_id"
)
CLICKED = (
    "SELECT l.code, c.at FROM click c JOIN link l ON l.id = c.link_id"
    " WHERE c.sort <> 'bot' ORDER BY l.code, c.at"
)
LINKS = (
    "SELECT l.code, l.promo, a.slug, c.slug, l.mission FROM link l"
    " LEFT JOIN ambassador a ON a.id = l.ambassador_id"
    " LEFT JOIN campaign c ON c.id = l.campaign_id ORDER BY l.created_at, l.code"
)


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """Whose a link or promo code is, and what it belongs to."""

    code: str
    promo: str | None
    ambassador: str | None
    campaign: str | None
    mission: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """One outcome as it was told; status: a person's word on it, if there is one."""

    id: str
    source: str
    at: int
    data: Mapping[str, Any]
    status: str | None


@dataclass(frozen=True, slots=True)
class OutcomeFacts:
    """Everything that outcomes are attributed by. campaigns: plan and currency.
    clicked: when people clicked on a link, by its code, in order of time; read where a
    plan has a window, of links that an outcome names."""

    told: list[Told]
    links: list[LinkFacts]
    people: frozenset[str]
    campaigns: Mapping[str, tuple[dict[str, Any], str]]
    clicked: Mapping[str, Sequence[int]] = field(default_factory=dict)


def read(database: Database, until: int | None = None) -> OutcomeFacts:
    """All outcomes up to an instant, with the links, people and plans."""
    with database.reading() as link:
        told = [
            Told(row[0], row[1], int(row[2]), json.loads(row[3]), row[4])
            for row in link.all(SELECT)
            if until is None or row[2] <= until
        ]
        campaigns = {
            slug: (json.loads(plan), currency)
            for slug, plan, currency in link.all(
                "SELECT slug, plan, currency FROM campaign"
            )
        }
        windows = any(
            (plan.get("attribution") or {}).get("window")
            for plan, _ in campaigns.values()
        )
        return OutcomeFacts(
            told,
            [LinkFacts(*row) for row in link.all(LINKS)],
            frozenset(slug for (slug,) in link.all("SELECT slug FROM ambassador")),
            campaigns,
            _clicked(link, told) if windows else {},
        )


def codes(data: Mapping[str, Any]) -> list[str]:
    """Codes of the links that an outcome names, in order of time."""
    return [code for code in str(data.get("link") or "").split("|") if code]


def _clicked(link: Link, told: Sequence[Told]) -> dict[str, list[int]]:
    wanted = {code for one in told for code in codes(one.data)}
    found: dict[str, list[int]] = defaultdict(list)
    if wanted:
        for code, at in link.all(CLICKED):
            if code in wanted:
                found[code].append(int(at))
    return dict(found)


@whole
def say(
    database: Database,
    outcome: str,
    source: str | None,
    status: str,
    reason: str,
    now: int,
) -> None:
    """Verify, reject or reverse an outcome. Raises NotFoundError, and RosterError
    when several sources have one of that id and none is named."""
    with database.writing() as link:
        number = _find(link, outcome, source)
        link.run("DELETE FROM outcome_word WHERE event_id = ?", (number,))
        link.run(
            "INSERT INTO outcome_word (event_id, status, reason, actor, at)"
            " VALUES (?, ?, ?, ?, ?)",
            (number, status, reason, link.who.actor, now),
        )
        audit.note(link, f"outcome.{status}", f"outcome {number}", now)


def _find(link: Link, outcome: str, source: str | None) -> int:
    rows = link.all(
        "SELECT e.id, s.name FROM event e JOIN source s ON s.id = e.source_id"
        " WHERE e.kind = 'outcome' AND e.external_id = ?",
        (outcome,),
    )
    found = [row for row in rows if source in (None, row[1])]
    if not found:
        known = link.all(
            "SELECT external_id FROM event WHERE kind = 'outcome' LIMIT 5000"
        )
        raise NotFoundError("outcome", outcome, [name for (name,) in known])
    if len(found) > 1:
        names = ", ".join(sorted(name for _, name in found))
        raise RosterError(
            "OUTCOME_SOURCE",
            f"outcome {outcome}",
            f"several sources have one of this id: {names}",
            "Nothing changed",
            "Say which: --source NAME",
        )
    return int(found[0][0])
