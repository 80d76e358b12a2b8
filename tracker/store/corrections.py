"""Corrections: a person's word on one value of one reading.

It replaces the value, stays with its reason and who said so, and stands against
whatever a payload says of that instant later. What the reading was before is kept as
a version, so that a replay of an earlier moment shows it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tracker.errors import NotFoundError
from tracker.model import METRICS, Provenance, iso
from tracker.store import audit
from tracker.store.again import whole
from tracker.store.archive.gather import Wish, gather
from tracker.store.archive.parts import any_live
from tracker.store.database import Database, Link
from tracker.store.states import source_id

if TYPE_CHECKING:
    from tracker.store.merge import Rows

#: The source of what a person writes.
HAND = "hand"
POST = "SELECT id FROM post WHERE platform = ? AND external_id = ?"
_PAST = ("post_id", "captured_at", *METRICS, "payload_id", "line")


@dataclass(frozen=True, slots=True)
class Correction:
    """value: the new one, None: unknown after all. captured_at, at: ms UTC."""

    platform: str
    post_id: str
    captured_at: int
    metric: str
    value: int | None
    reason: str
    actor: str
    at: int
    was: int | None = None


class Corrections:
    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._database, self._zone = database, zone

    @whole
    def correct(self, wish: Correction) -> Correction:
        """Replace one value; the correction with what it was.

        One transaction: version, value, sums, and the word itself. NotFoundError when
        there is no such post, or no reading of it at that instant.
        """
        with self._database.writing() as link:
            post = _find(link, wish)
            where = (post, wish.captured_at)
            _bring(link, where)
            was = link.value(
                f"SELECT {wish.metric} FROM reading"
                " WHERE post_id = ? AND captured_at = ?",
                where,
            )
            made = replace(wish, was=was)
            payload = _enter(link, made)
            self._replace(link, made, where, payload)
            _note(link, made, post)
            audit.note(link, "reading.correct", f"post {post}", wish.at)
        return made

    def _replace(
        self, link: Link, made: Correction, where: tuple[int, int], payload: int
    ) -> None:
        """Change the reading, and all that follows from it."""
        import polars as pl

        from tracker.store import series
        from tracker.store.posts import Posts
        from tracker.store.sums import Sums

        posts, sums = Posts(link), Sums(link, self._zone)
        key = {"platform": [made.platform], "external_id": [made.post_id]}
        slots = posts.slots(pl.DataFrame(key))
        ids = posts.id[slots]
        sums.know(ids)
        sums.touch(ids)
        before = series.of(link, ids)
        names = ", ".join(_PAST)
        link.run(
            f"INSERT INTO reading_past ({names}, replaced_by) SELECT {names}, ?"
            " FROM reading WHERE post_id = ? AND captured_at = ?",
            (payload, *where),
        )
        link.run(
            f"UPDATE reading SET {made.metric} = ?, payload_id = ?, line = 1"
            " WHERE post_id = ? AND captured_at = ?",
            (made.value, payload, *where),
        )
        after = series.of(link, ids)
        sums.recounted(before, after)
        posts.learn(after)
        posts.write()
        sums.write()

    def of(self, platform: str, post_id: str) -> list[Correction]:
        """The corrections that stand for a post, oldest instant first."""
        with self._database.reading() as link:
            rows = link.all(
                "SELECT p.platform, p.external_id, c.captured_at, c.metric, c.value,"
                " c.reason, c.actor, c.at, c.was FROM correction c"
                " JOIN post p ON p.id = c.post_id"
                " WHERE p.platform = ? AND p.external_id = ?"
                " ORDER BY c.captured_at, c.metric",
                (platform, post_id),
            )
        return [Correction(*row) for row in rows]

    def evidence(self, platform: str, post_id: str) -> list[dict[str, Any]]:
        """The files that typed readings of a post rest on."""
        with self._database.reading() as link:
            post = link.value(POST, (platform, post_id))
            found = " UNION ".join(
                f"SELECT r.payload_id FROM {table} r WHERE r.post_id = ?"
                for table in (_readings(link, post), "reading_past")
            )
            rows = link.all(
                "SELECT y.label, e.file, e.digest, e.note FROM evidence e"
                f" JOIN payload y ON y.id = e.payload_id WHERE y.id IN ({found})"
                " ORDER BY y.id",
                (post, post),
            )
        names = ("reading", "file", "sha256", "note")
        return [dict(zip(names, row, strict=True)) for row in rows]


def standing(link: Link, new: Rows) -> Rows:
    """New readings without the values that a correction stands against."""
    import polars as pl

    from tracker.store import bulk

    if not link.value("SELECT 1 FROM correction LIMIT 1"):
        return new
    wanted = pl.DataFrame({"post": new.post, "at": new.at})
    bulk.wanted(link, "wanted_corrections", wanted)
    values = new.values.copy()
    for post, at, metric in link.all(
        "SELECT c.post_id, c.captured_at, c.metric FROM wanted_corrections w"
        " JOIN correction c ON c.post_id = w.post AND c.captured_at = w.at"
    ):
        values[(new.post == post) & (new.at == at), METRICS.index(metric)] = -1
    return replace(new, values=values)


def _find(link: Link, wish: Correction) -> int:
    """The row of a post that has a reading at that instant."""
    post = link.value(POST, (wish.platform, wish.post_id))
    if post is None:
        raise NotFoundError("post", f"{wish.platform} {wish.post_id}")
    readings = _readings(link, post)
    rows = link.all(
        f"SELECT captured_at FROM {readings} WHERE post_id = ? ORDER BY 1", (post,)
    )
    if wish.captured_at not in {at for (at,) in rows}:
        raise NotFoundError("reading", str(iso(wish.captured_at)), _shown(rows))
    return int(post)


def _readings(link: Link, post: int | None) -> str:
    """The relation in which all readings of a post are."""
    import polars as pl

    from tracker.store import bulk

    if post is None or not any_live(link):
        return "reading"
    bulk.wanted(link, "wanted_post", pl.DataFrame({"post": [post]}))
    return gather(link, Wish("wanted_post"))


def _bring(link: Link, where: tuple[int, int]) -> None:
    """An archived reading that is to be changed becomes hot, as it is. From then on it
    counts in place of the archived one."""
    import polars as pl

    from tracker.store import bulk, partitions

    if not any_live(link):
        return
    wanted = pl.DataFrame({"post": [where[0]], "at": [where[1]]})
    bulk.wanted(link, "wanted_reading", wanted)
    readings = gather(link, Wish("wanted_reading", exact=True))
    if readings != "reading":
        row = link.frame(
            f"SELECT {', '.join(_PAST)} FROM {readings}",
            schema=dict.fromkeys(_PAST, pl.Int64),
        )
        partitions.ensure(link, [where[1]])
        bulk.insert(link, "reading", row, keys=_PAST[:2], conflict="ignore")


def _shown(rows: Iterable[tuple[Any, ...]]) -> list[str]:
    return [str(iso(at)) for (at,) in rows]


def _enter(link: Link, made: Correction) -> int:
    """The correction as a payload of its own: what a replay goes by."""
    number = 1 + (link.value("SELECT max(id) FROM payload") or 0)
    digest = hashlib.blake2b(repr(made).encode(), digest_size=20).hexdigest()
    label = f"correction of {made.platform} {made.post_id}"
    link.run(
        "INSERT INTO payload (id, source_id, label, digest, fingerprint, provenance,"
        " recorded_at, outcome, rows, stored, unchanged, corrected, rejected, ignored)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 'ok', 1, 0, 0, 1, 0, 0)",
        (
            number,
            source_id(link, HAND, HAND),
            label,
            digest,
            HAND,
            Provenance.REPORTED.value,
            made.at,
        ),
    )
    return int(number)


def _note(link: Link, made: Correction, post: int) -> None:
    names = ("value", "was", "reason", "actor", "at")
    sets = ", ".join(f"{name} = excluded.{name}" for name in names)
    link.run(
        "INSERT INTO correction (post_id, captured_at, metric, value, was, reason,"
        " actor, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        f" ON CONFLICT (post_id, captured_at, metric) DO UPDATE SET {sets}",
        (
            post,
            made.captured_at,
            made.metric,
            *(getattr(made, name) for name in names),
        ),
    )
