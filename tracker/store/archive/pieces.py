"""A month of a home, cut into pieces that become a file each: whole posts, in order.

Files of one month and home never share a post, so an identity stands in one file only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tracker.store.archive import hot, parts
from tracker.store.archive.files import ROWS
from tracker.store.archive.hot import Span
from tracker.store.archive.parts import Part
from tracker.store.database import Link

if TYPE_CHECKING:
    from tracker.store.gains import Ints


@dataclass(frozen=True, slots=True)
class Piece:
    """Readings to be moved: those in the database, and those of a file that they
    change or that has room for more."""

    span: Span
    old: Part | None = None


def pieces(link: Link, campaign_id: int, month: str) -> list[Piece]:
    """All that is to be done for a month and home; pieces without any reading in the
    database are left out."""
    span = Span(campaign_id, month)
    counts = hot.counts(link, span)
    found, begin = [], hot.FIRST
    for old, last in _reaches(parts.live(link, campaign_id=campaign_id, month=month)):
        if len(_within(counts, begin, last)):
            found.append(Piece(replace(span, first=begin, last=last), old))
        begin = last + 1
    rest = _within(counts, begin, hot.LAST)
    return found + [Piece(one) for one in cut(replace(span, first=begin), rest)]


def _reaches(live: list[Part]) -> list[tuple[Part, int]]:
    """Files and the last post that each may hold: the last one takes more posts until
    it is half full."""
    found = [(part, part.last_post) for part in live]
    if live and live[-1].rows < ROWS // 2:
        found[-1] = (live[-1], hot.LAST)
    return found


def cut(span: Span, counts: Ints, size: int | None = None) -> list[Span]:
    """Parts of a span with about so many readings each (default: of a file); counts:
    posts in order, and how many readings each has."""
    if not len(counts):
        return []
    before = np.cumsum(counts[:, 1]) - counts[:, 1]
    number = before // (size or ROWS)
    begins = np.flatnonzero(np.r_[True, number[1:] != number[:-1]])
    firsts = [span.first, *(int(post) for post in counts[begins[1:], 0])]
    lasts = [*(first - 1 for first in firsts[1:]), span.last]
    return [replace(span, first=a, last=b) for a, b in zip(firsts, lasts, strict=True)]


def _within(counts: Ints, first: int, last: int) -> Ints:
    post = counts[:, 0]
    return counts[(post >= first) & (post <= last)]
