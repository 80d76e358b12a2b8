"""Many rows at once: wide statements on SQLite, COPY on PostgreSQL.

Never an INSERT a row. Names of tables and columns come from this package alone.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from tracker.store import partitions
from tracker.store.database import Link

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from tracker.store.gains import Ints

#: So many rows are sent to PostgreSQL as arrays; measured: beyond, COPY is faster.
FEW = 2_000
#: Rows in one statement; measured: 32 is as fast as any, and far below the
#: limit of parameters.
WIDE = 32


def insert(
    link: Link,
    table: str,
    frame: pl.DataFrame,
    *,
    keys: Sequence[str] = (),
    conflict: str = "",
    zeros: Sequence[str] = (),
) -> None:
    """Insert all rows; conflict: '' (an error), 'ignore', 'replace' or 'add'.

    zeros: further columns that are 0 in every row, which is cheaper than saying so
    a row.
    """
    if frame.is_empty():
        return
    tail = _tail(table, frame.columns, keys, conflict)
    if link.dialect == "sqlite":
        _wide(link, table, frame.columns, frame.iter_rows(), tail, zeros)
    elif len(frame) <= FEW and (kinds := _kinds(frame)):
        _few(link, table, frame, kinds, tail, zeros)
    elif not tail and not zeros:
        copy(link, table, frame)
    else:
        staged = stage(link, table, frame)
        names = ", ".join(_quoted(frame.columns))
        # ordered, so that two writers could never lock each other
        order = ", ".join(_quoted(keys or frame.columns))
        into = ", ".join([names, *_quoted(zeros)])
        link.run(
            f"INSERT INTO {table} ({into}) SELECT {names}{', 0' * len(zeros)}"
            f" FROM {staged} ORDER BY {order}{tail}"
        )
        link.run(f"DROP TABLE {staged}")


def _quoted(names: Sequence[str]) -> list[str]:
    return [f'"{name}"' for name in names]


def _tail(table: str, columns: Sequence[str], keys: Sequence[str], how: str) -> str:
    if not how:
        return ""
    on = f" ON CONFLICT ({', '.join(_quoted(keys))}) DO "
    if how == "ignore":
        return on + "NOTHING"
    rest = [name for name in columns if name not in keys]
    if how == "replace":
        sets = [f'"{name}" = excluded."{name}"' for name in rest]
    else:
        sets = [f'"{name}" = {table}."{name}" + excluded."{name}"' for name in rest]
    return on + "UPDATE SET " + ", ".join(sets)


def _wide(
    link: Link,
    table: str,
    columns: Sequence[str],
    rows: Iterator[Any],
    tail: str,
    zeros: Sequence[str],
) -> None:
    names = ", ".join(_quoted([*columns, *zeros]))
    one = "(" + ", ".join("?" * len(columns) + "0" * len(zeros)) + ")"
    head = f"INSERT INTO {table} ({names}) VALUES "
    full, rest = head + ", ".join([one] * WIDE) + tail, head + one + tail
    cursor = link.connection.cursor()
    while some := list(islice(rows, WIDE * 512)):
        cut = len(some) // WIDE * WIDE
        flat = chain.from_iterable
        cursor.executemany(
            full, (tuple(flat(some[i : i + WIDE])) for i in range(0, cut, WIDE))
        )
        cursor.executemany(rest, some[cut:])


def _kinds(frame: pl.DataFrame) -> list[str] | None:
    """The columns' types on PostgreSQL; None when there are others than these."""
    import polars as pl

    known: dict[Any, str] = {pl.Int64: "bigint", pl.UInt32: "bigint"}
    known[pl.String] = "text"
    kinds = [known.get(kind, "") for kind in frame.dtypes]
    return kinds if all(kinds) else None


def _few(
    link: Link,
    table: str,
    frame: pl.DataFrame,
    kinds: Sequence[str],
    tail: str,
    zeros: Sequence[str],
) -> None:
    """PostgreSQL only: one statement with an array a column. It comes whole or not
    at all: a client that is frozen in the middle of a COPY is waited for."""
    names = ", ".join(_quoted(frame.columns))
    into = ", ".join([names, *_quoted(zeros)])
    arrays = ", ".join(f"?::{kind}[]" for kind in kinds)
    link.run(
        f"INSERT INTO {table} ({into}) SELECT {names}{', 0' * len(zeros)}"
        f" FROM unnest({arrays}) AS given ({names}){tail}",
        [column.to_list() for column in frame.iter_columns()],
    )


def copy(link: Link, table: str, frame: pl.DataFrame) -> None:
    """PostgreSQL only: all rows by COPY."""
    names = ", ".join(_quoted(frame.columns))
    with link.connection.cursor() as cursor:
        said = f"COPY {table} ({names}) FROM STDIN (FORMAT csv)"
        with cursor.copy(said) as sink:
            for piece in frame.iter_slices(50_000):
                text = io.BytesIO()
                # text is quoted, so that an empty one is not taken for unknown
                piece.write_csv(text, include_header=False, quote_style="non_numeric")
                sink.write(text.getvalue())


def stage(link: Link, table: str, frame: pl.DataFrame) -> str:
    """PostgreSQL only: a temporary table with the rows; its name."""
    staged = f"staged_{table}"
    names = ", ".join(_quoted(frame.columns))
    link.run(
        f"CREATE TEMP TABLE {staged} ON COMMIT DROP AS SELECT {names} FROM {table}"
        " WITH NO DATA"
    )
    copy(link, staged, frame)
    return staged


def readings(
    link: Link, payload_id: int, post: Ints, at: Ints, line: Ints, values: Ints
) -> None:
    """Insert new readings, ordered by post and instant; -1 is unknown.

    The fastest way that was measured: whole numbers straight from the array, many
    rows a statement, columns that are unknown throughout written as NULL.
    """
    import numpy as np

    from tracker.model import METRICS

    if link.dialect != "sqlite":
        _copy_readings(link, payload_id, post, at, line, values)
        return
    used = [m for m in range(len(METRICS)) if (values[:, m] >= 0).any()]
    full = {m for m in used if (values[:, m] >= 0).all()}
    table = np.column_stack([post, at, *(values[:, m] for m in used), line])
    names = [
        "post_id",
        "captured_at",
        *(METRICS[m] for m in used),
        "line",
        "payload_id",
    ]
    marks = ["?" if m in full else "nullif(?, -1)" for m in used]
    one = "(" + ", ".join(["?", "?", *marks, "?", str(int(payload_id))]) + ")"
    head = f"INSERT INTO reading ({', '.join(names)}) VALUES "
    cut = len(table) // WIDE * WIDE
    cursor = link.connection.cursor()
    width = table.shape[1] * WIDE
    statement = head + ", ".join([one] * WIDE)
    for start in range(0, cut, WIDE * 512):
        piece = table[start : min(start + WIDE * 512, cut)]
        cursor.executemany(statement, piece.reshape(-1, width).tolist())
    cursor.executemany(head + one, table[cut:].tolist())


def _copy_readings(
    link: Link, payload_id: int, post: Ints, at: Ints, line: Ints, values: Ints
) -> None:
    import polars as pl

    from tracker.model import METRICS

    used = [m for m in range(len(METRICS)) if (values[:, m] >= 0).any()]
    frame = pl.DataFrame(
        {
            "post_id": post,
            "captured_at": at,
            **{METRICS[m]: unknown_null(values[:, m]) for m in used},
            "line": line,
        }
    ).with_columns(payload_id=pl.lit(payload_id))
    partitions.ensure(link, at)
    insert(link, "reading", frame)


def unknown_null(values: np.ndarray[Any, Any]) -> pl.Series:
    """-1 becomes null."""
    import polars as pl

    return pl.Series(values).set(pl.Series(values < 0), None)


def numbers(link: Link, sql: str, values: Sequence[Any] = (), *, width: int) -> Ints:
    """An answer of whole numbers only, as an array of `width` columns."""
    import numpy as np

    # few at a time: their memory is used again while it is still in the cache
    rows = link.each(sql, values, size=2_000 if link.dialect == "sqlite" else 50_000)
    flat = np.fromiter(chain.from_iterable(rows), np.int64)
    return flat.reshape(-1, width)


def wanted(link: Link, name: str, frame: pl.DataFrame) -> None:
    """A temporary table of keys to join with; replaces one of the same name."""
    import polars as pl

    kinds = {c: "TEXT" if t == pl.String else "BIGINT" for c, t in frame.schema.items()}
    columns = ", ".join(f'"{c}" {kind} NOT NULL' for c, kind in kinds.items())
    key = f", PRIMARY KEY ({', '.join(_quoted(list(kinds)))})"
    rows = frame.unique().sort(*kinds)
    few = len(rows) <= FEW
    if link.dialect == "sqlite":
        link.run(f"DROP TABLE IF EXISTS {name}")
        link.run(f"CREATE TEMP TABLE {name} ({columns}{key}) WITHOUT ROWID")
    else:  # behind a pooler the next transaction is on any connection
        if name in link.made:
            link.run(f"DROP TABLE {name}")
        link.made.add(name)
        made = columns if few else columns + key
        link.run(f"CREATE TEMP TABLE {name} ({made}) ON COMMIT DROP")
    insert(link, name, rows)
    if link.dialect != "sqlite":
        _priced(link, name)


def _priced(link: Link, name: str) -> None:
    """PostgreSQL only: let the planner know how few keys there are, and that looking
    a row up by its key is not four times as dear as reading on. It thinks that each
    key is in each month and would read all months instead; measured, some hundred
    times as slow."""
    link.run(f"ANALYZE {name}")
    link.run("SET LOCAL random_page_cost = 1.1")
