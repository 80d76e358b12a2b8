"""Work one piece ahead: the next batch is parsed while this one is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def ahead(pieces: Iterable[T], work: Callable[[T], R]) -> Iterator[R]:
    """`map(work, pieces)`, one piece ahead, in a thread of its own.

    An exception comes out where its piece would have. No more than two pieces are
    in memory at once.
    """
    source = iter(pieces)
    done = object()

    def step() -> R | object:
        try:
            piece = next(source)
        except StopIteration:
            return done
        return work(piece)

    with ThreadPoolExecutor(1, "parse") as pool:
        coming = pool.submit(step)
        while (found := coming.result()) is not done:
            coming = pool.submit(step)
            yield found  # type: ignore[misc]
