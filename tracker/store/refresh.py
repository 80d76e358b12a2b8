"""Old figures follow a corrected roster: attribution of all posts, again.

Only posts whose attribution changed are recounted; a campaign whose zone changed
is recounted whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from tracker.store import attribution, bulk, changes, rollups, series, sums
from tracker.store.attribution import Rules
from tracker.store.database import Link
from tracker.store.gains import contributions, firsts, steps

#: Posts attributed at once.
AT_ONCE = 50_000

ATTRIBUTABLE = (
    "SELECT p.id, p.platform, p.handle, coalesce(p.published_at, s.first_at),"
    " coalesce(p.caption, p.marks), p.url FROM post p"
    " JOIN post_state s ON s.post_id = p.id WHERE p.id > ? ORDER BY p.id LIMIT ?"
)


def refresh(link: Link, zone: ZoneInfo) -> None:
    """Bring attribution and sums in line with the roster, in this transaction."""
    known = attribution.rules(link, zone)
    stale = _stale(link, known)
    _drop(link, known, stale)
    parts: list[pl.DataFrame] = []
    changed = set(stale)
    for posts in attributable(link):
        old = sums.stored_attribution(link, posts["post"].to_numpy())
        new = attribution.derive(posts, known)
        parts += _moves(link, old, new, known, stale)
        sums.replace(link, posts["post"], new)
        changed |= _whose(old, new)
        parts = [rollups.merged(parts)] if parts else []
    rollups.add(link, parts)
    remember(link, known)
    changes.note(link, changed)


def attributable(link: Link) -> Iterator[pl.DataFrame]:
    """All posts that have readings (attribution.POSTS), in bounded pieces."""
    last = -1
    while True:
        posts = link.frame(ATTRIBUTABLE, (last, AT_ONCE), attribution.POSTS)
        if posts.is_empty():
            return
        yield posts
        last = posts["post"][-1]


def _moves(
    link: Link, old: pl.DataFrame, new: pl.DataFrame, known: Rules, stale: set[int]
) -> Iterator[pl.DataFrame]:
    """What posts with another attribution take from and bring to the rollups.

    Sums of stale campaigns are gone already: nothing is taken from them.
    """
    fresh = old.filter(~pl.col("campaign_id").is_in(list(stale)))
    for piece in series.pieces(link, sums.moved(fresh, new)):
        made = contributions(piece, steps(piece), firsts(piece))
        here = pl.Series(np.unique(piece.post)).implode()
        taken, brought = (
            rollups.rolled(made, side.filter(pl.col("post").is_in(here)), known.zones)
            for side in (fresh, new)
        )
        yield rollups.negated(taken)
        yield brought


def _whose(old: pl.DataFrame, new: pl.DataFrame) -> set[int]:
    """Campaigns that posts came to or left, 0 among them if any did."""
    here = pl.Series(sums.moved(old, new)).implode()
    both = pl.concat([old, new]).filter(pl.col("post").is_in(here))
    return set(both["campaign_id"].unique())


def _stale(link: Link, known: Rules) -> set[int]:
    """Campaigns summed in another zone than theirs now, or gone."""
    stored = dict(link.all("SELECT key, value FROM meta WHERE key LIKE 'zone:%'"))
    now = {f"zone:{number}": zone.key for number, zone in known.zones.items()}
    changed = {
        key for key in stored.keys() | now.keys() if stored.get(key) != now.get(key)
    }
    return {int(key.removeprefix("zone:")) for key in changed}


def _drop(link: Link, known: Rules, stale: set[int]) -> None:
    for campaign in sorted(stale):
        link.run("DELETE FROM rollup WHERE campaign_id = ?", (campaign,))
        link.run("DELETE FROM meta WHERE key = ?", (f"zone:{campaign}",))
        if campaign not in known.zones:
            link.run("DELETE FROM attribution WHERE campaign_id = ?", (campaign,))


def remember(link: Link, known: Rules) -> None:
    rows = pl.DataFrame(
        [(f"zone:{number}", zone.key) for number, zone in sorted(known.zones.items())],
        schema=["key", "value"],
        orient="row",
    )
    bulk.insert(link, "meta", rows, keys=["key"], conflict="replace")
