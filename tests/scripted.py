"""A kind of source for tests: it does what its `script` says, in this process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from tracker.sources.base import Payload, Policy

#: By name of the source: what its fetch does.
SCRIPTS: dict[str, Callable[[], None]] = {}
#: Names of sources in the order in which they were fetched.
FETCHED: list[str] = []
#: Lets all sources go that hang.
LET_GO = threading.Event()


class Scripted:
    kind = "scripted"
    policy = Policy()
    fingerprint = "1"

    def __init__(self, name):
        self.name = name

    def fetch(self, bookmark) -> Iterator[Payload]:
        FETCHED.append(self.name)
        SCRIPTS.get(self.name, lambda: None)()
        yield from ()

    def parse(self, payload):
        yield from ()

    def settled(self, payload, now):
        return True


def factory(name, options, surroundings):
    return Scripted(name)


def hang():
    LET_GO.wait(30)
