"""The question of `totals`, answered by an engine from the readings themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tracker.store import engines
from tracker.store.engines.figures import Asked, Summed, posts_of, step_of
from tracker.store.figures import Figures
from tracker.store.totals import Totals, cut, find_campaign

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

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
    cuts: Sequence[str | None],
    *,
    apart: Mapping[str, str],
    compare: bool = False,
    told: Callable[[int], None] = lambda _: None,
) -> list[Answers]:
    """Sums of a campaign, or of every post of the workspace, by each of some cuts.

    compare: with the kept sums. told: is called with 1 after each piece of posts.
    Raises ConfigError ENGINE_OTHER, ENGINE_MISSING; StoreError ENGINE_FAILED.
    """
    with database.reading() as link:
        number, zone = find_campaign(link, campaign, zone)
        posts = posts_of(link, number)
        with engines.opened(
            choice.name,
            link,
            database.archive,
            choice.folder,
            only=posts.select("post"),
            master=choice.master,
        ) as engine:
            asked = Asked(engine, posts, step_of(link, zone), told)
            figures = Summed(link, number, zone, asked=asked)
            summed = [cut(figures, campaign, by, apart) for by in cuts]
        kept: list[Totals | None] = [None] * len(cuts)
        if compare:
            own = Figures(link, number, zone)
            kept = [cut(own, campaign, by, apart) for by in cuts]
        return [*map(Answers, summed, kept)]
