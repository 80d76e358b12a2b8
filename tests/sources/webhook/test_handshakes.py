"""Platforms ask by GET whether this address is ours; no database is needed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from sources.webhook.hooks import SECRETS, hook

from tracker.sources.base import Greeting, Pushed, Selecting
from tracker.sources.webhook import SCHEMES, GreetedSource

ASKED = {"hub.mode": "subscribe", "hub.verify_token": "meadow"}


def greeted(*words: Any, **options: Any) -> GreetedSource:
    source = hook(*words, **options)
    assert isinstance(source, GreetedSource)
    return source


def test_what_the_server_needs_is_there() -> None:
    for scheme in SCHEMES:
        source = hook(scheme)
        assert isinstance(source, Pushed)
        assert isinstance(source, Selecting)
        assert isinstance(source, Greeting) == (scheme in ("meta", "x"))


@pytest.mark.parametrize("challenge", ["1158201444", "A-b_9", "a" * 128])
def test_meta_is_answered_its_challenge(challenge: str) -> None:
    source = greeted("meta", verify_token="meadow")
    answer = source.greet({**ASKED, "hub.challenge": challenge})
    assert answer == ("text/plain", challenge)


@pytest.mark.parametrize(
    "changed",
    [
        {"hub.verify_token": "meadows"},
        {"hub.verify_token": ""},
        {"hub.verify_token": "\ud800é"},
        {"hub.mode": "unsubscribe"},
        {"hub.challenge": "<script>"},
        {"hub.challenge": ""},
        {"hub.challenge": "a" * 129},
        {"hub.challenge": "1\n2"},
        {"hub.challenge": "1\n"},
        {"hub.challenge": "é"},
    ],
)
def test_meta_without_the_token_or_with_more_than_a_word(
    changed: dict[str, str],
) -> None:
    query = {**ASKED, "hub.challenge": "1", **changed}
    assert greeted("meta", verify_token="meadow").greet(query) is None


def test_meta_without_anything() -> None:
    assert greeted("meta", verify_token="meadow").greet({}) is None
    assert greeted("meta", "GONE").greet({**ASKED, "hub.challenge": "1"}) is None


def test_the_token_may_be_a_reference_or_else_the_secret() -> None:
    query = {**ASKED, "hub.verify_token": SECRETS["TWO"], "hub.challenge": "1"}
    for source in (
        greeted("meta", verify_token={"env": "TWO"}),
        greeted("meta", verify_token=[{"env": "ONE"}, {"env": "TWO"}]),
        greeted("meta", "TWO"),
    ):
        assert source.greet(query) == ("text/plain", "1")
    assert greeted("meta", "TWO", verify_token={"env": "ONE"}).greet(query) is None


def test_x_is_answered_the_token_signed_by_the_first_secret() -> None:
    """As docs.x.com describes it: base64 of the HMAC, after `sha256=`."""
    token = "MTU2NDk2ODE4OA.foo-bar_="
    answer = greeted("x", "TWO", "ONE").greet({"crc_token": token})
    assert answer is not None
    kind, body = answer
    digest = hmac.new(SECRETS["TWO"].encode(), token.encode(), hashlib.sha256).digest()
    assert kind == "application/json"
    assert json.loads(body) == {
        "response_token": "sha256=" + base64.b64encode(digest).decode()
    }


@pytest.mark.parametrize(
    "token", ["", '{"for_user_id":"1"}', "[1]", '"a"', "a b", "é", "a\n", "a" * 257]
)
def test_x_never_signs_what_could_be_a_delivery(token: str) -> None:
    """The answer is the signature of a body with these bytes: whoever asked could
    push it."""
    assert greeted("x").greet({"crc_token": token}) is None
    assert greeted("x").greet({}) is None
    assert greeted("x", "GONE").greet({"crc_token": "a"}) is None
