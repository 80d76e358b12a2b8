"""TikTok's Research API, against a server that answers as it does."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from sources.platforms.replies import (
    DAY,
    NOW,
    Asked,
    Reply,
    Wallet,
    batches,
    by_path,
    failure,
    posts,
    questions,
    rows,
    serving,
    source,
)

from tracker.errors import TransientSourceError
from tracker.sources.contract import check_source

QUERY = "/v2/research/video/query/"
A, B, C = (f"750000000000000000{n}" for n in (1, 2, 3))
PAGES = {
    QUERY: [Reply("tiktok-research/page-1.json"), Reply("tiktok-research/page-2.json")]
}


def test_known_videos_page_by_page() -> None:
    """Ids are numbers past 2^53 and stay what they are; only the last page can tell
    what is missing. Videos on disk under either spelling of favourites."""
    with serving(by_path(PAGES)) as server:
        made = source("tiktok-research", server, posts="known")
        known = posts("tiktok", A, B, C, published_at=1777622400000)
        payloads = list(made.ask(questions(known, ["ada.drives"]), None))
    first, second = (each.json for each in server.asked)
    assert first == {
        "query": {
            "and": [
                {"operation": "IN", "field_name": "video_id", "field_values": [A, B, C]}
            ]
        },
        "start_date": first["start_date"],
        "end_date": first["end_date"],
        "max_count": 100,
    }
    assert first["start_date"] <= "20260501" <= first["end_date"]
    assert second == {**first, "cursor": 100, "search_id": "7500000000000009999"}
    assert [(r["post_id"], r["saves"]) for r in rows(made, payloads)] == [
        (A, 5),
        (B, 1),
    ]
    assert rows(made, payloads)[0] == {
        "post_id": A,
        "handle": "ada.drives",
        "url": f"https://www.tiktok.com/@ada.drives/video/{A}",
        "published_at": 1777622400000,
        "caption": "Day one #fiesta",
        "views": 2000,
        "likes": 70,
        "comments": 3,
        "shares": 2,
        "saves": 5,
    }
    absent = [each for b in batches(made, payloads) for each in b.absent]
    assert absent == [("tiktok", C)]
    assert payloads[-1].asked == (B, C)
    check_source(made, payloads)


def test_spans_of_thirty_days_since_the_mark() -> None:
    """Every day from `since` to today is asked for once, 30 days at most a query."""
    with serving(by_path({QUERY: Reply("tiktok-research/none.json")})) as server:
        made = source("tiktok-research", server, since="2026-02-01")
        assert list(made.ask(questions((), ["Ada", "@ben"]), None)) == []
    spans = [
        tuple(dt.date.fromisoformat(each.json[k]) for k in ("start_date", "end_date"))
        for each in server.asked
    ]
    assert spans[0][0] == dt.date(2026, 2, 1)
    assert spans[-1][1] == dt.date(2026, 5, 20)
    assert all((end - start).days <= 30 for start, end in spans)
    for (_, before), (after, _) in pairwise(spans):
        assert after - before == dt.timedelta(days=1)
    names = server.asked[0].json["query"]["and"][0]
    assert (names["field_name"], names["field_values"]) == ("username", ["ada", "ben"])


def test_the_next_look_begins_some_days_before_the_mark() -> None:
    """Videos turn up late; what the list has told is not asked for again."""
    with serving(by_path(PAGES)) as server:
        made = source("tiktok-research", server)
        about = questions(posts("tiktok", A), ["ada.drives"])
        payloads = list(made.ask(about, f'{{"ada.drives":{NOW - 5 * DAY}}}'))
    assert server.asked[0].json["start_date"] == "20260512"
    assert len(server.asked) == 2
    assert payloads[0].bookmark is None
    assert payloads[-1].bookmark == f'{{"ada.drives":{NOW - 5 * DAY}}}'


def test_a_field_that_is_refused_costs_no_other() -> None:
    def answering(asked: Asked) -> Reply:
        if "favorites_count" in (asked.param("fields") or ""):
            return Reply("tiktok-research/error-400-field.json", 400)
        return Reply("tiktok-research/none.json")

    with serving(answering) as server:
        made = source("tiktok-research", server)
        known = posts("tiktok", A, "1")
        payloads = list(made.ask(questions(known), None))
    assert len(server.asked) == 3
    assert len(payloads) == 2
    assert made.notices[0].startswith("notice[METRIC_REFUSED]")


def test_a_refusal_that_stays_needs_a_person() -> None:
    reply = Reply("tiktok-research/error-400-field.json", 400)
    with serving(by_path({QUERY: reply})) as server:
        error = failure(
            source("tiktok-research", server), questions(posts("tiktok", A))
        )
    assert error.code == "ASKED"
    assert len(server.asked) == 2


def test_a_day_of_the_research_api_ends_at_midnight_utc() -> None:
    reply = Reply("tiktok-research/error-429-day.json", 429)
    with serving(by_path({QUERY: reply})) as server:
        wallet = Wallet()
        about = questions(posts("tiktok", A), wallet=wallet)
        error = failure(source("tiktok-research", server), about)
    assert isinstance(error, TransientSourceError)
    assert error.code == "QUOTA"
    assert error.retry_at is not None
    assert error.retry_at % DAY == 0
    assert wallet.used == {"calls": 1}


def test_an_id_that_is_none_stops_no_other() -> None:
    """The moment in it lay behind the last year of the calendar, and ended the run."""
    with serving(
        lambda _: Reply(b'{"data":{"videos":[]},"error":{"code":"ok"}}')
    ) as server:
        made = source("tiktok-research", server, posts="known")
        known = posts("tiktok", "9" * 25, A)
        (payload,) = made.ask(questions(known), None)
    assert payload.asked == (A,)
