"""An ambassador's own page: what to do first, missions, links, money, papers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import spring
from reading import Page, read
from support import Run

MISSIONS = """
[[mission]]
id = "past"
name = "Past one"
opens = 2026-01-01
due = 2026-01-20
hashtags = ["past"]

[[mission]]
id = "open"
name = "Open one"
opens = 2026-02-01
due = 2026-02-20
needs = 2
hashtags = ["open"]
"""
POSTS = """platform,handle,post_id,url,published_at,captured_at,caption,views
youtube,annakow,v1,https://example.org/v1,2026-01-10,2026-02-10,#spring #past one,120
youtube,benoakes,v2,https://example.org/v2,2026-02-02,2026-02-10,#spring #open two,80
"""
OUTCOMES = """id,kind,at,campaign,code,quantity,value
o1,sale,2026-02-01,c,ANNA10,1,50.00
o2,lead,2026-02-02,c,BEN,3,
"""


@pytest.fixture
def pages(workspace: Path, invoke: Run) -> Path:
    """Pages of two people: Anna did a mission and sold; Ben is late and was asked."""
    spring.programme(workspace, invoke)
    (workspace / "plan.toml").write_text(spring.PLAN + MISSIONS)
    (workspace / "p.csv").write_text(POSTS)
    (workspace / "o.csv").write_text(OUTCOMES)
    done = spring.done
    done(invoke, "campaign", "apply", workspace / "plan.toml")
    done(invoke, "ingest", "--file", workspace / "p.csv", "--kind", "csv")
    done(invoke, "outcome", "import", workspace / "o.csv")
    fee = ("--id", "fee", "--date", "2026-02-03", "--kind", "fee", "--amount", "25.50")
    who = ("--ambassador", "anna", "--state", "paid")
    done(invoke, "cost", "add", "c", *fee, *who)
    done(invoke, "disclosure", "act", "youtube", "v2", "notice")
    done(invoke, "report")
    return workspace / "site" / "c" / "ambassadors"


def said(page: Page) -> str:
    return " ".join(" ".join(page.text).split()).replace("\u00a0", " ")


def test_what_needs_them_comes_first(pages: Path) -> None:
    """A post to mend, then what is due next, then what is missing."""
    text = (pages / "ben.html").read_text()
    todo = text[text.index('class="todo"') : text.index("</ol>")]
    order = [
        todo.index(words) for words in ("Add a disclosure", "Open one", "Past one")
    ]
    assert order == sorted(order)
    assert "https://example.org/v2" in todo and "<code>#past</code>" in todo
    words = said(read(pages / "ben.html"))
    assert "Open one: 10 days left. 1 post by 20 February." in words
    assert "Past one is still open." in words


def test_words_to_copy_are_those_of_their_country(pages: Path) -> None:
    """Ben is British: what passes there is shown to be copied."""
    text = (pages / "ben.html").read_text()
    asked = text[text.index("Words that do:") :][:80]
    assert "<code>ad</code>" in asked


def test_missions_name_the_post_that_counts(pages: Path) -> None:
    page = read(pages / "anna.html")
    words = said(page)
    assert "Due so far: 1. On time: 1." in words
    assert any(a["href"] == "https://example.org/v1" for a in page.all("a"))
    assert "Open one" in words and "not due yet" in words


def test_links_results_and_money_are_their_own(pages: Path) -> None:
    anna, ben = (said(read(pages / f"{who}.html")) for who in ("anna", "ben"))
    assert "/c/anna-link" in anna and "/c/anna-link" not in ben
    assert "ANNA10" in anna and "ANNA10" not in ben
    assert "Commission" in anna and "€6" in anna  # 10 % of 50, and 1 for each
    assert "Paid: €25.50" in anna and "25.50" not in ben
    assert "Leads 3 put down to you" in ben


def test_no_page_has_the_others_or_a_total(pages: Path) -> None:
    for who, other in (("anna", "Ben Oakes"), ("ben", "Anna Kowalczyk")):
        text = (pages / f"{who}.html").read_text()
        assert other not in text and "Median" not in text


def test_a_new_cost_changes_only_their_page(
    pages: Path, workspace: Path, invoke: Run
) -> None:
    fee = ("--id", "more", "--date", "2026-02-04", "--kind", "fee", "--amount", "1")
    spring.done(invoke, "cost", "add", "c", *fee, "--ambassador", "ben")
    told = json.loads(invoke("report", "--json").out)
    assert "c/ambassadors/ben.html" in told["written"]
    assert "c/ambassadors/anna.html" not in told["written"]


def test_what_they_are_sent_says_the_same(
    pages: Path, workspace: Path, invoke: Run
) -> None:
    """The file that is mailed is made from the same value."""
    made = json.loads(invoke("report", "--ambassador", "ben", "--json").out)
    place = next(value for value in made.values() if str(value).endswith(".html"))
    words = said(read(workspace / place))
    assert "Past one is still open." in words and "/c/bens-link" in words
