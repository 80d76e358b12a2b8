"""The Fiesta programme that scripts/fiesta.py makes: its sums are the published ones.

The files are read here by a reader of their own, so that neither the maker nor the
tracker is asked whether it agrees with itself.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

ROOT = Path(__file__).resolve().parents[1]
DETROIT = ZoneInfo("America/Detroit")
METRICS = ("views", "impressions", "likes", "comments", "shares", "clicks")
#: How each source's files are written.
DIALECTS: dict[str, tuple[str, str]] = {
    "youtube": ("utf-8-sig", ","),
    "flickr": ("utf-16", "\t"),
    "twitter": ("utf-8", ","),
    "facebook": ("cp1252", ";"),
    "by-hand": ("utf-8", ","),
}


@dataclass
class Reading:
    source: str
    platform: str
    post: str
    handle: str
    caption: str
    published: datetime
    captured: datetime
    counts: dict[str, int] = field(default_factory=dict)


@dataclass
class Programme:
    """What was made: readings in order of capture, and rows that are none."""

    home: Path
    readings: list[Reading]
    broken: list[list[str]]
    handles: set[tuple[str, str]]


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The programme made twice, by processes that hash text differently."""
    folders = [tmp_path_factory.mktemp("fiesta") for _ in range(2)]
    made = [
        subprocess.Popen(
            [sys.executable, str(ROOT / "scripts" / "fiesta.py"), str(folder)],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
        )
        for seed, folder in enumerate(folders, 1)
    ]
    assert [process.wait() for process in made] == [0, 0]
    return folders


@pytest.fixture(scope="module")
def programme(twins: list[Path]) -> Programme:
    home = twins[0]
    blocks = tomllib.loads((home / "sources.toml").read_text("utf-8"))["source"]
    readings: list[Reading] = []
    broken: list[list[str]] = []
    for block in blocks:
        for row in WAYS[block["kind"]](home, block):
            try:
                readings.append(understood(block, row))
            except ValueError:
                broken.append(list(row.values()))
    readings.sort(key=lambda one: one.captured)
    with (home / "people.csv").open(encoding="utf-8") as people:
        handles = {
            (row["platform"], row["handle"].lstrip("@"))
            for row in csv.DictReader(people)
        }
    return Programme(home, readings, broken, handles)


def rows(home: Path, block: dict[str, Any]) -> Iterator[dict[str, str]]:
    """The rows of exports."""
    encoding, delimiter = DIALECTS[block["name"]]
    files = sorted(home.glob(block["path"]))
    assert files, block["name"]
    for file in files:
        body = file.read_bytes()
        body = gzip.decompress(body) if file.suffix == ".gz" else body
        text = io.StringIO(body.decode(encoding), newline=None)
        yield from csv.DictReader(text, delimiter=delimiter)


def delivered(home: Path, block: dict[str, Any]) -> Iterator[dict[str, str]]:
    """The items of deliveries, in canonical words."""
    block["columns"] = {"published_at": {}, "captured_at": {}}
    for file in sorted((home / "deliveries").glob(f"{block['name']}-*.json")):
        body = json.loads(file.read_text("utf-8"))
        assert body["type"] == "post.metrics"
        yield from ({key: str(value) for key, value in i.items()} for i in body["data"])


def told(home: Path, block: dict[str, Any]) -> Iterator[dict[str, str]]:
    """What the API shows that no export has: what came after the counters' end."""
    block["columns"] = {"published_at": {}, "captured_at": {}}
    block["platform"] = "youtube"
    with (home / "stub" / "youtube.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if moment(row["captured_at"], "").date() > date(2009, 10, 2):
                yield row


WAYS = {"csv": rows, "webhook": delivered, "youtube": told}


def understood(block: dict[str, Any], row: dict[str, str]) -> Reading:
    """A row by the settings of its source. Raises ValueError for what is no reading."""
    columns = block["columns"]

    def cell(name: str) -> str:
        spec = columns.get(name, name)
        column = spec if isinstance(spec, str) else spec.get("column", name)
        return row.get(column, "")

    def when(name: str) -> datetime:
        spec = columns[name]
        written = "" if isinstance(spec, str) else spec.get("format", "")
        return moment(cell(name), written)

    post = cell("post_id") or cell("url")
    if post.startswith("#"):
        raise ValueError(post)
    counts = {m: number(cell(m)) for m in METRICS if cell(m)}
    return Reading(
        block["name"],
        block["platform"],
        post.removeprefix("https://www.youtube.com/watch?v="),
        cell("handle").lstrip("@"),
        cell("caption"),
        when("published_at"),
        when("captured_at"),
        counts,
    )


def number(cell: str) -> int:
    text = cell.replace("\u00a0", "")
    if not text.isdecimal():
        raise ValueError(cell)
    return int(text)


def moment(cell: str, written: str) -> datetime:
    if written == "epoch":
        return datetime.fromtimestamp(int(cell), UTC).astimezone(DETROIT)
    if written:
        return datetime.strptime(cell, written).replace(tzinfo=DETROIT)
    made = datetime.fromisoformat(cell)
    return made.astimezone(DETROIT) if made.tzinfo else made.replace(tzinfo=DETROIT)


def in_campaign(made: Programme) -> Callable[[Reading], bool]:
    """Does the plan count it: a known handle, in time, with the tag?"""
    left = date(2009, 7, 15)
    gone = set()
    with (made.home / "people.csv").open(encoding="utf-8") as people:
        for row in csv.DictReader(people):
            if row["to"]:
                assert row["to"] == left.isoformat()
                gone.add((row["platform"], row["handle"].lstrip("@")))

    def counts(reading: Reading) -> bool:
        account = (reading.platform, reading.handle)
        day = reading.published.date()
        return (
            account in made.handles
            and date(2009, 5, 1) <= day <= date(2009, 11, 30)
            and not (account in gone and day > left)
            and "#fiestamovement" in reading.caption.lower().split()
        )

    return counts


def final(
    readings: list[Reading], until: date = date.max
) -> dict[tuple[str, str], dict[str, int]]:
    """Last known values of each post by the end of a day."""
    known: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for reading in readings:
        if reading.captured.date() <= until:
            known[reading.platform, reading.post] |= reading.counts
    return known


def total(
    readings: list[Reading], platform: str, metric: str, until: date = date.max
) -> int:
    return sum(
        counts.get(metric, 0)
        for (where, _), counts in final(readings, until).items()
        if where == platform
    )


@pytest.fixture(scope="module")
def counted(programme: Programme) -> list[Reading]:
    counts = in_campaign(programme)
    return [reading for reading in programme.readings if counts(reading)]


def test_made_twice_gives_the_same_bytes(twins: list[Path]) -> None:
    def prints(home: Path) -> dict[str, str]:
        return {
            str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in home.rglob("*")
            if path.is_file()
        }

    assert prints(twins[0]) == prints(twins[1])


def test_the_campaign_has_sixty_thousand_items(counted: list[Reading]) -> None:
    posts = Counter(platform for platform, _ in final(counted))
    assert posts == {
        "youtube": 11_000,
        "flickr": 9_400,
        "x": 34_600,
        "facebook": 3_150,
        "blog": 1_850,
    }
    assert posts.total() == 60_000


def test_youtube_ends_at_four_point_three_million_views(counted: list[Reading]) -> None:
    assert total(counted, "youtube", "views") == 4_300_000


@pytest.mark.parametrize(
    ("platform", "metric", "day", "published"),
    [
        ("youtube", "views", date(2009, 8, 5), 2_800_000),
        ("youtube", "views", date(2009, 9, 8), 3_700_000),
        ("youtube", "views", date(2009, 10, 2), 4_300_000),
        ("flickr", "impressions", date(2009, 8, 5), 365_000),
        ("flickr", "impressions", date(2009, 9, 8), 460_000),
        ("flickr", "impressions", date(2009, 10, 2), 540_000),
        ("x", "impressions", date(2009, 9, 8), 2_800_000),
        ("x", "impressions", date(2009, 10, 2), 3_000_000),
    ],
)
def test_counts_pass_through_the_published_points(
    counted: list[Reading], platform: str, metric: str, day: date, published: int
) -> None:
    assert total(counted, platform, metric, day) == published


def test_clicks_add_up_over_all_platforms(counted: list[Reading]) -> None:
    clicks = [c["clicks"] for c in final(counted).values() if "clicks" in c]
    assert sum(clicks) == 168_214


def test_only_youtube_has_views_and_a_thousand_videos_have_none(
    counted: list[Reading],
) -> None:
    """258 are private; 742 came after the counters had ended."""
    last = final(counted)
    assert {where for (where, _), c in last.items() if "views" in c} == {"youtube"}
    videos = [c for (where, _), c in last.items() if where == "youtube"]
    assert sum("views" in counts for counts in videos) == 10_000
    assert sum("views" not in counts for counts in videos) == 258 + 742


def test_counts_fall_on_the_day_of_the_purge_and_on_no_other(
    counted: list[Reading],
) -> None:
    before: dict[tuple[str, str, str], int] = {}
    falls: Counter[tuple[date, str]] = Counter()
    lost = 0
    for reading in counted:
        for metric, value in reading.counts.items():
            key = (reading.platform, reading.post, metric)
            if value < before.get(key, 0):
                falls[reading.captured.date(), metric] += 1
                lost += before[key] - value
            before[key] = value
    assert falls == {(date(2009, 7, 12), "views"): 61}
    assert lost == 21_480


def test_nothing_of_youtube_was_read_during_the_gap(counted: list[Reading]) -> None:
    days = {r.captured.date() for r in counted if r.source == "youtube"}
    assert not days & {date(2009, 8, 18), date(2009, 8, 19), date(2009, 8, 20)}
    assert date(2009, 8, 21) in days


def test_no_reading_is_older_than_its_post_and_none_stands_twice(
    programme: Programme,
) -> None:
    assert all(r.published <= r.captured for r in programme.readings)
    keys = Counter((r.platform, r.post, r.captured) for r in programme.readings)
    assert set(keys.values()) == {1}
    assert 250_000 <= len(keys) <= 350_000


def test_a_post_always_has_one_handle_and_one_day(programme: Programme) -> None:
    said: dict[tuple[str, str], set[tuple[str, datetime]]] = defaultdict(set)
    for reading in programme.readings:
        said[reading.platform, reading.post].add((reading.handle, reading.published))
    assert all(len(words) == 1 for words in said.values())


def test_broken_rows_stand_in_one_small_file_only(programme: Programme) -> None:
    assert len(programme.broken) == 7
    assert {row[1] for row in programme.broken} == {"hollow.example.org"}
    posts = {reading.handle for reading in programme.readings}
    assert "hollow.example.org" not in posts


def test_posts_that_do_not_count_are_kept_apart(
    programme: Programme, counted: list[Reading]
) -> None:
    """Fans, posts from before and after, posts without the tag: without views."""
    counts_for = in_campaign(programme)
    others = final([r for r in programme.readings if not counts_for(r)])
    assert len(others) == 214 + 24 + 13 + 61
    assert not others.keys() & final(counted).keys()
    assert not any(
        {"views", "impressions"} & counts.keys() for counts in others.values()
    )


def test_a_hundred_people_have_accounts_and_two_were_renamed(
    programme: Programme, counted: list[Reading]
) -> None:
    with (programme.home / "people.csv").open(encoding="utf-8") as file:
        people = list(csv.DictReader(file))
    assert len({row["id"] for row in people}) == 100
    assert len({row["name"] for row in people}) == 100
    assert len({(row["platform"], row["handle"]) for row in people}) == len(people)
    renamed = [row for row in people if row["since"]]
    assert len(renamed) == 2
    for row in renamed:
        own = [r for r in counted if r.handle == row["handle"].lstrip("@")]
        assert own
        assert min(r.published.date() for r in own) >= date.fromisoformat(row["since"])


def test_seven_hundred_videos_answer_six_missions(
    programme: Programme, counted: list[Reading]
) -> None:
    plan = tomllib.loads((programme.home / "plan.toml").read_text("utf-8"))
    tags = {"#" + tag for mission in plan["mission"] for tag in mission["hashtags"]}
    videos = {
        (reading.post, *tags & set(reading.caption.split()))
        for reading in counted
        if reading.platform == "youtube" and tags & set(reading.caption.split())
    }
    assert len(videos) == 700
    assert len(plan["mission"]) == 6


def test_the_plan_shows_the_figures_that_sources_dispute(programme: Programme) -> None:
    plan = tomllib.loads((programme.home / "plan.toml").read_text("utf-8"))
    claims = plan["claim"]
    sold = [c for c in claims if c["metric"] == "sale" and c["value"] == 50_000]
    assert [c["used"] for c in sold] == [False]
    used = Counter(c["metric"] for c in claims if c["used"])
    assert set(used.values()) == {1}
    leads = {c["value"]: c["used"] for c in claims if c["metric"] == "lead"}
    assert leads == {50_000: True, 80_000: False, 130_000: False, 132_000: False}
    assert plan["budget"]["amount"] == 5_000_000
