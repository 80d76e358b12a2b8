"""DuckDB: the engine on one machine. It reads the archive's files where they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import polars as pl

from tracker.errors import StoreError
from tracker.store.archive.files import Address
from tracker.store.archive.parts import Part
from tracker.store.database import Link
from tracker.store.engines import hot, relations
from tracker.store.engines.hot import HotFile
from tracker.store.engines.pieces import Piece, cut
from tracker.store.engines.posts import everything, holding
from tracker.store.engines.statement import Metrics

#: What DuckDB may hold in memory; beyond it, it uses the temporary folder.
MEMORY = "2GB"
#: Readings in one piece, about.
ROWS = 2_000_000


@contextmanager
def opened(
    link: Link,
    archive: Address,
    folder: Path,
    *,
    only: pl.DataFrame | None = None,
    master: str | None = None,
    rows: int | None = None,
) -> Iterator[Duck]:
    """DuckDB over the archive and what is hot; see the package. master is Spark's."""
    import duckdb

    counted = everything(link) if only is None else only
    posts = counted["post"].unique().sort().to_numpy()
    parts = holding(link, archive, posts)

    def put(number: int, frame: pl.DataFrame) -> str:
        path = folder / f"hot-{number}.parquet"
        frame.write_parquet(path, compression="lz4")
        return str(path)

    files = list(hot.write(link, posts, put))
    connection = duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "temp_directory": str(folder),
            "preserve_insertion_order": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )
    try:
        if archive.folder is None and parts:
            connection.register_filesystem(archive.filesystem)
        engine = Duck(connection, archive, folder, parts, files, rows or ROWS)
        engine.relate("counted", counted)
        yield engine
    finally:
        connection.close()


class Duck:
    """An open DuckDB; `readings` is made anew for every piece."""

    #: It passes over rows in which one of the two is null.
    newest = "arg_max({m}, captured_at)"

    def __init__(
        self,
        connection: Any,
        archive: Address,
        folder: Path,
        parts: Sequence[Part],
        files: Sequence[HotFile],
        rows: int,
    ) -> None:
        self._connection, self._archive, self._folder = connection, archive, folder
        self._parts, self._files = parts, files
        self._cut = cut(parts, files, rows)

    @property
    def metrics(self) -> Metrics:
        return relations.known(self._parts, self._files)

    @property
    def pieces(self) -> int:
        return len(self._cut)

    def relate(self, name: str, frame: pl.DataFrame) -> None:
        path = self._folder / f"relation-{name}.parquet"
        frame.write_parquet(path, compression="lz4")
        self._connection.execute(
            f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM {_read([str(path)])}"
        )

    def each(self, sql: str) -> Iterator[pl.DataFrame]:
        import duckdb

        for piece in self._cut:
            try:
                self._look_at(piece)
                yield pl.DataFrame(self._connection.sql(sql))
            except duckdb.Error as error:
                raise self._trouble(piece, error) from error

    def _look_at(self, piece: Piece) -> None:
        posts = f" WHERE post BETWEEN {piece.first} AND {piece.last}"
        archived = warm = None
        if piece.parts:
            names = [self._archive.url(part.path) for part in piece.parts]
            archived = f"(SELECT * FROM {_read(names)}{posts})"
        if self._files:
            homes = ", ".join(map(str, piece.homes))
            names = [file.name for file in self._files]
            warm = f"(SELECT * FROM {_read(names)}{posts} AND home IN ({homes}))"
        end = relations.end_of_archive(piece.parts) if piece.parts else 0
        sql = relations.union(archived, warm, end)
        self._connection.execute(f"CREATE OR REPLACE TEMP VIEW readings AS {sql}")

    def _trouble(self, piece: Piece, error: Exception) -> StoreError:
        for part in piece.parts:
            with suppress(FileNotFoundError):
                self._archive.read(part.path)  # says which one is missing
        return StoreError(
            "ENGINE_FAILED",
            "engine duckdb",
            str(error).strip().splitlines()[0],
            "Nothing was summed",
            "`tracker archive verify` says whether files are damaged",
        )


def _read(names: Sequence[str]) -> str:
    listed = ", ".join("'" + name.replace("'", "''") + "'" for name in names)
    return f"read_parquet([{listed}], hive_partitioning = false)"
