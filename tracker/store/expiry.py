"""Expiry: figures that a source's terms let be kept for some days only.

Sums follow: what is left of a post is counted as if no more had ever been read, and
a post of which nothing is left is in no sum.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from tracker.errors import LockedError
from tracker.model import DAY, moment
from tracker.store import audit, bulk, partitions, refresh, series
from tracker.store.again import whole
from tracker.store.archive import parts, thin, tidy
from tracker.store.archive.thin import OLD, Going, Thinner
from tracker.store.archive.turn import taking_turns
from tracker.store.database import Database, Link
from tracker.store.gains import contributions, firsts, steps
from tracker.store.recount.states import restate, state
from tracker.store.sums import Sums

if TYPE_CHECKING:
    from tracker.store.gains import Ints

TODAY = "SELECT value FROM meta WHERE key = ?"


def expire(
    database: Database, zone: ZoneInfo, source: str, before: int, day: int
) -> int:
    """Delete readings of a source captured before an instant, from the database and
    from the archive, and what is told of its accounts; answers how many readings.

    Once a `day`: the second time it is 0, and while another process works on the
    archive: then it is done with the next run of the source.
    """
    with database.reading() as link:
        if link.value(TODAY, (f"expired {source}",)) == str(day):
            return 0
        in_files = parts.any_live(link)
    one = Expiry(zone, source, before, day)
    if not in_files:
        gone = _once(database, one, None, [])
    else:
        try:
            gone = _from_files(database, one)
        except LockedError:
            return 0
    if gone is None:
        return 0
    _drop_months(database, before)  # when nobody can see the rows any more
    return gone


@dataclass(frozen=True, slots=True)
class Expiry:
    """As `expire` has it."""

    zone: ZoneInfo
    source: str
    before: int
    day: int


def _from_files(database: Database, one: Expiry) -> int | None:
    """Files are written anew before the transaction that all of it is. When the source
    brought something in between, once more."""
    with taking_turns(database) as turn:
        tidy.sweep(database, turn)
        while True:
            with database.reading() as link:
                going = Going.read(link, _number(link, one.source), one.before)
            some = thin.thin(database, turn, going, one.day * DAY)
            done = _once(database, one, going, some)
            if done is None or done >= 0:
                break
        tidy.remove(database, turn)
    return done


@whole
def _once(
    database: Database, one: Expiry, going: Going | None, some: list[Thinner]
) -> int | None:
    """How many readings; None: it was done today; -1: it must be prepared again.

    some: files in whose places others come.
    """
    with database.writing() as link:
        number = _number(link, one.source)
        if going is not None and _is_older(link, going, number):
            thin.put_back(link, some)
            return -1
        if not _first_today(link, one.source, one.day):
            thin.put_back(link, some)
            return None
        return _expire(link, one, number, some)


def _number(link: Link, source: str) -> int:
    return int(link.value("SELECT id FROM source WHERE name = ?", (source,)) or 0)


def _is_older(link: Link, going: Going, source: int) -> bool:
    """Has the source brought anything since this was read?"""
    newest = link.value("SELECT max(id) FROM payload WHERE source_id = ?", (source,))
    return bool(newest) and newest not in going.payloads[-1:]


@whole
def _drop_months(database: Database, before: int) -> None:
    with database.writing() as link:
        partitions.drop_empty(link, before)


def _expire(link: Link, one: Expiry, source: int, some: list[Thinner]) -> int:
    link.run(
        "DELETE FROM audience WHERE source_id = ? AND day < ?",
        (source, moment(one.before).date().isoformat()),
    )
    for table in ("reading_past", "disagreement"):
        link.run(f"DELETE FROM {table}{OLD}", (one.before, source))
    old = f"SELECT DISTINCT post_id FROM reading{OLD}"
    hot = bulk.numbers(link, old, (one.before, source), width=1)[:, 0]
    posts = np.unique(np.concatenate([hot, *(each.posts for each in some)]))
    if not len(posts):
        return 0

    def delete() -> None:
        link.run(f"DELETE FROM reading{OLD}", (one.before, source))
        thin.swap(link, some)
        parts.unsettle(link)

    gone = _less(link, one.zone, posts, delete)
    refresh.refresh(link, one.zone)
    audit.note(link, "source.expire", f"source {one.source}, {gone} readings")
    return gone


def _first_today(link: Link, source: str, day: int) -> bool:
    key = f"expired {source}"
    if link.value(TODAY, (key,)) == str(day):
        return False
    link.run(
        "INSERT INTO meta (key, value) VALUES (?, ?)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, str(day)),
    )
    return True


def _less(link: Link, zone: ZoneInfo, posts: Ints, delete: Callable[[], None]) -> int:
    """Take some posts' readings from the sums, delete, and add what is left; how many
    readings went."""
    sums, gone = Sums(link, zone), 0
    sums.know(posts)
    sums.touch(posts)
    for was in series.pieces(link, posts):
        sums.gained(contributions(was, steps(was), firsts(was)), sign=-1)
        gone += len(was.post)
    delete()
    kept = [np.empty(0, np.int64)]
    for left in series.pieces(link, posts):
        if len(left.post):
            sums.gained(contributions(left, steps(left), firsts(left)))
            restate(link, state(left))
            kept.append(np.unique(left.post))
            gone -= len(left.post)
    sums.write()
    _forget(link, np.setdiff1d(posts, np.concatenate(kept)))
    return gone


def _forget(link: Link, posts: Ints) -> None:
    """Posts of which nothing is known any more; what is said of them stays."""
    for table in ("post_state", "attribution"):
        link.many(
            f"DELETE FROM {table} WHERE post_id = ?",
            [(int(post),) for post in posts],
        )
