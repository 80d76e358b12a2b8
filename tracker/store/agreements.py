"""What was agreed with people: consents, contracts, goods in kind.

One of each kind is known by its key. Kept again it is corrected; what is not said then
(None) stays as it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Generic, TypeVar

from tracker.errors import NotFoundError, RosterError
from tracker.programme import Consent, Contract, Goods
from tracker.store import audit, rows
from tracker.store.again import whole
from tracker.store.campaigns import to_day
from tracker.store.database import Database, Link

T = TypeVar("T", bound=Consent | Contract | Goods)
STATES = ("stored", "unchanged", "corrected")
#: Values that are days.
DAYS = {"given", "withdrawn", "signed", "starts", "ends", "returned"}
#: Columns that are called otherwise than the value.
COLUMNS = {
    "given": "given_on",
    "withdrawn": "withdrawn_on",
    "signed": "signed_on",
    "returned": "returned_on",
    "value": "amount",
}


@dataclass(frozen=True)
class Kind(Generic[T]):
    """name: of the table, and in messages. key: the values by which one is known,
    besides its campaign. owned: is somebody else's of the same key another one?"""

    name: str
    made: type[T]
    key: tuple[str, ...]
    owned: bool = True

    @property
    def values(self) -> list[str]:
        """Those of a row, without whose it is and of which campaign."""
        names = [one.name for one in fields(self.made)]
        return [name for name in names if name not in ("campaign", "ambassador")]

    @property
    def of_campaign(self) -> bool:
        return self.made is not Consent

    def key_of(self, one: T) -> tuple[Any, ...]:
        own = [getattr(one, name) for name in self.key]
        return (one.ambassador, *own) if self.owned else tuple(own)


CONSENT = Kind("consent", Consent, ("version", "given"))
CONTRACT = Kind("contract", Contract, ("ref",))
GOODS = Kind("goods", Goods, ("ref",), owned=False)


def list_(
    database: Database,
    kind: Kind[T],
    *,
    campaign: str | None = None,
    ambassador: str | None = None,
) -> list[T]:
    """All of a kind, those of a campaign, or those of a person, by campaign, person
    and key. Raises NotFoundError."""
    with database.reading() as link:
        if campaign is not None:
            rows.find_campaign(link, campaign)
        if ambassador is not None:
            rows.find_ambassador(link, ambassador)
        found = [one for _, one in _read(link, kind)]
    wanted = (one for one in found if ambassador in (None, one.ambassador))
    if kind.of_campaign:
        wanted = (one for one in wanted if campaign in (None, _campaign(one)))
    return sorted(
        wanted, key=lambda one: (_campaign(one), one.ambassador, *kind.key_of(one))
    )


def _campaign(one: Consent | Contract | Goods) -> str:
    return "" if isinstance(one, Consent) else one.campaign


def _read(link: Link, kind: Kind[T]) -> list[tuple[int, T]]:
    """Each with its row number."""
    columns = ", ".join(f"x.{COLUMNS.get(name, name)}" for name in kind.values)
    whose, join = "a.slug", "JOIN ambassador a ON a.id = x.ambassador_id"
    if kind.of_campaign:
        whose = f"c.slug, {whose}"
        join += " JOIN campaign c ON c.id = x.campaign_id"
    sql = f"SELECT x.id, {whose}, {columns} FROM {kind.name} x {join}"
    return [(int(row), _made(kind, said)) for row, *said in link.all(sql)]


def _made(kind: Kind[T], said: Sequence[Any]) -> T:
    whose, values = said[: -len(kind.values)], said[-len(kind.values) :]
    read: list[Any] = [
        to_day(value) if name in DAYS else value
        for name, value in zip(kind.values, values, strict=True)
    ]
    return kind.made(*whose, *read)


# -- keeping ---------------------------------------------------------------------------


@whole
def keep(
    database: Database,
    kind: Kind[T],
    items: Iterable[T],
    *,
    now: int,
    dry_run: bool = False,
) -> Mapping[str, int]:
    """Keep these; how many are in which of STATES. Raises NotFoundError, and
    RosterError OWNER when goods of this ref are somebody else's."""
    with database.reading() if dry_run else database.writing() as link:
        people = {slug: row for slug, (row, _) in rows.read_people(link).items()}
        known: dict[tuple[Any, ...], tuple[int | None, T]] = {
            place(kind, one): (row, one) for row, one in _read(link, kind)
        }
        states: Counter[str] = Counter()
        for one in items:
            if one.ambassador not in people:
                raise NotFoundError("ambassador", one.ambassador, people)
            row, before = known.get(place(kind, one), (None, None))
            after = one if before is None else _joined(kind, before, one)
            state = _state(before, after)
            states[state] += 1
            if not dry_run and state != "unchanged":
                row = _write(link, kind, row, after, people[one.ambassador])
                _note(link, kind, state, after, row, people[one.ambassador], now)
            known[place(kind, one)] = (row, after)
    return {state: states[state] for state in STATES}


def place(kind: Kind[T], one: T) -> tuple[Any, ...]:
    """By what one is known among all of its kind."""
    return (_campaign(one), *kind.key_of(one))


def _state(before: object, after: object) -> str:
    if before is None:
        return "stored"
    return "unchanged" if before == after else "corrected"


def _joined(kind: Kind[T], before: T, one: T) -> T:
    """What is said now, and of the rest what was."""
    if before.ambassador != one.ambassador:
        raise RosterError(
            "OWNER",
            f"{kind.name} {' '.join(str(getattr(one, name)) for name in kind.key)}",
            f"it is {before.ambassador}'s",
            "Nothing changed",
            "Choose another ref, or remove that one first",
        )
    said = {name: getattr(one, name) for name in kind.values}
    after = replace(before, **{k: v for k, v in said.items() if v is not None})
    first, last = getattr(after, "starts", None), getattr(after, "ends", None)
    if first is not None and last is not None and last < first:
        raise RosterError(
            "DATE",
            f"{kind.name} of {after.ambassador}",
            f"its last day, {last}, is before its first, {first}",
            "Nothing changed",
        )
    return after


def _write(link: Link, kind: Kind[T], row: int | None, one: T, person: int) -> int:
    values = {
        COLUMNS.get(name, name): _cell(getattr(one, name)) for name in kind.values
    }
    if row is not None:
        sets = ", ".join(f"{column} = ?" for column in values)
        sql = f"UPDATE {kind.name} SET {sets} WHERE id = ?"
        link.run(sql, (*values.values(), row))
        return row
    values["ambassador_id"] = person
    if kind.of_campaign:
        values["campaign_id"] = rows.find_campaign(link, _campaign(one))[0]
    marks = ", ".join("?" * len(values))
    sql = f"INSERT INTO {kind.name} ({', '.join(values)}) VALUES ({marks}) RETURNING id"
    return int(link.value(sql, tuple(values.values())))


def _cell(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _note(
    link: Link, kind: Kind[T], word: str, one: T, row: int, person: int, now: int
) -> None:
    place = f"{_campaign(one)}/" if kind.of_campaign else ""
    audit.note(
        link, f"{kind.name}.{word}", f"{place}{kind.name} {row} person {person}", now
    )


# -- ending ----------------------------------------------------------------------------


@whole
def withdraw(
    database: Database,
    ambassador: str,
    version: str | None,
    *,
    on: date,
    now: int,
) -> list[Consent]:
    """Take consents back that are in force: of this version, or all. Answers them as
    they are now. Raises NotFoundError when there is none, RosterError where `on` is
    before one was given."""
    with database.writing() as link:
        rows.find_ambassador(link, ambassador)
        mine = [
            (row, one)
            for row, one in _read(link, CONSENT)
            if one.ambassador == ambassador and one.withdrawn is None
        ]
        chosen = [(row, one) for row, one in mine if version in (None, one.version)]
        if not chosen:
            subject = f"consent of {ambassador} in force"
            raise NotFoundError(
                subject, version or "any", {one.version for _, one in mine}
            )
        return [
            _end(link, CONSENT, row, one, "withdrawn", on, now) for row, one in chosen
        ]


@whole
def give_back(
    database: Database, campaign: str, ref: str, *, on: date, now: int
) -> Goods:
    """Goods that were lent came back on a day. Raises NotFoundError, and RosterError
    where that is before they were lent."""
    with database.writing() as link:
        row, one = _find(link, GOODS, campaign, ref, None)
        return _end(link, GOODS, row, one, "returned", on, now)


def _end(
    link: Link, kind: Kind[T], row: int, one: T, name: str, on: date, now: int
) -> T:
    first = one.starts if isinstance(one, Goods) else getattr(one, "given", on)
    if on < first:
        raise RosterError(
            "DATE",
            f"{kind.name} of {one.ambassador}",
            f"{on} is before its first day ({first})",
            "Nothing changed",
        )
    after = replace(one, **{name: on})  # type: ignore[arg-type]
    if after != one:
        person = rows.read_people(link)[one.ambassador][0]
        _write(link, kind, row, after, person)
        _note(link, kind, name, after, row, person, now)
    return after


@whole
def remove(
    database: Database,
    kind: Kind[T],
    campaign: str,
    ref: str,
    ambassador: str | None,
    *,
    now: int,
) -> T:
    """Take a contract or goods out that were noted by mistake. ambassador: whose, where
    several have one of this ref. Raises NotFoundError, and RosterError AMBIGUOUS."""
    with database.writing() as link:
        row, one = _find(link, kind, campaign, ref, ambassador)
        person = rows.read_people(link)[one.ambassador][0]
        link.run(f"DELETE FROM {kind.name} WHERE id = ?", (row,))
        _note(link, kind, "removed", one, row, person, now)
    return one


def _find(
    link: Link, kind: Kind[T], campaign: str, ref: str, ambassador: str | None
) -> tuple[int, T]:
    rows.find_campaign(link, campaign)
    there = [(row, one) for row, one in _read(link, kind) if _campaign(one) == campaign]
    found = [
        (row, one)
        for row, one in there
        if getattr(one, "ref", None) == ref and ambassador in (None, one.ambassador)
    ]
    if not found:
        known = {str(getattr(one, "ref", "")) for _, one in there}
        raise NotFoundError(f"{kind.name} of {campaign}", ref, known)
    if len(found) > 1:
        raise RosterError(
            "AMBIGUOUS",
            f"{kind.name} {ref}",
            f"{len(found)} people have one of this ref",
            "Nothing changed",
            "Say whose with --ambassador ID",
        )
    return found[0]
