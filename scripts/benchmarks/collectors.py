"""Two collectors against one: what one daemon and two collect from a slow server.

Each has four places; there are many more sources than that, due all the time, so that
the figure is what a host adds. Everybody writes to one PostgreSQL.
"""

from __future__ import annotations

import argparse
import contextlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from daemons import Daemon
from measure import Result, heading, line
from ownserver import OwnServer, own_server

#: A server that answers after so many seconds.
SERVER = """
import asyncio, sys
async def carry(reader, writer):
    try:
        while await reader.readuntil(b"\\r\\n\\r\\n"):
            await asyncio.sleep(float(sys.argv[2]))
            writer.write(b"HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\n{}")
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main():
    made = await asyncio.start_server(carry, "127.0.0.1", int(sys.argv[1]))
    await made.serve_forever()
asyncio.run(main())
"""
SOURCE = """
[[source]]
name = "s{n}"
kind = "slowkind"
every = "1s"
url = "http://127.0.0.1:{port}"
calls = {calls}
"""


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench collectors")
    parser.add_argument("--sources", type=int, default=24)
    parser.add_argument("--calls", type=int, default=4, help="of one run, in turn")
    parser.add_argument("--latency", type=float, default=1.0, help="seconds")
    parser.add_argument("--seconds", type=int, default=20, help="of one measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=4, help="places of a host")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as scratch:
        work = Path(scratch)
        work.chmod(0o755)
        with own_server(work) as server, slow_server(asked.latency) as port:
            result = measured(asked, work, server, port)
    print(heading(), line(result), sep="\n")
    return int(result.verdict != "ok")


@contextlib.contextmanager
def slow_server(latency: float) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    process = subprocess.Popen([sys.executable, "-c", SERVER, str(port), str(latency)])
    try:
        time.sleep(1)
        yield port
    finally:
        process.kill()
        process.wait()


def measured(
    asked: argparse.Namespace, work: Path, server: OwnServer, port: int
) -> Result:
    sources = "".join(
        SOURCE.format(n=n, port=port, calls=asked.calls) for n in range(asked.sources)
    )
    two = [
        Daemon(work, name, server.url, sources, asked.workers, "15s") for name in "ab"
    ]
    rates: dict[int, list[float]] = {1: [], 2: []}
    for number in range(asked.rounds):
        for many, known in rates.items():
            answers, cpu = rate(two[:many], server.url, asked.seconds)
            known.append(answers)
            said = f"round {number + 1}, {many} daemon(s): {answers:.1f} answers/s"
            said += f", {cpu * 1000:.0f} ms computed for each"
            print(said, file=sys.stderr, flush=True)
    one, both = (statistics.median(rates[many]) for many in (1, 2))
    limit = asked.workers / asked.latency
    note = f"{asked.workers} places / {asked.latency} s = {limit:.1f} answers/s a host"
    verdict = "ok" if both >= 1.8 * one else "missed"
    return Result(
        "two collectors", both, "one", one, both / one, ">= 1.8 x", verdict, "/s", note
    )


def rate(daemons: list[Daemon], url: str, seconds: int) -> tuple[float, float]:
    """Answers kept a second, once everybody is at work, and what the daemons computed
    for one (s)."""
    for daemon in daemons:
        daemon.start()
    try:
        for daemon in daemons:
            daemon.began()
        time.sleep(5)
        before, began = kept(url), time.monotonic()
        computed = sum(daemon.cpu for daemon in daemons)
        time.sleep(seconds)
        many, took = kept(url) - before, time.monotonic() - began
        computed = sum(daemon.cpu for daemon in daemons) - computed
        return many / took, computed / max(many, 1)
    finally:
        for daemon in daemons:
            daemon.end()


def kept(url: str) -> int:
    import psycopg

    with psycopg.connect(url, autocommit=True) as link:
        row = link.execute("SELECT count(*) FROM payload").fetchone()
    assert row is not None
    return int(row[0])
