"""Posts of one transaction: who they are, what is said of them, what is known.

Each post that a payload names gets a slot; arrays by slot hold what an increment
needs, so that the database is asked once a post and written once a post.

What is said of a post (handle, url, ...) follows the reading that says it and was
captured last; of two said at the same instant the greater text stands. So the
order in which payloads arrive does not matter here either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from tracker.model import ATTRIBUTES, METRICS
from tracker.store import bulk
from tracker.store.database import Link
from tracker.store.gains import UNKNOWN, Known, steps

if TYPE_CHECKING:
    from tracker.sources.base import Batch
    from tracker.store.gains import Ints, Series

#: Posts whose state is written at once.
AT_ONCE = 20_000
#: Before any instant.
NEVER = -(2**62)
TYPES = {name: pl.Int64 if name == "published_at" else pl.String for name in ATTRIBUTES}
STATE = (
    "first_at",
    "last_at",
    *(f"{name}_at" for name in ATTRIBUTES),
    *METRICS,
    *(f"{metric}_at" for metric in METRICS),
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch, ready to be kept; made without the database.

    posts: one row a post in order of appearance: platform, external_id, and each
    attribute with {attribute}_at, the instant it was said at. whose: the number
    of each row's post in it.
    """

    posts: pl.DataFrame
    whose: Ints
    at: Ints
    line: Ints
    values: Ints
    batch: Batch


def prepare(batch: Batch) -> Prepared:
    """Reduce a batch to its posts and its numbers."""
    frame = batch.frame
    at = frame["captured_at"].to_numpy()
    said, whose = _sayings(batch)
    told_at = np.full(len(said), NEVER)
    np.maximum.at(told_at, whose, at)
    said = said.with_columns(captured_at=pl.Series(told_at))
    key = ["platform", "post_id"]
    posts = said.select(key).unique(maintain_order=True).with_row_index("n")
    if len(posts) < len(said):  # something different is said of one post
        number = said.select(key).join(
            posts, on=key, how="left", maintain_order="left"
        )["n"]
        said = said.with_columns(n=number)
        whose = number.to_numpy()[whose]
        for name in ATTRIBUTES:
            latest = _latest(said, name)
            posts = posts.join(latest, on="n", how="left", maintain_order="left")
    else:
        posts = said.with_columns(
            pl.when(pl.col(name).is_not_null()).then("captured_at").alias(f"{name}_at")
            for name in ATTRIBUTES
        )
    return Prepared(
        posts.rename({"post_id": "external_id"}),
        whose.astype(np.int64),
        at,
        frame["line"].to_numpy(),
        frame.select(pl.col(METRICS).fill_null(UNKNOWN)).to_numpy(),
        batch,
    )


def _sayings(batch: Batch) -> tuple[pl.DataFrame, Ints]:
    """What is said of posts, and the number of each row's saying."""
    columns = ["platform", "post_id", *ATTRIBUTES]
    if batch.posts is not None and batch.whose is not None:
        return batch.posts.select(columns), batch.whose
    rows = batch.frame.select(columns)
    said = rows.unique(maintain_order=True).with_row_index("n")
    numbers = rows.join(
        said, on=columns, how="left", nulls_equal=True, maintain_order="left"
    )
    return said.drop("n"), numbers["n"].to_numpy().astype(np.int64)


def _latest(said: pl.DataFrame, name: str) -> pl.DataFrame:
    """What was said last of each post, and when."""
    return (
        said.select("n", name, "captured_at")
        .drop_nulls(name)
        .sort("n", "captured_at", name)
        .unique("n", keep="last", maintain_order=True)
        .rename({"captured_at": f"{name}_at"})
    )


class Posts:
    """The posts seen so far in this transaction."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._next = 1 + (link.value("SELECT max(id) FROM post") or 0)
        self._index = pl.DataFrame(
            schema={"platform": pl.String, "external_id": pl.String, "slot": pl.Int64}
        )
        self.said = pl.DataFrame(schema={"slot": pl.Int64, **TYPES})
        self.id = np.empty(0, np.int64)
        self.is_new = np.empty(0, bool)
        self.changed = np.empty(0, bool)  # what is said of it
        self.first_at = np.empty(0, np.int64)
        self.last_at = np.empty(0, np.int64)
        self.said_at = np.empty((0, len(ATTRIBUTES)), np.int64)
        self.known = Known.nothing(0)

    def __len__(self) -> int:
        return len(self.id)

    def slots(self, posts: pl.DataFrame) -> Ints:
        """The slots of these posts; loads or makes those not seen before."""
        key = ["platform", "external_id"]
        keys = posts.select(key)
        unseen = keys.join(self._index, on=key, how="anti", maintain_order="left")
        if len(unseen):
            self._load(unseen)
        found = keys.join(self._index, on=key, how="left", maintain_order="left")
        return found["slot"].to_numpy().astype(np.int64)

    def platforms(self, slots: Ints) -> pl.DataFrame:
        return self._index[slots].select("platform")

    def _load(self, unseen: pl.DataFrame) -> None:
        bulk.wanted(self._link, "wanted_posts", unseen)
        columns = ", ".join(f"p.{name}" for name in ATTRIBUTES)
        state = ", ".join(
            f"coalesce(s.{name}, {NEVER if name.endswith('_at') else UNKNOWN})"
            for name in STATE
        )
        schema = {"platform": pl.String, "external_id": pl.String, "id": pl.Int64}
        stored = self._link.frame(
            f"SELECT p.platform, p.external_id, p.id, {columns}, {state}"
            " FROM wanted_posts w JOIN post p ON p.platform = w.platform"
            " AND p.external_id = w.external_id"
            " LEFT JOIN post_state s ON s.post_id = p.id",
            schema=schema | TYPES | dict.fromkeys(_prefixed(STATE), pl.Int64),
        )
        key = ["platform", "external_id"]
        rows = unseen.join(stored, on=key, how="left", maintain_order="left")
        slots = np.arange(len(self), len(self) + len(rows))
        is_new = rows["id"].is_null().to_numpy()
        ids = rows["id"].fill_null(0).to_numpy().copy()
        ids[is_new] = self._next + np.arange(is_new.sum())
        self._next += int(is_new.sum())
        self._grow(rows, slots, ids, is_new)

    def _grow(self, rows: pl.DataFrame, slots: Ints, ids: Ints, is_new: Ints) -> None:
        numbered = rows.with_columns(slot=pl.Series(slots))
        self._index = pl.concat(
            [self._index, numbered.select("platform", "external_id", "slot")]
        )
        self.said = pl.concat([self.said, numbered.select("slot", *ATTRIBUTES)])
        self.id = np.r_[self.id, ids]
        self.is_new = np.r_[self.is_new, is_new]
        self.changed = np.r_[self.changed, is_new]
        state = rows.select(
            pl.col(f"state_{name}").fill_null(
                NEVER if name.endswith("_at") else UNKNOWN
            )
            for name in STATE
        ).to_numpy()
        first, many = state[:, 0], 2 + len(ATTRIBUTES)
        self.first_at = np.r_[self.first_at, np.where(first == NEVER, -NEVER, first)]
        self.last_at = np.r_[self.last_at, state[:, 1]]
        self.said_at = np.concatenate([self.said_at, state[:, 2:many]])
        values, at = (
            state[:, many : many + len(METRICS)],
            state[:, many + len(METRICS) :],
        )
        self.known = Known(
            np.concatenate([self.known.values, values]),
            np.concatenate([self.known.at, at]),
        )

    def describe(self, slots: Ints, posts: pl.DataFrame) -> Ints:
        """Merge what a batch says of posts; marks of those now described otherwise."""
        held = {f"held_{n}": self.said_at[slots, i] for i, n in enumerate(ATTRIBUTES)}
        have = self.said[slots].rename({name: f"had_{name}" for name in ATTRIBUTES})
        both = posts.hstack(have).with_columns(
            pl.Series(name, at) for name, at in held.items()
        )
        merged = both.select(
            "slot",
            *(
                pl.when(_wins(n)).then(n).otherwise(f"had_{n}").alias(n)
                for n in ATTRIBUTES
            ),
            altered=pl.any_horizontal(
                _wins(n) & pl.col(n).ne_missing(pl.col(f"had_{n}")) for n in ATTRIBUTES
            ),
        )
        told_at = both.select(
            pl.col(f"{n}_at").fill_null(NEVER) for n in ATTRIBUTES
        ).to_numpy()
        self.said_at[slots] = np.maximum(self.said_at[slots], told_at)
        altered = merged["altered"].to_numpy()
        if altered.any():
            which = np.flatnonzero(altered)
            self.said = _overlaid(self.said, slots[which], merged[which])
            self.changed[slots[which]] = True
        return altered

    def learn(self, after: Series) -> None:
        """Last known values of posts whose readings were recounted."""
        starts = after.starts
        slot_of = pl.DataFrame({"id": self.id}).with_row_index("slot")
        found = pl.DataFrame({"id": after.post[starts]}).join(
            slot_of, on="id", how="left", maintain_order="left"
        )
        whose = found["slot"].to_numpy().astype(np.int64)
        last = steps(after).last
        self.known.values[whose] = last.values
        self.known.at[whose] = np.where(last.values < 0, NEVER, last.at)
        self.first_at[whose] = after.at[starts]
        self.last_at[whose] = after.at[after.ends(starts)]

    def write(self) -> None:
        """Write all posts of this transaction."""
        rows = self._index.with_columns(id=pl.Series(self.id)).join(
            self.said, on="slot", how="left", maintain_order="left"
        )
        names = ["id", "platform", "external_id", *ATTRIBUTES]
        bulk.insert(
            self._link, "post", rows.filter(pl.Series(self.is_new)).select(names)
        )
        redone = rows.filter(pl.Series(self.changed & ~self.is_new)).select(names)
        bulk.insert(self._link, "post", redone, keys=["id"], conflict="replace")
        for start in range(0, len(self), AT_ONCE):
            self._write_state(slice(start, start + AT_ONCE))

    def _write_state(self, part: slice) -> None:
        columns = np.column_stack(
            [
                self.first_at[part],
                self.last_at[part],
                self.said_at[part],
                self.known.values[part],
                self.known.at[part],
            ]
        )
        bulk.insert(
            self._link,
            "post_state",
            _nulled(columns).insert_column(0, pl.Series("post_id", self.id[part])),
            keys=["post_id"],
            conflict="replace",
        )


def _wins(name: str) -> pl.Expr:
    """Was this said later than what was held, or as late and is it greater?"""
    told, held = pl.col(f"{name}_at"), pl.col(f"held_{name}")
    greater = (pl.col(name) > pl.col(f"had_{name}")).fill_null(False)
    return ((told > held) | ((told == held) & greater)).fill_null(False)


def _prefixed(names: tuple[str, ...]) -> list[str]:
    return [f"state_{name}" for name in names]


def _nulled(columns: Ints) -> pl.DataFrame:
    """STATE of some posts; NEVER and UNKNOWN become null, instants before 1970 stay."""
    every = pl.all()
    unsaid = (every == NEVER) | (every == UNKNOWN)
    frame = pl.from_numpy(columns, schema=list(STATE), orient="row")
    return frame.select(pl.when(unsaid).then(None).otherwise(every).name.keep())


def _overlaid(said: pl.DataFrame, slots: Ints, rows: pl.DataFrame) -> pl.DataFrame:
    """Replace the rows of some slots; said[n] is the row of slot n."""
    place = np.arange(len(said))
    place[slots] = len(said) + np.arange(len(slots))
    return pl.concat([said, rows.select(said.columns)])[place]
