"""What each day brought a campaign in one metric, for questions asked of every day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np

from tracker.model import METRICS
from tracker.store.archive.gather import of_campaign
from tracker.store.database import Database
from tracker.store.figures import Figures
from tracker.store.gains import days
from tracker.store.totals import find_campaign, left_out


@dataclass(frozen=True, slots=True)
class DaySum:
    """day: since 1970, in the campaign's zone. gain: None when the metric was not
    read on that day; value: the sum of last known values at its end. known, posts:
    of how many posts it is known, until then."""

    day: int
    value: int
    gain: int | None
    known: int
    posts: int


def day_sums(
    database: Database, campaign: str, metric: str, until: int, apart: Mapping[str, str]
) -> list[DaySum]:
    """Every day from the first on which the metric was known to `until`, inside.

    apart: platforms whose figures may stand in no sum with others'. Platforms and
    posts are those of `totals`, so that both give the same sums.
    """
    with database.reading() as link:
        number, zone = find_campaign(link, campaign, ZoneInfo("UTC"))
        figures = Figures(link, number, zone)
        left = left_out(figures, "day", apart)
        rows = replace(figures, without=left).rollup(("day",))
        read = _read_days(figures, metric)
    changes = {
        row["day"]: (row[metric], row[f"{metric}_known"], row["posts"])
        for row in rows.iter_rows(named=True)
    }
    return _filled(changes, read, until)


def _filled(
    changes: Mapping[int, tuple[int, int, int]], read: set[int], until: int
) -> list[DaySum]:
    """Days without a change have none of their own in the rollup."""
    found: list[DaySum] = []
    value = known = posts = 0
    for day in range(min(changes, default=until + 1), until + 1):
        gain, more, new = changes.get(day, (0, 0, 0))
        value, known, posts = value + gain, known + more, posts + new
        if known:
            told = gain if gain or more or day in read else None
            found.append(DaySum(day, value, told, known, posts))
    return found


def _read_days(figures: Figures, metric: str) -> set[int]:
    """Days on which the metric of any post of the campaign was read."""
    if of_campaign(figures.link, figures.campaign):
        known = METRICS.index(metric)
        some = [piece.at[piece.values[:, known] >= 0] for piece in figures.readings()]
        instants = np.unique(np.concatenate(some))
    else:
        rows = figures.link.all(
            "SELECT DISTINCT r.captured_at FROM attribution a"
            " JOIN reading r ON r.post_id = a.post_id"
            f" WHERE a.campaign_id = ? AND r.{metric} IS NOT NULL",
            (figures.campaign,),
        )
        instants = np.array([at for (at,) in rows], np.int64)
    if not len(instants):
        return set()
    return set(np.unique(days(instants, figures.zone)).tolist())
