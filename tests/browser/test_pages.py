"""Pages in a real browser, from disk: quiet, within the screen, usable."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "report"))

import making

from tracker.publish import publish

pytestmark = pytest.mark.browser
PAGES = (
    "index.html",
    "fiesta/index.html",
    "fiesta/posts.html",
    "fiesta/quality.html",
    "fiesta/ambassadors/a001.html",
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api")
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and not os.environ.get("CI"):
        pytest.skip("no Chromium is installed")
    with api.sync_playwright() as play:
        yield play.chromium.launch(executable_path=found, args=["--no-sandbox"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tracker = making.workspace(
        tmp_path_factory.mktemp("browser"), making.Made(people=30, posts=2000)
    )
    return publish(tracker, now=1).folder


class Visit:
    """A page that was opened, and everything it complained of or asked for."""

    def __init__(self, browser: Any, url: str, **options: Any) -> None:
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(url)

    def close(self) -> None:
        self.context.close()


@pytest.fixture
def visit(browser: Any, site: Path) -> Iterator[Any]:
    opened: list[Visit] = []

    def open_page(name: str, width: int = 1280, **options: Any) -> Visit:
        size = {"width": width, "height": 900}
        opened.append(Visit(browser, f"file://{site}/{name}", viewport=size, **options))
        return opened[-1]

    yield open_page
    for one in opened:
        one.close()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_is_quiet_local_and_fits(
    visit: Any, name: str, width: int, theme: str
) -> None:
    seen = visit(name, width, color_scheme=theme)
    assert seen.said == []
    assert all(url.startswith("file://") for url in seen.asked)
    wide = seen.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_without_scripts(visit: Any, name: str) -> None:
    seen = visit(name, java_script_enabled=False)
    assert seen.page.locator("h1").count() == 1
    assert seen.page.locator("table tbody tr, .campaigns li").count() > 0


def values(page: Any, column: int) -> list[int | None]:
    cells = page.locator(f"#all tbody tr:not(.space) > :nth-child({column})")
    texts = [text.replace(",", "") for text in cells.all_inner_texts()]
    return [int(text) if text.strip("-").isdigit() else None for text in texts]


def test_the_table_of_posts_holds_all_and_draws_a_few(visit: Any) -> None:
    page = visit("fiesta/posts.html").page
    many = page.locator("#all output").inner_text()
    assert many.endswith("posts") and many.split()[0] == many.split()[2]
    assert 10 < page.locator("#all tbody tr:not(.space)").count() < 80
    views = values(page, 5)
    assert views == sorted(views, key=lambda v: -(v or 0))


def test_posts_are_sorted_both_ways_and_unknown_stays_last(visit: Any) -> None:
    page = visit("fiesta/posts.html").page
    head = page.locator("#all thead th button").nth(4)
    head.click()
    views = values(page, 5)
    assert None not in views and views == sorted(views)
    page.locator("#all .view").evaluate("box => { box.scrollTop = box.scrollHeight }")
    page.wait_for_function(
        "() => document.querySelector('#all tbody tr:nth-last-child(2) .na')"
    )
    head.click()
    assert values(page, 5)[0] == max(v or 0 for v in values(page, 5))
    sort = page.locator("#all thead th").nth(4).get_attribute("aria-sort")
    assert sort == "descending"


def test_posts_are_filtered_by_text_platform_and_person(visit: Any) -> None:
    page = visit("fiesta/posts.html").page
    page.locator("#all input").fill("number 17")
    rows = page.locator("#all tbody tr:not(.space)")
    assert all("number 17" in text for text in rows.all_inner_texts())
    page.locator("#all input").fill("")
    page.locator("#all select").nth(0).select_option(label="Flickr")
    assert all("Flickr" in text for text in rows.all_inner_texts())
    page.locator("#all select").nth(1).select_option(label="Person 3")
    assert all("Person 3" in text for text in rows.all_inner_texts())
    page.locator("#all input").fill("no such post")
    assert rows.count() == 0


def test_the_leaderboard_sorts_filters_and_unfolds(visit: Any) -> None:
    page = visit("fiesta/index.html").page
    rows = page.locator("table.board tbody tr:visible")
    assert rows.count() == 21
    page.get_by_role("button", name="Show all 30").click()
    assert rows.count() == 31
    page.locator(".tools input[type=search]").fill("Person 7")
    assert rows.count() == 2
    page.locator(".tools input[type=search]").fill("")
    page.locator("table.board thead button", has_text="Posts").click()
    posts = page.locator("table.board tbody tr:not(.middle) td:nth-child(7)")
    shown = [int(text) for text in posts.all_inner_texts()]
    assert shown == sorted(shown, reverse=True)


def test_the_charts_tell_a_day_by_the_arrow_keys(visit: Any) -> None:
    page = visit("fiesta/index.html").page
    canvas = page.locator("#chart-total .canvas")
    canvas.focus()
    canvas.press("ArrowLeft")
    assert "total" in canvas.locator(".tip").inner_text()


def test_hostile_text_runs_nothing(browser: Any, tmp_path: Path) -> None:
    text = (
        "<script>document.title='x'</script><img src=x onerror=\"document.title='x'\">"
    )
    made = making.Made(3, 40, text=text, url="javascript:document.title='x'")
    folder = publish(making.workspace(tmp_path / "w", made), now=1).folder
    for name in PAGES:
        seen = Visit(browser, f"file://{folder}/{name}")
        assert seen.page.title() != "x" and seen.said == []
        assert seen.page.locator("a[href^=javascript]").count() == 0
        seen.close()
