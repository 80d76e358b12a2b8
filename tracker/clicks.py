"""Links with their clicks, and sums of clicks by whatever sums are asked by."""

from __future__ import annotations

import re
import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from tracker.errors import RosterError
from tracker.model import local_day
from tracker.programme import ClickSums, TrackedLink
from tracker.store import clicks as store
from tracker.store import links as kept
from tracker.store.roster import Roster

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.store.totals import Row, Totals

CODE = re.compile(r"[A-Za-z0-9_-]{4,64}")
#: Bytes of a code that is made: 48 bits, eight letters.
RANDOM = 6
QUARTER = 900_000
PERIODS = ("day", "week", "month")
SUMS = ("bot", "duplicate", "unique", "uncounted")


def links(tracker: Tracker, campaign: str | None = None) -> list[TrackedLink]:
    """Links with their clicks, the oldest first. Raises NotFoundError."""
    found = kept.numbered(tracker.database, campaign)
    counts: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(SUMS, 0))
    for link, _, sort, many in store.counted(tracker.database):
        counts[link][sort] += many
    return [
        replace(one, clicks=ClickSums(**counts[number]))
        for number, one in found.items()
    ]


def sums(
    tracker: Tracker,
    campaign: str | None,
    *,
    by: str | None = None,
    until: int | None = None,
) -> dict[str | None, ClickSums]:
    """Clicks on a campaign's links, or on all. by: ambassador, mission, link, day,
    week, month (of the campaign's zone), or None: one sum under None.

    Links without an ambassador or mission stand under None. Raises NotFoundError.
    """
    found = kept.numbered(tracker.database, campaign)
    zone = tracker.zone
    if campaign is not None:
        zone = ZoneInfo(Roster(tracker.database).campaign(campaign).timezone)
    counts: dict[str | None, dict[str, int]] = {}
    for link, quarter, sort, many in store.counted(tracker.database, until):
        if link in found:
            key = _key(found[link], by, quarter * QUARTER, zone)
            row = counts.setdefault(key, dict.fromkeys(SUMS, 0))
            row[sort] += many
    if by is None:
        counts.setdefault(None, dict.fromkeys(SUMS, 0))
    return {key: ClickSums(**row) for key, row in counts.items()}


def _key(link: TrackedLink, by: str | None, at: int, zone: ZoneInfo) -> str | None:
    if by in PERIODS:
        return period(local_day(at, zone), str(by))
    names = {
        "ambassador": link.ambassador,
        "mission": link.mission,
        "link": link.code,
    }
    return names[by] if by is not None else None


def period(day: date, by: str) -> str:
    """The name of a day's day, week or month, as in `tracker totals`."""
    if by == "day":
        return day.isoformat()
    if by == "month":
        return day.isoformat()[:7]
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


# -- making links --------------------------------------------------------------------


def make(
    url: str | None,
    *,
    code: str | None,
    campaign: str | None,
    people: Sequence[str | None],
    mission: str | None,
    promo: str | None,
    utm: Mapping[str, str],
    now: int,
) -> list[TrackedLink]:
    """Links as asked for, one for each of `people`. Raises RosterError for an address
    or a code that cannot be."""
    if code is not None and not CODE.fullmatch(code):
        raise _refused(
            "LINK_CODE",
            f"link {code!r}",
            "a code has 4 to 64 of the signs A-Z a-z 0-9 _ -",
            "Choose another --code, or leave it out",
        )
    place = None if url is None else destination(url, utm)
    return [
        TrackedLink(
            code or secrets.token_urlsafe(RANDOM),
            place,
            campaign,
            who,
            mission,
            promo,
            dict(utm),
            now,
        )
        for who in people
    ]


def destination(url: str, utm: Mapping[str, str]) -> str:
    """The address with its UTM parameters added, all else byte for byte."""
    checked(url)
    if not utm:
        return url
    bare, mark, fragment = url.partition("#")
    said = "&".join(f"{_named(k)}={quote(v, safe='')}" for k, v in utm.items())
    joint = "?" if "?" not in bare else "" if bare.endswith(("?", "&")) else "&"
    return f"{bare}{joint}{said}{mark}{fragment}"


def _named(key: str) -> str:
    name = key if key.startswith("utm_") else f"utm_{key}"
    return quote(name, safe="")


def checked(url: str) -> None:
    """Refuse an address that a redirect must never lead to."""
    if any(ord(sign) < 0x21 or ord(sign) == 0x7F for sign in url) or "\\" in url:
        raise _refused(
            "DEST_SIGNS",
            "destination",
            "it holds blanks, control characters or a backslash",
            "Write them as %20 and the like",
        )
    if not url.isascii():
        raise _refused(
            "DEST_SIGNS",
            "destination",
            "it holds letters that an address cannot carry as they are",
            "Copy the address from a browser, where they are encoded",
        )
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise _refused("DEST_HOST", "destination", str(error)) from error
    if parts.scheme not in ("http", "https") or not url[len(parts.scheme) :].startswith(
        "://"
    ):
        raise _refused(
            "DEST_SCHEME",
            "destination",
            f'scheme "{parts.scheme}" is not allowed',
            "Use an https address",
        )
    if not host:
        raise _refused("DEST_HOST", "destination", "it has no host")
    if "@" in parts.netloc:
        raise _refused(
            "DEST_USER",
            "destination",
            "it holds a user part, behind which another host can hide",
            "Leave out what stands before the @",
        )


def _refused(code: str, subject: str, cause: str, todo: str = "") -> RosterError:
    return RosterError(code, subject, cause, "Nothing was saved", todo)


def address(public: str | None, code: str) -> str:
    """Where a link is reached: under [server] public, or here."""
    return f"{(public or 'http://127.0.0.1:8040').rstrip('/')}/c/{code}"


# -- beside the sums of readings -----------------------------------------------------

#: Cuts of `tracker totals` that clicks have too.
CUTS = (None, *PERIODS, "ambassador", "mission")


def beside(
    tracker: Tracker, found: Totals, until: int | None
) -> list[tuple[Row, LinkClicks]]:
    """Rows of totals with their clicks, and rows for what has clicks alone; ordered
    as the rows are. [] for cuts by platform and by post, which a click has none of."""
    if found.by not in CUTS:
        return []
    counts = sums(tracker, found.campaign, by=found.by, until=until)
    rows = {_name(row): row for row in found.rows}
    names = sorted(rows.keys() | counts.keys(), key=_order(found.by))
    running, before, out = 0, None, []
    for name in names:
        row = rows.get(name) or _row(found, name, before)
        one = counts.get(name, ClickSums())
        running += one.unique
        value = running if found.by in PERIODS else one.unique
        out.append((row, LinkClicks(value, one)))
        before = row
    return out


@dataclass(frozen=True, slots=True)
class LinkClicks:
    """value: unique clicks until the row's period ends; within: those of the row."""

    value: int
    within: ClickSums


def _name(row: Row) -> str | None:
    return next(iter(row.key.values()), None)


def _order(by: str | None) -> Callable[[str | None], tuple[bool, str]]:
    """As totals are ordered: nobody comes first by ambassador, last by mission."""
    last = by == "mission"
    return lambda name: ((name is None) == last, name or "")


def _row(found: Totals, name: str | None, before: Row | None) -> Row:
    """A row of readings where there are clicks alone: nothing new within a period,
    nothing known of a person or a mission."""
    from tracker.model import METRICS
    from tracker.store.totals import Row, Total

    key = {} if found.by is None else {found.by: name}
    if found.by in PERIODS and before is not None:
        same = {
            m: replace(t, gain=None if t.gain is None else 0)
            for m, t in before.metrics.items()
        }
        return Row(key, before.posts, same)
    return Row(key, 0, {m: Total(None, None, 0, 0, None, None) for m in METRICS})
