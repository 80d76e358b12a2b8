"""Pages in a real browser: sites built once, one browser, visits that listen.

Pages are found in the built folders, not listed: a new page is tested at once.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import PRIVATE, invoking
from visiting import Site, Visit

sys.path.insert(0, str(Path(__file__).parents[1] / "report"))

import making
import replayed
import spring

from tracker.app import open_tracker
from tracker.publish import publish


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as play:
        yield play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])


@pytest.fixture(scope="session")
def fiesta(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Thirty people and 2000 posts of a champion's programme, in English."""
    home = tmp_path_factory.mktemp("fiesta")
    tracker = making.workspace(home, making.Made(people=30, posts=2000))
    return Site("fiesta", "en", publish(tracker, now=1).folder)


@pytest.fixture(scope="session")
def editions(made_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Pages that are made by themselves: for a client, of the past, of one person, of
    campaigns side by side; of a small programme with a second year."""
    home = tmp_path_factory.mktemp("editions") / "workspace"
    out = home / "editions"
    shutil.copytree(made_workspace, home)
    with pytest.MonkeyPatch.context() as patch:
        for name in PRIVATE:
            patch.delenv(name, raising=False)
        run = invoking(home)
        replayed.begin(home, run)
        then = replayed.moment()
        replayed.go_on(home, run)
        replayed.follow(home, run)
        for words in (
            ("c", "--client", "--out", out / "client"),
            ("c", "--as-of", then, "--out", out / "past"),
            ("--compare", "c,next", "--out", out),
            ("--ambassador", "anna", "--out", out / "sent"),
        ):
            spring.done(run, "report", *words, "--language", "en")
    return Site("editions", "en", out)


@pytest.fixture(scope="session")
def sites(
    fiesta: Site,
    editions: Site,
    worked: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> list[Site]:
    """Every kind of page in both languages: one programme and the editions in
    English, the three others in French."""
    out = tmp_path_factory.mktemp("worked-fr") / "site"
    publish(open_tracker(worked), now=1, language="fr", out=out)
    return [fiesta, editions, Site("worked", "fr", out)]


@pytest.fixture
def visit(browser: Any, fiesta: Site) -> Iterator[Any]:
    opened: list[Visit] = []

    def open_page(
        page: str, width: int = 1280, site: Site = fiesta, **options: Any
    ) -> Visit:
        size = {"width": width, "height": 900}
        opened.append(Visit(browser, site.url(page), viewport=size, **options))
        return opened[-1]

    yield open_page
    for one in opened:
        one.close()
