"""What was agreed with people, as files and commands say it: consents, contracts,
goods in kind. `store.agreements` keeps it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tracker.errors import NotFoundError, RosterError, nearest
from tracker.filerows import Cells, FileRows, currency, day, money, needed, read_rows
from tracker.finding import WARNING, Finding, finding_id
from tracker.model import Campaign, Enrolment, day_instant
from tracker.people import CellError
from tracker.programme import Consent, Contract, Goods
from tracker.store import agreements as store
from tracker.store.roster import Roster

if TYPE_CHECKING:
    from tracker.app import Tracker

T = TypeVar("T", bound=Consent | Contract | Goods)
CONSENT = ("ambassador", "version", "given", "withdrawn", "note")
CONTRACT = (
    *("ref", "ambassador", "signed", "from", "to", "objective", "amount", "currency"),
    "note",
)
GOODS = ("ref", "ambassador", "what", "value", "currency", "from", "to", "returned")


# -- files ---------------------------------------------------------------------------


def read_consents(tracker: Tracker, path: Path) -> FileRows[Consent]:
    """Read a file of consents, one row a consent. Raises PayloadError."""
    people = _people(tracker)
    return read_rows(
        path,
        CONSENT,
        CONSENT[:3],
        lambda said: consent_of(said, people),
        key=store.CONSENT.key_of,
    )


def read_contracts(tracker: Tracker, path: Path, campaign: str) -> FileRows[Contract]:
    """Read a file of contracts. Raises NotFoundError and PayloadError."""
    about, people = Roster(tracker.database).campaign(campaign), _people(tracker)
    return read_rows(
        path,
        CONTRACT,
        CONTRACT[:3],
        lambda said: contract_of(about, said, people),
        key=store.CONTRACT.key_of,
    )


def read_goods(tracker: Tracker, path: Path, campaign: str) -> FileRows[Goods]:
    """Read a file of goods in kind. Raises NotFoundError and PayloadError."""
    about, people = Roster(tracker.database).campaign(campaign), _people(tracker)
    known = store.list_(tracker.database, store.GOODS, campaign=campaign)
    owners = {one.ref: one.ambassador for one in known}

    def make(said: Cells) -> Goods:
        one = goods_of(about, said, people)
        if owners.get(one.ref, one.ambassador) != one.ambassador:
            reason = f"{one.ref} is {owners[one.ref]}'s"
            raise CellError("ref", "ROW_OWNER", reason)
        return one

    return read_rows(path, GOODS, (*GOODS[:4], "from"), make, key=store.GOODS.key_of)


def _people(tracker: Tracker) -> set[str]:
    return {one.id for one in Roster(tracker.database).ambassadors()}


# -- commands ------------------------------------------------------------------------


def typed(
    tracker: Tracker,
    columns: tuple[str, ...],
    said: Mapping[str, str | None],
    make: Callable[[Cells, Collection[str]], T],
) -> T:
    """One from what was typed, by the rules of a row. Raises NotFoundError, and
    RosterError for a value that is none."""
    people = _people(tracker)
    who = said.get("ambassador") or ""
    if who not in people:
        raise NotFoundError("ambassador", who, people)
    try:
        return make({name: (said.get(name) or "").strip() for name in columns}, people)
    except CellError as wrong:
        code, subject = wrong.code.removeprefix("ROW_"), wrong.column
        raise RosterError(code, subject, wrong.reason, "Nothing changed") from wrong


def strangers(tracker: Tracker, campaign: str, people: Collection[str]) -> list[str]:
    """Which of these people are not enrolled in a campaign."""
    enrolled = {one.ambassador for one in Roster(tracker.database).enrolments(campaign)}
    return sorted(set(people) - enrolled)


def without_consent(
    tracker: Tracker, campaign: str | None, version: str | None
) -> list[str]:
    """Who is enrolled (or, without a campaign, everybody) and has no consent in force,
    or none to this version of the text. Raises NotFoundError."""
    given = {
        one.ambassador
        for one in store.list_(tracker.database, store.CONSENT)
        if one.withdrawn is None and version in (None, one.version)
    }
    people = Roster(tracker.database).ambassadors(campaign)
    return [one.id for one in people if one.id not in given]


# -- findings ------------------------------------------------------------------------


def findings(tracker: Tracker, now: int) -> Iterator[Finding]:
    """Who is enrolled although every consent of theirs was taken back."""
    given: dict[str, list[Consent]] = defaultdict(list)
    for each in store.list_(tracker.database, store.CONSENT):
        given[each.ambassador].append(each)
    for one in Roster(tracker.database).enrolments():
        ended = [each.withdrawn for each in given[one.ambassador] if each.withdrawn]
        if not ended or len(ended) < len(given[one.ambassador]):
            continue
        last = max(ended)
        if one.ends is None or one.ends > last:
            yield _withdrawn(one, last)


def _withdrawn(one: Enrolment, last: date) -> Finding:
    until = f"until {one.ends}" if one.ends else "until the campaign ends"
    return Finding(
        finding_id("consent.withdrawn", one.campaign, one.ambassador, last),
        "consent.withdrawn",
        WARNING,
        day_instant(last),
        f"the last consent was taken back on {last}; the enrolment goes on {until}",
        one.campaign,
        one.ambassador,
    )


# -- rows ----------------------------------------------------------------------------


def consent_of(said: Cells, people: Collection[str]) -> Consent:
    """A consent from its cells; CellError says what is wrong."""
    who = _who(said, people)
    version, given = needed(said, "version"), _day(said, "given")
    withdrawn = _not_before(said, "withdrawn", given)
    return Consent(who, version, given, withdrawn, said["note"] or None)


def contract_of(campaign: Campaign, said: Cells, people: Collection[str]) -> Contract:
    """A contract from its cells; CellError says what is wrong."""
    starts = day(said, "from")
    code = currency(said, campaign.currency)
    amount = money(said, "amount", code)
    return Contract(
        campaign.id,
        _who(said, people),
        needed(said, "ref"),
        _day(said, "signed"),
        starts,
        _not_before(said, "to", starts),
        said["objective"] or None,
        amount,
        code if amount is not None else None,
        said["note"] or None,
    )


def goods_of(campaign: Campaign, said: Cells, people: Collection[str]) -> Goods:
    """Goods from their cells; CellError says what is wrong."""
    starts = _day(said, "from")
    code = currency(said, campaign.currency)
    needed(said, "value")
    value = money(said, "value", code)
    assert value is not None
    return Goods(
        campaign.id,
        _who(said, people),
        needed(said, "ref"),
        needed(said, "what"),
        value,
        code,
        starts,
        _not_before(said, "to", starts),
        _not_before(said, "returned", starts),
    )


def _who(said: Cells, people: Collection[str]) -> str:
    who = needed(said, "ambassador")
    if who not in people:
        reason = f'there is no "{who}". {nearest(who, people)}'.rstrip(" .")
        raise CellError("ambassador", "ROW_AMBASSADOR", reason)
    return who


def _day(said: Cells, column: str) -> date:
    needed(said, column)
    found = day(said, column)
    assert found is not None
    return found


def _not_before(said: Cells, column: str, first: date | None) -> date | None:
    last = day(said, column)
    if first is not None and last is not None and last < first:
        raise CellError(column, "ROW_DATE", f"{last} is before {first}")
    return last
