"""Who was erased and must not come back: known by keyed hashes alone.

The key is made with the first erasure and stays in the database. Without anybody
erased, nothing here costs more than one question a payload.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tracker.model import Reject, handle_key
from tracker.store.database import Link

if TYPE_CHECKING:
    import polars as pl

    from tracker.sources.base import Batch, Event

KEY = "suppression key"
#: What parts the words of a rejected row.
PARTS = re.compile(r"[\s,;|\t\"'{}\[\]]+")
#: How names begin that stand in place of an erased person's.
ERASED = "erased-"


def key(link: Link) -> bytes:
    """The key of the hashes; made when there is none, inside a writing transaction."""
    said = link.value("SELECT value FROM meta WHERE key = ?", (KEY,))
    if said is None:
        said = secrets.token_hex(32)
        link.run("INSERT INTO meta (key, value) VALUES (?, ?)", (KEY, said))
    return bytes.fromhex(said)


def mark(secret: bytes, kind: str, *parts: str) -> str:
    """A keyed hash. kind: ambassador, email, handle, post, event."""
    said = "\x1f".join((kind, *parts)).encode("utf-8", "surrogatepass")
    return hmac.new(secret, said, hashlib.sha256).hexdigest()[:40]


@dataclass(frozen=True)
class Suppression:
    """The marks of everybody who was erased."""

    secret: bytes
    marks: frozenset[str]

    def knows(self, kind: str, *parts: str | None) -> bool:
        if any(part is None or part == "" for part in parts):
            return False
        said = (part for part in parts if part is not None)
        return mark(self.secret, kind, *said) in self.marks

    def person(
        self, slug: str, email: str | None, handles: Iterable[tuple[str, str]]
    ) -> bool:
        """Is this somebody who was erased?"""
        return (
            self.knows("ambassador", slug)
            or self.knows("email", (email or "").casefold())
            or any(self.handle(platform, name) for platform, name in handles)
        )

    def handle(self, platform: str, name: str | None) -> bool:
        return self.knows("handle", platform, handle_key(name) if name else None)

    # -- batches ------------------------------------------------------------------

    def without(self, batch: Batch) -> tuple[Batch, int]:
        """A batch without what is of erased people, and how many rows that was.

        Of rejects, the text goes where any word of it is theirs.
        """
        keep = self._keep(batch.frame)
        events = tuple(one for one in batch.events if not self.event(one))
        gone = int((~keep).sum()) + len(batch.events) - len(events)
        rejects = tuple(self.blank(one) for one in batch.rejects)
        if not gone and rejects == batch.rejects:
            return batch, 0
        frame = batch.frame.filter(keep)
        made = replace(batch, rejects=rejects, events=events)
        return replace(made, frame=frame, posts=None, whose=None), gone

    def _keep(self, frame: pl.DataFrame) -> pl.Series:
        import polars as pl

        columns = ["platform", "post_id", "handle"]
        known = frame.select(columns).unique()
        gone = [
            self.knows("post", platform, post) or self.handle(platform, handle)
            for platform, post, handle in known.iter_rows()
        ]
        if not any(gone):
            return pl.Series([True] * frame.height, dtype=pl.Boolean)
        marked = known.with_columns(gone=pl.Series(gone))
        joined = frame.select(columns).join(
            marked, on=columns, how="left", nulls_equal=True, maintain_order="left"
        )
        return ~joined["gone"]

    def event(self, event: Event) -> bool:
        """Is it told of somebody who was erased?"""
        said = json.loads(event.data)
        return self.knows("event", event.id) or self.knows(
            "ambassador", said.get("ambassador")
        )

    def blank(self, reject: Reject) -> Reject:
        if not any(self._word(word) for word in set(PARTS.split(reject.raw))):
            return reject
        return replace(reject, raw="", reason="a row of somebody who was erased")

    def _word(self, word: str) -> bool:
        bare = word.strip(":=.<>()")
        return bool(bare) and (
            self.knows("ambassador", bare)
            or self.knows("email", bare.casefold())
            or self.knows("word", handle_key(bare))
        )


def read(link: Link) -> Suppression | None:
    """Everybody who was erased; None when nobody was."""
    found = link.all("SELECT mark FROM suppressed")
    if not found:
        return None
    return Suppression(key(link), frozenset(row[0] for row in found))


def add(link: Link, person: int, marks: Iterable[tuple[str, Sequence[str]]]) -> None:
    """Remember what somebody was known by: (kind, parts)."""
    secret = key(link)
    rows: dict[str, tuple[Any, ...]] = {}
    for kind, parts in marks:
        made = mark(secret, kind, *parts)
        rows[made] = (kind, made, person)
    link.many(
        "INSERT INTO suppressed (kind, mark, ambassador_id) VALUES (?, ?, ?)"
        " ON CONFLICT (kind, mark) DO NOTHING",
        rows.values(),
    )
