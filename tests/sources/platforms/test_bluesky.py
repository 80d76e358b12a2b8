"""Bluesky, against a server that answers as public.api.bsky.app does."""

from __future__ import annotations

import datetime as dt

import pytest
from sources.platforms.replies import (
    Asked,
    Reply,
    batches,
    by_path,
    failure,
    machine_time,
    posts,
    questions,
    recorded,
    rows,
    serving,
    source,
)

from tracker.errors import TransientSourceError
from tracker.sources.contract import check_source

POSTS = "/xrpc/app.bsky.feed.getPosts"
FEED = "/xrpc/app.bsky.feed.getAuthorFeed"
RESOLVE = "/xrpc/com.atproto.identity.resolveHandle"
ADA = "did:plc:z72i7hdynmk6r22z27h6tvur"
BEN = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
HERS = f"https://bsky.app/profile/{ADA}/post/3kabcdefgh22a"


def test_figures_of_known_posts() -> None:
    """Posts are asked for by their author's lasting name, told by their address, by
    an at:// address that stands as id, or looked up once by handle."""
    at_address = f"at://{BEN}/app.bsky.feed.post/3kabcdefgh22b"
    known = (
        *posts("bluesky", "3kabcdefgh22a", url=HERS),
        *posts("bluesky", at_address),
        *posts("bluesky", "3kgone1", "3kgone2", handle="@ada.example"),
        *posts("bluesky", "3knobodys"),
    )
    replies = {
        POSTS: Reply("bluesky/posts.json"),
        RESOLVE: Reply("bluesky/resolve-ada.json"),
    }
    with serving(by_path(replies)) as server:
        bluesky = source("bluesky", server)
        payloads = list(bluesky.ask(questions(known), None))
    assert server.paths() == [RESOLVE, POSTS]
    assert server.asked[0].params == [("handle", "ada.example")]
    assert [uri.rpartition("/")[2] for _, uri in server.asked[1].params] == [
        "3kabcdefgh22a",
        "3kabcdefgh22b",
        "3kgone1",
        "3kgone2",
    ]
    assert {name for name, _ in server.asked[1].params} == {"uris"}
    found = rows(bluesky, payloads)
    assert found[0] == {
        "post_id": "3kabcdefgh22a",
        "handle": "ada.example",
        "url": HERS,
        "published_at": 1777622400000,
        "caption": "Day one #fiesta",
        "likes": 40,
        "comments": 3,
        "shares": 5,
        "quotes": 2,
        "saves": 1,
    }
    assert found[1]["post_id"] == at_address
    (batch,) = batches(bluesky, payloads)
    assert batch.absent == (("bluesky", "3kgone1"), ("bluesky", "3kgone2"))


def test_twenty_five_posts_a_call() -> None:
    url = f"https://bsky.app/profile/{ADA}/post/x"
    known = posts("bluesky", *(f"3k{n}" for n in range(60)), url=url)
    with serving(by_path({POSTS: Reply(b'{"posts":[]}')})) as server:
        bluesky = source("bluesky", server)
        payloads = list(bluesky.ask(questions(known), None))
    assert sorted(len(each.params) for each in server.asked) == [10, 25, 25]
    assert sum(len(b.absent) for b in batches(bluesky, payloads)) == 60


def test_new_posts_of_an_enrolled_handle() -> None:
    """What an account passed on is not its own; a run goes on from its newest post."""
    replies = [Reply("bluesky/feed-1.json"), Reply("bluesky/feed-2.json")]
    with serving(by_path({FEED: replies})) as server:
        bluesky = source("bluesky", server)
        payloads = list(bluesky.ask(questions((), ["Ada.example"]), None))
        assert [p.bookmark is None for p in payloads] == [True, False]
    assert [dict(each.params) for each in server.asked] == [
        {
            "actor": "Ada.example",
            "limit": "100",
            "filter": "posts_and_author_threads",
            **more,
        }
        for more in ({}, {"cursor": "2026-05-11T09:00:00.000Z"})
    ]
    assert [row["likes"] for row in rows(bluesky, payloads)] == [9, 29]
    assert [b.ignored for b in batches(bluesky, payloads)] == [1, 0]
    with serving(by_path({FEED: Reply("bluesky/feed-1.json")})) as server:
        again = source("bluesky", server)
        told = list(again.ask(questions((), ["ada.example"]), payloads[-1].bookmark))
    assert len(told) == 1
    assert rows(again, told) == []


def test_a_look_ends_at_since() -> None:
    with serving(by_path({FEED: Reply("bluesky/feed-1.json")})) as server:
        day = dt.date(2026, 5, 13)
        bluesky = source("bluesky", server, since=day)
        assert len(list(bluesky.ask(questions((), ["ada.example"]), None))) == 1


def test_a_handle_that_nobody_has() -> None:
    lost = Reply("bluesky/error-actor.json", 400)
    replies = {FEED: lost, RESOLVE: Reply("bluesky/error-handle.json", 400)}
    with serving(by_path(replies)) as server:
        bluesky = source("bluesky", server)
        known = posts("bluesky", "3k1", "3k2", handle="gone.example")
        assert list(bluesky.ask(questions(known, ["gone.example"]), None)) == []
    assert [text[:20] for text in bluesky.notices] == ["notice[HANDLE_GONE] "] * 2
    assert server.paths() == [FEED, RESOLVE]


def test_a_cursor_that_comes_again_ends_the_run() -> None:
    with serving(by_path({FEED: Reply("bluesky/feed-1.json")})) as server:
        asking = source("bluesky", server).ask(questions((), ["ada.example"]), None)
        payloads = [next(asking), next(asking)]
        with pytest.raises(TransientSourceError, match="page that was there"):
            next(asking)
    assert {p.bookmark for p in payloads} == {None}


def test_a_limit_ends_when_its_header_says() -> None:
    reset = machine_time() // 1000 + 240
    headers = {"RateLimit-Reset": str(reset), "RateLimit-Policy": "3000;w=300"}
    busy = Reply("bluesky/error-429.json", 429, headers)
    with serving(by_path({POSTS: busy})) as server:
        known = posts("bluesky", "1", url=HERS)
        error = failure(source("bluesky", server), questions(known))
    assert (error.code, error.retry_at) == ("QUOTA", reset * 1000)  # type: ignore[attr-defined]


def test_a_closed_door_waits_for_a_person() -> None:
    with serving(by_path({POSTS: Reply("bluesky/error-403.json", 403)})) as server:
        known = posts("bluesky", "1", url=HERS)
        error = failure(source("bluesky", server), questions(known))
    assert error.code == "ASKED"


def test_odd_rows_are_rejects_and_stop_no_other() -> None:
    """Counts that are left out are unknown; a clock far ahead does not date a post."""
    (batch,) = source("bluesky").parse(recorded("bluesky/posts-odd.json"))
    assert batch.frame["post_id"].to_list() == ["3odd1", "3odd2"]
    assert batch.frame["likes"].to_list() == [None, 1]
    assert batch.frame["handle"].to_list() == ["ben.bsky.social", None]
    assert batch.frame["published_at"].to_list() == [1777750212345] * 2
    assert (
        batch.frame["caption"].to_list()[1].startswith("NUL \ufffd, half a sign \ufffd")
    )
    assert [(r.line, r.code) for r in batch.rejects] == [
        (3, "ROW_NUMBER"),
        (4, "ROW_ID"),
        (5, "ROW_TYPE"),
    ]


def test_everything_is_asked_of_one_host() -> None:
    """A post's own address decides nothing but whose it is."""

    def answering(asked: Asked) -> Reply:
        assert asked.param("uris") == f"at://{ADA}/app.bsky.feed.post/1"
        return Reply("bluesky/posts.json")

    known = posts("bluesky", "1", url=f"https://other.example/profile/{ADA}/post/1")
    with serving(answering) as server:
        list(source("bluesky", server).ask(questions(known), None))
    assert server.paths() == [POSTS]


def test_the_contract_holds() -> None:
    names = ["posts", "posts-odd", "feed-1", "feed-2", "error-429", "error-403"]
    check_source(
        source("bluesky"), [recorded(f"bluesky/{name}.json") for name in names]
    )
