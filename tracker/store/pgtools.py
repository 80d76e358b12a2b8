"""PostgreSQL's own programs: pg_dump, pg_restore, psql.

A password is handed over in the environment, never as an argument, which every user of
the machine could read.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

from tracker.errors import ConfigError, StoreError

PLACES = ("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt")


def find(name: str, now: str) -> str:
    """Where a program is. ConfigError PG_TOOLS: nowhere."""
    found = shutil.which(name) or _elsewhere(name)
    if found is None:
        raise ConfigError(
            "PG_TOOLS",
            name,
            "there is no such program on this machine",
            now,
            "Install PostgreSQL's client programs (on Debian: postgresql-client), as"
            " new as the server or newer",
        )
    return found


def _elsewhere(name: str) -> str | None:
    tries = [path for place in PLACES for path in Path(place).glob(f"*/bin/{name}")]
    return str(max(tries)) if tries else None


def address(url: str) -> tuple[str, dict[str, str]]:
    """How libpq is told of a server; the password, if any, as a variable."""
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    said: dict[str, Any] = conninfo_to_dict(
        url.replace("postgresql+psycopg:", "postgresql:")
    )
    password = said.pop("password", None)
    secret = {} if password is None else {"PGPASSWORD": str(password)}
    return make_conninfo(**said), {**os.environ, **secret}


def run(
    program: str, words: Sequence[str], url: str | None, stop: Event, now: str
) -> str:
    """What a program says on its output. StoreError PG_TOOL: it failed, or was told to
    stop. now: what that means."""
    around = dict(os.environ)
    if url is not None:
        target, around = address(url)
        words = [*words, f"--dbname={target}"]
    process = subprocess.Popen(
        [program, *words],
        env=around,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )
    out, err = _waited(process, stop)
    if process.returncode:
        raise failed(program, err, now)
    return out


def _waited(process: subprocess.Popen[str], stop: Event) -> tuple[str, str]:
    try:
        while True:
            try:
                return process.communicate(timeout=0.5)
            except subprocess.TimeoutExpired:
                if stop.is_set():
                    process.terminate()
    finally:
        if process.poll() is None:
            process.kill()


def failed(program: str, said: str, now: str) -> StoreError:
    """Its first complaint; what it was asked is no part of it."""
    lines = [line for line in said.splitlines() if "error" in line.lower()]
    first = (lines or said.splitlines() or ["it ended without a word"])[0]
    name = Path(program).name
    cause = first.removeprefix(f"{name}: ").removeprefix("error: ")
    return StoreError("PG_TOOL", name, cause, now, "Mend what it says, then retry")
