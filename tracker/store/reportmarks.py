"""Marked reports: what a campaign's figures were when somebody marked them.

Posts and people are kept by the numbers of their rows, so that a mark names nobody
and follows whatever they are called later.
"""

from __future__ import annotations

import base64
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracker.errors import RosterError
from tracker.store import audit
from tracker.store.again import whole
from tracker.store.database import Database, Link
from tracker.store.rows import find_campaign

if TYPE_CHECKING:
    import polars as pl

POSTS = (
    "SELECT p.platform, p.external_id, p.id FROM campaign c"
    " JOIN attribution a ON a.campaign_id = c.id JOIN post p ON p.id = a.post_id"
    " WHERE c.slug = ?"
)
LAST = "SELECT coalesce(max(post_id), 0) FROM post_state"


@dataclass(frozen=True)
class Snapshot:
    """Figures of a campaign at an instant. at: when they were recorded, ms UTC.

    posts: columns post (row), and one a metric. last: the highest row of any post that
    was known. people: (row, first day, last day). results: by kind of outcome, as
    text. missions: cells by state. paid: minor units.
    """

    at: int
    posts: pl.DataFrame
    last: int
    people: frozenset[tuple[int, str | None, str | None]]
    results: dict[str, str]
    missions: dict[str, int]
    paid: int


@dataclass(frozen=True, slots=True)
class ReportMark:
    campaign: str
    name: str
    at: int


def rows_of(database: Database, campaign: str) -> tuple[pl.DataFrame, int]:
    """Rows of a campaign's posts (platform, post_id, post), and the highest row of any
    post that is known."""
    import polars as pl

    schema = {"platform": pl.String, "post_id": pl.String, "post": pl.Int64}
    with database.reading() as link:
        return link.frame(POSTS, (campaign,), schema), int(link.value(LAST))


def people(database: Database) -> dict[str, int]:
    """Rows of people, by id."""
    with database.reading() as link:
        return dict(link.all("SELECT slug, id FROM ambassador"))


def corrected(database: Database, after: int) -> set[tuple[int, str]]:
    """Post (row) and metric of what a person corrected after an instant."""
    with database.reading() as link:
        found = link.all(
            "SELECT post_id, metric FROM correction WHERE at > ?", (after,)
        )
    return {(int(post), metric) for post, metric in found}


# -- marks ---------------------------------------------------------------------------


@whole
def put(database: Database, campaign: str, name: str, made: Snapshot) -> None:
    """Mark a campaign. Raises RosterError when the name is taken."""
    with database.writing() as link:
        number, _ = find_campaign(link, campaign)
        known = "SELECT 1 FROM report_mark WHERE campaign_id = ? AND name = ?"
        if link.value(known, (number, name)):
            raise RosterError(
                "MARK_TAKEN",
                f'mark "{name}"',
                f"campaign {campaign} has one of this name",
                "Nothing was marked",
                "Choose another name; tracker report --marks lists them",
            )
        link.run(
            "INSERT INTO report_mark (campaign_id, name, at, figures)"
            " VALUES (?, ?, ?, ?)",
            (number, name, made.at, _packed(made)),
        )
        audit.note(link, "report.mark", campaign, made.at)


def list_(database: Database, campaign: str | None = None) -> list[ReportMark]:
    """Marks of a campaign, or of all, the latest first."""
    with database.reading() as link:
        found = link.all(
            "SELECT c.slug, r.name, r.at FROM report_mark r JOIN campaign c"
            " ON c.id = r.campaign_id ORDER BY r.at DESC, c.slug, r.name"
        )
    return [ReportMark(*row) for row in found if campaign in (None, row[0])]


def get(database: Database, mark: ReportMark) -> Snapshot:
    """What was marked."""
    with database.reading() as link:
        return _unpacked(_figures(link, mark), mark.at)


def _figures(link: Link, mark: ReportMark) -> dict[str, Any]:
    said = link.value(
        "SELECT r.figures FROM report_mark r JOIN campaign c ON c.id = r.campaign_id"
        " WHERE c.slug = ? AND r.name = ?",
        (mark.campaign, mark.name),
    )
    figures: dict[str, Any] = json.loads(said)
    return figures


def _packed(made: Snapshot) -> str:
    data = io.BytesIO()
    made.posts.write_ipc(data, compression="zstd")
    return json.dumps(
        {
            "posts": base64.b64encode(data.getvalue()).decode(),
            "last": made.last,
            "people": sorted(made.people, key=str),
            "results": made.results,
            "missions": made.missions,
            "paid": made.paid,
        }
    )


def _unpacked(said: dict[str, Any], at: int) -> Snapshot:
    import polars as pl

    return Snapshot(
        at,
        pl.read_ipc(io.BytesIO(base64.b64decode(said["posts"]))),
        said["last"],
        frozenset((row, starts, ends) for row, starts, ends in said["people"]),
        said["results"],
        said["missions"],
        said["paid"],
    )
