"""The laws of what things mean, against a plain model that knows no tricks."""

from __future__ import annotations

import itertools
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain import (
    ZONE,
    campaign,
    dump,
    fresh,
    keep,
    merged,
    payloads,
    plain_totals,
    shown,
)

from tracker.store import tables, verify
from tracker.store.attribution import refresh
from tracker.store.database import Database
from tracker.store.totals import Reckoner

quick = settings(
    max_examples=30, deadline=None, suppress_health_check=list(HealthCheck)
)


@quick
@given(payloads)
def test_totals_by_day_are_those_of_the_plain_model(contents):
    with TemporaryDirectory() as folder:
        database = fresh(folder)
        tallies = keep(database, *contents, pieces=2)
        rows = list(itertools.chain(*contents))
        found = shown(Reckoner(database, ZONE).totals(by="day"))
        expected = plain_totals(rows)
        changed = {row["day"] for row in found}
        # a day on which nothing changed may be left out
        assert found == [row for row in expected if row["day"] in changed]
        assert [
            r
            for r in expected
            if r["day"] not in changed and (r["views"][1] or r["likes"][1])
        ] == []
        assert sum(t.rows for t in tallies) == len(rows)
        for t in tallies:
            assert t.rows == t.stored + t.unchanged + t.corrected + t.rejected
        assert sum(t.stored for t in tallies) == len(merged(rows))


@quick
@given(payloads, st.randoms(use_true_random=False), st.integers(1, 3))
def test_order_repetition_and_splitting_do_not_matter(contents, random, pieces):
    with TemporaryDirectory() as one, TemporaryDirectory() as two:
        first, second = fresh(one), fresh(two)
        keep(first, *contents)
        rows = list(itertools.chain(*contents))
        again = rows + random.sample(rows, len(rows) // 2)
        random.shuffle(again)
        cut = random.randint(0, len(again))
        keep(second, again[:cut], again[cut:], pieces=pieces)
        assert dump(first) == dump(second)
        assert verify.verify(second, ZONE) == []


@quick
@given(payloads)
def test_the_same_content_again_changes_nothing(contents):
    with TemporaryDirectory() as folder:
        database = fresh(folder)
        keep(database, *contents)
        before = dump(database)
        for tally in keep(database, *contents):
            assert tally.unchanged == tally.rows
        assert dump(database) == before


@quick
@given(payloads, st.lists(st.integers(1, 9), min_size=5, max_size=5))
def test_a_past_state_can_be_replayed(contents, steps):
    with TemporaryDirectory() as folder:
        database = fresh(folder)
        reckoner = Reckoner(database, ZONE)
        seen = []
        for now, rows in enumerate(contents, 1):
            keep(database, rows, now=now)
            seen.append([shown(reckoner.totals(by=by)) for by in (None, "day", "post")])
        for now, expected in enumerate(seen, 1):
            replayed = [
                shown(reckoner.totals(by=by, as_of=now)) for by in (None, "day", "post")
            ]
            assert replayed == expected


@quick
@given(payloads)
def test_a_late_roster_gives_the_same_as_an_early_one(contents):
    with TemporaryDirectory() as one, TemporaryDirectory() as two:
        early = fresh(one)
        keep(early, *contents)
        late = Database("sqlite:///t.db", Path(two))
        tables.SQLModel.metadata.create_all(late.engine)
        keep(late, *contents)
        with late.writing() as link:
            campaign(link)
            refresh(link, ZONE)
        assert dump(late) == dump(early)
        assert verify.verify(late, ZONE) == []


@quick
@given(payloads)
def test_gains_of_all_days_add_up_for_every_cut(contents):
    with TemporaryDirectory() as folder:
        database = fresh(folder)
        keep(database, *contents)
        reckoner = Reckoner(database, ZONE)
        for name in (None, "c"):
            whole = reckoner.totals(name).rows[0]
            for by in ("day", "week", "month", "platform", "ambassador", "post"):
                rows = reckoner.totals(name, by=by).rows
                for metric in ("views", "likes"):
                    gains = sum(r.metrics[metric].gain or 0 for r in rows)
                    assert gains == (whole.metrics[metric].value or 0), by
