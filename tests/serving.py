"""Doors as real processes, and senders that sign."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from support import PRIVATE, ROOT

from tracker.server.limits import Limits

KEY = base64.b64encode(b"a key of twenty-four byt").decode()
SECRETS = {"SHOP_SECRET": f"whsec_{KEY}", "META_SECRET": "app", "GIT_SECRET": "git"}
SOURCES = """
[server]
listen = "127.0.0.1:0"

[[source]]
name = "shop"
kind = "webhook"
secret = { env = "SHOP_SECRET" }

[[source]]
name = "insta"
kind = "webhook"
scheme = "meta"
secret = { env = "META_SECRET" }
verify_token = "the-word"

[[source]]
name = "files"
kind = "csv"
path = "inbox/*.csv"
"""


#: As the real ones, but quick.
LIMITS = Limits(head_time=1.0, whole_time=2.5, linger=1.0, connections=60, waiting=4)


@dataclass(frozen=True)
class Reply:
    """What the door answered; headers by names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def signed(
    name: str, body: bytes, *, at: int | None = None, key: str = KEY
) -> dict[str, str]:
    """Headers of Standard Webhooks. at: in seconds; key: base64."""
    when = str(int(time.time()) if at is None else at)
    said = b".".join([name.encode(), when.encode(), body])
    seal = hmac.digest(base64.b64decode(key), said, hashlib.sha256)
    made = base64.b64encode(seal).decode()
    return {
        "webhook-id": name,
        "webhook-timestamp": when,
        "webhook-signature": f"v1,{made}",
    }


def event(number: int, views: int = 1) -> bytes:
    """A body of the plain webhook."""
    post = {"platform": "youtube", "post_id": f"p{number}", "views": views}
    said = {**post, "captured_at": "2026-01-01T10:00:00Z"}
    return json.dumps({"type": "post.metrics", "data": said}).encode()


def ask(
    address: str,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Reply:
    """One request on a connection of its own."""
    place = urlsplit(address).netloc
    with contextlib.closing(http.client.HTTPConnection(place, timeout=40)) as link:
        link.request(method, path, body, headers or {})
        answer = link.getresponse()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, named, answer.read())


def deliver(address: str, name: str, body: bytes, **more: Any) -> Reply:
    return ask(address, "POST", "/hooks/shop", body, signed(name, body, **more))


def spoken(address: str, data: bytes, *, patience: float = 15) -> bytes:
    """Bytes as they are; all that comes back until the door closes."""
    place = urlsplit(address)
    heard = b""
    with socket.create_connection((place.hostname, place.port), patience) as link:
        with contextlib.suppress(ConnectionError):
            link.sendall(data)
        with contextlib.suppress(ConnectionError):
            while some := link.recv(65536):
                heard += some
    return heard


class Serving:
    """`tracker serve` (or `daemon`) of a workspace."""

    def __init__(self, home: Path, *words: str, **environment: str) -> None:
        self.begin(home, *words, **environment)
        until(lambda: self.said("listen") or self.process.poll() is not None)
        assert self.process.poll() is None, self.log.read_text()
        self.address: str = self.said("listen")[0]["address"]

    def begin(self, home: Path, *words: str, **environment: str) -> None:
        """Start it, and do not wait."""
        around = {k: v for k, v in os.environ.items() if k not in PRIVATE}
        around |= {"PYTHONPATH": str(ROOT), "TRACKER_HOME": str(home)}
        self.log = home.parent / f"log-{time.monotonic_ns()}"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tracker", *(words or ("serve",))],
                env=around | SECRETS | environment,
                stderr=log,
                stdout=log,
            )

    def said(self, action: str) -> list[dict[str, Any]]:
        """The events of an action so far."""
        lines = self.log.read_text().splitlines()
        events = [json.loads(line) for line in lines if line.endswith("}")]
        return [each for each in events if each["action"] == action]

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@contextlib.contextmanager
def serving(home: Path, *words: str, **environment: str) -> Iterator[Serving]:
    """One that does not outlive its test."""
    door = Serving(home, *words, **environment)
    try:
        yield door
    finally:
        door.process.kill()
        door.process.wait()


def until(true: Any) -> Any:
    """Wait for something that must come."""
    end = time.monotonic() + 60
    while not (answer := true()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)
    return answer
