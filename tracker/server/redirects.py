"""Redirects of tracked links: answered from memory, counted behind.

Nothing of a request ever gets into an answer, which is made once for each link. Clicks
wait in a bounded queue until storage takes them; what does not fit is counted as lost,
for each link, and that is written down too.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import queue
import secrets
import threading
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tracker import agents
from tracker.errors import TrackerError
from tracker.server import answers
from tracker.server.answers import Answer
from tracker.store import clicks, links
from tracker.store.clicks import Click
from tracker.visits import BOT, DUPLICATE, REPEAT, STATE, UNIQUE

if TYPE_CHECKING:
    from tracker.store.database import Database

log = logging.getLogger(__name__)

#: Clicks that may wait for storage, and how many are written at once.
WAITING, AT_ONCE = 100_000, 5_000
#: Visitors that are remembered for the window.
VISITORS = 200_000
#: Seconds between two tries to write, and between two looks for new links.
PAUSE, LOOK = 0.2, 0.5
DAY = 86_400_000
#: Headers by which a browser says that nobody looks at it yet.
PURPOSES = (b"purpose", b"sec-purpose", b"x-moz")


class Known(NamedTuple):
    """A link: its row, and its answer."""

    number: int
    answer: Answer


class Visitors:
    """Who clicked on what lately: keyed hashes, in memory alone, with a key a day."""

    def __init__(self) -> None:
        self._day = -1
        self._key = b""
        self._last: OrderedDict[tuple[int, bytes], int] = OrderedDict()

    def repeats(
        self, link: int, address: str, agent: str, now: int, window: int
    ) -> bool:
        """Is this a repeat within the window of that visitor's last unique click?"""
        who = self._hash(address, agent, now)
        last = self._last.get((link, who))
        if last is not None and 0 <= now - last < window:
            return True
        self._last[link, who] = now
        self._last.move_to_end((link, who))
        if len(self._last) > VISITORS:
            self._last.popitem(last=False)
        return False

    def _hash(self, address: str, agent: str, now: int) -> bytes:
        if now // DAY != self._day:
            self._day, self._key = now // DAY, secrets.token_bytes(32)
            self._last.clear()
        said = f"{address}\0{agent}".encode("utf-8", "surrogateescape")
        return hashlib.blake2b(said, key=self._key, digest_size=16).digest()


class Redirects:
    """`answer` is called in the loop's thread alone."""

    def __init__(self, database: Database, home: Path, window: int) -> None:
        self._database, self._home = database, home
        self.window = window
        self.at: Mapping[bytes, Known] = {}
        self.counts: Counter[str] = Counter()
        self._visitors = Visitors()
        self._queue: queue.Queue[Click] = queue.Queue(WAITING)
        #: Clicks, and lost ones, that are just being written: storage may take long.
        self._under_way = (0, 0)
        self._lost: Counter[int] = Counter()
        self._since: dict[int, int] = {}
        self._guard = threading.Lock()
        self._end = threading.Event()
        self._threads: list[threading.Thread] = []
        self._told: tuple[int, int] | None = None

    # -- the loop's thread ----------------------------------------------------------

    def answer(
        self,
        code: bytes,
        address: str,
        headers: Sequence[tuple[bytes, bytes]],
        now: int,
        *,
        head: bool,
    ) -> Answer:
        """The redirect of a code, with its click counted; NOT_FOUND for others."""
        known = self.at.get(code)
        if known is None:
            return answers.NOT_FOUND
        click = self._judged(known.number, address, headers, now, head=head)
        self.counts[click.sort] += 1
        try:
            self._queue.put_nowait(click)
        except queue.Full:
            with self._guard:
                self._lost[known.number] += 1
                self._since.setdefault(known.number, now)
        return known.answer

    def _judged(
        self,
        link: int,
        address: str,
        headers: Sequence[tuple[bytes, bytes]],
        now: int,
        *,
        head: bool,
    ) -> Click:
        named = {name: value.decode("latin-1") for name, value in headers}
        text = named.get(b"user-agent")
        found = agents.judge(text)
        rule = found.rule
        waits = [v.decode("latin-1") for name, v in headers if name in PURPOSES]
        if head:
            rule = agents.HEAD
        elif rule != agents.NO_AGENT and agents.prefetched(*waits):
            rule = agents.PREFETCH
        host = agents.host(named.get(b"referer"))
        if rule:
            return Click(link, now, BOT, rule, found.family, host)
        if self._visitors.repeats(link, address, text or "", now, self.window):
            return Click(link, now, DUPLICATE, REPEAT, found.family, host)
        return Click(link, now, UNIQUE, None, found.family, host)

    # -- behind ---------------------------------------------------------------------

    def start(self) -> None:
        """Know the links, and begin to write."""
        self._read()
        works = (self._write_on, self._read_on, self._tell_on)
        for name, work in zip(("clicks", "links", "told"), works, strict=True):
            thread = threading.Thread(target=work, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Write what waits, then end."""
        self._end.set()
        for thread in self._threads:
            thread.join(10)
        self._tell()

    @property
    def waiting(self) -> int:
        return self._queue.qsize() + self._under_way[0]

    @property
    def uncounted(self) -> int:
        """Lost clicks that are not written down yet."""
        return sum(self._lost.values()) + self._under_way[1]

    def _read_on(self) -> None:
        while not self._end.wait(LOOK):
            self._read()

    def _read(self) -> None:
        try:
            found = links.destinations(self._database)
        except TrackerError as error:
            log.warning(str(error), extra={"action": "links", "once": error.code})
            return
        old = self.at
        if len(found) != len(old) or any(
            (known := old.get(code.encode())) is None or known.number != number
            for code, (number, _) in found.items()
        ):
            self.at = {
                code.encode(): Known(number, _redirect(place))
                for code, (number, place) in found.items()
            }

    def _write_on(self) -> None:
        while not self._end.wait(PAUSE):
            self._write()
        while self._write():
            pass

    def _write(self) -> bool:
        """Write what waits; False when there is nothing, or it cannot be written."""
        some = self._taken()
        lost = self._taken_lost()
        if not some and not lost:
            return False
        self._under_way = (len(some), sum(many for *_, many in lost))
        try:
            clicks.put(self._database, some, lost)
        except TrackerError as error:
            self._give_back(some, lost)
            said = f"{error} Clicks wait: {self.waiting}."
            log.warning(said, extra={"action": "clicks", "once": error.code})
            return False
        except Exception:  # the thread must live, and no click may be lost for a bug
            self._give_back(some, lost)
            log.exception("writing clicks broke", extra={"action": "clicks"})
            return False
        self._under_way = (0, 0)
        return True

    def _taken(self) -> list[Click]:
        some: list[Click] = []
        while len(some) < AT_ONCE:
            try:
                some.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return some

    def _taken_lost(self) -> list[tuple[int, int, int]]:
        with self._guard:
            lost = [(n, self._since[n], many) for n, many in self._lost.items()]
            self._lost.clear()
            self._since.clear()
        return lost

    def _give_back(
        self, some: Sequence[Click], lost: Sequence[tuple[int, int, int]]
    ) -> None:
        """What could not be written waits on; what no longer fits is lost."""
        for click in some:
            try:
                self._queue.put_nowait(click)
            except queue.Full:
                lost = [*lost, (click.link, click.at, 1)]
        with self._guard:
            for number, at, many in lost:
                self._lost[number] += many
                self._since[number] = min(at, self._since.get(number, at))
        self._under_way = (0, 0)

    def _tell_on(self) -> None:
        """In a thread of its own: one write may wait for the database for long."""
        while not self._end.wait(PAUSE):
            self._tell()

    def _tell(self) -> None:
        """For `tracker status` of another process."""
        state = (self.waiting, self.uncounted)
        if state == self._told:
            return
        self._told = state
        place = self._home / STATE
        fresh = place.with_name(f"{STATE}.{os.getpid()}")
        said = {"pid": os.getpid(), "waiting": state[0], "uncounted": state[1]}
        try:
            fresh.write_text(json.dumps(said), "utf-8")
            fresh.chmod(0o600)
            fresh.replace(place)
        except OSError as error:
            log.debug(f"{STATE}: {error}", extra={"action": "clicks"})


def _redirect(place: str) -> Answer:
    """302 to where the link leads, byte for byte."""
    return answers.answer(302, b"", answers.TEXT, {"location": place})
