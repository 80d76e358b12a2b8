"""`tracker benchmark`: what is usual over all campaigns, and where one of them lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import (
    emit_json,
    json_option,
    progress,
    say,
    table,
    wants_json,
    with_tracker,
)
from tracker.model import METRICS, PLATFORMS, iso

if TYPE_CHECKING:
    from fractions import Fraction

    from tracker.app import Tracker
    from tracker.benchmarks import Benchmark, Curve, Point


def _classes(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from tracker.kpi.curves import NAMES

    return [name for name in NAMES if name.startswith(incomplete)]


@click.command()
@click.argument("campaign", required=False)
@click.option(
    "--metric", type=click.Choice(METRICS), default="views", show_default=True
)
@click.option("--platform", type=click.Choice(PLATFORMS), metavar="NAME")
@click.option(
    "--class",
    "kind",
    metavar="CLASS",
    shell_complete=_classes,
    help="Of accounts by followers: nano, micro, mid, macro, mega, unknown.",
)
@click.option(
    "--engine",
    type=click.Choice(("sqlite", "postgresql", "duckdb", "spark")),
    help="Else duckdb where something is archived, or the database itself.",
)
@click.option("--master", metavar="URL", help="The Spark cluster.")
@json_option
@with_tracker
def benchmark(tracker: Tracker, **asked: Any) -> None:
    """What posts usually have at a certain age, by platform and class of account.

    With CAMPAIGN: its own posts beside those of all other campaigns.
    """
    from tracker import benchmarks
    from tracker.kpi.curves import NAMES

    if asked["kind"] not in (None, *NAMES):
        raise click.BadParameter(f"one of {', '.join(NAMES)}", param_hint="--class")
    with progress("Reading the whole history"):
        found = benchmarks.benchmark(tracker, benchmarks.Wish(**asked))
    if wants_json():
        emit_json(as_json(found))
    else:
        _show(found)


# -- for scripts ------------------------------------------------------------------


def as_json(found: Benchmark) -> dict[str, Any]:
    from tracker.kpi.curves import FEWEST_PEOPLE, FEWEST_POSTS

    return {
        "campaign": found.campaign,
        "metric": found.metric,
        "engine": found.engine,
        "as_of": iso(found.as_of),
        "fewest_posts": FEWEST_POSTS,
        "fewest_ambassadors": FEWEST_PEOPLE,
        "curves": [_curve(one) for one in found.curves],
    }


def _curve(one: Curve) -> dict[str, Any]:
    return {
        "platform": one.platform,
        "class": one.kind,
        "posts": one.posts,
        "ambassadors": one.ambassadors,
        "few": one.few,
        "undated": one.undated,
        "own_posts": one.own_posts,
        "points": [_point(point) for point in one.points],
    }


def _point(one: Point) -> dict[str, Any]:
    usual = one.usual
    return {
        "age": one.age,
        "low": None if usual is None else float(usual.low),
        "middle": None if usual is None else float(usual.middle),
        "high": None if usual is None else float(usual.high),
        "coverage": {
            "known": one.known,
            "unknown": one.missing,
            "young": one.young,
        },
        "reason": one.reason,
        "own": None if one.own is None else float(one.own),
        "own_known": one.own_known,
        "rank": None if one.rank is None else float(one.rank),
    }


# -- for people ----------------------------------------------------------------------

HEADS = ("platform", "class", "day", "a quarter below", "half below", "a quarter above")
COVERAGE = ("posts", "no reading", "too young")
OWN = ("its middle post", "its posts", "rank")


def _show(found: Benchmark) -> None:
    if not found.curves:
        say("No post counts for a campaign yet.")
        return
    own = OWN if found.campaign is not None else ()
    rows = [
        (*(one.platform, one.kind, point.age), *_cells(point, own=bool(own)))
        for one in found.curves
        for point in one.points
        if point.known or point.own_known
    ]
    table((*HEADS, *COVERAGE, *own), rows)
    for one in found.curves:
        say(_sentence(found, one))


def _cells(one: Point, *, own: bool) -> tuple[object, ...]:
    usual = one.usual
    values = (usual.low, usual.middle, usual.high) if usual else (None,) * 3
    rest = (one.known, one.missing, one.young)
    mine = (_count(one.own), one.own_known, _count(one.rank)) if own else ()
    return (*(_count(value) for value in values), *rest, *mine)


def _count(value: Fraction | None) -> int | None:
    """To the nearest whole number."""
    return None if value is None else round(value)


def _sentence(found: Benchmark, one: Curve) -> str:
    """Where the campaign lies, or whom the curve is made of."""
    where = f"{one.platform}, {one.kind}"
    if found.campaign is None or not one.own_posts:
        people = _many(one.ambassadors, "ambassador")
        few = "; too few people to show outside the team" if one.few else ""
        return f"{where}: {_many(one.posts, 'post')} of {people}{few}."
    ranked = [point for point in one.points if point.rank is not None]
    if not ranked:
        return f"{where}: {found.campaign} has nothing to be compared with yet."
    last = ranked[-1]
    return (
        f"{where}: after {_many(last.age, 'day')} the middle post of {found.campaign}"
        f" has {_count(last.own):,} {found.metric}, more than {_count(last.rank)} % of"
        f" {_many(last.known, 'post')} of other campaigns."
    )


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
