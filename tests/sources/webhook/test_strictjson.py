"""A body has one meaning or is refused, and says where and why."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import BodyError
from tracker.sources.strictjson import Written, parse


def refusal(body: bytes) -> BodyError:
    with pytest.raises(BodyError) as caught:
        parse(body)
    return caught.value


@pytest.mark.parametrize(
    ("body", "at", "why"),
    [
        (b"", "$", "not JSON at character 0: expecting value"),
        (b" ", "$", "not JSON at character 1: expecting value"),
        (b"{}x", "$", "not JSON at character 2: extra data"),
        (b"{} {}", "$", "not JSON at character 3: extra data"),
        (b"\xef\xbb\xbf{}", "$", "a byte-order mark stands before the value"),
        (b'{"a":"\xff"}', "$", "byte 6 is not UTF-8"),
        ("{}".encode("utf-16"), "$", "byte 0 is not UTF-8"),
        (b'{"a":"\xed\xa0\x80"}', "$", "byte 6 is not UTF-8"),
        (b'{"a":NaN}', "$.a", "NaN is no number of JSON"),
        (b"[1,-Infinity]", "$[1]", "-Infinity is no number of JSON"),
        (b'{"a":1,"a":1}', "$.a", "the name stands twice"),
        (b'{"a":1,"\\u0061":1}', "$.a", "the name stands twice"),
        (b'[{"b":{"a b":1,"a b":2}}]', '$[0].b["a b"]', "the name stands twice"),
        (b'{"data":{"metrics":{"likes":1e400}}}', "$.data.metrics.likes", ""),
        (b'{"data":[{"likes":-1e400}]}', "$.data[0].likes", "number out of range"),
        (b"9" * 5000, "$", "number out of range"),
        (b"[" * 65 + b"]" * 65, "$", "deeper than 64 levels"),
        (b"[" * 100_000, "$", "deeper than 64 levels"),
        (b'{"a":' * 100_000, "$", "deeper than 64 levels"),
        (b"[" * 500 + b"]" * 500, "$", "deeper than 64 levels"),
        (b'"\x00"', "$", "not JSON at character 1: invalid control character at"),
        (b"01", "$", "not JSON at character 1: extra data"),
        ("\u0661".encode(), "$", "not JSON at character 0: expecting value"),
        (b"{'a':1}", "$", ""),
        (b'{"a":1,}', "$", ""),
        (b"[1,]", "$", ""),
        (b'{"\\ud800":1,"\\udc00":2}', "$", "two names differ only in halves of signs"),
    ],
)
def test_refused_with_its_place(body: bytes, at: str, why: str) -> None:
    error = refusal(body)
    assert (error.at, error.status) == (at, 400)
    assert error.why.startswith(why)


def test_a_long_place_is_cut_and_shows_no_hidden_sign() -> None:
    name = "\u202e" + "x" * 500
    said = refusal(json.dumps({name: {name: math.nan}}).encode()).at
    assert len(said) <= 200
    assert said.isascii()


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'"\\u0000"', "\0"),
        (b"-0", 0),
        (b"18446744073709551617", 2**64 + 1),
        (b'{"a":"\\ud83d"}', {"a": "\ufffd"}),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b'{"\\udead":["\\udead",null,true,12,1.5]}', None),
        (b"12.50", "12.50"),
        (b" \t\r\n[] ", []),
        (b"[" * 64 + b"]" * 64, None),
        (json.dumps([{"a": {}}] * 100).encode(), [{"a": {}}] * 100),
    ],
)
def test_taken(body: bytes, value: Any) -> None:
    parsed = parse(body)
    if value is not None:
        assert parsed == value
    json.dumps(parsed, ensure_ascii=False).encode()


def test_what_is_no_whole_number_stays_as_it_was_written() -> None:
    """No float: 0.1 is 0.1, and a count of 1e3 is for its reader to judge."""
    values = parse(b"[0.1,1e3,-1.0E+2,1E-400]")
    assert values == ["0.1", "1e3", "-1.0E+2", "1E-400"]
    assert {type(value) for value in values} == {Written}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_what_others_write_is_read_as_they_meant_it(value: Any) -> None:
    for ascii_only in (True, False):
        assert parse(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:\\u0d8n1e.-aT', max_size=60))
def test_any_bytes_are_read_or_refused(body: bytes | str) -> None:
    """Never another exception, and what is taken is JSON for others, too."""
    given_bytes = body.encode() if isinstance(body, str) else body
    try:
        parse(given_bytes)
    except BodyError as error:
        assert error.at.startswith("$")
    else:
        json.loads(given_bytes)
