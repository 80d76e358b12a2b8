"""Changes of people, their handles and enrolments: worked out, then written.

Working out is pure: the same entries on the same roster give the same changes,
whether they are then written or only shown. A row is taken whole or rejected.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tracker.model import Ambassador, Enrolment, Reject, handle_key
from tracker.store import audit
from tracker.store.database import Link
from tracker.store.handles import Handles, Held, RowError

#: The row's physical line, what it says of a person and of at most one handle,
#: and of an enrolment. A name of "" and fields of None are not said.
Entry = tuple[int, Ambassador, Enrolment | None]

#: From the least to the most that can be said of a row or a person.
STATES = ("unchanged", "updated", "added")
FACTS = ("name", "email", "country", "language")
#: Among what is said: these are taken away, not only not said.
NO_GROUP, NO_FEE = "no group", "no fee"


@dataclass
class Known:
    """The roster; people and the enrolments of one campaign with their rows."""

    people: dict[str, tuple[int, Ambassador]] = field(default_factory=dict)
    handles: Handles = field(default_factory=Handles)
    enrolments: dict[str, tuple[int, Enrolment]] = field(default_factory=dict)


def _none_yet() -> dict[str, int]:
    return dict.fromkeys(STATES, 0)


@dataclass
class Changes:
    """What entries come to; rows and people are counted by STATES.

    A row number of None means a new row.
    """

    people: list[tuple[int | None, Ambassador]] = field(default_factory=list)
    handles: list[Held] = field(default_factory=list)
    enrolments: list[tuple[int | None, Enrolment]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    rows_by_state: dict[str, int] = field(default_factory=_none_yet)
    people_by_state: dict[str, int] = field(default_factory=_none_yet)

    @property
    def enrolled(self) -> int:
        """How many people are new in the campaign."""
        return sum(row is None for row, _ in self.enrolments)


# -- working out ------------------------------------------------------------------


def work_out(
    entries: Iterable[Entry], known: Known, said: Collection[str] = ()
) -> Changes:
    """What these entries change; `known.handles` is changed on the way.

    said: the columns the file has. Where it has `from` or `to`, a blank one means
    the campaign's own day; where it has not, an enrolment's day stays. NO_GROUP and
    NO_FEE take those away.
    """
    changes = Changes()
    by_person: dict[str, list[Entry]] = {}
    for entry in entries:
        by_person.setdefault(entry[1].id, []).append(entry)
    for person, rows in by_person.items():
        _Person(person, known, said, changes).work_out(rows)
    changes.rejects.sort(key=lambda reject: reject.line)
    changes.handles = [held for held in known.handles if held.changed]
    return changes


class _Person:
    """Works out the rows of one person; a rejected row leaves nothing behind."""

    def __init__(
        self, person: str, known: Known, said: Collection[str], changes: Changes
    ) -> None:
        self.id, self.known, self.said, self.changes = person, known, said, changes
        unknown: tuple[int | None, Ambassador] = (None, Ambassador(person, ""))
        self.row, self.before = known.people.get(person, unknown)
        #: What the file says, by column, and the line that said it first.
        self.heard: dict[str, tuple[Any, int]] = {}
        #: The good lines, and what each comes to.
        self.lines: dict[int, str] = {}
        self.campaign: str | None = None

    def work_out(self, rows: Sequence[Entry]) -> None:
        mark = self.known.handles.mark()
        for line, person, enrolment in rows:
            try:
                self._hear(line, person, enrolment)
            except RowError as refused:
                self._reject(line, refused)
        if not self.lines:
            return
        try:
            self._conclude()
        except RowError as refused:
            self.known.handles.undo(mark)
            for line in self.lines:
                self._reject(line, refused)

    def _reject(self, line: int, why: RowError) -> None:
        self.changes.rejects.append(Reject(line, why.column, why.code, why.reason, ""))

    def _hear(self, line: int, person: Ambassador, enrolment: Enrolment | None) -> None:
        facts = _facts(person, enrolment)
        for column, value in facts.items():
            first, other = self.heard.get(column, (value, 0))
            if first != value:
                reason = f"differs from line {other} for the same id"
                raise RowError(column, "ROW_CONFLICT", reason)
        state = "unchanged" if self.row else "added"
        for handle in person.handles:
            state = _more(state, self.known.handles.hold(self.id, handle, line))
        for column, value in facts.items():
            self.heard.setdefault(column, (value, line))
        self.lines[line] = _more(state, self.lines.get(line, state))
        self.campaign = enrolment.campaign if enrolment else self.campaign

    def _conclude(self) -> None:
        person = self._person()
        row, before = self.known.enrolments.get(self.id, (None, None))
        enrolment = self._enrolment(before) if self.campaign else before
        touched = person != self.before or enrolment != before
        if person != self.before:
            self.changes.people.append((self.row, person))
        if enrolment is not None and enrolment != before:
            self.changes.enrolments.append((row, enrolment))
        states = [_more(s, "updated" if touched else s) for s in self.lines.values()]
        for state in states:
            self.changes.rows_by_state[state] += 1
        whole = "added" if not self.row else "updated"
        changed = any(state != "unchanged" for state in states)
        self.changes.people_by_state[whole if changed else "unchanged"] += 1

    def _person(self) -> Ambassador:
        facts = {name: self._told(name, getattr(self.before, name)) for name in FACTS}
        if not facts["name"]:
            raise RowError("name", "ROW_MISSING", "a new ambassador needs a name")
        return replace(self.before, **facts)

    def _told(self, column: str, otherwise: Any) -> Any:
        return self.heard.get(column, (otherwise, 0))[0]

    def _enrolment(self, before: Enrolment | None) -> Enrolment:
        assert self.campaign is not None
        old = before or Enrolment(self.campaign, self.id)
        starts = self._told("from", None if "from" in self.said else old.starts)
        ends = self._told("to", None if "to" in self.said else old.ends)
        if starts and ends and ends < starts:
            raise RowError("to", "ROW_DATE", f"{ends} is before {starts}")
        group = self._told("group", None if NO_GROUP in self.said else old.group)
        agreed = (None, None) if NO_FEE in self.said else (old.fee, old.currency)
        fee, currency = self._told("fee", agreed)
        return Enrolment(self.campaign, self.id, starts, ends, group, fee, currency)


def _more(one: str, other: str) -> str:
    return max(one, other, key=STATES.index)


def _facts(person: Ambassador, enrolment: Enrolment | None) -> dict[str, Any]:
    """What is said, by the column that says it."""
    facts: dict[str, Any] = {name: getattr(person, name) for name in FACTS}
    if enrolment is not None:
        facts |= {"from": enrolment.starts, "to": enrolment.ends}
        facts["group"] = enrolment.group
        if enrolment.fee is not None:
            facts["fee"] = (enrolment.fee, enrolment.currency)
    return {column: value for column, value in facts.items() if value}


# -- writing ----------------------------------------------------------------------

PERSON = (
    "INSERT INTO ambassador (name, email, country, language, slug, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
PERSON_AGAIN = (
    "UPDATE ambassador SET name = ?, email = ?, country = ?, language = ? WHERE id = ?"
)
HANDLE = (
    "INSERT INTO handle (platform, handle, key, since, until, followers, ambassador_id)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
HANDLE_AGAIN = (
    "UPDATE handle SET platform = ?, handle = ?, key = ?, since = ?, until = ?,"
    " followers = ? WHERE id = ?"
)
ENROLMENT = (
    "INSERT INTO enrolment (starts, ends, team, fee, currency, campaign_id,"
    " ambassador_id) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
ENROLMENT_AGAIN = (
    "UPDATE enrolment SET starts = ?, ends = ?, team = ?, fee = ?, currency = ?"
    " WHERE id = ?"
)


def write(link: Link, changes: Changes, campaign_row: int | None, now: int) -> None:
    """Write changes; now is when new people were first heard of."""
    new = [(*_facts_of(p), p.id, now) for row, p in changes.people if row is None]
    link.many(PERSON, new)
    again = [(*_facts_of(p), row) for row, p in changes.people if row is not None]
    link.many(PERSON_AGAIN, again)
    rows = dict(link.all("SELECT slug, id FROM ambassador"))
    held = [(one, _handle_cells(one)) for one in changes.handles]
    link.many(HANDLE, [(*c, rows[one.owner]) for one, c in held if one.row is None])
    link.many(HANDLE_AGAIN, [(*c, one.row) for one, c in held if one.row is not None])
    parts = [(row, _enrolment_cells(e), e.ambassador) for row, e in changes.enrolments]
    fresh = [(*cells, campaign_row, rows[p]) for row, cells, p in parts if row is None]
    link.many(ENROLMENT, fresh)
    link.many(ENROLMENT_AGAIN, [(*c, row) for row, c, _ in parts if row is not None])


def _facts_of(person: Ambassador) -> tuple[Any, ...]:
    return tuple(getattr(person, name) for name in FACTS)


def _handle_cells(held: Held) -> tuple[Any, ...]:
    handle = held.handle
    key = handle_key(handle.handle)
    days = (_text(handle.since), _text(handle.until))
    return (handle.platform, handle.handle, key, *days, handle.followers)


def _enrolment_cells(one: Enrolment) -> tuple[Any, ...]:
    days = (_text(one.starts), _text(one.ends))
    return (*days, one.group, one.fee, one.currency)


def _text(day: object) -> str | None:
    return str(day) if day is not None else None


# -- the audit --------------------------------------------------------------------


def note(link: Link, changes: Changes, now: int) -> None:
    """A line for each person and enrolment that was added or changed."""
    touched = {one.id: row for row, one in changes.people}
    for slug, row in touched.items():
        word = "ambassador.add" if row is None else "ambassador.update"
        audit.note(link, word, numbered(link, slug), now)
    owners = {held.owner for held in changes.handles} - touched.keys()
    for slug in sorted(owners):
        audit.note(link, "ambassador.handles", numbered(link, slug), now)
    for row, one in changes.enrolments:
        word = "enrol" if row is None else "enrolment.update"
        subject = f"{one.campaign} {numbered(link, one.ambassador)}"
        audit.note(link, word, subject, now)


def numbered(link: Link, ambassador: str) -> str:
    """How a person stands in the audit: by number."""
    sql = "SELECT id FROM ambassador WHERE slug = ?"
    return f"person {link.value(sql, (ambassador,))}"
