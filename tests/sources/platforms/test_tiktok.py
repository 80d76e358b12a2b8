"""TikTok's Display API, against a server that answers as it does."""

from __future__ import annotations

import pytest
from sources.platforms.replies import (
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

from tracker.errors import PayloadError, PermanentSourceError, TransientSourceError
from tracker.sources.contract import check_source

QUERY, LIST = "/v2/video/query/", "/v2/video/list/"
A, B, C = (f"750000000000000000{n}" for n in (1, 2, 3))
PAGES = {LIST: [Reply("tiktok/list-1.json"), Reply("tiktok/list-2.json")]}


def test_figures_of_known_videos() -> None:
    with serving(by_path({QUERY: Reply("tiktok/query.json")})) as server:
        made = source("tiktok", server)
        known = posts("tiktok", A, B, C, "no number")
        payloads = list(made.ask(questions(known), None))
    (asked,) = server.asked
    assert (asked.method, asked.headers["authorization"]) == (
        "POST",
        "Bearer a-secret-of-nobody",
    )
    assert asked.json == {"filters": {"video_ids": [A, B, C]}}
    assert asked.params == [
        (
            "fields",
            (
                "id,share_url,video_description,create_time,view_count,like_count,"
                "comment_count,share_count"
            ),
        )
    ]
    first, second = rows(made, payloads)
    assert first == {
        "post_id": A,
        "handle": "ada.drives",
        "url": f"https://www.tiktok.com/@ada.drives/video/{A}"
        "?utm_campaign=tt4d_open_api",
        "published_at": 1777622400000,
        "caption": "Day one #fiesta",
        "views": 2000,
        "likes": 70,
        "comments": 3,
        "shares": 2,
    }
    assert "views" not in second
    assert second["comments"] == 0
    (batch,) = batches(made, payloads)
    assert batch.absent == (("tiktok", C),)
    check_source(made, payloads)


def test_twenty_videos_a_query() -> None:
    ids = [str(7_500_000_000_000_000_000 + n) for n in range(41)]
    with serving(by_path({QUERY: Reply("tiktok/query.json")})) as server:
        wallet = Wallet()
        about = questions(posts("tiktok", *ids), wallet=wallet)
        list(source("tiktok", server).ask(about, None))
    sizes = sorted(len(each.json["filters"]["video_ids"]) for each in server.asked)
    assert sizes == [1, 20, 20]
    assert wallet.used == {"query": 3}


def test_new_videos_come_with_their_figures() -> None:
    """The list tells figures: what it has shown is not asked for again."""
    with serving(by_path({**PAGES, QUERY: Reply("tiktok/query.json")})) as server:
        made = source("tiktok", server)
        about = questions(posts("tiktok", A), ["Ada.Drives"])
        payloads = list(made.ask(about, None))
    assert [each.json for each in server.asked] == [
        {"max_count": 20},
        {"max_count": 20, "cursor": 1777708800000},
    ]
    assert [row["post_id"] for row in rows(made, payloads)] == [C, B, A]
    assert payloads[-1].bookmark == '{"ada.drives":1778846400000}'


def test_the_next_look_ends_at_the_mark() -> None:
    with serving(by_path(PAGES)) as server:
        made = source("tiktok", server)
        mark = '{"ada.drives":1778846400000}'
        payloads = list(made.ask(questions((), ["ada.drives"]), mark))
        assert len(payloads) == 1
        later = '{"ada.drives":1778846400001}'
        server.asked.clear()
        assert list(made.ask(questions((), ["ada.drives"]), later)) == []


def test_a_token_of_somebody_else() -> None:
    """Videos of an account that is not enrolled are not taken; with `handle` only
    that account's known videos are asked for."""
    with serving(by_path({**PAGES, QUERY: Reply("tiktok/query.json")})) as server:
        made = source("tiktok", server, handle="ada.drives")
        known = posts("tiktok", A, handle="ben") + posts(
            "tiktok", B, handle="@Ada.Drives"
        )
        list(made.ask(questions(known, ["ben"]), None))
    assert server.asked[-1].json == {"filters": {"video_ids": [B]}}


@pytest.mark.parametrize(
    ("name", "status", "kind", "code"),
    [
        ("error-401.json", 401, PermanentSourceError, "REAUTH"),
        ("error-401.json", 200, PermanentSourceError, "REAUTH"),
        ("error-scope.json", 401, PermanentSourceError, "REAUTH"),
        ("error-429.json", 429, TransientSourceError, "QUOTA"),
        ("error-429.json", 200, TransientSourceError, "QUOTA"),
        ("error-500.json", 500, TransientSourceError, "UPSTREAM"),
        ("error-500.json", 200, TransientSourceError, "UPSTREAM"),
    ],
)
def test_errors_stand_in_the_envelope(
    name: str, status: int, kind: type, code: str
) -> None:
    before = machine_time()
    with serving(by_path({QUERY: Reply(f"tiktok/{name}", status)})) as server:
        error = failure(source("tiktok", server), questions(posts("tiktok", A)))
    assert isinstance(error, kind)
    assert error.code == code
    if code == "QUOTA":
        assert isinstance(error, TransientSourceError)
        assert error.retry_at is not None
        assert error.retry_at >= before + 60_000


def test_rows_that_are_wrong_have_their_place() -> None:
    (batch,) = batches(source("tiktok"), [recorded("tiktok/videos-odd.json")])
    assert [(r.line, r.column) for r in batch.rejects] == [
        (1, "view_count"),
        (2, "view_count"),
        (3, "view_count"),
    ]


def test_a_field_of_another_kind_throughout_is_a_change_of_the_api() -> None:
    with pytest.raises(PayloadError) as caught:
        batches(source("tiktok"), [recorded("tiktok/videos-changed.json")])
    assert caught.value.rows == 5
    assert str(caught.value).startswith(
        "error[SCHEMA] tiktok/videos-changed.json: "
        'field "view_count" is an object, expected a number, in 5 of 5 items'
    )


def test_a_list_that_leads_to_itself() -> None:
    with serving(by_path({LIST: Reply("tiktok/list-1.json")})) as server:
        error = failure(source("tiktok", server), questions((), ["ada.drives"]))
    assert error.code == "SCHEMA"
    assert len(server.asked) == 2
