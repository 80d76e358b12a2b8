"""Followers of the accounts of posts, on the day of each post.

The last known on or before that day, else the first after it, else those of the
ambassador file: one rule for rates of KPIs and for classes of accounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from tracker.model import handle_key
from tracker.store.database import Link

FAR = 2**62
#: The largest that any source says of an account and day; merged by maximum.
AUDIENCE = (
    "SELECT u.platform, u.handle, u.day, max(u.value) FROM audience u"
    " JOIN payload y ON y.id = u.payload_id"
    " WHERE u.metric = 'followers' AND y.recorded_at <= ? AND u.day <= ?"
    " GROUP BY u.platform, u.handle, u.day"
)
FILE = (
    "SELECT m.slug, h.platform, h.key, max(h.followers) FROM handle h"
    " JOIN ambassador m ON m.id = h.ambassador_id GROUP BY m.slug, h.platform, h.key"
)
TOLD: dict[str, Any] = {
    **dict.fromkeys(("platform", "handle", "date"), pl.String),
    "told": pl.Int64,
}
THEIRS: dict[str, Any] = {
    **dict.fromkeys(("ambassador", "platform", "key"), pl.String),
    "in_file": pl.Int64,
}


@dataclass(frozen=True)
class Accounts:
    """told: platform, key, day (days since 1970), told; ordered by day. theirs: of the
    ambassador file, as THEIRS says."""

    told: pl.DataFrame
    theirs: pl.DataFrame

    def followed(self, posts: pl.DataFrame) -> pl.DataFrame:
        """Posts (platform, handle, ambassador, day, and whatever else) with
        `followers`, null unknown; ordered by day."""
        order, account = self._keyed(posts).sort("day"), ["platform", "key"]
        later = order.join_asof(
            self.told, on="day", by=account, strategy="forward", check_sortedness=False
        )
        return (
            order.join_asof(self.told, on="day", by=account, check_sortedness=False)
            .with_columns(later["told"].alias("later"))
            .join(self.theirs, on=["ambassador", "platform", "key"], how="left")
            .with_columns(followers=pl.coalesce("told", "later", "in_file"))
            .drop("told", "later", "in_file", "key")
        )

    def _keyed(self, posts: pl.DataFrame) -> pl.DataFrame:
        """With `key`, what accounts are compared by. A post that does not say its
        account is of the only one that its ambassador has on the platform."""
        names = posts["handle"].drop_nulls().unique()
        keys = pl.DataFrame(
            {"handle": names, "key": [handle_key(name) for name in names]},
            schema={"handle": pl.String, "key": pl.String},
        )
        only = (
            self.theirs.group_by("ambassador", "platform")
            .agg(pl.col("key").first().alias("only"), pl.len())
            .filter(pl.col("len") == 1)
            .drop("len")
        )
        return (
            posts.join(keys, on="handle", how="left")
            .join(only, on=["ambassador", "platform"], how="left")
            .with_columns(key=pl.coalesce("key", "only"))
            .drop("only")
        )


def accounts(
    link: Link, *, known: int | None = None, last: date | None = None
) -> Accounts:
    """What is known of accounts. known: as of an instant; last: until a day."""
    until = "9999-12-31" if last is None else last.isoformat()
    found = link.frame(AUDIENCE, (FAR if known is None else known, until), TOLD)
    keys = {name: handle_key(name) for name in found["handle"].unique()}
    key = pl.col("handle").replace_strict(keys, default=None, return_dtype=pl.String)
    day = pl.col("date").str.to_date(strict=False).cast(pl.Int32).cast(pl.Int64)
    told = (
        found.with_columns(key=key, day=day)
        .drop_nulls("day")
        .group_by("platform", "key", "day")
        .agg(pl.col("told").max())
        .sort("day")
    )
    return Accounts(told, link.frame(FILE, schema=THEIRS))
