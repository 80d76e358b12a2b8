"""What holds on every page, in both languages and themes, at every width."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from visiting import SHOTS, Site, Visit

pytestmark = pytest.mark.browser
#: A desk, a desk at 200 %, a phone, the narrowest that WCAG asks for.
WIDTHS = (1280, 640, 390, 320)
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Rules of axe-core whose answer may change with the width or the colours.
LOOKS = ["color-contrast", "target-size", "scrollable-region-focusable", "link-name"]
AXE = Axe()
#: What sticks out of the screen, and not of a part of the page that scrolls itself.
WIDER = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return [...document.body.querySelectorAll('*')]
    .filter((it) => it.getBoundingClientRect().right > wide + 1)
    .map((it) => `${it.tagName} ${it.textContent.trim().slice(0, 30)}`).slice(0, 4);
}"""
#: Everything that can be reached by Tab.
REACHABLE = """() => {
  const all = document.querySelectorAll(
    'a[href], button, input, select, summary, [tabindex="0"]');
  const seen = [...all].filter((it) => !it.disabled && it.tabIndex >= 0
    && it.checkVisibility({ visibilityProperty: true }));
  seen.forEach((it, n) => { it.walked = n; });
  return seen.length;
}"""
#: Which of them has the focus, and whether a person can see that.
FOCUSED = """() => {
  const it = document.activeElement;
  if (!it || it === document.body) return null;
  const box = it.getBoundingClientRect(), looks = getComputedStyle(it);
  const lit = looks.outlineStyle !== 'none' && parseFloat(looks.outlineWidth) >= 2;
  const here = box.bottom > 0 && box.top < innerHeight && box.right > 0;
  return [it.walked ?? -1, lit && here, it.outerHTML.slice(0, 90)];
}"""


def every(
    browser: Any, sites: list[Site], **options: Any
) -> Iterator[tuple[Visit, str]]:
    """Visits of all pages, one after the other, with a name for messages."""
    for site in sites:
        for page in site.pages:
            seen = Visit(browser, site.url(page), **options)
            yield seen, f"{site.name} {site.language} {page}"
            seen.close()


def listed(faults: list[Any]) -> str:
    return "\n".join(map(str, faults))


def test_no_page_complains_asks_a_host_or_leaves_the_screen(
    browser: Any, sites: list[Site]
) -> None:
    faults = []
    for seen, name in every(browser, sites):
        for width in WIDTHS:
            seen.show(width)
            faults += [(name, width, it) for it in seen.page.evaluate(WIDER)]
        faults += [(name, said) for said in seen.said]
        faults += [(name, url) for url in seen.asked if url != seen.url]
    assert not faults, listed(faults)


def test_axe_finds_nothing(browser: Any, sites: list[Site]) -> None:
    """All of its rules on a desk; on a phone and in the dark those that can differ."""
    faults = []
    for seen, name in every(browser, sites):
        faults += [(name, *fault) for fault in found_by_axe(seen, LEVELS)]
        if " en " in name:
            for width, theme in ((390, "light"), (390, "dark"), (1280, "dark")):
                seen.show(width, theme)
                faults += [
                    (name, width, theme, *it) for it in found_by_axe(seen, LOOKS)
                ]
    assert not faults, listed(faults)


def found_by_axe(seen: Visit, rules: list[str]) -> Iterator[tuple[str, ...]]:
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    for fault in AXE.run(seen.page, options=options).response["violations"]:
        for node in fault["nodes"][:2]:
            yield fault["id"], str(node["target"]), node["failureSummary"][:300]


def test_every_page_is_whole_without_scripts(browser: Any, sites: list[Site]) -> None:
    for seen, name in every(browser, sites, java_script_enabled=False):
        assert seen.page.locator("h1").count() == 1, name
        rows = seen.page.locator("tbody tr, main li, main dl")
        assert rows.count() > 0, name
        assert seen.page.locator("tbody tr[hidden], main [hidden]").count() == 0, name


@pytest.mark.parametrize("width", [1280, 390])
def test_every_control_is_reached_by_the_keyboard_and_seen(
    browser: Any, fiesta: Site, editions: Site, width: int
) -> None:
    for seen, name in every(browser, [fiesta, editions]):
        seen.show(width)
        many = seen.page.evaluate(REACHABLE)
        walked: list[int] = []
        for _ in range(many + 5):
            seen.page.keyboard.press("Tab")
            focus = seen.page.evaluate(FOCUSED)
            if focus is None:
                break
            at, visible, what = focus
            assert visible, (name, what)
            walked.append(at)
        assert walked == list(range(many)), name


def test_the_skip_link_comes_first_and_leads_to_the_report(
    browser: Any, fiesta: Site, editions: Site
) -> None:
    for seen, _ in every(browser, [fiesta, editions]):
        seen.page.keyboard.press("Tab")
        assert seen.page.evaluate("() => document.activeElement.className") == "skip"
        seen.page.keyboard.press("Enter")
        # the browser goes there a moment later
        seen.page.wait_for_url("**#main", timeout=20_000)


def test_pages_are_printed_in_light_without_tools(
    browser: Any, sites: list[Site]
) -> None:
    for seen, name in every(browser, sites):
        seen.show(794, "dark", "print")
        ink = "() => getComputedStyle(document.body).color"
        paper = "() => getComputedStyle(document.body).backgroundColor"
        assert seen.page.evaluate(ink) == "rgb(0, 0, 0)", name
        assert seen.page.evaluate(paper) == "rgb(255, 255, 255)", name
        tools = seen.page.locator(".tools, .more, .toc, .bar nav, .turner, .skip")
        assert not any(one.is_visible() for one in tools.all()), name
        assert seen.page.evaluate(WIDER) == [], name


def test_pictures_are_kept_for_people_to_look_at(
    browser: Any, sites: list[Site]
) -> None:
    """Both widths and themes of each kind of page, and what comes out of a printer."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    for seen, name in every(browser, sites):
        place = name.replace(" ", "-").replace("/", "-").removesuffix(".html")
        for width, theme in ((1280, "light"), (390, "dark")):
            seen.show(width, theme)
            seen.page.screenshot(path=SHOTS / f"{place}-{width}-{theme}.png")
        seen.page.pdf(path=SHOTS / f"{place}.pdf", format="A4")
        assert (SHOTS / f"{place}.pdf").read_bytes()[:5] == b"%PDF-"
