"""Shopify: X-Shopify-Hmac-Sha256 is the base64 HMAC of the raw body.

shopify.dev/docs/apps/build/webhooks. Topic and id stand in headers, which are not
signed: so the event's id and what kind of thing it is come from the body as well, and
a body sent again under another header changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracker.sources.items import OUTCOME, Item
from tracker.sources.schemes.base import Scheme, Told, each, inside, known, text
from tracker.sources.signing import Sealed, based

TOPIC = "x-shopify-topic"
SOLD = ("orders/create", "orders/paid")
CANCELLED = "orders/cancelled"
#: How the id of an order in Shopify's GraphQL begins; every order carries it.
ORDER = "gid://shopify/Order/"


def verify(sealed: Sealed) -> str:
    said = sealed.header("x-shopify-hmac-sha256")
    sealed.check([said], sealed.body, based)
    return sealed.own_id("x-shopify-webhook-id", "x-shopify-event-id")


def read(told: Told) -> Iterator[Item | None]:
    order, topic = told.value, told.headers.get(TOPIC)
    if not _is_order(order) or inside(order, "test") is True:
        yield None
    elif topic in SOLD:
        yield Item("$", OUTCOME, _sale(order))
    elif topic == CANCELLED and inside(order, "cancelled_at"):
        yield Item("$", OUTCOME, _undone(order))
    else:
        yield None


def _is_order(value: Any) -> bool:
    named = text(value, "admin_graphql_api_id")
    return text(value, "id") is not None and (named is None or named.startswith(ORDER))


def _sale(order: Any) -> dict[str, Any]:
    """The same for a new order and a paid one, whichever comes first."""
    codes = [
        code for one in each(order, "discount_codes") if (code := text(one, "code"))
    ]
    return known(
        id=f"order/{text(order, 'id')}",
        kind="sale",
        at=text(order, "created_at"),
        code=codes[0] if codes else None,
        value=inside(order, "total_price"),
        currency=inside(order, "currency"),
        order=text(order, "id"),
    )


def _undone(order: Any) -> dict[str, Any]:
    return {
        **_sale(order),
        "id": f"order/{text(order, 'id')}/cancelled",
        "at": text(order, "cancelled_at"),
        "status": "reversed",
    }


SCHEME = Scheme(verify, read, headers=(TOPIC,))
