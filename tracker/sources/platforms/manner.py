"""How a platform says that something went wrong, and what limits it sets on calls."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from tracker.errors import SourceError
from tracker.sources.base import Payload, Purse, Window
from tracker.sources.calls import Answer
from tracker.sources.platforms import answers
from tracker.sources.platforms.answers import Sort
from tracker.sources.platforms.api import Api, Judge
from tracker.sources.platforms.items import when
from tracker.sources.platforms.settings import Settings
from tracker.sources.values import visible

T = TypeVar("T")

#: Headers that say when a limit begins anew, as epoch seconds or in ISO 8601.
RESETS = ("x-rate-limit-reset", "x-ratelimit-reset", "ratelimit-reset")


def resets(answer: Answer) -> int | None:
    """When the platform answers again (ms), by any of the headers that say so."""
    for name in RESETS:
        found = answers.reset_at(answer.headers.get(name), answer.at)
        if found is not None:
            return found
    return None


@dataclass(frozen=True, slots=True)
class Manner:
    """One platform's.

    reason: its word for what went wrong, from the answer's object; sorts: who can
    mend that. wait: the instant from which it answers again. todo: about its key.
    """

    reason: Callable[[Mapping[str, Any]], str]
    sorts: Mapping[str, Sort] = field(default_factory=dict)
    wait: Callable[[Answer], int | None] = resets
    todo: str = ""

    def open(self, settings: Settings, address: str) -> Api:
        """The platform's API at its address, for one run."""
        return Api(settings, address, self.judge(settings), resets=self.wait)

    def judge(self, settings: Settings, also: Collection[int] = ()) -> Judge:
        """Raises the error of an answer that is none.

        also: statuses besides 200 that the caller knows how to read.
        """

        def look(answer: Answer) -> None:
            if answer.status != 200 and answer.status not in also:
                raise self.trouble(settings, answer)

        return look

    def trouble(self, settings: Settings, answer: Answer) -> SourceError:
        """What an answer that is none means, and who can mend it."""
        said = self.reason(answers.envelope(answer))
        sort = answers.sort_of(answer.status, said, self.sorts)
        return answers.trouble(
            sort,
            f"{settings.subject} ({urlsplit(answer.call.url).hostname})",
            answer.status,
            said,
            retry_at=self.wait(answer),
            todo=self.todo if sort is Sort.PERSON else "",
        )


@dataclass(frozen=True, slots=True)
class Limit:
    """A platform's limit on calls: so many in a window."""

    bucket: str
    calls: int
    window: Window

    def spend(self, purse: Purse, cost: int = 1) -> None:
        """Reserve before a call; TransientSourceError QUOTA when nothing is left."""
        purse.spend(self.bucket, cost, self.calls, self.window)


@dataclass(frozen=True, slots=True)
class Tag:
    """What a call is about: the label of its payload, and the posts asked for."""

    label: str
    asked: Sequence[str] = ()


def tagged(answer: Answer, known: Mapping[str, Any] | None = None) -> Payload:
    """The payload of an answer to a call with a `Tag`."""
    tag = answer.call.tag
    assert isinstance(tag, Tag)
    return answers.payload(answer, tag.label, asked=tag.asked, known=known)


def bearer(settings: Settings, key: str = "token") -> dict[str, str]:
    """The header with a source's token; none when the source has none."""
    if not settings.has(key):
        return {}
    return {"Authorization": f"Bearer {settings.secret(key)}"}


def handle_gone(settings: Settings, handle: str) -> str:
    """What a person is told of an enrolled handle that the platform does not know."""
    who = visible(handle)[:80]
    return (
        f"notice[HANDLE_GONE] {settings.subject}: {settings.kind} knows no account "
        f'"{who}". Nothing new is looked for there. Check the roster.'
    )


def reaches_back(settings: Settings, items: Sequence[Any], path: str) -> bool:
    """Is one of a page's posts older than `since`? path: of its moment."""
    moments = [when(answers.text_at(item, path) or "") for item in items]
    since = settings.since
    return since is not None and any(type(m) is int and m < since for m in moments)


def together(many: Sequence[T], size: int) -> Iterator[tuple[int, Sequence[T]]]:
    """Pieces of at most `size`, each with the place of its first."""
    for start in range(0, len(many), size):
        yield start, many[start : start + size]


def span(what: str, start: int, piece: Sequence[Any], many: Sequence[Any]) -> str:
    """`posts 1-50 of 130`: what a payload is called."""
    return f"{what} {start + 1}-{start + len(piece)} of {len(many)}"
