"""Since the last report: what changed, by how much, and why.

The last report is the latest that somebody marked and from which the figures of now
differ. So the marked page itself stays as it is until something changes, and a build
without new data changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tracker.codes import CURRENCIES
from tracker.errors import NotFoundError
from tracker.facts import CampaignFacts, Changed, Since
from tracker.model import NOT_ADDITIVE
from tracker.store import reportmarks as store
from tracker.store.reportmarks import ReportMark, Snapshot

if TYPE_CHECKING:
    import polars as pl

    from tracker.app import Tracker

#: Why a count is another one, in the order in which it is told.
WHY = ("new", "grown", "corrected", "fallen", "joined", "left")


def snapshot(tracker: Tracker, facts: CampaignFacts, at: int) -> Snapshot:
    """The figures of a campaign, to be compared with later ones."""
    posts, last = store.rows_of(tracker.database, facts.campaign.id)
    people = store.people(tracker.database)
    grid = (cell for _, cells in facts.programme.grid for cell in cells)
    metrics = [m for m in facts.metrics if m not in NOT_ADDITIVE]
    return Snapshot(
        at,
        facts.posts.select("platform", "post_id", *metrics)
        .join(posts, on=["platform", "post_id"])
        .select("post", *metrics)
        .sort("post"),
        last,
        frozenset((people[one.id], one.starts, one.ends) for one in facts.people),
        {kind: str(one.many) for kind, one in facts.programme.results.items()},
        dict(sorted(Counter(cell.state for cell in grid).items())),
        sum(one.amount for one in facts.programme.costs if one.state == "paid"),
    )


def mark(tracker: Tracker, found: Iterable[tuple[str, Snapshot]], name: str) -> None:
    """Mark what campaigns looked like. Raises RosterError."""
    for campaign, seen in found:
        store.put(tracker.database, campaign, name, seen)


def since_last(tracker: Tracker, facts: CampaignFacts) -> Since | None:
    """Since the last report; None when no report was ever marked."""
    found: Since | None = None
    for one in store.list_(tracker.database, facts.campaign.id):
        found = _between(tracker, facts, one.name, store.get(tracker.database, one))
        if found.changed:
            return found
    return found


def since_mark(tracker: Tracker, facts: CampaignFacts, name: str) -> Since:
    """Since a mark. Raises NotFoundError."""
    known = store.list_(tracker.database, facts.campaign.id)
    for one in known:
        if one.name == name:
            return _between(tracker, facts, name, store.get(tracker.database, one))
    raise NotFoundError("mark", name, [one.name for one in known])


def since_then(tracker: Tracker, facts: CampaignFacts, then: Snapshot) -> Since:
    """Since an instant that nobody marked."""
    return _between(tracker, facts, "", then)


def marks(tracker: Tracker, campaign: str | None) -> list[ReportMark]:
    return store.list_(tracker.database, campaign)


# -- comparing -----------------------------------------------------------------------


def _between(
    tracker: Tracker, facts: CampaignFacts, name: str, then: Snapshot
) -> Since:
    now = snapshot(tracker, facts, then.at)
    corrected = store.corrected(tracker.database, then.at)
    secret = facts.edition.client
    names = {row: slug for slug, row in store.people(tracker.database).items()}
    shown = {one.id: one.name for one in facts.people}
    counts = _posts(then, now), *_metrics(then, now, corrected)

    def called(rows: set[int]) -> tuple[str, ...]:
        return tuple(sorted(shown.get(names.get(row, ""), "") for row in rows))

    before, after = ({row for row, *_ in one.people} for one in (then, now))
    moved = {row for row, *_ in then.people ^ now.people} & before & after
    return Since(
        name,
        then.at,
        tuple(one for one in counts if one.before != one.now or one.why),
        called(after - before),
        len(before - after),
        called(moved),
        _pairs(then.results, now.results),
        _pairs(then.missions, now.missions),
        None if secret else _paid(facts, then.paid, now.paid),
    )


def _paid(facts: CampaignFacts, *sums: int) -> tuple[Decimal, Decimal] | None:
    before, now = (
        Decimal(one).scaleb(-CURRENCIES.get(facts.campaign.currency, 2)) for one in sums
    )
    return (before, now) if before != now else None


def _pairs(
    before: Mapping[str, object], now: Mapping[str, object]
) -> tuple[tuple[str, Decimal, Decimal], ...]:
    """Names with what was and what is, where it differs; none is 0 here: rows that
    are counted."""
    both = {
        name: (Decimal(str(before.get(name, 0))), Decimal(str(now.get(name, 0))))
        for name in sorted({*before, *now})
    }
    return tuple((name, was, is_) for name, (was, is_) in both.items() if was != is_)


def _posts(then: Snapshot, now: Snapshot) -> Changed:
    before, after = set(then.posts["post"]), set(now.posts["post"])
    fresh = {post for post in after - before if post > then.last}
    parts = {
        "new": len(fresh),
        "joined": len(after - before - fresh),
        "left": -len(before - after),
    }
    return Changed("posts", len(before), len(after), _told(parts, Counter()))


def _metrics(
    then: Snapshot, now: Snapshot, corrected: set[tuple[int, str]]
) -> Iterator[Changed]:
    import polars as pl

    before, after = (
        one.posts.with_columns(pl.lit(True).alias(side))
        for one, side in ((then, "had"), (now, "has"))
    )
    both = before.join(after, on="post", how="full", coalesce=True, suffix="_now")
    old, new = then.posts.columns[1:], now.posts.columns[1:]
    for metric in dict.fromkeys([*new, *old]):
        was = pl.col(metric) if metric in old else pl.lit(None, pl.Int64)
        is_ = pl.lit(None, pl.Int64)
        if metric in new:
            is_ = pl.col(f"{metric}_now" if metric in old else metric)
        rows = both.select("post", "had", "has", was.alias("was"), is_.alias("now"))
        yield _metric(metric, rows, then.last, corrected)


def _metric(
    metric: str, rows: pl.DataFrame, last: int, corrected: set[tuple[int, str]]
) -> Changed:
    """rows: post, had, has, was, now."""
    import polars as pl

    parts: Counter[str] = Counter()
    posts: Counter[str] = Counter()
    changed = rows.filter(pl.col("was").ne_missing(pl.col("now")))
    for row in changed.iter_rows(named=True):
        gain = (row["now"] or 0) - (row["was"] or 0)
        why = _why(row, gain, last, (row["post"], metric) in corrected)
        parts[why] += gain
        posts[why] += 1
    return Changed(metric, _sum(rows, "was"), _sum(rows, "now"), _told(parts, posts))


def _sum(rows: pl.DataFrame, side: str) -> int | None:
    """None when no post is known."""
    return int(rows[side].sum()) if rows[side].count() else None


def _why(row: dict[str, Any], gain: int, last: int, corrected: bool) -> str:
    if not row["had"]:
        return "new" if row["post"] > last else "joined"
    if not row["has"]:
        return "left"
    if corrected:
        return "corrected"
    return "fallen" if gain < 0 else "grown"


def _told(
    parts: dict[str, int], posts: Counter[str]
) -> tuple[tuple[str, int, int], ...]:
    return tuple(
        (why, parts[why], posts[why]) for why in WHY if parts.get(why) or posts[why]
    )
