"""Attribution and rollups of the posts of one transaction.

A post's gains are added to the rollups of the campaigns it counts for. When its
attribution changes, what it has given so far is moved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from tracker.store import attribution, bulk, changes, rollups, series
from tracker.store.database import Link
from tracker.store.gains import Series, contributions, firsts, steps

if TYPE_CHECKING:
    from tracker.store.gains import Ints

#: Rollup rows waiting in memory before they are written.
WAITING = 400_000


class Sums:
    """Collects changes of rollups, and whose they are; `write` brings them to the
    store."""

    def __init__(self, link: Link, zone: ZoneInfo) -> None:
        self._link = link
        self._rules = attribution.rules(link, zone)
        self._attributed = pl.DataFrame(schema=attribution.RESULT)
        self._waiting: list[pl.DataFrame] = []
        self._height = 0
        self._changed: set[int] = set()

    def attribute(self, posts: pl.DataFrame, old: Ints) -> None:
        """Attribute posts (attribution.POSTS) that are new or described otherwise.

        old: those among them that have readings in the store; if their attribution
        changes, their sums are moved.
        """
        derived = attribution.derive(posts, self._rules)
        if len(old):
            self.know(old)
            self.touch(old)
            these = pl.col("post").is_in(pl.Series(old).implode())
            stored = self._attributed.filter(these)
            move = moved(stored, derived.filter(these))
            if len(move):
                self._move(move, stored, derived)
        self._remember(posts["post"], derived)

    def know(self, posts: Ints) -> None:
        """Load the attribution of posts, unless this transaction has it already."""
        unknown = np.setdiff1d(posts, self._attributed["post"].to_numpy())
        if len(unknown):
            stored = stored_attribution(self._link, unknown)
            self._attributed = pl.concat([self._attributed, stored])

    def touch(self, posts: Ints) -> None:
        """Something of these posts changed, whether that changes a sum or not: so did
        the campaigns that they count for. Their attribution is known (`know`)."""
        some = pl.Series(np.unique(posts))
        theirs = self._attributed.filter(
            (pl.col("campaign_id") > 0) & pl.col("post").is_in(some.implode())
        )
        self._changed.update(theirs["campaign_id"].unique())
        if theirs["post"].n_unique() < len(some):
            self._changed.add(changes.NONE)

    def _remember(self, posts: pl.Series, derived: pl.DataFrame) -> None:
        rest = self._attributed.filter(~pl.col("post").is_in(posts.implode()))
        self._attributed = pl.concat([rest, derived])
        self.touch(posts.to_numpy())
        replace(self._link, posts, derived)

    def _move(self, posts: Ints, old: pl.DataFrame, new: pl.DataFrame) -> None:
        for piece in series.pieces(self._link, posts):
            made = contributions(piece, steps(piece), firsts(piece))
            self._add(rollups.negated(rollups.rolled(made, old, self._rules.zones)))
            self._add(rollups.rolled(made, new, self._rules.zones))

    def gained(self, made: pl.DataFrame, *, sign: int = 1) -> None:
        """Add (or with sign -1 take back) contributions."""
        sums = rollups.rolled(made, self._attributed, self._rules.zones)
        self._add(sums if sign > 0 else rollups.negated(sums))

    def recounted(self, old: Series, new: Series) -> None:
        """Posts whose stored readings changed: take back the old, add the new."""
        self.gained(contributions(old, steps(old), firsts(old)), sign=-1)
        self.gained(contributions(new, steps(new), firsts(new)))

    def _add(self, part: pl.DataFrame) -> None:
        self._waiting.append(part)
        self._height += len(part)
        if self._height > WAITING:
            self._waiting = [rollups.merged(self._waiting)]
            self._height = len(self._waiting[0])

    def write(self) -> None:
        rollups.add(self._link, self._waiting)
        self._waiting, self._height = [], 0
        changes.note(self._link, self._changed)


def stored_attribution(link: Link, posts: Ints) -> pl.DataFrame:
    """attribution.RESULT of these posts, as it is stored."""
    if not len(posts):
        return pl.DataFrame(schema=attribution.RESULT)
    bulk.wanted(link, "wanted_attribution", pl.DataFrame({"post": posts}))
    return link.frame(
        "SELECT a.post_id, a.campaign_id, a.ambassador_id, p.platform"
        " FROM wanted_attribution w JOIN attribution a ON a.post_id = w.post"
        " JOIN post p ON p.id = a.post_id",
        schema=attribution.RESULT,
    )


def moved(old: pl.DataFrame, new: pl.DataFrame) -> Ints:
    """Posts that are attributed otherwise than before."""
    keys = ["post", "campaign_id", "ambassador_id"]
    gone = old.join(new, on=keys, how="anti")["post"]
    come = new.join(old, on=keys, how="anti")["post"]
    return np.union1d(gone.to_numpy(), come.to_numpy()).astype(np.int64)


def replace(link: Link, posts: pl.Series, derived: pl.DataFrame) -> None:
    """Store the attribution of these posts in place of what was stored."""
    bulk.wanted(link, "attributed_posts", pl.DataFrame({"post": posts}))
    link.run(
        "DELETE FROM attribution WHERE post_id IN (SELECT post FROM attributed_posts)"
    )
    rows = derived.select(
        pl.col("post").alias("post_id"), "campaign_id", "ambassador_id"
    )
    bulk.insert(link, "attribution", rows.sort("post_id", "campaign_id"))
