"""Readings in pieces of whole posts: what bounds memory and keeps time linear.

All readings of a post lie in the folder of one home, so homes never share a post: small
ones go together, large ones are cut by posts. Files hold ranges of posts, so a cut
skips files and row groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from tracker.store.archive.parts import Part
from tracker.store.engines.hot import NO_HOME, HotFile

FAR = 2**62


@dataclass(frozen=True, slots=True)
class Piece:
    """Files, the homes that lie in them, and the posts from first to last."""

    parts: tuple[Part, ...]
    homes: tuple[int, ...]
    first: int = -FAR
    last: int = FAR


def cut(parts: Sequence[Part], hot: Sequence[HotFile], rows: int) -> list[Piece]:
    """Pieces of about so many readings that together hold everything once.

    parts: by home. hot: by post.
    """
    return [*_archived(parts, rows), *_only_hot(hot, rows)]


def _archived(parts: Sequence[Part], rows: int) -> Iterator[Piece]:
    together: list[Part] = []
    for _, some in groupby(parts, lambda part: part.campaign_id):
        home = list(some)
        if _rows(together) + _rows(home) > rows and together:
            yield from _of_homes(together, rows)
            together = []
        together += home
    if together:
        yield from _of_homes(together, rows)


def _of_homes(parts: list[Part], rows: int) -> Iterator[Piece]:
    homes = tuple(sorted({part.campaign_id for part in parts}))
    ends = list(_ends(parts, rows))
    for first, last in zip(
        [-FAR, *(end + 1 for end in ends)], [*ends, FAR], strict=True
    ):
        some = [p for p in parts if p.first_post <= last and p.last_post >= first]
        yield Piece(tuple(some), homes, first, last)


def _ends(parts: Sequence[Part], rows: int) -> Iterator[int]:
    """Last posts of all pieces but the last one, of about as many readings each.

    Readings are taken to lie evenly over the posts of their file.
    """
    total = _rows(parts)
    count = -(-total // rows)
    events = sorted(change for part in parts for change in _rates(part))
    wanted, seen, rate, at = 1, 0.0, 0.0, events[0][0]
    for post, change in events:
        while wanted < count and seen + rate * (post - at) >= wanted * total / count:
            step = (wanted * total / count - seen) / rate
            yield int(at + step)
            wanted += 1
        seen, at, rate = seen + rate * (post - at), post, rate + change


def _rates(part: Part) -> tuple[tuple[int, float], tuple[int, float]]:
    rate = part.rows / (part.last_post - part.first_post + 1)
    return (part.first_post, rate), (part.last_post + 1, -rate)


def _rows(parts: Iterable[Part]) -> int:
    return sum(part.rows for part in parts)


def _only_hot(hot: Sequence[HotFile], rows: int) -> Iterator[Piece]:
    """Posts of which nothing is archived."""
    first, seen = -FAR, 0
    for file in hot:
        seen += file.unarchived
        if seen >= rows:
            yield Piece((), (NO_HOME,), first, file.last_post)
            first, seen = file.last_post + 1, 0
    if seen:
        yield Piece((), (NO_HOME,), first, FAR)
