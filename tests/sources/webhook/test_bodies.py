"""The platforms' own bodies, understood by their schemes.

The bodies are written for these tests in the shapes that the platforms document.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sources.webhook.hooks import NOW, hook, read, refusals, rows, said

from tracker.sources.webhook import SCHEMES

# -- shops ----------------------------------------------------------------------------

ORDER = {
    "id": 820982911946154508,
    "admin_graphql_api_id": "gid://shopify/Order/820982911946154508",
    "created_at": "2026-06-30T12:00:00+02:00",
    "cancelled_at": None,
    "currency": "EUR",
    "total_price": "254.98",
    "financial_status": "pending",
    "discount_codes": [{"code": "ADA10", "amount": "10.00", "type": "percentage"}],
    "email": "somebody@example.org",
    "test": False,
}
SOLD = {
    "at": "2026-06-30T12:00:00+02:00",
    "code": "ADA10",
    "currency": "EUR",
    "id": "order/820982911946154508",
    "kind": "sale",
    "order": "820982911946154508",
    "value": "254.98",
}


def shop(*bodies: Any, topic: str = "orders/paid") -> Any:
    return read(hook("shopify"), *bodies, headers={"x-shopify-topic": topic})


def test_an_order_is_a_sale_whichever_of_its_topics_comes_first() -> None:
    """The event's id is the order's: a new and a paid order are one sale."""
    paid = {**ORDER, "financial_status": "paid", "updated_at": "2026-07-01T00:00:00Z"}
    (made,) = shop(ORDER, topic="orders/create").events
    (again,) = shop(paid).events
    assert (made.id, made.data) == (again.id, again.data)
    assert json.loads(made.data) == SOLD


def test_a_cancelled_order_is_told_apart() -> None:
    gone = {**ORDER, "cancelled_at": "2026-07-01T00:00:00Z"}
    (event,) = said(shop(gone, topic="orders/cancelled"))
    assert event["id"] == "order/820982911946154508/cancelled"
    assert (event["status"], event["order"]) == ("reversed", "820982911946154508")
    assert event["at"] == "2026-07-01T00:00:00Z"


@pytest.mark.parametrize(
    ("body", "topic"),
    [
        (ORDER, "orders/updated"),
        (ORDER, "checkouts/create"),
        (ORDER, "orders/cancelled"),
        ({**ORDER, "test": True}, "orders/paid"),
        ({**ORDER, "admin_graphql_api_id": "gid://shopify/Checkout/1"}, "orders/paid"),
        ({"id": None}, "orders/paid"),
        ([], "orders/paid"),
    ],
)
def test_other_things_of_a_shop_count_nothing(body: Any, topic: str) -> None:
    parsed = shop(body, topic=topic)
    assert (parsed.rows, parsed.ignored) == (0, 1)


def test_an_order_without_an_amount_is_rejected() -> None:
    parsed = shop({**ORDER, "total_price": "free", "discount_codes": None})
    assert refusals(parsed) == [("$.value", "ROW_NUMBER")]


def stripe(kind: str, **thing: Any) -> dict[str, Any]:
    made = {"id": "cs_1", "currency": "usd", "payment_status": "paid", **thing}
    return {
        "id": "evt_1",
        "object": "event",
        "type": kind,
        "created": NOW // 1000,
        "data": {"object": made},
    }


def test_a_paid_session_is_a_sale_and_may_name_whose() -> None:
    body = stripe(
        "checkout.session.completed",
        amount_total=2198,
        payment_intent="pi_1",
        mode="payment",
        metadata={"ambassador": "ada", "code": "ADA10", "internal": "x"},
        customer_details={"email": "somebody@example.org"},
    )
    assert said(read(hook("stripe"), body)) == [
        {
            "ambassador": "ada",
            "at": "2026-07-01T00:00:00Z",
            "code": "ADA10",
            "currency": "USD",
            "id": "evt_1",
            "kind": "sale",
            "order": "pi_1",
            "value": "21.98",
        }
    ]


@pytest.mark.parametrize(
    ("units", "currency", "value"),
    [
        (500, "jpy", "500"),
        (1234, "kwd", "1.234"),
        (500, "isk", "5"),
        (550, "ugx", "5.50"),
        (500, "mga", "500"),
        (5, "eur", "0.05"),
    ],
)
def test_minor_units_follow_the_currency(units: int, currency: str, value: str) -> None:
    body = stripe("checkout.session.completed", amount_total=units, currency=currency)
    (sale,) = said(read(hook("stripe"), body))
    assert (sale["value"], sale["currency"]) == (value, currency.upper())


def test_money_that_comes_later_and_money_that_goes_back() -> None:
    """Slow payments count when they are paid, refunds when nothing is left."""
    waiting = stripe("checkout.session.completed", payment_status="unpaid")
    paid = stripe("checkout.session.async_payment_succeeded", amount_total=100)
    part = stripe("charge.refunded", refunded=False, amount_refunded=50)
    card = stripe("checkout.session.completed", mode="setup")
    other = stripe("invoice.paid")
    parsed = read(hook("stripe"), waiting, paid, part, card, other)
    assert ([one["value"] for one in said(parsed)], parsed.ignored) == (["1.00"], 4)
    back = stripe("charge.refunded", refunded=True, amount_refunded=100, id="ch_1")
    (undone,) = said(read(hook("stripe"), back))
    assert (undone["status"], undone["order"]) == ("reversed", "ch_1")


def test_an_amount_that_cannot_be_read_is_rejected() -> None:
    body = stripe("checkout.session.completed", amount_total=1, currency="doubloon")
    assert refusals(read(hook("stripe"), body)) == [
        ("$.data.object.currency", "ROW_CURRENCY")
    ]


@pytest.mark.parametrize(
    ("units", "currency"), [("1000", "eur"), (1000.0, "eur"), (1000, None)]
)
def test_minor_units_never_pass_for_whole_ones(units: Any, currency: Any) -> None:
    thing = {"amount_total": units, "currency": currency}
    body = stripe("checkout.session.completed", **thing)
    assert refusals(read(hook("stripe"), body)) == [("$.data.object.value", "ROW_TYPE")]


# -- links ----------------------------------------------------------------------------


def dub(event: str, **data: Any) -> dict[str, Any]:
    return {
        "id": f"evt_{event}",
        "event": event,
        "createdAt": "2026-06-30T10:00:00.346Z",
        "data": {"link": {"id": "link_1", "domain": "dub.sh", "key": "ada"}, **data},
    }


def test_clicks_leads_and_sales_of_links() -> None:
    click = {"ua": "Mozilla/5.0", "referer": "t.co", "ip": "203.0.113.9"}
    sale = {"amount": 4900, "currency": "usd", "invoiceId": "in_1"}
    parsed = read(
        hook("dub"),
        dub("link.clicked", click=click),
        dub("lead.created", customer={"email": "somebody@example.org"}),
        dub("sale.created", sale=sale),
        dub("link.created"),
        {"event": ["?"]},
    )
    at = "2026-06-30T10:00:00.346Z"
    assert said(parsed) == [
        {
            "agent": "Browser",
            "clicked_at": at,
            "code": "ada",
            "id": "evt_link.clicked",
            "referrer": "t.co",
        },
        {"at": at, "id": "evt_lead.created", "kind": "lead", "link": "ada"},
        {
            "at": at,
            "currency": "USD",
            "id": "evt_sale.created",
            "kind": "sale",
            "link": "ada",
            "order": "in_1",
            "value": "49.00",
        },
    ]
    assert parsed.ignored == 2


# -- platforms ------------------------------------------------------------------------


def meta(*changes: Any, time: int = NOW // 1000) -> dict[str, Any]:
    entry = {"id": "17841405309211844", "time": time, "changes": list(changes)}
    return {"object": "instagram", "entry": [entry]}


STORY = {
    "media_id": "18023345989012587",
    "impressions": 28,
    "reach": -1,
    "replies": 0,
    "exits": 1,
    "taps_forward": 12,
}


@pytest.mark.parametrize("time", [NOW // 1000, NOW])
def test_the_figures_of_a_story(time: int) -> None:
    """A count below zero is hidden for its smallness: unknown. Replies are no
    comments. The entry has its own time, in seconds or milliseconds."""
    body = meta({"field": "story_insights", "value": STORY}, time=time)
    assert rows(read(hook("meta"), body)) == [
        {
            "platform": "instagram",
            "post_id": "18023345989012587",
            "kind": "story",
            "captured_at": NOW,
            "impressions": 28,
        }
    ]


def test_a_digit_that_is_no_number_is_no_time() -> None:
    post = {"item": "post", "verb": "add", "post_id": "1_2", "created_time": "²"}
    body = meta({"field": "feed", "value": post})
    (row,) = rows(read(hook("meta"), body))
    assert (row["post_id"], "published_at" in row) == ("1_2", False)


def test_a_new_post_of_a_page_is_known_and_a_like_counts_nothing() -> None:
    post: dict[str, Any] = {"item": "status", "verb": "add", "post_id": "1_2"}
    post |= {"message": "Lunch", "created_time": NOW // 1000 - 5}
    body = meta(
        {"field": "feed", "value": post},
        {"field": "feed", "value": {**post, "verb": "edited"}},
        {"field": "feed", "value": {**post, "item": "like"}},
        {"field": "feed", "value": {"item": "status", "verb": "add"}},
        {"field": "comments", "value": {"id": "1", "media": {"id": "2"}}},
        {"field": "story_insights", "value": {}},
        {"field": ["?"]},
    )
    body["entry"] += [{"id": "1", "messaging": [{}]}, 5]
    parsed = read(hook("meta"), body)
    assert rows(parsed) == [
        {
            "platform": "facebook",
            "post_id": "1_2",
            "caption": "Lunch",
            "published_at": NOW - 5000,
            "captured_at": NOW,
        }
    ]
    assert parsed.ignored == 8


def test_a_published_video_is_known() -> None:
    """TikTok tells it in a text of JSON inside of the JSON."""
    body = {
        "client_key": "k",
        "event": "post.publish.publicly_available",
        "create_time": NOW // 1000,
        "user_openid": "act.1",
        "content": '{"publish_id":"v1","post_id":"7234567890123456789"}',
    }
    expected = {"platform": "tiktok", "post_id": "7234567890123456789"}
    source = hook("tiktok")
    assert rows(read(source, body)) == [{**expected, "captured_at": NOW}]
    for changed in (
        {"event": "authorization.removed"},
        {"content": "{"},
        {"content": None},
        {"content": "{}"},
        {"create_time": "soon"},
    ):
        parsed = read(source, {**body, **changed})
        assert (parsed.rows, parsed.ignored) == (0, 1)


TWEET = {
    "id_str": "1050118621198921728",
    "timestamp_ms": str(NOW),
    "text": "Lunch with…",
    "extended_tweet": {"full_text": "Lunch with Ada"},
    "user": {"id_str": "2244994945", "screen_name": "ada"},
    "favorite_count": 0,
    "retweet_count": 0,
}


def test_posts_of_the_subscribed_account_and_of_nobody_else() -> None:
    other = {**TWEET, "user": {"id_str": "1", "screen_name": "bob"}}
    again = {**TWEET, "retweeted_status": TWEET}
    broken = {**TWEET, "timestamp_ms": "now"}
    tweets = [TWEET, other, again, broken]
    body = {"for_user_id": "2244994945", "tweet_create_events": tweets}
    parsed = read(hook("x"), body, {"for_user_id": "1", "favorite_events": [{}]})
    assert rows(parsed) == [
        {
            "platform": "x",
            "handle": "ada",
            "post_id": "1050118621198921728",
            "published_at": NOW,
            "captured_at": NOW,
            "caption": "Lunch with Ada",
            "likes": 0,
            "shares": 0,
        }
    ]
    assert parsed.ignored == 4


def test_a_post_told_by_an_activity_event() -> None:
    payload = {
        "id": "2080761390344937796",
        "author_id": "7",
        "created_at": "2026-07-01T00:00:00.000Z",
        "text": "Hello",
        "public_metrics": {"like_count": 0, "impression_count": 3},
    }
    users = [{"id": "8", "username": "bob"}, {"id": "7", "username": "ada"}]
    event = {"event_type": "post.create", "payload": payload}
    event["includes"] = {"users": users}
    (row,) = rows(read(hook("x"), {"data": event}))
    assert (row["handle"], row["likes"], row["impressions"]) == ("ada", 0, 3)
    assert row["published_at"] == NOW
    alone = {"data": {**event, "includes": {}, "payload": {**payload, "id": None}}}
    assert read(hook("x"), alone, {"data": {**event, "includes": {}}}).ignored == 1


def test_nothing_of_github_counts() -> None:
    assert read(hook("github"), {"zen": "Keep it logically awesome."}).ignored == 1


WORDS = [*ORDER, *STORY, *TWEET, "entry", "changes", "field", "value", "event", "type"]
WORDS += ["data", "object", "tweet_create_events", "content", "sale", "link", "click"]
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.floats(0, 1),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(st.sampled_from(SCHEMES), st.dictionaries(st.sampled_from(WORDS), ANY))
def test_whatever_shape_a_body_has_nothing_breaks(scheme: str, body: Any) -> None:
    """It is read, rejected or ignored; see the contract of sources."""
    read(hook(scheme), body, headers={"x-shopify-topic": "orders/paid"})
