"""The one way out to the network: every call of a connector goes through here."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from tracker.errors import TransientSourceError

Params = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Call:
    """One request.

    method: GET or POST. json, data: a body as JSON or as a form. tag: whatever the
    caller wants to find again in the answer.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Params = ()
    json: Any | None = None
    data: Mapping[str, str] | None = None
    tag: object = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. headers: names in lower case; body: decoded; at: ms UTC."""

    call: Call
    status: int
    headers: Mapping[str, str]
    body: bytes
    at: int


class UpstreamError(TransientSourceError):
    """The other side is busy, broken or not there; `answer`: what it said, if it did.

    A connector may look into `answer` (headers of 429) for a better `retry_at`.
    """

    answer: Answer | None = None


def _now() -> int:
    return time.time_ns() // 1_000_000


class Client:
    """Calls of one source, over pooled connections."""

    def __init__(
        self,
        source_name: str,
        *,
        allow_private: Sequence[str] = (),
        ports: Sequence[int] = (80, 443),
        parallel: int = 32,
        clock: Callable[[], int] = _now,
        sleep: Callable[[float], None] = time.sleep,
        resets: Callable[[Answer], int | None] | None = None,
    ) -> None:
        self._name, self._parallel, self._clock = source_name, parallel, clock
        self._pool = ThreadPoolExecutor(parallel)

    def send(self, call: Call) -> Answer:
        import requests

        subject = f"source {self._name} ({urlsplit(call.url).hostname})"
        try:
            found = requests.request(
                call.method,
                call.url,
                headers=dict(call.headers),
                params=list(call.params),
                json=call.json,
                data=call.data,
                timeout=(5, 15),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            cause = type(error).__name__
            raise UpstreamError("UPSTREAM", subject, cause) from None
        headers = {name.lower(): value for name, value in found.headers.items()}
        answer = Answer(call, found.status_code, headers, found.content, self._clock())
        if answer.status in (429, 502, 503, 504):
            failed = UpstreamError("UPSTREAM", subject, f"answered {answer.status}")
            failed.answer = answer
            raise failed
        return answer

    def each(self, calls: Iterable[Call]) -> Iterator[Answer]:
        waiting: deque[Future[Answer]] = deque()
        for call in calls:
            waiting.append(self._pool.submit(self.send, call))
            if len(waiting) >= self._parallel:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def plain(base_url: str | None, default: str) -> tuple[str, bool]:
    """The base address to use, and whether its host may be inside, on any port.

    base_url replaces scheme, host and port; a path is left out. Without it the
    platform's own address is used.
    """
    if base_url is None:
        return default, False
    parts = urlsplit(base_url)
    path = urlsplit(default).path
    return urlunsplit((parts.scheme, parts.netloc, path, "", "")), True
