"""Items of an answer become rows or rejects, whatever they hold."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sources.platforms.replies import NOW

from tracker.errors import ConfigError, PayloadError
from tracker.model import METRICS
from tracker.sources.base import Batch, Payload, Surroundings
from tracker.sources.contract import check_frame, check_reject
from tracker.sources.platforms import settings
from tracker.sources.platforms.answers import listed, next_midnight, opened, reset_at
from tracker.sources.platforms.items import Rows, reader
from tracker.sources.values import Bad

FIELDS = {
    "post_id": "id",
    "handle": "by.name",
    "url": "link",
    "caption": "text",
    "published_at": "made",
    "views": "count.views",
    "likes": "count.likes",
}


def read(items: list[Any], asked: tuple[str, ...] = ()) -> Batch:
    """The batch of an answer that lists these items."""
    body = json.dumps({"items": items}).encode()
    payload = Payload("answer", NOW, body=body, asked=asked)
    rows = Rows(payload, "x", FIELDS)
    for line, item in enumerate(listed(payload, opened(payload)[1], "items"), 1):
        rows.add(line, item)
    return rows.batch()


HARD = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
)
HARD |= st.text(st.characters(codec=None), max_size=20) | st.just("7") | st.just("")
ITEMS = st.fixed_dictionaries(
    {},
    optional={
        "id": HARD,
        "by": st.fixed_dictionaries({"name": HARD}) | HARD,
        "link": HARD | st.just("https://x.com/a/status/1"),
        "text": HARD,
        "made": HARD | st.just("2026-05-01T10:00:00+0000"),
        "count": st.fixed_dictionaries({"views": HARD, "likes": HARD}) | HARD,
    },
)


@given(st.lists(ITEMS | HARD, max_size=4))
def test_every_item_is_a_row_or_a_reject_with_its_place(items: list[Any]) -> None:
    batch = read(items)
    check_frame(batch.frame)
    for reject in batch.rejects:
        check_reject(reject)
        reject.raw.encode()
    lines = [*batch.frame["line"], *(reject.line for reject in batch.rejects)]
    assert sorted(lines) == [*range(1, len(items) + 1)]
    for text in (t for name in FIELDS for t in batch.frame[name].drop_nulls()):
        assert "\0" not in str(text)
        str(text).encode()


@given(st.integers(0, 2**53 - 1))
def test_a_count_is_the_same_as_text_and_as_a_number(count: int) -> None:
    frame = read([{"id": "1", "count": {"views": count, "likes": str(count)}}]).frame
    assert frame["views"].to_list() == frame["likes"].to_list() == [count]


@given(st.integers(0, 2**200))
def test_ids_are_kept_to_the_letter(number: int) -> None:
    assert read([{"id": number}, {"id": f"0{number}"}]).frame["post_id"].to_list() == [
        str(number),
        f"0{number}",
    ]


@pytest.mark.parametrize(
    ("column", "raw", "code"),
    [
        ("views", True, "ROW_TYPE"),
        ("views", [], "ROW_TYPE"),
        ("views", -1, "ROW_NUMBER"),
        ("views", 2**53, "ROW_NUMBER"),
        ("views", "9" * 5000, "ROW_NUMBER"),
        ("views", "١٢", "ROW_NUMBER"),
        ("post_id", {}, "ROW_TYPE"),
        ("post_id", "a" * 256, "ROW_ID"),
        ("post_id", " a", "ROW_ID"),
        ("post_id", "a\0b", "ROW_ID"),
        ("handle", [], "ROW_TYPE"),
        ("caption", 7, "ROW_TYPE"),
        ("url", 7, "ROW_TYPE"),
        ("published_at", False, "ROW_TYPE"),
        ("published_at", -1, "ROW_DATE"),
        ("published_at", "yesterday", "ROW_DATE"),
    ],
)
def test_values_that_are_not_believed(column: str, raw: Any, code: str) -> None:
    found = reader(column)(raw)
    assert isinstance(found, Bad)
    assert found.code == code


@pytest.mark.parametrize(
    ("column", "raw", "value"),
    [
        ("views", "", None),
        ("handle", "a\0b\n", "a b"),
        ("caption", " \n", None),
        ("url", "javascript:alert(1)", None),
        ("published_at", "", None),
        ("published_at", 1_777_622_400, 1_777_622_400_000),
        ("published_at", 1_777_622_400_500, 1_777_622_400_000),
        ("published_at", "1777622400", 1_777_622_400_000),
        ("published_at", "2026-05-01T08:00:00", 1_777_622_400_000),
        ("published_at", "2026-05-01T10:00:00+0200", 1_777_622_400_000),
        ("published_at", "2026-05-01T08:00:00.000Z", 1_777_622_400_000),
    ],
)
def test_values_as_they_are_understood(column: str, raw: Any, value: Any) -> None:
    assert reader(column)(raw) == value


def test_a_rejected_post_is_not_gone() -> None:
    batch = read([{"id": "17", "count": {"views": -1}}], ("17", "18"))
    assert batch.absent == (("x", "18"),)


def test_wrong_everywhere_is_a_change_but_wrong_here_and_there_is_not() -> None:
    wrong = [{"id": str(n), "count": {"views": {}}} for n in range(5)]
    with pytest.raises(PayloadError, match=r"count\.views.*5 of 5"):
        read(wrong)
    assert len(read([*wrong, {"id": "9"}]).rejects) == 5
    assert len(read(wrong[:4]).rejects) == 4


def test_midnight_where_days_have_23_or_25_hours() -> None:
    zone, hour = "America/Los_Angeles", 3_600_000
    spring, autumn = 1_772_956_800_000, 1_793_516_400_000  # 2026-03-08, 2026-11-01
    assert next_midnight(spring, zone) - spring == 23 * hour
    assert next_midnight(autumn, zone) - autumn == 25 * hour
    assert next_midnight(spring - 1, zone) == spring


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("1779278460", NOW + 60_000),
        ("1779278460.5", NOW + 60_000),
        ("2026-05-20T12:01:00Z", NOW + 60_000),
        ("2026-05-20T12:01:00", NOW + 60_000),
        ("99999999999", None),
        ("soon", None),
        ("60", None),
        (None, None),
    ],
)
def test_resets_in_seconds_or_as_a_date(text: str | None, at: int | None) -> None:
    assert reset_at(text, NOW) == at


@pytest.mark.parametrize("secret", ["", " ", "é", "a\nb"])
def test_a_secret_that_no_header_can_carry(secret: str) -> None:
    around = Surroundings("/", "UTC", lambda *_: secret)
    made = settings.read("x", "s", {"token": {"env": "T"}}, around)
    with pytest.raises(ConfigError) as caught:
        made.secret("token")
    assert caught.value.code == "SECRET_MISSING"
    assert "s: token" in caught.value.subject


def test_metrics_are_counts() -> None:
    assert all(reader(name)("1") == 1 for name in METRICS)
