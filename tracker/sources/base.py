"""The contract of a source: three small Protocols, no base class, no pointer back.

A source fetches payloads and parses them. It knows nothing of the store, the
scheduler or other sources, and it never asks for the time: `Payload.seen_at`
brings it along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from tracker.model import Provenance, Reject

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray


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
    """

    label: str
    seen_at: int
    path: str | None = None
    body: bytes | None = None
    stamp: str | None = None
    digest: str | None = None
    bookmark: str | None = None
    notices: tuple[str, ...] = ()


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
    """

    frame: pl.DataFrame
    rejects: tuple[Reject, ...] = ()
    ignored: int = 0
    notices: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    posts: pl.DataFrame | None = None
    whose: NDArray[np.int64] | None = None

    @property
    def rows(self) -> int:
        return int(self.frame.height) + len(self.rejects)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a kind of source allows and costs."""

    provenance: Provenance = Provenance.MEASURED
    reads_files: bool = False
    metrics: tuple[str, ...] = ()
    keep_days: int | None = None
    may_blend: bool = True


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
    """A source that is told; answers the delivery's id or raises DeliveryError."""

    def verify(self, body: bytes, headers: Mapping[str, str], now: int) -> str: ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a source may know of the workspace: its folder and its time zone."""

    home: str
    timezone: str


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
