"""Verify: everything that is derived, derived again from the readings and compared.

Nothing is changed unless a repair is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tracker.model import number_day
from tracker.store import audit, engines
from tracker.store.again import whole
from tracker.store.database import Database, Link
from tracker.store.recount import Opening, Recount, recount, write
from tracker.store.recount.counted import Counted
from tracker.store.rollups import FIGURES

#: Readings that an engine hands over at once, about.
ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class Difference:
    """Where (campaign, day, post, ...), what, the kept and the recounted figure.

    campaign: row number of the campaign whose sum it is; None of a post.
    """

    where: str
    what: str
    kept: int | None
    counted: int | None
    campaign: int | None = None

    def __str__(self) -> str:
        return f"{self.where}, {self.what}: kept {self.kept}, counted {self.counted}"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads everything. folder: for temporary files. engine: None the one that
    fits. master: of Spark's cluster."""

    folder: Path
    engine: str | None = None
    master: str | None = None

    def opening(self, database: Database, link: Link) -> Opening | None:
        """None: the database reads by itself. ConfigError ENGINE_OTHER."""
        name = self.engine or engines.fitting(link)
        if name == link.dialect:
            return None
        return lambda link: engines.opened(
            name, link, database.archive, self.folder, master=self.master, rows=ROWS
        )


@whole
def verify(
    database: Database, zone: ZoneInfo, reader: Reader | None = None
) -> list[Difference]:
    """All differences between what is kept and a recount from all readings.

    reader: None is the database. Raises ConfigError ENGINE_OTHER, ENGINE_MISSING.
    """
    with database.reading() as link, _counted(reader) as sums:
        opening = reader.opening(database, link) if reader is not None else None
        return list(_differences(link, recount(link, zone, sums, opening)))


@whole
def repair(database: Database, zone: ZoneInfo, reader: Reader | None = None) -> None:
    """Put the recounted figures in place of the kept ones, in one transaction."""
    with database.writing() as link, _counted(reader) as sums:
        opening = reader.opening(database, link) if reader is not None else None
        write(link, recount(link, zone, sums, opening))
        audit.note(link, "verify.repair", "sums")


def _counted(reader: Reader | None) -> Counted:
    return Counted(None if reader is None else reader.folder)


def campaigns(database: Database) -> dict[int, str]:
    """Of each campaign the id, by row number."""
    with database.reading() as link:
        return dict(link.all("SELECT id, slug FROM campaign"))


def _differences(link: Link, found: Recount) -> Iterator[Difference]:
    for post in found.moved:
        sql = "SELECT platform, external_id FROM post WHERE id = ?"
        name = link.one(sql, (int(post),))
        yield Difference(f"post {name}", "attribution", None, None)
    for number, what, kept, counted in found.states.differences():
        yield Difference(f"post {number}", what, kept, counted)
    for compared in found.sums.compared(link):
        for row in compared.rows():
            yield from _figures(row)


def _figures(row: dict[str, Any]) -> Iterator[Difference]:
    """What differs in one rollup row."""
    where = f"campaign {row['campaign_id']}, {number_day(row['day'])}"
    where += f", {row['platform']}, ambassador {row['ambassador_id']}"
    for name in FIGURES:
        kept, counted = row[name], row[f"{name}_counted"]
        if kept != counted:
            yield Difference(where, name, kept, counted, row["campaign_id"])
