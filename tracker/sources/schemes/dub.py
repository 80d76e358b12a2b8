"""Dub: Dub-Signature is the hex HMAC of the raw body (dub.co/docs/webhooks).

A body is `{"id", "event", "createdAt", "data"}`; amounts are in the currency's minor
unit. The key of a short link is its code.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracker.sources.items import CLICK, OUTCOME, Item
from tracker.sources.schemes.base import Scheme, Told, inside, known, text
from tracker.sources.schemes.money import amount
from tracker.sources.signing import Sealed, hexed


def verify(sealed: Sealed) -> str:
    sealed.check([sealed.header("dub-signature")], sealed.body, hexed)
    return sealed.own_id()


def read(told: Told) -> Iterator[Item | None]:
    makers = {"link.clicked": _click, "lead.created": _lead, "sale.created": _sale}
    make = makers.get(str(inside(told.value, "event")))
    yield make(told.value) if make else None


def _click(value: Any) -> Item:
    data = known(
        id=text(value, "id"),
        code=text(value, "data", "link", "key"),
        clicked_at=text(value, "createdAt"),
        user_agent=text(value, "data", "click", "ua"),
        referrer=text(value, "data", "click", "referer"),
    )
    return Item("$", CLICK, data)


def _lead(value: Any) -> Item:
    return Item("$", OUTCOME, _outcome(value, "lead"))


def _sale(value: Any) -> Item:
    sale = inside(value, "data", "sale")
    data = {
        **_outcome(value, "sale"),
        **amount(inside(sale, "amount"), inside(sale, "currency")),
        **known(order=text(sale, "invoiceId")),
    }
    return Item("$", OUTCOME, data)


def _outcome(value: Any, kind: str) -> dict[str, Any]:
    return known(
        id=text(value, "id"),
        kind=kind,
        at=text(value, "createdAt"),
        link=text(value, "data", "link", "key"),
    )


SCHEME = Scheme(verify, read)
