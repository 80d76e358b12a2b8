"""Posts that are not there any more, and sources that are late, fail or fall silent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import asked
import pytest
from support import Run

from tracker import app
from tracker.app import Tracker, open_tracker
from tracker.errors import TrackerError
from tracker.findings import findings
from tracker.lateness import usual_pause
from tracker.model import DAY, iso
from tracker.sources import registry
from tracker.sources.base import Kind

HOUR = 3_600_000
NOON = 1_775_044_800_000  # 2026-04-01T12:00:00Z
SOURCE = '[[source]]\nname = "yt"\nkind = "asked"\nbase_url = "{url}"\nevery = "12h"\n'


@pytest.fixture
def platform() -> Any:
    with asked.Platform() as running:
        yield running


@pytest.fixture
def tracker(
    each_workspace: Path, monkeypatch: pytest.MonkeyPatch, platform: asked.Platform
) -> Tracker:
    """A workspace with a source that asks a platform, on each database."""
    monkeypatch.setitem(registry.KINDS, "asked", Kind("asked", "asked:factory", "test"))
    with (each_workspace / "tracker.toml").open("a") as file:
        file.write(SOURCE.format(url=platform.url))
    return open_tracker(each_workspace)


def look(tracker: Tracker, at: int) -> None:
    app.ingest_source(tracker, "yt", now=at, force=True)


def told(tracker: Tracker, beginning: str, now: int = NOON) -> list[Any]:
    return [one for one in findings(tracker, now=now) if one.rule.startswith(beginning)]


def state(invoke: Run, post: str = "first") -> str:
    rows = json.loads(invoke("post", "list", "--json").out)["posts"]
    (row,) = [row for row in rows if row["post_id"] == post]
    shown = json.loads(invoke("post", "show", "youtube", post, "--json").out)["post"]
    assert shown["state"] == row["state"]
    found: str = row["state"]
    return found


def test_a_post_goes_and_comes_back(
    tracker: Tracker, platform: asked.Platform, invoke: Run
) -> None:
    """live, suspect after one absence, gone after a second a day later, restored."""
    platform.views = {"first": 500}
    look(tracker, NOON)
    assert (state(invoke), told(tracker, "post.")) == ("live", [])
    platform.views = {}
    look(tracker, NOON + HOUR)
    assert state(invoke) == "suspect"
    look(tracker, NOON + 12 * HOUR)  # too soon to be sure
    (suspect,) = told(tracker, "post.")
    assert (suspect.rule, suspect.severity) == ("post.suspect", "info")
    assert suspect.at == NOON + HOUR
    look(tracker, NOON + HOUR + DAY)
    assert state(invoke) == "gone"
    (gone,) = told(tracker, "post.")
    assert (gone.rule, gone.post_id, gone.source) == ("post.gone", "first", "yt")
    for words in ("not there since", str(iso(NOON + HOUR)), "500 views"):
        assert words in gone.evidence
    platform.views = {"first": 510}
    look(tracker, NOON + 3 * DAY)
    assert state(invoke) == "restored"
    (restored,) = told(tracker, "post.")
    assert (restored.rule, restored.at) == ("post.restored", NOON + 3 * DAY)
    platform.views = {}
    look(tracker, NOON + 4 * DAY)
    assert state(invoke) == "suspect"


def test_a_post_that_was_missing_once_is_simply_there(
    tracker: Tracker, platform: asked.Platform, invoke: Run
) -> None:
    """And what it was known by never changed."""
    platform.views = {"first": 500}
    look(tracker, NOON)
    platform.views = {}
    look(tracker, NOON + HOUR)
    rows = json.loads(invoke("post", "list", "--json").out)["posts"]
    assert rows[0]["views"] == 500
    platform.views = {"first": 501}
    look(tracker, NOON + 2 * DAY)
    assert (state(invoke), told(tracker, "post.")) == ("live", [])


def test_a_late_source_is_told_by_when_it_was_due(
    tracker: Tracker, platform: asked.Platform
) -> None:
    """However late anybody looks, it is the same finding."""
    look(tracker, NOON)
    assert told(tracker, "source.", NOON + HOUR) == []
    (late,) = told(tracker, "source.", NOON + DAY)
    assert (late.rule, late.source) == ("source.late", "yt")
    assert NOON < late.at < NOON + DAY
    assert str(iso(late.at)) in late.evidence
    assert told(tracker, "source.", NOON + 2 * DAY) == [late]


def test_a_source_that_fails_is_told_once_for_all_its_failures(
    tracker: Tracker, platform: asked.Platform
) -> None:
    platform.views = {"first": 1}
    look(tracker, NOON)
    platform.wrong = 503
    ids = set()
    for hours in (1, 2):
        with pytest.raises(TrackerError):
            _fail(tracker, NOON + hours * HOUR)
        (failed,) = told(tracker, "source.failed", NOON + hours * HOUR)
        ids.add(failed.id)
        assert failed.at == NOON + HOUR
    assert len(ids) == 1
    assert failed.evidence.startswith("2 runs in a row failed since")
    platform.wrong = None
    look(tracker, NOON + 3 * HOUR)
    assert told(tracker, "source.failed", NOON + 3 * HOUR) == []


def _fail(tracker: Tracker, at: int) -> None:
    report = app.ingest_source(tracker, "yt", now=at, force=True)
    if report.outcome.value == "failed":
        raise TrackerError("FAILED", "yt", report.error or "")


def test_a_source_that_brings_nothing_new_is_told_while_a_campaign_runs(
    tracker: Tracker, platform: asked.Platform, invoke: Run, each_workspace: Path
) -> None:
    platform.views = {"first": 1}
    for day in range(4):
        platform.views["first"] += 10
        look(tracker, NOON + day * DAY)
    last = NOON + 3 * DAY
    platform.views = {}
    now = last + 6 * DAY
    look(tracker, now)
    assert told(tracker, "source.", now) == []  # no campaign needs it
    plan = each_workspace / "plan.toml"
    plan.write_text('[campaign]\nid = "spring"\nname = "Spring"\nend = 2026-05-01\n')
    assert invoke("campaign", "apply", plan).code == 0
    assert told(tracker, "source.", last + 5 * DAY) == []
    (silent,) = told(tracker, "source.", now)
    assert (silent.rule, silent.at) == ("source.silent", last + 5 * DAY)
    assert "usually something comes every 1 days" in silent.evidence
    assert invoke("source", "pause", "yt").code == 0
    assert told(tracker, "source.", now + DAY) == []


def test_the_usual_pause_is_the_median() -> None:
    assert usual_pause([1, 2, 3, 13]) == 1
    assert usual_pause([1, 4, 8, 20]) == 4
