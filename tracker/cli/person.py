"""tracker ambassador show: somebody, and all that was agreed with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import (
    answer,
    emit_json,
    json_option,
    table,
    wants_json,
    with_tracker,
)
from tracker.cli.programme import ambassador_json, enrolment_json, roster

if TYPE_CHECKING:
    from tracker.app import Tracker


@click.command()
@click.argument("name", metavar="ID")
@json_option
@with_tracker
def show(tracker: Tracker, name: str) -> None:
    """Show an ambassador: all handles, past ones too, enrolments, what was agreed."""
    people = roster(tracker)
    person = people.ambassador(name)
    enrolments = [one for one in people.enrolments() if one.ambassador == name]
    more = _agreed(tracker, name)
    if wants_json():
        emit_json(ambassador_json(person, enrolments) | more)
        return
    for key in ("id", "name", "email", "country", "language"):
        answer(f"{key}: {getattr(person, key) or '–'}")
    if person.handles:
        columns = ("platform", "handle", "since", "until", "followers")
        table(columns, [[getattr(h, c) for c in columns] for h in person.handles])
    parts = {"enrolments": [enrolment_json(one) for one in enrolments], **more}
    for title, found in parts.items():
        _part(title, found)


def _agreed(tracker: Tracker, name: str) -> dict[str, list[dict[str, Any]]]:
    """Consents, contracts, goods, promo codes and changes of group of somebody."""
    from tracker.cli.agreed import consent_json, contract_json, goods_json
    from tracker.model import iso
    from tracker.store import agreements, links, turns

    shapes: tuple[tuple[str, Any, Any], ...] = (
        ("consents", agreements.CONSENT, consent_json),
        ("contracts", agreements.CONTRACT, contract_json),
        ("goods", agreements.GOODS, goods_json),
    )
    found = {
        title: [
            shape(one)
            for one in agreements.list_(tracker.database, kind, ambassador=name)
        ]
        for title, kind, shape in shapes
    }
    found["promo_codes"] = [
        {"campaign": one.campaign, "promo": one.promo, "code": one.code}
        for one in links.list_(tracker.database)
        if one.ambassador == name and one.promo is not None
    ]
    found["groups"] = [
        {
            "campaign": one.campaign,
            "at": iso(one.at),
            "from": one.before,
            "to": one.after,
            "reason": one.reason,
            "actor": one.actor,
        }
        for one in turns.list_(tracker.database, ambassador=name)
        if one.kind == turns.GROUP
    ]
    return found


def _part(title: str, found: list[dict[str, Any]]) -> None:
    """A table of one kind of thing, with what it is; nothing when there is none."""
    if found:
        keys = [key for key in found[0] if key != "ambassador"]
        answer(f"\n{title.replace('_', ' ')}:")
        table(keys, [[one[key] for key in keys] for one in found])
