"""From a total to its posts, readings, run, file and line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from tracker.errors import NotFoundError
from tracker.model import METRICS, NOT_ADDITIVE, iso, platform_name
from tracker.store import bulk
from tracker.store.archive.gather import Wish, gather
from tracker.store.archive.parts import any_live
from tracker.store.database import Database, Link
from tracker.store.totals import NOTHING, find_campaign


def explain(
    database: Database,
    campaign: str | None,
    metric: str,
    *,
    zone: ZoneInfo,
    ambassador: str | None = None,
    platform: str | None = None,
    post_id: str | None = None,
    limit: int = 0,
    apart: Mapping[str, str] = NOTHING,
) -> dict[str, Any]:
    """The last known value of each post and where it comes from, largest first.

    Keys: campaign, metric, formula, value, known, unknown, left_off, readings:
    platform, post_id, ambassador, value, captured_at, recorded_at, class, source,
    run, file, line; left_out: platforms that the sum is without. limit: 0 for all.
    apart: platforms whose figures may stand in no sum with others', and why.
    """
    if metric not in METRICS:
        raise NotFoundError("metric", metric, METRICS)
    with database.reading() as link:
        number, _ = find_campaign(link, campaign, zone)
        where, values = _where(link, number, ambassador, platform, post_id)
        left = _left_out(link, where, values, apart)
        if left:
            where += f" AND p.platform NOT IN ({', '.join('?' * len(left))})"
            values += left
        known, unknown, total = _sum(link, metric, where, values)
        rows = _origins(link, metric, where, values, limit)
    additive = metric not in NOT_ADDITIVE or known + unknown == 1
    return {
        "campaign": campaign,
        "metric": metric,
        "formula": "sum of the last known value of each post"
        if additive
        else "not added up: the same people may have seen several posts",
        "value": total if known and additive else None,
        "known": known,
        "unknown": unknown,
        "left_off": known - len(rows),
        "left_out": [{"platform": name, "reason": apart[name]} for name in left],
        "readings": rows,
    }


def _where(
    link: Link,
    campaign: int,
    ambassador: str | None,
    platform: str | None,
    post_id: str | None,
) -> tuple[str, list[Any]]:
    parts = ["a.campaign_id = ?"]
    values: list[Any] = [campaign]
    if ambassador is not None:
        known = dict(link.all("SELECT slug, id FROM ambassador"))
        if ambassador not in known:
            raise NotFoundError("ambassador", ambassador, known)
        parts.append("a.ambassador_id = ?")
        values.append(known[ambassador])
    if platform is not None:
        parts.append("p.platform = ?")
        values.append(platform_name(platform) or platform)
    if post_id is not None:
        parts.append("p.external_id = ?")
        values.append(post_id)
    return " AND ".join(parts), values


FROM = (
    " FROM attribution a JOIN post_state s ON s.post_id = a.post_id"
    " JOIN post p ON p.id = a.post_id"
)


def _left_out(
    link: Link, where: str, values: list[Any], apart: Mapping[str, str]
) -> list[str]:
    """As in totals: of `apart`, when there is more than one platform."""
    if not apart:
        return []
    rows = link.all(f"SELECT DISTINCT p.platform{FROM} WHERE {where}", values)
    return sorted(name for (name,) in rows if name in apart) if len(rows) > 1 else []


def _sum(
    link: Link, metric: str, where: str, values: list[Any]
) -> tuple[int, int, int | None]:
    found = link.one(
        f"SELECT count(s.{metric}), count(*) - count(s.{metric}),"
        f" CAST(sum(s.{metric}) AS BIGINT){FROM} WHERE {where}",
        values,
    )
    assert found is not None
    return found[0], found[1], found[2]


def _origins(
    link: Link, metric: str, where: str, values: list[Any], limit: int
) -> list[dict[str, Any]]:
    """Of all versions of a reading the first that brought the value is its origin."""
    some = " LIMIT ?" if limit else ""
    largest = (
        f"{FROM} WHERE {where} AND s.{metric} IS NOT NULL"
        f" ORDER BY s.{metric} DESC, p.platform, p.external_id{some}"
    )
    values = [*values, *([limit] if limit else [])]
    readings = _readings(link, metric, largest, values)
    versions = " UNION ALL ".join(
        "SELECT q.*, v.payload_id, v.line FROM q"
        f" JOIN {table} v ON v.post_id = q.post_id AND v.captured_at = q.at"
        f" AND v.{metric} = q.value"
        for table in (readings, "reading_past")
    )
    rows = link.all(
        f"WITH q AS (SELECT a.post_id, a.ambassador_id, p.platform, p.external_id,"
        f" s.{metric} AS value, s.{metric}_at AS at{largest})"
        " SELECT o.platform, o.external_id, m.slug, o.value, o.at, y.recorded_at,"
        " y.provenance, t.name, y.run_id, y.label, o.line"
        f" FROM ({versions}) o"
        " JOIN payload y ON y.id = o.payload_id JOIN source t ON t.id = y.source_id"
        " LEFT JOIN ambassador m ON m.id = o.ambassador_id"
        " ORDER BY o.value DESC, o.platform, o.external_id, o.payload_id DESC",
        values,
    )
    return list({row[:2]: _reading(row) for row in rows}.values())


def _readings(link: Link, metric: str, largest: str, values: list[Any]) -> str:
    """The relation in which the readings that gave these values are."""
    if not any_live(link):
        return "reading"
    import polars as pl

    schema = {"post": pl.Int64, "at": pl.Int64}
    sought = link.frame(f"SELECT s.post_id, s.{metric}_at{largest}", values, schema)
    bulk.wanted(link, "wanted_origins", sought)
    return gather(link, Wish("wanted_origins", exact=True), (metric,))


def _reading(row: tuple[Any, ...]) -> dict[str, Any]:
    (
        platform,
        post_id,
        ambassador,
        value,
        at,
        recorded,
        kind,
        source,
        run,
        file,
        line,
    ) = row
    return {
        "platform": platform,
        "post_id": post_id,
        "ambassador": ambassador,
        "value": value,
        "captured_at": iso(at),
        "recorded_at": iso(recorded),
        "class": kind,
        "source": source,
        "run": run,
        "file": file,
        "line": line,
    }
