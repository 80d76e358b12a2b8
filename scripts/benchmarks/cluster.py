"""A Spark standalone cluster of this machine: a master and workers on loopback."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from measure import BrokenError, MissingError

#: Listens to this machine alone, and takes no port that is always the same.
HERE = {
    "SPARK_LOCAL_IP": "127.0.0.1",
    "SPARK_DAEMON_JAVA_OPTS": "-Dspark.master.rest.enabled=false",
}
#: How long (s) the cluster may take to be there.
PATIENCE = 300


def spark_home() -> Path:
    """Where Spark is; MissingError says how to have it."""
    found = importlib.util.find_spec("pyspark")
    if found is None or found.origin is None:
        raise MissingError("no pyspark; install requirements-spark.txt")
    return Path(found.origin).parent


@contextlib.contextmanager
def standalone(folder: Path, workers: int = 2) -> Iterator[str]:
    """The URL of a master with so many workers of one core; they end with this."""
    program, port = spark_home() / "bin" / "spark-class", free_port()
    folder.mkdir(parents=True, exist_ok=True)
    deploy, here = "org.apache.spark.deploy", ["--host", "127.0.0.1"]
    url = f"spark://127.0.0.1:{port}"
    master = [*here, "--port", str(port), "--webui-port", "0"]
    worker = [*here, "--cores", "1", "--memory", "2g", "--webui-port", "0"]
    commands = [[str(program), f"{deploy}.master.Master", *master]]
    for number in range(workers):
        place = ["--work-dir", str(folder / f"worker-{number}"), url]
        commands.append([str(program), f"{deploy}.worker.Worker", *worker, *place])
    with contextlib.ExitStack() as stack:
        log = folder / "master.log"
        stack.enter_context(_running(commands[0], log))
        _wait(log, "Starting Spark master", 1)
        for number, command in enumerate(commands[1:]):
            stack.enter_context(_running(command, folder / f"worker-{number}.log"))
        _wait(log, "Registering worker", workers)
        yield url


@contextlib.contextmanager
def _running(command: list[str], log: Path) -> Iterator[None]:
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, stdout=said, stderr=said, env={**os.environ, **HERE}
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _wait(log: Path, word: str, times: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if log.exists() and log.read_text(errors="replace").count(word) >= times:
            return
        time.sleep(0.2)
    raise BrokenError(f"Spark's cluster did not come up; see {log}")


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
