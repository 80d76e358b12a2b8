"""Apache Spark: the engine on a cluster. Workers read the archive's files themselves.

What is hot, and which posts are asked about, is written for the time of the question
to where the workers can read it: beside the archive's files, under a name that no file
of readings has. Groups come back, never readings.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import polars as pl

from tracker.errors import ConfigError, StoreError
from tracker.model import METRICS
from tracker.store.archive.files import Address
from tracker.store.archive.parts import Part
from tracker.store.database import Link
from tracker.store.engines import cluster, hot, relations
from tracker.store.engines.hot import HotFile
from tracker.store.engines.posts import everything, holding
from tracker.store.engines.statement import Metrics

READINGS = ", ".join(f"{name} BIGINT" for name in ("post", "captured_at", *METRICS))
#: What Spark calls the types of columns, and what frames call them; else text.
TYPES = {"bigint": pl.Int64, "int": pl.Int64, "double": pl.Float64}


@contextmanager
def opened(
    link: Link,
    archive: Address,
    folder: Path,
    *,
    only: pl.DataFrame | None = None,
    master: str | None = None,
    rows: int | None = None,
) -> Iterator[Spark]:
    """Spark over the archive and what is hot; see the package.

    master: the cluster's address; None: this machine alone. rows: pieces are the
    cluster's own.
    """
    counted = everything(link) if only is None else only
    posts = counted["post"].unique().sort().to_numpy()
    with (
        cluster.session(master or "local[*]", folder) as session,
        _shared(archive, folder, master) as place,
    ):
        parts = holding(link, archive, posts)
        files = list(hot.write(link, posts, place.write_hot))
        engine = Spark(session, archive, place, parts, files)
        engine.relate("counted", counted)
        yield engine


class Place:
    """Where files lie that workers read for the time of a question."""

    def __init__(self, address: Address, name: str) -> None:
        self._address, self._name = address, name
        self._paths: list[str] = []

    def write(self, name: str, frame: pl.DataFrame) -> str:
        """A file of this name; how workers call it."""
        import io

        path, content = f"{self._name}/{name}.rows", io.BytesIO()
        frame.write_parquet(content, compression="zstd")
        self._paths.append(path)
        self._address.write(path, content.getvalue())
        return named(self._address, path)

    def write_hot(self, number: int, frame: pl.DataFrame) -> str:
        return self.write(f"hot-{number}", frame)

    def clear(self) -> None:
        for path in self._paths:
            with suppress(StoreError):
                self._address.delete(path)


@contextmanager
def _shared(archive: Address, folder: Path, master: str | None) -> Iterator[Place]:
    """Beside the archive; where no other machine reads, in the temporary folder."""
    alone = master is None or master.startswith("local")
    address = Address(str(folder), folder) if alone else archive
    place = Place(address, f"rollup-{secrets.token_hex(8)}")
    try:
        yield place
    finally:
        place.clear()


def named(address: Address, path: str) -> str:
    """How Spark calls a file."""
    if address.folder is not None:
        return f"file://{(address.folder / path).absolute()}"
    return address.url(path).replace("s3://", "s3a://", 1)


class Spark:
    """An open session of Spark, whole posts together in one piece."""

    pieces = 1
    #: It passes over rows in which the second is null.
    newest = "max_by({m}, CASE WHEN {m} IS NOT NULL THEN captured_at END)"

    def __init__(
        self,
        session: Any,
        archive: Address,
        place: Place,
        parts: Sequence[Part],
        files: Sequence[HotFile],
    ) -> None:
        self._session, self._archive, self._place = session, archive, place
        self._parts, self._files = parts, files

    @property
    def metrics(self) -> Metrics:
        return relations.known(self._parts, self._files)

    def relate(self, name: str, frame: pl.DataFrame) -> None:
        at = self._place.write(f"{name}-{secrets.token_hex(4)}", frame)
        self._session.read.parquet(at).createOrReplaceTempView(name)

    def each(self, sql: str) -> Iterator[pl.DataFrame]:
        if not self._parts and not self._files:
            return
        try:
            self._look()
            found = self._session.sql(sql)
            kinds = {name: TYPES.get(kind, pl.String) for name, kind in found.dtypes}
            rows = [tuple(row) for row in found.collect()]
        except Exception as error:
            raise self._trouble(error) from error
        yield pl.DataFrame(rows, schema=kinds, orient="row")

    def _look(self) -> None:
        archived = [named(self._archive, part.path) for part in self._parts]
        self._view("archived", archived)
        self._view("warm", [file.name for file in self._files])
        end = relations.end_of_archive(self._parts) if self._parts else 0
        sql = relations.union(
            "archived" if self._parts else None, "warm" if self._files else None, end
        )
        self._session.sql(f"CREATE OR REPLACE TEMP VIEW readings AS {sql}")

    def _view(self, name: str, files: Sequence[str]) -> None:
        if files:
            rows = self._session.read.schema(READINGS).parquet(*files)
            rows.createOrReplaceTempView(name)

    def _trouble(self, error: Exception) -> Exception:
        if isinstance(error, (StoreError, ConfigError)):
            return error
        for part in self._parts:
            with suppress(FileNotFoundError):
                self._archive.read(part.path)  # says which one is missing
        return cluster.failed(error)
