"""One platform's API while it is being asked: its address, its client, its judge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from tracker.errors import SourceError, TransientSourceError
from tracker.sources.calls import Answer, Call, UpstreamError
from tracker.sources.platforms.answers import schema
from tracker.sources.platforms.settings import Settings

#: Pages of one list: more than any account has.
PAGES = 1000

#: Looks at an answer and raises what is wrong with it, or nothing.
Judge = Callable[[Answer], None]


def _sound(answer: Answer) -> None:
    """An answer that is believed by its status alone."""


class Api:
    """Calls of one run. judge: sees every answer, also those of 429 and 5xx.

    resets: when the platform answers again, by an answer of 429 or 503 (ms).
    """

    def __init__(
        self,
        settings: Settings,
        default: str,
        judge: Judge = _sound,
        resets: Callable[[Answer], int | None] = lambda _: None,
    ) -> None:
        from tracker.sources.httpclient import Client, plain

        base, inside = plain(settings.base_url, default)
        host = urlsplit(base).hostname or ""
        self.subject, self._judge = settings.subject, judge
        self._base = base.rstrip("/")
        self._client = Client(
            settings.name,
            allow_private=(*settings.allow_private, *([host] if inside else [])),
            parallel=settings.parallel,
            clock=settings.clock,
            resets=resets,
            ca_file=settings.ca_file,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def get(
        self,
        path: str,
        params: Sequence[tuple[str, str]] = (),
        *,
        headers: Mapping[str, str] | None = None,
        tag: object = None,
    ) -> Call:
        return Call("GET", self._base + path, headers or {}, tuple(params), tag=tag)

    def post(
        self,
        path: str,
        json: Any,
        params: Sequence[tuple[str, str]] = (),
        *,
        headers: Mapping[str, str] | None = None,
        tag: object = None,
    ) -> Call:
        url = self._base + path
        return Call("POST", url, headers or {}, tuple(params), json=json, tag=tag)

    def send(self, call: Call, judge: Judge | None = None) -> Answer:
        """One call. Raises SourceError: the judge's for an answer that is none."""
        with _Better(judge or self._judge):
            answer = self._client.send(call)
        (judge or self._judge)(answer)
        return answer

    def each(
        self, calls: Iterable[Call], judge: Judge | None = None
    ) -> Iterator[Answer]:
        """Many calls at a time, their answers in order, up to the first error."""
        judge = judge or self._judge
        with _Better(judge):
            for answer in self._client.each(calls):
                judge(answer)
                yield answer


class _Better:
    """An answer of 429 or 5xx may say more than its status: then that is raised."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if isinstance(error, UpstreamError) and error.answer is not None:
            try:
                self._judge(error.answer)
            except SourceError as better:
                # what the client read from the headers still holds
                if isinstance(better, TransientSourceError) and not better.retry_at:
                    better.retry_at = error.retry_at
                raise better from None


class Pages:
    """Follows the next page of a list and ends where it does.

    Raises TransientSourceError SCHEMA when a page leads to one that was there, and
    at the PAGES-th page.
    """

    def __init__(self, subject: str, name: str) -> None:
        self.subject, self.name, self.number = subject, name, 1
        self._seen: set[str] = set()

    @property
    def label(self) -> str:
        return f"{self.name} page {self.number}"

    def go_on(self, token: str | None) -> bool:
        """Is there a next page? token: what the last page says of it."""
        if not token:
            return False
        if token in self._seen:
            raise schema(self.subject, self.label, "it leads to a page that was there")
        if self.number >= PAGES:
            raise schema(self.subject, self.label, f"the list has more than {PAGES}")
        self._seen.add(token)
        self.number += 1
        return True
