"""What the commands about consents, contracts and goods in kind share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tracker.cli.common import emit_json, now_ms, say, table, wants_json, warn
from tracker.cli.programme import day_text, today

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.filerows import FileRows
    from tracker.programme import Consent, Contract, Goods
    from tracker.store.agreements import Kind

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T", bound="Consent | Contract | Goods")


def campaign_filter(function: F) -> F:
    """`[CAMPAIGN]` or `--campaign ID`, as `campaign` and `chosen`."""
    argument = click.argument("campaign", required=False)
    option = click.option("--campaign", "chosen", metavar="ID", help="The same.")
    return argument(option(function))


def keep(tracker: Tracker, kind: Kind[T], one: T) -> tuple[T, str]:
    """Keep what was typed; answers it as it is kept now, and what became of it."""
    from tracker.store import agreements

    states = agreements.keep(tracker.database, kind, [one], now=now_ms())
    kept = agreements.list_(tracker.database, kind, ambassador=one.ambassador)
    now = next(
        each
        for each in kept
        if agreements.place(kind, each) == agreements.place(kind, one)
    )
    return now, next(state for state, many in states.items() if many)


def keep_file(
    tracker: Tracker, kind: Kind[Any], name: str, file: FileRows[Any], dry_run: bool
) -> int:
    """Keep the rows of a file, and say what became of them."""
    from tracker.cli.imported import tell
    from tracker.store.agreements import keep as store

    made = [one for _, one in file.made]
    states = store(tracker.database, kind, made, now=now_ms(), dry_run=dry_run)
    return tell(name, file, file.rejects, states, dry_run=dry_run)


def warn_strangers(tracker: Tracker, campaign: str, people: Collection[str]) -> None:
    """What is agreed with somebody who is not enrolled counts nowhere."""
    from tracker.agreements import strangers

    if missing := strangers(tracker, campaign, people):
        named = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
        text = f"not enrolled, so it counts nowhere: {named}. See tracker enrol"
        warn("NOT_ENROLLED", campaign, text)


def show(columns: Collection[str], found: list[dict[str, Any]], none: str) -> None:
    """A table, or a sentence when there is nothing."""
    if found:
        table(tuple(columns), [tuple(one[name] for name in columns) for one in found])
    else:
        say(none)


def changed(made: Mapping[str, Any], said: str) -> None:
    """One that was kept or ended."""
    if wants_json():
        emit_json(dict(made))
    else:
        say(said)


def day_or_today(tracker: Tracker, day: date | None) -> date:
    """A day that was named, else today in the workspace's zone."""
    return day or today(tracker.zone, now_ms())


# -- shapes of JSON --------------------------------------------------------------------


def consent_json(one: Consent) -> dict[str, Any]:
    return {
        "ambassador": one.ambassador,
        "version": one.version,
        "given": day_text(one.given),
        "withdrawn": day_text(one.withdrawn),
        "note": one.note,
    }


def contract_json(one: Contract) -> dict[str, Any]:
    from tracker.codes import money_text

    amount = None
    if one.amount is not None and one.currency is not None:
        amount = money_text(one.amount, one.currency)
    return {
        "campaign": one.campaign,
        "ambassador": one.ambassador,
        "ref": one.ref,
        "signed": day_text(one.signed),
        "from": day_text(one.starts),
        "to": day_text(one.ends),
        "objective": one.objective,
        "amount": amount,
        "currency": one.currency,
        "note": one.note,
    }


def goods_json(one: Goods) -> dict[str, Any]:
    """to: null for what was given and not lent."""
    from tracker.codes import money_text

    return {
        "campaign": one.campaign,
        "ambassador": one.ambassador,
        "ref": one.ref,
        "what": one.what,
        "kind": "lent" if one.ends else "given",
        "value": money_text(one.value, one.currency),
        "currency": one.currency,
        "from": day_text(one.starts),
        "to": day_text(one.ends),
        "returned": day_text(one.returned),
    }
