"""The law of sums by mission, against a plain model."""

from __future__ import annotations

import itertools
import json
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain import INSTANTS, ZONE, fresh, keep, payloads, plain_totals, shown

from tracker.store.attribution import refresh
from tracker.store.missions import parts
from tracker.store.totals import Reckoner

quick = settings(
    max_examples=15, deadline=None, suppress_health_check=list(HealthCheck)
)
days = {"opens": "2026-03-28", "due": "2026-03-29"}
PLAN = {
    "mission": [
        {"id": "tagged", **days, "hashtags": ["fiesta"]},
        {"id": "any", **days},
        {"id": "never", **days, "platforms": ["tiktok"]},
        {"id": "others", **days, "assigned": ["somebody"]},
    ]
}


def planned(folder: str, *contents, pieces: int = 1):
    database = fresh(folder)
    with database.writing() as link:
        link.run("UPDATE campaign SET plan = ?, rules = '{}'", (json.dumps(PLAN),))
        refresh(link, ZONE)
    for now, content in enumerate(contents, 1):
        keep(database, content, pieces=pieces, now=now)
    return database


def posts_of(database):
    with database.reading() as link:
        names = {
            n: (p, e)
            for n, p, e in link.all("SELECT id, platform, external_id FROM post")
        }
        counted = link.all("SELECT post_id FROM attribution WHERE campaign_id = 1")
        pairs = parts(link, 1).rows()
    found: dict = {}
    for post, mission in pairs:
        found.setdefault(mission, set()).add(names[post])
    fitting = {post for post, _ in pairs}
    rest = {names[post] for (post,) in counted if post not in fitting}
    return found | ({None: rest} if rest else {})


@quick
@given(payloads)
def test_gains_of_all_days_are_the_sum_of_each_mission(contents):
    with TemporaryDirectory() as folder:
        database = planned(folder, *contents)
        rows = list(itertools.chain(*contents))
        whose = posts_of(database)
        found = Reckoner(database, ZONE).totals("c", by="mission")
        assert {row.key["mission"] for row in found.rows} == set(whose)
        for row in found.rows:
            mine = whose[row.key["mission"]]
            daily = plain_totals(
                [r for r in rows if (r["platform"], r["post_id"]) in mine]
            )
            assert row.posts == len(mine)
            for metric in ("views", "likes"):
                gains = [day[metric][1] for day in daily if day[metric][1] is not None]
                total = row.metrics[metric]
                assert total.value == (sum(gains) if gains else None)
                assert total.known + total.unknown == len(mine)
        assert whose.keys().isdisjoint({"never", "others"})


@quick
@given(payloads, st.randoms(use_true_random=False))
def test_order_and_splitting_do_not_matter_to_missions(contents, random):
    rows = list(itertools.chain(*contents))
    mixed = random.sample(rows, len(rows))
    with TemporaryDirectory() as one, TemporaryDirectory() as two:
        first, second = planned(one, rows), planned(two, mixed, rows, pieces=3)
        by = [
            shown(Reckoner(d, ZONE).totals("c", by="mission")) for d in (first, second)
        ]
        assert by[0] == by[1]


@quick
@given(payloads)
def test_the_newest_state_replayed_is_that_of_now(contents):
    """Replayed as of the last payload, or until the last instant, it is that of now."""
    with TemporaryDirectory() as folder:
        database = planned(folder, *contents)
        reckoner = Reckoner(database, ZONE)
        now = shown(reckoner.totals("c", by="mission"))
        last = shown(reckoner.totals("c", by="mission", as_of=len(contents)))
        until = shown(reckoner.totals("c", by="mission", until=max(INSTANTS)))
        assert now == last == until


def test_a_platform_that_may_not_be_blended_is_left_out_of_mixed_missions_alone():
    def reading(platform, post, caption, views):
        return {
            "platform": platform,
            "post_id": post,
            "handle": "anna",
            "captured_at": INSTANTS[4],
            "caption": caption,
            "views": views,
        }

    contents = [
        reading("youtube", "a", "#fiesta", 1),
        reading("x", "b", "none", 2),
        reading("youtube", "c", "none", 4),
    ]
    with TemporaryDirectory() as folder:
        database = planned(folder, contents)
        with database.writing() as link:
            link.run(
                "INSERT INTO handle (ambassador_id, platform, handle, key)"
                " VALUES (1, 'x', 'anna', 'anna')"
            )
            refresh(link, ZONE)
        found = Reckoner(database, ZONE, {"youtube": "terms"}).totals("c", by="mission")
        views = {row.key["mission"]: row.metrics["views"].value for row in found.rows}
        assert views == {"tagged": 1, "any": 2}
        assert found.left_out == (("youtube", "terms"),)
        assert found.shared == 1
        every = {"youtube": "terms", "x": "terms"}
        none = Reckoner(database, ZONE, every).totals("c", by="mission")
        assert [(r.key["mission"], r.posts) for r in none.rows] == [
            ("any", 0),
            ("tagged", 1),
        ]
        assert none.rows[0].metrics["views"].value is None
        whole = Reckoner(database, ZONE).totals(by="mission")
        assert [(r.key["mission"], r.posts) for r in whole.rows] == [(None, 3)]
