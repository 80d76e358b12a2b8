"""What checks of readings are worked out from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from tracker.model import METRICS
from tracker.store.database import Database, Link

if TYPE_CHECKING:
    from tracker.store.gains import Ints

#: Names in one statement.
AT_ONCE = 400
#: Smaller values of the same instant, with where they came from.
DISAGREED = (
    "SELECT r.post_id, t.name, r.captured_at, r.metric, r.value, y.label, r.line"
    " FROM disagreement r JOIN payload y ON y.id = r.payload_id"
    " JOIN source t ON t.id = y.source_id"
)
#: Posts that count for a campaign, alone or among others; those that count for none.
OF = (
    " FROM campaign c JOIN attribution a ON a.campaign_id = c.id"
    " JOIN post_state s ON s.post_id = a.post_id WHERE c.slug = ?"
)
OF_NONE = (
    " FROM post_state s WHERE NOT EXISTS (SELECT 1 FROM attribution a"
    " WHERE a.post_id = s.post_id AND a.campaign_id > 0)"
)
POSTS = (
    "SELECT p.id, p.platform, p.external_id, m.slug, c.slug FROM post p"
    " LEFT JOIN attribution w ON w.post_id = p.id AND w.campaign_id = 0"
    " LEFT JOIN ambassador m ON m.id = w.ambassador_id"
    " LEFT JOIN attribution a ON a.post_id = p.id AND a.campaign_id > 0"
    " LEFT JOIN campaign c ON c.id = a.campaign_id WHERE p.id IN ({marks})"
    " ORDER BY p.id, c.slug"
)


class About(NamedTuple):
    """A post; campaign: that it counts for, if it is one alone."""

    platform: str
    post_id: str
    ambassador: str | None
    campaign: str | None


class Disagreement(NamedTuple):
    about: About
    source: str
    at: int
    metric: str
    value: int
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Names:
    """posts: by row; payloads: the source and label of each, by row."""

    posts: dict[int, About]
    payloads: dict[int, tuple[str, str]]


def disagreements(database: Database) -> list[Disagreement]:
    """Values that were not believed, because a larger one was told of the same
    instant; by platform, post, instant, metric and value."""
    with database.reading() as link:
        rows = link.all(DISAGREED)
        posts = about(link, {row[0] for row in rows})
    found = [Disagreement(posts[row[0]], *row[1:]) for row in rows]
    return sorted(
        found, key=lambda one: (*one.about[:2], one.at, one.metric, one.value)
    )


def about(link: Link, posts: Iterable[int]) -> dict[int, About]:
    """What is known of some posts, by row."""
    found: dict[int, About] = {}
    for number, *rest in _some(link, POSTS, posts):
        one = About(*rest)
        # it counts for several: then it is told as the workspace's
        found[number] = one._replace(campaign=None) if number in found else one
    return found


def _some(link: Link, sql: str, numbers: Iterable[int]) -> Iterable[tuple[Any, ...]]:
    wanted = sorted(numbers)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        yield from link.all(sql.format(marks=", ".join("?" * len(some))), some)


def names(database: Database, posts: Iterable[int], payloads: Iterable[int]) -> Names:
    """Names of what stands as numbers in `readings`."""
    with database.reading() as link:
        told = _some(
            link,
            "SELECT y.id, t.name, y.label FROM payload y"
            " JOIN source t ON t.id = y.source_id WHERE y.id IN ({marks})",
            payloads,
        )
        return Names(
            about(link, posts), {number: (name, at) for number, name, at in told}
        )


def campaigns(database: Database) -> list[str]:
    """Those of whose posts anything was read, by slug."""
    with database.reading() as link:
        rows = link.all(
            "SELECT slug FROM campaign c WHERE EXISTS (SELECT 1 FROM attribution a"
            " WHERE a.campaign_id = c.id) ORDER BY slug"
        )
    return [slug for (slug,) in rows]


def readings(database: Database, campaign: str | None) -> dict[str, Any]:
    """All readings of the posts of a campaign, None: of those that count for none, by
    post and instant, as arrays of one length: post, at, payload, source, platform
    (numbers), published (-1 unknown), and counts: those of each metric that is known
    of any."""
    import numpy as np
    import polars as pl

    from tracker.store import bulk
    from tracker.store.archive.gather import KEY, Wish, numbers

    with database.reading() as link:
        where, values = (OF, (campaign,)) if campaign is not None else (OF_NONE, ())
        chosen = link.frame(f"SELECT s.post_id{where}", values, {"post": pl.Int64})
        bulk.wanted(link, "wanted_checked", chosen)
        metrics = _used(link)
        rows = numbers(link, Wish("wanted_checked"), (*KEY, "payload_id", *metrics))
        posts = link.frame(
            "SELECT p.id, p.platform, p.published_at FROM wanted_checked w"
            " JOIN post p ON p.id = w.post ORDER BY p.id",
            schema={"post": pl.Int64, "platform": pl.String, "published": pl.Int64},
        ).with_columns(
            kind=pl.col("platform").rank("dense").cast(pl.Int64) - 1,
            published=pl.col("published").fill_null(-1),
        )
        sources = bulk.numbers(link, "SELECT id, source_id FROM payload", width=2)
    columns = np.ascontiguousarray(rows.T)
    del rows
    place = np.searchsorted(posts["post"].to_numpy(), columns[0])
    return {
        "post": columns[0],
        "at": columns[1],
        "payload": columns[2],
        "source": _source(columns[2], sources),
        "platform": posts["kind"].to_numpy()[place],
        "published": posts["published"].to_numpy()[place],
        "counts": {metric: columns[3 + n] for n, metric in enumerate(metrics)},
    }


def _source(payload: Ints, sources: Ints) -> Ints:
    import numpy as np

    table = np.zeros(1 + sources[:, 0].max(initial=0), np.int64)
    table[sources[:, 0]] = sources[:, 1]
    found: Ints = table[payload]
    return found


def source_names(database: Database) -> dict[int, str]:
    """The name of each source, by row."""
    with database.reading() as link:
        return dict(link.all("SELECT id, name FROM source"))


def _used(link: Link) -> list[str]:
    """Metrics that are known of any of the posts that are looked at."""
    maxima = ", ".join(f"max(s.{metric}_at)" for metric in METRICS)
    row = link.one(
        f"SELECT {maxima} FROM wanted_checked w JOIN post_state s ON s.post_id = w.post"
    )
    return [m for m, at in zip(METRICS, row or (), strict=True) if at is not None]
