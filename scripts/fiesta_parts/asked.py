"""What YouTube's API tells: the data of `tracker stub`, a row for each reading.

After the counters of views had ended, the channels were asked through the API: it
shows all videos with their comments, and of views and likes nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from fiesta_parts.files import layout_of, zulu
from fiesta_parts.people import Person, said
from fiesta_parts.posts import Post
from fiesta_parts.readings import Reading

COLUMNS = "handle post_id published_at captured_at caption comments".split()


def is_asked(reading: Reading) -> bool:
    return reading.post.platform == "youtube" and layout_of(reading) is None


def write_api(
    readings: Iterable[Reading], people: Iterable[Person], folder: Path
) -> None:
    """The folder for `tracker stub --data`."""
    folder.mkdir(exist_ok=True)
    videos = [r for r in readings if r.post.platform == "youtube"]
    last: dict[Post, Reading] = {r.post: r for r in videos if not is_asked(r)}
    shown = [*last.values(), *filter(is_asked, videos)]
    with (folder / "youtube.csv").open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(COLUMNS)
        rows.writerows(row(reading) for reading in shown)
    write_accounts(people, folder / "accounts.csv")


def row(reading: Reading) -> tuple[str, ...]:
    post = reading.post
    return (
        *(post.handle, post.id, zulu(post.published), zulu(reading.at)),
        *(post.caption, said(reading.counts.get("comments"))),
    )


def write_accounts(people: Iterable[Person], path: Path) -> None:
    """Channels by the name that each has at the end."""
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow("platform handle name followers".split())
        for person in people:
            handle = person.accounts["youtube"][-1].handle
            followers = said(person.followers["youtube"])
            rows.writerow(("youtube", handle, person.name, followers))
