"""The question of `totals`, answered by an engine from the readings themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tracker.store import engines
from tracker.store.engines.figures import Asked, Summed
from tracker.store.figures import Figures
from tracker.store.totals import Totals, cut, find_campaign

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    import polars as pl

    from tracker.store.database import Database


class Answers(NamedTuple):
    """summed: by the engine. kept: of the same snapshot, from the kept sums; None when
    they were not asked for."""

    summed: Totals
    kept: Totals | None


@dataclass(frozen=True, slots=True)
class Choice:
    """Which engine; master: of Spark's cluster; folder: for temporary files."""

    name: str
    folder: Path
    master: str | None = None


def ask(
    database: Database,
    zone: ZoneInfo,
    choice: Choice,
    campaign: str | None,
    by: str | None,
    *,
    apart: Mapping[str, str],
    compare: bool = False,
    told: Callable[[int], None] = lambda _: None,
) -> Answers:
    """Sums of a campaign, or of every post of the workspace.

    compare: with the kept sums. told: is called with 1 after each piece of posts.
    Raises ConfigError ENGINE_OTHER, ENGINE_MISSING; StoreError ENGINE_FAILED.
    """
    with database.reading() as link:
        number, zone = find_campaign(link, campaign, zone)

        def opening(only: pl.DataFrame) -> AbstractContextManager[engines.Engine]:
            return engines.opened(
                choice.name,
                link,
                database.archive,
                choice.folder,
                only=only,
                master=choice.master,
            )

        asked = Asked(link, number, zone, opening, told)
        summed = cut(Summed(link, number, zone, asked=asked), campaign, by, apart)
        if not compare:
            return Answers(summed, None)
        kept = Figures(link, number, zone)
        return Answers(summed, cut(kept, campaign, by, apart))
