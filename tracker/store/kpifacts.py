"""What KPIs are made of: a campaign's posts with their last known values, the
followers of the day each was published on, and how its figures came to be.

Few queries, whatever the number of posts; answers are frames.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from tracker.model import METRICS, Campaign, local_day
from tracker.store import bulk, followers, missions, postrows, rows, series
from tracker.store.archive.gather import (
    KEY,
    Wish,
    gather,
    newest,
    numbers,
    of_campaign,
)
from tracker.store.database import Database, Link
from tracker.store.figures import Figures
from tracker.store.gains import days
from tracker.store.postrows import whole

#: Of each post, besides its last known values (COLUMNS of store/postrows). The posts
#: that are read have, in place of handle: last_at, the instant of the newest reading;
#: day: of publication, or of the first reading, days since 1970 in the campaign's zone;
#: followers: of that day, null unknown; class: of the newest reading.
META = ("post", "platform", "post_id", "ambassador", "handle", "published_at")
FAR = 2**62


@dataclass(frozen=True)
class Read:
    """A campaign in one snapshot. enrolled: ids of ambassadors, in order; posts: as
    META says; missions: columns post, mission; known: when the newest payload was
    recorded, or the instant asked for."""

    number: int
    campaign: Campaign
    plan: Mapping[str, Any]
    enrolled: tuple[str, ...]
    posts: pl.DataFrame
    missions: pl.DataFrame
    known: int | None


def read(
    database: Database,
    campaign: str,
    *,
    as_of: int | None = None,
    until: int | None = None,
    by_mission: bool = False,
    posts: pl.DataFrame | None = None,
) -> Read:
    """All about a campaign that its KPIs are made of. Raises NotFoundError.

    as_of: as the readings were known at an instant; until: only what was captured
    until an instant. posts: META and the figures of known metrics, where they are read
    already.
    """
    with database.reading() as link:
        number, found = rows.find_campaign(link, campaign)
        figures = Figures(link, number, ZoneInfo(found.timezone), as_of, until)
        newest = link.value("SELECT max(recorded_at) FROM payload")
        parts = missions.parts(link, number) if by_mission else None
        return Read(
            number,
            found,
            rows.read_plan(link, number),
            tuple(sorted({e.ambassador for e in rows.read_enrolments(link, campaign)})),
            _posts(link, figures, posts),
            parts if parts is not None else pl.DataFrame({"post": [], "mission": []}),
            newest if as_of is None else as_of,
        )


def plans(database: Database, campaign: str) -> tuple[Campaign, Mapping[str, Any]]:
    """A campaign and its plan. Raises NotFoundError."""
    with database.reading() as link:
        number, found = rows.find_campaign(link, campaign)
        return found, rows.read_plan(link, number)


# -- posts ------------------------------------------------------------------------


def _posts(
    link: Link, figures: Figures, read: pl.DataFrame | None = None
) -> pl.DataFrame:
    ats = [f"{metric}_at" for metric in METRICS]
    posts = (
        _valued(link, figures, read)
        .with_columns(last_at=pl.max_horizontal(ats))
        # replayed to a time before they were seen
        .filter(pl.col("last_at").is_not_null())
        .join(_known(link, figures), on="post", how="left")
    )
    seen = pl.coalesce("published_at", "first_at").fill_null(0)
    local = days(posts.select(seen).to_series().to_numpy(), figures.zone)
    posts = posts.with_columns(day=pl.Series(local, dtype=pl.Int64))
    last = None if figures.until is None else local_day(figures.until, figures.zone)
    told = followers.accounts(link, known=figures.as_of, last=last)
    return told.followed(posts).drop("handle").sort("platform", "post_id")


def _valued(link: Link, figures: Figures, read: pl.DataFrame | None) -> pl.DataFrame:
    """Posts with META and the last known values, as of today or replayed."""
    if not figures.live:
        meta = postrows.read(link, figures.campaign, META)
        last = figures.last().drop("platform", "post_id", "ambassador_id")
        return meta.join(last, on="post", how="left")
    if read is None:
        columns = (*META, *postrows.figures(figures.known))
        read = postrows.read(link, figures.campaign, columns)
    return whole(read, (*META, *postrows.figures(METRICS)))


#: post; first_at: the instant of its first reading; class: of its newest.
KNOWN = {"post": pl.Int64, "first_at": pl.Int64, "class": pl.String}
#: Every reading as it was known at an instant, captured until another.
VERSIONS = (
    "SELECT w.post, r.captured_at, f.provenance FROM wanted_versions w"
    " JOIN {readings} r ON r.post_id = w.post JOIN payload f ON f.id = r.payload_id"
    " WHERE r.captured_at <= ? AND f.recorded_at <= ?"
    " UNION ALL SELECT w.post, r.captured_at, f.provenance FROM wanted_versions w"
    " JOIN reading_past r ON r.post_id = w.post"
    " JOIN payload f ON f.id = r.payload_id"
    " JOIN payload q ON q.id = r.replaced_by"
    " WHERE r.captured_at <= ? AND f.recorded_at <= ? AND q.recorded_at > ?"
)


def _known(link: Link, figures: Figures) -> pl.DataFrame:
    """As KNOWN says, of the campaign's posts."""
    if figures.live:
        return _newest(link, figures.campaign)
    seen, known = (
        FAR if end is None else end for end in (figures.until, figures.as_of)
    )
    values = (seen, known, seen, known, known)
    order = pl.col("class").sort_by("first_at").last()
    parts = [pl.DataFrame(schema=KNOWN)]
    for posts in series.split(link, figures.posts):
        bulk.wanted(link, "wanted_versions", pl.DataFrame({"post": posts}))
        readings = gather(link, Wish("wanted_versions", until=seen), ())
        found = link.frame(VERSIONS.format(readings=readings), values, KNOWN)
        parts.append(found.group_by("post").agg(pl.col("first_at").min(), order))
    return pl.concat(parts)


def _newest(link: Link, number: int) -> pl.DataFrame:
    """The same of today; quick when all that was ever read is of one class."""
    said = "SELECT DISTINCT provenance FROM payload WHERE stored > 0 OR corrected > 0"
    found = [name for (name,) in link.all(said)]
    one = len(found) == 1
    sql = (
        f"SELECT a.post_id, s.first_at, {'CAST(? AS TEXT)' if one else 'f.provenance'}"
        " FROM attribution a JOIN post_state s ON s.post_id = a.post_id"
    )
    where = " WHERE a.campaign_id = ?"
    if one:
        return link.frame(sql + where, (found[0], number), KNOWN)
    joins = (
        f" JOIN {newest(link, number)} r"
        " ON r.post_id = s.post_id AND r.captured_at = s.last_at"
        " JOIN payload f ON f.id = r.payload_id"
    )
    return link.frame(sql + joins + where, (number,), KNOWN)


# -- readings ---------------------------------------------------------------------

VIEWS = (
    "SELECT r.post_id, r.captured_at, r.views FROM attribution a"
    " JOIN reading r ON r.post_id = a.post_id WHERE a.campaign_id = ?"
    " AND r.views IS NOT NULL AND r.captured_at <= ? ORDER BY r.post_id, r.captured_at"
)


def views(
    database: Database,
    found: Read,
    *,
    as_of: int | None = None,
    until: int | None = None,
) -> pl.DataFrame:
    """Readings with known views: columns post, at, views, ordered by the first two."""
    schema = dict.fromkeys(("post", "at", "views"), pl.Int64)
    with database.reading() as link:
        if as_of is None and not of_campaign(link, found.number):
            sought = (found.number, FAR if until is None else until)
            table = bulk.numbers(link, VIEWS, sought, width=3)
            return pl.DataFrame(table, schema=schema)
        zone = ZoneInfo(found.campaign.timezone)
        figures = Figures(link, found.number, zone, as_of, until)
        parts = _viewed(figures) if as_of is None else _versions(figures)
        return pl.concat([pl.DataFrame(schema=schema), *parts]).filter(
            pl.col("views") >= 0
        )


def _versions(figures: Figures) -> Iterator[pl.DataFrame]:
    """post, at and views of all readings; -1 for unknown."""
    at = METRICS.index("views")
    for one in figures.readings():
        yield pl.DataFrame({"post": one.post, "at": one.at, "views": one.values[:, at]})


def _viewed(figures: Figures) -> Iterator[pl.DataFrame]:
    """The same as they are known now, of a campaign with archived readings."""
    until = FAR if figures.until is None else figures.until
    for posts in series.split(figures.link, figures.posts):
        bulk.wanted(figures.link, "wanted_views", pl.DataFrame({"post": posts}))
        wish = Wish("wanted_views", until=until)
        rows = numbers(figures.link, wish, (*KEY, "views"))
        yield pl.DataFrame(rows, schema=["post", "at", "views"])


def daily(
    database: Database,
    found: Read,
    *,
    as_of: int | None = None,
    until: int | None = None,
) -> pl.DataFrame:
    """What was gained by platform and day (days since 1970, campaign's zone): columns
    of rollups.FIGURES."""
    with database.reading() as link:
        zone = ZoneInfo(found.campaign.timezone)
        figures = Figures(link, found.number, zone, as_of, until)
        return figures.rollup(("platform", "day"))


def gains(
    rolled: pl.DataFrame, metric: str, without: tuple[str, ...]
) -> tuple[dict[int, int], list[int]]:
    """What a metric ("posts" too) gained by day, and the days on which anything of it
    became known or changed.

    rolled: by platform and day. without: platforms that are left out.
    """
    marks = [metric] if metric == "posts" else [metric, f"{metric}_known"]
    by_day = (
        rolled.filter(~pl.col("platform").is_in(without))
        .group_by("day")
        .agg(pl.col(marks).sum())
        .sort("day")
    )
    gained = dict(by_day.select("day", metric).iter_rows())
    changed = by_day.filter(pl.any_horizontal(pl.col(marks) != 0))["day"]
    return gained, sorted(changed)


def provenances(database: Database) -> dict[str, set[str]]:
    """Of each source the classes of what it gave."""
    with database.reading() as link:
        found: dict[str, set[str]] = {}
        for name, said in link.all(
            "SELECT DISTINCT t.name, y.provenance FROM payload y"
            " JOIN source t ON t.id = y.source_id"
        ):
            found.setdefault(name, set()).add(said)
        return found
