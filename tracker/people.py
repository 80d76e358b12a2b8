"""The ambassador file: people and their handles as CSV, one row a handle.

Reading is pure and never guesses: a row is understood whole or is a Reject with
its line, column and reason. A blank cell says nothing. What is wrong with the
file itself refuses it whole (PayloadError).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple, NoReturn, TypeVar

from tracker import codes
from tracker.cells import escape, restore
from tracker.model import MOST, Ambassador, Enrolment, Handle, Reject, platform_name
from tracker.sheet import read_sheet

T = TypeVar("T")

REQUIRED = ("id", "name", "platform", "handle")
#: What a row may say of the person's part in a campaign.
ENROLLING = ("from", "to", "group", "fee", "currency")
#: All columns; since and until are the first and last day of the handle.
COLUMNS = (
    *REQUIRED,
    "email",
    "country",
    "language",
    "from",
    "to",
    "followers",
    "group",
    "fee",
    "currency",
    "since",
    "until",
)

#: Characters that no name needs and that deceive the eye: controls, direction
#: marks, and those of no width but the joiners some scripts are written with.
HIDDEN = re.compile(
    "[\0-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)

_ID = re.compile(r"\w[\w.@+~-]{0,99}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
_WHOLE = re.compile(r"[0-9]{1,16}")


class Entry(NamedTuple):
    """What one row says: a person with at most one handle, and an enrolment.

    A name of "" and fields of None are not said.
    """

    line: int
    person: Ambassador
    enrolment: Enrolment | None = None


@dataclass(frozen=True, slots=True)
class People:
    """A file that was read: rows = entries + the lines of the rejects.

    warnings: code and sentence of what was mended or left out. said: the columns
    that stand in the file, of those of COLUMNS.
    """

    rows: int
    entries: tuple[Entry, ...]
    rejects: tuple[Reject, ...]
    warnings: tuple[tuple[str, str], ...]
    said: frozenset[str]


class CellError(Exception):
    """A cell that cannot be understood; code as in `error[CODE]`."""

    def __init__(self, column: str, code: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.code, self.reason = column, code, reason


# -- reading --------------------------------------------------------------------


def read_people(
    path: Path, *, campaign: str | None = None, currency: str | None = None
) -> People:
    """Read an ambassador file.

    campaign enrols the people there; without it the columns about an enrolment
    are left out, with a warning. currency is that of fees which name none.
    """
    sheet = read_sheet(path, COLUMNS, REQUIRED)
    columns, warnings = sheet.columns, list(sheet.warnings)
    if campaign is None:
        columns, left = _without_enrolment(columns)
        warnings += left
    reader = _Reader(columns, sheet.width, campaign, currency, warnings)
    for line, cells in sheet.records:
        reader.read(line, cells)
    return People(
        reader.rows,
        tuple(reader.entries),
        tuple(reader.rejects),
        tuple(dict.fromkeys(reader.warnings)),
        frozenset(columns),
    )


def _without_enrolment(
    columns: dict[str, int],
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    left = [column for column in columns if column in ENROLLING]
    kept = {column: at for column, at in columns.items() if column not in ENROLLING}
    if not left:
        return kept, []
    text = f"{', '.join(left)} belong to an enrolment and are not kept; use --campaign"
    return kept, [("COLUMN", text)]


# -- one row ----------------------------------------------------------------------


@dataclass
class _Reader:
    """Understands one row after the other."""

    columns: Mapping[str, int]
    width: int
    campaign: str | None
    currency: str | None
    warnings: list[tuple[str, str]]
    rows: int = 0
    entries: list[Entry] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def read(self, line: int, cells: list[str]) -> None:
        self.rows += 1
        try:
            self.entries.append(self._entry(line, cells))
        except CellError as wrong:
            why = (wrong.column, wrong.code, wrong.reason)
            self.rejects.append(Reject(line, *why, raw=",".join(cells)[:4096]))

    def _entry(self, line: int, cells: list[str]) -> Entry:
        if len(cells) < self.width or any(cells[self.width :]):
            reason = f"the row has {len(cells)} cells, the header {self.width}"
            raise CellError("", "ROW_WIDTH", reason)
        said = {c: self._cell(line, c, cells[at]) for c, at in self.columns.items()}
        person = _person(said)
        return Entry(line, person, self._enrolment(person.id, said))

    def _cell(self, line: int, column: str, cell: str) -> str:
        """The cell's text without what deceives the eye; said in a warning."""
        text = restore(cell).strip()
        if text.isascii() and text.isprintable():
            return text
        if column not in ("name", "handle", "group"):
            return text
        seen = without_hidden(text)
        if seen != text:
            odd = sorted({f"U+{ord(sign):04X}" for sign in HIDDEN.findall(text)})
            where = f"line {line} column {column}"
            note = f"{where}: left out invisible characters ({', '.join(odd)})"
            self.warnings.append(("TEXT_CONTROL", note))
        return seen

    def _enrolment(self, person: str, said: Mapping[str, str]) -> Enrolment | None:
        if self.campaign is None:
            return None
        starts, ends = _period(said, "from", "to")
        currency = _said(said, "currency", _currency) or self.currency
        fee = _fee(said.get("fee", ""), currency)
        return Enrolment(
            self.campaign,
            person,
            starts,
            ends,
            said.get("group") or None,
            fee,
            currency if fee is not None else None,
        )


def without_hidden(text: str) -> str:
    """A name without the characters that deceive the eye."""
    seen = HIDDEN.sub(lambda found: " " if found[0] in "\t\r\n" else "", text)
    return seen.strip()


def make_person(
    facts: Mapping[str, str | None], handles: Iterable[tuple[str, str]]
) -> Ambassador:
    """A person typed in by hand, by the same rules as a row of a file.

    Raises CellError.
    """
    said = {column: without_hidden(text) for column, text in facts.items() if text}
    if not said.get("name"):
        _missing("name")
    theirs = [
        _handles({"platform": platform.strip(), "handle": without_hidden(handle)})
        for platform, handle in handles
    ]
    return replace(_person(said), handles=tuple(one for some in theirs for one in some))


def _person(said: Mapping[str, str]) -> Ambassador:
    return Ambassador(
        id=_said(said, "id", identity) or _missing("id"),
        name=said["name"],
        email=_said(said, "email", email_address),
        country=_said(said, "country", _country),
        language=_said(said, "language", _language),
        handles=_handles(said),
    )


def _said(said: Mapping[str, str], column: str, read: Callable[[str], T]) -> T | None:
    """What a cell says; None when it is blank or not there."""
    text = said.get(column, "")
    return read(text) if text else None


def _missing(column: str) -> NoReturn:
    raise CellError(column, "ROW_MISSING", "it is blank")


def identity(text: str) -> str:
    if not _ID.fullmatch(text):
        reason = f'"{text}" is no id; use letters, digits and . _ - @ + ~ (at most 100)'
        raise CellError("id", "ROW_ID", reason)
    return text


def email_address(text: str) -> str:
    if not _EMAIL.fullmatch(text) or HIDDEN.search(text):
        raise CellError("email", "ROW_EMAIL", f'"{text}" is no e-mail address')
    return text


def _country(text: str) -> str:
    code = codes.country_code(text)
    if code is None:
        reason = f'"{text}" is no country code of two letters such as FR'
        raise CellError("country", "ROW_COUNTRY", reason)
    return code


def _language(text: str) -> str:
    code = codes.language_code(text)
    if code is None:
        reason = f'"{text}" is no language code such as fr or pt-BR'
        raise CellError("language", "ROW_LANGUAGE", reason)
    return code


def _currency(text: str) -> str:
    code = codes.currency_code(text)
    if code is None:
        reason = f'"{text}" is no currency code of three letters such as EUR'
        raise CellError("currency", "ROW_CURRENCY", reason)
    return code


def _fee(text: str, currency: str | None) -> int | None:
    if not text:
        return None
    if currency is None:
        raise CellError("currency", "ROW_MISSING", "a fee needs its currency")
    try:
        return codes.minor_units(text, currency)
    except ValueError as error:
        raise CellError("fee", "ROW_NUMBER", str(error)) from error


def _handles(said: Mapping[str, str]) -> tuple[Handle, ...]:
    name = _said(said, "platform", _platform)
    handle = said.get("handle", "")
    if name is None and not handle:
        return ()
    if name is None:
        _missing("platform")
    if not handle.removeprefix("@").strip():
        _missing("handle")
    since, until = _period(said, "since", "until")
    followers = _said(said, "followers", _followers)
    return (Handle(name, handle, since, until, followers),)


def _platform(text: str) -> str:
    name = platform_name(text)
    if name is None:
        reason = f'"{text}" is no platform the tracker knows'
        raise CellError("platform", "ROW_PLATFORM", reason)
    return name


def _followers(text: str) -> int:
    if not _WHOLE.fullmatch(text) or int(text) > MOST:
        raise CellError("followers", "ROW_NUMBER", f'"{text}" is not a whole number')
    return int(text)


def _period(
    said: Mapping[str, str], first: str, last: str
) -> tuple[date | None, date | None]:
    starts = _said(said, first, lambda text: _day(text, first))
    ends = _said(said, last, lambda text: _day(text, last))
    if starts and ends and ends < starts:
        raise CellError(last, "ROW_DATE", f"{ends} is before {first} ({starts})")
    return starts, ends


def _day(text: str, column: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise CellError(column, "ROW_DATE", f'"{text}" is no day such as 2026-01-31')


# -- writing ------------------------------------------------------------------------


def write_people(
    people: Iterable[Ambassador], enrolments: Mapping[str, Enrolment] | None = None
) -> str:
    """The file that gives these people again, and with enrolments, theirs.

    One row a handle, in the order given; a person without a handle has a row too.
    """
    columns = [c for c in COLUMNS if enrolments is not None or c not in ENROLLING]
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(columns)
    for person in people:
        enrolment = enrolments.get(person.id) if enrolments is not None else None
        for handle in person.handles or (None,):
            cells = _cells(person, handle, enrolment)
            rows.writerow([cells.get(column, "") for column in columns])
    return out.getvalue()


def _cells(
    person: Ambassador, handle: Handle | None, enrolment: Enrolment | None
) -> dict[str, str]:
    texts = {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "country": person.country,
        "language": person.language,
    }
    numbers: dict[str, object] = {}
    if handle is not None:
        texts |= {"platform": handle.platform, "handle": handle.handle}
        numbers |= {
            "followers": handle.followers,
            "since": handle.since,
            "until": handle.until,
        }
    if enrolment is not None:
        texts |= {"group": enrolment.group, "currency": enrolment.currency}
        numbers |= {"from": enrolment.starts, "to": enrolment.ends}
        if enrolment.fee is not None:
            fee = codes.money_text(enrolment.fee, enrolment.currency or "EUR")
            numbers["fee"] = fee
    cells = {column: escape(text or "") for column, text in texts.items()}
    return cells | {c: "" if v is None else str(v) for c, v in numbers.items()}
