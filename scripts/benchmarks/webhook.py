"""Deliveries: this project's door against uvicorn that stores nothing, and against a
commit for each request, in rounds that take turns.

The load comes from wrk over loopback: 32 connections, one after the other sends the
next signed body when it has its answer. Every figure is of a server started anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest import Bench
from measure import BrokenError, MissingError, Result
from workspace import ask

HERE = Path(__file__).resolve().parent
SECRET = "bench-secret"
AT_ONCE, SECONDS = 32, 4
BLOCK = """
[[source]]
name = "bench"
kind = "webhook"
scheme = "github"
secret = { env = "HOOK_SECRET" }
"""
#: Of a platform's usual size: a kilobyte.
BODY = json.dumps(
    {
        "type": "post.metrics",
        "data": {
            "platform": "instagram",
            "handle": "@ambassador_007",
            "post_id": "p1000000001",
            "url": "https://www.instagram.com/p/p1000000001",
            "captured_at": "2026-01-02T21:00:00Z",
            "views": 1,
            "likes": 2,
            "caption": "x" * 780,
        },
    }
)
SCRIPT = """
local n, base = 0, tostring(os.time()) .. "-" .. "%(turn)s" .. "-"
local body = [[%(body)s]]
request = function()
  n = n + 1
  return wrk.format("POST", "/hooks/bench", {["content-type"] = "application/json",
    ["x-hub-signature-256"] = "%(seal)s", ["x-github-event"] = "push",
    ["x-github-delivery"] = base .. n}, body)
end
done = function(all, took, errors)
  io.write(string.format("DONE %%d %%d %%d\\n", all.requests, all.duration,
    all.errors.status + all.errors.timeout + all.errors.read + all.errors.connect))
end
"""


@dataclass(frozen=True)
class Server:
    """command: with {port}; kept: how many deliveries it has stored, if any."""

    name: str
    command: tuple[str, ...]
    prepare: Callable[[], object] = lambda: None
    kept: Callable[[], int] | None = None
    environment: Mapping[str, str] | None = None


def hooks(bench: Bench) -> Iterator[Result]:
    """With this machine's disk: against not storing, and against a commit each."""
    wrk = program("wrk", "install the system's wrk package")
    bare, ours, each = peers(bench.work, {})
    rates = turns(bench, wrk, [bare, ours, each])
    yield at_least("deliveries, 32 at once", rates, ours, bare, 0.25)
    yield at_least("deliveries, 32 at once", rates, ours, each, 10)


def slow_disk(bench: Bench) -> Iterator[Result]:
    """With 10 ms more for each sync."""
    wrk = program("wrk", "install the system's wrk package")
    more = {"LD_PRELOAD": str(preloaded(bench.work)), "SLOW_US": "10000"}
    _, ours, each = peers(bench.work, more)
    rates = turns(bench, wrk, [ours, each])
    yield at_least("deliveries, sync 10 ms slower", rates, ours, each, 10)


def at_least(
    measure: str, rates: Mapping[str, float], ours: Server, peer: Server, limit: float
) -> Result:
    mine, theirs = rates[ours.name], rates[peer.name]
    verdict = "ok" if mine >= limit * theirs else "missed"
    goal = f">= {limit:g} x"
    return Result(
        measure, mine, peer.name, theirs, mine / theirs, goal, verdict, "req/s"
    )


# -- servers ----------------------------------------------------------------------


def peers(work: Path, more: Mapping[str, str]) -> tuple[Server, Server, Server]:
    home, peer = work / "hooked", work / "peer-hooks"

    def fresh() -> None:
        shutil.rmtree(home, ignore_errors=True)
        ask(work, "init", str(home))
        (home / "tracker.toml").write_text(BLOCK)

    def clear() -> None:
        shutil.rmtree(peer, ignore_errors=True)
        peer.mkdir(parents=True)

    serve = ("-m", "tracker", "--home", str(home), "serve", "--listen")
    around = {"HOOK_SECRET": SECRET, "PEER_DB": str(peer / "peer.db"), **more}
    return (
        Server("uvicorn, nothing stored", uvicorn("bare"), environment=more),
        Server(
            "tracker serve",
            (sys.executable, *serve, "127.0.0.1:{port}"),
            fresh,
            lambda: rows(home / "tracker.db", "delivery"),
            around,
        ),
        Server(
            "a session and a commit each",
            (*uvicorn("session"), "--factory"),
            clear,
            lambda: rows(peer / "peer.db", "kept"),
            around,
        ),
    )


def uvicorn(app: str) -> tuple[str, ...]:
    options = "--loop uvloop --http httptools --no-access-log --log-level warning"
    start = (sys.executable, "-m", "uvicorn", f"peer_hooks:{app}", "--port", "{port}")
    return (*start, *options.split())


def rows(file: Path, table: str) -> int:
    with contextlib.closing(sqlite3.connect(file)) as link:
        return int(link.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def program(name: str, how: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise MissingError(f"no {name}; {how}")
    return found


def preloaded(work: Path) -> Path:
    """The library that makes syncs slow."""
    made = work / "slowsync.so"
    compiler = program("cc", "install a C compiler")
    words = [compiler, "-O2", "-shared", "-fPIC", "-o", str(made)]
    subprocess.run([*words, str(HERE / "slowsync.c"), "-ldl"], check=True)
    return made


# -- turns ------------------------------------------------------------------------


def turns(bench: Bench, wrk: str, servers: list[Server]) -> dict[str, float]:
    """Answers a second of each, the median of its turns. Raises BrokenError."""
    found: dict[str, list[float]] = {server.name: [] for server in servers}
    for turn in range(bench.rounds):
        for server in servers:
            rate = one_turn(bench.work, wrk, server, turn)
            found[server.name].append(rate)
            bench.say(f"  round {turn + 1}  {server.name:44} {rate:8.0f} req/s")
    return {name: statistics.median(rates) for name, rates in found.items()}


def one_turn(work: Path, wrk: str, server: Server, turn: int) -> float:
    server.prepare()
    port = free_port()
    with started(server, port):
        answered, rate = load(work, wrk, port, turn)
    if server.kept is not None and server.kept() < answered:
        raise BrokenError(f"{server.name}: answered {answered}, kept {server.kept()}")
    return rate


@contextlib.contextmanager
def started(server: Server, port: int) -> Iterator[None]:
    """The server, listening; killed in the end, so that only what is synced counts."""
    around = {**os.environ, **(server.environment or {})}
    words = [word.replace("{port}", str(port)) for word in server.command]
    process = subprocess.Popen(
        words,
        cwd=HERE,
        env=around,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process, server.name)
        yield
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes], name: str) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise BrokenError(f"{name}: it does not listen")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def load(work: Path, wrk: str, port: int, turn: int) -> tuple[int, float]:
    """How many were answered, and how many a second."""
    seal = hmac.new(SECRET.encode(), BODY.encode(), hashlib.sha256).hexdigest()
    script = work / "deliver.lua"
    script.write_text(SCRIPT % {"turn": turn, "body": BODY, "seal": f"sha256={seal}"})
    words = [wrk, "-t1", f"-c{AT_ONCE}", f"-d{SECONDS}s", "--timeout", "30s"]
    done = subprocess.run(
        [*words, "-s", str(script), f"http://127.0.0.1:{port}"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"DONE (\d+) (\d+) (\d+)", done.stdout)
    if found is None or int(found[3]):
        raise BrokenError(
            f"not all deliveries were answered well: {done.stdout[-300:]}"
        )
    answered, microseconds = int(found[1]), int(found[2])
    return answered, answered / microseconds * 1e6
