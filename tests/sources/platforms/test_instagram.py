"""Instagram, against a server that answers as the Graph API does."""

from __future__ import annotations

import json

import pytest
from sources.platforms.replies import (
    Answering,
    Asked,
    Reply,
    Wallet,
    batches,
    body,
    by_path,
    failure,
    machine_time,
    posts,
    questions,
    rows,
    serving,
    source,
)

from tracker.errors import ConfigError, PermanentSourceError, TransientSourceError
from tracker.sources.contract import check_source

ROOT = "/v24.0/"
MEDIA = ROOT + "me/media"
A, B, C = (f"1790000000000000{n}" for n in (1, 2, 3))
SHORT = {A: "DBfiestaA01", B: "DBfiestaB-2", C: "DBfiestaC_3"}


def insights(number: str) -> str:
    return f"{ROOT}{number}/insights"


ALL = {
    MEDIA: [Reply("instagram/media-1.json"), Reply("instagram/media-2.json")],
    insights(A): Reply("instagram/insights-feed.json"),
    insights(B): Reply("instagram/insights-empty.json"),
    insights(C): Reply("instagram/insights-reels.json"),
}
ADA = ["Ada.Drives"]


def test_new_media_of_the_account_with_their_insights() -> None:
    """Oldest first; an empty set is unknown and not 0; what the list says of likes
    and comments stands where insights are silent."""
    with serving(by_path(ALL)) as server:
        made, wallet = source("instagram", server), Wallet()
        payloads = list(made.ask(questions((), ADA, wallet=wallet), None))
    first, second = server.asked[:2]
    assert dict(first.params) == {
        "fields": "id,caption,media_type,media_product_type,permalink,timestamp,"
        "username,like_count,comments_count",
        "limit": "50",
        "access_token": "a-secret-of-nobody",
    }
    assert second.param("after") == "QVFIUb"
    assert wallet.used == {"calls": 5}
    same = {"handle": "Ada.Drives", "caption": "Day one #fiesta"}
    assert rows(made, payloads) == [
        same
        | {
            "post_id": "DBfiestaA01",
            "url": "https://www.instagram.com/p/DBfiestaA01/",
            "published_at": 1777629600000,
            "kind": "FEED",
            "views": 1500,
            "reach": 1100,
            "likes": 10,
            "comments": 1,
            "shares": 3,
            "saves": 12,
        },
        same
        | {
            "post_id": "DBfiestaB-2",
            "url": "https://www.instagram.com/p/DBfiestaB-2/",
            "published_at": 1777975200000,
            "kind": "FEED",
            "comments": 2,
        },
        same
        | {
            "post_id": "DBfiestaC_3",
            "url": "https://www.instagram.com/reel/DBfiestaC_3/",
            "published_at": 1778320800000,
            "kind": "REELS",
            "views": 5000,
            "reach": 4000,
            "likes": 88,
            "comments": 4,
            "shares": 30,
            "saves": 40,
            "watch_seconds": 7654,
        },
    ]
    assert payloads[-1].bookmark == '{"ada.drives":1778320800000}'
    check_source(made, payloads)


def test_known_media_by_their_short_code_and_by_their_number() -> None:
    """The list is walked as far as it takes; a number is asked for at once."""
    with serving(by_path(ALL)) as server:
        made = source("instagram", server, posts="known")
        known = posts("instagram", SHORT[A], C, handle="ada.drives")
        payloads = list(made.ask(questions(known, ADA), None))
    assert [each.asked for each in payloads] == [(C,), (SHORT[A],)]
    assert [row["post_id"] for row in rows(made, payloads)] == [C, SHORT[A]]
    assert all(each.bookmark is None for each in payloads)


def test_a_number_needs_no_list() -> None:
    with serving(by_path(ALL)) as server:
        made = source("instagram", server)
        payloads = list(made.ask(questions(posts("instagram", A)), None))
    assert server.paths() == [insights(A)]
    (row,) = rows(made, payloads)
    assert (row["post_id"], row["likes"]) == (A, 10)


def test_media_that_the_account_no_longer_has() -> None:
    """Of this account it is gone; another account's is not ours to miss."""
    with serving(by_path(ALL)) as server:
        made = source("instagram", server, posts="known")
        ours = posts("instagram", "DBgone", handle="Ada.drives")
        theirs = posts("instagram", "DBelse", handle="ben")
        nobodys = posts("instagram", "DBwho")
        payloads = list(made.ask(questions(ours + theirs + nobodys), None))
    absent = [each for b in batches(made, payloads) for each in b.absent]
    assert absent == [("instagram", "DBgone")]


@pytest.mark.parametrize(("handle", "gone"), [("ada", True), (None, False)])
def test_a_number_that_is_not_there(handle: str | None, gone: bool) -> None:
    reply = Reply("instagram/error-gone.json", 400)
    with serving(by_path({insights(A): reply})) as server:
        made = source("instagram", server, handle="ada", posts="known")
        known = posts("instagram", A, handle=handle)
        payloads = list(made.ask(questions(known), None))
    (batch,) = batches(made, payloads)
    assert payloads[0].asked == (A,)
    assert batch.frame.height == 0
    assert batch.absent == ((("instagram", A),) if gone else ())


def test_too_few_viewers_are_unknown() -> None:
    replies = {**ALL, insights(A): Reply("instagram/error-viewers.json", 400)}
    with serving(by_path(replies)) as server:
        made = source("instagram", server)
        payloads = list(made.ask(questions((), ADA), None))
    first = rows(made, payloads)[0]
    assert (first["likes"], first["comments"]) == (11, 1)
    assert "views" not in first
    assert len(payloads) == 3


def refusing(*retired: str, named: bool, listed: bytes) -> Answering:
    """Answers that refuse whole calls for some metrics, by their name or without."""

    def answering(asked: Asked) -> Reply:
        if asked.path == MEDIA:
            return Reply(listed)
        wanted = (asked.param("metric") or "").split(",")
        bad = [metric for metric in wanted if metric in retired]
        if bad:
            said = f"does not support the {bad[0]} metric" if named else "bad metric"
            error = {"error": {"code": 100, "message": f"(#100) {said}"}}
            return Reply(json.dumps(error).encode(), 400)
        told = json.loads(body("instagram/insights-feed.json"))
        told["data"] = [each for each in told["data"] if each["name"] in wanted]
        return Reply(json.dumps(told).encode())

    return answering


@pytest.mark.parametrize("named", [True, False])
def test_retired_metrics_cost_no_other(named: bool) -> None:
    listed = body("instagram/media-2.json")
    with serving(refusing("views", "saved", named=named, listed=listed)) as server:
        made = source("instagram", server)
        (payload,) = made.ask(questions((), ADA), None)
    (row,) = rows(made, [payload])
    assert not {"views", "saves"} & row.keys()
    assert (row["reach"], row["likes"], row["shares"]) == (1100, 10, 3)
    told = sorted(each.partition(" for ")[0].split()[-1] for each in made.notices)
    assert told == ["saved", "views"]


def test_a_metric_is_refused_once_a_run() -> None:
    """Six calls fail at once before the first refusal is known; none fails twice."""
    page = json.loads(body("instagram/media-2.json"))
    (item,) = page["data"]
    links = [f"https://www.instagram.com/p/DBmany{n}/" for n in range(9)]
    page["data"] = [
        item | {"id": f"{A}{n}", "permalink": link} for n, link in enumerate(links)
    ]
    listed = json.dumps(page).encode()
    with serving(refusing("views", named=True, listed=listed)) as server:
        made = source("instagram", server, parallel=3)
        payloads = list(made.ask(questions((), ADA), None))
    asked = [each.path for each in server.asked if each.path != MEDIA]
    assert len(rows(made, payloads)) == 9
    assert len(made.notices) == 1
    assert len(asked) <= 9 + 6
    assert max(asked.count(path) for path in asked) == 2


@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        ("error-token.json", PermanentSourceError, "REAUTH"),
        ("error-permission.json", PermanentSourceError, "ASKED"),
        ("error-later.json", TransientSourceError, "UPSTREAM"),
        ("error-busy.json", TransientSourceError, "QUOTA"),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 403, 500])
def test_errors_are_sorted_by_their_code_whatever_the_status(
    reply: str, kind: type, code: str, status: int
) -> None:
    with serving(by_path({MEDIA: Reply(f"instagram/{reply}", status)})) as server:
        error = failure(source("instagram", server), questions((), ADA))
    assert isinstance(error, kind)
    assert error.code == code
    assert "a-secret-of-nobody" not in str(error)


def test_when_to_come_back() -> None:
    """The busiest use case says how many minutes; else an hour."""
    use = json.dumps(
        {"1784": [{"type": "instagram", "estimated_time_to_regain_access": 7}]}
    )
    for headers, minutes in (({"X-Business-Use-Case-Usage": use}, 7), ({}, 60)):
        reply = Reply("instagram/error-busy.json", 400, headers)
        before = machine_time()
        with serving(by_path({MEDIA: reply})) as server:
            error = failure(source("instagram", server), questions((), ADA))
        assert isinstance(error, TransientSourceError)
        assert error.retry_at is not None
        late = error.retry_at - before - minutes * 60_000
        assert 0 <= late <= machine_time() - before


def test_a_number_beyond_what_is_believed() -> None:
    with serving(
        by_path({insights(A): Reply("instagram/insights-odd.json")})
    ) as server:
        made = source("instagram", server)
        (payload,) = made.ask(questions(posts("instagram", A)), None)
    (batch,) = batches(made, [payload])
    (reject,) = batch.rejects
    assert (reject.line, reject.column, reject.code) == (1, "views", "ROW_NUMBER")
    assert batch.absent == ()


def test_a_page_that_leads_to_itself() -> None:
    replies = {**ALL, MEDIA: Reply("instagram/media-1.json")}
    with serving(by_path(replies)) as server:
        error = failure(source("instagram", server), questions((), ADA))
    assert error.code == "SCHEMA"
    assert server.paths() == [MEDIA, MEDIA]


def test_an_account_that_is_not_enrolled_has_no_new_media() -> None:
    with serving(by_path(ALL)) as server:
        made = source("instagram", server)
        assert list(made.ask(questions((), ["somebody.else"]), None)) == []


def test_by_facebook_login_and_another_version() -> None:
    made = source("instagram", login="facebook", version="v25.0")
    assert made.address == "https://graph.facebook.com"
    assert source("instagram").address == "https://graph.instagram.com"
    with pytest.raises(ConfigError, match=r"v24\.0"):
        source("instagram", version="24")
