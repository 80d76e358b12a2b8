"""The contract of a source as assertions, for built-in kinds and for yours.

A test of another package calls `check_source` with a source of its kind and some
payloads, sound and damaged ones; an AssertionError says which promise is broken.

    def test_contract():
        source = factory("mine", {"path": "x.csv"}, Surroundings("/tmp", "UTC"))
        check_source(source, [Payload("x", 0, body=b"...")])
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from tracker.errors import ConfigError, PayloadError
from tracker.model import DAY_MARK, METRICS, MOST, PLATFORMS, Reject
from tracker.sources.base import (
    AUDIENCE,
    Batch,
    Event,
    Payload,
    Policy,
    Polled,
    Source,
    Surroundings,
)
from tracker.sources.rows import FRAME, NUMBERS

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Parsed:
    """What became of a payload: all of its batches together, or a refusal.

    figures: lines of the rows of accounts.
    """

    frame: pl.DataFrame | None
    rejects: tuple[Reject, ...]
    ignored: int
    refused: str | None
    rows: int
    events: tuple[Event, ...] = ()
    figures: tuple[int, ...] = ()


def check_source(source: Source, payloads: Iterable[Payload]) -> None:
    """Every promise that can be checked without knowing what the kind reads."""
    check_identity(source)
    for payload in payloads:
        check_payload(source, payload)
    if isinstance(source, Polled):
        check_fetch(source)


def check_identity(source: Source) -> None:
    """A source says who it is, and its policy uses the words of the domain."""
    for name in ("name", "kind", "fingerprint"):
        value = getattr(source, name)
        _must(isinstance(value, str) and value, f"{name} must be text")
    _must(isinstance(source.policy, Policy), "policy must be a Policy")
    _must(set(source.policy.metrics) <= set(METRICS), "policy names unknown metrics")


def check_payload(source: Source, payload: Payload) -> Parsed:
    """Parsing is pure, opens no connection, and accounts for every row."""
    with no_network():
        once = parse_all(source, payload)
        twice = parse_all(source, payload)
    _must(_same(once, twice), f"{payload.label}: parsed twice it is not the same")
    if once.frame is not None:
        check_frame(once.frame)
        check_lines(once)
    for reject in once.rejects:
        check_reject(reject)
    for event in once.events:
        check_event(event)
    return once


def parse_all(source: Source, payload: Payload) -> Parsed:
    """All batches of a payload; a PayloadError is an answer, any other is a bug."""
    import polars as pl

    try:
        batches = list(source.parse(payload))
    except PayloadError as error:
        _must(error.code and error.cause, "a refusal needs a code and a cause")
        _must(error.rows >= 0, "a refusal cannot have fewer than no rows")
        return Parsed(None, (), 0, f"{error}", error.rows)
    for batch in batches:
        _must(isinstance(batch, Batch), "parse must yield batches")
        check_posts(batch)
        if batch.audience is not None:
            check_audience(batch.audience)
    frame = pl.concat([b.frame for b in batches]) if batches else None
    rejects = tuple(reject for batch in batches for reject in batch.rejects)
    rows = sum(batch.rows for batch in batches)
    ignored = sum(batch.ignored for batch in batches)
    events = tuple(event for batch in batches for event in batch.events)
    figures = tuple(
        line
        for batch in batches
        if batch.audience is not None
        for line in batch.audience["line"]
    )
    return Parsed(frame, rejects, ignored, None, rows, events, figures)


def check_frame(frame: pl.DataFrame) -> None:
    """The columns of FRAME, in order, with their types and the limits of values."""
    import polars as pl

    _must(tuple(frame.columns) == FRAME, f"columns are {frame.columns}, not {FRAME}")
    for name, kind in frame.schema.items():
        wanted = pl.Int64 if name in NUMBERS else pl.String
        _must(kind == wanted, f"column {name} is {kind}, not {wanted}")
    for name in ("line", "platform", "post_id", "captured_at"):
        _must(not frame[name].null_count(), f"column {name} must not be unknown")
    strange = set(frame["platform"].unique()) - set(PLATFORMS)
    _must(not strange, f"unknown platforms: {strange}")
    _must(not (frame["post_id"] == "").any(), "post_id must not be empty")
    for name in METRICS:
        known = frame[name].drop_nulls()
        _must(known.is_between(0, MOST).all(), f"{name} must be from 0 to 2^53 - 1")
    check_order(frame)


def check_order(frame: pl.DataFrame) -> None:
    """Nothing is captured before it is published; days have a day to spare."""
    import polars as pl

    day = 2 * (DAY_MARK + 1)
    days = (pl.col("captured_at") % day == DAY_MARK) | (
        pl.col("published_at") % day == DAY_MARK
    )
    early = pl.col("published_at") - pl.col("captured_at")
    bad = frame.filter(pl.when(days).then(early >= 2 * day).otherwise(early > 0))
    _must(bad.is_empty(), "a reading was captured before its post was published")


def check_audience(frame: pl.DataFrame) -> None:
    """The columns of AUDIENCE, nothing unknown, days as days, counts as counts."""
    _must(tuple(frame.columns) == AUDIENCE, f"columns are {frame.columns}")
    _must(not sum(frame.null_count().row(0)), "a figure must not be unknown")
    strange = set(frame["metric"].unique()) - {*METRICS, "followers"}
    _must(not strange, f"unknown metrics: {strange}")
    _must(set(frame["platform"].unique()) <= set(PLATFORMS), "unknown platforms")
    _must(frame["day"].str.contains(r"^\d{4}-\d\d-\d\d$").all(), "days are ISO dates")
    # Of a day more may be taken back than given, so figures may be negative.
    _must(frame["value"].is_between(-MOST, MOST).all(), "values are below 2^53")


def check_posts(batch: Batch) -> None:
    """What a batch says of posts, if it says it apart, is what its rows say."""
    if batch.posts is None and batch.whose is None:
        return
    _must(batch.posts is not None and batch.whose is not None, "posts need whose")
    assert batch.posts is not None
    assert batch.whose is not None
    said = batch.posts[batch.whose]
    same = batch.frame.select(said.columns).equals(said)
    _must(same, "posts say something else than the rows")


def check_lines(parsed: Parsed) -> None:
    """Every row has a line of its own; figures of an account may share theirs."""
    assert parsed.frame is not None
    lines = parsed.frame["line"].to_list()
    every = lines + [reject.line for reject in parsed.rejects]
    every += [event.line for event in parsed.events]
    every += set(parsed.figures)
    _must(len(every) == len(set(every)), "a line is accounted for more than once")
    _must(min(every, default=1) >= 1, "lines are counted from 1")
    shared = len(parsed.figures) - len(set(parsed.figures))
    _must(parsed.rows == len(every) + shared, "rows must be all lines together")


def check_reject(reject: Reject) -> None:
    """A reject says where, why, and shows at most 4 KiB of the row."""
    _must(reject.code.isupper(), f"code {reject.code!r} must be in capitals")
    _must(bool(reject.reason), "a reject needs its reason")
    _must(not reject.reason.endswith("."), "a reason has no full stop")
    _must(len(reject.raw.encode()) <= 4096, "more than 4 KiB of a row are kept")


def check_event(event: Event) -> None:
    """An event has an id, is a click or an outcome, and its data are one text."""
    _must(bool(event.id), "an event needs an id of its own")
    _must(event.kind in ("click", "outcome"), f"{event.kind} is no kind of event")
    data = json.loads(event.data)
    _must(list(data) == sorted(data), "an event's data must have sorted keys")


def check_fetch(source: Polled) -> None:
    """Asked twice with the same bookmark, a source may repeat but must not skip."""
    once = [payload.label for payload in source.fetch(None)]
    twice = [payload.label for payload in source.fetch(None)]
    _must(set(once) <= set(twice), f"skipped: {set(once) - set(twice)}")
    _must(len(once) == len(set(once)), "two payloads share a label")


def check_factory(
    factory: Callable[[str, Mapping[str, Any], Surroundings], Source],
    options: Mapping[str, Any],
    surroundings: Surroundings,
    wrong: int,
) -> None:
    """Settings with `wrong` problems are refused at once with all of them."""
    try:
        factory("wrong", options, surroundings)
    except ConfigError as error:
        told = len(error.problems)
        _must(told == wrong, f"{told} problems were told, not {wrong}: {error}")
        return
    _must(False, "wrong settings were taken")


@contextmanager
def no_network() -> Iterator[None]:
    """Parsing reads what it is given; a socket opened meanwhile is an error."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("parse must not open a connection")

    kept = socket.socket.connect, socket.getaddrinfo
    socket.socket.connect = refuse  # type: ignore[method-assign]
    socket.getaddrinfo = refuse
    try:
        yield
    finally:
        socket.socket.connect, socket.getaddrinfo = kept  # type: ignore[method-assign]


def _same(one: Parsed, two: Parsed) -> bool:
    if one.frame is None or two.frame is None:
        return one == two
    return one.frame.equals(two.frame) and _rest(one) == _rest(two)


def _rest(parsed: Parsed) -> tuple[object, ...]:
    counted = (parsed.ignored, parsed.rows)
    return (*counted, parsed.rejects, parsed.events, parsed.figures)


def _must(held: object, promise: str) -> None:
    if not held:
        raise AssertionError(promise)
