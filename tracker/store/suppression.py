"""Who was erased and must not come back: known by keyed hashes alone.

The key is made with the first erasure and stays in the database. Without anybody
erased, nothing here costs more than one question a payload.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tracker.model import Reject, handle_key
from tracker.store.database import Link
from tracker.store.persons import codes_of
from tracker.store.redaction import cells

if TYPE_CHECKING:
    import polars as pl

    from tracker.sources.base import Batch, Event

KEY = "suppression key"
#: What a rejected row of theirs says instead of why.
BLANK = "a row of somebody who was erased"
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
    """A keyed hash. kind: ambassador, email, handle, post, event, code, word."""
    said = "\x1f".join((kind, *parts)).encode("utf-8", "surrogatepass")
    return hmac.new(secret, said, hashlib.sha256).hexdigest()[:40]


def code_name(secret: bytes, code: str) -> str:
    """What a link or promo code of an erased person is called."""
    return ERASED + mark(secret, "code", code)[:20]


def canonical(value: Any) -> str:
    """JSON as events have it: the same things said are the same text."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


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

    def without(self, batch: Batch, source: int) -> tuple[Batch, int]:
        """A batch without what is of erased people, and how many rows that was.

        source: the row of the one that brought it. Of rejects, the text goes where
        any word or cell of it is theirs.
        """
        keep, kept = self._keep(batch.frame), self._accounts(batch.audience)
        events = tuple(
            self.masked(one) for one in batch.events if not self.event(one, source)
        )
        gone = batch.frame.height - int(keep.sum()) + len(batch.events) - len(events)
        if batch.audience is not None and kept is not None:
            gone += batch.audience.height - kept.height
        rejects = tuple(self.blank(one) for one in batch.rejects)
        if not gone and (rejects, events) == (batch.rejects, batch.events):
            return batch, 0
        frame = batch.frame.filter(keep)
        made = replace(batch, rejects=rejects, events=events, audience=kept)
        return replace(made, frame=frame, posts=None, whose=None), gone

    def _keep(self, frame: pl.DataFrame) -> pl.Series:
        columns = ["platform", "post_id", "handle"]
        return self._unknown(
            frame,
            columns,
            lambda platform, post, handle: (
                self.knows("post", platform, post) or self.handle(platform, handle)
            ),
        )

    def _accounts(self, audience: pl.DataFrame | None) -> pl.DataFrame | None:
        if audience is None:
            return None
        return audience.filter(
            self._unknown(audience, ["platform", "handle"], self.handle)
        )

    @staticmethod
    def _unknown(
        frame: pl.DataFrame, columns: list[str], theirs: Callable[..., bool]
    ) -> pl.Series:
        """Marks of the rows that are nobody's who was erased."""
        import polars as pl

        known = frame.select(columns).unique()
        gone = [theirs(*row) for row in known.iter_rows()]
        if not any(gone):
            return pl.Series([True] * frame.height, dtype=pl.Boolean)
        marked = known.with_columns(gone=pl.Series(gone))
        joined = frame.select(columns).join(
            marked, on=columns, how="left", nulls_equal=True, maintain_order="left"
        )
        return ~joined["gone"]

    def event(self, event: Event, source: int) -> bool:
        """Is it told of somebody who was erased? By their name, or by nothing but
        links and codes of theirs."""
        if self.knows("event", str(source), event.id):
            return True
        said = json.loads(event.data)
        if not isinstance(said, dict):
            return False
        if who := said.get("ambassador"):
            return self.knows("ambassador", str(who))
        codes = codes_of(said)
        return bool(codes) and all(self.knows("code", code) for code in codes)

    def masked(self, event: Event) -> Event:
        """An outcome by the links of several people, some of them erased: theirs as
        they are called now."""
        said = json.loads(event.data)
        codes = codes_of(said) if isinstance(said, dict) else []
        theirs = {code for code in codes if self.knows("code", code)}
        if not theirs:
            return event
        for name in ("code", "link"):
            if name in said:
                said[name] = self._renamed(said[name], theirs)
        return replace(event, data=canonical(said))

    def _renamed(self, value: Any, theirs: set[str]) -> Any:
        if isinstance(value, list):
            return [self._renamed(each, theirs) for each in value]
        parts = str(value).split("|")
        named = [code_name(self.secret, p) if p in theirs else p for p in parts]
        return "|".join(named)

    def blank(self, reject: Reject) -> Reject:
        if not self.names(reject.raw) and not self.names(reject.reason):
            return reject
        return replace(reject, raw="", reason=BLANK)

    def names(self, text: str) -> bool:
        """Is any word or cell of a text theirs?"""
        return any(self._word(word) for word in cells(text))

    def _word(self, word: str) -> bool:
        return self.knows("ambassador", word) or self.knows("word", handle_key(word))


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
