"""What a source hands over now, whichever way it comes by it.

A source that fetches is asked for payloads; one that asks a platform is told what
is worth asking for and what that may cost; one that is told has been given
deliveries, which wait in the inbox.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from tracker.sources.base import (
    Account,
    Asking,
    KnownPost,
    Payload,
    Polled,
    Purse,
    Pushed,
    Questions,
    Settling,
)
from tracker.store.asked import Asked
from tracker.store.inbox import Delivery, Inbox
from tracker.store.ledger import digest_of
from tracker.store.quotas import Purse as StoredPurse
from tracker.store.states import States

if TYPE_CHECKING:
    from tracker.settings import SourceSettings
    from tracker.sources.base import Source
    from tracker.store.database import Database

#: Deliveries in one payload.
TOGETHER = 500
#: Payloads of deliveries in one run: senders that never pause get the next run.
MOST = 1000


@dataclass(frozen=True)
class Ask:
    """How a source is asked in one run.

    settle: leave files alone that may still be written. all_: also posts that are
    not due. purse: None is the one kept in the store.
    """

    database: Database
    block: SourceSettings
    now: int
    settle: bool = False
    all_: bool = False
    purse: Purse | None = None


def payloads(source: Source, ask: Ask, bookmark: str | None) -> Iterator[Payload]:
    """Everything that the source has for us now."""
    if isinstance(source, Asking):
        return _answers(source.ask(questions(source, ask), bookmark))
    if isinstance(source, Pushed):
        return islice(_told(Inbox(ask.database), source.name), MOST)
    if isinstance(source, Polled):
        return _fetched(source, ask, bookmark)
    return iter(())


def _fetched(source: Polled, ask: Ask, bookmark: str | None) -> Iterator[Payload]:
    settling = source if ask.settle and isinstance(source, Settling) else None
    for payload in source.fetch(bookmark):
        if settling is None or settling.settled(payload, ask.now):
            yield payload


# -- asking -----------------------------------------------------------------------


def questions(source: Source, ask: Ask) -> Questions:
    """What its platform may be asked for now, by what is known and what is due."""
    block, now, platform = ask.block, ask.now, source.policy.platform
    purse = ask.purse or StoredPurse(ask.database, block.name, clock(now))
    if platform is None:
        return Questions(now, (), (), purse)
    asked = Asked(ask.database)
    number = States(ask.database).source_id(block.name, block.kind)
    due = asked.due(number, platform, now, block.every or 0, all_=ask.all_)
    return Questions(
        now,
        tuple(KnownPost(*post) for post in due),
        tuple(Account(platform, handle) for handle in asked.handles(platform, now)),
        purse,
    )


def clock(now: int) -> Callable[[], int]:
    """A clock that goes on from this instant, whatever the machine's is set to."""
    began = time.monotonic()
    return lambda: now + round((time.monotonic() - began) * 1000)


def _answers(payloads: Iterable[Payload]) -> Iterator[Payload]:
    """The same answer at another time is another fact: the figures still stand."""
    for payload in payloads:
        said = f"{payload.seen_at} {digest_of(payload)}".encode()
        digest = hashlib.blake2b(said, digest_size=20).hexdigest()
        yield replace(payload, digest=digest)


# -- being told -------------------------------------------------------------------


def _told(inbox: Inbox, name: str) -> Iterator[Payload]:
    """Waiting deliveries, many in a payload; those that are refused together are
    read again one by one, so that a bad one holds up no other."""
    size, alone_until, before = TOGETHER, 0, 0
    while waiting := inbox.waiting(name, size):
        first, last = waiting[0].id, waiting[-1].id
        if first == before:  # it still waits: it was refused
            if size == 1:
                return
            size, alone_until, before = 1, last, 0
            continue
        before = first
        yield assembled(name, waiting)
        if last >= alone_until:
            size = TOGETHER


def assembled(name: str, deliveries: list[Delivery]) -> Payload:
    """Deliveries as one payload: JSON lines with n (its number), id, at, headers
    (names in lower case) and body (base64)."""
    lines = [
        json.dumps(
            {
                "n": each.id,
                "id": each.delivery_id,
                "at": each.received_at,
                "headers": json.loads(each.headers),
                "body": base64.b64encode(each.body).decode(),
            }
        )
        for each in deliveries
    ]
    numbers = tuple(each.id for each in deliveries)
    return Payload(
        f"hooks/{name} deliveries {numbers[0]}-{numbers[-1]}",
        max(each.received_at for each in deliveries),
        body="".join(f"{line}\n" for line in lines).encode(),
        deliveries=numbers,
    )
