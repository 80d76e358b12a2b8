"""Keeping readings: a payload is one transaction.

What is new of a post is later than all that was known of it, almost always. Such
readings are appended and their gains follow from the batch itself and the post's
last known values. Only posts with late, repeated or changed readings are merged
and recounted from the store. Both ways end in the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from tracker.model import METRICS, Tally
from tracker.store import bulk, partitions, series
from tracker.store.behind import Behind
from tracker.store.corrections import standing
from tracker.store.database import Link
from tracker.store.gains import Known, Series, contributions, steps
from tracker.store.merge import Merged, Rows, merge
from tracker.store.posts import Posts, Prepared
from tracker.store.sums import Sums

if TYPE_CHECKING:
    from tracker.store.gains import Ints


class Keeping:
    """One payload being kept, inside a writing transaction.

    To be used in a `with` block: new readings are written one batch behind.
    """

    def __init__(self, link: Link, zone: ZoneInfo, payload_id: int) -> None:
        self._link, self._payload = link, payload_id
        self._behind = Behind(here=link.dialect != "sqlite")
        self._posts = Posts(link)
        self._sums = Sums(link, zone)
        self._marks: dict[int, str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._behind.__exit__(*error)

    def take(self, prepared: Prepared) -> Tally:
        """Keep one batch; where its rows went."""
        rejects = prepared.batch.rejects
        self._reject(prepared)
        tally = Tally(
            rows=prepared.batch.rows,
            rejected=len(rejects),
            ignored=prepared.batch.ignored,
        )
        if not len(prepared.at):
            return tally
        slots = self._posts.slots(prepared.posts)
        self._describe(slots, prepared)
        rows, slot = self._ordered(prepared, slots)
        late = self._late(rows, slot)
        fresh = np.flatnonzero(~late)
        if len(fresh):
            self._append(rows.take(fresh), slot[fresh])
        merged = self._merge(prepared, slots, late, slot)
        return tally + Tally(
            stored=len(fresh) + merged.stored,
            unchanged=merged.unchanged,
            corrected=merged.corrected,
        )

    def finish(self) -> None:
        """Write what was collected: posts, their state, the sums."""
        self._behind.wait()
        self._posts.write()
        self._sums.write()
        partitions.describe(self._link)

    # -- posts ------------------------------------------------------------------

    def _describe(self, slots: Ints, prepared: Prepared) -> None:
        """Merge what is said of posts, and attribute those it concerns."""
        posts = self._posts
        altered = posts.describe(slots, prepared.posts)
        first = np.full(len(slots), np.iinfo(np.int64).max)
        np.minimum.at(first, prepared.whose, prepared.at)
        undated = posts.said["published_at"][slots].is_null().to_numpy()
        earlier = undated & (first < posts.first_at[slots])
        is_fresh = posts.is_new[slots] & (posts.last_at[slots] < -(2**61))
        concerned = slots[altered | earlier | is_fresh]
        posts.first_at[slots] = np.minimum(posts.first_at[slots], first)
        self._sums.know(posts.id[np.setdiff1d(slots, concerned)])
        if len(concerned):
            had = concerned[posts.last_at[concerned] > -(2**61)]
            if len(had):
                self._behind.wait()  # their readings may be read again
            self._sums.attribute(self._attributable(concerned), posts.id[had])

    def _attributable(self, slots: Ints) -> pl.DataFrame:
        """attribution.POSTS of some slots."""
        posts = self._posts
        said = posts.said[slots]
        return posts.platforms(slots).select(
            pl.Series("post", posts.id[slots]),
            "platform",
            said["handle"],
            said["published_at"]
            .fill_null(pl.Series(posts.first_at[slots]))
            .alias("at"),
            self._told(slots, said["caption"]),
            said["url"],
        )

    def _told(self, slots: Ints, captions: pl.Series) -> pl.Series:
        """Captions; of those that are kept no longer, what the post counts by."""
        if not captions.null_count():
            return captions
        if self._marks is None:
            sql = "SELECT id, marks FROM post WHERE marks IS NOT NULL"
            self._marks = dict(self._link.all(sql))
        if not self._marks:
            return captions
        kept = [self._marks.get(int(post)) for post in self._posts.id[slots]]
        return captions.fill_null(pl.Series(kept, dtype=pl.String))

    # -- readings ---------------------------------------------------------------

    def _ordered(self, prepared: Prepared, slots: Ints) -> tuple[Rows, Ints]:
        """Rows by post and instant, with their slots."""
        slot = slots[prepared.whose]
        post = self._posts.id[slot]
        order = np.lexsort((prepared.at, post))
        rows = Rows(
            post[order],
            prepared.at[order],
            prepared.line[order],
            np.full(len(order), self._payload),
            prepared.values[order],
        )
        return rows, slot[order]

    def _late(self, rows: Rows, slot: Ints) -> Ints:
        """Marks of all rows of posts with any reading that is not new and later."""
        again = np.zeros(len(rows), bool)
        again[1:] = (rows.post[1:] == rows.post[:-1]) & (rows.at[1:] == rows.at[:-1])
        again |= rows.at <= self._posts.last_at[slot]
        late = np.zeros(len(self._posts), bool)
        late[slot[again]] = True
        return late[slot]

    def _append(self, rows: Rows, slot: Ints) -> None:
        """Readings later than all that was known of their posts."""
        posts = self._posts
        self._behind.do(
            bulk.readings,
            self._link,
            self._payload,
            rows.post,
            rows.at,
            rows.line,
            rows.values,
        )
        fresh = Series(rows.post, rows.at, rows.values)
        starts = fresh.starts
        whose = slot[starts]
        self._sums.touch(rows.post[starts])
        before = Known(posts.known.values[whose], posts.known.at[whose])
        made = steps(fresh, before)
        first = np.zeros(len(rows), np.int64)
        first[starts] = posts.last_at[whose] < -(2**61)
        self._sums.gained(contributions(fresh, made, first))
        posts.known.values[whose] = made.last.values
        posts.known.at[whose] = made.last.at
        posts.last_at[whose] = rows.at[fresh.ends(starts)]

    def _merge(self, prepared: Prepared, slots: Ints, late: Ints, slot: Ints) -> Merged:
        """Late, repeated or changed readings, in the order of the payload."""
        touched = np.zeros(len(self._posts), bool)
        touched[slot[late]] = True
        in_file = slots[prepared.whose]
        which = np.flatnonzero(touched[in_file])
        which = which[np.argsort(prepared.line[which], kind="stable")]
        new = Rows(
            self._posts.id[in_file[which]],
            prepared.at[which],
            prepared.line[which],
            np.full(len(which), self._payload),
            prepared.values[which],
        )
        if not len(new):
            return merge(new, new)
        self._behind.wait()
        new = standing(self._link, new)
        merged = merge(series.same_identity(self._link, new), new)
        self._keep_smaller(merged)
        changed = np.union1d(merged.added.post, merged.replaced.post)
        self._sums.touch(np.union1d(changed, merged.beaten.post))
        if len(changed):
            self._recount(changed, merged)
        return merged

    def _recount(self, changed: Ints, merged: Merged) -> None:
        """Write merged readings; posts are recounted in pieces of bounded size."""
        for old in self._pieces(changed, merged):
            posts = np.unique(old)
            before = series.of(self._link, posts)
            self._write(merged, posts)
            after = series.of(self._link, posts)
            self._sums.recounted(before, after)
            self._posts.learn(after)

    def _pieces(self, changed: Ints, merged: Merged) -> Iterable[Ints]:
        several = max(1, len(changed) * 60 // series.AT_ONCE)
        return np.array_split(changed, several)

    def _write(self, merged: Merged, posts: Ints) -> None:
        def here(rows: Rows) -> Rows:
            return rows.take(np.flatnonzero(np.isin(rows.post, posts)))

        added, past = here(merged.added), here(merged.past)
        bulk.readings(
            self._link, self._payload, added.post, added.at, added.line, added.values
        )
        bulk.insert(
            self._link,
            "reading_past",
            _frame(past).with_columns(replaced_by=pl.lit(self._payload)),
            keys=["post_id", "captured_at", "replaced_by"],
            conflict="ignore",  # what stood before this payload is kept once
        )
        replaced = here(merged.replaced)
        partitions.ensure(self._link, replaced.at)
        bulk.insert(
            self._link,
            "reading",
            _frame(replaced),
            keys=["post_id", "captured_at"],
            conflict="replace",
        )

    def _keep_smaller(self, merged: Merged) -> None:
        beaten, number = merged.beaten, merged.beaten_metric
        if not len(beaten):
            return
        frame = pl.DataFrame(
            {
                "post_id": beaten.post,
                "captured_at": beaten.at,
                "metric": np.array(METRICS)[number],
                "value": beaten.values[np.arange(len(beaten)), number],
                "payload_id": beaten.payload,
                "line": beaten.line,
            }
        )
        key = ["post_id", "captured_at", "metric", "value"]
        bulk.insert(
            self._link,
            "disagreement",
            frame.unique(key, keep="first", maintain_order=True).sort(key),
            keys=key,
            conflict="ignore",
        )

    def _reject(self, prepared: Prepared) -> None:
        rejects = prepared.batch.rejects
        if not rejects:
            return
        frame = pl.DataFrame(
            [(r.line, r.column, r.code, r.reason, r.raw) for r in rejects],
            schema=["line", "column", "code", "reason", "raw"],
            orient="row",
        ).with_columns(payload_id=pl.lit(self._payload), state=pl.lit("open"))
        bulk.insert(self._link, "reject", frame)


def _frame(rows: Rows) -> pl.DataFrame:
    """Rows as the table has them."""
    return pl.DataFrame(
        {
            "post_id": rows.post,
            "captured_at": rows.at,
            **{
                metric: bulk.unknown_null(rows.values[:, n])
                for n, metric in enumerate(METRICS)
            },
            "payload_id": rows.payload,
            "line": rows.line,
        }
    )
