"""Applications: who asked to take part, what they scored, what was decided."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tracker.errors import NotFoundError
from tracker.model import Ambassador, Enrolment, Handle
from tracker.programme import Application
from tracker.store import audit, people, rows, suppression
from tracker.store.again import whole
from tracker.store.database import Database, Link
from tracker.store.refresh import refresh

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

SELECT = (
    "SELECT c.slug, p.slug, p.name, p.platform, p.handle, p.email, p.applied_at,"
    " p.score, p.team, p.criteria, p.state, p.reason, p.decided_at, p.actor"
    " FROM application p JOIN campaign c ON c.id = p.campaign_id"
    " ORDER BY c.slug, p.slug"
)
STATES = ("stored", "unchanged", "corrected")
WORDS = {"accept": "accepted", "decline": "declined"}
DECIDED = ("accepted", "declined", "enrolled", "unchanged")


def list_(database: Database, campaign: str | None = None) -> list[Application]:
    """All applications, or those for a campaign, by id. Raises NotFoundError."""
    with database.reading() as link:
        if campaign is not None:
            rows.find_campaign(link, campaign)
        return _read(link, campaign)


def _read(link: Link, campaign: str | None) -> list[Application]:
    made = (_made(row) for row in link.all(SELECT))
    return [one for one in made if campaign in (None, one.campaign)]


def _made(row: tuple[Any, ...]) -> Application:
    about, (score, team, criteria), said = row[:7], row[7:10], row[10:]
    number = None if score is None else Decimal(score)
    facts: tuple[Any, ...] = (*about, number, team, json.loads(criteria), *said)
    return Application(*facts)


@whole
def keep(
    database: Database,
    campaign: str,
    applications: Iterable[Application],
    *,
    now: int,
    dry_run: bool = False,
) -> Mapping[str, int]:
    """Keep applications; of a known one the facts are corrected, and what was decided
    stays. How many are in which of STATES. Raises NotFoundError."""
    with database.reading() if dry_run else database.writing() as link:
        number, _ = rows.find_campaign(link, campaign)
        known = {one.id: one for one in _read(link, campaign)}
        states: Counter[str] = Counter()
        erased = suppression.read(link)
        for one in applications:
            if erased is not None and erased.person(one.id, one.email, _handles(one)):
                states["unchanged"] += 1  # they were erased, and stay out
                continue
            before = known.get(one.id)
            state = "stored" if before is None else "corrected"
            if before is not None and _facts(before) == _facts(one):
                state = "unchanged"
            states[state] += 1
            known[one.id] = one
            if not dry_run and state != "unchanged":
                _write(link, number, one)
        changed = states["stored"] + states["corrected"]
        if changed and not dry_run:
            audit.note(link, "application.import", f"{campaign}, {changed} rows", now)
    return {state: states[state] for state in STATES}


def _facts(one: Application) -> tuple[Any, ...]:
    about = (one.name, one.platform, one.handle, one.email, one.applied_at)
    return (*about, one.score, one.group, dict(one.criteria))


def _write(link: Link, campaign: int, one: Application) -> None:
    link.run(
        "INSERT INTO application (campaign_id, slug, name, platform, handle, email,"
        " applied_at, score, team, criteria, state)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'new')"
        " ON CONFLICT (campaign_id, slug) DO UPDATE SET name = excluded.name,"
        " platform = excluded.platform, handle = excluded.handle,"
        " email = excluded.email, applied_at = excluded.applied_at,"
        " score = excluded.score, team = excluded.team, criteria = excluded.criteria",
        (
            campaign,
            one.id,
            one.name,
            one.platform,
            one.handle,
            one.email,
            one.applied_at,
            None if one.score is None else str(one.score),
            one.group,
            json.dumps(dict(one.criteria), ensure_ascii=False, sort_keys=True),
        ),
    )


@dataclass(frozen=True, slots=True)
class Decided:
    """counts: how many were accepted, declined, enrolled or unchanged. told: the id of
    an applicant, and what somebody should know of the decision."""

    counts: Mapping[str, int]
    told: tuple[tuple[str, str], ...]


@whole
def decide(
    database: Database,
    campaign: str,
    decisions: Mapping[str, tuple[str, str]],
    zone: ZoneInfo,
    *,
    now: int,
    dry_run: bool = False,
) -> Decided:
    """Accept or decline; who is accepted becomes an ambassador and is enrolled, all in
    one transaction. decisions: by id, accept or decline and why. zone: the
    workspace's, by which old posts may count now. Raises NotFoundError."""
    with database.reading() if dry_run else database.writing() as link:
        number, _ = rows.find_campaign(link, campaign)
        known = {one.id: one for one in _read(link, campaign)}
        enrolled = {one.ambassador for one in rows.read_enrolments(link, campaign)}
        states: Counter[str] = Counter()
        taken: list[people.Entry] = []
        told: list[tuple[str, str]] = []
        for line, (name, (word, reason)) in enumerate(decisions.items(), 1):
            if name not in known:
                raise NotFoundError("application", name, known)
            one, state = known[name], WORDS[word]
            if (one.state, one.reason) == (state, reason):
                states["unchanged"] += 1
                continue
            states[state] += 1
            if state == "accepted":
                taken.append((line, *_joining(one)))
            elif name in enrolled:
                told.append((name, "is enrolled and stays so; see tracker withdraw"))
            if not dry_run:
                _decided(link, number, name, state, reason, now)
        changes, without = _enrol(link, number, taken, now, dry_run)
        states["enrolled"] = changes.enrolled
        if states["enrolled"] and not dry_run:
            refresh(link, zone)
    counts = {word: states[word] for word in DECIDED}
    return Decided(counts, (*told, *without))


def _joining(one: Application) -> tuple[Ambassador, Enrolment]:
    handles: tuple[Handle, ...] = ()
    if one.platform and one.handle:
        handles = (Handle(one.platform, one.handle),)
    person = Ambassador(one.id, one.name, one.email, handles=handles)
    return person, Enrolment(one.campaign, one.id, group=one.group)


def _handles(one: Application) -> list[tuple[str, str]]:
    return [(one.platform, one.handle)] if one.platform and one.handle else []


def _decided(
    link: Link, campaign: int, name: str, state: str, reason: str, now: int
) -> None:
    link.run(
        "UPDATE application SET state = ?, reason = ?, decided_at = ?, actor = ?"
        " WHERE campaign_id = ? AND slug = ?",
        (state, reason, now, link.who.actor, campaign, name),
    )
    row = link.value(
        "SELECT id FROM application WHERE campaign_id = ? AND slug = ?",
        (campaign, name),
    )
    audit.note(link, f"application.{state}", f"application {row}", now)


def _enrol(
    link: Link,
    number: int,
    taken: list[people.Entry],
    now: int,
    dry_run: bool,
) -> tuple[people.Changes, list[tuple[str, str]]]:
    """Make ambassadors of who was accepted, where they are none, and enrol them; and
    whose handle is somebody else's, who is then enrolled without it."""
    enrolled = rows.read_known(link, number).enrolments
    erased = suppression.read(link)
    wanted = [
        entry
        for entry in taken
        if entry[1].id not in enrolled
        and (erased is None or not erased.person(entry[1].id, entry[1].email, ()))
    ]
    changes = people.work_out(wanted, rows.read_known(link, number))
    refused = {one.line: one.reason for one in changes.rejects}
    if refused:
        bare = [
            (line, replace(one, handles=()) if line in refused else one, enrolment)
            for line, one, enrolment in wanted
        ]
        changes = people.work_out(bare, rows.read_known(link, number))
    if wanted and not dry_run:
        people.write(link, changes, number, now)
        people.note(link, changes, now)
    told = [
        (one.id, f"takes part without the handle: {refused[line]}")
        for line, one, _ in wanted
        if line in refused
    ]
    return changes, told


def find(database: Database, application: str) -> list[str]:
    """The campaigns that somebody applied for. Raises NotFoundError."""
    with database.reading() as link:
        every = _read(link, None)
    found = [one.campaign for one in every if one.id == application]
    if not found:
        raise NotFoundError("application", application, [one.id for one in every])
    return found
