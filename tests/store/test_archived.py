"""Archived readings are part of everything: the same as if nothing were archived."""

from __future__ import annotations

from contextlib import suppress
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain import INSTANTS, ZONE, campaign, dump, fresh, keep, readings

from tracker.errors import NotFoundError
from tracker.store import (
    anomalies,
    bulk,
    daysums,
    early,
    expiry,
    extracts,
    facts,
    kpifacts,
    partitions,
    persons,
    schema,
    verify,
)
from tracker.store.archive import gather, move, parts, restore
from tracker.store.attribution import refresh
from tracker.store.corrections import Correction, Corrections
from tracker.store.database import Database
from tracker.store.explain import explain
from tracker.store.totals import CUTS, Reckoner

MONTHS = ("2026-02", "2026-03", "2026-04")
FOLLOWING = dict(zip(MONTHS, (*MONTHS[1:], "2026-05"), strict=True))
MONTH = 31 * 86_400_000
#: Few instants of three months, so that many readings are told again.
AT = st.sampled_from(
    [INSTANTS[0] - MONTH, INSTANTS[0], INSTANTS[2], INSTANTS[4], INSTANTS[4] + MONTH]
)
ROWS = st.builds(
    lambda row, post, at: {**row, "post_id": post, "captured_at": at},
    readings,
    st.sampled_from(["a", "a", "b"]),
    AT,
)
batches = st.lists(ROWS, min_size=1, max_size=6)
moves = st.sampled_from(MONTHS)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("ingest"), batches),
        st.tuples(st.just("ingest"), batches),
        st.tuples(
            st.just("correct"),
            st.tuples(st.integers(0, 99), st.none() | st.integers(0, 9)),
        ),
        st.tuples(
            st.just("enrol"),
            st.sampled_from(["2026-02-01", "2026-03-28", "2026-04-10"]),
        ),
        st.tuples(st.just("rename"), st.sampled_from(["anna", "ben"])),
        st.tuples(st.just("archive"), moves),
        st.tuples(st.just("archive"), moves),
        st.tuples(st.just("beside"), moves),
        st.tuples(st.just("restore"), moves),
        st.tuples(st.just("repair"), st.none()),
        st.tuples(st.just("other"), batches),
        st.tuples(st.just("expire"), st.sampled_from([INSTANTS[2], INSTANTS[5]])),
    ),
    min_size=3,
    max_size=10,
)


def do(database, steps, *, archived):
    """The same steps; without those that only move readings unless `archived`."""
    for now, (deed, what) in enumerate(steps, 1):
        if deed == "ingest":
            keep(database, what, now=now)
        elif deed == "other":
            keep_other(database, what, now)
        elif deed == "expire":
            expiry.expire(database, ZONE, "s", what, now)
        elif deed == "correct":
            correct(database, now, *what)
        elif deed == "enrol":
            with database.writing() as link:
                link.run("UPDATE enrolment SET starts = ?", (what,))
                refresh(link, ZONE)
        elif deed == "rename":
            with database.writing() as link:
                link.run("UPDATE handle SET handle = ?, key = ?", (what, what))
                refresh(link, ZONE)
        elif deed == "repair":
            verify.repair(database, ZONE)
        elif archived:
            MOVES[deed](database, what)


def keep_other(database, rows, now):
    """Of another source, whose readings may be kept."""
    keep(database, rows, now=now)
    with database.writing() as link:
        link.run(
            "INSERT INTO source (id, name, kind, state)"
            " VALUES (3, 'other', 'csv', 'ready') ON CONFLICT DO NOTHING"
        )
        link.run(
            "UPDATE payload SET source_id = 3 WHERE id = (SELECT max(id) FROM payload)"
        )


def archive(database, month):
    """All months up to this one, as `archive run` does it."""
    move.run(database, move.Wish(FOLLOWING[month], again=True), now=0)


def bring_back(database, month):
    with suppress(NotFoundError):  # nothing of it is archived
        restore.restore(database, month, now=0)


def beside(database, month):
    """As a run leaves it that is cut off before the rows are deleted."""
    archive(database, month)
    with database.writing() as link:
        for part in parts.live(link):
            rows = gather.frame(gather.all_of(link, part))
            partitions.ensure(link, rows["captured_at"].to_numpy())
            bulk.insert(link, "reading", rows, keys=gather.KEY, conflict="ignore")


MOVES = {"archive": archive, "restore": bring_back, "beside": beside}


def correct(database, now, which, value):
    """Some reading of all there are, or none."""
    rows = list(extracts.rows(database, "readings"))
    if not rows:
        return
    columns = extracts.EXTRACTS["readings"].columns
    row = dict(zip(columns, sorted(rows, key=str)[which % len(rows)], strict=True))
    with database.reading() as link:
        at = link.value(
            "SELECT id FROM post WHERE platform = ? AND external_id = ?",
            (row["platform"], row["post_id"]),
        )
        instants = series_of(link, at)
    wish = Correction(
        row["platform"],
        row["post_id"],
        instants[which % len(instants)],
        "views",
        value,
        "seen",
        "anna",
        now,
    )
    Corrections(database, ZONE).correct(wish)


def series_of(link, post):
    import numpy as np

    from tracker.store import series

    return series.of(link, np.array([post])).at.tolist()


def everything(database, now):
    """Answers to every question that reads readings."""
    reckoner = Reckoner(database, ZONE)
    cuts = (None, *CUTS)
    some = (None, "c")
    kpis = [
        kpifacts.read(database, "c", **when)
        for when in ({}, {"as_of": now // 2}, {"until": INSTANTS[3]})
    ]
    return {
        **{k: v for k, v in dump(database).items() if k != "readings"},
        "totals": [reckoner.several(c, cuts) for c in some],
        "as of": [reckoner.several(c, cuts, as_of=now // 2) for c in some],
        "until": [reckoner.several(c, cuts, until=INSTANTS[3]) for c in some],
        "both": [
            reckoner.several(c, cuts, as_of=now - 1, until=INSTANTS[5]) for c in some
        ],
        "explain": [
            explain(database, c, m, zone=ZONE, limit=n)
            for c in some
            for m in ("views", "reach")
            for n in (0, 2)
        ],
        "facts": [
            (one.quality, one.platforms, one.days, one.counts)
            for one in facts.read(database)
        ],
        "kpis": [one.posts.to_dicts() for one in kpis],
        "views": [
            kpifacts.views(database, kpis[0], **when).to_dicts()
            for when in ({}, {"as_of": now // 2}, {"until": INSTANTS[3]})
        ],
        "days": daysums.day_sums(database, "c", "views", 20_600, {}),
        "early": early.after_a_week(
            database, "views", [("youtube", "a"), ("x", "a"), ("x", "b")]
        ),
        "checked": [
            {
                n: v.tolist()
                if n != "counts"
                else {m: c.tolist() for m, c in v.items()}
                for n, v in anomalies.readings(database, c).items()
            }
            for c in some
        ],
        "export": list(extracts.rows(database, "readings")),
        "person": persons.export(database, "an")[0],
        "evidence": Corrections(database, ZONE).evidence("youtube", "a"),
        "many": counted(database),
        "verify": verify.verify(database, ZONE),
    }


def counted(database):
    with database.reading() as link:
        return gather.count(link)


def told(found, database):
    """Without the undo log's clock."""
    person = found["person"]
    for row in (*person["history"], *person["past"]):
        row.pop("at")
    for rows in person.values():
        if isinstance(rows, list):
            rows.sort(key=str)
    return found


def check(plain, other, steps):
    do(plain, steps, archived=False)
    do(other, steps, archived=True)
    now = len(steps)
    expected, found = (told(everything(d, now), d) for d in (plain, other))
    for name, value in expected.items():
        assert found[name] == value, name
    assert found["verify"] == []


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps)
def test_archived_or_not_everything_is_the_same(steps):
    """Late, repeated, falling and unknown values, corrections, rosters, in any order
    with months that go and come back."""
    with TemporaryDirectory() as one, TemporaryDirectory() as two:
        check(fresh(one), fresh(two), steps)


def row(post, at, views, **more):
    said = {"platform": "youtube", "handle": "anna", "caption": "#fiesta", **more}
    return {**said, "post_id": post, "captured_at": at, "views": views}


FEB, MAR, APR = INSTANTS[0] - MONTH, INSTANTS[2], INSTANTS[4] + MONTH
STORY = [
    ("ingest", [row("a", FEB, 5), row("a", MAR, 9), row("b", MAR, 7, handle="ben")]),
    ("ingest", [row("a", APR, 8), row("c", FEB, None, platform="x")]),
    ("archive", "2026-02"),
    # larger than what is archived, smaller, the same, and late
    ("ingest", [row("a", FEB, 6, likes=1), row("a", FEB, 4)]),
    ("archive", "2026-03"),
    (
        "ingest",
        [row("a", MAR, 9), row("b", MAR, 2), row("b", FEB, 1), row("b", MAR, 8)],
    ),
    ("correct", (1, 3)),
    ("correct", (0, None)),
    ("archive", "2026-03"),
    ("beside", "2026-02"),
    ("correct", (2, 77)),
    ("enrol", "2026-04-10"),
    ("repair", None),
    ("restore", "2026-03"),
    ("rename", "ben"),
    ("archive", "2026-03"),
    ("ingest", [row("a", MAR, 99), row("b", FEB, 1, likes=3)]),
    ("other", [row("b", FEB, 9), row("c", MAR, 4), row("d", FEB, 4)]),
    ("archive", "2026-02"),
    ("ingest", [row("d", FEB, 5), row("e", FEB, 5), row("e", APR, 6)]),
    ("correct", (3, 8)),
    ("expire", INSTANTS[2]),
    ("enrol", "2026-02-01"),
]


@pytest.mark.parametrize("many", [4, 7, 10, len(STORY) - 1, len(STORY)])
def test_a_story_is_the_same_on_both_databases(many, database, tmp_path):
    """On PostgreSQL as on SQLite, and the same as where nothing is archived."""
    plain = Database("sqlite:///plain.db", tmp_path)
    schema.ensure(plain)
    for one in (plain, database):
        with one.writing() as link:
            campaign(link)
            if one.dialect != "sqlite":  # the first source is entered by number
                link.one("SELECT setval(pg_get_serial_sequence('source', 'id'), 1)")
    check(plain, database, STORY[:many])
