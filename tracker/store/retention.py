"""What may be kept no longer: texts and traces go, counts stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tracker.store import audit, counting, forgetting, history, inbox, suppression
from tracker.store.again import whole
from tracker.store.database import Database, Link

OLD_PAYLOADS = (
    "SELECT p.id FROM payload p JOIN source s ON s.id = p.source_id"
    " WHERE p.recorded_at < ? AND (CAST(? AS TEXT) IS NULL OR s.name = ?)"
)
TRACES = "agent IS NOT NULL OR referrer IS NOT NULL OR visitor IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Limit:
    """kind: captions, clicks, quarantine or rejects. before: ms UTC; what is older
    goes. source, platform: only what it brought; None: everything."""

    kind: str
    before: int
    source: str | None = None
    platform: str | None = None


@whole
def retain(
    database: Database, limits: Iterable[Limit], now: int, *, dry_run: bool = False
) -> dict[str, int]:
    """Take out what is older; how many rows of each kind."""
    done: dict[str, int] = {}
    with database.reading() if dry_run else database.writing() as link:
        for limit in limits:
            many = KINDS[limit.kind](link, limit, dry_run)
            done[limit.kind] = done.get(limit.kind, 0) + many
        if not dry_run and any(done.values()):
            many_said = ", ".join(f"{kind} {n}" for kind, n in done.items() if n)
            audit.note(link, "privacy.retention", many_said, now)
    return done


def _captions(link: Link, limit: Limit, dry_run: bool) -> int:
    """Those words stay apart by which the posts count."""
    old = link.all(
        "SELECT p.id, p.caption FROM post p LEFT JOIN post_state s ON s.post_id = p.id"
        " WHERE p.caption IS NOT NULL AND coalesce(p.published_at, s.first_at) < ?"
        " AND (CAST(? AS TEXT) IS NULL OR p.platform = ?)",
        (limit.before, limit.platform, limit.platform),
    )
    if old and not dry_run:
        words, changes = counting.Words.read(link), history.last(link)
        link.many(
            "UPDATE post SET caption = NULL, marks = ? WHERE id = ?",
            [(words.of(caption), row) for row, caption in old],
        )
        forgetting.captions(link, [row for row, _ in old], changes)
    return len(old)


def _clicks(link: Link, limit: Limit, dry_run: bool) -> int:
    where = (
        f" FROM click WHERE at < ? AND ({TRACES})"
        " AND (CAST(? AS TEXT) IS NULL"
        " OR source_id = (SELECT id FROM source WHERE name = ?))"
    )
    return _emptied(
        link,
        where,
        "click",
        "agent = NULL, referrer = NULL, visitor = NULL",
        limit,
        dry_run,
    )


def _waiting(link: Link, limit: Limit, dry_run: bool) -> int:
    where = (
        " FROM reject WHERE state = 'open' AND raw <> ''"
        f" AND payload_id IN ({OLD_PAYLOADS})"
    )
    return _emptied(link, where, "reject", "raw = ''", limit, dry_run)


def _rejects(link: Link, limit: Limit, dry_run: bool) -> int:
    """Rows that were settled, and bodies of deliveries that were read."""
    where = (
        " FROM reject WHERE state <> 'open' AND raw <> ''"
        f" AND payload_id IN ({OLD_PAYLOADS})"
    )
    many = _emptied(link, where, "reject", "raw = ''", limit, dry_run)
    return many + _deliveries(link, limit, dry_run)


def _deliveries(link: Link, limit: Limit, dry_run: bool) -> int:
    numbers = link.all(
        "SELECT id FROM delivery WHERE state = 'read' AND length(body) > 0"
        " AND received_at < ? AND (CAST(? AS TEXT) IS NULL OR source = ?)",
        (limit.before, limit.source, limit.source),
    )
    if dry_run or not numbers:
        return len(numbers)
    secret = suppression.key(link)
    for (number,) in numbers:
        row = link.one("SELECT body, headers FROM delivery WHERE id = ?", (number,))
        assert row is not None
        inbox.shorten(link, number, bytes(row[0]), row[1], b"", secret)
    return len(numbers)


def _emptied(
    link: Link, where: str, table: str, change: str, limit: Limit, dry_run: bool
) -> int:
    values = (limit.before, limit.source, limit.source)
    if dry_run:
        return int(link.value(f"SELECT COUNT(*){where}", values))
    condition = where.partition(" WHERE ")[2]
    return link.run(f"UPDATE {table} SET {change} WHERE {condition}", values)


KINDS: dict[str, Callable[[Link, Limit, bool], int]] = {
    "captions": _captions,
    "clicks": _clicks,
    "quarantine": _waiting,
    "rejects": _rejects,
}
