"""The sums in plain SQL that SQLite, PostgreSQL, DuckDB and Spark understand.

What stands at the end (`last`) and what each day changed (`by_day`) are one statement
each. They read two relations: `readings` (post, captured_at, metrics) and `counted`
(post, part), one row for each post that is asked about. A part is what is added up: all
posts of an ambassador on a platform, of a platform, or one post.

`last` finds the newest reading of each post that knows a metric, and adds up what these
say; it sums by post and orders nothing, which costs a part of what windows do. Engines
that have a word for "the value at the greatest instant" read everything once for it;
for the others the readings are joined with the instants that were found.

A row of `by_day` is a group: readings of a part that were their post's last known
ones from one day (`day`) until another (`..._until`, null: until now). From groups all
sums follow by addition, see `groups`. Only rows that stand at the end of a day for some
metric are in a group, and those that are the first of their post.

An instant is written as a step: four times its milliseconds, plus the days between its
day in UTC and its day in the zone, plus one. So the smallest of some steps is the
earliest instant and still says its day, and "the next reading that knows this metric"
needs no window that ignores nulls, which two of the four engines do not have.

Metrics that every reading knows share one `until`; those that no reading knows are not
asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: A day in steps.
STEPS = 345_600_000
LAST = """\
WITH newest AS (
  SELECT post, MIN(captured_at) AS first_at, MAX(captured_at) AS last_at{newest}
  FROM readings GROUP BY post
)
SELECT c.part,
  COUNT(CASE WHEN r.captured_at = n.first_at THEN 1 END) AS posts{sums}
FROM readings r JOIN newest n ON n.post = r.post JOIN counted c ON c.post = r.post
GROUP BY c.part
"""
#: The same for an engine that finds a value with its instant.
LAST_AT_ONCE = """\
WITH newest AS (
  SELECT post, MAX(captured_at) AS last_at{newest}
  FROM readings GROUP BY post
)
SELECT c.part, COUNT(*) AS posts{sums}
FROM newest n JOIN counted c ON c.post = n.post
GROUP BY c.part
"""

BY_DAY = """\
WITH dated AS (
  SELECT r.post, c.part, r.captured_at, {step} AS step{metrics}
  FROM readings r JOIN counted c ON c.post = r.post
), followed AS (
  SELECT part, captured_at, step{metrics},
    CASE WHEN LEAD(step) OVER newest_first IS NULL THEN 1 ELSE 0 END AS opens{steps}
  FROM dated
  WINDOW newest_first AS (PARTITION BY post ORDER BY captured_at DESC),
    later AS (PARTITION BY post ORDER BY captured_at DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), spans AS (
  SELECT part, captured_at, opens{metrics},
    {day} AS day{untils}
  FROM followed
)
SELECT part, day{names}, CAST(SUM(opens) AS BIGINT) AS posts,
  COUNT(*) AS readings, MIN(captured_at) AS oldest, MAX(captured_at) AS newest{sums}
FROM spans
WHERE opens = 1{ends}
GROUP BY part, day{names}
"""


@dataclass(frozen=True, slots=True)
class Metrics:
    """What is known: whole, of every reading; part, of some."""

    whole: tuple[str, ...]
    part: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.whole, *self.part)

    def column(self, metric: str, name: str) -> str:
        """The column of the answer with a metric's `until`, `known`, `oldest` or
        `newest`: those of metrics that every reading knows are shared."""
        if metric in self.whole:
            return "readings" if name == "known" else name
        return f"{metric}_{name}"


def last(metrics: Metrics, newest: str | None = None) -> str:
    """Last known values by part: posts, and of each metric the sum, how many are known,
    the oldest and the newest of their instants (`{m}_known`, `_oldest`, `_newest`).

    newest: how an engine says "the value of {m} that is known with the greatest
    captured_at"; None: it has no word for it.
    """
    ends = {m: f"n.{m}_at" if m in metrics.part else "n.last_at" for m in metrics.all}
    if newest is None:
        text, stands = LAST, _STANDS
        found = _each(metrics.part, _NEWEST)
    else:
        text, stands = LAST_AT_ONCE, _STANDS_AT_ONCE
        found = _each(metrics.all, f",\n    {newest} AS {{m}}")
        found += _each(metrics.part, _NEWEST)
    sums = "".join(stands.format(m=m, at=at) for m, at in ends.items())
    return text.format(newest=found, sums=sums)


def by_day(metrics: Metrics, step: str) -> str:
    """Groups by day. step: how an instant becomes one, see `clock.step`."""
    shared, own = bool(metrics.whole), metrics.part
    return BY_DAY.format(
        step=step,
        metrics=_each(metrics.all, ", {m}"),
        steps=shared * _SHARED_STEP + _each(own, _STEP),
        day=day("step"),
        untils=shared * f",\n    {day('until_step')} AS until"
        + "".join(f",\n    {day(f'{m}_step')} AS {m}_until" for m in own),
        names=shared * ", until" + _each(own, ", {m}_until"),
        sums=_each(metrics.all, _SUM) + _each(own, _COVERAGE),
        ends=shared * _SHARED_END + _each(own, _END),
    )


_NEWEST = """,
    MAX(CASE WHEN {m} IS NOT NULL THEN captured_at END) AS {m}_at"""
_STANDS = """,
  CAST(SUM(CASE WHEN r.captured_at = {at} THEN r.{m} END) AS BIGINT) AS {m},
  COUNT(CASE WHEN r.captured_at = {at} THEN 1 END) AS {m}_known,
  MIN({at}) AS {m}_oldest, MAX({at}) AS {m}_newest"""
_STANDS_AT_ONCE = """,
  CAST(SUM(n.{m}) AS BIGINT) AS {m}, COUNT(n.{m}) AS {m}_known,
  MIN({at}) AS {m}_oldest, MAX({at}) AS {m}_newest"""
_SHARED_STEP = ",\n    LAG(step) OVER newest_first AS until_step"
_STEP = """,
    MIN(CASE WHEN {m} IS NOT NULL THEN step END) OVER later AS {m}_step"""
_SHARED_END = " OR until IS NULL OR until <> day"
_END = "\n  OR {m} IS NOT NULL AND ({m}_until IS NULL OR {m}_until <> day)"
_SUM = ",\n  CAST(SUM({m}) AS BIGINT) AS {m}"
_COVERAGE = """,
  COUNT({m}) AS {m}_known,
  MIN(CASE WHEN {m} IS NOT NULL THEN captured_at END) AS {m}_oldest,
  MAX(CASE WHEN {m} IS NOT NULL THEN captured_at END) AS {m}_newest"""


def _each(metrics: Sequence[str], pattern: str) -> str:
    return "".join(pattern.format(m=metric) for metric in metrics)


def day(step: str) -> str:
    """The day that a step says, in whole days since 1970."""
    return f"CAST(({step} - {step} % {STEPS}) / {STEPS} AS BIGINT) + {step} % 4 - 1"
