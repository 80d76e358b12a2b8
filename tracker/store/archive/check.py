"""Is every file what was written, and every reading in one file only?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from tracker.errors import StoreError
from tracker.store.archive import files, months, parts
from tracker.store.archive.files import Address
from tracker.store.archive.move import Tell, nobody
from tracker.store.archive.parts import DROPPED, RESTORED, WRITING, Part
from tracker.store.database import Database, Link

if TYPE_CHECKING:
    import polars as pl

#: What is to be done when a file is not there, or is another.
AGAIN = "Bring it back from a copy of the archive"


@dataclass(frozen=True, slots=True)
class Checked:
    """problems: errors that were not raised, each about one file. parts: the files
    that count. left: files of cut-off or replaced ones that the next run removes."""

    problems: tuple[StoreError, ...]
    parts: tuple[Part, ...]
    left: int


def check(database: Database, tell: Tell = nobody) -> Checked:
    """Read every file whole. tell: is told how many readings were compared, of how
    many. StoreError ARCHIVE_UNREACHABLE: there is nobody to ask."""
    address = database.archive
    there = _ours(address)
    with database.reading() as link:
        live = parts.live(link)
        others = parts.in_state(link, WRITING, DROPPED, RESTORED)
        slugs = parts.homes(link)
    problems, done, rows = [], 0, sum(part.rows for part in live)
    for part in live:
        problems += _part(database, part, slugs)
        done += part.rows
        tell(done, rows)
    problems += _shared(live)
    unknown = there - {part.path for part in (*live, *others)}
    if unknown:  # what was replaced meanwhile is gone by now
        unknown &= _ours(address)
    problems += map(_orphan, sorted(unknown))
    left = sum(part.path in there for part in others)
    return Checked(tuple(problems), tuple(live), left)


def _ours(address: Address) -> set[str]:
    """Files in folders of campaigns; others beside them are not of the archive."""
    return {path for path, _ in address.files() if path.startswith("campaign=")}


def _part(
    database: Database, part: Part, slugs: dict[int, str | None]
) -> list[StoreError]:
    try:
        content = database.archive.read(part.path)
        found = list(_faults(database, part, content, slugs))
    except StoreError as error:
        found = [error]
    return found if found and _counts(database, part) else []


def _counts(database: Database, part: Part) -> bool:
    """Does the file still count, or was it replaced meanwhile?"""
    with database.reading() as link:
        return part in parts.live(link, campaign_id=part.campaign_id, month=part.month)


def _faults(
    database: Database, part: Part, content: bytes, slugs: dict[int, str | None]
) -> Iterator[StoreError]:
    if files.digest(content) != part.digest:
        said = f"it has {len(content):,} bytes" if len(content) != part.bytes else ""
        said = said or "its bytes have changed"
        cause = f"the file is not what was written: {said}"
        yield StoreError("ARCHIVE_DAMAGED", part.path, cause, "Left as it is", AGAIN)
        return
    frame = files.decoded(content)
    with database.reading() as link:
        causes = [*_against_catalogue(part, frame, slugs), *_homes(link, part, frame)]
    for cause in causes:
        yield StoreError(
            "ARCHIVE_CATALOGUE",
            part.path,
            cause,
            "Left as it is",
            "The database is damaged, or another one's: restore its backup",
        )


def _against_catalogue(
    part: Part, frame: pl.DataFrame, slugs: dict[int, str | None]
) -> Iterator[str]:
    """What the file does not share with its entry, and with its own order."""
    import polars as pl

    key = frame.select("post", "captured_at")
    begins, ends = months.bounds(part.month)
    post, at = key["post"], key["captured_at"]
    after = (post > post.shift(1)) | ((post == post.shift(1)) & (at > at.shift(1)))
    if len(frame) != part.rows:
        yield f"it holds {len(frame):,} readings, the catalogue says {part.rows:,}"
    if files.sums(frame) != part.sums:
        yield "its sums are not those of the catalogue"
    if not after.slice(1).all():
        yield "it is not sorted by post and instant, each once"
    if (post.min(), post.max()) != (part.first_post, part.last_post):
        yield "it holds other posts than the catalogue says"
    if not at.is_between(begins, ends - 1).all():
        yield f"it holds readings of another month than {part.month}"
    if frame.select(pl.col("payload_id").max()).item() > part.newest_payload:
        yield "it holds readings of a newer payload than the catalogue says"
    if not part.path.startswith(files.folder(slugs.get(part.campaign_id), part.month)):
        yield "it is not in the folder of its campaign and month"


def _homes(link: Link, part: Part, frame: pl.DataFrame) -> Iterator[str]:
    """Posts whose readings should lie elsewhere."""
    homes = link.frame(
        "SELECT post_id FROM archived_post WHERE campaign_id = ?"
        " AND post_id BETWEEN ? AND ?",
        (part.campaign_id, part.first_post, part.last_post),
        schema={"post_id": frame["post"].dtype},
    )
    posts = frame.select(post_id="post").unique()
    if strange := len(posts.join(homes, on="post_id", how="anti")):
        yield f"it holds {strange} posts whose readings should lie elsewhere"


def _shared(live: list[Part]) -> Iterator[StoreError]:
    """Files of one month and home that both may hold a post."""
    for a, b in pairwise(live):
        same = (a.campaign_id, a.month) == (b.campaign_id, b.month)
        if same and a.last_post >= b.first_post:
            yield StoreError(
                "ARCHIVE_TWICE",
                b.path,
                f"it may hold the same readings as {a.path}",
                "Left as it is",
                "The database is damaged: restore its backup",
            )


def _orphan(path: str) -> StoreError:
    return StoreError(
        "ARCHIVE_ORPHAN",
        path,
        "the catalogue does not know the file, so nothing in it counts",
        "Left as it is",
        "It is of another workspace or of a database that was put back: give each"
        " workspace an address of its own, and delete the file if nobody needs it",
    )
