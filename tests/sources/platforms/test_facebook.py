"""Facebook, against a server that answers as the Graph API does."""

from __future__ import annotations

import json

from sources.platforms.replies import (
    Asked,
    Reply,
    body,
    by_path,
    posts,
    questions,
    rows,
    serving,
    source,
)

from tracker.sources.contract import check_source

ROOT, PAGE = "/v24.0/", "20531316728"
ME, LIST = ROOT + "me", ROOT + "me/published_posts"
ONE, TWO, NINE = "122100000000001", "122100000000002", "122100000000009"


def node(number: str) -> str:
    return f"{ROOT}{PAGE}_{number}"


ALL = {
    ME: Reply("facebook/page.json"),
    LIST: Reply("facebook/posts.json"),
    node(ONE) + "/insights": Reply("facebook/insights-none.json"),
    node(TWO) + "/insights": Reply("facebook/insights.json"),
    node(NINE): Reply("facebook/post.json"),
    node(NINE) + "/insights": Reply("instagram/insights-empty.json"),
}


def test_new_posts_of_the_page_with_their_insights() -> None:
    """Reactions are added up; clicks are those on links; a post without `shares` may
    have been shared or not."""
    with serving(by_path(ALL)) as server:
        made = source("facebook", server)
        payloads = list(made.ask(questions((), ["AdaDrives"]), None))
    assert dict(server.asked[0].params)["fields"] == "id,username"
    assert dict(server.asked[1].params)["fields"] == (
        "id,message,created_time,permalink_url,shares,comments.limit(0).summary(true)"
    )
    metrics = server.asked[2].param("metric") or ""
    assert "post_impressions" not in metrics
    same = {"handle": "AdaDrives", "caption": "Day one #fiesta"}
    assert rows(made, payloads) == [
        same
        | {
            "post_id": ONE,
            "url": f"https://www.facebook.com/{PAGE}/posts/{ONE}",
            "published_at": 1777622400000,
            "views": 20,
            "comments": 0,
        },
        same
        | {
            "post_id": TWO,
            "url": f"https://www.facebook.com/{PAGE}/posts/{TWO}",
            "published_at": 1777881600000,
            "views": 2100,
            "reach": 1700,
            "likes": 35,
            "comments": 5,
            "shares": 7,
            "clicks": 14,
        },
    ]
    check_source(made, payloads)


def test_a_known_post_that_is_not_on_the_list() -> None:
    """It is asked for itself, by the number of its Page."""
    with serving(by_path(ALL)) as server:
        made = source("facebook", server, posts="known")
        known = posts("facebook", NINE, handle="adadrives")
        payloads = list(made.ask(questions(known), None))
    assert server.paths() == [ME, node(NINE), node(NINE) + "/insights"]
    (row,) = rows(made, payloads)
    assert (row["post_id"], row["comments"], row["shares"]) == (NINE, 2, 1)


def test_metrics_that_no_version_knows_any_more() -> None:
    """The refusal names no metric: each is tried alone, once."""

    def answering(asked: Asked) -> Reply:
        if not asked.path.endswith("/insights"):
            return by_path(ALL)(asked)
        wanted = (asked.param("metric") or "").split(",")
        if "post_clicks_by_type" in wanted or "post_media_view" in wanted:
            return Reply("facebook/error-metric.json", 400)
        told = json.loads(body("facebook/insights.json"))
        told["data"] = [each for each in told["data"] if each["name"] in wanted]
        return Reply(json.dumps(told).encode())

    with serving(answering) as server:
        made = source("facebook", server, parallel=1)
        payloads = list(made.ask(questions((), ["adadrives"]), None))
    assert [row["reach"] for row in rows(made, payloads)] == [1700, 1700]
    assert [row["likes"] for row in rows(made, payloads)] == [35, 35]
    assert not any("views" in row or "clicks" in row for row in rows(made, payloads))
    assert len(made.notices) == 2


def test_a_post_by_its_whole_number_needs_nothing_else() -> None:
    """Neither the Page nor the post says anything of itself, and insights do."""
    known = posts("facebook", f"{PAGE}_{TWO}")
    only = {node(TWO) + "/insights": ALL[node(TWO) + "/insights"]}
    with serving(by_path(only)) as server:
        made = source("facebook", server)
        payloads = list(made.ask(questions(known), None))
    (row,) = rows(made, payloads)
    assert (row["post_id"], row["views"]) == (f"{PAGE}_{TWO}", 2100)
