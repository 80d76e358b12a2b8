"""What ambassadors say of the product or the programme, and what was answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from tracker.errors import NotFoundError
from tracker.programme import Feedback
from tracker.store import audit, rows
from tracker.store.again import whole
from tracker.store.database import Database, Link

SELECT = (
    "SELECT c.slug, f.id, f.at, a.slug, f.said, f.answered_at, f.answer"
    " FROM feedback f JOIN campaign c ON c.id = f.campaign_id"
    " LEFT JOIN ambassador a ON a.id = f.ambassador_id"
)
INSERT = (
    "INSERT INTO feedback (campaign_id, ambassador_id, at, said, answered_at, answer)"
    " VALUES (?, ?, ?, ?, ?, ?) RETURNING id"
)
ANSWER = "UPDATE feedback SET answer = ?, answered_at = ? WHERE id = ?"
STATES = ("stored", "unchanged", "corrected")


def list_(database: Database, campaign: str | None = None) -> list[Feedback]:
    """All feedback, or that of a campaign, the oldest first. Raises NotFoundError."""
    with database.reading() as link:
        if campaign is not None:
            rows.find_campaign(link, campaign)
        return _read(link, campaign)


def _read(link: Link, campaign: str | None = None) -> list[Feedback]:
    found = (Feedback(*row) for row in link.all(SELECT))
    wanted = (one for one in found if campaign in (None, one.campaign))
    return sorted(wanted, key=lambda one: (one.at, one.id))


@whole
def add(database: Database, said: Feedback, *, now: int) -> Feedback:
    """Keep what somebody said; answers it with its number. Raises NotFoundError."""
    with database.writing() as link:
        number, people = _places(link, said.campaign)
        person = _person(people, said.ambassador)
        made = _insert(link, number, person, said)
        audit.note(link, "feedback.add", _subject(said.campaign, made, person), now)
        return _find(link, made)


@whole
def answer(database: Database, number: int, text: str, *, now: int) -> Feedback:
    """Keep the answer to what was said; another one replaces it. Raises
    NotFoundError."""
    with database.writing() as link:
        one = _find(link, number)
        link.run(ANSWER, (text, now, number))
        person = link.value(
            "SELECT ambassador_id FROM feedback WHERE id = ?", (number,)
        )
        audit.note(link, "feedback.answer", _subject(one.campaign, number, person), now)
        return _find(link, number)


@whole
def keep(
    database: Database,
    campaign: str,
    said: Iterable[Feedback],
    *,
    now: int,
    dry_run: bool = False,
) -> Mapping[str, int]:
    """Keep what a file says; how many are in which of STATES.

    The same words of the same person at the same time are one item; an answer that
    the file knows is taken. Raises NotFoundError.
    """
    with database.reading() if dry_run else database.writing() as link:
        number, people = _places(link, campaign)
        known = {_same(one): one for one in _read(link, campaign)}
        states: Counter[str] = Counter()
        for one in said:
            before = known.get(_same(one))
            state = _state(before, one)
            states[state] += 1
            known[_same(one)] = one if state != "unchanged" else before or one
            if not dry_run:
                _write(link, number, _person(people, one.ambassador), before, one)
        if not dry_run and states["stored"] + states["corrected"]:
            audit.note(link, "feedback.import", campaign, now)
    return {state: states[state] for state in STATES}


def _same(one: Feedback) -> tuple[Any, ...]:
    return one.ambassador, one.at, one.text


def _state(before: Feedback | None, one: Feedback) -> str:
    if before is None:
        return "stored"
    said = one.answer, one.answered_at
    news = one.answer is not None and said != (before.answer, before.answered_at)
    return "corrected" if news else "unchanged"


def _write(
    link: Link, number: int, person: int | None, before: Feedback | None, one: Feedback
) -> None:
    state = _state(before, one)
    if before is None:
        _insert(link, number, person, one)
    elif state == "corrected":
        link.run(ANSWER, (one.answer, one.answered_at, before.id))


def _insert(link: Link, number: int, person: int | None, one: Feedback) -> int:
    row = (number, person, one.at, one.text, one.answered_at, one.answer)
    return int(link.value(INSERT, row))


def _places(link: Link, campaign: str) -> tuple[int, Mapping[str, int]]:
    """Row number of the campaign, and of each ambassador."""
    number, _ = rows.find_campaign(link, campaign)
    return number, {slug: row for slug, (row, _) in rows.read_people(link).items()}


def _person(people: Mapping[str, int], ambassador: str | None) -> int | None:
    if ambassador is None:
        return None
    if ambassador not in people:
        raise NotFoundError("ambassador", ambassador, people)
    return people[ambassador]


def _find(link: Link, number: int) -> Feedback:
    known = {one.id: one for one in _read(link)}
    if number not in known:
        raise NotFoundError("feedback", str(number), map(str, known))
    return known[number]


def _subject(campaign: str, number: int, person: int | None) -> str:
    who = "" if person is None else f" person {person}"
    return f"{campaign}/feedback {number}{who}"
