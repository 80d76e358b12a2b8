"""Only what a known key signed, and signed just now, is let in."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sources.webhook import hooks
from sources.webhook.hooks import NOW, SECRETS, SENDERS, SIGNED, TIMED, hook

from tracker.errors import DeliveryError
from tracker.sources.webhook import SCHEMES, WebhookSource

BODY = b'{"type": "click", "data": []}'


def refusal(
    source: WebhookSource, headers: dict[str, str], body: bytes = BODY, now: int = NOW
) -> str:
    """The code of the refusal, which is always an answer 401."""
    with pytest.raises(DeliveryError) as caught:
        source.verify(body, headers, now)
    assert caught.value.status == 401
    return caught.value.code


# -- what others published ------------------------------------------------------------


def test_the_vector_of_standard_webhooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the test suites of the specification's reference libraries."""
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    body, now = b'{"test": 2432232314}', 1_614_265_330_000
    assert hook().verify(body, headers, now) == "msg_p5jXN8AQM9LWM0D4loKWxJek"


@pytest.mark.parametrize("scheme", ["github", "meta"])
def test_the_vector_of_github(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """docs.github.com, validating webhook deliveries; Meta signs in the same way."""
    monkeypatch.setitem(SECRETS, "ONE", "It's a Secret to Everybody")
    digest = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    headers = {"x-hub-signature-256": f"sha256={digest}"}
    assert hook(scheme).verify(b"Hello, World!", headers, NOW).startswith("sha256:")


@pytest.mark.parametrize(
    ("scheme", "name", "value"),
    [
        # printf '{"a":1}' | openssl dgst -sha256 -hmac key [-binary | base64]
        (
            "dub",
            "dub-signature",
            "88a67f24bbcdaed0e6c997404bb79a743baf44c6bab2f4c27328e3009d22e342",
        ),
        (
            "shopify",
            "x-shopify-hmac-sha256",
            "iKZ/JLvNrtDmyZdAS7eadDuvRMa6svTCcyjjAJ0i40I=",
        ),
        (
            "x",
            "x-twitter-webhooks-signature",
            "sha256=iKZ/JLvNrtDmyZdAS7eadDuvRMa6svTCcyjjAJ0i40I=",
        ),
        (
            "stripe",
            "stripe-signature",
            "t=1782864000,v1=3a76940b67cd1afb3e9f0fae36fe45eabb15d0be752077bfd40390a4f74783fe",
        ),
        (
            "tiktok",
            "tiktok-signature",
            "t=1782864000,s=3a76940b67cd1afb3e9f0fae36fe45eabb15d0be752077bfd40390a4f74783fe",
        ),
    ],
)
def test_signatures_made_by_another_program(
    scheme: str, name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SECRETS, "ONE", "key")
    assert hook(scheme).verify(b'{"a":1}', {name: value}, NOW)


# -- ids ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scheme", "number"),
    [
        ("standard", "msg_1"),
        ("github", "72d3162e-cc78-11e3-81ab-4c9367dc0958"),
        ("shopify", "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043"),
    ],
)
def test_a_delivery_has_its_senders_id(scheme: str, number: str) -> None:
    headers = SENDERS[scheme](SECRETS["ONE"], BODY)
    assert hook(scheme).verify(BODY, headers, NOW) == number


@pytest.mark.parametrize("scheme", ["meta", "stripe", "tiktok", "dub", "x"])
def test_without_an_id_the_body_is_known_again(scheme: str) -> None:
    """Whenever it is signed; another body is another delivery."""
    source, secret = hook(scheme), SECRETS["ONE"]
    one = source.verify(BODY, SENDERS[scheme](secret, BODY), NOW)
    later = NOW + 86_400_000
    assert source.verify(BODY, SENDERS[scheme](secret, BODY, later), later) == one
    other = BODY + b" "
    assert source.verify(other, SENDERS[scheme](secret, other), NOW) != one


# -- keys -----------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_active_secret_counts_and_no_other(scheme: str) -> None:
    for secret in SECRETS.values():
        headers = SENDERS[scheme](secret, BODY)
        assert hook(scheme, "ONE", "TWO").verify(BODY, headers, NOW)
    assert refusal(hook(scheme), SENDERS[scheme](SECRETS["TWO"], BODY)) == "SIG_BAD"


def test_one_of_several_signatures_is_enough() -> None:
    """As a sender writes them while it changes its own key."""
    headers = hooks.standard(SECRETS["ONE"], BODY)
    other = hooks.standard("other", BODY)["webhook-signature"]
    mine = headers["webhook-signature"]
    source = hook()
    for several in (f"{other} {mine}", f"v1a,xyz {mine} {other}", f"{mine} v2,"):
        headers["webhook-signature"] = several
        assert source.verify(BODY, headers, NOW) == "msg_1"
    headers["webhook-signature"] = f"{other} v1a,{mine[3:]}"
    assert refusal(source, headers) == "SIG_BAD"


def test_a_secret_of_another_endpoint_is_gone_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Secrets are read when they are used: one that is taken away works no longer."""
    source, headers = hook(), hooks.standard(SECRETS["ONE"], BODY)
    assert source.verify(BODY, headers, NOW)
    monkeypatch.setitem(SECRETS, "ONE", "whsec_" + "A" * 32)
    assert refusal(source, headers) == "SIG_BAD"


@pytest.mark.parametrize("broken", ["whsec_", "whsec_!", "whsec_A"])
def test_without_a_readable_secret_the_sender_shall_try_again(
    broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SECRETS, "ONE", broken)
    headers = hooks.standard(SECRETS["TWO"], BODY)
    for source in (hook(), hook("standard", "GONE")):
        with pytest.raises(DeliveryError) as caught:
            source.verify(BODY, headers, NOW)
        assert (caught.value.code, caught.value.status) == ("SECRET_MISSING", 503)
        assert broken not in str(caught.value)
    assert hook("standard", "GONE", "ONE", "TWO").verify(BODY, headers, NOW)


# -- time -----------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", TIMED)
@pytest.mark.parametrize("age", [-301, -300, -299, 0, 299, 300, 301, 86_400])
def test_the_window_is_exact(scheme: str, age: int) -> None:
    source = hook(scheme)
    headers = SENDERS[scheme](SECRETS["ONE"], BODY, NOW - age * 1000)
    if abs(age) <= 300:
        assert source.verify(BODY, headers, NOW)
    else:
        assert refusal(source, headers) == "SIG_STALE"


@pytest.mark.parametrize("scheme", TIMED)
@pytest.mark.parametrize("time", ["NaN", "-5", "0x10", "1" + "0" * 20, "1e9", "", "١"])
def test_a_time_that_is_none(scheme: str, time: str) -> None:
    """Also where it is signed: whoever has the key may not write nonsense either."""
    headers = SENDERS[scheme](SECRETS["ONE"], BODY)
    old = str(NOW // 1000)
    changed = {name: value.replace(old, time) for name, value in headers.items()}
    assert refusal(hook(scheme), changed) == "SIG_BAD"


def test_a_signed_time_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SECRETS, "ONE", "key")
    made = hooks._mac("key", b"soon." + BODY).hex()
    assert refusal(hook("stripe"), {"stripe-signature": f"t=soon,v1={made}"})


# -- forgeries ------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_broken_header_is_refused(scheme: str) -> None:
    """Missing, doubled, empty, of 64 kB, not ASCII, with a NUL; whatever is signed."""
    sound, source = SENDERS[scheme](SECRETS["ONE"], BODY), hook(scheme)
    names = [SIGNED[scheme]]
    names += ["webhook-id", "webhook-timestamp"] if scheme == "standard" else []
    for name in names:
        rest = {key: value for key, value in sound.items() if key != name}
        assert refusal(source, rest) == "SIG_BAD"
        value = sound[name]
        for broken in (
            f"{value}\n{value}",
            "",
            " ",
            value + "A" * 65_536,
            value + "\u00e9",
            "\u00e9" * 10,
            "\ud800",
            value + "\0",
            value.replace("sha256=", "").replace("v1,", "").replace("t=", ""),
            value.upper() + value,
        ):
            if broken != value:
                assert refusal(source, {**sound, name: broken}) == "SIG_BAD", broken


@pytest.mark.parametrize(
    ("scheme", "name"),
    [("github", "x-github-delivery"), ("shopify", "x-shopify-webhook-id")],
)
@pytest.mark.parametrize("number", ["", "a\na", "a b", "é", "x" * 256, "x" * 65_536])
def test_an_id_that_is_none(scheme: str, name: str, number: str) -> None:
    headers = {**SENDERS[scheme](SECRETS["ONE"], BODY), name: number}
    assert refusal(hook(scheme), headers) == "SIG_BAD"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_signatures_of_other_schemes_do_not_pass(scheme: str) -> None:
    source = hook(scheme)
    for other, sender in SENDERS.items():
        if SIGNED[other] != SIGNED[scheme]:
            assert refusal(source, sender(SECRETS["ONE"], BODY)) == "SIG_BAD"


def test_ten_thousand_mutations_are_refused() -> None:
    """One bit of the body, the id, the time or the signature changed, for each
    scheme in turn; the part of the header after the signature is not signed."""
    dice = random.Random(20260701)
    sources = {scheme: hook(scheme) for scheme in SCHEMES}
    body = b'{"type":"outcome","data":{"id":"e1","kind":"sale","value":"10.00"}}'
    for turn in range(10_000):
        scheme = SCHEMES[turn % len(SCHEMES)]
        headers = SENDERS[scheme](SECRETS["ONE"], body)
        headers = {k: v.split(",v0=")[0] for k, v in headers.items()}
        names = ["", SIGNED[scheme]]
        names += ["webhook-id", "webhook-timestamp"] if scheme == "standard" else []
        name = dice.choice(names)
        changed = _flipped(headers[name].encode() if name else body, dice)
        if name:
            headers[name] = changed.decode("latin-1")
        with pytest.raises(DeliveryError) as caught:
            sources[scheme].verify(body if name else changed, headers, NOW)
        assert caught.value.status == 401


def _flipped(data: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(data) * 8)
    changed = bytearray(data)
    changed[at // 8] ^= 1 << at % 8
    return bytes(changed)


@given(
    st.sampled_from(SCHEMES),
    st.dictionaries(
        st.sampled_from([*SIGNED.values(), "webhook-id", "webhook-timestamp"]),
        st.text(max_size=80) | st.from_regex(r"t=\d*,(v1|s)=[0-9a-f]*", fullmatch=True),
    ),
    st.binary(max_size=60),
)
def test_whatever_is_sent_ends_as_a_refusal(
    scheme: str, headers: dict[str, str], body: bytes
) -> None:
    """Never another exception."""
    assert refusal(hook(scheme), headers, body) in ("SIG_BAD", "SIG_STALE")
