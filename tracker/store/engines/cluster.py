"""A session of Spark: what must be there for one, and how it is started and ended."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tracker.errors import ConfigError, StoreError

#: Seconds until a silent master counts as not there, and until the first worker joins.
ANSWER, JOIN = 5, 60
SETTINGS = {
    "spark.app.name": "tracker rollup",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.adaptive.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
#: Where no other machine takes part, nobody else can connect.
ALONE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


@contextmanager
def session(master: str, folder: Path) -> Iterator[Any]:
    """An open session. What Spark says while it starts goes to a file of `folder`.

    Raises ConfigError ENGINE_MISSING, ENGINE_MASTER; StoreError ENGINE_FAILED.
    """
    _look_for(master)
    log = folder / "spark.log"
    with _quiet(log):
        try:
            opened = _start(master, folder)
        except Exception as error:
            raise failed(error) from error
        try:
            _await_workers(opened, master)
            yield opened
        finally:
            opened.stop()


def _look_for(master: str) -> None:
    """What is not there is told before anything is started."""
    try:
        import pyspark  # noqa: F401
    except ImportError:
        raise _missing(
            "the package pyspark is not installed",
            'Run: pip install "ambassador-tracker[spark]"',
        ) from None
    if not _java():
        raise _missing(
            "there is no Java on this machine, and Spark needs it",
            "Install Java 17 or set JAVA_HOME",
        )
    if master.startswith("sc://"):
        raise ConfigError(
            "ENGINE_MASTER",
            master,
            "Spark Connect is not what the tracker speaks",
            "Nothing was summed",
            "Use the cluster's own address, spark://HOST:PORT",
        )
    if master.startswith("spark://") and not _answers(master):
        raise StoreError(
            "ENGINE_FAILED",
            f"engine spark at {master}",
            "nobody answers there",
            "Nothing was summed",
            "Start the master or mend --master",
        )


def _missing(cause: str, todo: str) -> ConfigError:
    return ConfigError(
        "ENGINE_MISSING", "engine spark", cause, "Nothing was summed", todo
    )


def _java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return bool(shutil.which("java") or (home and (Path(home) / "bin/java").exists()))


def _answers(master: str) -> bool:
    """Does any of the masters take a connection?"""
    for one in master.removeprefix("spark://").split(","):
        host, _, port = one.rpartition(":")
        try:
            with socket.create_connection((host, int(port)), timeout=ANSWER):
                return True
        except (OSError, ValueError):
            continue
    return False


def _start(master: str, folder: Path) -> Any:
    from pyspark.sql import SparkSession

    settings = SETTINGS | {"spark.local.dir": str(folder)}
    if master.startswith("local"):
        settings |= ALONE
    builder = SparkSession.builder.master(master)
    for name, value in settings.items():
        builder = builder.config(name, value)
    opened = builder.getOrCreate()
    opened.sparkContext.setLogLevel("ERROR")
    return opened


def _await_workers(opened: Any, master: str) -> None:
    """Without a worker Spark would wait for ever."""
    if not master.startswith("spark://"):
        return
    until = time.monotonic() + JOIN
    status = opened.sparkContext._jsc.sc().getExecutorMemoryStatus  # noqa: SLF001
    while status().size() < 2:  # the driver is one of them
        if time.monotonic() > until:
            raise StoreError(
                "ENGINE_FAILED",
                f"engine spark at {master}",
                f"no worker took part within {JOIN} s",
                "Nothing was summed",
                "Start workers with enough free memory and cores",
            )
        time.sleep(0.2)


def failed(error: Exception) -> StoreError:
    """What Spark complains of, in its first line."""
    said = str(getattr(error, "desc", None) or error).strip() or type(error).__name__
    return StoreError(
        "ENGINE_FAILED",
        "engine spark",
        said.splitlines()[0],
        "Nothing was summed",
        "Look into the logs of the cluster; --engine duckdb sums up on this machine",
    )


@contextmanager
def _quiet(log: Path) -> Iterator[None]:
    """Java writes to the error output of the process: into a file meanwhile."""
    sys.stderr.flush()
    kept = os.dup(2)
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.dup2(handle, 2)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)
        os.close(handle)
