"""tracker totals and tracker explain: numbers, and where they come from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import (
    answer,
    emit_json,
    json_option,
    say,
    table,
    wants_json,
    with_tracker,
)
from tracker.cli.moments import as_known, parse_moment, zone_of
from tracker.model import METRICS, iso

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.clicks import LinkClicks
    from tracker.store.totals import Row, Total, Totals

CUTS = ("day", "week", "month", "platform", "ambassador", "mission", "post")


@click.command()
@click.argument("campaign", required=False)
@click.option("--by", type=click.Choice(CUTS), help="One row for each of these.")
@click.option("--as-of", metavar="TIME", help="As it was known then.")
@click.option("--until", metavar="TIME", help="Only what was captured until then.")
@json_option
@with_tracker
def totals(
    tracker: Tracker,
    campaign: str | None,
    by: str | None,
    as_of: str | None,
    until: str | None,
) -> None:
    """Sums of a campaign, or of all posts, with coverage and age."""
    if by == "mission" and campaign is None:
        raise click.UsageError("missions are a campaign's: name the CAMPAIGN")
    zone = zone_of(tracker, campaign)
    known = parse_moment(as_of, "--as-of", zone)
    limit = parse_moment(until, "--until", zone)
    with as_known(tracker, known, "totals") as (then, at):
        found = then.reckoner.totals(campaign, by=by, as_of=at, until=limit)
        told = described(then, found, at, limit) if wants_json() else {}
    if known is not None:
        found = replace(found, as_of=known)
    if wants_json():
        emit_json(told | {"as_of": iso(found.as_of)})
    else:
        show(found)


def described(tracker: Tracker, found: Totals, *ends: int | None) -> dict[str, Any]:
    """The shape of INTERFACE.md section 3, with clicks up to the first of some
    instants."""
    return as_json(found) | {"rows": _rows(found, _clicks(tracker, found, *ends))}


def _clicks(
    tracker: Tracker, found: Totals, *ends: int | None
) -> list[tuple[Row, LinkClicks]]:
    """Clicks beside the rows, up to the first of some instants."""
    from tracker.clicks import beside

    return beside(
        tracker, found, min((at for at in ends if at is not None), default=None)
    )


def as_json(found: Totals) -> dict[str, Any]:
    """The shape of INTERFACE.md section 3."""
    return {
        "campaign": found.campaign,
        "as_of": iso(found.as_of),
        "timezone": found.timezone,
        "by": found.by,
        "rows": [_row(row) for row in found.rows],
        "left_out": [
            {"platform": platform, "reason": reason}
            for platform, reason in found.left_out
        ],
        **({"shared": found.shared} if found.by == "mission" else {}),
    }


def _rows(found: Totals, clicks: list[tuple[Row, LinkClicks]]) -> list[dict[str, Any]]:
    """Rows with the clicks on tracked links, where these can be cut so."""
    if not clicks:
        return [_row(row) for row in found.rows]
    return [_row(row) | {"link_clicks": _clicked(one)} for row, one in clicks]


def _clicked(one: LinkClicks) -> dict[str, int]:
    within = one.within
    return {
        "value": one.value,
        "gain": within.unique,
        "raw": within.raw,
        "bot": within.bot,
        "duplicate": within.duplicate,
        "uncounted": within.uncounted,
    }


def _row(row: Row) -> dict[str, Any]:
    metrics = {name: _total(total) for name, total in row.metrics.items()}
    return {**row.key, "posts": row.posts, **metrics}


def _total(total: Total) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "value": total.value,
        "gain": total.gain,
        "known": total.known,
        "unknown": total.unknown,
        "oldest": iso(total.oldest),
        "newest": iso(total.newest),
    }
    return shown if total.additive else {**shown, "additive": False}


def show(found: Totals) -> None:
    for platform, reason in found.left_out:
        say(f"{platform} is left out: {reason}. See: tracker totals --by platform")
    if found.shared:
        posts = "1 post" if found.shared == 1 else f"{found.shared} posts"
        say(f"Rows overlap: {posts} of several missions, counted in each.")
    if not found.rows:
        say("Nothing is known yet.")
        return
    if found.by is None:
        _whole(found.rows[0])
        return
    used = [m for m in METRICS if any(row.metrics[m].known for row in found.rows)]
    keys = list(found.rows[0].key)
    table(
        (*keys, "posts", *used),
        [
            (*row.key.values(), row.posts, *(row.metrics[m].value for m in used))
            for row in found.rows
        ],
    )


def _whole(row: Row) -> None:
    answer(f"{row.posts} {'post' if row.posts == 1 else 'posts'}")
    table(
        ("metric", "value", "known", "unknown", "oldest reading", "newest reading"),
        [
            (name, t.value, t.known, t.unknown, iso(t.oldest), iso(t.newest))
            for name, t in row.metrics.items()
            if t.known
        ],
    )
    silent = [name for name, total in row.metrics.items() if not total.known]
    if silent:
        say(f"Nothing is known of {', '.join(silent)}.")


def _begun(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Metrics and KPIs that begin so."""
    from tracker.kpi.names import NAMES

    return [name for name in (*METRICS, *NAMES) if name.startswith(incomplete)]


@click.command()
@click.argument("campaign")
@click.argument("metric", metavar="METRIC|KPI", shell_complete=_begun)
@click.option("--ambassador", metavar="ID", help="Only this ambassador's part.")
@click.option("--platform", help="Only posts of this platform.")
@click.option("--mission", metavar="ID", help="A KPI of this mission.")
@click.option("--post", "post_id", metavar="ID", help="Only this post.")
@click.option("--rows", is_flag=True, help="The rows behind each input of a KPI.")
@click.option("--until", metavar="TIME", help="A KPI of what was known until then.")
@click.option("--as-of", metavar="TIME", help="A KPI as it was known then.")
@click.option("--limit", default=20, show_default=True, help="Rows shown; 0 for all.")
@json_option
@with_tracker
def explain(
    tracker: Tracker,
    campaign: str,
    metric: str,
    ambassador: str | None,
    platform: str | None,
    mission: str | None,
    post_id: str | None,
    rows: bool,
    until: str | None,
    as_of: str | None,
    limit: int,
) -> None:
    """Where a number comes from: the readings behind a metric, the inputs of a KPI.

    Of a metric: post, value, when, source, file and line; CAMPAIGN may be "-" for
    every post of the workspace. Of a KPI: formula, each input with its value and the
    command that shows its rows, and with --rows the rows themselves.
    """
    if metric not in METRICS:
        from tracker.cli.kpi import explain_kpi

        about = {
            "ambassador": ambassador,
            "platform": platform,
            "mission": mission,
            "post": post_id,
        }
        explain_kpi(tracker, campaign, metric, about, rows, until, as_of, limit)
        return
    if mission or rows or until or as_of:
        raise click.UsageError("--mission, --rows, --until and --as-of are for KPIs")
    from tracker.store.explain import explain as ask

    found = ask(
        tracker.database,
        None if campaign == "-" else campaign,
        metric,
        zone=tracker.zone,
        ambassador=ambassador,
        platform=platform,
        post_id=post_id,
        limit=limit,
        apart=tracker.apart,
    )
    if wants_json():
        emit_json(found)
        return
    for left in found["left_out"]:
        say(f"{left['platform']} is left out: {left['reason']}")
    value = "not known" if found["value"] is None else found["value"]
    posts = "1 post" if found["known"] == 1 else f"{found['known']} posts"
    answer(
        f"{metric} of {campaign}: {value} = {found['formula']}; "
        f"{posts} known, {found['unknown']} unknown"
    )
    table(
        ("platform", "post", "value", "captured", "source", "run", "file", "line"),
        [
            (
                r["platform"],
                r["post_id"],
                r["value"],
                r["captured_at"],
                r["source"],
                r["run"],
                r["file"],
                r["line"],
            )
            for r in found["readings"]
        ],
    )
    if found["left_off"]:
        say(f"{found['left_off']} more; --limit 0 shows all.")
