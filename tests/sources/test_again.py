"""When to try again, and how bodies are put together: laws over all inputs."""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.sources.again import LONGEST, MOST, pause, retry_after
from tracker.sources.bodies import PIECE, collect
from tracker.sources.troubles import GarbledError

#: 2026-07-01T00:00:00Z
NOW = 1_782_864_000_000


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("17", 17),
        (" 17 ", 17),
        ("3600", 3600),
        ("3601", 3600),
        ("9" * 5000, 3600),
        ("Wed, 01 Jul 2026 00:01:00 GMT", 60),
        ("Wednesday, 01-Jul-26 00:01:00 GMT", 60),
        ("Wed Jul  1 00:01:00 2026", 60),
        ("Wed, 01 Jul 2026 05:00:00 GMT", 3600),
        ("Tue, 30 Jun 2026 00:00:00 GMT", 0),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("1e3", None),
        ("NaN", None),
        ("١٢", None),
        ("²", None),
        ("Wed, 99 Jul 2026 00:00:00 GMT", None),
        ("Wed, 01 Jul 99999999999 00:00:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_within_an_hour(
    text: str, seconds: int | None
) -> None:
    found = retry_after({"retry-after": text}, NOW)
    assert found == (None if seconds is None else NOW + seconds * 1000)


def test_no_header_is_no_time() -> None:
    assert retry_after({}, NOW) is None


@given(st.text() | st.integers().map(str))
def test_whatever_a_server_says_the_wait_is_within_an_hour(text: str) -> None:
    found = retry_after({"retry-after": text}, NOW)
    assert found is None or NOW <= found <= NOW + MOST


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)))  # noqa: DTZ001
def test_a_date_is_the_instant_it_says(at: datetime) -> None:
    at = at.replace(microsecond=0, tzinfo=UTC)
    found = retry_after({"retry-after": format_datetime(at, usegmt=True)}, NOW)
    meant = int(at.timestamp()) * 1000
    assert found == min(max(meant, NOW), NOW + MOST)


def test_pauses_are_all_chance_below_a_bound_that_doubles() -> None:
    """Callers that failed together come back spread over the whole of the pause."""
    for tries, bound in [(1, 1), (2, 2), (5, 16), (20, LONGEST)]:
        waits = sorted(pause(tries) for _ in range(2000))
        assert 0 <= waits[0] < bound / 50
        assert bound * 49 / 50 < waits[-1] <= bound
        assert max(b - a for a, b in pairwise(waits)) < bound / 50


PACKERS = {
    "": bytes,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "x-gzip": lambda data: gzip.compress(data[:7]) + gzip.compress(data[7:]),
}
#: Random, or repeated so that it packs well and grows over several pieces.
DATA = st.binary(max_size=300) | st.builds(
    lambda data, times: data * times, st.binary(min_size=1, max_size=40), st.just(9000)
)


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@given(st.sampled_from(sorted(PACKERS)), DATA, st.integers(1, 400))
def test_a_body_is_the_same_however_it_arrives(
    coding: str, data: bytes, size: int
) -> None:
    grown: list[int] = []
    packed = PACKERS[coding](data)
    # No more than a hundred pieces, so that many tiny ones take no time.
    found = collect(pieces(packed, max(size, len(packed) // 100)), coding, grown.append)
    assert found == data
    assert sum(grown) == len(data)
    assert all(part <= PIECE for part in grown) or not coding


@given(st.sampled_from(["gzip", "deflate"]), DATA, st.data())
def test_a_body_that_is_cut_is_never_taken_for_whole(
    coding: str, data: bytes, draw: st.DataObject
) -> None:
    packed = PACKERS[coding](data)
    cut = draw.draw(st.integers(1, len(packed) - 1))
    with pytest.raises(GarbledError):
        collect([packed[:cut]], coding, lambda _: None)


def test_an_empty_body_needs_no_coding() -> None:
    """Answers without a body often name a coding all the same."""
    assert collect([], "gzip", lambda _: None) == b""
