"""The stub as a server: quotas, faults, time, data of one's own, and the command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from support import ROOT

from tracker.stub.server import PLATFORMS, Stub

Get = Callable[..., requests.Response]
VIDEO = "/youtube/v3/videos"
ONE = {"part": "statistics", "id": "Aq_harbour0"}


# -- quotas ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "query", "status", "said"),
    [
        (VIDEO, ONE, 403, "quotaExceeded"),
        ("/v23.0/me", {}, 403, "Application request limit reached"),
        ("/2/tweets", {"ids": "1"}, 429, "Too Many Requests"),
        ("/v2/user/info/", {"fields": "open_id"}, 429, "rate_limit_exceeded"),
        ("/xrpc/app.bsky.actor.getProfile", {"actor": "ada.example.com"}, 429, "Rate"),
        ("/api/v2/instance", {}, 429, "Too many requests"),
        ("/v4/user", {}, 429, "RATE_LIMIT_EXCEEDED"),
        ("/links", {}, 429, "rate_limit_exceeded"),
    ],
)
def test_a_quota_that_is_used_up_is_told_in_the_platforms_words(
    path: str, query: dict[str, str], status: int, said: str
) -> None:
    with Stub(quota=2) as stub:
        head = {"Authorization": "Bearer t"}
        answers = [
            requests.get(stub.url + path, query, headers=head, timeout=20)
            for _ in range(3)
        ]
    assert [each.status_code == 200 for each in answers] == [True, True, False]
    assert answers[-1].status_code == status
    assert said in answers[-1].text


def test_buckets_of_a_platform_are_counted_apart() -> None:
    """batchGetStats has units of its own; a call that is wrong costs, too."""
    with Stub(quota=1) as stub:
        ask = {**ONE, "key": "k"}
        wrong = requests.get(stub.url + VIDEO, {**ask, "part": "x"}, timeout=20)
        right = requests.get(stub.url + VIDEO, ask, timeout=20)
        stats = requests.get(f"{stub.url}{VIDEO}:batchGetStats", ask, timeout=20)
    assert [each.status_code for each in (wrong, right, stats)] == [400, 403, 200]


# -- faults ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "header"),
    [
        ("/2/tweets", "x-rate-limit-reset"),
        ("/xrpc/app.bsky.feed.getPosts", "ratelimit-reset"),
        ("/api/v1/statuses", "x-ratelimit-reset"),
        ("/links", "retry-after"),
        ("/v23.0/me", "x-business-use-case-usage"),
    ],
)
def test_too_many_calls_come_with_the_platforms_own_header(
    get: Get, stub: Stub, path: str, header: str
) -> None:
    stub.fail("429")
    answer = get(path)
    assert answer.status_code >= 400
    assert header in answer.headers


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: str(platform.name))
@pytest.mark.parametrize("kind", ["429", "500", "envelope"])
def test_every_platform_has_words_for_every_fault(
    stub: Stub, platform: object, kind: str
) -> None:
    """Errors are JSON of the platform's; only some are told by a status of 200."""
    route = platform.routes[0]  # type: ignore[attr-defined]
    path = route.path.replace("{version}", "23.0").replace("{property:int}", "1")
    stub.fail(kind)
    answer = requests.request(route.method, stub.url + path, timeout=20)
    assert isinstance(answer.json(), dict)
    if kind != "envelope":
        assert answer.status_code >= 400


def test_an_answer_may_end_early(get: Get, stub: Stub) -> None:
    stub.fail("truncated")
    answer = get(VIDEO, **ONE)
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.content)
    assert get(VIDEO, **ONE).json()["items"]


@pytest.mark.parametrize("kind", ["hang", "drip"])
def test_an_answer_may_never_be_whole(kind: str) -> None:
    """And the stub still ends at once."""
    begun = time.monotonic()
    with Stub(faults={kind: 1}) as stub:
        ask = {**ONE, "key": "k"}
        with requests.get(stub.url + VIDEO, ask, timeout=20, stream=True) as answer:
            assert len(answer.raw.read(1 if kind == "drip" else 0)) < 2
    assert time.monotonic() - begun < 15


def test_faults_are_spread_evenly_and_always_in_the_same_way() -> None:
    def run() -> list[int]:
        with Stub(faults={"500": 0.25}) as stub:
            ask = {**ONE, "key": "k"}
            return [
                requests.get(stub.url + VIDEO, ask, timeout=20).status_code
                for _ in range(8)
            ]

    first = run()
    assert first == run()
    assert first.count(500) == 2


def test_there_is_no_other_fault(stub: Stub) -> None:
    with pytest.raises(ValueError, match="truncated"):
        stub.fail("explode")
    with pytest.raises(ValueError, match="truncated"):
        Stub(faults={"explode": 1})


# -- time and data ---------------------------------------------------------------


def test_counts_are_those_of_the_instant(stub: Stub, get: Get) -> None:
    def views() -> list[str]:
        items = get(VIDEO, **ONE).json()["items"]
        return [item["statistics"].get("viewCount", "?") for item in items]

    said = []
    for day in (20_200, 20_210, 20_241, 20_260, 20_270):  # days since 1970
        stub.at(day * 86_400_000 + 43_200_000)
        said.append(views())
    # Not published; published and not read yet; then each reading from its moment.
    assert said == [[], ["?"], ["1200"], ["2401"], ["3602"]]


def test_the_same_instant_gives_the_same_bytes(stub: Stub, get: Get) -> None:
    paths = ("/links", "/2/tweets/1920000000000000001", "/v23.0/me?fields=media{id}")
    first = [get(path).content for path in paths]
    assert [get(path).content for path in paths] == first


def test_data_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "youtube.csv").write_text(
        "handle,post_id,published_at,captured_at,caption,views\n"
        "ada,v1,2025-01-01,2025-01-02,Hello,7\n"
        "ada,v1,2025-01-01,2025-01-03,,9\n"
    )
    with Stub(tmp_path) as stub:
        ask = {"part": "statistics,snippet", "id": "v1", "key": "k"}
        (item,) = requests.get(stub.url + VIDEO, ask, timeout=20).json()["items"]
        empty = requests.get(
            stub.url + "/links", headers={"Authorization": "Bearer t"}, timeout=20
        )
    assert item["statistics"]["viewCount"] == "9"
    assert item["snippet"]["title"] == "Hello"
    assert empty.json() == []


def test_calls_are_counted_by_path(stub: Stub, get: Get) -> None:
    get(VIDEO, **ONE)
    get(VIDEO, **ONE)
    get("/nowhere/at/all")
    assert stub.calls[f"GET {VIDEO}"] == 2
    assert stub.calls["GET /nowhere/at/all"] == 1
    assert stub.asked[0].one("id") == "Aq_harbour0"


def test_latency_comes_before_each_answer() -> None:
    with Stub(latency=0.2) as stub:
        begun = time.monotonic()
        requests.get(stub.url + "/nothing", timeout=20)
        quick = time.monotonic() - begun
        requests.get(stub.url + "/2/tweets", timeout=20)
    assert time.monotonic() - begun - quick >= 0.2


# -- the command -----------------------------------------------------------------


def test_the_command_prints_its_address_and_answers_until_stopped() -> None:
    words = "stub --now 2025-06-20 --quota 5 --latency 1ms --fault 500:0.5".split()
    process = subprocess.Popen(
        [sys.executable, "-m", "tracker", *words],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    ask = {**ONE, "key": "k"}
    codes = [requests.get(url + VIDEO, ask, timeout=20).status_code for _ in range(4)]
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode in (0, -signal.SIGTERM)
    assert codes == [200, 500, 200, 500]


@pytest.mark.parametrize(
    "words",
    [
        ("--fault", "explode:0.1"),
        ("--fault", "500:2"),
        ("--latency", "soon"),
        ("--now", "yesterday"),
        ("--data", "/does/not/exist"),
        ("--port", "70000"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    invoke: Callable[..., object], words: tuple[str, ...]
) -> None:
    answer = invoke("stub", *words)
    assert answer.code == 2  # type: ignore[attr-defined]
