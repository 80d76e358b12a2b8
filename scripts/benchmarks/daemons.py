"""Daemons of one database for a measurement, each with a home of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import slowkind
from measure import BrokenError
from workspace import ask

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = """
database = "{url}"
[server]
listen = "127.0.0.1:0"
[host]
lease = "{lease}"
workers = {workers}
"""


class Daemon:
    """A daemon, its log in a file beside its home."""

    def __init__(
        self, work: Path, name: str, url: str, sources: str, workers: int, lease: str
    ) -> None:
        self.name, self.home, self.log = name, work / name, work / f"{name}.log"
        ask(work, "init", str(self.home))
        made = SETTINGS.format(url=url, workers=workers, lease=lease)
        (self.home / "tracker.toml").write_text(made + sources)
        plugins = slowkind.install(work / "plugins")
        path = os.pathsep.join([str(ROOT), str(plugins)])
        self._around = {**os.environ, "PYTHONPATH": path, "TRACKER_HOST": name}

    def start(self) -> None:
        words = ("-m", "tracker", "--home", str(self.home), "daemon", "--log", "json")
        self._before = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *words], env=self._around, stdout=log, stderr=log
            )

    def began(self) -> None:
        """Returns when it has. Raises BrokenError."""
        for _ in range(600):
            text = self.log.read_text()[self._before :]
            if '"action": "start"' in text:
                return
            if not self.lives:
                raise BrokenError(f"daemon {self.name}: {text[-300:]}")
            time.sleep(0.1)
        raise BrokenError(f"daemon {self.name} does not begin")

    @property
    def lives(self) -> bool:
        return self.process.poll() is None

    @property
    def cpu(self) -> float:
        """Seconds that it has computed so far; 0 where the system does not tell."""
        try:
            stat = Path(f"/proc/{self.process.pid}/stat").read_text()
        except OSError:
            return 0.0
        user, kernel = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(kernel)) / os.sysconf("SC_CLK_TCK")

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self) -> None:
        if self.lives:
            self.send(signal.SIGCONT)
            self.send(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
