"""A programme for tests of pages: tables filled as an ingest would leave them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tracker.app import Tracker, open_tracker
from tracker.model import DAY, METRICS, day_number
from tracker.store import bulk

START, END = date(2009, 5, 1), date(2009, 10, 31)
PLAN: dict[str, Any] = {
    "campaign": {"id": "fiesta", "name": "Fiesta Movement"},
    "strategy": {"kind": "champion", "why": "Make a car known", "topics": ["cars"]},
    "selection": {"applicants": 4000},
    "budget": {"amount": 5000000},
    "tool": [{"name": "YouTube", "platform": "youtube", "source": "yt"}],
    "content": [{"type": "video"}],
    "indicator": [
        {"id": "views", "metric": "views", "target": 5000000, "baseline": 0},
        {"id": "leads", "metric": "lead", "target": 60000},
        {"id": "sales", "metric": "sale"},
    ],
    "mission": [
        {"id": "travel", "name": "Travel", "opens": "2009-05-01", "due": "2009-05-31"},
        {
            "id": "tech",
            "name": "Technology",
            "opens": "2009-06-01",
            "due": "2009-06-30",
        },
    ],
    "claim": [
        {
            "metric": "lead",
            "value": 50000,
            "definition": "people asking for information",
            "as_of": "2009-10-02",
            "source": "Adrants",
            "used": True,
        },
        {"metric": "lead", "value": 132000, "source": "later counts"},
        {
            "metric": "sale",
            "value": 50000,
            "definition": "sales to new customers",
            "source": "HBR",
            "used": False,
        },
    ],
    "benchmark": {"name": "national TV campaign", "cost": 60000000},
}
PLATFORMS = ("youtube", "flickr", "x", "facebook", "blog")


@dataclass
class Made:
    """What to make; text: put into every field a stranger may fill."""

    people: int = 12
    posts: int = 300
    days: int = 155
    language: str = "en"
    plan: dict[str, Any] = field(default_factory=lambda: dict(PLAN))
    text: str = ""
    url: str = ""
    seed: int = 7
    slug: str = "fiesta"


def workspace(folder: Path, made: Made | None = None) -> Tracker:
    """A workspace with one campaign."""
    made = made or Made()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tracker.toml").write_text('timezone = "America/Detroit"\n')
    tracker = open_tracker(folder)
    fill(tracker, made)
    return tracker


def fill(tracker: Tracker, made: Made) -> None:
    rng = np.random.default_rng(made.seed)
    with tracker.database.writing() as link:
        _roster(link, made)
        posts = _posts(made, rng)
        gains = _gains(made, rng, posts)
        _store(link, made, posts, gains)


def _roster(link: Any, made: Made) -> None:
    plan = {**made.plan, "campaign": {"id": made.slug, "name": "Fiesta Movement"}}
    link.run(
        "INSERT INTO campaign (id, slug, name, timezone, currency, language, starts,"
        " ends, rules, plan, state, applied_at) VALUES (1, ?, ?, 'America/Detroit',"
        " 'USD', ?, '2009-05-01', '2009-10-31', '{}', ?, 'open', 1)",
        (
            made.slug,
            "Fiesta Movement" + made.text,
            made.language,
            json.dumps(plan),
        ),
    )
    for n in range(1, made.people + 1):
        link.run(
            "INSERT INTO ambassador (id, slug, name, country, created_at)"
            " VALUES (?, ?, ?, 'US', 1)",
            (n, f"a{n:03d}", f"Person {n}{made.text}"),
        )
        link.run(
            "INSERT INTO enrolment (campaign_id, ambassador_id, team) VALUES (1, ?, ?)",
            (n, f"team {n % 3}{made.text}"),
        )
        for platform in PLATFORMS[:2]:
            handle = f"person{n}{made.text}"
            link.run(
                "INSERT INTO handle (ambassador_id, platform, handle, key, followers)"
                " VALUES (?, ?, ?, ?, ?)",
                (n, platform, handle, handle, n * 1000),
            )


def _posts(made: Made, rng: np.random.Generator) -> pl.DataFrame:
    many = made.posts
    kinds = rng.choice(len(PLATFORMS), many, p=[0.2, 0.15, 0.55, 0.06, 0.04])
    first = rng.integers(0, made.days - 1, many)
    starts = day_number(START)
    return pl.DataFrame(
        {
            "id": np.arange(1, many + 1),
            "platform": [PLATFORMS[k] for k in kinds],
            "external_id": [f"p{n:07d}" for n in range(many)],
            "handle": ["h"] * many,
            "url": [made.url or f"https://example.org/p/{n}" for n in range(many)],
            "published_at": (first + starts) * DAY + 50_400_000,
            "caption": [f"Post number {n}{made.text}" for n in range(many)],
            "kind": ["video" + made.text] * many,
            "person": rng.integers(1, made.people + 1, many),
            "first": first,
        }
    )


def _gains(made: Made, rng: np.random.Generator, posts: pl.DataFrame) -> pl.DataFrame:
    """Post, day, and the gain of views, likes and comments; nulls are unknown."""
    parts = []
    counted = {"youtube": 1.0, "flickr": 0.3, "blog": 0.0, "facebook": 0.0, "x": 0.0}
    for step in range(3):
        day = np.minimum(posts["first"].to_numpy() + step * 9, made.days - 1)
        views = (rng.pareto(1.6, len(posts)) * 90).astype(np.int64)
        parts.append(
            posts.select("id", "platform", "person").with_columns(
                day=pl.Series(day),
                views=pl.Series(views),
                likes=pl.Series(views // 70),
                comments=pl.Series(views // 110),
                step=pl.lit(step),
            )
        )
    frame = pl.concat(parts)
    share = pl.col("platform").replace_strict(counted)
    frame = frame.with_columns(
        views=pl.when((share > 0) & (pl.col("id") % 41 != 0)).then("views"),
        likes=pl.when(pl.col("platform") != "blog").then("likes"),
    )
    fall = (pl.col("day") == 72) & (pl.col("step") > 0)
    return frame.with_columns(
        views=pl.when(fall).then(-(pl.col("views") // 2)).otherwise("views")
    ).filter(~pl.col("day").is_between(109, 111))


def _store(link: Any, made: Made, posts: pl.DataFrame, gains: pl.DataFrame) -> None:
    start = day_number(START)
    at = (pl.col("day") + start) * DAY + 64_800_000
    gains = gains.with_columns(at=at).sort("id", "at", "step")
    metrics = ("views", "likes", "comments")
    kept = gains.group_by("id", maintain_order=True).agg(
        first_at=pl.col("at").min(),
        last_at=pl.col("at").max(),
        **{m: pl.col(m).sum() for m in metrics},
        **{f"{m}_n": pl.col(m).count() for m in metrics},
    )
    states = kept.select(
        pl.col("id").alias("post_id"),
        "first_at",
        "last_at",
        *(pl.when(pl.col(f"{m}_n") > 0).then(m).alias(m) for m in metrics),
        *(
            pl.when(pl.col(f"{m}_n") > 0).then("last_at").alias(f"{m}_at")
            for m in metrics
        ),
    )
    posts = posts.join(kept.select("id"), on="id", how="semi")
    bulk.insert(link, "post", posts.drop("person", "first"))
    bulk.insert(link, "post_state", states)
    whose = posts.select(pl.col("id").alias("post_id"), "person")
    for campaign in (0, 1):
        bulk.insert(
            link,
            "attribution",
            whose.select(
                "post_id",
                campaign_id=pl.lit(campaign),
                ambassador_id=pl.col("person"),
            ).sort("post_id"),
        )
    first = gains.group_by("id").agg(first=pl.col("at").min())
    figures = gains.join(first, on="id").with_columns(
        posts=(pl.col("at") == pl.col("first"))
        & (pl.col("step") == pl.col("step").min().over("id", "at")),
    )
    known = [
        (
            pl.col(m).is_not_null()
            & (
                pl.col("step")
                == pl.col("step").filter(pl.col(m).is_not_null()).min().over("id")
            )
        )
        .cast(pl.Int64)
        .alias(f"{m}_known")
        for m in metrics
    ]
    figures = figures.with_columns(known)
    keys = ["campaign_id", "ambassador_id", "platform", "day"]
    sums = (
        figures.with_columns(
            campaign_id=pl.lit(1), ambassador_id="person", day=pl.col("day") + start
        )
        .group_by(keys)
        .agg(
            pl.col("posts").sum().cast(pl.Int64),
            *(pl.col(m).sum() for m in metrics),
            *(pl.col(f"{m}_known").sum() for m in metrics),
        )
        .sort(keys)
    )
    rest = [m for m in METRICS if m not in metrics]
    sums = sums.with_columns(
        *(pl.lit(0).alias(m) for m in rest),
        *(pl.lit(0).alias(f"{m}_known") for m in rest),
    )
    bulk.insert(link, "rollup", sums)
    link.run(
        "INSERT INTO source (id, name, kind, state)"
        " VALUES (1, 'studio', 'csv', 'ready')"
    )
    link.run(
        "INSERT INTO payload (id, source_id, label, digest, fingerprint, provenance,"
        " recorded_at, outcome, rows, stored, unchanged, corrected, rejected, ignored)"
        " VALUES (1, 1, 'inbox/a.csv', 'd', 'f', 'measured', 1, 'partial', 3, 2, 0, 0,"
        " 1, 0)"
    )
    link.run(
        'INSERT INTO reject (payload_id, line, "column", code, reason, raw, state)'
        " VALUES (1, 3, ?, 'ROW_NUMBER', ?, 'x', 'open')",
        ("views" + made.text, '"1.2k" is not a whole number' + made.text),
    )
