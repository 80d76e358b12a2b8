"""An agency's data as files that the ordinary commands take.

A campaign file and an ambassador file for each campaign, and one CSV file of readings
for each month of delivery, written day by day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from agency import Agency, Size
from data import settle

EPOCH = dt.date(1970, 1, 1)
PLAN = """\
[campaign]
id = "{slug}"
name = "{slug}"
timezone = "Europe/Paris"
currency = "EUR"
language = "en"
start = {start}
end = {end}
"""


def date(day: int) -> dt.date:
    """A day counted from 1970."""
    return EPOCH + dt.timedelta(days=day)


def slug(size: Size, campaign: int) -> str:
    return f"{size.word}-{campaign:04d}"


def write_roster(size: Size, folder: Path) -> list[tuple[Path, Path, str]]:
    """Campaign file, ambassador file and id of each campaign."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_campaign(size, number, folder) for number in range(size.campaigns)]


def _campaign(size: Size, number: int, folder: Path) -> tuple[Path, Path, str]:
    name = slug(size, number)
    plan, people = folder / f"{name}.toml", folder / f"{name}.csv"
    start, end = date(size.starts(number)), date(size.ends(number))
    plan.write_text(PLAN.format(slug=name, start=start, end=end))
    lines = ["id,name,platform,handle"]
    for who in range(number, size.ambassadors, size.campaigns):
        one = f"{size.word}{who:06d}"
        lines += [f"{one},Ambassador {one},{p},{one}" for p in size.platforms]
    people.write_text("\n".join(lines) + "\n")
    return plan, people, name


def months(agency: Agency, folder: Path) -> Iterator[tuple[str, Path, int]]:
    """Month of delivery (YYYY-MM), its file and how many readings it has; each file
    is made when it is asked for and is the caller's."""
    folder.mkdir(parents=True, exist_ok=True)
    blocks = ((date(day), frame) for day, frame in agency.blocks() if frame.height)
    for month, days in groupby(blocks, lambda block: f"{block[0]:%Y-%m}"):
        path = folder / f"{agency.size.word}-{month}.csv"
        part, rows = path.with_suffix(".part"), 0
        with part.open("wb") as out:
            for _, frame in days:
                frame.write_csv(out, include_header=rows == 0)
                rows += frame.height
        settle(part, path)
        yield month, path, rows


def before(month: str, by: int) -> str:
    """The month so many months earlier."""
    year, number = map(int, month.split("-"))
    years, left = divmod(year * 12 + number - 1 - by, 12)
    return f"{years:04d}-{left + 1:02d}"
