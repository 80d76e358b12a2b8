"""Asking an API: a thousand calls to a server that answers after 50 ms.

The ideal is the server's own time: calls x 50 ms / calls in flight. Beside our client
stands plain requests in as many threads, in the same run. As a program, this is the
server (`serve PORT`) and either of the two (`ours|plain PORT`).
"""

from __future__ import annotations

import asyncio
import json
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from ingest import Bench
from measure import BrokenError, Cost, Result, at_most

CALLS, WAIT, FLIGHT = 1000, 0.05, 32
IDEAL = CALLS * WAIT / FLIGHT
ITEMS = [{"id": f"p{n}", "views": n, "likes": n, "comments": n} for n in range(20)]


def collect(bench: Bench) -> Iterator[Result]:
    """Our client against the ideal, and against plain requests in threads."""
    took = {"ours": [], "plain": []}  # type: dict[str, list[float]]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    server = subprocess.Popen(program("serve", port))
    try:
        awaited(int(port))
        for number in range(bench.rounds):
            for name, known in took.items():
                known.append(asked(name, port))
                bench.say(f"  round {number + 1}  {name:44} {known[-1]:8.3f} s")
    finally:
        server.kill()
        server.wait()
    ours, plain = (Cost(statistics.median(took[name]), 0) for name in ("ours", "plain"))
    # 0.8 of the ideal rate is 1.25 of the ideal time.
    ideal = f"{CALLS} x {WAIT * 1000:.0f} ms / {FLIGHT}"
    yield at_most("1,000 calls", ours, ideal, Cost(IDEAL, 0), 1.25)
    yield at_most("1,000 calls", ours, "requests in threads", plain, 1.1)


def program(*words: str) -> list[str]:
    return [sys.executable, __file__, *words]


def awaited(port: int) -> None:
    """Returns when the server takes connections. Raises BrokenError."""
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise BrokenError("the server with 50 ms does not start")


def asked(name: str, port: str) -> float:
    """Seconds of the calls alone: start and imports are the same for both."""
    words = program(name, port)
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BrokenError(f"{name}: {done.stderr[-300:]}")
    return float(done.stdout)


# -- the programs


def serve(port: int) -> None:
    import uvloop

    body = json.dumps({"data": ITEMS}).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(body)}\r\n\r\n".encode()

    class Connection(asyncio.Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:
            self.transport, self.came = transport, b""

        def data_received(self, data: bytes) -> None:
            self.came += data
            while b"\r\n\r\n" in self.came:
                _, _, self.came = self.came.partition(b"\r\n\r\n")
                asyncio.get_running_loop().call_later(WAIT, self.answer)

        def answer(self) -> None:
            if not self.transport.is_closing():
                self.transport.write(head + body)

    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Connection, "127.0.0.1", port, backlog=1024)
        await server.serve_forever()

    uvloop.run(run())


def ours(urls: list[str]) -> int:
    from tracker.sources.httpclient import Call, Client

    with Client("bench", allow_private=["127.0.0.1"], parallel=FLIGHT) as client:
        answers = client.each(Call("GET", url) for url in urls)
        return sum(len(json.loads(answer.body)["data"]) for answer in answers)


def plain(urls: list[str]) -> int:
    import requests

    own = threading.local()

    def count(url: str) -> int:
        if not hasattr(own, "session"):
            own.session = requests.Session()
        return len(own.session.get(url, timeout=15).json()["data"])

    with ThreadPoolExecutor(FLIGHT) as threads:
        return sum(threads.map(count, urls))


def main(name: str, port: str) -> None:
    if name == "serve":
        serve(int(port))
        return
    # Imports are not to be measured.
    import requests  # noqa: F401

    import tracker.sources.wires  # noqa: F401

    way: Callable[[list[str]], int] = {"ours": ours, "plain": plain}[name]
    urls = [f"http://127.0.0.1:{port}/posts/{number}" for number in range(CALLS)]
    began = time.perf_counter()
    found = way(urls)
    took = time.perf_counter() - began
    assert found == CALLS * len(ITEMS), found
    print(took)


if __name__ == "__main__":
    main(*sys.argv[1:])
