"""A programme of two years: the second campaign names the first in its plan."""

from __future__ import annotations

from pathlib import Path

import spring
from support import Run

PLAN = """
[campaign]
id = "{id}"
timezone = "Europe/Paris"
currency = "EUR"
start = {year}-03-01
end = {year}-12-31

[[cost]]
id = "agency"
date = {year}-03-05
kind = "hours"
amount = "{amount}"
state = "{state}"
"""
BENCHMARK = """
[benchmark]
campaign = "first"
"""
PEOPLE = """id,name,platform,handle,followers
anna,Anna Kowalczyk,youtube,@annakow,20000
anna,Anna Kowalczyk,x,annakow,900
ben,Ben Oakes,youtube,benoakes,
"""
#: p1 has no shares at first, p2 never has any, the views of p2 and p3 are unknown.
POSTS = """platform,handle,post_id,published_at,captured_at,views,likes,comments,shares
youtube,annakow,v1,2025-03-02,2025-03-10T10:00Z,100,10,1,
youtube,annakow,v1,2025-03-02,2025-04-10T10:00Z,150,12,1,
x,annakow,p1,2025-03-03,2025-03-10T10:00Z,50,5,,
x,annakow,p1,2025-03-03,2025-04-11T10:00Z,60,8,,2
x,annakow,p2,2025-03-04,2025-03-12T10:00Z,,7,,
youtube,benoakes,v2,2026-03-02,2026-03-10T10:00Z,300,20,4,
x,annakow,p3,2026-03-03,2026-03-11T10:00Z,,3,,1
"""


def begin(home: Path, invoke: Run) -> None:
    """Both campaigns, with everybody in both."""
    (home / "people.csv").write_text(PEOPLE)
    (home / "posts.csv").write_text(POSTS)
    for name, year, amount, state, more in (
        ("first", 2025, "50.00", "paid", ""),
        ("second", 2026, "30.00", "planned", BENCHMARK),
    ):
        file = home / f"{name}.toml"
        said = PLAN.format(id=name, year=year, amount=amount, state=state)
        file.write_text(said + more)
        spring.done(invoke, "campaign", "apply", file)
        words = ("ambassador", "import", home / "people.csv", "--campaign", name)
        spring.done(invoke, *words)
    spring.done(invoke, "ingest", "--file", home / "posts.csv", "--kind", "csv")
