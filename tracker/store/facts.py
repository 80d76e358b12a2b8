"""What pages show, read from the store; of each campaign in one snapshot.

Sums come from the rollups; only the list of posts, with the ages of what is known
of them, is read from the posts themselves.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.facts import (
    POSTS,
    CampaignFacts,
    Count,
    DayFacts,
    Disagreement,
    Person,
    PlatformFacts,
    QualityFacts,
    RejectFacts,
)
from tracker.model import METRICS, NOT_ADDITIVE, Campaign
from tracker.store import postrows
from tracker.store.archive.gather import newest
from tracker.store.database import Database, Link

if TYPE_CHECKING:
    import polars as pl

Row = tuple[Any, ...]
#: Of one platform: last_at, and of each known metric its sum and ages.
Age = dict[str, Any]

#: Metrics in the order in which one of them is chosen to lead.
NOTHING: Mapping[str, str] = {}
LEADING = (
    "views",
    "impressions",
    "likes",
    "shares",
    "comments",
    "clicks",
    "saves",
    "quotes",
    "watch_seconds",
)
#: Of each post, besides its figures: what pages, KPIs and missions start from.
ROWS = ("post", *POSTS, "handle", "marks")
#: Disagreements and unknown handles that are listed; all are counted.
LISTED = 50

_ALL = ("posts", *METRICS, *(f"{metric}_known" for metric in METRICS))


def _sums(names: Iterable[str]) -> str:
    return ", ".join(f"CAST(SUM({name}) AS BIGINT)" for name in names)


BY_PERSON = (
    f"SELECT ambassador_id, platform, {_sums(_ALL)} FROM rollup WHERE campaign_id = ?"
    " GROUP BY ambassador_id, platform ORDER BY ambassador_id, platform"
)
CAMPAIGNS = (
    "SELECT id, slug, name, timezone, currency, language, starts, ends, state, plan"
    " FROM campaign ORDER BY slug"
)
REJECTS = (
    'SELECT s.name, r.code, r."column", COUNT(*), MIN(r.reason)'
    " FROM reject r JOIN payload p ON p.id = r.payload_id"
    " JOIN source s ON s.id = p.source_id WHERE r.state = 'open'"
    ' GROUP BY s.name, r.code, r."column" ORDER BY COUNT(*) DESC, s.name, r.code,'
    ' r."column"'
)
FIRST_REJECT = (
    "SELECT p.label, r.line, r.reason FROM reject r"
    " JOIN payload p ON p.id = r.payload_id JOIN source s ON s.id = p.source_id"
    " WHERE r.state = 'open' AND s.name = ? AND r.code = ? AND r.\"column\" = ?"
    " ORDER BY p.label, r.line LIMIT 1"
)
REFUSED = (
    "SELECT s.name, p.label, p.error FROM payload p JOIN source s ON s.id = p.source_id"
    " WHERE p.outcome = 'refused' AND NOT EXISTS (SELECT 1 FROM payload q"
    " WHERE q.source_id = p.source_id AND q.label = p.label AND q.id > p.id)"
    " ORDER BY s.name, p.label"
)
UNKNOWN = (
    "SELECT p.platform, p.handle, COUNT(*) FROM attribution a"
    " JOIN post p ON p.id = a.post_id WHERE a.campaign_id = 0 AND a.ambassador_id = 0"
    # the two databases put nulls at different ends
    " GROUP BY p.platform, p.handle"
    " ORDER BY COUNT(*) DESC, p.platform, coalesce(p.handle, '')"
)
#: Posts of enrolled people in the workspace; those of the campaign are among them.
THEIRS = (
    "SELECT COUNT(*) FROM attribution WHERE campaign_id = 0 AND ambassador_id IN"
    " (SELECT ambassador_id FROM enrolment WHERE campaign_id = ?)"
)
DISAGREED = (
    " FROM disagreement d JOIN attribution a ON a.post_id = d.post_id"
    " AND a.campaign_id = ?"
)


def campaign_slugs(database: Database) -> list[str]:
    """All campaigns, by name of their folder."""
    with database.reading() as link:
        return [slug for (slug,) in link.all("SELECT slug FROM campaign ORDER BY slug")]


def languages(database: Database) -> dict[str, str]:
    """The language of each campaign, by name of its folder, in order."""
    with database.reading() as link:
        return dict(link.all("SELECT slug, language FROM campaign ORDER BY slug"))


def read(
    database: Database,
    slugs: Iterable[str | None] | None = None,
    apart: Mapping[str, str] = NOTHING,
) -> list[CampaignFacts]:
    """Facts of these campaigns, or of all, in the order of their slugs.

    apart: platforms whose figures may stand in no sum with others', and why.
    """
    return list(each(database, slugs, apart))


def each(
    database: Database,
    slugs: Iterable[str | None] | None = None,
    apart: Mapping[str, str] = NOTHING,
) -> Iterator[CampaignFacts]:
    """The same one by one. Between two of them no snapshot is held: a build of many
    campaigns takes long, and the database could not be tidied meanwhile."""
    wanted = None if slugs is None else set(slugs)
    with database.reading() as link:
        rows = link.all(CAMPAIGNS)
        shared = _shared_quality(link)
    for row in rows:
        if wanted is None or row[1] in wanted:
            with database.reading() as link:
                facts = _campaign(link, row, shared, apart)
            yield facts
            del facts


def _campaign(
    link: Link, row: Row, shared: Row, apart: Mapping[str, str]
) -> CampaignFacts:
    key, campaign, plan = row[0], _described(row), json.loads(row[9])
    cuts = link.all(BY_PERSON, (key,))
    known = [
        sum(cut[3 + len(METRICS) + at] for cut in cuts) for at in range(len(METRICS))
    ]
    metrics = tuple(m for m, many in zip(METRICS, known, strict=True) if many)
    leading = _leading(plan, metrics)
    rows = postrows.read(link, key, (*ROWS, *postrows.figures(metrics)))
    posts = _ordered(rows, metrics, leading)
    ages = _ages(posts, metrics)
    platforms = _platforms(link, key, cuts, ages)
    left = _left_out([part.platform for part in platforms], apart)
    return CampaignFacts(
        campaign=campaign,
        plan=plan,
        as_of=max((p.newest for p in platforms if p.newest is not None), default=None),
        leading=leading,
        metrics=metrics,
        posts_total=sum(p.posts for p in platforms),
        counts=_together([p.counts for p in platforms if p.platform not in left])
        or {m: Count(None, 0, 0) for m in METRICS},
        platforms=platforms,
        days=tuple(_days(link, key, metrics)),
        people=tuple(_people(link, key, cuts, leading, left)),
        sums={
            (name, m): age[f"{m}_sum"] for name, age in ages.items() for m in metrics
        },
        quality=_quality(link, key, shared, len(posts)),
        posts=posts.drop(f"{m}_at" for m in metrics),
        rows=rows,
        left_out=tuple((name, apart[name]) for name in left),
    )


def _left_out(platforms: Iterable[str], apart: Mapping[str, str]) -> tuple[str, ...]:
    """Those of `apart` that stand beside another platform."""
    found = sorted(set(platforms))
    return tuple(p for p in found if p in apart) if len(found) > 1 else ()


def _described(row: Row) -> Campaign:
    _, slug, name, zone, currency, language, starts, ends, state, _ = row
    return Campaign(
        id=slug,
        name=name,
        timezone=zone,
        currency=currency,
        language=language,
        starts=date.fromisoformat(starts) if starts else None,
        ends=date.fromisoformat(ends) if ends else None,
        state=state,
    )


def _leading(plan: Mapping[str, Any], metrics: tuple[str, ...]) -> str | None:
    """The metric of the plan's first indicator that is known, else the usual one."""
    aims = [indicator.get("metric") for indicator in plan.get("indicator", ())]
    for metric in (*aims, *LEADING):
        if metric in metrics and metric not in NOT_ADDITIVE:
            return str(metric)
    return None


# -- sums ---------------------------------------------------------------------


def _days(link: Link, key: int, metrics: tuple[str, ...]) -> Iterable[DayFacts]:
    many = len(metrics)
    sums = _sums(("posts", *metrics, *(f"{metric}_known" for metric in metrics)))
    for platform, day, posts, *figures in link.all(
        f"SELECT platform, day, {sums} FROM rollup WHERE campaign_id = ?"
        " GROUP BY platform, day ORDER BY day, platform",
        (key,),
    ):
        gains = zip(metrics, figures[:many], figures[many:], strict=True)
        known = zip(metrics, figures[many:], strict=True)
        yield DayFacts(
            day,
            platform,
            posts,
            {m: g for m, g, k in gains if g or k},
            {m: k for m, k in known if k},
        )


def _platforms(
    link: Link, key: int, cuts: list[Row], ages: Mapping[str, Age]
) -> tuple[PlatformFacts, ...]:
    by_platform: dict[str, list[Row]] = defaultdict(list)
    for _, platform, *figures in cuts:
        by_platform[platform].append(tuple(figures))
    classes = _classes(link, key)
    return tuple(
        PlatformFacts(
            platform,
            sum(row[0] for row in rows),
            ages[platform]["last_at"] if platform in ages else None,
            _counts(rows, ages.get(platform)),
            classes.get(platform, classes.get("", ())),
        )
        for platform, rows in sorted(by_platform.items())
    )


def _counts(rows: list[Row], ages: Age | None = None) -> dict[str, Count]:
    """Counts of rollup figures (posts, gains, known) added up."""
    posts = sum(row[0] for row in rows)
    counts = {}
    for at, metric in enumerate(METRICS):
        known = sum(row[1 + len(METRICS) + at] for row in rows)
        value = sum(row[1 + at] for row in rows)
        additive = known and metric not in NOT_ADDITIVE
        oldest = ages.get(f"{metric}_oldest") if ages else None
        newest = ages.get(f"{metric}_newest") if ages else None
        counts[metric] = Count(
            value if additive else None, known, posts - known, oldest, newest
        )
    return counts


def _together(parts: list[Mapping[str, Count]]) -> dict[str, Count]:
    if not parts:
        return {}
    return {m: _added([part[m] for part in parts]) for m in METRICS}


def _added(counts: list[Count]) -> Count:
    values = [c.value for c in counts if c.value is not None]
    return Count(
        sum(values) if values else None,
        sum(c.known for c in counts),
        sum(c.unknown for c in counts),
        min((c.oldest for c in counts if c.oldest is not None), default=None),
        max((c.newest for c in counts if c.newest is not None), default=None),
    )


def _classes(link: Link, key: int) -> dict[str, tuple[str, ...]]:
    """Classes of readings by platform; under '' when all sources have the same."""
    said = "SELECT DISTINCT provenance FROM payload WHERE stored > 0 OR corrected > 0"
    found = sorted(name for (name,) in link.all(said))
    if len(found) < 2:
        return {"": tuple(found)}
    by_platform: dict[str, set[str]] = defaultdict(set)
    for platform, name in link.all(
        "SELECT DISTINCT p.platform, f.provenance FROM attribution a"
        " JOIN post p ON p.id = a.post_id JOIN post_state s ON s.post_id = a.post_id"
        f" JOIN {newest(link, key)} r"
        " ON r.post_id = s.post_id AND r.captured_at = s.last_at"
        " JOIN payload f ON f.id = r.payload_id WHERE a.campaign_id = ?",
        (key,),
    ):
        by_platform[platform].add(name)
    order = ("measured", "reported", "estimated")
    return {
        p: tuple(n for n in order if n in names) for p, names in by_platform.items()
    }


# -- people -------------------------------------------------------------------


def _people(
    link: Link,
    key: int,
    cuts: list[Row],
    leading: str | None,
    left: tuple[str, ...],
) -> Iterable[Person]:
    by_person: dict[int, list[Row]] = defaultdict(list)
    for person, platform, *figures in cuts:
        by_person[person].append((platform, *figures))
    without = {
        (person, platform)
        for person, parts in by_person.items()
        for platform in _left_out([part[0] for part in parts], dict.fromkeys(left, ""))
    }
    days = _own_days(link, key, leading or "views", without)
    handles = _handles(link)
    for row in link.all(
        "SELECT a.id, a.slug, a.name, a.country, MIN(e.team), MIN(e.starts),"
        " MAX(e.ends), MAX(CASE WHEN e.ends IS NULL THEN 1 ELSE 0 END)"
        " FROM enrolment e JOIN ambassador a ON a.id = e.ambassador_id"
        " WHERE e.campaign_id = ? GROUP BY a.id, a.slug, a.name, a.country"
        " ORDER BY a.slug",
        (key,),
    ):
        person, slug, name, country, team, starts, ends, still = row
        figures = [
            cut[1:] for cut in by_person[person] if (person, cut[0]) not in without
        ]
        held = handles[person]
        yield Person(
            id=slug,
            name=name,
            country=country,
            team=team,
            handles=tuple(sorted({(p, h) for p, h, _ in held})),
            followers=max((f for *_, f in held if f is not None), default=None),
            starts=starts,
            ends=None if still else ends,
            posts=sum(cut[1] for cut in by_person[person]),
            counts=_counts(figures),
            platforms={cut[0]: cut[1] for cut in by_person[person] if cut[1]},
            days=tuple(days[person]),
        )


def _own_days(
    link: Link, key: int, metric: str, without: set[tuple[int, str]]
) -> dict[int, list[tuple[int, int, int, int]]]:
    """(day, posts, gain, known) of each person, but for some of their platforms."""
    found: dict[int, dict[int, tuple[int, int, int, int]]] = defaultdict(dict)
    for person, platform, day, *figures in link.all(
        # there is one row for each of these three
        f"SELECT ambassador_id, platform, day, posts, {metric}, {metric}_known"
        " FROM rollup WHERE campaign_id = ?",
        (key,),
    ):
        if (person, platform) in without:
            continue
        posts, gain, known = found[person].get(day, (0, 0, 0, 0))[1:]
        found[person][day] = (
            day,
            posts + figures[0],
            gain + figures[1],
            known + figures[2],
        )
    return defaultdict(list, {who: sorted(own.values()) for who, own in found.items()})


def _handles(link: Link) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for person, *handle in link.all(
        "SELECT ambassador_id, platform, handle, followers FROM handle"
        " ORDER BY ambassador_id, platform, handle"
    ):
        found[person].append(tuple(handle))
    return found


# -- posts --------------------------------------------------------------------


def _ordered(
    rows: pl.DataFrame, metrics: tuple[str, ...], leading: str | None
) -> pl.DataFrame:
    """The highest in the leading metric first, unknown last."""
    first = [leading] if leading else []
    return rows.select(*POSTS, *postrows.figures(metrics)).sort(
        *first,
        "platform",
        "post_id",
        descending=[True] * len(first) + [False, False],
        nulls_last=True,
    )


def _ages(posts: pl.DataFrame, metrics: tuple[str, ...]) -> dict[str, Age]:
    import polars as pl

    found = posts.group_by("platform").agg(
        pl.col("last_at").max(),
        *(
            pl.when(pl.col(m).count() > 0).then(pl.col(m).sum()).alias(f"{m}_sum")
            for m in metrics
        ),
        *(pl.col(f"{m}_at").min().alias(f"{m}_oldest") for m in metrics),
        *(pl.col(f"{m}_at").max().alias(f"{m}_newest") for m in metrics),
    )
    return {row["platform"]: row for row in found.iter_rows(named=True)}


# -- quality ------------------------------------------------------------------


def _shared_quality(link: Link) -> Row:
    """What belongs to the workspace and no campaign: rejects, files, handles."""
    rejects = []
    for source, code, column, rows, _ in link.all(REJECTS):
        label, line, reason = link.all(FIRST_REJECT, (source, code, column))[0]
        rejects.append(RejectFacts(source, code, column, reason, rows, label, line))
    refused = [(name, label, error or "") for name, label, error in link.all(REFUSED)]
    return tuple(rejects), tuple(refused), tuple(link.all(UNKNOWN))


def _quality(link: Link, key: int, shared: Row, posts: int) -> QualityFacts:
    rejects, refused, unattributed = shared
    found = link.all(
        "SELECT p.platform, p.external_id, d.captured_at, d.metric, d.value, p.id"
        f"{DISAGREED} JOIN post p ON p.id = d.post_id"
        " ORDER BY p.platform, p.external_id, d.captured_at, d.metric, d.value LIMIT ?",
        (key, LISTED),
    )
    kept = _kept(link, {(row[5], row[2]) for row in found})
    return QualityFacts(
        rejects=rejects,
        refused=refused,
        disagreements=tuple(
            Disagreement(p, i, at, metric, kept.get((post, at, metric)), value)
            for p, i, at, metric, value, post in found
        ),
        disagreed=int(link.value("SELECT COUNT(*)" + DISAGREED, (key,)) or 0),
        unattributed=unattributed,
        outside=max(0, int(link.value(THEIRS, (key,)) or 0) - posts),
    )


def _kept(
    link: Link, some: Iterable[tuple[int, int]]
) -> dict[tuple[int, int, str], int]:
    """The known values of some posts and instants, by metric."""
    import polars as pl

    from tracker.store import bulk
    from tracker.store.archive.gather import COLUMNS, Wish, numbers

    schema = {"post": pl.Int64, "at": pl.Int64}
    wanted = pl.DataFrame(sorted(some), schema=schema, orient="row")
    if wanted.is_empty():
        return {}
    bulk.wanted(link, "wanted_kept", wanted)
    rows = numbers(link, Wish("wanted_kept", exact=True), COLUMNS).tolist()
    return {
        (post, at, metric): value
        for post, at, *values in rows
        for metric, value in zip(METRICS, values, strict=False)
        if value >= 0
    }
