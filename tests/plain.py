"""A plain model of what things mean, which knows no tricks, and how to keep rows."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import strategies as st

from tracker.model import ATTRIBUTES, METRICS, day_instant, instant, local_day
from tracker.sources.base import Batch, Payload
from tracker.store import tables
from tracker.store.database import Database
from tracker.store.ledger import Desk, Ledger

ZONE = ZoneInfo("Europe/Paris")
#: Around a change of clocks; a day without a time; an instant near midnight.
INSTANTS = (
    day_instant(date(2026, 3, 28)),
    day_instant(date(2026, 3, 30)),
    *(
        instant(datetime.fromisoformat(text))
        for text in (
            "2026-03-28T22:30:00+00:00",
            "2026-03-28T23:30:00+00:00",
            "2026-03-29T01:30:00+00:00",
            "2026-03-29T22:30:00+00:00",
            "2026-03-30T12:00:00+00:00",
        )
    ),
)
FRAME = {
    "line": pl.Int64,
    "platform": pl.String,
    "post_id": pl.String,
    **{a: pl.Int64 if a == "published_at" else pl.String for a in ATTRIBUTES},
    "captured_at": pl.Int64,
    **dict.fromkeys(METRICS, pl.Int64),
}
counts = st.none() | st.integers(0, 5) | st.just(2**52)
readings = st.fixed_dictionaries(
    {
        "platform": st.sampled_from(["youtube", "x"]),
        "post_id": st.sampled_from(["a", "b", "-c"]),
        "captured_at": st.sampled_from(INSTANTS),
        "handle": st.sampled_from([None, "@Anna", "ben"]),
        "published_at": st.sampled_from([None, INSTANTS[0], INSTANTS[2]]),
        "caption": st.sampled_from([None, "", "hello #fiesta", "none"]),
        "views": counts,
        "likes": counts,
        "reach": counts,
    }
)
payloads = st.lists(st.lists(readings, max_size=6), min_size=1, max_size=5)


def batch(rows):
    full = [
        {name: row.get(name) for name in FRAME} | {"line": line}
        for line, row in enumerate(rows, 2)
    ]
    return Batch(pl.DataFrame(full, schema=FRAME))


def keep(database, *contents, pieces=1, now=0, zone=ZONE):
    """Keep each content as a payload; the tallies."""
    ledger = Ledger(database, zone)
    tallies = []
    for rows in contents:
        with database.writing() as link:
            link.run(
                "INSERT INTO source (id, name, kind, state)"
                " VALUES (1, 's', 'csv', 'ready') ON CONFLICT DO NOTHING"
            )
            link.run("INSERT INTO run (source_id, started_at) VALUES (1, 0)")
            run = link.value("SELECT max(id) FROM run")
        size = max(1, -(-len(rows) // pieces))
        batches = [batch(rows[i : i + size]) for i in range(0, len(rows), size)]
        desk = Desk(1, run, "f", "measured", now)
        payload = Payload(f"p{run}", now, body=repr((run, rows)).encode())
        tallies.append(ledger.keep(desk, payload, batches))
    return tallies


def fresh(folder: str) -> Database:
    database = Database("sqlite:///t.db", Path(folder))
    tables.SQLModel.metadata.create_all(database.engine)
    with database.writing() as link:
        campaign(link)
    return database


def campaign(link):
    """Anna is enrolled in a campaign of another zone, for posts with a hashtag."""
    link.run(
        "INSERT INTO campaign (id, slug, name, timezone, currency, language, rules,"
        " plan, state, applied_at) VALUES (1, 'c', 'C', 'America/Detroit', 'USD', 'en',"
        """ '{"hashtags": ["fiesta"], "mentions": [], "links": []}', '{}', 'open', 0)"""
    )
    link.run(
        "INSERT INTO ambassador (id, slug, name, created_at) VALUES (1, 'an', 'A', 0)"
    )
    link.run(
        "INSERT INTO handle (ambassador_id, platform, handle, key)"
        " VALUES (1, 'youtube', 'anna', 'anna')"
    )
    link.run(
        "INSERT INTO enrolment (campaign_id, ambassador_id, starts)"
        " VALUES (1, 1, '2026-03-28')"
    )


def dump(database):
    """Everything but where it came from and in which order."""
    counted = ", ".join(f"r.{m}" for m in METRICS)
    with database.reading() as link:
        return {
            "readings": link.all(
                f"SELECT p.platform, p.external_id, r.captured_at, {counted}"
                " FROM reading r"
                " JOIN post p ON p.id = r.post_id ORDER BY 1, 2, 3"
            ),
            "posts": link.all(
                "SELECT platform, external_id, handle, url, published_at, caption, kind"
                " FROM post ORDER BY 1, 2"
            ),
            "state": [
                row[:2] + row[3:]
                for row in link.all(
                    "SELECT p.platform, p.external_id, s.* FROM post_state s"
                    " JOIN post p ON p.id = s.post_id ORDER BY 1, 2"
                )
            ],
            "attribution": link.all(
                "SELECT p.platform, p.external_id, campaign_id, ambassador_id"
                " FROM attribution a JOIN post p ON p.id = a.post_id ORDER BY 1, 2, 3"
            ),
            "rollup": link.all("SELECT * FROM rollup ORDER BY 1, 2, 3, 4"),
            "smaller": link.all(
                "SELECT p.platform, p.external_id, captured_at, metric, value"
                " FROM disagreement d JOIN post p ON p.id = d.post_id"
                " ORDER BY 1, 2, 3, 4, 5"
            ),
        }


# -- the plain model ---------------------------------------------------------------


def merged(rows):
    """Identity to its largest known values."""
    facts: dict = {}
    for row in rows:
        fact = facts.setdefault(
            (row["platform"], row["post_id"], row["captured_at"]),
            dict.fromkeys(METRICS),
        )
        for metric in METRICS:
            value = row.get(metric)
            if value is not None and (fact[metric] is None or value > fact[metric]):
                fact[metric] = value
    return facts


def last_known(facts, metric, day):
    """Post to (value, instant) at the end of a day of the zone."""
    found: dict = {}
    for (platform, post, at), fact in sorted(facts.items(), key=lambda f: f[0][2]):
        if local_day(at, ZONE) <= day and fact[metric] is not None:
            found[platform, post] = (fact[metric], at)
    return found


def plain_totals(rows):
    facts = merged(rows)
    answer, before = [], {}
    for day in sorted({local_day(at, ZONE) for *_, at in facts}):
        posts = {(p, i) for p, i, at in facts if local_day(at, ZONE) <= day}
        row = {"day": day.isoformat(), "posts": len(posts)}
        for metric in ("views", "likes"):
            known = last_known(facts, metric, day)
            value = sum(v for v, _ in known.values()) if known else None
            ats = [at for _, at in known.values()]
            row[metric] = (
                value,
                value - (before.get(metric) or 0) if known else None,
                len(known),
                len(posts) - len(known),
                min(ats, default=None),
                max(ats, default=None),
            )
            before[metric] = value
        answer.append(row)
    return answer


def shown(totals):
    return [
        {
            # whose a post is follows today's roster, in a replay too
            **{k: v for k, v in row.key.items() if k != "ambassador"},
            "posts": row.posts,
            **{
                m: (t.value, t.gain, t.known, t.unknown, t.oldest, t.newest)
                for m, t in row.metrics.items()
                if m in ("views", "likes")
            },
        }
        for row in totals.rows
    ]
