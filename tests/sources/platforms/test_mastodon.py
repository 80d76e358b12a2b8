"""Mastodon, against a server that answers as Mastodon servers do."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sources.platforms.replies import (
    TOKEN,
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

from tracker.errors import ConfigError, PermanentSourceError, TransientSourceError
from tracker.sources.contract import check_source
from tracker.sources.platforms.mastodon import plain_text

STATUSES = "/api/v1/statuses"
LOOKUP = "/api/v1/accounts/lookup"
HERS = "/api/v1/accounts/14715/statuses"
HOST = "mastodon.example"
IDS = [f"{HOST}/11234567890123450{n}" for n in (1, 2, 9)]
NEXT = {
    "Link": f'<https://{HOST}{HERS}?limit=40&max_id=112345678901234511>; rel="next", '
    f'<https://{HOST}{HERS}?limit=40&min_id=112345678901234512>; rel="prev"'
}
TIMELINE = {
    LOOKUP: Reply("mastodon/account.json"),
    HERS: [
        Reply("mastodon/account-statuses-1.json", headers=NEXT),
        Reply("mastodon/account-statuses-2.json"),
    ],
}


def test_figures_of_known_posts() -> None:
    with serving(by_path({STATUSES: Reply("mastodon/statuses.json")})) as server:
        mastodon = source("mastodon", server)
        payloads = list(mastodon.ask(questions(posts("mastodon", *IDS)), None))
    assert server.asked[0].params == [("id[]", i.partition("/")[2]) for i in IDS]
    assert "authorization" not in server.asked[0].headers
    found = rows(mastodon, payloads)
    assert found[0] == {
        "post_id": IDS[0],
        "handle": "ada@mastodon.example",
        "url": "https://mastodon.example/@ada/112345678901234501",
        "published_at": 1777622400000,
        "caption": "Day one #fiesta",
        "likes": 40,
        "comments": 3,
        "shares": 5,
        "quotes": 2,
    }
    assert found[1]["caption"] == "Travel & rest\nsecond line\n\nNew paragraph"
    (batch,) = batches(mastodon, payloads)
    assert batch.absent == (("mastodon", IDS[2]),)


def test_twenty_posts_a_call_and_each_server_its_own() -> None:
    ids = [f"{HOST}/{10**17 + n}" for n in range(45)] + [
        "other.example/200000000000000001"
    ]
    with serving(by_path({STATUSES: Reply(b"[]")})) as server:
        mastodon = source("mastodon", server)
        known = posts("mastodon", *ids, "no server", "inner host/1")
        payloads = list(mastodon.ask(questions(known), None))
    assert [len(each.params) for each in server.asked] == [20, 20, 5, 1]
    assert payloads[-1].label == "other.example: posts 1-1 of 1"
    absent = [each for b in batches(mastodon, payloads) for each in b.absent]
    assert absent == [("mastodon", each) for each in ids]


def test_a_server_before_4_3_is_asked_one_by_one() -> None:
    def answering(asked: Asked) -> Reply:
        if asked.path == f"{STATUSES}/112345678901234501":
            return Reply(b'{"id":"112345678901234501","favourites_count":4}')
        return Reply("mastodon/error-404.json", 404)

    with serving(answering) as server:
        mastodon = source("mastodon", server)
        payloads = list(mastodon.ask(questions(posts("mastodon", *IDS[:2])), None))
    assert len(server.asked) == 3
    assert [row["likes"] for row in rows(mastodon, payloads)] == [4]
    assert [b.absent for b in batches(mastodon, payloads)] == [
        (),
        (("mastodon", IDS[1]),),
    ]


def test_new_posts_of_an_enrolled_handle() -> None:
    """Boosts are not the account's own; a run goes on from its newest post."""
    with serving(by_path(TIMELINE)) as server:
        mastodon = source("mastodon", server)
        payloads = list(mastodon.ask(questions((), [f"@Ada@{HOST}"]), None))
        assert [p.bookmark is None for p in payloads] == [True, False]
        list(mastodon.ask(questions((), [f"ada@{HOST}"]), payloads[-1].bookmark))
    lookup, first, second, later = server.asked
    assert lookup.params == [("acct", "ada")]
    plain = {"limit": "40", "exclude_reblogs": "true", "exclude_replies": "true"}
    assert dict(first.params) == plain
    assert dict(second.params) == {**plain, "max_id": "112345678901234511"}
    assert dict(later.params) == {**plain, "since_id": "112345678901234512"}
    assert [row["likes"] for row in rows(mastodon, payloads)] == [9, 29]
    assert [b.ignored for b in batches(mastodon, payloads)] == [1, 0]


def test_a_look_ends_at_since() -> None:
    with serving(by_path(TIMELINE)) as server:
        mastodon = source("mastodon", server, since=dt.date(2026, 5, 12))
        assert len(list(mastodon.ask(questions((), [f"ada@{HOST}"]), None))) == 1


def test_a_page_that_leads_to_itself_ends_the_run() -> None:
    page = Reply("mastodon/account-statuses-1.json", headers=NEXT)
    with serving(
        by_path({LOOKUP: Reply("mastodon/account.json"), HERS: page})
    ) as server:
        asking = source("mastodon", server).ask(questions((), [f"ada@{HOST}"]), None)
        with pytest.raises(TransientSourceError, match="page that was there"):
            list(asking)


def test_a_handle_that_nobody_has() -> None:
    with serving(by_path({LOOKUP: Reply("mastodon/error-404.json", 404)})) as server:
        mastodon = source("mastodon", server)
        assert list(mastodon.ask(questions((), [f"zoe@{HOST}", "@"]), None)) == []
    assert len(mastodon.notices) == 2


@pytest.mark.parametrize("status", [404, 410])
def test_an_account_that_is_gone_stops_nothing_else(status: int) -> None:
    """Its number was known from an earlier run. It ended every run after that."""
    replies = {
        HERS: Reply(b'{"error":"Record not found"}', status),
        STATUSES: Reply("mastodon/statuses.json"),
    }
    bookmark = json.dumps({f"ada@{HOST}": ["14715", "7"]})
    with serving(by_path(replies)) as server:
        mastodon = source("mastodon", server)
        asked = questions(posts("mastodon", *IDS), [f"ada@{HOST}"])
        payloads = list(mastodon.ask(asked, bookmark))
    assert len(rows(mastodon, payloads)) == 2
    assert mastodon.notices[0].startswith("notice[HANDLE_GONE] ")


@pytest.mark.parametrize(("own", "handle"), [(HOST, "ada"), ("o.example", "ada")])
def test_names_stand_as_the_roster_has_them(own: str, handle: str) -> None:
    """With `server`, names of that server need not repeat it."""
    with serving(by_path(TIMELINE)) as server:
        mastodon = source("mastodon", server, server=own)
        payloads = list(mastodon.ask(questions((), [handle]), None))
        known = posts("mastodon", *IDS)
    assert {row["handle"] for row in rows(mastodon, payloads)} == {"ada"}
    with serving(by_path({STATUSES: Reply("mastodon/statuses.json")})) as server:
        again = source("mastodon", server, server=HOST, posts="known")
        told = list(again.ask(questions(known, ["ada"]), None))
    assert [r["handle"] for r in rows(again, told)] == ["ada", "ben@mastodon.example"]


# -- keys and errors ------------------------------------------------------------


def test_a_token_goes_to_its_server_alone() -> None:
    token = {"env": "MASTODON_TOKEN"}
    known = posts("mastodon", f"{HOST}/1", "other.example/2")
    with serving(by_path({STATUSES: Reply(b"[]")})) as server:
        mastodon = source("mastodon", server, server=HOST, token=token)
        list(mastodon.ask(questions(known), None))
    sent = [each.headers.get("authorization") for each in server.asked]
    assert sent == [f"Bearer {TOKEN}", None]
    with pytest.raises(ConfigError, match="1 problem") as caught:
        source("mastodon", token=token)
    assert caught.value.problems == (
        "token: needs server, the only one that it is sent to",
    )


@pytest.mark.parametrize("said", ["https://mastodon.example", "a b", "", 7])
def test_servers_that_are_none(said: object) -> None:
    with pytest.raises(ConfigError):
        source("mastodon", server=said)


def test_a_limit_ends_when_its_header_says() -> None:
    soon = machine_time() // 1000 + 200
    text = dt.datetime.fromtimestamp(soon, dt.UTC).isoformat()
    headers = {"X-RateLimit-Reset": text.replace("+00:00", ".000000Z")}
    busy = Reply("mastodon/error-429.json", 429, headers)
    with serving(by_path({STATUSES: busy})) as server:
        known = posts("mastodon", *IDS)
        error = failure(source("mastodon", server), questions(known))
    assert (error.code, error.retry_at) == ("QUOTA", soon * 1000)  # type: ignore[attr-defined]


def test_one_server_that_wants_a_key_stops_no_other() -> None:
    """It is told; only when none answers does the source wait for a person."""
    known = posts("mastodon", "a.example/1", "b.example/2")

    def answering(asked: Asked) -> Reply:
        if asked.param("id[]") == "1":
            return Reply("mastodon/error-401.json", 401)
        return Reply("mastodon/statuses.json")

    with serving(answering) as server:
        mastodon = source("mastodon", server)
        assert len(list(mastodon.ask(questions(known), None))) == 1
        assert mastodon.notices[0].startswith("warning[REAUTH] source s")
        with pytest.raises(PermanentSourceError):
            list(source("mastodon", server).ask(questions(known[:1]), None))


# -- reading --------------------------------------------------------------------


def test_odd_rows_are_rejects_and_stop_no_other() -> None:
    (batch,) = source("mastodon").parse(recorded("mastodon/statuses-odd.json"))
    assert batch.frame["post_id"].to_list() == [f"{HOST}/112345678901234503"]
    assert batch.frame["caption"].to_list() == ["NUL \ufffd and half a sign \ufffd"]
    assert [(r.line, r.column, r.code) for r in batch.rejects] == [
        (2, "replies_count", "ROW_NUMBER"),
        (3, "post_id", "ROW_ID"),
        (4, "", "ROW_TYPE"),
    ]


@given(st.text())
def test_any_content_is_read(content: str) -> None:
    assert "<br>" not in plain_text(content)


def test_the_contract_holds() -> None:
    names = ["statuses", "statuses-odd", "account-statuses-1", "account", "error-404"]
    payloads = [recorded(f"mastodon/{name}.json") for name in names]
    check_source(source("mastodon"), [*payloads, recorded("bluesky/error-403.json")])
