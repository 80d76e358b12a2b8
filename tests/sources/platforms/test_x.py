"""X, against a server that answers as api.x.com does."""

from __future__ import annotations

import pytest
from sources.platforms.replies import (
    DAY,
    NOW,
    TOKEN,
    Asked,
    Reply,
    Wallet,
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

from tracker.errors import ConfigError, PermanentSourceError, TransientSourceError
from tracker.sources.base import Questions
from tracker.sources.contract import check_source
from tracker.store.database import Database
from tracker.store.quotas import Purse

ADA = "/2/users/by/username/ada_drives"
HERS = "/2/users/2244994945/tweets"
IDS = [f"185000000000000000{n}" for n in range(1, 5)]
TIMELINE = {
    ADA: Reply("x/user-ada_drives.json"),
    HERS: [Reply("x/timeline-1.json"), Reply("x/timeline-2.json")],
}


# -- known posts --------------------------------------------------------------------


def test_figures_of_known_posts_and_the_absent_ones() -> None:
    """Deleted and protected posts are absent; nothing of them is zero."""
    with serving(by_path({"/2/tweets": Reply("x/tweets.json")})) as server:
        x = source("x", server)
        payloads = list(x.ask(questions(posts("x", *IDS)), None))
    assert server.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert dict(server.asked[0].params) == {
        "ids": ",".join(IDS),
        "tweet.fields": "created_at,public_metrics",
        "expansions": "author_id",
        "user.fields": "username",
    }
    (batch,) = batches(x, payloads)
    assert batch.absent == (("x", IDS[2]), ("x", IDS[3]))
    found = rows(x, payloads)
    assert found[0] == {
        "post_id": IDS[0],
        "handle": "ada_drives",
        "url": f"https://x.com/ada_drives/status/{IDS[0]}",
        "published_at": 1777622400000,
        "caption": "Day one #fiesta",
        "impressions": 1200,
        "likes": 40,
        "comments": 3,
        "shares": 5,
        "quotes": 2,
        "saves": 4,
    }
    assert found[2]["post_id"] == "99999999999999999999999"
    assert batch.frame["captured_at"].unique().to_list() == [payloads[0].seen_at]


def test_a_hundred_posts_a_call() -> None:
    ids = [str(10**18 + n) for n in range(250)]
    with serving(by_path({"/2/tweets": Reply("x/timeline-empty.json")})) as server:
        x = source("x", server)
        payloads = list(x.ask(questions(posts("x", *ids)), None))
    sizes = [len((each.param("ids") or "").split(",")) for each in server.asked]
    assert sizes == [100, 100, 50]
    assert payloads[1].label == "posts 101-200 of 250"
    assert sum(len(b.absent) for b in batches(x, payloads)) == 250


def test_newer_names_of_the_same_figures() -> None:
    (batch,) = source("x").parse(recorded("x/tweets-new-names.json"))
    assert batch.frame["shares"].to_list() == [5]


def test_the_older_name_of_the_fields_is_asked_for_first() -> None:
    """What X refuses by name is asked for by its newer name, once a run."""

    def answering(asked: Asked) -> Reply:
        if asked.param("tweet.fields"):
            return Reply("x/error-400-fields.json", 400)
        return Reply("x/tweets-new-names.json")

    ids = [str(10**18 + n) for n in range(150)]
    with serving(answering) as server:
        x = source("x", server)
        assert len(list(x.ask(questions(posts("x", *ids)), None))) == 2
    fields = [each.param("post.fields") is not None for each in server.asked]
    assert fields == [False, True, True]


def test_an_id_that_x_refuses_fails_no_other() -> None:
    refusal = (
        b'{"errors":[{"parameters":{"ids":["99999999999999999999"]},"message":"The '
        b'`ids` query parameter value is not valid"}],"title":"Invalid Request"}'
    )

    def answering(asked: Asked) -> Reply:
        bad = "99999999999999999999" in (asked.param("ids") or "")
        return Reply(refusal, 400) if bad else Reply("x/tweets.json")

    with serving(answering) as server:
        x = source("x", server)
        known = posts("x", IDS[0], "99999999999999999999", "no number")
        payloads = list(x.ask(questions(known), None))
    assert server.asked[1].param("ids") == IDS[0]
    assert len(rows(x, payloads)) == 3


# -- new posts ----------------------------------------------------------------------


def test_new_posts_of_an_enrolled_handle_page_by_page() -> None:
    with serving(by_path(TIMELINE)) as server:
        x = source("x", server)
        asked = questions(posts("x", "1850000000000000011"), ["@ada_drives"])
        payloads = list(x.ask(asked, None))
        assert [p.bookmark is None for p in payloads] == [True, False]
        again = list(x.ask(questions((), ["ada_drives"]), payloads[-1].bookmark))
    assert server.paths() == [ADA, HERS, HERS, HERS]
    first, second, later = server.asked[1:]
    assert first.param("start_time") == "2026-04-20T12:00:00Z"
    assert first.param("exclude") == "retweets"
    assert (
        second.param("pagination_token")
        == "7140dibdnow9c7btw3w29grvxfcgvpb9n9coehpk7xz5i"
    )
    assert later.param("since_id") == "1850000000000000012"
    assert later.param("start_time") is None
    assert [row["likes"] for row in rows(x, payloads)] == [9, 19, 29]
    assert len(again) == 1


@pytest.mark.parametrize("status", [200, 404])
def test_a_handle_that_x_does_not_know(status: int) -> None:
    missing = Reply("x/user-missing.json", status)
    with serving(by_path({"/2/users/by/username/nobody_here": missing})) as server:
        x = source("x", server)
        assert list(x.ask(questions((), ["nobody_here", "no such name!"]), None)) == []
    assert server.paths() == ["/2/users/by/username/nobody_here"]
    assert x.notices[0].startswith("notice[HANDLE_GONE] source s: x knows no account")


def test_known_posts_alone_when_the_block_says_so() -> None:
    with serving(by_path(TIMELINE)) as server:
        x = source("x", server, posts="known")
        assert list(x.ask(questions((), ["ada_drives"]), None)) == []
    assert server.asked == []


def test_a_cursor_that_comes_again_ends_the_run() -> None:
    """What came before is kept, and the bookmark stays where it was."""
    replies = {ADA: Reply("x/user-ada_drives.json"), HERS: Reply("x/timeline-1.json")}
    with serving(by_path(replies)) as server:
        asking = source("x", server).ask(questions((), ["ada_drives"]), None)
        first, second = next(asking), next(asking)
        with pytest.raises(TransientSourceError, match="page that was there") as caught:
            next(asking)
    assert caught.value.code == "SCHEMA"
    assert (first.bookmark, second.bookmark) == (None, None)


# -- money --------------------------------------------------------------------------


def test_what_is_billed_is_what_is_spent() -> None:
    """Two accounts' worth for the account, a post for each that came, none for those
    that were gone or read earlier the same UTC day."""
    wallet, now = Wallet(), machine_time()
    replies = {**TIMELINE, "/2/tweets": Reply("x/tweets.json")}
    with serving(by_path(replies)) as server:
        known = (
            *posts("x", *IDS),
            *posts("x", "1850000000000000009", asked_at=now),
            *posts("x", "1850000000000000008", asked_at=now - DAY),
        )
        asked = questions(known, ["ada_drives"], now=now, wallet=wallet)
        list(source("x", server).ask(asked, None))
    assert wallet.used["posts"] == 2 + 3 + 3
    assert wallet.used["lookups"] == 1


def test_a_spent_budget_ends_the_run_before_the_call() -> None:
    with serving(by_path({"/2/tweets": Reply("x/tweets.json")})) as server:
        x = source("x", server, budget="250 posts")
        ids = [str(10**18 + n) for n in range(300)]
        wallet = Wallet({"posts": 150})
        asking = x.ask(questions(posts("x", *ids), wallet=wallet), None)
        next(asking)
        with pytest.raises(TransientSourceError) as caught:
            list(asking)
    assert caught.value.retry_at == NOW + DAY
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("said", "spent"), [("2000 posts", 2000), ("$10", 2000), ("$1.25", 250)]
)
def test_budgets(said: str, spent: int) -> None:
    assert source("x", budget=said).settings.own["budget"] == spent


@pytest.mark.parametrize("said", ["", "ten", "$0.99", "199 posts", 200, "€5", "-$1"])
def test_budgets_that_are_none(said: object) -> None:
    with pytest.raises(ConfigError, match="1 problem"):
        source("x", budget=said)


def test_what_was_not_billed_can_be_spent_again(database: Database) -> None:
    """Reserved and given back in the store's own books."""
    now = machine_time()
    purse = Purse(database, "s", machine_time)
    with serving(by_path({"/2/tweets": Reply("x/tweets.json")})) as server:
        x = source("x", server, budget="200 posts")
        for _ in range(3):
            ids = [str(10**18 + n) for n in range(100)]
            asked = Questions(now, posts("x", *ids), (), purse)
            assert len(list(x.ask(asked, "no bookmark"))) == 1


# -- errors -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status", "error", "code"),
    [
        ("error-401", 401, PermanentSourceError, "REAUTH"),
        ("error-403", 403, PermanentSourceError, "ASKED"),
        ("error-402", 402, PermanentSourceError, "ASKED"),
        ("error-429", 429, TransientSourceError, "QUOTA"),
        ("error-429-cap", 429, TransientSourceError, "QUOTA"),
    ],
)
def test_errors_by_who_can_mend_them(
    name: str, status: int, error: type[Exception], code: str
) -> None:
    """A limit ends when its header says, a month's cap is looked at tomorrow."""
    reset = "4102444800"  # too far away to be meant
    if name == "error-429":
        reset = str(machine_time() // 1000 + 600)
    headers = {"x-rate-limit-reset": reset, "x-rate-limit-remaining": "0"}
    reply = Reply(f"x/{name}.json", status, headers)
    with serving(by_path({"/2/tweets": reply})) as server:
        found = failure(source("x", server), questions(posts("x", "1")))
    assert (type(found), found.code) == (error, code)
    assert TOKEN not in str(found)
    retry_at = getattr(found, "retry_at", None)
    if name == "error-429":
        assert retry_at == int(reset) * 1000
    if name == "error-429-cap":
        assert retry_at is not None
        assert retry_at % DAY == 0
    assert len(server.asked) == 1


def test_a_mended_call_that_is_still_refused_waits_for_a_person() -> None:
    bad = b'{"errors":[{"parameters":{"expansions":["author_id"]}}],"title":"Invalid"}'
    with serving(by_path({"/2/tweets": Reply(bad, 400)})) as server:
        found = failure(source("x", server), questions(posts("x", "1")))
    assert found.code == "ASKED"


def test_odd_rows_are_rejects_and_stop_no_other() -> None:
    """A post without figures is unknown, not zero; texts may hold anything."""
    (batch,) = source("x").parse(recorded("x/tweets-odd.json", asked=("2", "9")))
    assert batch.frame["post_id"].to_list() == ["1", "3"]
    assert batch.frame["likes"].to_list() == [None, 3]
    assert batch.frame["caption"].to_list()[1] == "NUL \ufffd and half a sign \ufffd"
    assert [(r.line, r.column, r.code) for r in batch.rejects] == [
        (2, "public_metrics.like_count", "ROW_NUMBER"),
        (4, "public_metrics.retweet_count", "ROW_NUMBER"),
        (5, "id", "ROW_ID"),
        (6, "", "ROW_TYPE"),
    ]
    assert batch.absent == (("x", "9"),)


def test_the_contract_holds() -> None:
    names = ["tweets", "tweets-odd", "timeline-1", "timeline-empty", "error-429-cap"]
    payloads = [recorded(f"x/{name}.json") for name in names]
    check_source(source("x"), [*payloads, recorded("bluesky/error-403.json")])
