"""What the tests of webhooks share: senders that sign, and inboxes to be read."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tracker.errors import ConfigError
from tracker.sources.base import Payload, Surroundings
from tracker.sources.contract import Parsed, check_payload
from tracker.sources.webhook import WebhookSource, factory

#: 2026-07-01T00:00:00Z, when deliveries come.
NOW = 1_782_864_000_000
SECRETS = {"ONE": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "TWO": "It's a Secret"}

Headers = dict[str, str]


def reveal(reference: Mapping[str, str], subject: str) -> str:
    try:
        return SECRETS[reference["env"]]
    except KeyError:
        raise ConfigError("SECRET_MISSING", subject, "it is not set") from None


def hook(scheme: str = "standard", *names: str, **options: Any) -> WebhookSource:
    """A source of this scheme with these secrets active; ONE if none is named."""
    secrets = [{"env": name} for name in names or ("ONE",)]
    around = Surroundings("/nowhere", "Europe/Paris", reveal)
    return factory("shop", {"scheme": scheme, "secret": secrets, **options}, around)


# -- senders ------------------------------------------------------------------------


def _mac(secret: str, message: bytes) -> bytes:
    return hmac.new(secret.encode(), message, hashlib.sha256).digest()


def standard(secret: str, body: bytes, at: int = NOW, number: str = "msg_1") -> Headers:
    time = str(at // 1000)
    key = base64.b64decode(secret[6:]) if secret[:6] == "whsec_" else secret.encode()
    signed = f"{number}.{time}.".encode() + body
    made = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": number,
        "webhook-timestamp": time,
        "webhook-signature": f"v1,{made}",
    }


def meta(secret: str, body: bytes, at: int = NOW) -> Headers:
    return {"x-hub-signature-256": f"sha256={_mac(secret, body).hex()}"}


def github(secret: str, body: bytes, at: int = NOW) -> Headers:
    guid = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
    return {**meta(secret, body), "x-github-delivery": guid, "x-github-event": "ping"}


def shopify(secret: str, body: bytes, at: int = NOW) -> Headers:
    return {
        "x-shopify-hmac-sha256": base64.b64encode(_mac(secret, body)).decode(),
        "x-shopify-webhook-id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        "x-shopify-topic": "orders/paid",
    }


def stripe(secret: str, body: bytes, at: int = NOW) -> Headers:
    time = str(at // 1000)
    made = _mac(secret, time.encode() + b"." + body).hex()
    return {"stripe-signature": f"t={time},v1={made},v0={'0' * 64}"}


def tiktok(secret: str, body: bytes, at: int = NOW) -> Headers:
    time = str(at // 1000)
    made = _mac(secret, time.encode() + b"." + body).hex()
    return {"tiktok-signature": f"t={time},s={made}"}


def dub(secret: str, body: bytes, at: int = NOW) -> Headers:
    return {"dub-signature": _mac(secret, body).hex()}


def x(secret: str, body: bytes, at: int = NOW) -> Headers:
    made = base64.b64encode(_mac(secret, body)).decode()
    return {"x-twitter-webhooks-signature": f"sha256={made}"}


SENDERS: dict[str, Callable[..., Headers]] = {
    "standard": standard,
    "meta": meta,
    "github": github,
    "shopify": shopify,
    "stripe": stripe,
    "tiktok": tiktok,
    "dub": dub,
    "x": x,
}
#: The header of each scheme that carries its signature.
SIGNED = {
    "standard": "webhook-signature",
    "meta": "x-hub-signature-256",
    "github": "x-hub-signature-256",
    "shopify": "x-shopify-hmac-sha256",
    "stripe": "stripe-signature",
    "tiktok": "tiktok-signature",
    "dub": "dub-signature",
    "x": "x-twitter-webhooks-signature",
}
TIMED = ("standard", "stripe", "tiktok")


# -- reading ------------------------------------------------------------------------


def inbox(*bodies: Any, headers: Headers | None = None, at: int = NOW) -> Payload:
    """A payload of deliveries 1, 2, ...; a body is bytes or what is written as JSON."""
    lines = [
        json.dumps(
            {
                "n": number,
                "id": f"d{number}",
                "at": at,
                "headers": headers or {},
                "body": base64.b64encode(_bytes(body)).decode(),
            }
        )
        for number, body in enumerate(bodies, 1)
    ]
    return Payload("hooks/shop deliveries", at, body="\n".join(lines).encode())


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def read(source: WebhookSource, *bodies: Any, headers: Headers | None = None) -> Parsed:
    """What deliveries say; the contract of sources is checked on the way."""
    return check_payload(source, inbox(*bodies, headers=headers))


def rows(parsed: Parsed) -> list[dict[str, Any]]:
    """The readings, with only the columns that are known, and without their lines."""
    assert parsed.frame is not None, parsed.refused
    return [
        {k: v for k, v in row.items() if v is not None and k != "line"}
        for row in parsed.frame.to_dicts()
    ]


def said(parsed: Parsed) -> list[dict[str, Any]]:
    """The data of the events."""
    return [json.loads(event.data) for event in parsed.events]


def refusals(parsed: Parsed) -> Sequence[tuple[str, str]]:
    """Place and code of the rejects."""
    return [(reject.column, reject.code) for reject in parsed.rejects]
