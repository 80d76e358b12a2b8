"""Posts that an engine is asked about, and the archived files that may hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tracker.store import bulk
from tracker.store.archive import files
from tracker.store.archive import parts as catalogue
from tracker.store.archive.files import Address
from tracker.store.archive.parts import Part
from tracker.store.database import Link

if TYPE_CHECKING:
    from tracker.store.gains import Ints


def everything(link: Link) -> pl.DataFrame:
    """All posts of the workspace that have readings."""
    return link.frame("SELECT post_id FROM post_state", schema={"post": pl.Int64})


def most(link: Link, posts: Ints) -> bool:
    """Are these most posts of the workspace? Then to look at everything costs less than
    to ask for each. Rows are numbered nearly without gaps."""
    return 2 * len(posts) >= int(link.value("SELECT max(post_id) FROM post_state") or 0)


def holding(link: Link, archive: Address, posts: Ints) -> list[Part]:
    """Live parts that may hold readings of these posts, by home.

    Files of a folder are compared with their digests, because engines read some damage
    as other numbers. Raises StoreError ARCHIVE_MISSING, ARCHIVE_DAMAGED.
    """
    found = _holding(link, posts)
    if archive.folder is not None:
        for part in found:
            files.sound(archive, part)
    return found


def _holding(link: Link, posts: Ints) -> list[Part]:
    if not len(posts) or not catalogue.any_live(link):
        return []
    if most(link, posts):
        return catalogue.live(link)
    bulk.wanted(link, "wanted_homes", pl.DataFrame({"post": posts}))
    rows = link.all(
        "SELECT a.campaign_id, min(w.post), max(w.post) FROM wanted_homes w"
        " JOIN archived_post a ON a.post_id = w.post GROUP BY a.campaign_id"
    )
    ends = {home: (first, last) for home, first, last in rows}
    return [part for part in catalogue.live(link) if _may_hold(part, ends)]


def _may_hold(part: Part, ends: dict[int, tuple[int, int]]) -> bool:
    if part.campaign_id not in ends:
        return False
    first, last = ends[part.campaign_id]
    return part.first_post <= last and part.last_post >= first
