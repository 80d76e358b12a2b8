"""`tracker report`: write the pages."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import (
    detail,
    emit_json,
    json_option,
    now_ms,
    progress,
    say,
    table,
    wants_json,
    with_tracker,
)
from tracker.cli.moments import parse_moment, tell_history, zone_of
from tracker.errors import NotFoundError
from tracker.model import iso

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.publish import Compare, Published


@click.command()
@click.argument("campaign", required=False)
@click.option("--out", type=click.Path(path_type=Path), help="Another folder.")
@click.option("--as-of", metavar="TIME", help="As it was known then.")
@click.option("--until", metavar="TIME", help="Only what was captured by then.")
@click.option(
    "--language", type=click.Choice(["fr", "en", "both"]), help="Of the pages."
)
@click.option("--since", metavar="MARK|TIME", help="Say what changed since then.")
@click.option("--mark", metavar="NAME", help="Later reports are compared with this.")
@click.option("--marks", is_flag=True, help="List the marked reports.")
@click.option("--client", is_flag=True, help="Without names and money.")
@click.option("--compare", metavar="A,B", help="A page of these campaigns alone.")
@click.option("--ambassador", metavar="ID", help="One file to send to this person.")
@click.option(
    "--pdf",
    metavar="[PAGE]",
    multiple=True,
    is_flag=False,
    flag_value="index",
    help="Print this page too, the campaign's if none is said; all: each of them.",
)
@click.option(
    "--paper", type=click.Choice(["A4", "letter"]), default="A4", help="Of the PDF."
)
@click.option("--rotate", is_flag=True, help="Give that file a new name.")
@json_option
@with_tracker
def report(
    tracker: Tracker,
    campaign: str | None,
    out: Path | None,
    as_of: str | None,
    until: str | None,
    language: str | None,
    since: str | None,
    mark: str | None,
    marks: bool,
    client: bool,
    compare: str | None,
    ambassador: str | None,
    pdf: tuple[str, ...],
    paper: str,
    rotate: bool,
) -> None:
    """Write the pages of one campaign, or of all, and the data files beside them.

    With --as-of and --until the pages of the past, with --client those for a client,
    each into a folder of their own. With --ambassador one file for this person, with
    nothing of anybody else in it.
    """
    from tracker.publish import publish
    from tracker.store.facts import campaign_slugs

    campaign, pdf = _printed(tracker, campaign, pdf)
    zone = zone_of(tracker, campaign)
    moments: dict[str, Any] = {
        "as_of": parse_moment(as_of, "--as-of", zone),
        "until": parse_moment(until, "--until", zone),
    }
    told: dict[str, Any] = {
        "out": out,
        "campaign": campaign,
        "language": language,
        "now": now_ms(),
    }
    if rotate and not ambassador:
        raise click.UsageError("--rotate goes with --ambassador")
    if ambassador:
        both = language == "both"
        _alone(
            "--ambassador",
            {"--as-of": as_of, "--until": until, "--language both": both}
            | {"--client": client},
        )
        _send(tracker, ambassador, rotate, told, paper if pdf else None)
        return
    if marks:
        _list(tracker, campaign)
        return
    if compare:
        both = language == "both"
        others = {"--client": client, "--as-of": as_of, "--language both": both}
        _alone("--compare", others | {"CAMPAIGN": campaign, "--until": until})
        _side_by_side(tracker, compare, out, language)
        return
    told["since"] = _compare(tracker, since, campaign) if since else None
    copied = {"--as-of": as_of, "--until": until, "--client": client}
    if any(copied.values()):
        _alone("--mark", copied if mark else {})
        _alone("--since", copied if since else {})
        del told["since"]
    many = 1 if campaign else len(campaign_slugs(tracker.database))
    with progress("Writing pages", many) as told["step"]:
        if any(copied.values()):
            made = _copied(tracker, moments | {"client": client}, told)
        else:
            made = publish(tracker, mark=mark, **told)
    _say(made, _print_all(tracker, made, pdf, paper))


def _printed(
    tracker: Tracker, campaign: str | None, pdf: tuple[str, ...]
) -> tuple[str | None, tuple[str, ...]]:
    """`--pdf CAMPAIGN` is that campaign's page: an option may take the next word."""
    from tracker.store.facts import campaign_slugs

    if (
        campaign is None
        and len(pdf) == 1
        and pdf[0] in campaign_slugs(tracker.database)
    ):
        return pdf[0], ("index",)
    return campaign, pdf


def _print_all(
    tracker: Tracker, made: Published, wanted: tuple[str, ...], paper: str
) -> list[str]:
    """Pages of all campaigns that were written; a folder for each."""
    from tracker.printing import find_pages

    site = (tracker.home / tracker.settings.site).resolve()
    usual = made.folder.resolve() == site
    folder = (tracker.home if usual else made.folder) / "pdf"
    return [
        path
        for slug in (made.campaigns if wanted else ())
        for path in _print(
            tracker, find_pages(made.folder, slug, wanted), folder / slug, paper
        )
    ]


def _print(
    tracker: Tracker, pages: Iterable[Path], folder: Path, paper: str
) -> list[str]:
    from tracker.printing import print_page

    made = []
    for page in pages:
        made.append(print_page(page, folder, paper))
        remember(tracker, made[-1])
    return list(map(str, made))


def _side_by_side(
    tracker: Tracker, said: str, out: Path | None, language: str | None
) -> None:
    from tracker.sides import write_comparison

    names = [name.strip() for name in said.split(",") if name.strip()]
    if len(set(names)) < 2:
        raise click.UsageError("--compare wants two campaigns or more, as A,B")
    path = write_comparison(tracker, names, out=out, language=language)
    remember(tracker, path)
    if wants_json():
        emit_json({"file": str(path), "campaigns": names})
    else:
        say(str(path))


def _compare(tracker: Tracker, since: str, campaign: str | None) -> Compare:
    """With a mark, or else with an instant; nothing for campaigns that it has not."""
    from tracker.since import marks, since_mark, since_then

    listed = marks(tracker, campaign)
    marked = {one.campaign for one in listed if one.name == since}
    if marked:
        return lambda facts: (
            since_mark(tracker, facts, since) if facts.campaign.id in marked else None
        )
    try:
        at = parse_moment(since, "--since", tracker.zone)
    except click.UsageError:
        names = sorted({one.name for one in listed})
        raise NotFoundError("mark", since, names) from None
    from tracker.editions import then

    known = then(tracker, at or 0)
    return lambda facts: (
        since_then(tracker, facts, known[facts.campaign.id])
        if facts.campaign.id in known
        else None
    )


def _list(tracker: Tracker, campaign: str | None) -> None:
    from tracker.since import marks

    found = marks(tracker, campaign)
    if wants_json():
        rows = [
            {"name": m.name, "campaign": m.campaign, "at": iso(m.at)} for m in found
        ]
        emit_json({"marks": rows})
    elif not found:
        say("No report is marked; tracker report --mark NAME marks one.")
    else:
        table(
            ("mark", "campaign", "at"), [(m.name, m.campaign, iso(m.at)) for m in found]
        )


def _alone(option: str, others: dict[str, Any]) -> None:
    """Options that say different things are not guessed about."""
    for name, said in others.items():
        if said:
            raise click.UsageError(f"{option} and {name} do not go together")


def _send(
    tracker: Tracker,
    ambassador: str,
    rotate: bool,
    told: dict[str, Any],
    paper: str | None,
) -> None:
    from tracker.editions import for_ambassador

    made = for_ambassador(tracker, ambassador, rotate=rotate, **told)
    remember(tracker, made.path)
    printed = _print(tracker, [made.path], made.path.parent, paper) if paper else []
    if wants_json():
        removed = str(made.removed) if made.removed else None
        emit_json(
            {
                "ambassador": ambassador,
                "file": str(made.path),
                "campaigns": list(made.campaigns),
                "removed": removed,
                "pdf": printed,
            }
        )
        return
    say(f"{made.path}: {', '.join(made.campaigns)}. Send this file; it is whole.")
    for name in [*printed, *([f"removed {made.removed}"] if made.removed else [])]:
        say(name)


def _copied(
    tracker: Tracker, moments: dict[str, Any], told: dict[str, Any]
) -> Published:
    from tracker.editions import of_a_copy

    tell_history(tracker, moments["as_of"], "report")
    made = of_a_copy(tracker, **moments, **told)
    remember(tracker, *(made.folder / name for name in made.files))
    return made


def remember(tracker: Tracker, *paths: Path) -> None:
    """An erasure finds the files again."""
    from tracker.store import written_files

    written_files.remember(tracker.database, tracker.home, *paths)


def _say(made: Published, printed: list[str]) -> None:
    if wants_json():
        emit_json(
            {
                "folder": str(made.folder),
                "index": str(made.folder / "index.html"),
                "campaigns": list(made.campaigns),
                "written": list(made.written),
                "unchanged": made.unchanged,
                "removed": list(made.removed),
                "charts_drawn": made.drawn,
                "pdf": printed,
            }
        )
        return
    for name in made.written:
        detail(f"written {name}")
    for name in made.removed:
        detail(f"removed {name}")
    say(
        f"{made.folder / 'index.html'}: {len(made.written)} written, "
        f"{made.unchanged} unchanged, {len(made.removed)} removed"
    )
    for name in printed:
        say(name)
