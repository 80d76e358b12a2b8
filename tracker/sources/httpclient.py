"""The one way out to the network: every call of a connector goes through here.

A call ends in time, is tried again only where that does no harm, goes only where it
may, and never fills the memory. What is said of it names the host and nothing else:
paths, parameters and headers may hold keys.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from functools import cached_property, partial
from itertools import count
from threading import Event
from typing import TYPE_CHECKING, Any, Self

from tracker import __version__
from tracker.clock import now
from tracker.errors import PermanentSourceError
from tracker.sources import again, bodies
from tracker.sources.addresses import Gate
from tracker.sources.calls import Answer, Call, UpstreamError
from tracker.sources.memory import give_back
from tracker.sources.origins import host_of, origin, plain
from tracker.sources.passage import Limits, Passage
from tracker.sources.redirects import HOPS, onward
from tracker.sources.troubles import KEPT, UnsendableError, subject, told

if TYPE_CHECKING:
    from requests import PreparedRequest
    from requests.adapters import HTTPAdapter

__all__ = ["Answer", "Call", "Client", "Limits", "UpstreamError", "plain"]

#: A wait that a server asks for and that is worth holding a call for (ms).
PATIENCE = 30_000
#: Sent with every call; what a caller adds may be a key and goes to its host alone.
OURS = {
    "User-Agent": f"ambassador-tracker/{__version__}",
    "Accept-Encoding": "gzip, deflate",
    "Accept": "*/*",
}
TIMES = ("", "", " twice", " three times")


class Client:
    """Calls of one source over pooled connections. Once closed it is of no use.

    allow_private: hosts that may lie inside and have any port; ports: those of all
    others. parallel: calls of `each` in flight. clock: ms UTC. sleep: how to wait
    (s) before another try. limits: how long a call may take. resets: finds in an
    answer of 429 or 503 the instant (ms UTC) from which the platform answers again,
    where `Retry-After` does not say it. ca_file: authorities to trust instead of
    the public ones, PEM.
    """

    def __init__(
        self,
        source_name: str,
        *,
        allow_private: Sequence[str] = (),
        ports: Sequence[int] = (80, 443),
        parallel: int = 32,
        clock: Callable[[], int] = now,
        sleep: Callable[[float], object] | None = None,
        limits: Limits | None = None,
        resets: Callable[[Answer], int | None] = lambda _: None,
        ca_file: str | None = None,
    ) -> None:
        self._name, self._parallel, self._clock = source_name, parallel, clock
        self._gate = Gate(tuple(allow_private), tuple(ports))
        self._limits, self._resets = limits or Limits(), resets
        self._ca_file = ca_file
        self._closed = Event()
        self._sleep = sleep or self._closed.wait
        self._running: set[Passage] = set()

    def send(self, call: Call) -> Answer:
        """Make a call and wait for its answer.

        An answer is any status but 429 and 5xx. Raises UpstreamError (UPSTREAM,
        TIMEOUT), TransientSourceError (TLS, UPSTREAM) and PermanentSourceError
        (ADDR_BLOCKED, TLS, TOO_LARGE, UPSTREAM).
        """
        return self._send(call, self._passage(bodies.Room(), 0))

    def each(self, calls: Iterable[Call]) -> Iterator[Answer]:
        """Make calls, many at a time; their answers come in the order of the calls.

        The first error, of a call or of making up the calls, is raised after the
        answers before it. Whoever stops early gives up what is under way.
        """
        _ = self._adapter  # made once, before there are threads
        room, line = bodies.Room(), deque[tuple["Passage", "Future[Answer]"]]()
        ahead = self._started(calls, room)
        try:
            for number in count():
                # Twice as many wait as are made, so that no thread waits for us.
                while len(line) < 2 * self._parallel and (begun := next(ahead, None)):
                    line.append(begun)
                if not line:
                    return
                room.turn(number)
                answer = line[0][1].result()
                line.popleft()
                yield answer
                del answer
                room.drop(number)
        finally:
            for passage, future in line:
                future.cancel()
                passage.give_up()
            room.open()

    def close(self) -> None:
        """Let go of all connections; calls that are under way end at once."""
        self._closed.set()
        for passage in tuple(self._running):
            passage.give_up()
        if "_threads" in self.__dict__:
            self._threads.shutdown(wait=False, cancel_futures=True)
        if "_adapter" in self.__dict__:
            self._adapter.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    # -- many calls

    def _started(
        self, calls: Iterable[Call], room: bodies.Room
    ) -> Iterator[tuple[Passage, Future[Answer]]]:
        """Each call, begun; a call that cannot be made up is one that failed."""
        try:
            for number, call in enumerate(calls):
                passage = self._passage(room, number)
                yield passage, self._threads.submit(self._send, call, passage)
        except Exception as error:  # noqa: BLE001 - raised when its turn has come
            failed: Future[Answer] = Future()
            failed.set_exception(error)
            yield self._passage(room, 0), failed

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._parallel, f"calls-{self._name}")

    def _passage(self, room: bodies.Room, number: int) -> Passage:
        return Passage(self._gate, self._limits, room, number)

    # -- one call, with its tries

    def _send(self, call: Call, passage: Passage) -> Answer:
        self._running.add(passage)
        try:
            with passage:
                return self._tried(call, passage)
        finally:
            self._running.discard(passage)

    def _tried(self, call: Call, passage: Passage) -> Answer:
        tries = 0
        while True:
            tries += 1
            try:
                return self._made(call, passage)
            except UpstreamError as failure:
                seconds = self._pause(call, failure, tries)
                if seconds is None or not passage.has(seconds):
                    failure.cause += TIMES[tries]
                    raise
            self._sleep(seconds)

    def _pause(self, call: Call, failure: UpstreamError, tries: int) -> float | None:
        """Seconds to wait before another try; None: there should be none."""
        if call.method != "GET" or not failure.again or tries >= again.TRIES:
            return None
        wait = (failure.retry_at or 0) - self._clock()
        if wait > PATIENCE:
            return None
        return max(wait, 0) / 1000 + again.pause(tries)

    def _made(self, call: Call, passage: Passage) -> Answer:
        """One try: the answer at the end of all redirects."""
        here = call
        for _ in range(HOPS + 1):
            answer, there = self._hop(here, passage)
            if there is None:
                return self._judged(replace(answer, call=call), self._who(here))
            here = there
        cause = f"redirects more than {HOPS} times"
        raise PermanentSourceError("UPSTREAM", self._who(here), cause, "Not fetched")

    def _hop(self, call: Call, passage: Passage) -> tuple[Answer, Call | None]:
        """One request: its answer, and where that sends us."""
        try:
            origin(call.url)
            answer = self._asked(call, passage)
            return answer, onward(call, answer)
        except Exception as error:  # noqa: BLE001 - what is not known flies on
            cause = passage.late() if passage.given_up else error
            raise told(cause, self._who(call), host_of(call.url)) from None

    def _asked(self, call: Call, passage: Passage) -> Answer:
        passage.begin()
        response = self._adapter.send(_prepared(call), stream=True)
        with closing(response.raw) as raw:
            coding = bodies.coding(response.headers, passage.ended)
            pieces = iter(partial(raw.read, bodies.PIECE, decode_content=False), b"")
            body = bodies.collect(pieces, coding, passage.grow)
        headers = {name.lower(): text for name, text in response.headers.items()}
        return Answer(call, response.status_code, headers, body, self._clock())

    def _judged(self, answer: Answer, who: str) -> Answer:
        """The answer, when it is one. Raises UpstreamError for 429 and 5xx."""
        if answer.status != 429 and answer.status < 500:
            return answer
        at = again.retry_after(answer.headers, answer.at)
        at = self._resets(answer) if at is None else at
        failure = UpstreamError("UPSTREAM", who, str(answer.status), KEPT, retry_at=at)
        failure.answer, failure.again = answer, answer.status in again.BUSY
        raise failure

    def _who(self, call: Call) -> str:
        return subject(self._name, host_of(call.url))

    @cached_property
    def _adapter(self) -> HTTPAdapter:
        from requests.adapters import HTTPAdapter
        from requests.utils import DEFAULT_CA_BUNDLE_PATH

        from tracker.sources.wires import manager

        class Adapter(HTTPAdapter):
            """The one of requests, but for the connections and who is trusted."""

            def build_connection_pool_key_attributes(
                self, request: PreparedRequest, verify: Any, cert: Any = None
            ) -> tuple[Any, Any]:
                scheme, host, port = origin(request.url or "")
                return {"scheme": scheme, "host": host, "port": port}, {}

            def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
                """Connections verify by the context that they are made with."""

        give_back()
        adapter = Adapter()
        adapter.poolmanager = manager(
            self._parallel, self._ca_file or DEFAULT_CA_BUNDLE_PATH
        )
        return adapter


def _prepared(call: Call) -> PreparedRequest:
    from requests import Request, RequestException

    request = Request(
        call.method,
        call.url,
        headers={**OURS, **call.headers},
        params=list(call.params),
        json=call.json,
        data=call.data,
    )
    try:
        return request.prepare()
    except (RequestException, ValueError):
        # Its message holds the address, or the header with the key.
        raise UnsendableError("the address or a header cannot be sent") from None
