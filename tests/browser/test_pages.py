"""What pages do when they are used: sorting, filtering, tips; and hostile text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import making
import pytest
from hostile import BAD_LINKS, HOSTILE
from visiting import Visit

from tracker.publish import publish

pytestmark = pytest.mark.browser


def values(page: Any, column: int) -> list[int | None]:
    cells = page.locator(f"#all tbody tr > :nth-child({column})")
    texts = [
        text.translate({0x2C: None, 0x2212: "-"}) for text in cells.all_inner_texts()
    ]
    return [int(text) if text.strip("-").isdigit() else None for text in texts]


def test_the_table_of_posts_holds_all_a_hundred_at_a_time(visit: Any) -> None:
    page = visit("fiesta/posts.html").page
    many = page.locator("#all output").inner_text()
    assert many.endswith("posts") and many.split()[0] == many.split()[2]
    views = values(page, 5)
    assert len(views) == 100 and views == sorted(views, key=lambda v: -(v or 0))
    page.get_by_role("button", name="Next page").click()
    later = values(page, 5)
    assert len(later) == 100 and max(later) <= min(views)
    pages = -(-int(many.split()[0].replace(",", "")) // 100)
    assert page.locator(".turner span").inner_text() == f"Page 2 of {pages}"


def test_posts_are_sorted_both_ways_and_unknown_stays_last(visit: Any) -> None:
    page = visit("fiesta/posts.html").page
    head = page.locator("#all thead th button").nth(4)
    for way in ("ascending", "descending"):
        head.click()
        sort = page.locator("#all thead th").nth(4).get_attribute("aria-sort")
        views = values(page, 5)
        assert sort == way and None not in views
        assert views == sorted(views, reverse=way == "descending")
        while page.get_by_role("button", name="Next page").is_enabled():
            page.get_by_role("button", name="Next page").click()
        assert values(page, 5)[-1] is None


def test_columns_of_posts_are_chosen(visit: Any) -> None:
    page = visit("fiesta/posts.html").page
    page.get_by_role("checkbox", name="Platform").uncheck()
    assert page.locator("#all tbody td:visible", has_text="Flickr").count() == 0
    page.get_by_role("button", name="Next page").click()
    assert page.locator("#all tbody td:visible", has_text="Flickr").count() == 0
    page.get_by_role("checkbox", name="Platform").check()
    assert page.locator("#all tbody td:visible", has_text="Flickr").count() > 0


def test_posts_are_sorted_on_a_phone_where_no_heads_are(visit: Any) -> None:
    page = visit("fiesta/posts.html", 390).page
    page.locator("#all select.by").select_option(label="Likes")
    likes = [one for one in values(page, 6) if one is not None]
    assert likes == sorted(likes, reverse=True) and len(likes) == 100


def test_posts_are_filtered_by_text_platform_and_person(visit: Any) -> None:
    page = visit("fiesta/posts.html").page
    page.locator("#all input[type=search]").fill("number 17")
    rows = page.locator("#all tbody tr")
    assert all("number 17" in text for text in rows.all_inner_texts())
    page.locator("#all input[type=search]").fill("")
    page.locator("#all select").nth(0).select_option(label="Flickr")
    assert all("Flickr" in text for text in rows.all_inner_texts())
    page.locator("#all select").nth(1).select_option(label="Person 3")
    assert all("Person 3" in text for text in rows.all_inner_texts())
    page.locator("#all input[type=search]").fill("no such post")
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
    heads = page.locator("table.board thead th")
    at = [text.strip(" \u2195\xa0") for text in heads.all_inner_texts()].index("Posts")
    heads.nth(at).locator("button").click()
    rows = page.locator("table.board tbody tr:not(.middle):visible")
    shown = [int(row.locator("> *").nth(at).inner_text()) for row in rows.all()]
    assert shown == sorted(shown, reverse=True) and len(shown) == 30


def test_the_charts_tell_a_day_by_the_arrow_keys(visit: Any) -> None:
    page = visit("fiesta/index.html").page
    canvas = page.locator("#chart-total .canvas")
    canvas.focus()
    canvas.press("ArrowLeft")
    assert "total" in canvas.locator(".tip").inner_text()


def test_hostile_text_runs_nothing(browser: Any, tmp_path: Path) -> None:
    """Every string in every field: the browser has nothing to refuse, either."""
    text = " ".join(HOSTILE).replace("\0", "")
    made = making.Made(3, 40, text=text, url=BAD_LINKS[0])
    folder = publish(making.workspace(tmp_path / "w", made), now=1).folder
    for path in folder.rglob("*.html"):
        seen = Visit(browser, path.as_uri())
        assert seen.said == [] and seen.asked == [seen.url], path.name
        assert seen.page.evaluate("() => window.ran") is None
        assert seen.page.locator("a[href^=javascript]").count() == 0
        for button in seen.page.locator("thead button").all()[:3]:
            button.click()
        assert seen.page.evaluate("() => window.ran") is None
        seen.close()
