"""The catalogue of the archive: which file holds which readings.

A part is one file: readings of one UTC month, of posts of one home. The home of a post
is the campaign in whose folder its readings lie, 0 for none's; it is chosen when the
post is first archived and never changes, so a reading lies in one file only. Figures go
by the database's attribution, never by the folder.

A part that is `archived` is live: its rows belong to the readings. `writing` is a file
that may be there in part, `dropped` one that was replaced or taken back; both are
removed by the next run. `restored` remembers that a month was brought back; its file
is gone or goes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.store.database import Link

if TYPE_CHECKING:
    import polars as pl

WRITING, ARCHIVED, RESTORED, DROPPED = "writing", "archived", "restored", "dropped"
#: In whose folder posts lie that counted for no campaign.
NOBODYS = 0

COLUMNS = (
    "id, campaign_id, month, path, rows, bytes, digest, sums, first_post, last_post,"
    " newest_payload, made_at, state"
)
ORDER = " ORDER BY campaign_id, month, first_post, id"


@dataclass(frozen=True, slots=True)
class Part:
    """One file. path: below the archive's address. sums: of each metric that is known
    somewhere its sum and how many are known. first_post, last_post: rows of `post`."""

    id: int
    campaign_id: int
    month: str
    path: str
    rows: int
    bytes: int
    digest: str
    sums: dict[str, tuple[int, int]]
    first_post: int
    last_post: int
    newest_payload: int
    made_at: int
    state: str


def live(
    link: Link, *, campaign_id: int | None = None, month: str | None = None
) -> list[Part]:
    """Parts whose rows belong to the readings; None: of every home, of every month."""
    return in_state(link, ARCHIVED, campaign_id=campaign_id, month=month)


def in_state(
    link: Link, *states: str, campaign_id: int | None = None, month: str | None = None
) -> list[Part]:
    """Parts in any of these states, by home, month and first post."""
    marks = ", ".join("?" * len(states))
    rows = link.all(
        f"SELECT {COLUMNS} FROM archive_part WHERE state IN ({marks})"
        " AND (CAST(? AS BIGINT) IS NULL OR campaign_id = ?)"
        f" AND (CAST(? AS TEXT) IS NULL OR month = ?){ORDER}",
        (*states, campaign_id, campaign_id, month, month),
    )
    return [_part(row) for row in rows]


def _part(row: tuple[object, ...]) -> Part:
    values = list(row)
    said = json.loads(str(values[7]) or "{}")
    values[7] = {metric: (int(a), int(b)) for metric, (a, b) in said.items()}
    return Part(*values)  # type: ignore[arg-type]


def any_live(link: Link) -> bool:
    """Is anything archived at all? Costs one look at an index."""
    sql = "SELECT 1 FROM archive_part WHERE state = 'archived' LIMIT 1"
    return bool(link.value(sql))


def holding(link: Link, posts: str) -> list[Part]:
    """Live parts that may hold readings of posts.

    posts: the name of a table with the column `post`. By home and by the first and
    last post of each file.
    """
    rows = link.all(
        f"SELECT {COLUMNS} FROM archive_part p WHERE state = 'archived' AND EXISTS ("
        f"SELECT 1 FROM {posts} w JOIN archived_post a ON a.post_id = w.post"
        " WHERE a.campaign_id = p.campaign_id"
        f" AND w.post BETWEEN p.first_post AND p.last_post){ORDER}"
    )
    return [_part(row) for row in rows]


def homes(link: Link) -> dict[int, str | None]:
    """The slug of each campaign, and None for 0."""
    found: dict[int, str | None] = {NOBODYS: None}
    found.update(link.all("SELECT id, slug FROM campaign"))
    return found


def intend(
    link: Link, campaign_id: int, month: str, paths: Iterable[str], now: int
) -> list[int]:
    """Say that files will be written, before they are: what is cut off is found again.
    Their numbers."""
    number = int(link.value("SELECT coalesce(max(id), 0) FROM archive_part"))
    rows = [
        (number + n, campaign_id, month, path, now, WRITING)
        for n, path in enumerate(paths, 1)
    ]
    link.many(
        "INSERT INTO archive_part (id, campaign_id, month, path, rows, bytes, digest,"
        " sums, first_post, last_post, newest_payload, made_at, state)"
        " VALUES (?, ?, ?, ?, 0, 0, '', '{}', 0, 0, 0, ?, ?)",
        rows,
    )
    return [row[0] for row in rows]


def enter(link: Link, part: Part) -> None:
    """A file that is written and verified; its number was given by `intend`."""
    link.run(
        "UPDATE archive_part SET rows = ?, bytes = ?, digest = ?, sums = ?,"
        " first_post = ?, last_post = ?, newest_payload = ?, made_at = ?, state = ?"
        " WHERE id = ?",
        (
            part.rows,
            part.bytes,
            part.digest,
            json.dumps(part.sums),
            part.first_post,
            part.last_post,
            part.newest_payload,
            part.made_at,
            part.state,
            part.id,
        ),
    )


def mark(link: Link, numbers: Iterable[int], state: str) -> None:
    """Other states for some parts."""
    link.many(
        "UPDATE archive_part SET state = ? WHERE id = ?",
        [(state, number) for number in numbers],
    )


def forget(link: Link, numbers: Iterable[int]) -> None:
    """Parts whose files are gone."""
    link.many("DELETE FROM archive_part WHERE id = ?", [(n,) for n in numbers])


def settle(link: Link, campaign_id: int, posts: pl.Series) -> None:
    """Posts that lie in this home's folder from now on."""
    import polars as pl

    from tracker.store import bulk

    frame = pl.DataFrame({"post_id": posts, "campaign_id": campaign_id})
    bulk.insert(link, "archived_post", frame, keys=["post_id"], conflict="ignore")
