"""Where two answers of the same question differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, NamedTuple

from tracker.store.totals import Row, Totals


class Difference(NamedTuple):
    """key: of the row, {} for the whole. what: "posts", "row", "left_out" or
    metric.figure. summed: what the engine says; kept: what `totals` says."""

    key: dict[str, Any]
    what: str
    summed: Any
    kept: Any

    def __str__(self) -> str:
        row = ", ".join(f"{name} {value}" for name, value in self.key.items())
        return f"{row + ': ' if row else ''}{self.what} {self.summed}, not {self.kept}"


def differences(summed: Totals, kept: Totals) -> list[Difference]:
    """All that differs; nothing where both say the same in the same order."""
    found = [*_rows(_by_key(summed), _by_key(kept))]
    for name in ("campaign", "as_of", "timezone", "left_out", "shared"):
        found += _unlike({}, name, getattr(summed, name), getattr(kept, name))
    if not found and summed != kept:
        found.append(Difference({}, "order of rows", "other", "the same"))
    return found


def _by_key(totals: Totals) -> dict[tuple[Any, ...], Row]:
    return {tuple(row.key.values()): row for row in totals.rows}


def _rows(
    summed: dict[tuple[Any, ...], Row], kept: dict[tuple[Any, ...], Row]
) -> Iterator[Difference]:
    for key in dict.fromkeys((*kept, *summed)):
        if key in kept and key in summed:
            yield from _row(summed[key], kept[key])
        else:
            row = summed.get(key) or kept[key]
            there = ("there", "missing")
            yield Difference(row.key, "row", *there[:: 1 if key in summed else -1])


def _row(summed: Row, kept: Row) -> Iterator[Difference]:
    yield from _unlike(kept.key, "posts", summed.posts, kept.posts)
    for metric, total in kept.metrics.items():
        said = asdict(summed.metrics[metric])
        for name, value in asdict(total).items():
            yield from _unlike(kept.key, f"{metric}.{name}", said[name], value)


def _unlike(key: dict[str, Any], what: str, summed: Any, kept: Any) -> list[Difference]:
    return [] if summed == kept else [Difference(key, what, summed, kept)]
