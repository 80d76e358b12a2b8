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

from tracker.store.archive.months import HOMES
from tracker.store.database import Link

if TYPE_CHECKING:
    from tracker.store.gains import Ints

WRITING, ARCHIVED, RESTORED, DROPPED = "writing", "archived", "restored", "dropped"
#: In whose folder posts lie that counted for no campaign.
NOBODYS = 0

#: The name in `meta` of how often readings were deleted.
DELETIONS = "deletions of readings"
#: Posts whose home is chosen in one transaction.
SETTLE_AT_ONCE = 50_000
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


def around(
    link: Link, campaign_id: int, posts: Ints, months: tuple[str, str]
) -> list[Part]:
    """Live parts of a home that may hold readings of any of these posts.

    posts: in order. months: the first and the last, as far as they are written out.
    """
    import numpy as np

    rows = link.all(
        f"SELECT {COLUMNS} FROM archive_part WHERE state = ? AND campaign_id = ?"
        " AND month BETWEEN ? AND ? AND last_post >= ? AND first_post <= ?" + ORDER,
        (ARCHIVED, campaign_id, *months, int(posts[0]), int(posts[-1])),
    )
    found = [_part(row) for row in rows]
    within = np.searchsorted(posts, [part.first_post for part in found])
    upto = np.searchsorted(posts, [part.last_post for part in found], side="right")
    return [part for part, some in zip(found, upto > within, strict=True) if some]


def homes(link: Link) -> dict[int, str | None]:
    """The slug of each campaign, and None for 0."""
    found: dict[int, str | None] = {NOBODYS: None}
    found.update(link.all("SELECT id, slug FROM campaign"))
    return found


def intend(link: Link, campaign_id: int, month: str, path: str, now: int) -> int:
    """Say that a file will be written, before it is: what is cut off is found again.
    Its number."""
    number = 1 + int(link.value("SELECT coalesce(max(id), 0) FROM archive_part"))
    link.run(
        "INSERT INTO archive_part (id, campaign_id, month, path, rows, bytes, digest,"
        " sums, first_post, last_post, newest_payload, made_at, state)"
        " VALUES (?, ?, ?, ?, 0, 0, '', '{}', 0, 0, 0, ?, ?)",
        (number, campaign_id, month, path, now, WRITING),
    )
    return number


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


def emptied(link: Link, numbers: Iterable[int]) -> None:
    """Restored parts whose files are gone."""
    link.many("UPDATE archive_part SET bytes = 0 WHERE id = ?", [(n,) for n in numbers])


def forget(link: Link, numbers: Iterable[int]) -> None:
    """Parts whose files are gone."""
    link.many("DELETE FROM archive_part WHERE id = ?", [(n,) for n in numbers])


def settle(link: Link, campaign_id: int | None, before: int, first: int) -> int | None:
    """Choose the home of some posts that were first read before an instant and have
    none: the lowest campaign that they count for, or 0. Only those of a home; None:
    of any.

    first: the row of the first post to look at; answers the next one, None at the end.
    """
    end = first + SETTLE_AT_ONCE
    link.run(
        "INSERT INTO archived_post (post_id, campaign_id)"
        f" SELECT post_id, campaign_id FROM ({HOMES}) h"
        " WHERE post_id >= ? AND post_id < ? AND first_at < ? AND NOT EXISTS"
        " (SELECT 1 FROM archived_post a WHERE a.post_id = h.post_id)"
        " AND (CAST(? AS BIGINT) IS NULL OR campaign_id = ?)",
        (first, end, before, campaign_id, campaign_id),
    )
    more = link.value("SELECT 1 FROM post_state WHERE post_id >= ? LIMIT 1", (end,))
    return end if more else None


def unsettle(link: Link) -> None:
    """Readings were deleted in this transaction: what is being written of them just
    now must be read again. Whoever adds or changes readings need not say so, as these
    carry a payload of their own."""
    link.run(
        "INSERT INTO meta (key, value) VALUES (?, '1') ON CONFLICT (key) DO UPDATE"
        " SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)",
        (DELETIONS,),
    )


def deletions(link: Link) -> int:
    """How often readings were deleted: the same number, and none were."""
    return int(link.value("SELECT value FROM meta WHERE key = ?", (DELETIONS,)) or 0)
