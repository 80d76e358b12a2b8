"""A programme that goes on: what it was, and everything that may change in it later."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import spring
from support import Run

PLAN = (
    spring.PLAN
    + """
[strategy]
kind = "champion"
why = "Make it known"

[[indicator]]
id = "views"
metric = "views"
target = 5000
baseline = 0

[[mission]]
id = "m1"
name = "First"
opens = 2026-01-01
due = 2026-01-31
"""
)
POSTS = """platform,handle,post_id,url,published_at,captured_at,caption,views,likes
youtube,@annakow,v1,https://youtu.be/v1,2026-01-05,2026-01-10T10:00Z,#ad #spring,100,5
youtube,benoakes,v2,https://youtu.be/v2,2026-01-06,2026-01-10T10:00Z,#spring,200,
x,annakow,77,https://x.com/a/status/77,2026-01-07,2026-01-10T11:00Z,#spring today,30,2
x,nobody,78,,2026-01-07,2026-01-10T11:00Z,#spring too,9,1
x,annakow,,,2026-01-07,2026-01-10T11:00Z,no id,9,1
"""
MORE = """platform,handle,post_id,url,published_at,captured_at,caption,views,likes
youtube,@annakow,v1,https://youtu.be/v1,2026-01-05,2026-01-10T10:00Z,#ad #spring,150,4
youtube,@annakow,v1,https://youtu.be/v1,2026-01-05,2026-01-20T10:00Z,edited #spring,90,9
youtube,benoakes,v2,https://youtu.be/v2,2026-01-06,2026-01-09T10:00Z,#spring,50,
youtube,benoakes,v9,https://youtu.be/v9,2026-01-16,2026-01-20T10:00Z,#spring new,70,1
"""
OUTCOMES = """id,kind,at,campaign,code,quantity,value,currency
o1,sale,2026-01-12T10:00Z,c,ANNA10,1,100.00,EUR
o2,lead,2026-01-13T10:00Z,c,BEN,1,,
"""
SURVEY = """question,wave,asked_from,asked_to,n,yes
known,before,2026-01-01,2026-01-02,100,20
"""

NEXT = """
[campaign]
id = "next"
name = "The year after"
timezone = "Europe/Paris"
currency = "USD"
start = 2027-01-01
end = 2027-12-31

[[indicator]]
id = "views"
metric = "views"
target = 1000
baseline = 0
"""
NEXT_POSTS = """platform,handle,post_id,published_at,captured_at,views
youtube,@annakow,n1,2027-01-02,2027-01-03T10:00Z,7
youtube,@annakow,n1,2027-01-02,2027-01-05T10:00Z,40
x,annakow,n2,2027-01-04,2027-01-05T10:00Z,
"""


def begin(home: Path, run: Run) -> None:
    """A campaign with people, links, posts, outcomes, a cost, a survey, feedback."""
    spring.programme(home, run)
    files = {"plan.toml": PLAN, "posts.csv": POSTS, "more.csv": MORE}
    files |= {"outcomes.csv": OUTCOMES, "survey.csv": SURVEY}
    for name, text in files.items():
        (home / name).write_text(text)
    done = spring.done
    done(run, "campaign", "apply", home / "plan.toml")
    assert run("ingest", "--kind", "csv", "--file", home / "posts.csv").code == 1
    done(run, "outcome", "import", home / "outcomes.csv")
    done(run, "survey", "import", home / "survey.csv", "--campaign", "c")
    _cost(run, "fee", "7.00")
    words = ("--campaign", "c", "--ambassador", "anna", "--text", "Too hot")
    done(run, "feedback", "add", *words)


def moment() -> str:
    """Now, with nothing before or after in the same ms."""
    time.sleep(0.05)
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    time.sleep(0.05)
    return now


def go_on(home: Path, run: Run) -> None:
    """Figures, people, plan and results all change."""
    done, why = spring.done, ("--reason", "mistaken")
    done(run, "ingest", "--kind", "csv", "--file", home / "more.csv")
    at = ("--at", "2026-01-10T11:00Z")
    done(run, "reading", "correct", "x", "77", "views", "31", *at, *why)
    done(run, "withdraw", "c", "ben", "--on", "2026-01-05")
    new = ("--name", "Cy Twombly", "--handle", "x:nobody")
    done(run, "ambassador", "add", "cy", *new)
    done(run, "enrol", "c", "cy")
    people = spring.PEOPLE.replace("Anna Kowalczyk", "Anna Nowak")
    (home / "people.csv").write_text(people)
    done(run, "ambassador", "import", home / "people.csv")
    plan = PLAN.replace("5000", "9000").replace('name = "First"', 'name = "One"')
    (home / "plan.toml").write_text(
        plan.replace("due = 2026-01-31", "due = 2026-02-28")
    )
    done(run, "campaign", "apply", home / "plan.toml")
    done(run, "mission", "excuse", "m1", "ben", "--campaign", "c", *why)
    done(run, "outcome", "reject", "o1", *why)
    _cost(run, "more", "900.00")
    done(run, "disclosure", "override", "youtube", "v2", "pass", *why)
    done(run, "feedback", "answer", "1", "--text", "We know")
    done(run, "campaign", "open", "c", "--incomplete", *why)


def follow(home: Path, run: Run) -> None:
    """A second campaign, a year later, of one of them."""
    (home / "next.toml").write_text(NEXT)
    (home / "next.csv").write_text(NEXT_POSTS)
    spring.done(run, "campaign", "apply", home / "next.toml")
    spring.done(run, "enrol", "next", "anna")
    spring.done(run, "ingest", "--kind", "csv", "--file", home / "next.csv")


def _cost(run: Run, name: str, amount: str) -> None:
    words = ("--date", "2026-01-08", "--kind", "fee", "--amount", amount)
    spring.done(run, "cost", "add", "c", "--id", name, *words, "--state", "paid")


def pages(folder: Path) -> dict[str, bytes]:
    """All files of a report by name, but the manifest: it says when they were made."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith((".", "manifest"))
    }
