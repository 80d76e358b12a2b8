"""The contract of sources over the built-in kinds, and the contract itself."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from sources.given import FIXTURES, payload, source
from sources.platforms.replies import recorded
from sources.webhook.hooks import inbox

from tracker.model import Reject
from tracker.sources import registry
from tracker.sources.base import Batch, Payload, Polled, Surroundings
from tracker.sources.contract import (
    check_factory,
    check_fetch,
    check_frame,
    check_payload,
    check_reject,
    check_source,
    no_network,
)
from tracker.sources.csvfile import CsvSource, factory
from tracker.sources.rows import make_frame

#: For each built-in kind: settings that are sound, wrong ones, and payloads.
KINDS = {
    "csv": (
        {"path": "*.csv"},
        ({"path": "", "layout": "z", "preamble": "y"}, 3),
        [
            payload((FIXTURES / "canonical.csv").read_bytes()),
            payload((FIXTURES / "utf16.csv").read_bytes()),
            payload((FIXTURES / "german.csv").read_bytes()),
            payload((FIXTURES / "trending.csv").read_bytes()),
            payload(""),
            payload('post_id,views\n1,"x\n'),
            payload("post_id,views\n" + "a,1\nb,x\n" * 300),
        ],
    ),
    "outcomes": (
        {"path": "outcomes*.csv", "campaign": "spring"},
        ({"path": 1, "timezone": "Paris", "delimiter": ";"}, 3),
        [
            payload("id,kind,at,quantity\n1,lead,2026-01-02,3\n2,lead,,1\n"),
            payload("id,kind\n1,lead\n"),
            payload('id,kind,at\n1,lead,"2026\n'),
            payload(""),
        ],
    ),
    "webhook": (
        {"secret": {"env": "SHOP_SECRET"}},
        ({"secret": "open", "scheme": "x509", "platform": "myspace"}, 3),
        [inbox({"type": "post.metrics", "data": [{"post_id": "1", "views": 1}, 2]})],
    ),
    "youtube": (
        {"key": {"env": "YOUTUBE_API_KEY"}},
        ({"quota": "all", "stats": "some", "terms": "declined"}, 4),
        [recorded("youtube/videos.json"), recorded("youtube/videos-odd.json")],
    ),
    "instagram": (
        {"token": {"env": "INSTAGRAM_TOKEN"}},
        ({"token": {"env": "T"}, "login": "x", "version": "1"}, 2),
        [recorded("instagram/insights-feed.json"), recorded("instagram/media-1.json")],
    ),
    "facebook": (
        {"token": {"env": "FACEBOOK_TOKEN"}},
        ({"token": {"env": "T"}, "login": "facebook", "calls": -1}, 2),
        [recorded("facebook/insights.json"), recorded("instagram/error-gone.json")],
    ),
    "tiktok": (
        {"token": {"env": "TIKTOK_TOKEN"}, "handle": "ada"},
        ({"token": [{"env": "A"}, {"env": "B"}], "handle": 1}, 2),
        [recorded("tiktok/query.json"), recorded("tiktok/videos-odd.json")],
    ),
    "tiktok-research": (
        {"token": {"env": "TIKTOK_TOKEN"}},
        ({"token": {"env": "T"}, "quota": 1.5, "retention": "36h"}, 2),
        [recorded("tiktok-research/page-1.json"), recorded("tiktok/error-500.json")],
    ),
    "x": (
        {"token": {"env": "X_TOKEN"}},
        ({"token": "open", "budget": "much", "since": "may"}, 3),
        [recorded("x/tweets.json"), recorded("x/tweets-odd.json")],
    ),
    "bluesky": (
        {},
        ({"token": {"env": "X"}, "posts": "all", "parallel": 99}, 3),
        [recorded("bluesky/posts.json"), recorded("bluesky/posts-odd.json")],
    ),
    "mastodon": (
        {"server": "mastodon.example"},
        ({"server": "https://m.example", "base_url": "m"}, 2),
        [recorded("mastodon/statuses.json"), recorded("mastodon/statuses-odd.json")],
    ),
    "bitly": (
        {"token": {"env": "BITLY_TOKEN"}, "links": ["bit.ly/3aDa111"]},
        ({"links": {"bit.ly/1": "no address"}, "domains": "bit.ly"}, 3),
        [recorded("bitly/clicks.json"), recorded("bitly/summary.json")],
    ),
    "dub": (
        {"token": {"env": "DUB_TOKEN"}},
        ({"token": {"env": "T"}, "daily": "no", "links": 7}, 2),
        [recorded("dub/links.json"), recorded("dub/top-links.json")],
    ),
    "ga4": (
        {"token": {"env": "GA4_TOKEN"}, "property": "1"},
        ({"token": {"env": "T"}, "metrics": {"sessions": "sessions"}}, 2),
        [recorded("ga4/report.json"), recorded("ga4/report-odd.json")],
    ),
}


@pytest.mark.parametrize("kind", registry.KINDS)
def test_the_built_in_kinds_keep_the_contract(kind: str) -> None:
    sound, (wrong, problems), payloads = KINDS[kind]
    here = Surroundings(str(FIXTURES), "Europe/Paris")
    made = registry.make("sample", kind, sound, here)
    check_source(made, payloads)
    check_factory(registry.load(registry.KINDS[kind]), wrong, here, problems)
    if isinstance(made, Polled):
        for found in made.fetch(None):
            check_payload(made, found)


class Broken(CsvSource):
    """A source whose batches are changed on their way out."""

    def __init__(self, *changes: object) -> None:
        made = source()
        super().__init__(made.name, made.options, made.home)
        self.changes = iter(changes)

    def parse(self, payload: Payload) -> Iterator[Batch]:
        yield from super().parse(payload)
        change = next(self.changes, None)
        if isinstance(change, Batch):
            yield change
        elif callable(change):
            change()


EMPTY = Batch(make_frame({"line": []}))
SOUND = payload("post_id,views\n1,1\n2,2\n")


def row(**values: object) -> pl.DataFrame:
    plain = {"line": 9, "platform": "x", "post_id": "1", "captured_at": 0}
    return make_frame({name: [value] for name, value in {**plain, **values}.items()})


def test_what_differs_the_second_time_is_not_pure() -> None:
    with pytest.raises(AssertionError, match="parsed twice"):
        check_payload(Broken(replace(EMPTY, ignored=1)), SOUND)


def test_a_line_counts_once() -> None:
    twice = Batch(row(line=2))
    with pytest.raises(AssertionError, match="more than once"):
        check_payload(Broken(twice, twice), SOUND)


def test_connections_are_refused_while_parsing() -> None:
    def call() -> None:
        socket.create_connection(("127.0.0.1", 9))

    with pytest.raises(AssertionError, match="connection"):
        check_payload(Broken(call), SOUND)
    with pytest.raises(AssertionError), no_network():
        socket.getaddrinfo("localhost", 80)


@pytest.mark.parametrize(
    "values",
    [
        {"platform": "myspace"},
        {"platform": None},
        {"post_id": ""},
        {"captured_at": None},
        {"views": -1},
        {"views": 2**53},
        {"published_at": 5, "captured_at": 4},
    ],
)
def test_rows_outside_the_limits_are_found(values: dict[str, object]) -> None:
    check_frame(row())
    with pytest.raises(AssertionError):
        check_frame(row(**values))


def test_columns_and_their_types_are_found() -> None:
    with pytest.raises(AssertionError, match="columns are"):
        check_frame(row().drop("views"))
    with pytest.raises(AssertionError, match="column views is"):
        check_frame(row().with_columns(pl.col("views").cast(pl.Float64)))


@pytest.mark.parametrize(
    "bad",
    [
        Reject(2, "", "row_number", "bad", ""),
        Reject(2, "", "ROW", "", ""),
        Reject(2, "", "ROW", "bad.", ""),
        Reject(2, "", "ROW", "bad", "x" * 5000),
    ],
)
def test_rejects_that_say_too_little_or_too_much_are_found(bad: Reject) -> None:
    with pytest.raises(AssertionError):
        check_reject(bad)


def test_sources_that_skip_are_found(tmp_path: Path) -> None:
    class Forgetful:
        def __init__(self) -> None:
            self.left = [SOUND]

        def fetch(self, bookmark: str | None) -> Iterator[Payload]:
            while self.left:
                yield self.left.pop()

    with pytest.raises(AssertionError, match="skipped"):
        check_fetch(Forgetful())
    with pytest.raises(AssertionError, match="wrong settings were taken"):
        check_factory(factory, {"path": "x"}, Surroundings("/", "UTC"), 1)
