"""Extracts: tables for other programs, row by row, ordered by their keys.

Names and order of columns are stable. Instants are ISO 8601 in UTC (a day without
a time is a date), ids are text, unknown is None.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tracker.model import COLUMNS, METRICS, iso
from tracker.store.archive.gather import Wish, gather
from tracker.store.archive.parts import any_live
from tracker.store.database import Database, Link
from tracker.store.presence import LATEST, STATE

_COUNTS = tuple(f"r.{metric}" for metric in METRICS)
_POST = "p.platform, p.handle, p.external_id, p.url, p.published_at"
_ORIGIN = " JOIN payload y ON y.id = {0}.payload_id JOIN source t ON t.id = y.source_id"


@dataclass(frozen=True, slots=True)
class Extract:
    """columns of the answer; instants: those that are instants; sql: the question."""

    columns: tuple[str, ...]
    instants: frozenset[str]
    sql: str


EXTRACTS = {
    "readings": Extract(
        (*COLUMNS, "class", "source", "file", "line", "recorded_at"),
        frozenset({"published_at", "captured_at", "recorded_at"}),
        f"SELECT {_POST}, r.captured_at, p.caption, p.kind, p.paid_partnership,"
        f" p.language, {', '.join(_COUNTS)},"
        " y.provenance, t.name, y.label, r.line, y.recorded_at"
        " FROM {posts} JOIN {readings} r ON r.post_id = p.id"
        + _ORIGIN.format("r")
        + " ORDER BY p.platform, p.external_id, r.captured_at",
    ),
    "posts": Extract(
        (
            "platform",
            "handle",
            "post_id",
            "url",
            "published_at",
            "caption",
            "kind",
            "paid_partnership",
            "language",
            "ambassador",
            "first_at",
            "last_at",
            *METRICS,
            "state",
        ),
        frozenset({"published_at", "first_at", "last_at"}),
        f"SELECT {_POST}, p.caption, p.kind, p.paid_partnership, p.language, m.slug,"
        " r.first_at, r.last_at,"
        f" {', '.join(_COUNTS)}, {STATE}"
        " FROM post p JOIN post_state r ON r.post_id = p.id"
        f" LEFT JOIN {LATEST} q ON q.post_id = p.id AND q.place = 1"
        " JOIN attribution a ON a.post_id = p.id AND a.campaign_id = 0"
        " LEFT JOIN ambassador m ON m.id = a.ambassador_id"
        " ORDER BY p.platform, p.external_id",
    ),
    "audience": Extract(
        ("platform", "handle", "metric", "day", "value", "source", "file"),
        frozenset(),
        "SELECT r.platform, r.handle, r.metric, r.day, r.value, t.name, y.label"
        " FROM audience r JOIN payload y ON y.id = r.payload_id"
        " JOIN source t ON t.id = r.source_id"
        " ORDER BY r.platform, r.handle, r.metric, r.day, t.name",
    ),
    "clicks": Extract(
        (
            *("id", "clicked_at", "code", "campaign", "ambassador", "mission"),
            *("class", "rule", "agent", "referrer", "source"),
        ),
        frozenset({"clicked_at"}),
        "SELECT CAST(k.id AS TEXT), k.at, l.code, c.slug, a.slug, l.mission, k.sort,"
        " k.rule, k.agent, k.referrer, coalesce(s.name, 'redirect') FROM click k"
        " JOIN link l ON l.id = k.link_id"
        " LEFT JOIN campaign c ON c.id = l.campaign_id"
        " LEFT JOIN ambassador a ON a.id = l.ambassador_id"
        " LEFT JOIN source s ON s.id = k.source_id ORDER BY k.id",
    ),
    "rejects": Extract(
        (
            "id",
            "source",
            "file",
            "line",
            "column",
            "code",
            "reason",
            "raw",
            "state",
            "recorded_at",
        ),
        frozenset({"recorded_at"}),
        'SELECT CAST(r.id AS TEXT), t.name, y.label, r.line, r."column", r.code,'
        " r.reason, r.raw, r.state, y.recorded_at FROM reject r"
        + _ORIGIN.format("r")
        + " ORDER BY t.name, y.label, r.line, r.id",
    ),
    "disclosure-log": Extract(
        ("at", "platform", "post_id", "ambassador", "act", "note", "actor"),
        frozenset({"at"}),
        "SELECT d.at, p.platform, p.external_id, m.slug, d.act, d.note, d.actor"
        " FROM (SELECT post_id, act, note, actor, at FROM disclosure_act UNION ALL"
        " SELECT post_id, 'override ' || verdict, reason, actor, at"
        " FROM disclosure_override) d JOIN post p ON p.id = d.post_id"
        " LEFT JOIN attribution a ON a.post_id = p.id AND a.campaign_id = 0"
        " LEFT JOIN ambassador m ON m.id = a.ambassador_id"
        " ORDER BY d.at, p.platform, p.external_id, d.act",
    ),
    "runs": Extract(
        (
            "source",
            "slot",
            "host",
            "term",
            "started_at",
            "ended_at",
            "outcome",
            "merged",
            "rows",
            "stored",
        ),
        frozenset({"slot", "started_at", "ended_at"}),
        "SELECT t.name, r.slot, r.host, r.term, r.started_at, r.ended_at, r.outcome,"
        " r.merged, r.rows, r.stored FROM run r JOIN source t ON t.id = r.source_id"
        " ORDER BY t.name, r.started_at, r.id",
    ),
}


def rows(database: Database, name: str, size: int = 10_000) -> Iterator[list[Any]]:
    """The rows of an extract, in one snapshot."""
    extract = EXTRACTS[name]
    at = [n for n, column in enumerate(extract.columns) if column in extract.instants]
    with database.reading() as link:
        for sql in (
            _questions(link, extract.sql) if name == "readings" else (extract.sql,)
        ):
            yield from _shown(link, sql, at, size)


def _questions(link: Link, sql: str) -> Iterator[str]:
    """All readings, in the order of their posts: at once, or, when some are archived,
    a bounded number after the other."""
    if not any_live(link):
        yield sql.format(posts="post p", readings="reading")
        return
    import polars as pl

    from tracker.store import bulk, series

    order = bulk.numbers(
        link, "SELECT id FROM post ORDER BY platform, external_id", width=1
    )[:, 0]
    for posts in series.split(link, order, in_order=True):
        bulk.wanted(link, "wanted_extract", pl.DataFrame({"post": posts}))
        yield sql.format(
            posts="wanted_extract w JOIN post p ON p.id = w.post",
            readings=gather(link, Wish("wanted_extract")),
        )


def _shown(link: Link, sql: str, instants: list[int], size: int) -> Iterator[list[Any]]:
    for found in link.each(sql, size=size):
        row = list(found)
        for n in instants:
            row[n] = iso(row[n])
        yield row
