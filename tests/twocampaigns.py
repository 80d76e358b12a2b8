"""Two campaigns whose posts were read at certain ages, to compare by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import spring
from support import Run

PLAN = """
[campaign]
id = "{id}"
timezone = "Europe/Paris"
currency = "EUR"
start = {start}
end = {end}
"""
#: Campaigns, with their first and last day.
CAMPAIGNS = {
    "one": ("2025-01-01", "2025-05-31"),
    "two": ("2025-06-01", "2025-12-31"),
}
#: Six people with 20,000 followers each; the accounts of one more nobody counted.
PEOPLE = "id,name,platform,handle,followers\n" + "".join(
    f"p{n},Person {n},youtube,tube{n},20000\n" for n in range(1, 7)
)
PEOPLE += "zoe,Zoe Quick,x,zoe,\n"
JANUARY = datetime(2025, 1, 10, 10, tzinfo=UTC)
JUNE = datetime(2025, 6, 10, 10, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def readings() -> str:
    """As CSV: posts of campaign one had 10 n views after a day, 100 n after seven."""
    rows = ["platform,handle,post_id,published_at,captured_at,views,likes"]

    def add(post: str, who: str, begun: datetime, after: timedelta, views: object):
        platform = "x" if who == "zoe" else "youtube"
        said = f"{begun.isoformat()},{(begun + after).isoformat()}"
        rows.append(f"{platform},{who},{post},{said},{views},1")

    for n in range(1, 7):
        add(f"a{n}", f"tube{n}", JANUARY, DAY, 10 * n)
        add(f"a{n}", f"tube{n}", JANUARY, 7 * DAY, 100 * n)
        # too late for the seventh day, too early for the fourteenth
        add(f"a{n}", f"tube{n}", JANUARY, 10 * DAY, 5000)
    add("b1", "tube1", JUNE, 25 * HOUR, 35)
    # half a day before the seventh day and half a day after it: the earlier one counts
    add("b1", "tube1", JUNE, 156 * HOUR, 250)
    add("b1", "tube1", JUNE, 180 * HOUR, 260)
    # nobody told the views of the reading that is nearest
    add("b2", "tube2", JUNE, 7 * DAY, "")
    add("b2", "tube2", JUNE, 7 * DAY + 3 * HOUR, 450)
    add("z1", "zoe", JUNE, 7 * DAY, 9)
    return "\n".join(rows) + "\n"


def begin(home: Path, invoke: Run) -> None:
    """All campaigns, with everybody in each."""
    (home / "people.csv").write_text(PEOPLE)
    (home / "posts.csv").write_text(readings())
    for name, (start, end) in CAMPAIGNS.items():
        file = home / f"{name}.toml"
        file.write_text(PLAN.format(id=name, start=start, end=end))
        spring.done(invoke, "campaign", "apply", file)
        words = ("ambassador", "import", home / "people.csv", "--campaign", name)
        spring.done(invoke, *words)
    spring.done(invoke, "ingest", "--file", home / "posts.csv", "--kind", "csv")
