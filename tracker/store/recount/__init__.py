"""Everything that is derived, derived again from all readings, hot and archived.

What is derived: which campaign a post counts for, the last known values of each post,
and the sums. They are worked out in pieces of whole posts and compared with what is
kept, so memory grows with the posts that are wrong and not with the readings. Nothing
is changed before `write`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from tracker.store import attribution, changes, refresh, rollups, sums
from tracker.store.attribution import Rules
from tracker.store.database import Link
from tracker.store.gains import contributions, firsts, steps
from tracker.store.recount import readings, states
from tracker.store.recount.counted import Counted

if TYPE_CHECKING:
    from tracker.store.engines import Engine
    from tracker.store.gains import Ints

#: Opens an engine over everything.
Opening = Callable[[Link], AbstractContextManager["Engine"]]


@dataclass(frozen=True)
class Recount:
    """moved: posts that are attributed otherwise, in order; derived: how
    (attribution.RESULT). states: of posts whose last known values are others. sums: all
    rollup rows, counted."""

    known: Rules
    moved: Ints
    derived: pl.DataFrame
    states: states.Wrong
    sums: Counted


def recount(
    link: Link, zone: ZoneInfo, sums_: Counted, opening: Opening | None = None
) -> Recount:
    """Derive everything again. opening: an engine that reads; None: the database.

    sums_: takes up what is counted.
    """
    known = attribution.rules(link, zone)
    moved, derived = _moved(link, known)
    wrong = states.Wrong()
    for piece in readings.everything(link, opening):
        posts = piece.post[piece.starts]
        whose = _whose(link, posts, moved, derived)
        made = contributions(piece, steps(piece), firsts(piece))
        sums_.add(rollups.touched(made, whose, known.zones))
        wrong.look_at(link, piece)
    return Recount(known, moved, derived, wrong, sums_)


def _moved(link: Link, known: Rules) -> tuple[Ints, pl.DataFrame]:
    """Posts that are attributed otherwise than the roster says, and what it says."""
    found = [pl.DataFrame(schema=attribution.RESULT)]
    moved = [pl.Series("post", [], pl.Int64)]
    for posts in refresh.attributable(link):
        derived = attribution.derive(posts, known)
        stored = sums.stored_attribution(link, posts["post"].to_numpy())
        some = pl.Series("post", sums.moved(stored, derived), pl.Int64)
        moved.append(some)
        found.append(derived.filter(pl.col("post").is_in(some.implode())))
    return pl.concat(moved).to_numpy(), pl.concat(found)


def _whose(link: Link, posts: Ints, moved: Ints, derived: pl.DataFrame) -> pl.DataFrame:
    """attribution.RESULT of some posts, as the roster says."""
    stored = sums.stored_attribution(link, posts)
    if not len(moved):
        return stored
    here = pl.Series(posts).implode()
    right = derived.filter(pl.col("post").is_in(here))
    wrong = pl.Series(moved).implode()
    return pl.concat([stored.filter(~pl.col("post").is_in(wrong)), right])


def write(link: Link, found: Recount) -> None:
    """Put what was counted in place of what is kept, in this transaction."""
    if len(found.moved):
        sums.replace(link, pl.Series(found.moved), found.derived)
    link.run(
        "DELETE FROM attribution WHERE NOT EXISTS (SELECT 1 FROM post_state s"
        " WHERE s.post_id = attribution.post_id)"
    )
    found.states.write(link)
    found.sums.write(link)
    link.run("DELETE FROM meta WHERE key LIKE 'zone:%'")
    refresh.remember(link, found.known)
    changes.everything(link)
