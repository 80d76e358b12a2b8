"""A stub over the example, at a fixed instant, and a way to ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tracker.stub.data import instant
from tracker.stub.faults import Faults
from tracker.stub.limits import Limits
from tracker.stub.server import Stub

#: After the second reading of each post, before the third.
NOW = instant("2025-06-20T12:00:00Z")

#: Asks by GET, with a token unless another one is given.
Get = Callable[..., requests.Response]


@pytest.fixture(scope="session")
def running() -> Iterator[Stub]:
    with Stub(now=NOW) as stub:
        yield stub


@pytest.fixture
def stub(running: Stub) -> Stub:
    """The stub as if it had just been started."""
    running.at(NOW)
    running.desk.faults, running.desk.limits = Faults(), Limits()
    running.calls.clear()
    running.asked.clear()
    running.desk.refused.clear()
    return running


@pytest.fixture
def get(stub: Stub) -> Get:
    def ask(path: str, token: str = "t", **query: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.get(stub.url + path, query, headers=headers, timeout=20)

    return ask


@pytest.fixture
def post(stub: Stub) -> Get:
    def ask(path: str, body: Any, token: str = "t", **query: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        at = stub.url + path
        return requests.post(at, params=query, json=body, headers=headers, timeout=20)

    return ask
