"""The contract of a source: three small Protocols, no base class, no pointer back.

A source fetches payloads and parses them. It knows nothing of the store, the
scheduler or other sources, and it never asks for the time: `Payload.seen_at`
brings it along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from tracker.clock import now
from tracker.errors import ConfigError
from tracker.model import Provenance, Reject

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Evidence:
    """The file that typed figures rest on: its name, its SHA-256 in hex, a note."""

    file: str
    sha256: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Payload:
    """Something a source handed over, still unread.

    label: what a person knows it by: the file's path, the delivery's id.
    path: the file to read; or body: the bytes themselves.
    seen_at: epoch ms; for a file its modification time.
    stamp: what changes when the content may have changed (for a file its size,
    times and inode); a payload with a known stamp is not opened again.
    digest: hash of the content if it is already known, else None.
    bookmark: where to go on from, once this payload is kept.
    asked: ids of the posts that an API was asked for in this answer; those that
    the answer lacks are unknown, not zero. deliveries: numbers of those it was
    put together from; they are read when it is kept. evidence: what it rests on.
    """

    label: str
    seen_at: int
    path: str | None = None
    body: bytes | None = None
    stamp: str | None = None
    digest: str | None = None
    bookmark: str | None = None
    notices: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    deliveries: tuple[int, ...] = ()
    evidence: Evidence | None = None


#: Columns of `Batch.audience`: line Int64, platform, handle, metric String, day
#: String (ISO date, of the source's time zone), value Int64 (never null). metric is
#: `followers` (the count at the end of that day) or a metric's name (that day's
#: figure of the whole account).
AUDIENCE = ("line", "platform", "handle", "metric", "day", "value")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened once: a click or an outcome.

    id: the event's own, not the delivery's; kind: `click` or `outcome`; at: ms UTC;
    data: all that was said of it, as JSON text with sorted keys.
    """

    line: int
    id: str
    kind: str
    at: int
    data: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a payload, columnar.

    frame: one row a reading, in any order, with the columns of `FRAME`: line Int64
    (physical line, which tells the order), platform, post_id String (never null),
    handle, url, caption, kind String or null, published_at Int64 ms or null,
    captured_at Int64 ms, and each metric Int64 or null (unknown).
    posts, whose: what is said of posts (platform, post_id and attributes), each
    saying once, and the number of each row's saying in it; for a source that
    knows it anyway, so that it need not be found out again.
    rows = frame.height + len(rejects); ignored counts recognised total, footer
    and title lines, which are no rows. header: what the payload calls its
    columns, so that a single rejected row can be read again later.
    audience: figures of accounts, with the columns of `AUDIENCE`; never added to
    posts. events: clicks and outcomes, each with an id of its own. Both count as
    rows. absent: posts (platform, id) that were asked for and not there.
    """

    frame: pl.DataFrame
    rejects: tuple[Reject, ...] = ()
    ignored: int = 0
    notices: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    posts: pl.DataFrame | None = None
    whose: NDArray[np.int64] | None = None
    audience: pl.DataFrame | None = None
    events: tuple[Event, ...] = ()
    absent: tuple[tuple[str, str], ...] = ()

    @property
    def rows(self) -> int:
        accounts = 0 if self.audience is None else int(self.audience.height)
        others = len(self.rejects) + len(self.events) + accounts
        return int(self.frame.height) + others


@dataclass(frozen=True, slots=True)
class Policy:
    """What a kind of source allows and costs.

    metrics: those it can give; keep_days: how long its data may be kept (None: no
    limit); may_blend: may its figures stand in sums over several platforms?
    platform: the one whose posts it asks for, None: a file of any. choice: what the
    settings still have to choose, as a sentence; until then nothing is deleted for
    being older than keep_days.
    """

    provenance: Provenance = Provenance.MEASURED
    reads_files: bool = False
    metrics: tuple[str, ...] = ()
    keep_days: int | None = None
    may_blend: bool = True
    platform: str | None = None
    choice: str = ""


class Source(Protocol):
    """Understands payloads. Pure: the same payload gives the same batches."""

    name: str
    kind: str
    policy: Policy
    #: Changes when the same bytes would be read differently (settings, parser).
    fingerprint: str

    def parse(self, payload: Payload) -> Iterator[Batch]:
        """Read a payload in pieces of bounded size.

        Raises PayloadError, at any piece, when the payload is refused whole;
        what was yielded before must then be thrown away by the caller.
        """
        ...


@runtime_checkable
class Polled(Protocol):
    """A source that is asked. It may repeat, it must not skip."""

    def fetch(self, bookmark: str | None) -> Iterator[Payload]: ...


@dataclass(frozen=True, slots=True)
class Account:
    """An enrolled handle, as written in the roster."""

    platform: str
    handle: str


@dataclass(frozen=True, slots=True)
class KnownPost:
    """A post that the store knows; asked_at: when this source last asked for it."""

    platform: str
    post_id: str
    url: str | None = None
    handle: str | None = None
    published_at: int | None = None
    first_at: int | None = None
    asked_at: int | None = None


class Purse(Protocol):
    """What a source may still spend of a platform's quota; kept in the store."""

    def spend(self, bucket: str, cost: int, limit: int, window: Window) -> None:
        """Reserve before the call.

        bucket: the quota's name at the platform, such as `units`. A cost below 0
        gives back what was reserved in this window and not used. Raises
        TransientSourceError QUOTA with retry_at, the end of the window, when limit
        would be passed.
        """
        ...

    def spent(self, bucket: str, used: int, limit: int, window: Window) -> None:
        """What the platform itself says is used up, when it is more than we know."""
        ...


@dataclass(frozen=True, slots=True)
class Window:
    """When a quota begins anew: every `ms` milliseconds, or with `zone` at that
    zone's midnight."""

    ms: int = 86_400_000
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Questions:
    """What a platform may be asked for now.

    posts: known posts of its platform that are due, the most pressing first;
    handles: accounts enrolled today. now: ms UTC.
    """

    now: int
    posts: tuple[KnownPost, ...]
    handles: tuple[Account, ...]
    purse: Purse


@runtime_checkable
class Asking(Protocol):
    """A source that asks a platform's API. It may repeat, it must not skip.

    Each answer is a payload of its own (body, seen_at: when it came, asked). An
    error after some payloads ends the run; what they held stays kept.
    """

    def ask(self, questions: Questions, bookmark: str | None) -> Iterator[Payload]: ...


@runtime_checkable
class Settling(Protocol):
    """A source whose payloads may still be in the making: is this one done?"""

    def settled(self, payload: Payload, now: int) -> bool: ...


@runtime_checkable
class Rereading(Protocol):
    """A source that can read single rejected records again, by today's settings.

    header: what the payload called its columns; raws: line and text of records.
    """

    def reparse(
        self, header: Sequence[str], raws: Iterable[tuple[int, str]], seen_at: int
    ) -> Batch: ...


@runtime_checkable
class Pushed(Protocol):
    """A source that is told; answers the delivery's id or raises DeliveryError.

    headers: names in lower case; a header that came twice is joined by a line
    break, which no single one can hold.
    """

    def verify(self, body: bytes, headers: Mapping[str, str], now: int) -> str: ...


@runtime_checkable
class Selecting(Protocol):
    """A pushed source that needs some headers when a delivery is read.

    headers: their names in lower case; no others are kept.
    """

    headers: tuple[str, ...]


@runtime_checkable
class Greeting(Protocol):
    """A pushed source whose platform asks by GET whether this address is ours.

    A kind whose scheme has no such handshake has no `greet` (405). Answers the media
    type, text/plain or application/json, and the body to send back; None: refuse with
    403. Must need no database. A parameter that came twice is joined by a line break.
    """

    def greet(self, query: Mapping[str, str]) -> tuple[str, str] | None: ...


def _no_secrets(reference: Mapping[str, str], subject: str) -> str:
    raise ConfigError("SECRET_MISSING", subject, "there are no secrets here")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a source may know of the workspace: its folder and its time zone.

    reveal: a reference to a secret (`{ env = "NAME" }`, ...) and what it belongs to,
    as text, become the secret; ConfigError SECRET_MISSING. To be called when the
    secret is used, not before. clock: ms UTC, by which an answer came.
    """

    home: str
    timezone: str
    reveal: Callable[[Mapping[str, str], str], str] = _no_secrets
    clock: Callable[[], int] = now


#: A factory: name, settings of the block, surroundings. It raises ConfigError
#: with all problems at once.
Factory = Callable[[str, Mapping[str, Any], Surroundings], Source]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of source: where its factory is, as a dotted path, and a sentence."""

    name: str
    factory: str
    summary: str
    options: tuple[str, ...] = field(default=())
