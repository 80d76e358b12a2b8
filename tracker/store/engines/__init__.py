"""Engines that run SQL over all readings, hot and archived.

    with engines.opened("duckdb", link, archive, folder) as engine:
        engine.relate("posts", frame)              # a small relation of one's own
        for frame in engine.each("SELECT ... FROM readings r JOIN posts p ..."):
            ...                                    # polars

`readings` has the columns post (the row of `post`), captured_at (ms UTC) and METRICS,
one row a reading: where a reading is hot and archived, the hot one. `each` runs the
question once for every piece of whole posts, so that memory is bounded; answers of
pieces are put together by whoever asks. A window over a post, or a sum over posts, so
stays right; a median over all posts does not, unless it is taken of the answers.

`only` at opening: a frame with the column `post`; other posts are not read. It is the
relation `counted`, with all its columns.

All engines understand the same SQL as long as it keeps to what SQLite, PostgreSQL,
DuckDB and Spark share: write CAST(SUM(x) AS BIGINT), divide by
CAST((a - a % b) / b AS BIGINT), no IGNORE NULLS, no FILTER, no date functions.
`metrics` says what is known at all: do not ask for more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from tracker.errors import ConfigError

if TYPE_CHECKING:
    import polars as pl

    from tracker.store.archive.files import Address
    from tracker.store.database import Link
    from tracker.store.engines.statement import Metrics

#: Each engine and its module here; the database's own are one.
ENGINES = {
    "sqlite": "own",
    "postgresql": "own",
    "duckdb": "duckdb",
    "spark": "spark",
}


class Engine(Protocol):
    """What all engines can do; see above."""

    @property
    def metrics(self) -> Metrics:
        """What is known of the readings asked for."""

    @property
    def pieces(self) -> int:
        """How many answers `each` gives."""

    @property
    def newest(self) -> str | None:
        """How it says "the value of {m} that is known with the greatest captured_at" in
        one aggregate; None: it has no word for it."""

    def relate(self, name: str, frame: pl.DataFrame) -> None:
        """A relation of this name, without nulls and without equal rows; replaces one
        that was given before."""

    def each(self, sql: str) -> Iterator[pl.DataFrame]:
        """The answer for each piece of whole posts."""


def fitting(link: Link) -> str:
    """The engine for the whole history when nobody chose one: DuckDB where something
    is archived, else the database itself."""
    from tracker.store.archive.parts import any_live

    return "duckdb" if any_live(link) else link.dialect


def opened(
    name: str,
    link: Link,
    archive: Address,
    folder: Path,
    *,
    only: pl.DataFrame | None = None,
    master: str | None = None,
    rows: int | None = None,
) -> AbstractContextManager[Engine]:
    """An engine over the readings of one snapshot.

    folder: where it may put temporary files. master: of Spark's cluster. rows: about so
    many readings in a piece, for questions whose answers are as long as what is read;
    None: as many as the engine likes. Raises ConfigError ENGINE_OTHER (another
    database's), ENGINE_MISSING (not installed).
    """
    if name in ("sqlite", "postgresql") and name != link.dialect:
        raise ConfigError(
            "ENGINE_OTHER",
            f"engine {name}",
            f"the database of this workspace is {link.dialect}",
            "Nothing was summed",
            f"Use --engine {link.dialect}, duckdb or spark",
        )
    made = import_module(f"tracker.store.engines.{ENGINES[name]}").opened
    opening = cast("Callable[..., AbstractContextManager[Engine]]", made)
    return opening(link, archive, folder, only=only, master=master, rows=rows)
