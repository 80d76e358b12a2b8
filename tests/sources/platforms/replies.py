"""A small HTTP server on loopback that answers with recorded bodies, and asks of it.

Bodies are files under fixtures/api, written for this project in the platforms' shapes.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from support import ROOT

from tracker.errors import SourceError, TransientSourceError
from tracker.sources.base import (
    Account,
    Asking,
    Batch,
    KnownPost,
    Payload,
    Questions,
    Source,
    Surroundings,
    Window,
)
from tracker.sources.registry import make

API = ROOT / "fixtures" / "api"
#: 2026-05-20T12:00:00Z
NOW = 1_779_278_400_000
DAY = 86_400_000
TOKEN = "a-secret-of-nobody"


def machine_time() -> int:
    """What the client dates answers by, in ms."""
    return time.time_ns() // 1_000_000


def body(name: str) -> bytes:
    """A recorded body, such as x/tweets.json."""
    return (API / name).read_bytes()


@dataclass(frozen=True)
class Reply:
    """What the server answers: a file's name or bytes, a status, more headers."""

    body: str | bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def bytes(self) -> bytes:
        return body(self.body) if isinstance(self.body, str) else self.body


@dataclass(frozen=True)
class Asked:
    """A request as the server saw it."""

    method: str
    path: str
    params: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    json: Any = None

    def param(self, name: str) -> str | None:
        return dict(self.params).get(name)


Answering = Callable[[Asked], Reply]


@dataclass
class Server:
    """Answers by `answering`; `asked` is what came, in order."""

    answering: Answering
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    def paths(self) -> list[str]:
        return [each.path for each in self.asked]


@contextmanager
def serving(answering: Answering) -> Iterator[Server]:
    server = Server(answering)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.answer(None)

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.answer(json.loads(sent))

        def answer(self, sent: Any) -> None:
            parts = urlsplit(self.path)
            headers = {name.lower(): text for name, text in self.headers.items()}
            params = parse_qsl(parts.query, keep_blank_values=True)
            asked = Asked(self.command, parts.path, params, headers, sent)
            server.asked.append(asked)
            reply = server.answering(asked)
            self.send_response(reply.status)
            self.send_header("Content-Length", str(len(reply.bytes)))
            for name, text in reply.headers.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(reply.bytes)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server.url = f"http://127.0.0.1:{http.server_port}/"
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        http.shutdown()


def by_path(replies: Mapping[str, Reply | Sequence[Reply]]) -> Answering:
    """Replies by path; of several, one after the other. Anything else is a 404."""
    left = {k: [v] if isinstance(v, Reply) else list(v) for k, v in replies.items()}

    def answering(asked: Asked) -> Reply:
        found = left.get(asked.path)
        if not found:
            return Reply(b'{"error": "no such path"}', 404)
        return found.pop(0) if len(found) > 1 else found[0]

    return answering


@dataclass
class Wallet:
    """A purse in memory that keeps what was spent; see tracker/store/quotas.py."""

    used: dict[str, int] = field(default_factory=dict)

    def spend(self, bucket: str, cost: int, limit: int, window: Window) -> None:
        used = self.used.get(bucket, 0) + cost
        if used > limit:
            raise TransientSourceError("QUOTA", "purse", bucket, retry_at=NOW + DAY)
        self.used[bucket] = used

    def spent(self, bucket: str, used: int, limit: int, window: Window) -> None:
        self.used[bucket] = max(self.used.get(bucket, 0), used)


def source(kind: str, asked: Server | None = None, /, **options: Any) -> Source:
    """A source of a kind whose platform is the server."""
    from tracker.sources.registry import KINDS

    given: dict[str, Any] = {"base_url": asked.url} if asked else {}
    if "token" in KINDS[kind].options and kind != "mastodon":
        given["token"] = {"env": "PLATFORM_TOKEN"}
    around = Surroundings("/nowhere", "UTC", lambda *_: TOKEN)
    return make("s", kind, given | options, around)


def posts(platform: str, *ids: str, **more: Any) -> tuple[KnownPost, ...]:
    return tuple(KnownPost(platform, each, **more) for each in ids)


def questions(
    known: Sequence[KnownPost] = (),
    handles: Sequence[str] = (),
    *,
    platform: str = "x",
    now: int = NOW,
    wallet: Wallet | None = None,
) -> Questions:
    accounts = tuple(Account(platform, handle) for handle in handles)
    return Questions(now, tuple(known), accounts, wallet or Wallet())


def batches(asking: Source, payloads: Sequence[Payload]) -> list[Batch]:
    return [batch for each in payloads for batch in asking.parse(each)]


def rows(asking: Source, payloads: Sequence[Payload]) -> list[dict[str, Any]]:
    """All rows of posts, without what is unknown and where it was read."""
    return [
        {k: v for k, v in row.items() if v is not None and k not in SAID}
        for batch in batches(asking, payloads)
        for row in batch.frame.to_dicts()
    ]


#: Columns that are the same in each row of an answer.
SAID = ("line", "platform", "captured_at")


def figures(asking: Source, payloads: Sequence[Payload]) -> list[tuple[Any, ...]]:
    """All figures of accounts: handle, metric, day, value."""
    return [
        (row["handle"], row["metric"], row["day"], row["value"])
        for batch in batches(asking, payloads)
        if batch.audience is not None
        for row in batch.audience.to_dicts()
    ]


def recorded(name: str, **more: Any) -> Payload:
    """A recorded body as a payload, as if it had just come."""
    return Payload(name, NOW, body=body(name), **more)


def failure(asking: Source, about: Questions) -> SourceError:
    """The error that ends a run."""
    assert isinstance(asking, Asking)
    with pytest.raises(SourceError) as caught:
        list(asking.ask(about, None))
    return caught.value
