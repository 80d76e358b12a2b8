"""tracker goods: what was lent or given to people, and what it is worth."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.agreed import (
    campaign_filter,
    changed,
    day_or_today,
    goods_json,
    keep,
    keep_file,
    show,
    warn_strangers,
)
from tracker.cli.common import (
    answer,
    emit_json,
    json_option,
    now_ms,
    wants_json,
    with_tracker,
)
from tracker.cli.programme import Day, day_text

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.programme import Goods

COLUMNS = (
    *("campaign", "ref", "ambassador", "what", "kind", "value", "currency", "from"),
    *("to", "returned"),
)


@click.group()
def goods() -> None:
    """Goods in kind: a car that was lent, a gift; what, from, to, value."""


@goods.command()
@click.argument("campaign")
@click.argument("ambassador")
@click.option("--ref", required=True, help="What it is called in your files.")
@click.option("--what", metavar="TEXT", required=True, help="Such as a car on loan.")
@click.option(
    "--value", metavar="AMOUNT", required=True, help="What it is worth to them."
)
@click.option("--currency", metavar="CODE", help="Else the campaign's.")
@click.option("--from", "starts", type=Day(), metavar="DAY", required=True)
@click.option(
    "--to", "ends", type=Day(), metavar="DAY", help="Last day of a loan; none: a gift."
)
@json_option
@with_tracker
def add(
    tracker: Tracker,
    campaign: str,
    ambassador: str,
    starts: date,
    ends: date | None,
    **said: str | None,
) -> None:
    """Keep what was lent or given; one of this ref is corrected."""
    from tracker.agreements import GOODS, goods_of, typed
    from tracker.store.agreements import GOODS as KIND
    from tracker.store.roster import Roster

    about = Roster(tracker.database).campaign(campaign)
    days = {"from": day_text(starts), "to": day_text(ends)}
    cells = {**said, **days, "ambassador": ambassador}
    made = typed(
        tracker, GOODS, cells, lambda row, people: goods_of(about, row, people)
    )
    made, word = keep(tracker, KIND, made)
    warn_strangers(tracker, campaign, [ambassador])
    changed(goods_json(made) | {"result": word}, f"{made.ref}: {made.what} is {word}.")


@goods.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--campaign", metavar="ID", required=True)
@click.option("--dry-run", is_flag=True, help="Say what would change.")
@json_option
@with_tracker
def import_(tracker: Tracker, path: Path, campaign: str, dry_run: bool) -> int:
    """Keep goods from a CSV file, one row a thing.

    Columns: ref, ambassador, what, value, from; currency, to (of a loan), returned. A
    blank cell changes nothing of what is kept.
    """
    from tracker.agreements import read_goods
    from tracker.store.agreements import GOODS as KIND

    file = read_goods(tracker, path, campaign)
    warn_strangers(tracker, campaign, [one.ambassador for _, one in file.made])
    return keep_file(tracker, KIND, path.name, file, dry_run)


@goods.command("return")
@click.argument("campaign")
@click.argument("ref")
@click.option("--on", type=Day(), metavar="DAY", help="When it came back; else today.")
@json_option
@with_tracker
def return_(tracker: Tracker, campaign: str, ref: str, on: date | None) -> None:
    """Keep that something came back."""
    from tracker.store.agreements import give_back

    day = day_or_today(tracker, on)
    back = give_back(tracker.database, campaign, ref, on=day, now=now_ms())
    changed(goods_json(back), f"{ref}: {back.what} came back on {day}.")


@goods.command("list")
@campaign_filter
@click.option("--ambassador", metavar="ID", help="Only theirs.")
@click.option("--out", "still", is_flag=True, help="Only loans that are not back.")
@json_option
@with_tracker
def list_(
    tracker: Tracker,
    campaign: str | None,
    chosen: str | None,
    ambassador: str | None,
    still: bool,
) -> None:
    """List goods in kind with what they are worth."""
    from tracker.store.agreements import GOODS as KIND
    from tracker.store.agreements import list_ as ask

    place = campaign or chosen
    found = [
        one
        for one in ask(tracker.database, KIND, campaign=place, ambassador=ambassador)
        if not still or (one.ends is not None and one.returned is None)
    ]
    shown, sums = [goods_json(one) for one in found], _sums(found)
    if wants_json():
        emit_json({"goods": shown, "sums": sums})
        return
    show(COLUMNS, shown, "Nothing was lent or given.")
    for one in sums:
        answer(f"Sum: {one['value']} {one['currency']}")


def _sums(found: Iterable[Goods]) -> list[dict[str, str]]:
    """What they are worth, one sum a currency."""
    from tracker.codes import money_text

    sums: dict[str, int] = {}
    for one in found:
        sums[one.currency] = sums.get(one.currency, 0) + one.value
    return [
        {"currency": code, "value": money_text(sums[code], code)}
        for code in sorted(sums)
    ]


@goods.command()
@click.argument("campaign")
@click.argument("ref")
@json_option
@with_tracker
def remove(tracker: Tracker, campaign: str, ref: str) -> None:
    """Take out something that was noted by mistake."""
    from tracker.store.agreements import GOODS as KIND
    from tracker.store.agreements import remove as take

    gone = take(tracker.database, KIND, campaign, ref, None, now=now_ms())
    changed(goods_json(gone), f"{ref}: {gone.what} is removed.")
