"""Pages that the daemon makes one campaign after the other: the same as all at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from archiving import at, fill, row
from plain import ZONE, keep
from reading import files

from tracker import app, publisher, turns
from tracker.app import Tracker
from tracker.publish import publish
from tracker.publisher import Publisher
from tracker.store.corrections import Correction, Corrections

NOW = at("2026-05-05")


class Turned:
    """A publisher that never makes pages together, and never rests."""

    def __init__(self, home: Path, log: pytest.LogCaptureFixture) -> None:
        self.tracker, self._log = app.open_tracker(home), log
        self.publisher = Publisher("a", 60_000)

    def read(self, *rows: dict[str, object]) -> None:
        keep(self.tracker.database, list(rows), now=NOW)

    def write(self, *statements: str) -> None:
        with self.tracker.database.writing() as link:
            for statement in statements:
                link.run(statement)

    def settle(self, most: int = 20) -> list[str]:
        """Step until nothing is left to do, or so often; which campaigns were built."""
        self._log.clear()
        for _ in range(most):
            self.publisher.hurry()
            self.publisher.step(self.tracker, NOW)
        told = [one for one in self._log.records if one.getMessage() == "pages built"]
        return [one.__dict__["campaign"] for one in told]

    def check(self, folder: Path) -> None:
        """The same bytes as of a report into a fresh folder."""
        fresh = publish(self.tracker, out=folder, now=NOW).folder
        assert files(self.tracker.home / self.tracker.settings.site) == files(fresh)
        shutil.rmtree(folder)


@pytest.fixture
def turned(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Turned:
    monkeypatch.setattr(turns, "SLOW", -1.0)
    monkeypatch.setattr(publisher, "RESTS", 0)
    caplog.set_level("INFO")
    made = Turned(workspace, caplog)
    fill(made.tracker.database, posts=3)
    return made


def other(tracker: Tracker, text: str) -> Tracker:
    """With these settings before those that are there."""
    file = tracker.home / "tracker.toml"
    file.write_text(text + file.read_text())
    return app.open_tracker(tracker.home)


def test_after_each_change_the_pages_are_those_of_a_whole_report(
    turned: Turned, tmp_path: Path
) -> None:
    assert turned.settle() == ["one", "two"]
    turned.check(tmp_path / "fresh")

    turned.read(row("b0", "2026-05-02", views=900))
    assert turned.settle() == ["two", "one"]
    turned.check(tmp_path / "fresh")

    wish = Correction("youtube", "a0", at("2026-01-01"), "views", 1, "typo", "ada", 9)
    turned.write(
        "INSERT INTO source (id, name, kind, state) VALUES (9, 'hand', '', '')"
    )
    Corrections(turned.tracker.database, ZONE).correct(wish)
    assert turned.settle()[0] == "one"
    turned.check(tmp_path / "fresh")

    turned.write("UPDATE campaign SET name = 'Second' WHERE id = 2")
    assert turned.settle() == ["two", "one"]
    turned.check(tmp_path / "fresh")

    turned.write(
        "INSERT INTO campaign (id, slug, name, timezone, currency, language, rules,"
        " plan, state, applied_at) VALUES (3, 'new', 'N', 'UTC', 'EUR', 'fr', '{}',"
        " '{}', 'open', 0)"
    )
    assert sorted(turned.settle()) == ["new", "one", "two"]
    turned.check(tmp_path / "fresh")

    turned.read(row("zz", "2026-05-03", views=3) | {"handle": "nobody"})
    assert sorted(turned.settle()) == ["new", "one", "two"]
    turned.check(tmp_path / "fresh")


def test_settings_that_change_change_the_pages_of_all(
    turned: Turned, tmp_path: Path
) -> None:
    turned.settle()
    turned.tracker = other(turned.tracker, "bilingual = true\n")
    assert sorted(turned.settle()) == ["one", "two"]
    turned.check(tmp_path / "fresh")
    file = turned.tracker.home / "tracker.toml"
    file.write_text(file.read_text().partition("\n")[2])
    turned.tracker = app.open_tracker(turned.tracker.home)
    assert sorted(turned.settle()) == ["one", "two"]
    turned.check(tmp_path / "fresh")


def test_a_change_comes_between_pages_that_merely_wait(turned: Turned) -> None:
    turned.settle()
    turned.write("UPDATE ambassador SET name = 'Ann'")  # concerns all
    turned.publisher.hurry()
    turned.publisher.step(turned.tracker, NOW)
    assert turned.settle(1) == ["one"]
    turned.read(row("a1", "2026-05-02", views=900))
    assert turned.settle()[0] == "one"


def test_a_host_that_lost_its_turn_publishes_nothing(
    turned: Turned, caplog: pytest.LogCaptureFixture
) -> None:
    turned.settle()
    leases = turned.tracker.runs.leases
    before = files(turned.tracker.home / "site")
    turned.read(row("b0", "2026-05-02", views=900))
    leases.seize("publisher", "b", NOW, 60_000)
    assert turned.settle() == []
    assert any("TERM_LOST" in text for text in caplog.messages)
    assert files(turned.tracker.home / "site") == before


def test_pages_of_one_campaign_that_fail_hold_up_no_other(
    turned: Turned, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "AGAIN", 0.0)
    site = turned.tracker.home / "site"
    site.mkdir(exist_ok=True)
    (site / "one").write_text("in the way")
    assert "two" in turned.settle(6)
    assert (site / "two" / "index.html").exists()
    (site / "one").unlink()
    assert "one" in turned.settle()
