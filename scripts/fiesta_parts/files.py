"""The readings as files, each platform's in the dialect of another export.

What differs: encoding, delimiter, line ends, names of columns, dates, grouping of
thousands, compression. fixtures/fiesta/sources.toml tells the tracker about each.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from fiesta_parts.people import said
from fiesta_parts.posts import COUNTED
from fiesta_parts.readings import Reading

DETROIT = ZoneInfo("America/Detroit")
#: Files carry the time of the end of the programme, not that of their making.
WRITTEN = int(datetime(2009, 12, 1, 9, 0, tzinfo=DETROIT).timestamp())

#: What stands in one column: from a reading to text.
Column = Callable[[Reading], str]


@dataclass(frozen=True)
class Layout:
    """How one export writes readings. file: its name from a reading's month.

    extra: rows that stand among the others and are no readings, by their place.
    """

    file: Callable[[Reading], str]
    columns: dict[str, Column]
    encoding: str = "utf-8"
    delimiter: str = ","
    newline: str = "\n"
    extra: dict[int, list[str]] = field(default_factory=dict)


def zulu(moment: datetime) -> str:
    """2009-05-14T22:05:00Z, from wall clock in Detroit."""
    utc = moment.replace(tzinfo=DETROIT).astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%SZ}"


def grouped(value: str) -> str:
    """1 234 with a no-break blank, as French software writes it."""
    return f"{int(value):,}".replace(",", "\u00a0") if value else ""


def count(metric: str) -> Column:
    return lambda reading: said(reading.counts.get(metric))


def french(metric: str) -> Column:
    plain = count(metric)
    return lambda reading: grouped(plain(reading))


def monthly(stem: str, ending: str = "csv") -> Callable[[Reading], str]:
    return lambda reading: f"{stem}-{reading.at:%Y-%m}.{ending}"


def constant(name: str) -> Callable[[Reading], str]:
    return lambda _: name


YOUTUBE = Layout(
    monthly("youtube"),
    {
        "Video ID": lambda r: r.post.id,
        "Channel": lambda r: r.post.handle,
        "Title": lambda r: r.post.caption,
        "Uploaded": lambda r: zulu(r.post.published),
        "As of": lambda r: zulu(r.at),
        "Views": count("views"),
        "Likes": count("likes"),
        "Comments": count("comments"),
        "Link clicks": count("clicks"),
    },
    encoding="utf-8-sig",
    newline="\r\n",
)
#: A spreadsheet's "Unicode text": UTF-16, tabs; days without a time.
FLICKR = Layout(
    constant("flickr.csv"),
    {
        "photo": lambda r: r.post.id,
        "owner": lambda r: r.post.handle,
        "title": lambda r: r.post.caption,
        "taken on": lambda r: r.post.published.date().isoformat(),
        "counted on": lambda r: r.at.date().isoformat(),
        "seen": count("impressions"),
        "faves": count("likes"),
        "comments": count("comments"),
        "clicks": count("clicks"),
    },
    encoding="utf-16",
    delimiter="\t",
    newline="\r\n",
)
TWITTER = Layout(
    monthly("twitter", "csv.gz"),
    {
        "status": lambda r: r.post.id,
        "account": lambda r: r.post.handle,
        "text": lambda r: r.post.caption,
        "sent": lambda r: f"{r.post.published:%Y-%m-%d %H:%M:%S}",
        "seen": lambda r: f"{r.at:%Y-%m-%d %H:%M:%S}",
        "impressions": count("impressions"),
        "favourites": count("likes"),
        "replies": count("comments"),
        "retweets": count("shares"),
        "clicks": count("clicks"),
    },
)
#: From a French desktop: cp1252, semicolons, day first, blanks between thousands.
FACEBOOK = Layout(
    monthly("facebook"),
    {
        "Identifiant": lambda r: r.post.id,
        "Compte": lambda r: r.post.handle,
        "Texte": lambda r: r.post.caption,
        "Publié le": lambda r: f"{r.post.published:%d/%m/%Y %H:%M}",
        "Relevé le": lambda r: f"{r.at:%d/%m/%Y %H:%M}",
        "J’aime": french("likes"),
        "Commentaires": french("comments"),
        "Partages": french("shares"),
        "Clics": french("clicks"),
    },
    encoding="cp1252",
    delimiter=";",
    newline="\r\n",
)
SHEET_BLOG = "hollow.example.org"
#: What is wrong in the hand-kept sheet: place, address, dates, comments.
BROKEN = (
    (17, "posts/1", "04.05.2009", "08.05.2009", "n/a"),
    (41, "posts/2", "05.05.2009", "11.05.2009", "#NAME?"),
    (66, "posts/3", "06.05.2009", "31.04.2009", "4"),
    (90, "posts/4", "07.05.2009", "13.05.2009", "-2"),
    (120, "", "08.05.2009", "14.05.2009", "5"),
    (155, "posts/5", "09.05.2009", "15.05.2009", "1.2k"),
    (188, "posts/6", "10.05.2009", "May 16", "7"),
)
#: The first month of blogs was kept by hand in a spreadsheet, and it shows: the
#: broken rows must end in quarantine and nowhere else. Lines end in CR alone.
SHEET = Layout(
    constant("by-hand-blogs.csv"),
    {
        "address": lambda r: r.post.id,
        "blog": lambda r: r.post.handle,
        "title": lambda r: r.post.caption,
        "posted": lambda r: f"{r.post.published:%d.%m.%Y}",
        "read": lambda r: f"{r.at:%d.%m.%Y}",
        "comments": count("comments"),
        "clicks": count("clicks"),
    },
    newline="\r",
    extra={
        place: [
            f"https://{SHEET_BLOG}/{path}" if path else "#REF!",
            *(SHEET_BLOG, "A lent car", posted, read, comments, "1"),
        ]
        for place, path, posted, read, comments in BROKEN
    },
)


def layout_of(reading: Reading) -> Layout | None:
    """Which export a reading stood in; None: it came in another way."""
    match reading.post.platform:
        case "youtube":
            return YOUTUBE if reading.at.date() <= COUNTED else None
        case "flickr":
            return FLICKR
        case "x":
            return TWITTER
        case "facebook":
            return FACEBOOK
        case _:
            return SHEET if (reading.at.year, reading.at.month) == (2009, 5) else None


def write_files(readings: Iterable[Reading], folder: Path) -> list[Path]:
    """Write the readings of exports, in the order given, to the files of each."""
    tables: dict[str, tuple[Layout, list[list[str]]]] = {}
    for reading in readings:
        if (layout := layout_of(reading)) is None:
            continue
        _, rows = tables.setdefault(layout.file(reading), (layout, []))
        rows.append([cell(reading) for cell in layout.columns.values()])
    for layout, rows in tables.values():
        for place, row in sorted(layout.extra.items()):
            rows.insert(place, row)
    return [
        write_table(folder / name, layout, rows)
        for name, (layout, rows) in sorted(tables.items())
    ]


def write_table(path: Path, layout: Layout, rows: list[list[str]]) -> Path:
    """One file whole: under a passing name first, so that no half is ever seen."""
    text = io.StringIO(newline="")
    out = csv.writer(text, delimiter=layout.delimiter, lineterminator=layout.newline)
    out.writerow(layout.columns)
    out.writerows(rows)
    body = encode(text.getvalue(), layout.encoding)
    if path.suffix == ".gz":
        body = gzip.compress(body, mtime=0)
    part = path.with_name(path.name + ".part")
    part.write_bytes(body)
    os.utime(part, (WRITTEN, WRITTEN))
    part.rename(path)
    return path


def encode(text: str, encoding: str) -> bytes:
    """UTF-16 always little-endian with its mark, whatever the machine."""
    if encoding == "utf-16":
        return b"\xff\xfe" + text.encode("utf-16-le")
    return text.encode(encoding)
