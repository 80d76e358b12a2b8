"""What may be kept no longer: texts and traces go, counts stay."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tracker.store import audit
from tracker.store.database import Database, Link
from tracker.store.erasure import reduced

#: What is emptied of each kind but captions: table, change, condition.
EMPTIED: dict[str, tuple[tuple[str, str, str], ...]] = {
    "clicks": (
        (
            "click",
            "agent = NULL, referrer = NULL, visitor = NULL",
            (
                "at < ? AND (agent IS NOT NULL OR referrer IS NOT NULL"
                " OR visitor IS NOT NULL)"
            ),
        ),
    ),
    "quarantine": (
        (
            "reject",
            "raw = ''",
            (
                "state = 'open' AND raw <> '' AND payload_id IN"
                " (SELECT id FROM payload WHERE recorded_at < ?)"
            ),
        ),
    ),
    "rejects": (
        (
            "reject",
            "raw = ''",
            (
                "state <> 'open' AND raw <> '' AND payload_id IN"
                " (SELECT id FROM payload WHERE recorded_at < ?)"
            ),
        ),
        (
            "delivery",
            "body = '', headers = '{}'",
            "state = 'read' AND length(body) > 0 AND received_at < ?",
        ),
    ),
}
OLD_CAPTIONS = (
    "SELECT p.id, p.caption FROM post p JOIN post_state s ON s.post_id = p.id"
    " WHERE p.caption IS NOT NULL AND coalesce(p.published_at, s.first_at) < ?"
)


def retain(
    database: Database,
    before: Mapping[str, int],
    tags: Sequence[str],
    now: int,
    *,
    dry_run: bool = False,
) -> dict[str, int]:
    """Take out what is older; how many rows of each kind. before: ms UTC by kind.
    tags: words by which posts count, which stay of their captions."""
    with database.reading() if dry_run else database.writing() as link:
        done = {
            kind: _kind(link, kind, at, tags, dry_run) for kind, at in before.items()
        }
        if not dry_run and any(done.values()):
            many = ", ".join(f"{kind} {n}" for kind, n in done.items() if n)
            audit.note(link, "privacy.retention", many, now)
    return done


def _kind(
    link: Link, kind: str, before: int, tags: Sequence[str], dry_run: bool
) -> int:
    if kind == "captions":
        return _captions(link, before, tags, dry_run)
    many = 0
    for table, change, old in EMPTIED[kind]:
        if dry_run:
            sql = f"SELECT COUNT(*) FROM {table} WHERE {old}"
            many += int(link.value(sql, (before,)))
        else:
            many += link.run(f"UPDATE {table} SET {change} WHERE {old}", (before,))
    return many


def _captions(link: Link, before: int, tags: Sequence[str], dry_run: bool) -> int:
    wanted = re.compile("|".join(map(re.escape, tags)), re.IGNORECASE) if tags else None
    old = [
        (reduced(caption, wanted), row, caption)
        for row, caption in link.all(OLD_CAPTIONS, (before,))
    ]
    changed = [(fresh, row) for fresh, row, caption in old if fresh != caption]
    if not dry_run:
        link.many("UPDATE post SET caption = ? WHERE id = ?", changed)
    return len(changed)
