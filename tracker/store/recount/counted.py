"""Rollup rows that were counted, compared with those that are kept.

What does not fit into memory lies in files, sorted by its keys; rows are compared range
by range of campaigns and ambassadors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self

import polars as pl

from tracker.model import PLATFORMS
from tracker.store import bulk, rollups
from tracker.store.database import Link
from tracker.store.rollups import FIGURES, KEYS

if TYPE_CHECKING:
    from types import TracebackType

#: Rows that wait in memory to be added up, and that are written to a file then.
WAITING, MANY = 400_000, 1_000_000
#: Rows compared at once, about.
RANGE = 100_000
SCHEMA: dict[str, Any] = {
    **{key: pl.String if key == "platform" else pl.Int64 for key in KEYS},
    **dict.fromkeys(FIGURES, pl.Int64),
}
#: Platforms as numbers: whole rows of numbers are read four times as fast.
NUMBERED = " ".join(f"WHEN '{name}' THEN {n}" for n, name in enumerate(PLATFORMS))
WHERE = "campaign_id BETWEEN ? AND ? AND ambassador_id BETWEEN ? AND ?"


@dataclass(frozen=True, slots=True)
class Range:
    """Campaigns and ambassadors (row numbers), all ends inside."""

    campaigns: tuple[int, int]
    ambassadors: tuple[int, int] = (0, 2**62)

    @property
    def values(self) -> tuple[int, int, int, int]:
        return (*self.campaigns, *self.ambassadors)

    @property
    def inside(self) -> pl.Expr:
        return pl.col("campaign_id").is_between(*self.campaigns) & pl.col(
            "ambassador_id"
        ).is_between(*self.ambassadors)


@dataclass(frozen=True, slots=True)
class Compared:
    """Rows of one range, by their keys."""

    range: Range
    kept: pl.DataFrame
    counted: pl.DataFrame

    def rows(self) -> Iterator[dict[str, Any]]:
        """Rows with a figure that differs: keys, figures, and {figure}_counted."""
        both = self.kept.join(
            self.counted, on=KEYS, how="full", coalesce=True, suffix="_counted"
        )
        other = pl.any_horizontal(
            pl.col(name).ne_missing(pl.col(f"{name}_counted")) for name in FIGURES
        )
        yield from both.filter(other).sort(KEYS).iter_rows(named=True)


class Counted:
    """Takes up rollup rows; to be closed."""

    def __init__(self, home: Path | None = None) -> None:
        """home: the folder in which a temporary one is made when it is needed."""
        self._home = home
        self._folder: TemporaryDirectory[str] | None = None
        self._files = 0
        self._waiting: list[pl.DataFrame] = [pl.DataFrame(schema=SCHEMA)]
        self._height = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    def add(self, part: pl.DataFrame) -> None:
        """Rows of some posts."""
        self._waiting.append(part)
        self._height += len(part)
        if self._height < WAITING:
            return
        together = rollups.merged(self._waiting)
        self._waiting, self._height = [together], 0
        if len(together) >= MANY:
            self._write(together)

    def _write(self, rows: pl.DataFrame) -> None:
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="recount-", dir=self._home)
        path = Path(self._folder.name) / f"{self._files}.parquet"
        rows.write_parquet(path, compression="lz4", row_group_size=RANGE)
        self._files += 1
        self._waiting = [pl.DataFrame(schema=SCHEMA)]

    def _rows(self) -> pl.LazyFrame:
        self._waiting, self._height = [rollups.merged(self._waiting)], 0
        memory = self._waiting[0].lazy()
        if self._folder is None:
            return memory
        return pl.concat([pl.scan_parquet(f"{self._folder.name}/*.parquet"), memory])

    def compared(self, link: Link) -> Iterator[Compared]:
        """Ranges in which some row differs."""
        rows = self._rows()
        for one in _ranges(link, rows):
            counted = rollups.merged([rows.filter(one.inside).collect()])
            kept = _kept(link, one)
            if not kept.equals(counted):
                yield Compared(one, kept, counted)

    def write(self, link: Link) -> None:
        """Keep what was counted."""
        for one in self.compared(link):
            link.run(f"DELETE FROM rollup WHERE {WHERE}", one.range.values)
            bulk.insert(link, "rollup", one.counted)


def _kept(link: Link, one: Range) -> pl.DataFrame:
    names = [
        f"CASE platform {NUMBERED} END" if name == "platform" else name
        for name in (*KEYS, *FIGURES)
    ]
    sql = f"SELECT {', '.join(names)} FROM rollup WHERE {WHERE}"
    found = bulk.numbers(link, sql, one.values, width=len(names))
    columns = {name: found[:, n].copy() for n, name in enumerate(SCHEMA)}
    platform = pl.col("platform").replace_strict(
        range(len(PLATFORMS)), PLATFORMS, return_dtype=pl.String
    )
    return pl.DataFrame(columns).with_columns(platform).select(*SCHEMA).sort(KEYS)


def _ranges(link: Link, rows: pl.LazyFrame) -> Iterator[Range]:
    """Ranges that together hold all rows, kept and counted, about RANGE each."""
    kept = link.all("SELECT campaign_id, COUNT(*) FROM rollup GROUP BY campaign_id")
    first, seen = None, 0
    last = 0
    for campaign, many in _sizes(rows, "campaign_id", kept):
        if many > RANGE:
            if first is not None:
                yield Range((first, last))
            first, seen = None, 0
            yield from _split(link, rows, campaign)
            continue
        if first is not None and seen + many > RANGE:
            yield Range((first, last))
            first, seen = None, 0
        first = campaign if first is None else first
        last, seen = campaign, seen + many
    if first is not None:
        yield Range((first, last))


def _split(link: Link, rows: pl.LazyFrame, campaign: int) -> Iterator[Range]:
    """One large campaign by its ambassadors."""
    kept = link.all(
        "SELECT ambassador_id, COUNT(*) FROM rollup WHERE campaign_id = ?"
        " GROUP BY ambassador_id",
        (campaign,),
    )
    mine = rows.filter(pl.col("campaign_id") == campaign)
    first, seen = 0, 0
    for ambassador, many in _sizes(mine, "ambassador_id", kept):
        if seen and seen + many > RANGE:
            yield Range((campaign, campaign), (first, ambassador - 1))
            first, seen = ambassador, 0
        seen += many
    yield Range((campaign, campaign), (first, 2**62))


def _sizes(
    rows: pl.LazyFrame, key: str, kept: list[tuple[Any, ...]]
) -> list[tuple[int, int]]:
    """The larger number of rows, kept or counted, by key, in order."""
    counted = rows.group_by(key).len().collect().iter_rows()
    sizes = {int(number): int(many) for number, many in kept}
    for number, many in counted:
        sizes[number] = max(sizes.get(number, 0), many)
    return sorted(sizes.items())
