"""Stripe: `Stripe-Signature: t=SECONDS,v1=HEX[,v1=HEX...]`, signed is `t.body`.

docs.stripe.com/webhooks/signature. While a secret is rolled there is a v1 for each;
v0 and others are not looked at. Amounts are in minor units.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracker.model import iso
from tracker.sources.items import OUTCOME, Item
from tracker.sources.schemes.base import Scheme, Told, inside, known, seconds, text
from tracker.sources.schemes.money import amount
from tracker.sources.signing import Sealed, hexed, parts

#: A session is paid when it is completed, or later by a slow way of paying.
PAID = ("checkout.session.completed", "checkout.session.async_payment_succeeded")


def verify(sealed: Sealed) -> str:
    found = parts(sealed.header("stripe-signature"))
    times = found.get("t", [])
    if len(times) != 1:
        raise sealed.bad("the stripe-signature header has not one time")
    message = f"{times[0]}.".encode() + sealed.body
    sealed.check(found.get("v1", []), message, hexed)
    sealed.in_time(times[0])
    return sealed.own_id()


def read(told: Told) -> Iterator[Item | None]:
    kind, thing = inside(told.value, "type"), inside(told.value, "data", "object")
    if kind in PAID and _is_paid(thing):
        yield _outcome(told.value, thing, inside(thing, "amount_total"))
    elif kind == "charge.refunded" and inside(thing, "refunded") is True:
        units = inside(thing, "amount_refunded")
        yield _outcome(told.value, thing, units, status="reversed")
    else:  # a part paid back does not undo a sale
        yield None


def _is_paid(session: Any) -> bool:
    """Money was asked for and has come; a card may also be saved for later."""
    asked = inside(session, "mode") != "setup"
    return bool(asked and inside(session, "payment_status") != "unpaid")


def _outcome(value: Any, thing: Any, units: Any, **more: str) -> Item:
    """The sale of a session or charge; its metadata may name whose it is."""
    data = {
        **known(
            id=text(value, "id"),
            kind="sale",
            at=iso(seconds(value, "created")),
            order=text(thing, "payment_intent") or text(thing, "id"),
            campaign=text(thing, "metadata", "campaign"),
            ambassador=text(thing, "metadata", "ambassador"),
            code=text(thing, "metadata", "code"),
            link=text(thing, "metadata", "link"),
        ),
        **amount(units, inside(thing, "currency")),
        **more,
    }
    return Item("$.data.object", OUTCOME, data)


SCHEME = Scheme(verify, read)
