"""Made-up readings for measuring: any number of rows, the same bytes each time.

One hundred ambassadors publish over 180 days on five platforms; each post is
read once a day for up to 60 days, one reading in twenty twice. Rows come in the
order of their capture, as from a daily export. The work goes day by day, so ten
million rows need no more memory than one.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import polars as pl

HEADER = (
    "campaign",
    "platform",
    "handle",
    "post_id",
    "url",
    "published_at",
    "captured_at",
    "views",
    "likes",
    "comments",
    "shares",
    "saves",
    "clicks",
)
PLATFORMS = {
    "instagram": "www.instagram.com/p",
    "tiktok": "www.tiktok.com/v",
    "youtube": "youtu.be",
    "x": "x.com/s",
    "facebook": "fb.com/posts",
}
AMBASSADORS = 100
DAYS = 180
ALIVE = 60
START = 1_767_225_600  # 2026-01-01T00:00:00Z
SECONDS = 86_400
#: Files older than any check for "still being written".
SETTLED = 1_784_000_000


@dataclass(frozen=True)
class Posts:
    """What stays the same over all readings of a post; one array entry a post."""

    day: np.ndarray
    published: np.ndarray
    ceiling: np.ndarray
    pace: np.ndarray
    engagement: np.ndarray
    words: pl.DataFrame


def handle(number: int) -> str:
    return f"@ambassador_{number:03d}"


def make_posts(count: int, rng: np.random.Generator) -> Posts:
    """Draw `count` posts; a few addresses hold a comma, so that quotes are needed."""
    import numpy as np
    import polars as pl

    day = np.sort(rng.integers(0, DAYS, count))
    published = START + day * SECONDS + rng.integers(8 * 3600, 20 * 3600, count)
    who = rng.integers(0, AMBASSADORS, count)
    where = rng.integers(0, len(PLATFORMS), count)
    names, hosts = list(PLATFORMS), list(PLATFORMS.values())
    ids = [f"p{1_000_000_000 + 7_919 * n}" for n in range(count)]
    tails = ("?utm=a,b" if n % 100 == 0 else "" for n in range(count))
    words = pl.DataFrame(
        {
            "campaign": [f"camp-{n % 24:02d}" for n in who + 12 * (day // 90)],
            "platform": [names[n] for n in where],
            "handle": [handle(n) for n in who],
            "post_id": ids,
            "url": [
                f"https://{hosts[n]}/{one}{tail}"
                for n, one, tail in zip(where, ids, tails, strict=True)
            ],
            "published_at": iso(published),
        }
    )
    return Posts(
        day,
        published,
        np.exp(rng.normal(8.5, 1.4, count)),
        rng.uniform(1.5, 9.0, count),
        rng.uniform(0.01, 0.09, count),
        words,
    )


def iso(seconds: np.ndarray) -> pl.Series:
    """Instants as text: 2026-01-01T00:00:00Z."""
    import polars as pl

    return pl.from_epoch(pl.Series(seconds), time_unit="s").dt.strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )


def one_day(posts: Posts, day: int, rng: np.random.Generator) -> pl.DataFrame:
    """The readings of one evening, in order of capture."""
    import numpy as np

    first, last = np.searchsorted(posts.day, [day - ALIVE + 1, day + 1])
    post = np.arange(first, last)
    captured = START + day * SECONDS + 75_600 + rng.integers(0, 3600, post.size)
    twice = rng.random(post.size) < 0.05
    post = np.concatenate([post, post[twice]])
    captured = np.concatenate([captured, captured[twice] + 5400])
    order = np.argsort(captured, kind="stable")
    return readings(posts, post[order], captured[order])


def readings(posts: Posts, post: np.ndarray, captured: np.ndarray) -> pl.DataFrame:
    """Running totals of some posts at some instants; they never fall."""
    import numpy as np
    import polars as pl

    age = (captured - posts.published[post]) / SECONDS
    grown = 1 - np.exp(-age / posts.pace[post])
    views = (posts.ceiling[post] * grown).astype(np.int64)
    likes = (views * posts.engagement[post]).astype(np.int64)
    counts = {
        "views": views,
        "likes": likes,
        "comments": likes * 6 // 100,
        "shares": likes * 4 // 100,
        "saves": likes * 9 // 100,
        "clicks": views * 12 // 1000,
    }
    words = posts.words[pl.Series(post)]
    return words.with_columns(captured_at=iso(captured), **counts).select(HEADER)


def days(rows: int, seed: int = 20_260_101) -> Iterator[pl.DataFrame]:
    """Exactly `rows` readings, a frame for each day."""
    import numpy as np

    rng = np.random.default_rng(seed)
    posts = make_posts(rows // 44 + 60, rng)
    left = rows
    for day in range(DAYS):
        frame = one_day(posts, day, rng).head(left)
        left -= frame.height
        yield frame
    if left:
        raise ValueError(f"{left} of {rows} rows could not be made")


def write_clean(path: Path, rows: int) -> None:
    """A whole export; nothing is done when the file is there already."""
    if path.exists():
        return
    part = path.with_suffix(".part")
    with part.open("wb") as out:
        for number, frame in enumerate(days(rows)):
            frame.write_csv(out, include_header=number == 0)
    settle(part, path)


def settle(part: Path, path: Path) -> None:
    os.utime(part, (SETTLED, SETTLED))
    part.rename(path)


def write_damaged(clean: Path, path: Path, share: float = 0.01) -> None:
    """The same rows, one in a hundred broken in one of seven ways."""
    if path.exists():
        return
    draw = random.Random(1)
    part = path.with_suffix(".part")
    with clean.open() as rows, part.open("w") as out:
        out.write(next(rows))
        for row in rows:
            hit = draw.random() < share and '"' not in row
            out.write(broken(row, draw) if hit else row)
    settle(part, path)


def broken(row: str, draw: random.Random) -> str:
    """A row nobody should count."""
    cells = row.rstrip("\n").split(",")
    index, value = draw.choice(
        [
            (3, ""),  # no post
            (7, "n/a"),  # a word for a number
            (8, "-5"),  # less than nothing
            (6, "2026-13-40T00:00:00Z"),  # no such day
            (1, "myspace"),  # a platform nobody asked for
            (6, "2019-01-01T00:00:00Z"),  # seen before it was published
            (None, None),  # cut off
        ]
    )
    if index is None:
        cells = cells[:9]
    else:
        cells[index] = value
    return ",".join(cells) + "\n"


def write_parts(clean: Path, folder: Path, parts: int = 10) -> None:
    """The same rows in any order, dealt out to several files."""
    if folder.exists():
        return
    head, *rows = clean.read_text().splitlines(keepends=True)
    random.Random(2).shuffle(rows)
    making = folder.with_suffix(".part")
    making.mkdir(parents=True, exist_ok=True)
    for number in range(parts):
        path = making / f"part-{number:02d}.csv"
        path.write_text(head + "".join(rows[number::parts]))
        os.utime(path, (SETTLED, SETTLED))
    making.rename(folder)


def write_delta(clean: Path, path: Path, rows: int = 10_000) -> None:
    """Some rows on top: 70 % new readings, 20 % corrected ones, 10 % known ones."""
    if path.exists():
        return
    import polars as pl

    known = pl.read_csv(clean, infer_schema=False, n_rows=2_000_000)
    known = known.sample(min(rows * 5, known.height), seed=3, shuffle=True)
    new, fixed = rows * 7 // 10, rows * 2 // 10
    later = [
        known.with_columns(captured_at=pl.lit(f"2026-07-0{day}T06:00:00Z"))
        .unique("post_id", keep="first", maintain_order=True)
        .with_columns(views=add("views", 60 * day))
        for day in range(1, 10)
    ]
    part = path.with_suffix(".part")
    pl.concat(
        [
            pl.concat(later).head(new),
            known[:fixed].with_columns(views=add("views", 17)),
            known[fixed : rows - new],
        ]
    ).write_csv(part)
    settle(part, path)


def add(column: str, more: int) -> pl.Expr:
    import polars as pl

    return (pl.col(column).cast(pl.Int64) + more).cast(pl.String)


def write_people(path: Path) -> None:
    """The roster of these readings, as `tracker ambassador import` takes it."""
    lines = ["id,name,platform,handle"]
    for number in range(AMBASSADORS):
        lines += [
            f"a{number:03d},Ambassador {number:03d},{platform},{handle(number)}"
            for platform in PLATFORMS
        ]
    path.write_text("\n".join(lines) + "\n")


PLAN = """\
[campaign]
id = "bench"
name = "Bench"
timezone = "America/Detroit"
currency = "USD"
language = "en"
start = 2026-01-01
end = 2026-12-31
"""
