"""A PostgreSQL server that the tests may stop, and databases in it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from postgres import Cluster, pooled
from support import ROOT, Server

from tracker.store import schema
from tracker.store.database import Database


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A server of these tests' own; it runs when a test begins."""
    with tempfile.TemporaryDirectory(prefix="tracker-hosts-") as name:
        made = Cluster(Path(name))
        made.start()
        tables = Database(made.server.url("postgres"), ROOT)
        made.server.do("CREATE DATABASE tables")
        tables = Database(made.server.url("tables"), ROOT)
        schema.ensure(tables)
        tables.close()
        yield made
        made.stop()


@pytest.fixture
def named(cluster: Cluster) -> str:
    """The name of a fresh database with all tables."""
    name = "h" + os.urandom(6).hex()
    cluster.server.do(f"CREATE DATABASE {name} TEMPLATE tables")
    return name


@pytest.fixture
def opened(cluster: Cluster, named: str, tmp_path: Path) -> Callable[[], Database]:
    """Opens the fresh database, as one process more does it each time."""
    return lambda: Database(cluster.server.url(named), tmp_path)


@pytest.fixture(scope="session")
def pooler(cluster: Cluster) -> Iterator[Server]:
    """The same server behind a pooler in transaction mode."""
    with (
        tempfile.TemporaryDirectory(prefix="tracker-pool-") as name,
        pooled(cluster.server, Path(name)) as front,
    ):
        yield front
