"""A PostgreSQL server for one measurement; it may be started anew in the middle."""

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

from measure import BrokenError, MissingError

PLACES = ("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt")


class OwnServer:
    """Listens on loopback alone, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        found = shutil.which("initdb")
        tries = [p for place in PLACES for p in Path(place).glob("*/bin/initdb")]
        if not found and not tries:
            raise MissingError("install the programs of a PostgreSQL server")
        self._bin = Path(found).resolve().parent if found else max(tries).parent
        self._folder, self._user = folder, "postgres" if os.geteuid() == 0 else None
        folder.mkdir(parents=True)
        if self._user:  # the server refuses to run as root
            shutil.chown(folder, self._user)
        with socket.create_server(("127.0.0.1", 0)) as door:
            self.port = door.getsockname()[1]
        make = "-U tracker -A trust -E UTF8 --locale=C".split()
        self._do("initdb", "-D", folder / "data", *make)

    @property
    def url(self) -> str:
        return f"postgresql://tracker@127.0.0.1:{self.port}/postgres"

    def _do(self, name: str, *words: object) -> None:
        command = [str(self._bin / name), *map(str, words)]
        done = subprocess.run(
            command, capture_output=True, user=self._user, cwd=self._folder, check=False
        )
        if done.returncode:
            raise BrokenError(f"{name}: {done.stderr.decode()[-300:]}")

    def start(self) -> None:
        words = f"-p {self.port} -h 127.0.0.1 -c max_connections=100".split()
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    self._bin / "postgres",
                    *("-D", self._folder / "data", "-k", self._folder, *words),
                ],
                stdout=log,
                stderr=log,
                user=self._user,
                cwd=self._folder,
            )
        for _ in range(200):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port)).close()
                time.sleep(0.2)
                return
            time.sleep(0.05)
        raise BrokenError("the PostgreSQL server does not start")

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait()


@contextlib.contextmanager
def own_server(work: Path) -> Iterator[OwnServer]:
    server = OwnServer(work / "postgresql")
    server.start()
    try:
        yield server
    finally:
        server.stop()
