"""A real PostgreSQL server of the tests' own, and a pooler in front of it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import Server


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def missing(what: str) -> None:
    """Without it the tests are skipped, but not where CI=true."""
    reason = f"no {what} on this machine"
    assert os.environ.get("CI") != "true", reason
    pytest.skip(reason)


def _programs() -> Path | None:
    """The folder of PostgreSQL's programs."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    places = ("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt")
    tries = [path for place in places for path in Path(place).glob("*/bin/initdb")]
    return max(tries).parent if tries else None


def _servant() -> str | None:
    """Servers refuse to run as root."""
    return "postgres" if os.geteuid() == 0 else None


class Cluster:
    """A server on a free port in an empty folder; it can be stopped and started."""

    def __init__(self, folder: Path) -> None:
        programs = _programs()
        if programs is None:
            missing("PostgreSQL server programs")
        assert programs is not None
        self._programs, self._folder = programs, folder
        self._process: subprocess.Popen[bytes] | None = None
        self.server = Server(free_port())
        if user := _servant():
            shutil.chown(folder, user)
        make = "-U tracker -A trust -E UTF8 --locale=C --no-sync".split()
        subprocess.run(
            [programs / "initdb", "-D", folder / "data", *make],
            check=True,
            capture_output=True,
            user=_servant(),
            cwd=folder,
        )

    def start(self) -> None:
        log = self._folder / "log"
        port = f"-p {self.server.port} -h 127.0.0.1 -F -c max_connections=60".split()
        with log.open("ab") as written:
            self._process = subprocess.Popen(
                [
                    self._programs / "postgres",
                    *("-D", self._folder / "data", "-k", self._folder),
                    *port,
                ],
                stdout=written,
                stderr=written,
                user=_servant(),
                cwd=self._folder,
            )
        answered(self.server, self._process, log)

    def stop(self) -> None:
        """At once: whoever is connected is cut off."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait()


def answered(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    """Returns when it takes statements."""
    import psycopg

    for _ in range(600):
        with contextlib.suppress(psycopg.OperationalError):
            server.do("SELECT 1")
            return
        assert process.poll() is None, log.read_text()
        time.sleep(0.05)
    raise AssertionError(log.read_text())


POOLER = """
[databases]
* = host=127.0.0.1 port={behind}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
max_client_conn = 200
default_pool_size = {size}
server_reset_query =
server_login_retry = 1
logfile = {folder}/log
pidfile = {folder}/pid
user = {user}
"""


@contextlib.contextmanager
def pooled(server: Server, folder: Path, size: int = 4) -> Iterator[Server]:
    """The same server behind a pooler that gives each transaction any of a few
    connections."""
    program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
    if not Path(program).exists():
        missing("pgbouncer")
    front = Server(free_port())
    user = _servant() or ""
    if user:
        shutil.chown(folder, user)
    text = POOLER.format(
        behind=server.port, port=front.port, size=size, folder=folder, user=user
    )
    text = text.replace("* = host", "* = user=tracker host")
    (folder / "pooler.ini").write_text(text.replace("\nuser = \n", "\n"))
    with (folder / "out").open("wb") as written:
        process = subprocess.Popen(
            [program, folder / "pooler.ini"], stdout=written, stderr=written
        )
    try:
        answered(front, process, folder / "out")
        yield front
    finally:
        process.terminate()
        process.wait()
