"""A kind of source for tests that asks a small server of its own over HTTP."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.request import urlopen

import polars as pl
from plain import FRAME

from tracker.errors import PermanentSourceError, TransientSourceError
from tracker.sources.base import Batch, Payload, Policy, Window

HOUR = 3_600_000


class Platform:
    """A platform with posts and their views. wrong: the status to answer instead.

    asked: the ids of each request, in order.
    """

    def __init__(self):
        self.views: dict[str, int] = {}
        self.wrong: int | None = None
        self.asked: list[list[str]] = []
        self.handles: list[str] = []

    def __enter__(self):
        platform = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self):
                ids = self.path.removeprefix("/posts/").split(",")
                platform.asked.append(ids)
                rows = {i: platform.views[i] for i in ids if i in platform.views}
                body = json.dumps(rows).encode()
                self.send_response(platform.wrong or 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


class Asker:
    """Asks for two posts a call; `quota` calls an hour."""

    kind = "asked"
    fingerprint = "1"

    def __init__(self, name, options):
        self.name, self._url = name, options["base_url"]
        self._quota = options.get("quota", 100)
        blend = options.get("terms") == "accepted"
        keep = None if blend else 30
        chosen = blend or "retention" in options
        self.policy = Policy(
            metrics=("views",),
            platform=options.get("platform", "youtube"),
            may_blend=blend,
            keep_days=keep,
            choice="" if chosen else 'Say terms = "accepted" if you have accepted them',
        )

    def ask(self, questions, bookmark) -> Iterator[Payload]:
        ids = [post.post_id for post in questions.posts] or (
            [] if bookmark else ["first"]
        )
        for n in range(0, len(ids), 2):
            some = ids[n : n + 2]
            questions.purse.spend("calls", 1, self._quota, Window(HOUR))
            yield Payload(
                f"posts {n + 1}-{n + len(some)}",
                questions.now + n,
                body=self._get(some),
                asked=tuple(some),
                bookmark=some[-1],
            )
            time.sleep(0.002)

    def _get(self, ids):
        try:
            with urlopen(f"{self._url}/posts/{','.join(ids)}", timeout=5) as answer:
                return answer.read()
        except HTTPError as error:
            error.close()
            subject = f"source {self.name}"
            if error.code == 401:
                raise PermanentSourceError(
                    "REAUTH", subject, "access was revoked", todo="Make a new key"
                ) from error
            raise TransientSourceError(
                "UPSTREAM", subject, f"it answered {error.code}"
            ) from error

    def parse(self, payload):
        rows = [
            dict.fromkeys(FRAME)
            | {
                "line": line,
                "platform": self.policy.platform,
                "post_id": post,
                "captured_at": payload.seen_at,
                "views": views,
            }
            for line, (post, views) in enumerate(json.loads(payload.body).items(), 1)
        ]
        found = {row["post_id"] for row in rows}
        gone = [(self.policy.platform, i) for i in payload.asked if i not in found]
        yield Batch(pl.DataFrame(rows, schema=FRAME), absent=tuple(gone))


def factory(name, options, surroundings):
    return Asker(name, options)
