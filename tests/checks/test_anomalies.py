"""Readings that look wrong: what is found, and that nothing else is."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain import batch, keep
from support import Run

from tracker.app import open_tracker
from tracker.checks import anomalies as checks
from tracker.checks.anomalies import Readings
from tracker.findings import findings
from tracker.model import DAY, instant
from tracker.store.database import Database

START = instant(datetime(2026, 3, 1, 9, tzinfo=UTC))


def curves(**posts: list[dict[str, int | None]]) -> list[dict[str, Any]]:
    """One reading a day for each post."""
    return [
        {
            "platform": "youtube",
            "post_id": post,
            "captured_at": START + day * DAY,
            "published_at": START - DAY,
            "handle": "ada",
            **counts,
        }
        for post, days in posts.items()
        for day, counts in enumerate(days)
        if counts
    ]


def rising(*views: int | None) -> list[dict[str, int | None]]:
    return [{"views": each} for each in views]


def usual(posts: int = 8, days: int = 10) -> dict[str, list[dict[str, int | None]]]:
    """Posts that grow as posts do: much at first, then less and less."""
    luck = random.Random(7)
    found = {}
    for n in range(posts):
        size, views, days_ = luck.uniform(100, 2000), 0.0, []
        for day in range(days):
            views += size * 0.8**day * luck.uniform(0.7, 1.3)
            days_.append({"views": int(views), "likes": int(views / 20)})
        found[f"u{n}"] = days_
    return found


@pytest.fixture
def found(database: Database, tmp_path: Path) -> Any:
    """Keeps rows, and answers the findings of readings."""
    from tracker.app import Tracker
    from tracker.settings import Settings

    tracker = Tracker(tmp_path, Settings(), database)

    def ask(rows: list[dict[str, Any]]) -> list[Any]:
        keep(database, rows)
        every = findings(tracker, now=START + 99 * DAY)
        return [one for one in every if one.rule.startswith("reading.")]

    return ask


def test_usual_curves_are_no_findings(found: Any) -> None:
    assert found(curves(**usual())) == []


def test_a_fall_is_told_with_both_values(found: Any) -> None:
    """Once a post, the largest; a small one is a matter of course."""
    rows = curves(
        **usual(),
        a=[
            {"views": 900, "likes": 50},
            {"views": 800, "likes": 51},
            {"views": 850, "likes": 20},
        ],
        b=rising(100_000, 100_500, 100_499),
    )
    fell = {one.post_id: one for one in found(rows)}
    assert {post: one.rule for post, one in fell.items()} == {
        "a": "reading.fell",
        "b": "reading.fell",
    }
    assert (fell["a"].severity, fell["b"].severity) == ("warning", "info")
    assert fell["a"].at == START + DAY
    for words in ("views fell from 900", "to 800", "100 less", "2026-03-01T09:00:00Z"):
        assert words in fell["a"].evidence


def test_a_jump_beyond_all_that_was_usual(found: Any) -> None:
    rows = curves(**usual(), a=rising(1000, 1040, 1085, 9000, 9050, 9100))
    (jump,) = found(rows)
    assert (jump.rule, jump.post_id, jump.at) == ("reading.jump", "a", START + 3 * DAY)
    for words in ("from 1085", "to 9000", "5 times the fastest rate before, 45 a day"):
        assert words in jump.evidence


def test_a_jump_of_a_post_that_is_hardly_known_is_told_by_its_peers(
    found: Any,
) -> None:
    rows = curves(**usual(posts=40), a=rising(50, 90_000))
    (jump,) = found(rows)
    assert (jump.rule, jump.post_id) == ("reading.jump", "a")
    assert "posts of this platform and age stay below" in jump.evidence


def test_few_and_small_changes_are_no_jump(found: Any) -> None:
    assert found(curves(a=rising(1, 2, 3, 60), b=rising(0, 90_000))) == []


def test_a_count_that_stopped_dead_while_others_go_on(found: Any) -> None:
    rows = curves(
        **usual(posts=8, days=8),
        a=rising(500, 1000, 1500, 2000, 2000, 2000, 2000, 2000),
    )
    (flat,) = found(rows)
    assert (flat.rule, flat.post_id) == ("reading.flat", "a")
    assert "views stay 2000 from 2026-03-04" in flat.evidence
    assert "500 came a day" in flat.evidence


def test_a_count_that_ebbs_away_is_not_flat(found: Any) -> None:
    rows = curves(**usual(posts=8, days=8), a=rising(90, 99, 101, 101, 101, 101, 101))
    assert found(rows) == []


def test_a_source_of_which_nothing_moves_any_more(found: Any) -> None:
    """One finding for the source, however many posts it has."""
    still = {
        post: [*days, *[days[-1]] * 4] for post, days in usual(posts=6, days=5).items()
    }
    every = found(curves(**still))
    (flat,) = [one for one in every if one.post_id is None]
    assert (flat.rule, flat.source) == ("reading.flat", "s")
    assert "all 6 posts of source s" in flat.evidence


def test_posts_with_the_same_curve(found: Any) -> None:
    """Told once, of the first, with the other's name."""
    same = rising(100, 210, 305, 370, 420, 455)
    rows = curves(**usual(), twin_a=same, twin_b=same, short=rising(100, 210, 305))
    (one,) = found(rows)
    assert (one.rule, one.post_id) == ("reading.identical", "twin_a")
    assert "youtube twin_b" in one.evidence
    assert "100, 210, 305, 370, 420, 455" in one.evidence


def test_likes_that_come_without_views(found: Any) -> None:
    rows = curves(
        **usual(),
        a=[{"views": 100, "likes": 5}, {"views": 100, "likes": 80}],
        b=[{"views": None, "likes": 5}, {"views": None, "likes": 80}],
    )
    (one,) = found(rows)
    assert (one.rule, one.post_id) == ("reading.likes-without-views", "a")
    assert "likes went from 5" in one.evidence
    assert "views stayed 100" in one.evidence


def test_nothing_at_all(found: Any) -> None:
    assert found([]) == []


def test_a_value_that_is_not_believed_is_told(found: Any) -> None:
    """The rule's id stays as it was; the evidence names the smaller value."""
    rows = curves(a=rising(100))
    found(rows)
    (one,) = found([{**rows[0], "views": 40}])
    assert (one.rule, one.post_id) == ("reading.disagree", "a")
    assert one.evidence.startswith("views: 40 (")


@given(st.randoms(use_true_random=False), st.data())
def test_findings_do_not_depend_on_the_order_of_posts(
    luck: random.Random, data: st.DataObject
) -> None:
    """Whatever numbers posts have in the database, the same posts are found."""
    count = st.integers(-1, 40) | st.integers(-1, 5000)
    size = data.draw(st.integers(1, 6))
    rows = [data.draw(st.lists(count, min_size=1, max_size=7)) for _ in range(size)]
    order = list(range(size))
    luck.shuffle(order)

    def answers(order: list[int]) -> list[object]:
        made = _readings([rows[n] for n in order])
        found: list[object] = []
        for check in (checks.fell, checks.jumps, checks.flat):
            marks = ((check.__name__, order[m.post], m.values) for m in check(made))
            found += marks
        for group in checks.identical(made):
            found.append(sorted(order[mark.post] for mark in group))
        return sorted(found, key=repr)

    assert answers(list(range(size))) == answers(order)


def _readings(rows: list[list[int]]) -> Readings:
    post = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    at = np.concatenate([np.arange(len(row)) * DAY for row in rows])
    zero = np.zeros(len(post), np.int64)
    return Readings(
        post, at, zero, zero, zero, zero - 1, {"views": np.concatenate(rows)}
    )


def test_findings_do_not_depend_on_the_order_of_arrival(
    database: Database, tmp_path: Path
) -> None:
    """Rows in any order, in pieces: the same findings with the same ids."""
    from tracker.app import Tracker
    from tracker.settings import Settings

    rows = curves(
        **usual(), a=rising(900, 800, 850), b=rising(10, 20, 30, 9000), c=rising(5, 1)
    )
    random.Random(3).shuffle(rows)
    for start in range(0, len(rows), 7):
        keep(database, rows[start : start + 7])
    tracker = Tracker(tmp_path, Settings(), database)
    found = {one.id: one.evidence for one in findings(tracker, now=START)}
    fresh = Database(f"sqlite:///{tmp_path / 'other.db'}", tmp_path)
    from tracker.store import schema

    schema.ensure(fresh)
    keep(fresh, sorted(rows, key=lambda row: -row["captured_at"]))
    other = {
        one.id: one.evidence
        for one in findings(Tracker(tmp_path, Settings(), fresh), now=START)
    }
    assert found == other
    assert len(found) == 3


# -- the list -----------------------------------------------------------------------


def file(workspace: Path) -> Path:
    day = datetime(2026, 3, 1, tzinfo=UTC)
    lines = ["platform,post_id,captured_at,views"]
    for post, values in {"a": (900, 800), "b": (500, 100), "c": (10, 20)}.items():
        for n, views in enumerate(values):
            lines.append(f"youtube,{post},{day + timedelta(n):%Y-%m-%d},{views}")
    path = workspace / "posts.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_findings_are_listed_said_of_and_exported(invoke: Run, workspace: Path) -> None:
    """What a person says of a finding stays; filters, and the export, agree."""
    assert invoke("ingest", "--file", file(workspace), "--kind", "csv").code == 0

    def listed(*words: object) -> list[dict[str, Any]]:
        answer = invoke("finding", "list", *words, "--json")
        assert answer.code == 0, answer.err
        every: list[dict[str, Any]] = json.loads(answer.out)["findings"]
        return every

    first, second = listed()
    assert [first["rule"], second["rule"]] == ["reading.fell"] * 2
    assert invoke("finding", "ack", first["id"], "--reason", "spam swept").code == 0
    assert invoke("finding", "fix", second["id"]).code == 0
    assert [one["state"] for one in listed()] == ["acknowledged", "fixed"]
    assert [one["id"] for one in listed("--state", "fixed")] == [second["id"]]
    assert listed("--rule", "post.") == []
    exported = json.loads(invoke("export", "findings", "--format", "json").out)
    assert exported == listed()
    header = invoke("export", "findings").out.splitlines()[0]
    assert header == (
        "id,rule,severity,campaign,ambassador,platform,post_id,source,at,evidence,state"
    )
    assert invoke("finding", "reopen", first["id"], "--reason", "not so").code == 0
    assert [one["state"] for one in listed()] == ["open", "fixed"]
    assert "1 more" in invoke("finding", "list", "--limit", 1).out
    answer = invoke("finding", "ack", "nothing", "--reason", "x")
    assert (answer.code, "error[NOT_FOUND]" in answer.err) == (4, True)
    tracker = open_tracker(workspace)
    assert [one.id for one in findings(tracker, now=0)] == [first["id"], second["id"]]


def test_a_batch_of_rows_is_as_the_tests_think() -> None:
    assert batch(curves(a=rising(1, 2))).rows == 2
