"""A standalone cluster of Spark on this machine: a master and two workers, each a
process of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

LOOPBACK = "127.0.0.1"
#: Small, so that everything has room beside other tests; cut into many tasks, so that
#: there is work for both workers.
DEFAULTS = """\
spark.driver.memory 512m
spark.executor.memory 512m
spark.executor.cores 1
spark.cores.max 2
spark.sql.shuffle.partitions 4
spark.sql.files.minPartitionNum 4
spark.sql.files.openCostInBytes 1
spark.sql.adaptive.coalescePartitions.enabled false
"""
#: How long a process may take until it has said what it should, in seconds.
PATIENCE = 90


@dataclass(frozen=True)
class Cluster:
    """master: its address. settings: the folder for SPARK_CONF_DIR."""

    master: str
    settings: Path
    folders: tuple[Path, ...]

    @property
    def taken_part(self) -> tuple[bool, ...]:
        """Of each worker, whether a task ran on it."""
        return tuple(
            any(
                "Running task" in log.read_text()
                for log in folder.glob("app-*/*/stderr")
            )
            for folder in self.folders
        )


def missing() -> str:
    """What is not there for a cluster; nothing when all is."""
    if find_spec("pyspark") is None:
        return "the package pyspark is not installed"
    return "" if shutil.which("java") else "there is no Java on this machine"


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    settings = folder / "conf"
    settings.mkdir()
    (settings / "spark-defaults.conf").write_text(DEFAULTS)
    running: list[subprocess.Popen[bytes]] = []

    def start(name: str, *words: str) -> Path:
        log = folder / f"{name}.log"
        with log.open("wb") as written:
            running.append(_started(settings, written, *words))
        return log

    try:
        log = start("master", "master.Master", "-h", LOOPBACK, "-p", "0")
        master = _said(log, running, r"Starting Spark master at (spark://\S+)")
        folders = tuple(folder / f"worker-{n}" for n in (1, 2))
        for n, place in enumerate(folders, 1):
            words = ["-h", LOOPBACK, "-c", "1", "-m", "600m", "-d", str(place), master]
            log = start(f"worker-{n}", "worker.Worker", *words)
            _said(log, running, r"(Successfully registered with master)")
        yield Cluster(master, settings, folders)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(30)


def _started(settings: Path, log: object, *words: str) -> subprocess.Popen[bytes]:
    import pyspark

    home = Path(pyspark.__file__).parent
    around = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_CONF_DIR": str(settings),
        "SPARK_LOCAL_IP": LOOPBACK,
        "SPARK_DAEMON_MEMORY": "256m",
    }
    name, *rest = words
    web = ["--webui-port", "0"]
    return subprocess.Popen(
        [home / "bin" / "spark-class", f"org.apache.spark.deploy.{name}", *web, *rest],
        stdout=log,  # type: ignore[call-overload]
        stderr=subprocess.STDOUT,
        env=around,
    )


def _said(log: Path, running: list[subprocess.Popen[bytes]], what: str) -> str:
    until = time.monotonic() + PATIENCE
    while True:
        text = log.read_text("utf-8", "replace")
        if found := re.search(what, text):
            return found[1]
        assert running[-1].poll() is None, text
        assert time.monotonic() < until, text
        time.sleep(0.1)
