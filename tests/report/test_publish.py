"""Publishing: whole, once, the same bytes for the same data."""

from __future__ import annotations

import gc
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import making
import pytest
from reading import files

from tracker.app import Tracker, open_tracker
from tracker.errors import LockedError, NotFoundError, ReportError
from tracker.facts import CampaignFacts
from tracker.publish import publish
from tracker.report import shelf as shelves
from tracker.report.shelf import Shelf
from tracker.report.text import file_name


def copied(programme: Tracker, folder: Path) -> Tracker:
    folder.mkdir()
    for name in ("tracker.toml", "tracker.db"):
        shutil.copy(programme.home / name, folder)
    return open_tracker(folder)


def more_views(tracker: Tracker, many: int = 1000) -> str:
    """One post gains views, as a later reading would leave the tables; its person."""
    with tracker.database.writing() as link:
        post, platform, person = link.all(
            "SELECT p.id, p.platform, a.ambassador_id FROM post p"
            " JOIN post_state s ON s.post_id = p.id JOIN attribution a"
            " ON a.post_id = p.id AND a.campaign_id = 1 WHERE s.views > 0"
            " ORDER BY p.id LIMIT 1"
        )[0]
        link.run(
            "UPDATE post_state SET views = views + ? WHERE post_id = ?", (many, post)
        )
        day = link.value(
            "SELECT MAX(day) FROM rollup WHERE campaign_id = 1 AND ambassador_id = ?"
            " AND platform = ?",
            (person, platform),
        )
        link.run(
            "UPDATE rollup SET views = views + ? WHERE campaign_id = 1"
            " AND ambassador_id = ? AND platform = ? AND day = ?",
            (many, person, platform, day),
        )
    return f"a{person:03d}"


def test_all_pages_are_there_and_the_manifest_knows_each(pages: Path) -> None:
    manifest = json.loads((pages / "manifest.json").read_text())
    assert set(manifest["files"]) == set(files(pages))
    for page in ("index.html", "posts.html", "quality.html", "ambassadors/a001.html"):
        assert (pages / "fiesta" / page).is_file()
    assert manifest["built_at"] == "1970-01-01T00:00:00.001Z"


def test_the_same_data_give_the_same_bytes_anywhere(
    programme: Tracker, pages: Path, tmp_path: Path
) -> None:
    other = copied(programme, tmp_path / "elsewhere")
    assert files(publish(other, now=99_000).folder) == files(pages)


def test_a_second_build_touches_nothing(programme: Tracker, pages: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in pages.rglob("*.*")}
    made = publish(programme, now=5)
    assert (made.written, made.removed, made.drawn) == ((), (), 0)
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_small_change_writes_only_the_pages_that_show_it(
    programme: Tracker, tmp_path: Path
) -> None:
    tracker = copied(programme, tmp_path / "w")
    publish(tracker, now=1)
    person = more_views(tracker)
    written = publish(tracker, now=2).written
    own = [name for name in written if "/ambassadors/" in name]
    assert own == [f"fiesta/ambassadors/{person}.html"]
    assert "fiesta/index.html" in written


def test_a_page_that_somebody_changed_is_mended(
    programme: Tracker, tmp_path: Path
) -> None:
    tracker = copied(programme, tmp_path / "w")
    folder = publish(tracker, now=1).folder
    good = files(folder)
    (folder / "fiesta" / "index.html").write_text("half a page")
    (folder / "fiesta" / "posts.html").unlink()
    made = publish(tracker, now=2)
    assert sorted(made.written) == ["fiesta/index.html", "fiesta/posts.html"]
    assert files(folder) == good


def test_a_change_that_keeps_size_and_time_is_seen(
    programme: Tracker, tmp_path: Path
) -> None:
    tracker = copied(programme, tmp_path / "w")
    folder = publish(tracker, now=1).folder
    good, page = files(folder), folder / "fiesta" / "quality.html"
    times = page.stat()
    page.write_bytes(page.read_bytes().swapcase())
    os.utime(page, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert publish(tracker, now=2).written == ("fiesta/quality.html",)
    assert files(folder) == good


def test_pages_of_what_is_gone_are_removed_and_other_files_are_left(
    programme: Tracker, tmp_path: Path
) -> None:
    tracker = copied(programme, tmp_path / "w")
    folder = publish(tracker, now=1).folder
    (folder / "mine.txt").write_text("not published by the tracker")
    with tracker.database.writing() as link:
        link.run("DELETE FROM enrolment WHERE ambassador_id = 3")
    assert publish(tracker, now=2).removed == ("fiesta/ambassadors/a003.html",)
    assert (folder / "mine.txt").exists()


def test_one_campaign_leaves_the_others_alone(
    programme: Tracker, tmp_path: Path
) -> None:
    tracker = copied(programme, tmp_path / "w")
    with tracker.database.writing() as link:
        link.run(
            "INSERT INTO campaign (slug, name, timezone, currency, language, rules,"
            " plan, state, applied_at) VALUES ('other', 'Other', 'UTC', 'EUR', 'fr',"
            " '{}', '{}', 'draft', 1)"
        )
    folder = publish(tracker, now=1).folder
    index = (folder / "index.html").read_bytes()
    more_views(tracker)
    made = publish(tracker, campaign="other", now=2)
    assert all(not name.startswith("fiesta/") for name in made.written)
    # the card says what the pages of its campaign say, which are the old ones
    assert (folder / "index.html").read_bytes() == index
    assert made.removed == ()
    assert (folder / "fiesta" / "index.html").exists()
    with pytest.raises(NotFoundError, match='Did you mean "fiesta"'):
        publish(tracker, campaign="fiest", now=3)
    publish(tracker, campaign="fiesta", now=3)
    newer = (folder / "index.html").read_bytes()
    assert newer != index
    (folder / ".cards.json").unlink()
    assert publish(tracker, campaign="other", now=4).written == ()
    assert publish(tracker, now=5).written == ()
    assert (folder / "index.html").read_bytes() == newer


def test_only_one_campaign_is_in_memory(programme: Tracker, tmp_path: Path) -> None:
    """A build of all campaigns needs room for the largest, not for all."""
    tracker = copied(programme, tmp_path / "w")
    with tracker.database.writing() as link:
        for name in ("other", "third"):
            link.run(
                "INSERT INTO campaign (slug, name, timezone, currency, language,"
                " rules, plan, state, applied_at) VALUES (?, ?, 'UTC', 'EUR',"
                " 'fr', '{}', '{}', 'draft', 1)",
                (name, name),
            )
    alive: list[set[str]] = []

    def step(_: int) -> None:
        gc.collect()
        found = [one for one in gc.get_objects() if isinstance(one, CampaignFacts)]
        alive.append({one.campaign.id for one in found})

    assert publish(tracker, now=1, step=step).campaigns == ("fiesta", "other", "third")
    assert alive == [{"fiesta"}, {"other"}, {"third"}]


def test_an_empty_workspace_has_an_index(tmp_path: Path) -> None:
    (tmp_path / "tracker.toml").write_text("")
    made = publish(open_tracker(tmp_path), now=1)
    assert "index.html" in made.written


def test_a_campaign_without_posts_shows_no_zero(tmp_path: Path) -> None:
    tracker = making.workspace(tmp_path / "w", making.Made(people=2, posts=2))
    with tracker.database.writing() as link:
        for table in ("attribution", "rollup", "post_state", "post"):
            link.run(f"DELETE FROM {table}")
    page = publish(tracker, now=1).folder / "fiesta" / "index.html"
    assert "No post yet." in page.read_text()


# -- the shelf ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "a//b", "", "a/./b"])
def test_no_name_leaves_the_folder(tmp_path: Path, name: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ReportError, match="leave"), Shelf(tmp_path / "s", 1) as shelf:
        shelf.put(name, "", lambda: b"x")
    left = [path for path in sorted(tmp_path.rglob("*")) if path.name == "x"]
    assert left == [] and before == []


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "away").mkdir()
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "fiesta").symlink_to(tmp_path / "away")
    with pytest.raises(ReportError), Shelf(tmp_path / "s", 1) as shelf:
        shelf.put("fiesta/index.html", "", lambda: b"x")
    assert list((tmp_path / "away").iterdir()) == []


@pytest.mark.parametrize(
    "name", ["a1", "../../etc", "A1", "é", "index", "con", "a" * 200, "a/b", ".", ""]
)
def test_ids_become_names_that_stay_in_the_folder(name: str) -> None:
    made = file_name(name)
    assert made == file_name(name)
    assert "/" not in made and not made.startswith(".") and 0 < len(made) < 80


def test_different_ids_get_different_files() -> None:
    names = ["a b", "a-b", "A-B", "a/b", "a.b", "ab"]
    assert len({file_name(name) for name in names}) == len(names)


def test_a_second_publisher_waits_and_then_gives_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "PATIENCE", 0.1)
    with Shelf(tmp_path, 1), pytest.raises(LockedError), Shelf(tmp_path, 1):
        pass


def test_an_error_publishes_nothing(tmp_path: Path) -> None:
    with Shelf(tmp_path, 1) as shelf:
        shelf.put("a", "1", lambda: b"old")
    with pytest.raises(ZeroDivisionError), Shelf(tmp_path, 2) as shelf:
        shelf.put("a", "2", lambda: b"new")
        _ = 1 / 0
    assert (tmp_path / "a").read_bytes() == b"old"
    assert not list(tmp_path.glob(".a*"))


def test_a_folder_that_cannot_be_written_is_an_error_of_pages(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("a file")
    with pytest.raises(ReportError, match="PAGES_IO"), Shelf(tmp_path / "site", 1):
        pass


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_every_page_whole(
    programme: Tracker, tmp_path: Path
) -> None:
    """Each file is its old or its new self; the next build mends the set."""
    tracker = copied(programme, tmp_path / "w")
    folder = publish(tracker, now=1).folder
    old = files(folder)
    more_views(tracker, 777)
    new = files(publish(tracker, out=tmp_path / "new", now=1).folder)
    code = (
        "from pathlib import Path; from tracker.app import open_tracker;"
        "from tracker.publish import publish;"
        f"publish(open_tracker(Path({str(tracker.home)!r})), now=2)"
    )
    rng = random.Random(11)
    for _ in range(8):
        child = subprocess.Popen([sys.executable, "-c", code], cwd=Path.cwd())
        time.sleep(rng.uniform(0.4, 1.6))
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        for name, data in files(folder).items():
            assert data in (old[name], new[name]), name
    publish(tracker, now=3)
    assert files(folder) == new
    assert not list(folder.rglob(".*.publishing"))
