"""tracker archive: closed months of readings in files."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.common import (
    emit_json,
    json_option,
    notice,
    now_ms,
    progress,
    say,
    table,
    wants_json,
    with_tracker,
)

if TYPE_CHECKING:
    from tracker.app import Tracker
    from tracker.errors import StoreError
    from tracker.store.archive.listing import Month
    from tracker.store.archive.move import Done, Wish

#: From so many free bytes on it is told how to give them back.
WORTH = 50_000_000


@click.group()
def archive() -> None:
    """Readings of months that are over, in files: still part of every number."""


def _month(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    from tracker.store.archive.months import is_month

    if value is not None and not is_month(value):
        raise click.BadParameter(f'"{value}" is no month; write 2026-03')
    return value


@archive.command()
@click.argument("campaign", required=False)
@click.option(
    "--before",
    metavar="YYYY-MM",
    callback=_month,
    help="Months before this one; else those that ended as long ago as"
    " [archive] after says.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be archived.")
@click.option(
    "--compact",
    is_flag=True,
    help="Give freed space back to the disk: rewrites the database, others wait.",
)
@json_option
@with_tracker
def run(
    tracker: Tracker,
    campaign: str | None,
    before: str | None,
    dry_run: bool,
    compact: bool,
) -> None:
    """Move readings of closed months into Parquet files.

    Each file is read back and compared before anything is deleted from the database.
    CAMPAIGN: only what lies in its folder. Months that were restored stay in the
    database, unless --before or CAMPAIGN is given.
    """
    from tracker.store.archive import move

    wish = _wish(tracker, campaign, before)
    if dry_run:
        _would(tracker, wish)
        return
    with _bar("Archiving") as tell:
        done = move.run(tracker.database, wish, now=now_ms(), tell=tell)
    found = _of(tracker, done)
    if wants_json():
        emit_json({**_json(found), "dry_run": False, "waiting": done.waiting})
    elif found:
        _show(found)
    _say_done("Archived", found, done)
    _space(tracker, compact)


def _wish(tracker: Tracker, campaign: str | None, before: str | None) -> Wish:
    from tracker.store.archive import months
    from tracker.store.archive.move import Wish

    now = now_ms()
    this_month = months.of(now)
    last = min(before or months.of(now - tracker.settings.archive_after), this_month)
    number = _campaign(tracker, campaign)
    return Wish(last, number, again=bool(before or campaign))


def _campaign(tracker: Tracker, campaign: str | None) -> int | None:
    from tracker.store.archive.listing import campaign_id

    return None if campaign is None else campaign_id(tracker.database, campaign)


def _would(tracker: Tracker, wish: Wish) -> None:
    from tracker.store.archive import listing

    found = listing.wished(tracker.database, wish)
    if wants_json():
        emit_json({**_json(found), "dry_run": True, "waiting": 0})
        return
    if found:
        _show(found)
    rows = sum(one.hot for one in found)
    say(f"Would archive {rows:,} readings in {_many(found)}; nothing was changed.")


def _of(tracker: Tracker, done: Done) -> list[Month]:
    from tracker.store.archive import listing

    return listing.months_of(tracker.database, done.moved) if done.moved else []


def _say_done(what: str, found: list[Month], done: Done) -> None:
    if not found:
        say("There is nothing to archive.")
    else:
        size = sum(one.bytes for one in found)
        count = sum(one.files for one in found)
        files = "1 file" if count == 1 else f"{count} files"
        now = f", now {files} of {_size(size)}" if count else ""
        say(f"{what} {done.rows:,} readings of {_many(found)}{now}.")
    if done.waiting:
        notice(
            "ARCHIVE_READ",
            f"{done.waiting} replaced files",
            "somebody still reads them. The next `tracker archive run` removes them",
        )


def _size(many: int) -> str:
    if many < 1_000_000:
        return f"{many / 1e3:,.0f} kB"
    return f"{many / 1e6:,.1f} MB"


def _many(found: list[Month]) -> str:
    months = len({one.month for one in found})
    return "1 month" if months == 1 else f"{months} months"


def _space(tracker: Tracker, compact: bool) -> None:
    from tracker.store import compaction

    free = compaction.unused(tracker.database)
    if not compact:
        if free >= WORTH:
            say(
                f"The database file has {free / 1e6:,.0f} MB free, which new readings"
                " fill first. To give them back: tracker archive run --compact"
            )
        return
    with progress("Rewriting the database"):
        whole = compaction.compact(tracker.database)
    say("The database was rewritten; its free space is given back.")
    if not whole:
        say("Others read it all the time: its log shrinks when they have ended.")


@archive.command(name="list")
@json_option
@with_tracker
def list_(tracker: Tracker) -> None:
    """Each campaign's months: in the database, in files, or brought back."""
    from tracker.store.archive import listing

    found = listing.months_of(tracker.database)
    if wants_json():
        emit_json({**_json(found), "address": tracker.settings.archive})
    elif found:
        _show(found)
    else:
        say("There are no readings.")


@archive.command()
@json_option
@with_tracker
def verify(tracker: Tracker) -> int:
    """Read every file and compare it with what was written."""
    from tracker.store.archive import check, listing

    with _bar("Comparing") as tell:
        found = check.check(tracker.database, tell)
    which = dict.fromkeys((part.campaign_id, part.month) for part in found.parts)
    months = listing.months_of(tracker.database, which)
    if wants_json():
        problems = [_problem(error) for error in found.problems]
        emit_json({**_json(months), "ok": not problems, "problems": problems})
    for error in found.problems:
        click.echo(str(error), err=True)
    if not found.problems:
        rows = sum(part.rows for part in found.parts)
        said = f"{len(found.parts)} files with {rows:,} readings are what was written"
        say(f"All {said}." if found.parts else "Nothing is archived.")
    if found.left:
        said = "of a run that was cut off, or replaced. The next run removes them"
        notice("ARCHIVE_LEFT", f"{found.left} files", said)
    return 1 if found.problems else 0


@archive.command()
@click.argument("month", metavar="MONTH", callback=_month)
@click.argument("campaign", required=False)
@json_option
@with_tracker
def restore(tracker: Tracker, month: str, campaign: str | None) -> None:
    """Bring a month (2026-03) back into the database and delete its files.

    CAMPAIGN: only what lies in its folder. A month that was brought back stays until
    `tracker archive run` is told --before or CAMPAIGN.
    """
    from tracker.store.archive.restore import restore as bring_back

    number = _campaign(tracker, campaign)
    with _bar("Restoring") as tell:
        done = bring_back(tracker.database, month, number, now=now_ms(), tell=tell)
    found = _of(tracker, done)
    if wants_json():
        emit_json({**_json(found), "waiting": done.waiting})
    else:
        _show(found)
    _say_done("Restored", found, done)


# -- shown -----------------------------------------------------------------------------


def _json(found: Iterable[Month]) -> dict[str, Any]:
    """The shape of INTERFACE-2.md section 9; `hot`: rows in the database."""
    return {"months": [asdict(one) for one in found]}


def _problem(error: StoreError) -> dict[str, str]:
    return {"code": error.code, "file": error.subject, "cause": error.cause}


def _show(found: Iterable[Month]) -> None:
    columns = ("campaign", "month", "readings", "files", "bytes", "state", "hot")
    rows = (
        (one.campaign, one.month, one.rows, one.files, one.bytes, one.state, one.hot)
        for one in found
    )
    table(columns, rows)


@contextlib.contextmanager
def _bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar whose length is told with the first step."""
    with contextlib.ExitStack() as stack:
        bar: list[Callable[[int], None]] = []
        before = 0

        def tell(done: int, all_: int) -> None:
            nonlocal before
            if not bar:
                bar.append(stack.enter_context(progress(label, all_)))
            bar[0](done - before)
            before = done

        yield tell
