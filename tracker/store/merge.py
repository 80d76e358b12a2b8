"""Merging readings of one post and instant: a maximum, metric by metric. Pure.

Known beats unknown, larger beats smaller, and order does not matter. A smaller
known value is not lost: it is a disagreement, to be shown and not believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tracker.store.gains import Ints


@dataclass(frozen=True, slots=True)
class Rows:
    """Readings in any order: n posts, instants, lines, payloads; n x metrics."""

    post: Ints
    at: Ints
    line: Ints
    payload: Ints
    values: Ints

    def take(self, which: Ints) -> Rows:
        return Rows(
            self.post[which],
            self.at[which],
            self.line[which],
            self.payload[which],
            self.values[which],
        )

    def __len__(self) -> int:
        return len(self.post)


@dataclass(frozen=True, slots=True)
class Merged:
    """What becomes of new rows beside the stored ones.

    added: identities that were not there; replaced: new values of those that
    changed; past: what these were; smaller: rows (with one metric each) whose
    value was not believed, as (row of Rows `beaten`, metric number).
    """

    added: Rows
    replaced: Rows
    past: Rows
    beaten: Rows
    beaten_metric: Ints
    stored: int
    unchanged: int
    corrected: int


def merge(stored: Rows, new: Rows) -> Merged:
    """Merge new rows, in the order of their payload, into the stored ones of the
    same identities."""
    rows = _both(stored, new)
    is_new = np.r_[np.zeros(len(stored), bool), np.ones(len(new), bool)]
    order = np.lexsort((np.arange(len(rows)), rows.at, rows.post))
    rows, is_new = rows.take(order), is_new[order]
    same = (rows.post[1:] == rows.post[:-1]) & (rows.at[1:] == rows.at[:-1])
    opens = np.flatnonzero(np.r_[True, ~same]) if len(rows) else np.empty(0, np.int64)
    sizes = np.diff(np.r_[opens, len(rows)])
    place = np.arange(len(rows)) - np.repeat(opens, sizes)
    largest = _running_maximum(rows.values, place)

    before = largest[np.arange(len(rows)) - 1]
    changes = is_new & ((place == 0) | (largest != before).any(axis=1))
    first_new = is_new & (place == 0)
    closes = opens + sizes - 1
    # the last row that changed an identity says where its value came from
    decisive = np.maximum.accumulate(
        np.where(changes | (place == 0), np.arange(len(rows)), 0)
    )
    result = rows.take(decisive[closes])
    result = Rows(result.post, result.at, result.line, result.payload, largest[closes])
    was_stored = ~is_new[opens]
    touched = np.add.reduceat(changes, opens) > 0 if len(opens) else np.empty(0, bool)

    final = np.repeat(largest[closes], sizes, axis=0)
    beaten_row, beaten_metric = np.nonzero((rows.values >= 0) & (rows.values < final))
    return Merged(
        added=result.take(np.flatnonzero(~was_stored)),
        replaced=result.take(np.flatnonzero(was_stored & touched)),
        past=rows.take(opens[was_stored & touched]),
        beaten=rows.take(beaten_row),
        beaten_metric=beaten_metric,
        stored=int(first_new.sum()),
        unchanged=int((is_new & ~changes).sum()),
        corrected=int((changes & ~first_new).sum()),
    )


def _both(a: Rows, b: Rows) -> Rows:
    return Rows(
        np.r_[a.post, b.post],
        np.r_[a.at, b.at],
        np.r_[a.line, b.line],
        np.r_[a.payload, b.payload],
        np.concatenate([a.values, b.values]),
    )


def _running_maximum(values: Ints, place: Ints) -> Ints:
    """Largest value so far within each identity; place counts from its first row."""
    largest = values.copy()
    by_place = np.argsort(place, kind="stable")
    counts = np.bincount(place) if len(place) else np.empty(0, np.int64)
    at = int(counts[0]) if len(counts) else 0
    for count in counts[1:]:
        rows = by_place[at : at + count]
        largest[rows] = np.maximum(values[rows], largest[rows - 1])
        at += int(count)
    return largest
