"""What deliveries of the plain webhook say, and what becomes of what is wrong."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sources.webhook.hooks import NOW, hook, inbox, read, refusals, rows, said

from tracker.errors import ConfigError, PayloadError
from tracker.model import METRICS
from tracker.sources.base import Payload, Rereading, Surroundings
from tracker.sources.contract import check_payload
from tracker.sources.webhook import OPTIONS, factory, line_of

AROUND = Surroundings("/nowhere", "UTC")
POST = {"platform": "youtube", "post_id": "dQw4w9WgXcQ", "views": 12}
SALE = {"id": "e1", "kind": "sale", "at": "2026-06-30T10:00:00Z"}
CLICK = {"id": "c1", "code": "SUMMER", "clicked_at": "2026-06-30T10:00:00Z"}


def metrics(*data: Any) -> dict[str, Any]:
    return {"type": "post.metrics", "data": list(data)}


def outcome(**changed: Any) -> dict[str, Any]:
    return {"type": "outcome", "data": {**SALE, **changed}}


# -- readings -------------------------------------------------------------------------


def test_one_item_and_a_list_of_items() -> None:
    one = {"type": "post.metrics", "data": POST}
    assert rows(read(hook(), one)) == rows(read(hook(), metrics(POST)))
    assert len(rows(read(hook(), one, metrics(POST, POST), metrics()))) == 3


def test_numbers_and_texts_are_the_same_values() -> None:
    """Ids beyond 2^64 stay exact; a whole number may be written as 12.0 in JSON."""
    item = {
        "platform": "x",
        "post_id": 2**70 + 1,
        "views": "12",
        "likes": 12.0,
        "shares": None,
        "captured_at": "2026-06-30 12:00",
        "handle": "@ada",
        "caption": "'=not a formula\nat all",
        "something": {"else": 1},
    }
    (row,) = rows(read(hook(), metrics(item)))
    assert row == {
        "platform": "x",
        "handle": "@ada",
        "post_id": "1180591620717411303425",
        "captured_at": NOW - 14 * 3_600_000,  # noon in Paris
        "caption": "'=not a formula\nat all",
        "views": 12,
        "likes": 12,
    }


def test_a_reading_is_of_the_signed_time_or_of_the_arrival() -> None:
    (row,) = rows(read(hook(), metrics(POST)))
    assert row["captured_at"] == NOW
    signed = {"webhook-timestamp": str(NOW // 1000 - 200)}
    (row,) = rows(read(hook(), metrics(POST), headers=signed))
    assert row["captured_at"] == NOW - 200_000


def test_the_blocks_platform_and_handle_stand_in() -> None:
    source = hook(platform="twitter", handle="ada", timezone="UTC")
    (row,) = rows(read(source, metrics({"post_id": "1", "views": 1})))
    assert (row["platform"], row["handle"]) == ("x", "ada")


def test_a_post_by_its_address() -> None:
    (row,) = rows(
        read(hook(), metrics({"url": "https://x.com/ada/status/5", "likes": 1}))
    )
    assert (row["platform"], row["post_id"]) == ("x", "5")


@pytest.mark.parametrize(
    ("item", "place", "code"),
    [
        (5, "", "ROW_TYPE"),
        ({"post_id": "1"}, "", "ROW_METRICS"),
        ({"views": 1}, ".post_id", "ROW_ID"),
        ({**POST, "views": -1}, ".views", "ROW_NUMBER"),
        ({**POST, "views": 2**53}, ".views", "ROW_NUMBER"),
        ({**POST, "views": 1.5}, ".views", "ROW_NUMBER"),
        ({**POST, "views": "1.234,5"}, ".views", "ROW_NUMBER"),
        ({**POST, "views": True}, ".views", "ROW_TYPE"),
        ({**POST, "views": {"total": 1}}, ".views", "ROW_TYPE"),
        ({**POST, "captured_at": "01/02/2026"}, ".captured_at", "ROW_DATE"),
        ({**POST, "platform": "myspace"}, ".platform", "ROW_PLATFORM"),
        ({**POST, "post_id": "a\0b"}, ".post_id", "ROW_ID"),
        ({**POST, "published_at": "2026-07-02"}, ".captured_at", "ROW_ORDER"),
    ],
)
def test_a_bad_reading_is_rejected_with_its_place(
    item: Any, place: str, code: str
) -> None:
    """And the one beside it is kept."""
    item = (
        {**item, "captured_at": item.get("captured_at", "2026-06-30")}
        if (isinstance(item, dict))
        else item
    )
    parsed = read(hook(), metrics(POST, item))
    assert refusals(parsed) == [(f"$.data[1]{place}", code)]
    assert len(rows(parsed)) == 1


def test_names_with_nul_and_halves_of_signs_are_harmless() -> None:
    body = json.dumps(metrics({**POST, "caption": "a\0b\ud83d"})).encode()
    (row,) = rows(read(hook(), body))
    assert row["caption"] == "a\ufffdb\ufffd"


# -- events ---------------------------------------------------------------------------


def test_an_outcome_and_a_click() -> None:
    """Nothing is kept but what is known of events; numbers as they were written."""
    click = {"type": "click", "data": {**CLICK, "user_agent": "Mozilla/5.0", "ip": "1"}}
    body = b'{"type":"outcome","data":[{"id":7,"kind":"sale","at":"2026-06-30",'
    body += b'"value":19.90,"currency":"eur","quantity":2,"new_customer":true,'
    body += b'"code":"","email":"ada@example.org"}]}'
    parsed = read(hook(), body, click)
    assert said(parsed) == [
        {
            "at": "2026-06-30",
            "currency": "EUR",
            "id": "7",
            "kind": "sale",
            "new_customer": "yes",
            "quantity": "2",
            "value": "19.90",
        },
        {**CLICK, "agent": "Browser"},
    ]
    first, second = parsed.events
    assert (first.kind, first.id, first.line) == ("outcome", "7", line_of(1, 1))
    assert (second.kind, second.id, second.at) == ("click", "c1", NOW - 50_400_000)


@pytest.mark.parametrize(
    ("changed", "place", "code"),
    [
        ({"id": None}, ".id", "ROW_MISSING"),
        ({"id": " "}, ".id", "ROW_MISSING"),
        ({"id": "a\nb"}, ".id", "ROW_ID"),
        ({"kind": ""}, ".kind", "ROW_MISSING"),
        ({"at": None}, ".at", "ROW_MISSING"),
        ({"at": " "}, ".at", "ROW_MISSING"),
        ({"at": "yesterday"}, ".at", "ROW_DATE"),
        ({"value": "1,50"}, ".value", "ROW_NUMBER"),
        ({"value": [1]}, ".value", "ROW_TYPE"),
        ({"quantity": -1}, ".quantity", "ROW_NUMBER"),
        ({"currency": "EURO"}, ".currency", "ROW_CURRENCY"),
        ({"status": "maybe"}, ".status", "ROW_STATUS"),
        ({"new_customer": "perhaps"}, ".new_customer", "ROW_TYPE"),
        ({"code": "x" * 2001}, ".code", "ROW_TEXT"),
    ],
)
def test_a_bad_event_is_rejected_with_its_place(
    changed: dict[str, Any], place: str, code: str
) -> None:
    parsed = read(hook(), outcome(**changed), outcome(id="e2"))
    assert refusals(parsed) == [(f"$.data{place}", code)]
    assert [event.id for event in parsed.events] == ["e2"]


# -- whole deliveries -----------------------------------------------------------------


def test_what_is_not_understood_is_ignored_with_a_count() -> None:
    parsed = read(hook(), {"type": "user.created", "data": {}}, [], 1, "x", None, {})
    assert (parsed.rows, parsed.ignored) == (0, 6)


def test_a_body_that_is_no_json_is_one_reject() -> None:
    """The server refuses it; one that is in the inbox all the same stops no other."""
    parsed = read(hook(), b'{"a":NaN}', b"\xff\0", outcome())
    assert refusals(parsed) == [("$.a", "JSON_STRICT"), ("$", "JSON_STRICT")]
    assert len(parsed.events) == 1


@pytest.mark.parametrize(
    "body", [b"{", b"{}", b'{"n":1,"at":1,"headers":{},"body":"!"}']
)
def test_a_payload_that_is_no_list_of_deliveries(body: bytes) -> None:
    with pytest.raises(PayloadError, match="HOOK_PAYLOAD"):
        list(hook().parse(Payload("x", NOW, body=body)))


def test_headers_may_come_as_text() -> None:
    line = json.loads(inbox(metrics(POST)).body or b"")
    line["headers"] = json.dumps({"webhook-timestamp": "1782860000"})
    payload = replace(inbox(), body=json.dumps(line).encode())
    (row,) = rows(check_payload(hook(), payload))
    assert row["captured_at"] == 1_782_860_000_000


def test_many_items_come_in_pieces() -> None:
    many = metrics(*({**POST, "post_id": str(n)} for n in range(5000)))
    batches = list(hook().parse(inbox(many, many, outcome())))
    assert [batch.rows for batch in batches] == [5000, 5000, 1]
    lines = [line for batch in batches for line in batch.frame["line"]]
    assert (lines[0], lines[-1]) == (line_of(1, 1), line_of(2, 5000))


def test_rejected_items_are_read_again_by_new_settings() -> None:
    """Such as the right zone, where the clock did show that time."""
    item = {**POST, "captured_at": "2026-03-29 02:30"}
    (reject,) = read(hook(), metrics(item)).rejects
    again = hook(timezone="UTC")
    assert isinstance(again, Rereading)
    batch = again.reparse((), [(reject.line, reject.raw)], NOW + 5)
    assert batch.frame["captured_at"].to_list() == [1_774_751_400_000]
    sale = read(hook(), outcome(status="maybe")).rejects[0]
    mended = sale.raw.replace("maybe", "claimed")
    assert len(again.reparse((), [(sale.line, mended)], NOW).events) == 1
    for cut in (reject.raw[:-3], "[]", '{"data":{},"type":"what"}'):
        assert len(again.reparse((), [(1, cut)], NOW).rejects) == 1


# -- laws -----------------------------------------------------------------------------

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("1.5"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "data", *METRICS]), inner)
    ),
    max_leaves=8,
)
KEYS = ["post_id", "views", "caption", *SALE, "value", "status", "clicked_at", "code"]


@given(
    st.sampled_from(["post.metrics", "outcome", "click"]),
    VALUES | st.dictionaries(st.sampled_from(KEYS), VALUES),
)
def test_every_item_is_a_row_an_event_or_a_reject(kind: str, data: Any) -> None:
    parsed = read(hook(), {"type": kind, "data": data})
    assert parsed.rows == (len(data) if isinstance(data, list) else 1)
    assert parsed.ignored == 0


def test_the_order_of_deliveries_does_not_matter() -> None:
    """Any permutation says the same things, each at its place."""
    dice = random.Random(7)
    bodies = [metrics({**POST, "views": n}, {"views": n}) for n in range(10)]
    bodies += [outcome(id=f"e{n}") for n in range(10)]
    whole = read(hook(), *bodies)
    lines = (inbox(*bodies).body or b"").split(b"\n")
    for _ in range(20):
        dice.shuffle(lines)
        mixed = check_payload(hook(), replace(inbox(), body=b"\n".join(lines)))
        assert whole.frame is not None
        assert mixed.frame is not None
        assert mixed.frame.sort("line").equals(whole.frame)
        assert sorted(mixed.events, key=lambda e: e.line) == list(whole.events)
        assert sorted(mixed.rejects, key=lambda r: r.line) == list(whole.rejects)


# -- settings -------------------------------------------------------------------------


def test_the_registry_knows_every_option() -> None:
    from tracker.sources.registry import KINDS

    assert KINDS["webhook"].options == OPTIONS


def test_what_changes_the_meaning_changes_the_fingerprint() -> None:
    one = hook().fingerprint
    assert hook("standard", "TWO", provenance="reported").fingerprint == one
    assert hook("dub").fingerprint != one
    assert hook(platform="x").fingerprint != one


@pytest.mark.parametrize(
    ("options", "problems"),
    [
        ({"secret": None}, ["secret: is needed"]),
        ({"secret": "hunter2"}, ["secret: is a secret in the open"]),
        ({"secret": []}, ["secret: is no reference"]),
        ({"scheme": "strip"}, ['scheme: "strip" is unknown. Did you mean "stripe"?']),
        ({"provenance": "rumour"}, ['provenance: "rumour" is unknown']),
        ({"timezone": "Europe/Pari"}, ['timezone: "Europe/Pari" is unknown']),
        ({"timezone": 5}, ["timezone"]),
        ({"verify_token": 5}, ["verify_token: is no reference"]),
        ({"handle": 5}, ["handle: must be text"]),
        ({"platform": 5, "path": "x"}, ["path: is unknown", "platform: must be text"]),
        ({"platform": "myspace"}, ["platform: "]),
    ],
)
def test_every_problem_of_the_settings_is_told(
    options: dict[str, Any], problems: list[str]
) -> None:
    """And no secret with it."""
    sound = {"secret": {"env": "ONE"}, **options}
    with pytest.raises(ConfigError) as caught:
        factory("shop", {k: v for k, v in sound.items() if v is not None}, AROUND)
    told = caught.value.problems
    assert len(told) == len(problems)
    for one, begin in zip(told, problems, strict=True):
        assert one.startswith(begin)
    assert "hunter2" not in str(caught.value)
