"""What was gained day by day since the first reading: the kept sums, with engagements.

Sums stay in the database when readings are archived, so the whole history costs no more
than its days. Engagements of a post are known when all their parts are; what posts with
some of the parts brought to the sums is read again and taken out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

import polars as pl

from tracker.model import METRICS, day_number, local_day
from tracker.store import attribution, refresh, rollups, series
from tracker.store.database import Link
from tracker.store.figures import Figures
from tracker.store.gains import contributions, days, firsts, steps

#: Platform, and the metrics that make an engagement there; "" any other platform.
Parts = Mapping[str, Sequence[str]]
KEYS = ("campaign", "platform", "day")
FIGURES = ("posts", *METRICS, "engagements")
KNOWN = tuple(f"{name}_known" for name in FIGURES[1:])
#: One row a campaign (row number, 0 the workspace), platform and day.
GAINED = {
    "campaign": pl.Int64,
    "platform": pl.String,
    "day": pl.Int64,
    **dict.fromkeys((*FIGURES, *KNOWN), pl.Int64),
}


def gained(
    link: Link, zones: Mapping[int, ZoneInfo], parts: Parts, campaigns: Iterable[int]
) -> pl.DataFrame:
    """What each campaign gained, by platform and day (days since 1970, its own zone):
    GAINED. {figure}_known: posts of which it became known."""
    found = [_campaign(link, number, zones[number], parts) for number in campaigns]
    return pl.concat([pl.DataFrame(schema=GAINED), *found])


def zones(link: Link, zone: ZoneInfo) -> dict[int, ZoneInfo]:
    """The zone of each campaign; of the workspace, number 0, the one that is given."""
    found = link.all("SELECT id, timezone FROM campaign ORDER BY id")
    return {0: zone} | {number: ZoneInfo(name) for number, name in found}


def _campaign(link: Link, number: int, zone: ZoneInfo, parts: Parts) -> pl.DataFrame:
    sums = Figures(link, number, zone).rollup(("platform", "day"))
    lacking = _lacking(link, number, parts)
    taken = [*_taken(link, lacking, zone, parts), _uncounted(lacking, zone)]
    made = sums.select(
        "platform",
        "day",
        *rollups.FIGURES,
        engagements=_added(parts),
        engagements_known=pl.col("posts"),
    )
    return (
        pl.concat([made, *taken], how="diagonal_relaxed")
        .group_by("platform", "day")
        .agg(pl.exclude("platform", "day").sum())
        .with_columns(campaign=pl.lit(number, pl.Int64))
        .select(*GAINED)
        .cast(GAINED)  # type: ignore[arg-type]
        .sort(KEYS)
    )


def _added(parts: Parts) -> pl.Expr:
    """The parts of an engagement on each row's platform, added up."""
    found = pl.sum_horizontal(parts[""])
    for platform, names in parts.items():
        if platform:
            own = pl.col("platform") == platform
            found = pl.when(own).then(pl.sum_horizontal(names)).otherwise(found)
    return found


# -- posts whose engagements are unknown ------------------------------------------

LACKING = (
    "SELECT p.id, p.platform, s.first_at, {some} FROM attribution a"
    " JOIN post p ON p.id = a.post_id JOIN post_state s ON s.post_id = a.post_id"
    " WHERE a.campaign_id = ? AND {lacks} ORDER BY p.id"
)


def _lacking(link: Link, number: int, parts: Parts) -> pl.DataFrame:
    """Posts that lack a part: post, platform, first_at, and whether some is known."""
    lacks = _by_platform(parts, " OR ", "IS NULL")
    some = _by_platform(parts, " OR ", "IS NOT NULL")
    return link.frame(
        LACKING.format(some=f"CASE WHEN {some} THEN 1 ELSE 0 END", lacks=lacks),
        (number,),
        {
            "post": pl.Int64,
            "platform": pl.String,
            "first_at": pl.Int64,
            "some": pl.Int64,
        },
    )


def _by_platform(parts: Parts, how: str, what: str) -> str:
    """A condition on the parts of each post's platform."""
    each = {
        platform: f"({how.join(f's.{name}_at {what}' for name in names)})"
        for platform, names in parts.items()
    }
    rest = each.pop("")
    cases = "".join(
        f" WHEN p.platform = '{platform}' THEN CASE WHEN {said} THEN 1 ELSE 0 END"
        for platform, said in each.items()
    )
    return f"(CASE{cases} ELSE CASE WHEN {rest} THEN 1 ELSE 0 END END = 1)"


def _uncounted(lacking: pl.DataFrame, zone: ZoneInfo) -> pl.DataFrame:
    """On the day each was first read, they are no known engagements."""
    day = pl.Series("day", days(lacking["first_at"].to_numpy(), zone), pl.Int64)
    one = pl.lit(-1, pl.Int64).alias("engagements_known")
    return lacking.select("platform", day, one)


def _taken(
    link: Link, lacking: pl.DataFrame, zone: ZoneInfo, parts: Parts
) -> Iterator[pl.DataFrame]:
    """What posts with some parts brought to engagements, negative."""
    partial = lacking.filter(pl.col("some") == 1)
    for some in partial.iter_slices(refresh.AT_ONCE):
        whose = some.select(
            "post",
            pl.lit(0, pl.Int64).alias("campaign_id"),
            pl.lit(0, pl.Int64).alias("ambassador_id"),
            "platform",
        ).cast(attribution.RESULT)  # type: ignore[arg-type]
        for piece in series.pieces(link, some["post"].to_numpy()):
            made = contributions(piece, steps(piece), firsts(piece))
            rolled = rollups.rolled(made, whose, {0: zone})
            yield rolled.select("platform", "day", engagements=-_added(parts))


def newest(link: Link, number: int, zone: ZoneInfo) -> int | None:
    """The last day on which a post of a campaign was read; None before the first."""
    at = link.value(
        "SELECT max(s.last_at) FROM attribution a JOIN post_state s"
        " ON s.post_id = a.post_id WHERE a.campaign_id = ?",
        (number,),
    )
    return None if at is None else day_number(local_day(at, zone))
