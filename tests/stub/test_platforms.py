"""Each platform as its own description says: answers, pages, limits, refusals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tracker.stub.server import Stub

Get = Callable[..., requests.Response]

#: A sound call of each platform, and where a refusal says what is wrong.
SOUND: dict[str, tuple[str, dict[str, str]]] = {
    "youtube": ("/youtube/v3/videos", {"part": "statistics", "id": "Aq_harbour0"}),
    "graph": ("/v23.0/me", {"fields": "id"}),
    "tiktok": ("/v2/user/info/", {"fields": "display_name"}),
    "x": ("/2/tweets", {"ids": "1920000000000000001"}),
    "bluesky": ("/xrpc/app.bsky.actor.getProfile", {"actor": "ada.example.com"}),
    "mastodon": ("/api/v1/accounts/lookup", {"acct": "ada"}),
    "bitly": ("/v4/bitlinks/bit.ly/harbour-ada", {}),
    "dub": ("/links", {}),
    "ga4": ("/v1beta/properties/1/metadata", {}),
}
OPEN = {"bluesky", "mastodon"}


def code_of(body: Any) -> Any:
    """What the platform calls the error, wherever it says so."""
    error = body.get("error", body)
    if isinstance(error, str):
        return error
    reasons = [each["reason"] for each in error.get("errors", []) if "reason" in each]
    return (reasons or [error.get("code") or error.get("title")])[0]


@pytest.mark.parametrize("name", sorted(SOUND))
def test_a_sound_call_is_answered(get: Get, name: str) -> None:
    path, query = SOUND[name]
    assert get(path, **query).status_code == 200


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("youtube", 403, "forbidden"),
        ("graph", 400, 104),
        ("tiktok", 401, "access_token_invalid"),
        ("x", 401, "Unauthorized"),
        ("bitly", 403, None),
        ("dub", 401, "unauthorized"),
        ("ga4", 401, 401),
    ],
)
def test_without_a_key_it_is_refused_in_the_platforms_words(
    get: Get, name: str, status: int, code: object
) -> None:
    path, query = SOUND[name]
    answer = get(path, token="", **query)
    assert (answer.status_code, code_of(answer.json())) == (status, code)


@pytest.mark.parametrize("name", sorted(OPEN))
def test_open_platforms_need_no_key(get: Get, name: str) -> None:
    path, query = SOUND[name]
    assert get(path, token="", **query).status_code == 200


@pytest.mark.parametrize(
    ("name", "status"),
    [(each, 422 if each in ("dub", "mastodon") else 400) for each in sorted(SOUND)],
)
def test_a_parameter_that_was_made_up_is_refused(
    get: Get, name: str, status: int
) -> None:
    path, query = SOUND[name]
    answer = get(path, **query, invented="1")
    assert answer.status_code == status
    if name != "tiktok":
        assert "invented" in answer.text.lower()


# -- YouTube ---------------------------------------------------------------------


def test_youtube_counts_are_texts_and_hidden_ones_are_not_there(get: Get) -> None:
    body = get(
        "/youtube/v3/videos",
        token="",
        key="k",
        part="snippet,statistics",
        id="Be_harbour2,Br_harbour3,Bt_harbour4",
    ).json()
    counts = {item["id"]: item["statistics"] for item in body["items"]}
    # Who hides likes is one video of five; the other is shown whole.
    hidden = [one for one in counts.values() if "likeCount" not in one]
    assert len(hidden) == 1
    assert all(isinstance(one["viewCount"], str) for one in counts.values())
    told = next(i for i in body["items"] if i["id"] == "Be_harbour2")["snippet"]
    assert told["title"] == "What the lighthouse keeper told me"
    assert told["description"].endswith("#harbourwalks")


def test_youtube_leaves_out_what_is_gone_and_what_never_was(get: Get) -> None:
    asked = {"part": "statistics", "id": "Aq_harbour0,At_harbour4,neverwas123"}
    for path in ("videos", "videos:batchGetStats"):
        items = get(f"/youtube/v3/{path}", **asked).json()["items"]
        assert [item["id"] for item in items] == ["Aq_harbour0"]


def test_youtube_refuses_more_than_fifty_ids(get: Get) -> None:
    ids = ",".join(f"id{number}" for number in range(51))
    answer = get("/youtube/v3/videos", part="statistics", id=ids)
    assert answer.status_code == 400
    assert code_of(answer.json()) == "invalidFilters"


def test_youtube_refuses_a_part_that_is_none(get: Get) -> None:
    answer = get("/youtube/v3/videos", part="views", id="Aq_harbour0")
    assert code_of(answer.json()) == "unknownPart"


def test_youtube_channel_leads_to_its_uploads_page_by_page(get: Get) -> None:
    channel = get(
        "/youtube/v3/channels", part="contentDetails", forHandle="@adawalks"
    ).json()["items"][0]
    uploads = channel["contentDetails"]["relatedPlaylists"]["uploads"]
    found, token = [], ""
    for _ in range(9):
        page = get(
            "/youtube/v3/playlistItems",
            part="contentDetails",
            playlistId=uploads,
            maxResults=2,
            **({"pageToken": token} if token else {}),
        ).json()
        found += [item["contentDetails"]["videoId"] for item in page["items"]]
        if not (token := page.get("nextPageToken", "")):
            break
    # Newest first; the fifth one is gone.
    assert found == ["Ar_harbour3", "Ae_harbour2", "Aw_harbour1", "Aq_harbour0"]


def test_youtube_shows_only_the_fields_asked_for(get: Get) -> None:
    mask = "items(id,statistics/viewCount)"
    body = get(
        "/youtube/v3/videos", part="statistics", id="Aq_harbour0", fields=mask
    ).json()
    assert body == {
        "items": [{"id": "Aq_harbour0", "statistics": {"viewCount": "2401"}}]
    }


def test_youtube_knows_no_other_channel_and_no_other_list(get: Get) -> None:
    nobody = get("/youtube/v3/channels", part="id", forHandle="@nobody").json()
    assert "items" not in nobody
    lost = get("/youtube/v3/playlistItems", part="id", playlistId="UUnothing")
    assert (lost.status_code, code_of(lost.json())) == (404, "playlistNotFound")


# -- Meta ------------------------------------------------------------------------


def pages(get: Get, url: str, stub: Stub) -> Iterator[dict[str, Any]]:
    """Pages of an edge, by the address that each gives of the next."""
    path, query = url, {}
    while path:
        body = get(path, **query).json()
        yield body
        path = body.get("paging", {}).get("next", "").removeprefix(stub.url)


def test_instagram_media_of_an_account_page_by_page(get: Get, stub: Stub) -> None:
    at = (
        "/v23.0/17841400000000001/media?limit=2&fields=permalink,insights.metric(views)"
    )
    found = [each for page in pages(get, at, stub) for each in page["data"]]
    assert len(found) == 5
    assert found[-1]["permalink"] == "https://www.instagram.com/p/DAbHarboR0_/"
    assert found[-1]["insights"]["data"][0]["values"] == [{"value": 1801}]


def first_media(get: Get) -> str:
    body = get("/v23.0/17841400000000001/media", fields="id", limit="1").json()
    return str(body["data"][0]["id"])


def test_one_retired_metric_refuses_the_whole_call(get: Get) -> None:
    at = f"/v23.0/{first_media(get)}/insights"
    assert len(get(at, metric="views,reach").json()["data"]) == 2
    answer = get(at, metric="views,impressions")
    assert (answer.status_code, code_of(answer.json())) == (400, 100)
    assert "metric[1] must be one of" in answer.text


def test_a_metric_of_another_kind_of_media_is_refused(get: Get) -> None:
    at = f"/v23.0/{first_media(get)}/insights"
    answer = get(at, metric="ig_reels_avg_watch_time")
    assert "does not support the ig_reels_avg_watch_time metric" in answer.text


def test_what_is_not_available_is_an_empty_set(get: Get) -> None:
    answer = get(f"/v23.0/{first_media(get)}/insights", metric="reposts")
    assert answer.json() == {"data": []}


def test_business_discovery_shows_others_only_what_is_public(get: Get) -> None:
    wish = "business_discovery.username({name}){{followers_count,media{{{fields}}}}}"
    fields = wish.format(name="ben.walks", fields="like_count,view_count")
    body = get("/v23.0/17841400000000001", fields=fields).json()
    assert body["business_discovery"]["followers_count"] == 3100
    assert len(body["business_discovery"]["media"]["data"]) == 5
    private = wish.format(name="ben.walks", fields="insights.metric(views)")
    refused = get("/v23.0/17841400000000001", fields=private)
    assert "nonexisting field (insights)" in refused.text
    nobody = get(
        "/v23.0/17841400000000001", fields=wish.format(name="nobody", fields="id")
    )
    assert code_of(nobody.json()) == 110


def test_facebook_posts_with_their_summaries_and_insights(get: Get) -> None:
    body = get(
        "/v23.0/harbourwalks/posts",
        fields="message,shares,reactions.summary(total_count).limit(0),"
        "comments.summary(true).limit(0),"
        "insights.metric(post_media_view,post_total_media_view_unique)",
        limit="1",
    ).json()["data"][0]
    assert body["id"] == "100000000000001_122100000000014"
    assert body["reactions"]["summary"]["total_count"] == 114
    insights = {
        each["name"]: each["values"][0]["value"] for each in body["insights"]["data"]
    }
    assert set(insights) == {"post_media_view", "post_total_media_view_unique"}
    retired = get(f"/v23.0/{body['id']}/insights", metric="post_impressions")
    assert code_of(retired.json()) == 100


def test_nodes_by_ids_are_refused_whole_when_one_is_missing(get: Get) -> None:
    media = first_media(get)
    assert media in get("/v23.0/", ids=media, fields="like_count").json()
    lost = get("/v23.0/", ids=f"{media},999", fields="like_count")
    assert (lost.status_code, lost.json()["error"]["error_subcode"]) == (400, 33)
    many = ",".join(str(number) for number in range(51))
    assert "Too many IDs" in get("/v23.0/", ids=many).text


def test_a_batch_answers_each_call_for_itself(stub: Stub, get: Get) -> None:
    media = first_media(get)
    calls = [
        {"method": "GET", "relative_url": f"{media}?fields=like_count"},
        {"method": "GET", "relative_url": f"v23.0/{media}/insights?metric=views"},
        {"method": "GET", "relative_url": "999?fields=id"},
    ]
    form = {"access_token": "t", "batch": json.dumps(calls)}
    answers = requests.post(stub.url + "/v23.0/", data=form, timeout=20).json()
    assert [each["code"] for each in answers] == [200, 200, 400]
    assert "like_count" in json.loads(answers[0]["body"])
    form["batch"] = json.dumps(calls * 17)
    refused = requests.post(stub.url + "/v23.0/", data=form, timeout=20)
    assert "Too many requests in batch" in refused.text


@pytest.mark.parametrize("fields", ["nothing", "media{", "media.limit(2"])
def test_fields_that_make_no_sense_are_refused(get: Get, fields: str) -> None:
    answer = get("/v23.0/17841400000000001", fields=fields)
    assert answer.status_code == 400
    assert code_of(answer.json()) in (100, 2500)


# -- TikTok ----------------------------------------------------------------------

OWN = "7500000000000000001"


def test_tiktok_videos_by_ids_leave_out_what_is_not_there(post: Get) -> None:
    fields = {"fields": "id,view_count,like_count"}
    body = post(
        "/v2/video/query/", {"filters": {"video_ids": [OWN, "1"]}}, **fields
    ).json()
    assert body["error"]["code"] == "ok"
    assert body["data"]["videos"] == [
        {"id": OWN, "view_count": 5001, "like_count": 501}
    ]


def test_tiktok_shows_an_account_only_its_own(post: Get) -> None:
    sent = {"filters": {"video_ids": [OWN]}}
    fields = {"fields": "id"}
    mine = post("/v2/video/query/", sent, token="adawalks", **fields).json()
    others = post("/v2/video/query/", sent, token="benwalks", **fields).json()
    assert [len(each["data"]["videos"]) for each in (mine, others)] == [1, 0]


@pytest.mark.parametrize(
    ("path", "sent", "fields"),
    [
        ("query", {"filters": {"video_ids": [str(n) for n in range(21)]}}, "id"),
        ("query", {"filters": {"video_ids": []}}, "id"),
        ("query", {"filters": {"video_ids": [OWN]}}, "id,plays"),
        ("query", {"filters": {"video_ids": [OWN]}}, ""),
        ("list", {"max_count": 21}, "id"),
        ("list", {"max_count": 5, "page": 1}, "id"),
    ],
)
def test_tiktok_refuses_what_its_limits_forbid(
    post: Get, path: str, sent: Any, fields: str
) -> None:
    answer = post(f"/v2/video/{path}/", sent, fields=fields)
    assert (answer.status_code, code_of(answer.json())) == (400, "invalid_params")


def test_tiktok_list_goes_on_from_its_cursor(post: Get) -> None:
    found, cursor, more = [], 0, True
    while more:
        sent = {"max_count": 2, "cursor": cursor}
        data = post("/v2/video/list/", sent, token="adawalks", fields="id").json()[
            "data"
        ]
        found += [video["id"] for video in data["videos"]]
        cursor, more = data["cursor"], data["has_more"]
    assert len(found) == len(set(found)) == 5


def research(**more: Any) -> dict[str, Any]:
    by = {"field_name": "username", "operation": "EQ", "field_values": ["adawalks"]}
    span = {"start_date": "20250501", "end_date": "20250531"}
    return {"query": {"and": [by]}, **span, **more}


def test_tiktok_research_finds_by_conditions_and_writes_ids_as_numbers(
    post: Get,
) -> None:
    at, fields = "/v2/research/video/query/", {"fields": "id,username,view_count"}
    data = post(at, research(max_count=3), **fields).json()["data"]
    assert len(data["videos"]) == data["cursor"] == 3
    assert data["has_more"] is True
    assert {video["username"] for video in data["videos"]} == {"adawalks"}
    assert all(type(video["id"]) is int for video in data["videos"])
    rest = post(at, research(max_count=3, cursor=3), **fields).json()["data"]
    assert (len(rest["videos"]), rest["has_more"]) == (2, False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"end_date": "20250602"},
        {"start_date": "2025-05-01"},
        {"max_count": 101},
        {"query": {}},
        {"query": {"and": [{"field_name": "views"}]}},
        {"limit": 5},
    ],
)
def test_tiktok_research_refuses_what_its_page_forbids(post: Get, wrong: Any) -> None:
    answer = post("/v2/research/video/query/", research() | wrong, fields="id")
    assert (answer.status_code, code_of(answer.json())) == (400, "invalid_params")


def test_tiktok_people_and_tokens(post: Get, get: Get) -> None:
    body = get(
        "/v2/user/info/", token="benwalks", fields="username,follower_count"
    ).json()
    assert body["data"]["user"] == {"username": "benwalks", "follower_count": 900}
    found = post(
        "/v2/research/user/info/", {"username": "adawalks"}, fields="follower_count"
    ).json()
    assert found["data"] == {"follower_count": 12500}
    assert "access_token" in post("/v2/oauth/token/", {}, token="").json()


# -- X ---------------------------------------------------------------------------


def test_x_answers_what_it_has_and_says_what_it_has_not(get: Get) -> None:
    body = get(
        "/2/tweets",
        ids="1920000000000000001,404",
        **{"tweet.fields": "public_metrics,created_at,non_public_metrics"},
    ).json()
    (one,) = body["data"]
    assert one["public_metrics"]["retweet_count"] == 21
    assert one["public_metrics"]["quote_count"] == 9
    kinds = [each["type"].rpartition("/")[2] for each in body["errors"]]
    assert kinds == ["resource-not-found"] + ["not-authorized-for-field"] * 2


def test_x_speaks_the_newer_words_to_whoever_does(get: Get) -> None:
    body = get(
        "/2/tweets", ids="1920000000000000001", **{"post.fields": "public_metrics"}
    ).json()
    assert body["data"][0]["public_metrics"]["repost_count"] == 21


def test_x_tells_the_limit_and_refuses_more_than_a_hundred(get: Get) -> None:
    ids = ",".join(str(number) for number in range(1, 102))
    answer = get("/2/tweets", ids=ids)
    assert answer.status_code == 400
    assert answer.json()["title"] == "Invalid Request"
    assert answer.headers["x-rate-limit-remaining"] == "3499"
    assert "retry-after" not in answer.headers


def test_x_timeline_page_by_page(get: Get) -> None:
    user = get("/2/users/by/username/adawalks").json()["data"]["id"]
    at = f"/2/users/{user}/tweets"
    first = get(at, max_results=5, expansions="author_id").json()
    assert first["meta"]["result_count"] == 5
    assert "next_token" not in first["meta"]
    assert first["includes"]["users"][0]["username"] == "adawalks"
    late = get(at, max_results=5, start_time="2025-05-16T00:00:00Z").json()
    assert late["meta"]["result_count"] == 2
    assert get(at, max_results=4).status_code == 400


def test_x_users_by_names_and_ids(get: Get) -> None:
    body = get(
        "/2/users/by", usernames="BenWalks,nobody", **{"user.fields": "public_metrics"}
    ).json()
    assert body["data"][0]["public_metrics"]["followers_count"] == 700
    assert body["errors"][0]["value"] == "nobody"
    assert get("/2/users", ids=body["data"][0]["id"]).json()["data"]


def test_x_one_post_or_none(get: Get) -> None:
    assert get("/2/tweets/1920000000000000001").json()["data"]["text"]
    assert "errors" in get("/2/tweets/404").json()
    assert "errors" in get("/2/users/404/tweets").json()
    assert "errors" in get("/2/users/by/username/nobody").json()


# -- Bluesky ---------------------------------------------------------------------


def test_bluesky_feed_and_posts(get: Get) -> None:
    at = "/xrpc/app.bsky.feed.getAuthorFeed"
    first = get(at, token="", actor="ada.example.com", limit=3).json()
    rest = get(
        at, token="", actor="ada.example.com", limit=3, cursor=first["cursor"]
    ).json()
    uris = [each["post"]["uri"] for each in first["feed"] + rest["feed"]]
    assert len(set(uris)) == 5
    assert "cursor" not in rest
    posts = get(
        "/xrpc/app.bsky.feed.getPosts", token="", uris=[*uris, uris[0] + "zz"]
    ).json()["posts"]
    assert len(posts) == 5
    oldest = posts[-1]
    counts = [oldest[f"{n}Count"] for n in ("like", "reply", "repost", "quote")]
    assert counts == [241, 31, 49, 13]
    assert "viewCount" not in oldest


def test_bluesky_by_handle_and_by_did(get: Get) -> None:
    did = get(
        "/xrpc/com.atproto.identity.resolveHandle", handle="ben.example.com"
    ).json()
    profile = get("/xrpc/app.bsky.actor.getProfile", actor=did["did"]).json()
    assert (profile["handle"], profile["followersCount"]) == ("ben.example.com", 210)
    both = get(
        "/xrpc/app.bsky.actor.getProfiles", actors=["ada.example.com", "no.example"]
    ).json()
    assert len(both["profiles"]) == 1


@pytest.mark.parametrize(
    ("method", "query", "said"),
    [
        (
            "feed.getPosts",
            {"uris": [f"at://a/b/{n}" for n in range(26)]},
            "25 elements",
        ),
        ("feed.getPosts", {}, 'must have the property "uris"'),
        ("feed.getPosts", {"uris": "https://bsky.app/x"}, "at-uri"),
        ("feed.getAuthorFeed", {"actor": "no.example"}, "Profile not found"),
        ("feed.getAuthorFeed", {"actor": "ada.example.com", "limit": 101}, "limit"),
        ("feed.getAuthorFeed", {"actor": "ada.example.com", "filter": "x"}, "filter"),
    ],
)
def test_bluesky_refuses_what_its_lexicon_forbids(
    get: Get, method: str, query: Any, said: str
) -> None:
    answer = get(f"/xrpc/app.bsky.{method}", token="", **query)
    assert (answer.status_code, answer.json()["error"]) == (400, "InvalidRequest")
    assert said in answer.json()["message"]


# -- Mastodon --------------------------------------------------------------------


def test_mastodon_statuses_by_pages_of_the_link_header(get: Get, stub: Stub) -> None:
    found, path = [], "/api/v1/accounts/109000000000000001/statuses?limit=2"
    while path:
        answer = get(path, token="")
        found += answer.json()
        path = answer.links.get("next", {}).get("url", "").removeprefix(stub.url)
    assert len(found) == 5
    assert found[-1]["favourites_count"] == 181
    assert (
        '<a href="https://mastodon.example/tags/harbourwalks"' in found[-1]["content"]
    )
    newer = get(
        "/api/v1/accounts/109000000000000001/statuses", min_id=found[-1]["id"], limit=1
    ).json()
    assert [each["id"] for each in newer] == [found[-2]["id"]]


def test_mastodon_leaves_out_what_is_not_there(get: Get) -> None:
    ids = {"id[]": ["114500000000000001", "5"]}
    assert len(get("/api/v1/statuses", token="", **ids).json()) == 1
    assert get("/api/v1/statuses/5").json() == {"error": "Record not found"}
    assert get("/api/v1/statuses/114500000000000001").json()["reblogs_count"] == 37


def test_mastodon_refuses_more_than_twenty_ids(get: Get) -> None:
    many = {"id[]": [str(number) for number in range(21)]}
    assert get("/api/v1/statuses", **many).status_code == 422


def test_mastodon_writes_its_reset_as_a_date(get: Get) -> None:
    headers = get("/api/v2/instance").headers
    assert headers["X-RateLimit-Reset"].endswith(":00.000000Z")
    assert headers["X-RateLimit-Remaining"] == "299"


# -- links -----------------------------------------------------------------------


def test_bitly_clicks_by_day_add_up_to_the_summary(get: Get) -> None:
    at = "/v4/bitlinks/bit.ly/harbour-ben/clicks"
    days = get(at, unit="day", units=-1).json()
    assert [each["clicks"] for each in days["link_clicks"]] == [80] * 4
    assert days["link_clicks"][0]["date"] == "2025-06-02T00:00:00+0000"
    summary = get(at + "/summary", unit="day", units=-1).json()
    assert summary["total_clicks"] == 320
    months = get(at, unit="month").json()["link_clicks"]
    assert [each["clicks"] for each in months] == [160, 160]
    near = get(at, unit="day", units=1, unit_reference="2025-06-01T20:00:00+0000")
    assert [each["clicks"] for each in near.json()["link_clicks"]] == [80]


def test_bitly_links_of_a_group_page_by_page(get: Get) -> None:
    group = get("/v4/groups").json()["groups"][0]["guid"]
    assert get("/v4/user").json()["default_group_guid"] == group
    first = get(f"/v4/groups/{group}/bitlinks", size=2).json()
    after = first["pagination"]["search_after"]
    rest = get(f"/v4/groups/{group}/bitlinks", size=2, search_after=after).json()
    ids = [each["id"] for each in first["links"] + rest["links"]]
    assert sorted(ids) == [
        "bit.ly/harbour-ada",
        "bit.ly/harbour-ben",
        "walk.example/cleo",
    ]


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/v4/bitlinks/bit.ly/nothing/clicks", {}, 404),
        ("/v4/bitlinks/bit.ly/harbour-ada/clicks", {"unit": "year"}, 400),
        ("/v4/bitlinks/bit.ly/harbour-ada/clicks", {"unit_reference": "now"}, 400),
        ("/v4/groups/Bother/bitlinks", {}, 404),
    ],
)
def test_bitly_refuses(get: Get, path: str, query: Any, status: int) -> None:
    answer = get(path, **query)
    assert answer.status_code == status
    assert (
        answer.json()["message"] in ("NOT_FOUND", "INVALID_ARG_UNIT") or status == 400
    )


def test_dub_links_and_analytics_agree(get: Get) -> None:
    every = get("/links").json()
    assert len(every) == 3
    ben = next(each for each in every if each["key"] == "ben")
    assert (ben["clicks"], ben["leads"], ben["sales"]) == (400, 40, 20)
    near = {"domain": "go.example", "key": "ben", "interval": "all"}
    count = get("/analytics", event="composite", **near).json()
    assert (count["clicks"], count["leads"], count["sales"]) == (400, 40, 20)
    days = get("/analytics", groupBy="timeseries", **near).json()
    assert sum(each["clicks"] for each in days) == 400
    some = {**near, "start": "2025-06-01", "end": "2025-06-01T23:00:00Z"}
    assert get("/analytics", **some).json() == {"clicks": 100}
    top = get("/analytics", groupBy="top_links", interval="1y").json()
    assert {each["key"]: each["clicks"] for each in top}["ben"] == 400


def test_dub_pages_go_on_after_an_id(get: Get) -> None:
    first = get("/links", pageSize=2).json()
    rest = get("/links", pageSize=2, startingAfter=first[-1]["id"]).json()
    assert len({each["id"] for each in first + rest}) == 3
    info = get("/links/info", linkId=rest[0]["id"]).json()
    assert info["id"] == rest[0]["id"]
    lost = get("/links/info", domain="go.example", key="nobody")
    assert (lost.status_code, code_of(lost.json())) == (404, "not_found")
    assert get("/links", pageSize=101).status_code == 422
    assert get("/analytics", interval="2w").status_code == 422


# -- GA4 -------------------------------------------------------------------------

AT = "/v1beta/properties/42:runReport"


def report(**more: Any) -> dict[str, Any]:
    return {
        "dimensions": [{"name": "date"}, {"name": "sessionSource"}],
        "metrics": [{"name": "sessions"}, {"name": "keyEvents"}],
        "dateRanges": [{"startDate": "2025-06-01", "endDate": "2025-06-30"}],
        **more,
    }


def only(source: str) -> dict[str, Any]:
    text = {"matchType": "EXACT", "value": source}
    return {"filter": {"fieldName": "sessionSource", "stringFilter": text}}


def test_ga4_report_sums_what_is_asked_for(post: Get) -> None:
    body = post(AT, report(dimensions=[{"name": "sessionSource"}])).json()
    values = {
        row["dimensionValues"][0]["value"]: row["metricValues"][0]["value"]
        for row in body["rows"]
    }
    assert values == {"cleo": "355", "ben": "255", "ada": "155", "(direct)": "55"}
    assert body["rowCount"] == 4


def test_ga4_rows_by_offset_and_limit_order_and_filter(post: Get) -> None:
    wish = report(
        dimensionFilter={
            "orGroup": {"expressions": [only("ada"), {"notExpression": only("ada")}]}
        },
        orderBys=[{"dimension": {"dimensionName": "date"}}],
        limit="20",
    )
    rows = post(AT, wish).json()["rows"]
    rows += post(AT, {**wish, "offset": "20"}).json()["rows"]
    days = [row["dimensionValues"][0]["value"] for row in rows]
    assert len(rows) == 31
    assert days == sorted(days)
    mine = post(AT, report(dimensionFilter=only("ADA"))).json()
    assert mine["rowCount"] == 10


def test_ga4_knows_nothing_after_now(post: Get, stub: Stub) -> None:
    stub.at(1_748_822_400_000)  # 2 June
    body = post(AT, report()).json()
    assert body["rowCount"] == 6


def test_ga4_tells_its_quota_when_asked(post: Get) -> None:
    body = post(AT, report(returnPropertyQuota=True)).json()
    assert body["propertyQuota"]["tokensPerDay"] == {
        "consumed": 10,
        "remaining": 199990,
    }


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"metrics": [{"name": "visits"}]}, "Field visits is not a valid metric"),
        ({"dimensions": [{"name": "when"}]}, "Field when is not a valid dimension"),
        ({"dates": []}, 'Unknown name \\"dates\\"'),
        ({"dateRanges": []}, "1 to 4 date ranges"),
        (
            {"dateRanges": [{"startDate": "June", "endDate": "today"}]},
            "Invalid startDate",
        ),
        ({"limit": 250_001}, "between 1 and 250000"),
        ({"metrics": [{"name": "sessions"}] * 11}, "limited to 10 metrics"),
    ],
)
def test_ga4_refuses_what_its_schema_forbids(post: Get, wrong: Any, said: str) -> None:
    answer = post(AT, report() | wrong)
    assert (answer.status_code, answer.json()["error"]["status"]) == (
        400,
        "INVALID_ARGUMENT",
    )
    assert said in answer.text


def test_ga4_several_reports_in_one_call(post: Get) -> None:
    at = "/v1beta/properties/42:batchRunReports"
    body = post(at, {"requests": [report(), report(limit=1)]}).json()
    assert [len(each["rows"]) for each in body["reports"]] == [31, 1]
    assert post(at, {"requests": [report()] * 6}).status_code == 400
