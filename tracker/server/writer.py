"""Keeps deliveries: one thread, many deliveries a transaction, one sync for all.

While one batch is synced, the next one gathers. The loop hands over once a turn, not
once a delivery, and is woken once a batch, so the two threads seldom meet.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence

from tracker.errors import StoreError
from tracker.store.inbox import MOST, Arrival, Inbox, Put

log = logging.getLogger(__name__)

#: Bytes of one transaction.
BYTES = 8 << 20
#: What became of an arrival, or why nothing did.
Fate = Put | StoreError
Waiter = tuple[Arrival, "asyncio.Future[Fate]"]


class Writer:
    """`keep` is called in the loop's thread alone; its figures too belong to it.

    waiting, held: deliveries and their bytes that are not kept yet. batches, seconds:
    transactions so far and the time they took. kept: told after each batch, in the
    loop's thread, with the sources that have something new.
    """

    def __init__(self, inbox: Inbox, kept: Callable[[set[str]], None]) -> None:
        self.inbox, self._tell = inbox, kept
        self.waiting = self.held = self.batches = 0
        self.seconds = 0.0
        #: Why the last batch failed, and when the last one was kept (monotonic).
        self.failure: StoreError | None = None
        self.kept_at = time.monotonic()
        self._gathered: list[Waiter] = []
        self._queue: queue.SimpleQueue[list[Waiter] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="inbox", daemon=True)

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def stop(self) -> None:
        """Keep what was handed over, then end."""
        self._queue.put(None)
        self._thread.join()
        self.inbox.close()

    def keep(self, arrival: Arrival) -> asyncio.Future[Fate]:
        """Done when the delivery is on the disk, or cannot be kept."""
        future: asyncio.Future[Fate] = self._loop.create_future()
        self.waiting += 1
        self.held += len(arrival.body)
        self._gathered.append((arrival, future))
        if len(self._gathered) == 1:
            self._loop.call_soon(self._hand_over)
        return future

    def _hand_over(self) -> None:
        gathered, self._gathered = self._gathered, []
        self._queue.put(gathered)

    # -- the thread ---------------------------------------------------------------

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            waiters = first
            last = self._drain(waiters)
            for some in _batches(waiters):
                self._keep(some)
            if last:
                return

    def _drain(self, waiters: list[Waiter]) -> bool:
        """Everything that came meanwhile; True when it was told to stop."""
        while True:
            try:
                more = self._queue.get_nowait()
            except queue.Empty:
                return False
            if more is None:
                return True
            waiters += more

    def _keep(self, waiters: list[Waiter]) -> None:
        began = time.perf_counter()
        fates: Sequence[Fate]
        try:
            fates = self.inbox.put([arrival for arrival, _ in waiters])
            self.failure, self.kept_at = None, time.monotonic()
        except StoreError as error:
            fates, self.failure = [error] * len(waiters), error
        except Exception as error:  # the thread must live, and nobody must wait
            log.exception("a batch broke", extra={"action": "inbox"})
            broken = StoreError("BUG", "inbox", f"unexpected: {type(error).__name__}")
            fates, self.failure = [broken] * len(waiters), broken
        took = time.perf_counter() - began
        self._loop.call_soon_threadsafe(self._wake, waiters, fates, took)

    def _wake(self, waiters: list[Waiter], fates: Sequence[Fate], took: float) -> None:
        self.batches += 1
        self.seconds += took
        self.waiting -= len(waiters)
        new = set()
        for (arrival, future), fate in zip(waiters, fates, strict=True):
            self.held -= len(arrival.body)
            if fate is Put.NEW:
                new.add(arrival.source)
            if not future.done():
                future.set_result(fate)
        if new:
            self._tell(new)


def _batches(waiters: list[Waiter]) -> list[list[Waiter]]:
    """As they came, cut where a transaction would be too large."""
    batches: list[list[Waiter]] = [[]]
    size = 0
    for each in waiters:
        size += len(each[0].body)
        if len(batches[-1]) == MOST or (size > BYTES and batches[-1]):
            batches.append([])
            size = len(each[0].body)
        batches[-1].append(each)
    return batches
