"""The files beside the pages: the same numbers as CSV and JSON, with a dictionary.

Unknown is empty in CSV and null in JSON; instants are ISO 8601 in UTC; a text cell
that a spreadsheet would take for a formula gets a quote before it (CSV only).
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracker.cells import RISKY
from tracker.dictionary import meaning
from tracker.facts import POSTS, CampaignFacts, Count
from tracker.model import DAY, DAY_MARK, METRICS, NOT_ADDITIVE, iso, number_day
from tracker.report import moredata
from tracker.report.pages import metric_series

if TYPE_CHECKING:
    import polars as pl

INSTANTS = ("published_at", "first_at", "last_at")


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """Text cells that look like formulas are quoted; lines end with LF."""
    import polars as pl

    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    safe = frame.with_columns(
        pl.when(pl.col(name).str.slice(0, 1).is_in(sorted(RISKY)))
        .then(pl.concat_str(pl.lit("'"), name))
        .otherwise(name)
        .alias(name)
        for name in texts
    )
    out = io.BytesIO()
    safe.write_csv(out)
    return out.getvalue()


def json_bytes(facts: CampaignFacts, frame: pl.DataFrame) -> bytes:
    """`{"campaign", "as_of", "timezone", "rows": [{...}, ...]}`."""
    about = {
        "campaign": facts.campaign.id,
        "as_of": iso(facts.as_of),
        "timezone": facts.campaign.timezone,
    }
    head = json.dumps(about, ensure_ascii=False)[:-1]
    out = io.BytesIO()
    out.write(f'{head}, "rows": '.encode())
    frame.write_json(out)
    out.write(b"}\n")
    return out.getvalue()


# -- tables -----------------------------------------------------------------------


def days(facts: CampaignFacts) -> pl.DataFrame:
    """One row a day, from the first to the newest reading."""
    import polars as pl

    series = metric_series(facts, "posts")
    schema: dict[str, Any] = {
        "day": pl.String,
        "posts": pl.Int64,
        "posts_gain": pl.Int64,
    }
    for metric in METRICS:
        parts = ("", "_gain", "_known", "_unknown")
        schema |= {metric + part: pl.Int64 for part in parts}
    if series is None:
        return pl.DataFrame(schema=schema)
    gained, known = _by_day(facts)
    added = _added_posts(facts)
    total = dict.fromkeys(METRICS, 0)
    seen = dict.fromkeys(METRICS, 0)
    posts, able, rows = 0, 0, []
    for day, new in enumerate(series.gains, series.first):
        posts += new
        able += added.get(day, 0)
        row: list[Any] = [number_day(day).isoformat(), posts, new]
        for metric in METRICS:
            gain = gained.get((day, metric), 0)
            total[metric] += gain
            seen[metric] += known.get((day, metric), 0)
            shown = seen[metric] and metric not in NOT_ADDITIVE
            row += [total[metric], gain] if shown else [None, None]
            row += [seen[metric], able - seen[metric]]
        rows.append(row)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _added_posts(facts: CampaignFacts) -> dict[int, int]:
    """Posts by the day they were first seen, of platforms that are in the sums."""
    found: dict[int, int] = {}
    for day in facts.added_days:
        found[day.day] = found.get(day.day, 0) + day.posts
    return found


def _by_day(
    facts: CampaignFacts,
) -> tuple[dict[tuple[int, str], int], dict[tuple[int, str], int]]:
    gained: dict[tuple[int, str], int] = {}
    known: dict[tuple[int, str], int] = {}
    for day in facts.added_days:
        for metric, gain in day.gains.items():
            gained[day.day, metric] = gained.get((day.day, metric), 0) + gain
        for metric, many in day.known.items():
            known[day.day, metric] = known.get((day.day, metric), 0) + many
    return gained, known


def _counted(counts: dict[str, Count], *, ages: bool) -> list[Any]:
    out: list[Any] = []
    for metric in METRICS:
        count = counts[metric]
        out += [count.value, count.known, count.unknown]
        if ages:
            out += [iso(count.oldest), iso(count.newest)]
    return out


def _schema(keys: tuple[str, ...], *, ages: bool) -> dict[str, Any]:
    import polars as pl

    schema: dict[str, Any] = dict.fromkeys(keys, pl.String)
    schema["posts"] = pl.Int64
    for metric in METRICS:
        schema |= {metric + part: pl.Int64 for part in ("", "_known", "_unknown")}
        if ages:
            schema |= {metric + part: pl.String for part in ("_oldest", "_newest")}
    return schema


def platforms(facts: CampaignFacts) -> pl.DataFrame:
    import polars as pl

    rows = [
        [part.platform, part.posts, *_counted(dict(part.counts), ages=True)]
        for part in facts.platforms
    ]
    return pl.DataFrame(rows, schema=_schema(("platform",), ages=True), orient="row")


def ambassadors(facts: CampaignFacts) -> pl.DataFrame:
    import polars as pl

    keys = ("ambassador", "name", "country", "group")
    rows = [
        [
            p.id,
            p.name,
            p.country,
            p.team,
            p.posts,
            *_counted(dict(p.counts), ages=False),
        ]
        for p in facts.people
    ]
    return pl.DataFrame(rows, schema=_schema(keys, ages=False), orient="row")


def posts(facts: CampaignFacts) -> pl.DataFrame:
    """One row a post, ordered by its key; every metric has its column."""
    import polars as pl

    missing = [
        pl.lit(None, pl.Int64).alias(metric)
        for metric in METRICS
        if metric not in facts.metrics
    ]
    return (
        facts.posts.sort("platform", "post_id")
        .with_columns(*missing, *(_iso(name) for name in INSTANTS))
        .select(*POSTS, *METRICS)
    )


def _iso(name: str) -> pl.Expr:
    """As model.iso: a day without a time is a date."""
    import polars as pl

    at = pl.from_epoch(name, time_unit="ms")
    return (
        pl.when(pl.col(name) % DAY == DAY_MARK)
        .then(at.dt.strftime("%Y-%m-%d"))
        .when(pl.col(name) % 1000 != 0)
        .then(at.dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"))
        .otherwise(at.dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
        .alias(name)
    )


def missions(facts: CampaignFacts) -> pl.DataFrame:
    """One row a mission and ambassador who is to do it, in the plan's order."""
    import polars as pl

    schema: dict[str, Any] = {
        "mission": pl.String,
        "mission_name": pl.String,
        "opens": pl.String,
        "due": pl.String,
        "ambassador": pl.String,
        "state": pl.String,
        "delivered_on": pl.String,
        "days_late": pl.Int64,
        "fitting": pl.Int64,
        "rule": pl.String,
        "reason": pl.String,
    }
    rows = [
        [
            one.id,
            one.name,
            one.opens.isoformat(),
            one.due.isoformat(),
            cell.ambassador,
            cell.state,
            cell.delivered_on and cell.delivered_on.isoformat(),
            cell.days_late,
            len(cell.posts),
            cell.rule,
            cell.reason,
        ]
        for one, cells in facts.programme.grid
        for cell in cells
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def dictionary(facts: CampaignFacts) -> pl.DataFrame:
    """What each column of each file holds."""
    import polars as pl

    empty = replace(facts, posts=facts.posts.clear())
    rows = [
        (name, column, *meaning(name, column))
        for name, make in TABLES.items()
        if name != "dictionary"
        for column in make(empty).columns
    ]
    names = ("file", "column", "type", "meaning")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


#: Every table of a campaign by the name of its file; instants are text in them.
TABLES: dict[str, Callable[[CampaignFacts], pl.DataFrame]] = {
    "days": days,
    "platforms": platforms,
    "ambassadors": ambassadors,
    "posts": posts,
    "missions": missions,
    "kpis": moredata.kpis,
    "results": moredata.results,
    "costs": moredata.costs,
    "surveys": moredata.surveys,
    "findings": moredata.findings,
    "dictionary": dictionary,
}
