"""What of each month lies where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tracker.errors import NotFoundError
from tracker.store.archive import months, parts
from tracker.store.archive.move import Wish, planned
from tracker.store.archive.parts import ARCHIVED, RESTORED, Part
from tracker.store.database import Database, Link

HOT = "hot"


@dataclass(frozen=True, slots=True)
class Month:
    """Readings of a month and home. campaign: None when their posts counted for none.

    state: archived when files of it count, restored when it was brought back, else
    hot. rows: readings in the files, or in the database while there are none. hot: in
    the database: all of them, or those that came after the month was archived.
    """

    campaign: str | None
    month: str
    rows: int
    files: int
    bytes: int
    state: str
    hot: int


def months_of(
    database: Database, which: Iterable[tuple[int, str]] | None = None
) -> list[Month]:
    """By home and month: all, or some of them (home, month)."""
    with database.reading() as link:
        return listed(link, None if which is None else set(which))


def wished(database: Database, wish: Wish) -> list[Month]:
    """What a run would move, as it lies now."""
    with database.reading() as link:
        which = {(one.campaign_id, one.month) for one in planned(link, wish)}
        return listed(link, which)


def campaign_id(database: Database, slug: str) -> int:
    """The row of a campaign; NotFoundError."""
    with database.reading() as link:
        known = {name: number for number, name in parts.homes(link).items() if name}
    if slug not in known:
        raise NotFoundError("campaign", slug, known)
    return known[slug]


def listed(link: Link, which: set[tuple[int, str]] | None = None) -> list[Month]:
    slugs = parts.homes(link)
    kept: dict[tuple[int, str], list[Part]] = {}
    for part in parts.in_state(link, ARCHIVED, RESTORED):
        kept.setdefault((part.campaign_id, part.month), []).append(part)
    hot = {(one.campaign_id, one.month): one.rows for one in months.hot(link)}
    keys = kept.keys() | hot.keys()
    return [
        _one(
            slugs.get(home),
            month,
            kept.get((home, month), []),
            hot.get((home, month), 0),
        )
        for home, month in sorted(keys if which is None else keys & which)
    ]


def _one(slug: str | None, month: str, found: list[Part], hot: int) -> Month:
    live = [part for part in found if part.state == ARCHIVED]
    state = ARCHIVED if live else RESTORED if found else HOT
    rows = sum(part.rows for part in live) if live else hot
    size = sum(part.bytes for part in live)
    return Month(slug, month, rows, len(live), size, state, hot)
