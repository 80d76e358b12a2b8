"""The outcomes kind: what a programme brought, a row each, from CSV files.

A row is read by the rules of a delivered outcome (`items`), so that it does not
matter by which way somebody tells of a sale.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from tracker.cells import restore
from tracker.errors import ConfigError, PayloadError, nearest
from tracker.model import Provenance
from tracker.sheet import sheet_of
from tracker.sources.base import Batch, Payload, Policy, Surroundings
from tracker.sources.files import find_files, is_settled
from tracker.sources.items import OUTCOME, Item, Items, item_of
from tracker.sources.rows import Rules
from tracker.sources.values import Bad

#: Raised when the same bytes would be understood differently by this code.
PARSER = 1
OPTIONS = ("path", "timezone", "campaign")
COLUMNS = (
    *("id", "kind", "at", "campaign", "ambassador", "code", "link", "quantity"),
    *("value", "currency", "status", "order", "new_customer"),
)
NEEDED = ("id", "kind", "at")
#: Rows in one batch.
BATCH = 4096
#: How long a file must rest before it is read, ms.
SETTLE = 10_000


def factory(
    name: str, options: Mapping[str, Any], surroundings: Surroundings
) -> OutcomeFiles:
    """A source of outcome files; ConfigError names every problem of its settings."""
    problems = [
        f"{key}: unknown. {nearest(key, OPTIONS)}"
        for key in options
        if key not in OPTIONS
    ]
    zone = options.get("timezone", surroundings.timezone)
    if zone not in available_timezones():
        problems.append(f'timezone: "{zone}" is no time zone such as Europe/Paris')
    if not isinstance(options.get("path"), str):
        problems.append("path: is needed; a file, a folder or a glob")
    if problems:
        raise ConfigError(
            "SOURCE_SETTINGS",
            f"source {name}",
            f"problems of its settings: {len(problems)}",
            "The source was not started",
            "Mend them in tracker.toml",
            problems=problems,
        )
    made = OutcomeFiles(name, str(options["path"]), ZoneInfo(zone), surroundings.home)
    made.campaign = options.get("campaign")
    return made


class OutcomeFiles:
    """Reads outcome files by one block of settings. See sources/base.py."""

    kind = "outcomes"

    def __init__(self, name: str, path: str, zone: ZoneInfo, home: str) -> None:
        self.name, self.home, self.path = name, home, path
        self.policy = Policy(provenance=Provenance.REPORTED, reads_files=True)
        self.rules = Rules(zone)
        #: Of rows that name none.
        self.campaign: str | None = None
        self.notices: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Changes with whatever changes how a file is understood."""
        made_by = f"outcomes {PARSER} {self.rules.zone.key} {self.campaign}".encode()
        return hashlib.blake2b(made_by, digest_size=8).hexdigest()

    def fetch(self, bookmark: str | None = None) -> Iterator[Payload]:
        """Every file, each time: the ledger of stamps knows which are new."""
        listing = find_files(self.home, self.path)
        self.notices = tuple(listing.notices)
        yield from listing.payloads

    def settled(self, payload: Payload, now: int) -> bool:
        """Has everybody finished writing it?"""
        return is_settled(payload, now, SETTLE)

    def parse(self, payload: Payload) -> Iterator[Batch]:
        """The rows of a file; PayloadError refuses it whole."""
        body = payload.body or b""
        if payload.path is not None:
            body = Path(payload.path).read_bytes()
        sheet = sheet_of(payload.label, body, COLUMNS, NEEDED)
        items = self._items(payload.label, payload.seen_at)
        many = 0
        try:
            while some := list(islice(sheet.records, BATCH)):
                for line, cells in some:
                    item = _item(sheet.columns, cells, self.campaign)
                    if len(cells) < sheet.width or any(cells[sheet.width :]):
                        items.refuse(line, item, _shape(len(cells), sheet.width))
                    else:
                        items.take(line, item, payload.seen_at)
                many += len(some)
                yield items.batch()
        except PayloadError as error:
            error.rows = many + 1
            raise

    def reparse(
        self, header: Sequence[str], raws: Iterable[tuple[int, str]], seen_at: int
    ) -> Batch:
        """Read rejected rows again: each was kept as it would have been delivered."""
        items = self._items("quarantine", seen_at)
        for line, raw in raws:
            items.take(line, item_of(raw), seen_at)
        return items.batch()

    def _items(self, label: str, seen_at: int) -> Items:
        return Items(label, self.rules, {}, seen_at)


def _shape(cells: int, width: int) -> Bad:
    return Bad("ROW_COLUMNS", f"the row has {cells} cells, the header {width}")


def _item(
    columns: Mapping[str, int], cells: Sequence[str], campaign: str | None
) -> Item:
    """A row as a delivery would have told it; blank cells are not said."""
    said = {
        name: restore(cells[at]).strip()
        for name, at in columns.items()
        if at < len(cells) and cells[at].strip()
    }
    if campaign is not None:
        said.setdefault("campaign", campaign)
    return Item("row", OUTCOME, said)
