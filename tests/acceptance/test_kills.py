"""Processes killed at random moments: what is kept stays exact, pages stay whole.

TRACKER_KILLS=200 kills that often instead of a dozen times; TRACKER_SEED=n repeats
the moments of an earlier run as far as a machine can.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

import pytest
from support import PRIVATE, ROOT

from tracker.sources.csvfile import FAST_FROM
from tracker.store import verify
from tracker.store.database import Database
from tracker.store.totals import Reckoner

KILLS = int(os.environ.get("TRACKER_KILLS", "12"))
SEED = int(os.environ.get("TRACKER_SEED", "1"))
HEAD = "platform,post_id,handle,captured_at,caption,views,likes\n"
START = 1_780_272_000  # 2026-06-01T00:00:00Z
POSTS, HANDLES = 1_500, 8
#: Rows of all files: three of them just large enough for the fast lane, or more.
ROWS = 80_000 if KILLS < 100 else 110_000
PLAN = """
[campaign]
id = "c"
name = "C"
timezone = "America/Detroit"
currency = "USD"
language = "en"
start = 2026-05-01
end = 2026-12-31
[match]
hashtags = ["fiesta"]
"""
SOURCE = """
[[source]]
name = "drop"
kind = "csv"
path = "inbox/*.csv"
"""

Fact = tuple[int, int | None]


@dataclass
class Rows:
    """What files hold, told plainly: largest views and likes by post and second."""

    chance: random.Random
    facts: dict[tuple[int, int], Fact] = field(default_factory=dict)
    told: int = 0

    def text(self, many: int, first_hour: int, hours: int) -> str:
        """A file of so many rows; hours and posts of other files come again."""
        within = (first_hour + self.chance.randrange(hours) for _ in range(many))
        return HEAD + "".join(map(self._row, within))

    def _row(self, hour: int) -> str:
        post = self.chance.randrange(POSTS)
        at = START + hour * 3600 + self.chance.randrange(4) * 900
        views = hour * 1000 + self.chance.randrange(5000)
        likes = self.chance.choice([None, views // 50])
        self._note((post, at), views, likes)
        tag = " #fiesta" if post % 3 else ""
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
        return (
            f"youtube,p{post:05},@h{post % HANDLES},{moment},a film {post}{tag},"
            f"{views},{'' if likes is None else likes}\n"
        )

    def _note(self, key: tuple[int, int], views: int, likes: int | None) -> None:
        self.told += 1
        old_views, old_likes = self.facts.get(key, (views, likes))
        known = [value for value in (old_likes, likes) if value is not None]
        self.facts[key] = max(old_views, views), max(known, default=None)

    def totals(self, *, matched: bool) -> dict[str, int]:
        """Sums of last known values, of all posts or of those with the hashtag."""
        views: dict[int, int] = {}
        likes: dict[int, int] = {}
        for (post, _), (seen, liked) in sorted(
            self.facts.items(), key=lambda fact: fact[0][1]
        ):
            if matched and not post % 3:
                continue
            views[post] = seen
            if liked is not None:
                likes[post] = liked
        return {
            "posts": len(views),
            "views": sum(views.values()),
            "likes": sum(likes.values()),
            "likes_known": len(likes),
        }


@dataclass
class Programme:
    """A workspace whose commands are processes that may be killed."""

    home: Path
    rows: Rows

    @property
    def around(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k not in PRIVATE}
        return {**kept, "PYTHONPATH": str(ROOT), "TRACKER_HOME": str(self.home)}

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "tracker", *words],
            env=self.around,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def whole(self, *words: str) -> float:
        """Run a command to its end; how long it took."""
        took = self.cut(None, *words)
        assert took is not None
        return took

    def cut(self, after: float | None, *words: str) -> float | None:
        """Kill a command after so many seconds; how long it took if it had ended."""
        began = time.monotonic()
        process = self.start(*words)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(after)
        took = time.monotonic() - began
        process.kill()
        _, said = process.communicate()
        assert process.returncode <= 0, said.decode()
        return took if process.returncode == 0 else None

    def opened(self) -> tuple[Database, Reckoner]:
        database = Database("sqlite:///tracker.db", self.home)
        return database, Reckoner(database, ZoneInfo("UTC"))

    def add(self, name: str, *span: int) -> None:
        (self.home / "inbox" / name).write_text(self.rows.text(*span))

    def done(self, files: int) -> bool:
        """Is every file kept?"""
        with self.opened()[0].reading() as link:
            return bool(link.value("SELECT count(*) FROM payload") == files)

    def check_kept(self) -> None:
        """Sound, and of every file all or nothing: what the ledger says is there."""
        with sqlite3.connect(self.home / "tracker.db") as link:
            assert link.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert link.execute("PRAGMA foreign_key_check").fetchall() == []
            stored, digests = link.execute(
                "SELECT coalesce(sum(stored), 0), count(DISTINCT digest) = count(*)"
                " FROM payload WHERE rows = stored + unchanged + corrected + rejected"
            ).fetchone()
            assert digests == 1
            assert link.execute("SELECT count(*) FROM reading").fetchone() == (stored,)
            assert link.execute(
                "SELECT count(*) FROM payload WHERE digest = '' OR rows = 0"
            ).fetchone() == (0,)
        link.close()

    def check_exact(self) -> None:
        """Nothing is lost and nothing counts twice."""
        self.check_kept()
        database, reckoner = self.opened()
        assert verify.verify(database, ZoneInfo("UTC")) == []
        for campaign, matched in ((None, False), ("c", True)):
            (row,) = reckoner.totals(campaign).rows
            assert {
                "posts": row.posts,
                "views": row.metrics["views"].value,
                "likes": row.metrics["likes"].value,
                "likes_known": row.metrics["likes"].known,
            } == self.rows.totals(matched=matched)
        with sqlite3.connect(self.home / "tracker.db") as link:
            (count,) = link.execute("SELECT count(*) FROM reading").fetchone()
            (told,) = link.execute("SELECT sum(rows) FROM payload").fetchone()
        link.close()
        assert (count, told) == (len(self.rows.facts), self.rows.told)


@pytest.fixture
def programme(workspace: Path) -> Programme:
    made = Programme(workspace, Rows(random.Random(SEED)))
    with (workspace / "tracker.toml").open("a") as file:
        file.write(SOURCE)
    plan, people = workspace / "plan.toml", workspace / "people.csv"
    plan.write_text(PLAN)
    people.write_text(
        "id,name,platform,handle\n"
        + "".join(f"a{n},A {n},youtube,@h{n}\n" for n in range(HANDLES))
    )
    made.whole("campaign", "apply", str(plan), "-q")
    made.whole("ambassador", "import", str(people), "--campaign", "c", "-q")
    return made


def moments(kind: str) -> list[float]:
    """When to kill, in shares of a command's life: a half of the kills each."""
    chance = random.Random(f"{SEED} {kind}")
    return [chance.uniform(0.02, 1) for _ in range(KILLS // 2)]


def test_kills_during_ingest_lose_and_double_nothing(programme: Programme) -> None:
    """Files of both lanes; readings that come again, late, or with larger values."""
    for n in range(8):
        programme.add(f"small{n}.csv", ROWS // 20, 24 * n, 60)
    for n in range(3):
        programme.add(f"large{n}.csv", ROWS // 5, 100 * n, 200)
    sizes = [path.stat().st_size for path in (programme.home / "inbox").iterdir()]
    assert sum(size > FAST_FROM for size in sizes) == 3
    empty = shutil.copytree(programme.home, programme.home.with_name("empty"))

    life = programme.whole("ingest")
    programme.check_exact()
    restore(empty, programme.home)
    hits, ends, fresh = 0, 1, True
    for share in moments("ingest"):
        ended = programme.cut(share * life, "ingest")
        hits += ended is None
        if hits % 2:  # else the next process is the first to see what is left
            programme.check_kept()
        if ended is not None or programme.done(len(sizes)):
            programme.whole("ingest")
            programme.check_exact()
            restore(empty, programme.home)
            life = min(ended, life) if ended and fresh else life
            ends, fresh = ends + 1, True
        else:
            fresh = False
    programme.whole("ingest")
    programme.check_exact()
    print(f"ingest: {hits} kills, {ends + 1} ends, {life:.1f} s uncut")
    assert hits


def restore(empty: Path, home: Path) -> None:
    """Begin again with an empty database."""
    for left in home.glob("tracker.db*"):
        left.unlink()
    shutil.copyfile(empty / "tracker.db", home / "tracker.db")


class Reader(threading.Thread):
    """Reads all pages over and over; what it saw by name, and what was not whole."""

    def __init__(self, site: Path) -> None:
        super().__init__(daemon=True)
        self.site, self.stop = site, threading.Event()
        self.seen: set[tuple[str, str]] = set()
        self.torn: list[str] = []
        self.looks = 0

    def run(self) -> None:
        while not self.stop.is_set():
            time.sleep(0.005)
            for path in self.site.rglob("*"):
                if path.name.startswith(".") or not path.is_file():
                    continue
                self._look(path)

    def _look(self, path: Path) -> None:
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return
        self.looks += 1
        name = path.relative_to(self.site).as_posix()
        if name == "manifest.json":
            json.loads(data)
            return
        if name.endswith(".html") and not data.rstrip().endswith(b"</html>"):
            self.torn.append(name)
        self.seen.add((name, hashlib.sha256(data).hexdigest()))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.join()


def published(site: Path) -> set[tuple[str, str]]:
    """Names and hashes of the manifest, which is what lies there."""
    files = json.loads((site / "manifest.json").read_text())["files"]
    for name, entry in files.items():
        data = (site / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry["sha256"], name
    there = {
        path.relative_to(site).as_posix()
        for path in site.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert {name for name in there if not name.startswith(".")} == set(files)
    assert not [name for name in there if name.endswith(".publishing")]
    return {(name, entry["sha256"]) for name, entry in files.items()}


def test_kills_while_pages_are_written_show_no_half_page(programme: Programme) -> None:
    """Each page is its old or its new self at every moment."""
    site = programme.home / "site"
    programme.add("0.csv", 4_000, 0, 60)
    programme.whole("ingest")
    programme.whole("report")
    # The first build also fills caches: what is cut below is a build after a change.
    programme.add("1.csv", 300, 39, 24)
    programme.whole("ingest")
    life = programme.whole("report")
    before, hits, looks, most = published(site), 0, 0, 0
    shares = moments("report")
    for n in range(0, len(shares), 3):
        programme.add(f"{2 + n}.csv", 300, 40 + n, 24)
        programme.whole("ingest")
        with Reader(site) as reader:
            for share in shares[n : n + 3]:
                ended = programme.cut(share * life, "report")
                if ended is not None:  # nothing is left to write: a shorter life
                    life = min(ended, life)
                    break
                hits += 1
            programme.whole("report")
        after = published(site)
        assert reader.torn == []
        assert reader.seen <= before | after
        most = max(most, len(after - before))
        before, looks = after, looks + reader.looks
    assert most > HANDLES, "the pages followed the readings"
    programme.check_exact()
    print(f"report: {hits} kills, {life:.1f} s uncut, {looks} looks")
    assert hits
