"""The same questions asked of the same Parquet files by hand, in DuckDB:
`hand.py scan|last|days FOLDER`, as somebody would write them who has only these files.

scan: adds up every metric of every reading, the least that anybody can do who reads
them all. last: of each metric the sum of last known values, of how many posts, and the
oldest and newest instant among them. days: gain, value and posts known, by day of UTC;
how old the oldest value of each day is, which the tracker also says, is left out.
Prints JSON: of each metric the sum, which is that of all gains.
"""

from __future__ import annotations

import json
import sys

from tracker.model import METRICS


def readings(folder: str) -> str:
    return f"read_parquet('{folder}/**/*.parquet', hive_partitioning = false)"


def scan(folder: str) -> str:
    sums = ", ".join(f"sum({m})::BIGINT AS {m}" for m in METRICS)
    return f"SELECT {sums} FROM {readings(folder)}"


def last(folder: str) -> str:
    """One row: value, known, oldest and newest of each metric."""
    each = ", ".join(
        f"arg_max({m}, captured_at) AS {m},"
        f" max(captured_at) FILTER ({m} IS NOT NULL) AS {m}_at"
        for m in METRICS
    )
    sums = ", ".join(
        f"sum({m})::BIGINT AS {m}, count({m}) AS {m}_known,"
        f" min({m}_at) AS {m}_oldest, max({m}_at) AS {m}_newest"
        for m in METRICS
    )
    posts = f"SELECT {each} FROM {readings(folder)} GROUP BY post"
    return f"SELECT {sums}, count(*) AS posts FROM ({posts})"


def days(folder: str) -> str:
    """One row a day: gain, posts known for the first time, running value. What each
    reading adds to the one before it that knew the metric adds up to the day's gain."""
    before = ", ".join(
        f"{m}, lag({m} IGNORE NULLS) OVER earlier AS {m}_was" for m in METRICS
    )
    sums = ", ".join(
        f"sum({m} - coalesce({m}_was, 0))::BIGINT AS {m}_gain,"
        f" count(*) FILTER ({m} IS NOT NULL AND {m}_was IS NULL) AS {m}_known"
        for m in METRICS
    )
    running = ", ".join(
        f"{m}_gain, sum({m}_gain) OVER upto AS {m}_value,"
        f" sum({m}_known) OVER upto AS {m}_known"
        for m in METRICS
    )
    return (
        f"WITH followed AS (SELECT captured_at // 86400000 AS day, {before}"
        f" FROM {readings(folder)}"
        " WINDOW earlier AS (PARTITION BY post ORDER BY captured_at)),"
        f" days AS (SELECT day, {sums} FROM followed GROUP BY day)"
        f" SELECT day, {running} FROM days WINDOW upto AS (ORDER BY day) ORDER BY day"
    )


def main(words: list[str]) -> int:
    import duckdb

    what, folder = words
    query = {"scan": scan, "last": last, "days": days}[what](folder)
    with duckdb.connect() as link:
        answer = link.execute(query).fetchnumpy()
    names = {m: f"{m}_gain" if what == "days" else m for m in METRICS}
    sums = {m: answer[name].sum() for m, name in names.items()}
    known = {m: int(n) for m, n in sums.items() if n is not None and n == n}
    print(json.dumps(known))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
