"""A kind of source that asks a slow server: each answer is twenty posts.

Beside it an entry point makes it a package of its own, as anybody's plug-in is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

KIND = "slowkind"
POSTS = 20


class Slow:
    kind, fingerprint = KIND, "1"

    def __init__(self, name: str, options: Mapping[str, Any], clock: Any) -> None:
        from tracker.sources.base import Policy

        self.name, self.policy, self._clock = name, Policy(), clock
        self._url, self._calls = options.get("url", ""), options.get("calls", 1)

    def fetch(self, bookmark: str | None) -> Iterator[Any]:
        """One payload a call; without an address one that nobody had to wait for."""
        from tracker.sources.base import Payload

        for number in range(self._calls):
            answer = self._asked(number) if self._url else b"{}"
            now = self._clock()
            body = json.dumps({"at": now, "answer": len(answer)}).encode()
            yield Payload(f"{self.name} {now} {number}", now, body=body)

    def _asked(self, number: int) -> bytes:
        from tracker.sources.httpclient import Call, Client

        call, inside = Call("GET", f"{self._url}/{self.name}/{number}"), ["127.0.0.1"]
        with Client(self.name, allow_private=inside, clock=self._clock) as client:
            return client.send(call).body

    def parse(self, payload: Any) -> Iterator[Any]:
        import polars as pl

        from tracker.sources.base import Batch
        from tracker.sources.rows import FRAME, NUMBERS

        at = payload.seen_at
        said: dict[str, list[Any]] = {
            "line": list(range(1, POSTS + 1)),
            "platform": ["youtube"] * POSTS,
            "post_id": [f"{self.name}-{n}" for n in range(POSTS)],
            "captured_at": [at] * POSTS,
            "views": [at // 1000 + n for n in range(POSTS)],
        }
        kinds = {c: pl.Int64 if c in NUMBERS else pl.String for c in FRAME}
        columns = {c: said.get(c, [None] * POSTS) for c in FRAME}
        yield Batch(pl.DataFrame(columns, schema=kinds))

    def settled(self, payload: Any, now: int) -> bool:
        return True


def factory(name: str, options: Mapping[str, Any], surroundings: Any) -> Slow:
    return Slow(name, options, surroundings.clock)


def install(folder: Path) -> Path:
    """Make it a package in this folder, which is to be in PYTHONPATH."""
    about = folder / f"{KIND}-1.dist-info"
    about.mkdir(parents=True, exist_ok=True)
    (folder / f"{KIND}.py").write_text(Path(__file__).read_text())
    said = f"Metadata-Version: 2.1\nName: {KIND}\nVersion: 1\n"
    (about / "METADATA").write_text(said)
    entry = f"[tracker.sources]\n{KIND} = {KIND}:factory\n"
    (about / "entry_points.txt").write_text(entry)
    return folder
