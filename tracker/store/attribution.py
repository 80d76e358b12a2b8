"""Which campaign a post counts for, and whose it is: derived, never entered.

It follows from the post's handle, the ambassador's handles and enrolments on the
post's day, and the campaign's rules; so a corrected roster corrects old figures.
Campaign 0 is the workspace: every post counts there, for the ambassador whose
handle it was, or for nobody known (ambassador 0).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from tracker.marks import pattern
from tracker.model import day_number, handle_key
from tracker.store.database import Link
from tracker.store.gains import days

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Far before and after any day.
ALWAYS, FOREVER = -(10**6), 10**6

POSTS = {
    "post": pl.Int64,
    "platform": pl.String,
    "handle": pl.String,
    "at": pl.Int64,
    "caption": pl.String,
    "url": pl.String,
}
RESULT = {
    "post": pl.Int64,
    "campaign_id": pl.Int64,
    "ambassador_id": pl.Int64,
    "platform": pl.String,
}


@dataclass(frozen=True)
class Rules:
    """The roster as far as attribution needs it.

    zones: campaign id to its zone, 0 the workspace's. handles: platform, key,
    ambassador_id, since, until (day numbers). enrolments: campaign_id,
    ambassador_id, starts, ends (the campaign's own days already applied).
    patterns: campaign id to a regular expression over caption and url.
    """

    zones: Mapping[int, ZoneInfo]
    handles: pl.DataFrame
    enrolments: pl.DataFrame
    patterns: Mapping[int, str]


def rules(link: Link, zone: ZoneInfo) -> Rules:
    """Read the roster."""
    handles = link.all(
        "SELECT platform, key, ambassador_id, since, until FROM handle"
        " ORDER BY platform, key, ambassador_id, id"
    )
    campaigns = link.all(
        "SELECT id, timezone, starts, ends, rules FROM campaign ORDER BY id"
    )
    enrolments = link.all(
        "SELECT campaign_id, ambassador_id, starts, ends FROM enrolment ORDER BY id"
    )
    periods = {c: (starts, ends) for c, _, starts, ends, _ in campaigns}
    texts = {c: pattern(json.loads(match)) for c, *_, match in campaigns}
    return Rules(
        zones={0: zone} | {c: ZoneInfo(name) for c, name, *_ in campaigns},
        handles=pl.DataFrame(
            [(p, k, a, *_span(since, until)) for p, k, a, since, until in handles],
            schema=["platform", "key", "ambassador_id", "since", "until"],
            schema_overrides={
                "platform": pl.String,
                "key": pl.String,
                "ambassador_id": pl.Int64,
                "since": pl.Int64,
                "until": pl.Int64,
            },
            orient="row",
        ),
        enrolments=pl.DataFrame(
            [
                (c, a, *_within(_span(starts, ends), _span(*periods[c])))
                for c, a, starts, ends in enrolments
                if c in periods
            ],
            schema={
                "campaign_id": pl.Int64,
                "ambassador_id": pl.Int64,
                "starts": pl.Int64,
                "ends": pl.Int64,
            },
            orient="row",
        ),
        patterns={c: text for c, text in texts.items() if text},
    )


def _span(first: str | None, last: str | None) -> tuple[int, int]:
    return (
        day_number(date.fromisoformat(first)) if first else ALWAYS,
        day_number(date.fromisoformat(last)) if last else FOREVER,
    )


def _within(span: tuple[int, int], limit: tuple[int, int]) -> tuple[int, int]:
    return max(span[0], limit[0]), min(span[1], limit[1])


def derive(posts: pl.DataFrame, known: Rules) -> pl.DataFrame:
    """Attribute posts. Takes the columns of POSTS (`at`: publication, or the first
    reading where that is unknown), gives those of RESULT, one row a post and
    campaign."""
    owned = _owners(posts, known)
    workspace = (
        posts.select("post", "platform")
        .join(owned.select("post", "ambassador_id"), on="post", how="left")
        .select(
            "post",
            pl.lit(0, pl.Int64).alias("campaign_id"),
            pl.col("ambassador_id").fill_null(0),
            "platform",
        )
    )
    counted = [_counted(owned, zone, known) for zone in _zones(known)]
    everywhere = workspace.cast(RESULT)  # type: ignore[arg-type]
    return pl.concat([everywhere, *counted]).sort("post", "campaign_id")


def _zones(known: Rules) -> dict[str, ZoneInfo]:
    """Those of campaigns that somebody is enrolled in, by name."""
    enrolled = known.enrolments["campaign_id"].unique().sort()
    return {known.zones[number].key: known.zones[number] for number in enrolled}


def _owners(posts: pl.DataFrame, known: Rules) -> pl.DataFrame:
    """Posts of known handles, with their ambassador."""
    keys = {h: handle_key(h) for h in posts["handle"].drop_nulls().unique()}
    local = days(posts["at"].to_numpy(), known.zones[0])
    return (
        posts.with_columns(
            key=pl.col("handle").replace_strict(keys, return_dtype=pl.String),
            day=pl.Series(local),
        )
        .join(known.handles, on=["platform", "key"])
        .filter(pl.col("day").is_between(pl.col("since"), pl.col("until")))
        .unique("post", keep="first", maintain_order=True)
    )


def _counted(owned: pl.DataFrame, key: str, known: Rules) -> pl.DataFrame:
    """The posts that count for the campaigns of one zone: all of these at once, so
    that a thousand campaigns cost what their posts do."""
    mine = [number for number, zone in known.zones.items() if zone.key == key]
    enrolled = known.enrolments.filter(pl.col("campaign_id").is_in(mine))
    local = days(owned["at"].to_numpy(), ZoneInfo(key))
    inside = (
        owned.select("post", "platform", "ambassador_id")
        .with_columns(day=pl.Series(local, dtype=pl.Int64))
        .join(enrolled, on="ambassador_id")
        .filter(pl.col("day").is_between(pl.col("starts"), pl.col("ends")))
        .select(*RESULT)
        .unique(["post", "campaign_id"], keep="first", maintain_order=True)
    )
    return _marked(inside, owned, known).cast(RESULT)  # type: ignore[arg-type]


def _marked(inside: pl.DataFrame, owned: pl.DataFrame, known: Rules) -> pl.DataFrame:
    """Those that carry what their campaign asks for."""
    asks = pl.col("campaign_id").is_in(list(known.patterns))
    asked = inside.filter(asks)
    if asked.is_empty():
        return inside
    text = pl.concat_str(
        pl.col("caption").fill_null(""), pl.col("url").fill_null(""), separator="\n"
    )
    texts = asked.join(owned.select("post", text=text), on="post")
    parts = [
        part.filter(pl.col("text").str.contains(known.patterns[int(number)]))
        for (number,), part in texts.partition_by("campaign_id", as_dict=True).items()
    ]
    return pl.concat([inside.filter(~asks), *(part.drop("text") for part in parts)])


def refresh(link: Link, zone: ZoneInfo) -> None:
    """After a change of the roster: attribute all posts again, and move their sums,
    in this transaction."""
    from tracker.store.refresh import refresh as again

    again(link, zone)
