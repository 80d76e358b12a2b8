"""tracker outcome: leads, sales and the like, and whom they are put down to."""

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
    from collections.abc import Callable

    from tracker.app import Tracker
    from tracker.model import RunReport
    from tracker.programme import Outcome

#: What a single outcome may say besides its id, kind and time.
SAID = (
    *("campaign", "ambassador", "code", "link", "quantity", "value", "currency"),
    *("status", "order", "new_customer"),
)


@click.group()
def outcome() -> None:
    """Leads, test drives, reservations, sales, savings, ideas, sign-ups."""


def _said_options(function: Callable[..., Any]) -> Callable[..., Any]:
    for name in reversed(SAID):
        flag = "--" + name.replace("_", "-")
        function = click.option(flag, name, metavar="TEXT")(function)
    return function


@outcome.command()
@click.argument("kind")
@click.option("--id", "id_", metavar="ID", help="Its own id; else one is made.")
@click.option("--at", metavar="TIME", help="When it was; else now.")
@_said_options
@json_option
@with_tracker
def add(
    tracker: Tracker, kind: str, id_: str | None, at: str | None, **said: str | None
) -> int:
    """Keep one outcome by hand: a lead, sale, saving, idea or a kind of the plan's."""
    from tracker.byhand import outcome as keep

    wish = {"kind": kind, "id": id_, "at": at, **said}
    return _tell(keep(tracker, wish, now=now_ms()))


@outcome.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--campaign", metavar="ID", help="Of rows that name none.")
@click.option("--timezone", metavar="ZONE", help="Of times that carry none.")
@click.option("--dry-run", is_flag=True, help="Read it and say what is wrong.")
@json_option
@with_tracker
def import_(tracker: Tracker, path: Path, dry_run: bool, **said: str | None) -> int:
    """Keep outcomes from a CSV file, one row each.

    Columns: id, kind, at; campaign, ambassador, code (a promo code), link (codes of
    links in order of time, as a|b), quantity, value, currency, status (claimed,
    verified, rejected, reversed), order, new_customer (yes, no). An id that is known
    changes nothing.
    """
    from tracker import app
    from tracker.errors import NotFoundError

    if not path.exists():
        raise NotFoundError("file", str(path))
    options = {name: value for name, value in said.items() if value}
    if dry_run:
        return _try(tracker, path, options)
    made = app.ingest_file(tracker, "outcomes", path.resolve(), options, now=now_ms())
    return _tell(made)


def _tell(report: RunReport) -> int:
    from tracker.cli.ingest import as_json, exit_code, show

    if wants_json():
        emit_json({"sources": [as_json(report)]})
    else:
        show([report])
    return exit_code(report)


def _try(tracker: Tracker, path: Path, options: dict[str, Any]) -> int:
    from tracker.app import try_file

    trial = try_file(tracker, "outcomes", path.resolve(), options, now=now_ms())
    bad = len(trial.errors) + trial.rejected
    if wants_json():
        errors = [f"{r.line} {r.column}: {r.reason}" for _, r in trial.rejects]
        emit_json(
            {"dry_run": True, "rows": trial.rows, "rejected": trial.rejected}
            | {"errors": [*trial.errors, *errors]}
        )
        return 1 if bad else 0
    for text in trial.errors:
        click.echo(text, err=True)
    for label, one in trial.rejects:
        say(f"{label}:{one.line} {one.column}: {one.reason}")
    say(f"{trial.rows} rows, {trial.rejected} would be rejected. Nothing was kept.")
    return 1 if bad else 0


@outcome.command("list")
@click.argument("campaign", required=False)
@click.option("--kind", metavar="KIND", help="Only these.")
@json_option
@with_tracker
def list_(tracker: Tracker, campaign: str | None, kind: str | None) -> None:
    """List outcomes with whom they are put down to, the oldest first."""
    from tracker.outcomes import outcomes

    found = [one for one in outcomes(tracker, campaign) if kind in (None, one.kind)]
    _show(found)


@outcome.command()
@click.argument("campaign", required=False)
@json_option
@with_tracker
def conflicts(tracker: Tracker, campaign: str | None) -> None:
    """List outcomes that more than one ambassador could have brought."""
    from tracker.outcomes import outcomes

    _show([one for one in outcomes(tracker, campaign) if one.conflict])


def _word(status: str, help_: str) -> click.Command:
    @click.command(status, help=help_)
    @click.argument("name", metavar="ID")
    @click.option("--source", metavar="NAME", help="Where several share the id.")
    @click.option("--reason", required=True, help="Why; it is kept.")
    @with_tracker
    def command(tracker: Tracker, name: str, source: str | None, reason: str) -> None:
        from tracker.store.outcomes import say as keep

        word = {"verify": "verified", "reject": "rejected"}.get(status, "reversed")
        keep(tracker.database, name, source, word, reason, now_ms())
        say(f"Outcome {name} is {word}.")

    return command


outcome.add_command(_word("verify", "Say that an outcome is verified."))
outcome.add_command(_word("reject", "Say that an outcome counts for nothing."))
outcome.add_command(_word("reverse", "Say that an outcome was taken back."))


# -- what is shown ---------------------------------------------------------------------


def _show(found: list[Outcome]) -> None:
    if wants_json():
        emit_json({"outcomes": [outcome_json(one) for one in found]})
        return
    columns = ("id", "kind", "at", "campaign", "quantity", "value", "status", "counted")
    rows = [
        (
            *(shown[name] for name in columns),
            shown["rule"],
            ", ".join(f"{s['ambassador']} {s['share']} %" for s in shown["shares"]),
            ", ".join(
                [f"{c['ambassador']} by {c['by']}" for c in shown["candidates"]]
                + [f"{code} outside the window" for code in shown["outside_window"]]
            ),
        )
        for shown in map(outcome_json, found)
    ]
    table((*columns, "rule", "shares", "candidates"), rows)


def outcome_json(one: Outcome) -> dict[str, Any]:
    """The shape of INTERFACE-2.md section 4."""
    from tracker.codes import money_text
    from tracker.model import iso

    value = None
    if one.value is not None and one.currency is not None:
        value = money_text(one.value, one.currency)
    return {
        "id": one.id,
        "source": one.source,
        "kind": one.kind,
        "at": iso(one.at),
        "campaign": one.campaign,
        "quantity": _plain(one.quantity),
        "value": value,
        "currency": one.currency,
        "status": one.status,
        "order": one.order,
        "new_customer": one.new_customer,
        "counted": one.counted,
        "rule": one.rule,
        "shares": [
            {"ambassador": who, "share": _plain(share)} for who, share in one.shares
        ],
        "conflict": one.conflict,
        "candidates": [{"ambassador": who, "by": by} for who, by in one.candidates],
        "outside_window": list(one.outside),
    }


COLUMNS = (
    *("id", "source", "kind", "at", "campaign", "quantity", "value", "currency"),
    *("status", "order", "new_customer", "counted", "rule", "shares", "conflict"),
    "candidates",
)


def as_row(one: Outcome) -> list[Any]:
    """The same as cells of a table, in the order of COLUMNS."""
    shown = outcome_json(one)
    shown["shares"] = _joined(shown["shares"], "share")
    shown["candidates"] = _joined(shown["candidates"], "by")
    return [shown[name] for name in COLUMNS]


def _joined(parts: list[dict[str, Any]], key: str) -> str | None:
    return "|".join(f"{one['ambassador']}:{one[key]}" for one in parts) or None


def _plain(value: Any) -> int | float:
    """A whole number as one."""
    return int(value) if value == int(value) else float(value)
