"""Clicks: each with its class, and those that could not be kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tracker.model import Reject
from tracker.store import changes
from tracker.store.again import whole
from tracker.store.database import Database, Link
from tracker.visits import REPEAT, repeats

if TYPE_CHECKING:
    from tracker.sources.base import Event

INSERT = (
    "INSERT INTO click (link_id, at, sort, rule, agent, referrer, source_id,"
    " external_id, visitor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Click(NamedTuple):
    """A request for a link. sort: bot, duplicate or unique."""

    link: int
    at: int
    sort: str
    rule: str | None
    agent: str | None
    referrer: str | None


class Sum(NamedTuple):
    """Clicks of one link on one day (days since 1970 in a zone), by class."""

    link: int
    day: int
    sort: str
    many: int


@whole
def put(
    database: Database, clicks: Sequence[Click], lost: Sequence[tuple[int, int, int]]
) -> None:
    """Keep clicks, and how many of a link were lost: (link, since when, how many)."""
    with database.writing() as link:
        link.many(INSERT, [(*click, None, None, None) for click in clicks])
        for number, at, many in lost:
            link.run(
                "INSERT INTO uncounted (link_id, at, many) VALUES (?, ?, ?)"
                " ON CONFLICT (link_id, at) DO UPDATE SET many = uncounted.many + ?",
                (number, at, many, many),
            )
        _note(link, {one.link for one in clicks} | {number for number, *_ in lost})


def _note(link: Link, numbers: Iterable[int]) -> None:
    """The campaigns of these links changed."""
    whose = "SELECT campaign_id FROM link WHERE id = ?"
    found = {link.value(whose, (number,)) for number in sorted(numbers)}
    changes.note(link, found - {None})


# -- clicks that are told ------------------------------------------------------------


def known(link: Link, events: Iterable[Event]) -> tuple[list[Event], list[Reject]]:
    """Events that can be kept, and clicks of codes that no link has."""
    kept, bad = [], []
    codes: set[str] | None = None
    for event in events:
        if event.kind == "click":
            if codes is None:
                codes = {code for (code,) in link.all("SELECT code FROM link")}
            code = json.loads(event.data).get("code", "")
            if code not in codes:
                bad.append(_unknown(event, code))
                continue
        kept.append(event)
    return kept, bad


def _unknown(event: Event, code: str) -> Reject:
    raw = '{"data":' + event.data + ',"type":"click"}'
    return Reject(
        event.line,
        "code",
        "LINK_UNKNOWN",
        f'there is no link of the code "{code[:80]}"; add it, then retry',
        raw[:4096],
    )


def keep(link: Link, source: int, events: Sequence[Event], window: int) -> None:
    """Clicks that were told become clicks; the same set of them always gives the same
    classes, in whatever order it came."""
    touched: set[tuple[int, str]] = set()
    numbers = dict(link.all("SELECT code, id FROM link"))
    for event in events:
        said = json.loads(event.data)
        number, rule = numbers[said["code"]], said.get("rule")
        visitor = said.get("visitor")
        sort = "bot" if rule else "unique"
        facts = (number, event.at, sort, rule, said.get("agent"), said.get("referrer"))
        link.run(INSERT, (*facts, source, event.id, visitor))
        if visitor and not rule:
            touched.add((number, visitor))
    _note(link, {numbers[json.loads(event.data)["code"]] for event in events})
    for number, visitor in sorted(touched):
        _sort(link, number, visitor, window)


def _sort(link: Link, number: int, visitor: str, window: int) -> None:
    """Judge all clicks of a visitor on a link anew."""
    rows = link.all(
        "SELECT id, at FROM click WHERE link_id = ? AND visitor = ?"
        " AND sort <> 'bot' ORDER BY at, external_id, source_id",
        (number, visitor),
    )
    for (row, _), again in zip(
        rows, repeats([int(at) for _, at in rows], window), strict=True
    ):
        sort, rule = ("duplicate", REPEAT) if again else ("unique", None)
        link.run("UPDATE click SET sort = ?, rule = ? WHERE id = ?", (sort, rule, row))


# -- sums ----------------------------------------------------------------------------


def counted(
    database: Database, until: int | None = None
) -> list[tuple[int, int, str, int]]:
    """(link, hour since 1970, class, how many); lost ones under `uncounted`."""
    limit = 2**62 if until is None else until
    # whole quarters of an hour: no zone's day begins within one
    with database.reading() as link:
        found = link.all(
            "SELECT link_id, at / 900000, sort, COUNT(*) FROM click WHERE at <= ?"
            " GROUP BY link_id, at / 900000, sort",
            (limit,),
        )
        found += link.all(
            "SELECT link_id, at / 900000, 'uncounted', CAST(SUM(many) AS BIGINT)"
            " FROM uncounted WHERE at <= ? GROUP BY link_id, at / 900000",
            (limit,),
        )
    return [(int(a), int(b), str(c), int(d)) for a, b, c, d in found]


def lost(database: Database) -> int:
    """How many redirects were never counted."""
    with database.reading() as link:
        return int(link.value("SELECT coalesce(SUM(many), 0) FROM uncounted"))
