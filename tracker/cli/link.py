"""tracker link: tracked links and promo codes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import (
    emit_json,
    json_option,
    now_ms,
    say,
    table,
    wants_json,
    with_tracker,
)

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.programme import TrackedLink


@click.group()
def link() -> None:
    """Tracked links and promo codes: /c/CODE leads on and counts."""


def _pair(ctx: click.Context, param: click.Parameter, said: tuple[str, ...]) -> Any:
    pairs = {}
    for text in said:
        key, equals, value = text.partition("=")
        if not (key and equals and value):
            raise click.BadParameter(f'"{text}" is not KEY=VALUE', ctx, param)
        pairs[key] = value
    return pairs


@link.command()
@click.argument("url", required=False)
@click.option("--code", metavar="CODE", help="Else one is made at random.")
@click.option("--campaign", metavar="ID")
@click.option("--ambassador", metavar="ID", help="Whose it is.")
@click.option("--mission", metavar="ID")
@click.option("--promo", metavar="CODE", help="A promo code that counts without click.")
@click.option("--utm", metavar="KEY=VALUE", multiple=True, callback=_pair)
@click.option(
    "--qr",
    metavar="FILE.svg",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a QR code of the link; with --each one for each, FILE-ID.svg.",
)
@click.option("--each", is_flag=True, help="One for each who is enrolled.")
@click.option("--dry-run", is_flag=True, help="Say what would be made.")
@json_option
@with_tracker
def add(
    tracker: Tracker,
    url: str | None,
    qr: Path | None,
    each: bool,
    dry_run: bool,
    **said: Any,
) -> None:
    """Make a tracked link to URL, or a promo code alone."""
    from tracker.clicks import make
    from tracker.store import links

    _sensible(url, qr, each, said)
    people = [said.pop("ambassador")]
    if each:
        people = list(links.enrolled(tracker.database, said["campaign"]))
    made = make(url, people=people, now=now_ms(), **said)
    links.add(tracker.database, made, now=now_ms(), dry_run=dry_run)
    if qr is not None and not dry_run:
        _draw(tracker, made, qr, each)
    _show(tracker, made, each=each, dry_run=dry_run)


def _sensible(url: str | None, qr: Path | None, each: bool, said: Any) -> None:
    if url is None and not said["promo"]:
        raise click.UsageError("name a URL, or a --promo code")
    if url is None and qr is not None:
        raise click.UsageError("--qr needs a URL to lead to")
    if each and not said["campaign"]:
        raise click.UsageError("--each needs --campaign ID")
    if each and (said["code"] or said["ambassador"]):
        raise click.UsageError("--each makes codes of its own, one for each person")


def _draw(tracker: Tracker, made: list[TrackedLink], file: Path, each: bool) -> None:
    import segno

    from tracker.clicks import address

    for one in made:
        place = file.with_stem(f"{file.stem}-{one.ambassador}") if each else file
        text = address(tracker.settings.public, one.code)
        segno.make(text, micro=False).save(str(place), kind="svg", scale=4, border=4)


def _show(
    tracker: Tracker, made: list[TrackedLink], *, each: bool, dry_run: bool
) -> None:
    shown = [link_json(tracker, one) for one in made]
    if wants_json():
        emit_json({"links": shown} if each else shown[0])
        return
    rows = [(one["code"], one["ambassador"], one["promo"], one["url"]) for one in shown]
    table(("code", "ambassador", "promo", "url"), rows)
    if dry_run:
        say("Nothing was saved: this was a dry run.")
    elif tracker.settings.public is None:
        say("Set public under [server] to the address that the world sees.")


@link.command("list")
@click.argument("campaign", required=False)
@click.option("--campaign", "chosen", metavar="ID", help="Only of this campaign.")
@json_option
@with_tracker
def list_(tracker: Tracker, campaign: str | None, chosen: str | None) -> None:
    """List links with their clicks."""
    from tracker.clicks import links

    shown = [link_json(tracker, one) for one in links(tracker, campaign or chosen)]
    if wants_json():
        emit_json({"links": shown})
        return
    columns = ("code", "campaign", "ambassador", "mission", "promo", "destination")
    classes = ("raw", "bot", "duplicate", "unique")
    rows = [
        (*(one[c] for c in columns), *(one["clicks"][c] for c in classes))
        for one in shown
    ]
    table((*columns, *classes), rows)


def link_json(tracker: Tracker, one: TrackedLink) -> dict[str, Any]:
    """The shape of INTERFACE-2.md section 1; url: null for a promo code alone."""
    from tracker.clicks import address
    from tracker.model import iso

    leads = one.destination is not None
    return {
        "code": one.code,
        "url": address(tracker.settings.public, one.code) if leads else None,
        "destination": one.destination,
        "campaign": one.campaign,
        "ambassador": one.ambassador,
        "mission": one.mission,
        "promo": one.promo,
        "utm": dict(one.utm),
        "created_at": iso(one.created_at),
        "clicks": {
            "raw": one.clicks.raw,
            "bot": one.clicks.bot,
            "duplicate": one.clicks.duplicate,
            "unique": one.clicks.unique,
        },
    }
