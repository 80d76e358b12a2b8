"""Dub, against a server that answers as api.dub.co does."""

from __future__ import annotations

import json

import pytest
from sources.platforms.replies import (
    DAY,
    NOW,
    TOKEN,
    Asked,
    Reply,
    batches,
    by_path,
    failure,
    figures,
    machine_time,
    posts,
    questions,
    recorded,
    rows,
    serving,
    source,
)

from tracker.sources.contract import check_source

VIDEO = "https://www.youtube.com/watch?v=abc"
LINKS, TOP = Reply("dub/links.json"), Reply("dub/top-links.json")


def test_totals_of_links_that_are_a_posts() -> None:
    """By the settings, or because the post is the link; the others are passed over."""
    known = posts("web", "dub.sh/cleo", "dub.sh/other", "blog.example/x")
    with serving(by_path({"/links": LINKS})) as server:
        dub = source("dub", server, links={"dub.sh/ada": VIDEO}, daily=False)
        payloads = list(dub.ask(questions(known), None))
    assert server.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert dict(server.asked[0].params) == {"pageSize": "100"}
    assert rows(dub, payloads) == [
        {"post_id": "abc", "url": VIDEO, "clicks": 235},
        {"post_id": "dub.sh/cleo", "url": "https://dub.sh/cleo", "clicks": 17},
    ]
    made = batches(dub, payloads)
    assert sum(batch.ignored for batch in made) == 1
    assert [batch.absent for batch in made] == [()] * len(made)


def test_pages_of_links() -> None:
    """A run that is cut off goes on after the last link; the next begins anew."""
    many = [{"id": f"link_{n}", "domain": "d.sh", "key": f"k{n}"} for n in range(150)]

    def answering(asked: Asked) -> Reply:
        after = asked.param("startingAfter")
        start = int(after.removeprefix("link_")) + 1 if after else 0
        return Reply(json.dumps(many[start : start + 100]).encode())

    with serving(answering) as server:
        dub = source("dub", server, daily=False, domain="d.sh")
        first = next(dub.ask(questions(), None))
        (second,) = dub.ask(questions(), first.bookmark)
        assert len(list(dub.ask(questions(), second.bookmark))) == 2
    starts = [each.param("startingAfter") for each in server.asked]
    assert starts == [None, "link_99", None, "link_99"]
    assert {each.param("domain") for each in server.asked} == {"d.sh"}


def test_a_page_that_comes_again_ends_the_run() -> None:
    page = json.dumps([{"id": f"link_{n}"} for n in range(100)]).encode()
    with serving(by_path({"/links": Reply(page)})) as server:
        error = failure(source("dub", server), questions())
    assert error.code == "SCHEMA"
    assert len(server.asked) == 2


def test_clicks_by_day_are_figures_of_links() -> None:
    replies = {"/links": LINKS, "/analytics": TOP}
    with serving(by_path(replies)) as server:
        dub = source("dub", server)
        payloads = list(dub.ask(questions(), None))
        later = list(dub.ask(questions(now=NOW + DAY), payloads[-1].bookmark))
    days = [each for each in server.asked if each.path == "/analytics"]
    assert dict(days[0].params) == {
        "event": "clicks",
        "groupBy": "top_links",
        "timezone": "UTC",
        "start": "2026-04-20T00:00:00Z",
        "end": "2026-04-20T23:59:59.999Z",
    }
    assert len(days) == 31 + 5
    assert days[-1].param("start") == "2026-05-21T00:00:00Z"
    assert figures(dub, payloads)[:2] == [
        ("dub.sh/ada", "clicks", "2026-04-20", 31),
        ("dub.sh/cleo", "clicks", "2026-04-20", 4),
    ]
    assert rows(dub, later) == []


def test_nothing_goes_on_behind_what_cannot_be_read() -> None:
    """The bookmark of a later day would pass over this one."""
    replies = {"/links": LINKS, "/analytics": [Reply(b'[{"id"'), TOP]}
    with serving(by_path(replies)) as server:
        assert failure(source("dub", server), questions()).code == "SCHEMA"


def test_a_plan_without_days_is_told_and_no_failure() -> None:
    replies = {"/links": LINKS, "/analytics": Reply("dub/error-403.json", 403)}
    with serving(by_path(replies)) as server:
        dub = source("dub", server)
        assert len(list(dub.ask(questions(), None))) == 1
    assert dub.notices[0].startswith("notice[PLAN_LIMIT] source s")


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [("error-401", 401, "REAUTH"), ("error-429", 429, "QUOTA")],
)
def test_errors_by_who_can_mend_them(name: str, status: int, code: str) -> None:
    reset = machine_time() // 1000 + 50
    headers = {"X-RateLimit-Reset": str(reset)} if status == 429 else {}
    reply = Reply(f"dub/{name}.json", status, headers)
    with serving(by_path({"/links": reply})) as server:
        error = failure(source("dub", server), questions())
    assert error.code == code
    if status == 429:
        assert error.retry_at == reset * 1000  # type: ignore[attr-defined]


def test_odd_rows_are_rejects_and_stop_no_other() -> None:
    odd = (
        b'[{"domain":"dub.sh","key":"ada","clicks":1.5},7,'
        b'{"key":3},{"domain":"\\u0000"}]'
    )
    with serving(by_path({"/links": Reply(odd)})) as server:
        dub = source("dub", server, links={"dub.sh/ada": VIDEO}, daily=False)
        made = batches(dub, list(dub.ask(questions(), None)))
    rejects = [(r.line, r.column, r.code) for batch in made for r in batch.rejects]
    assert rejects == [(1, "clicks", "ROW_NUMBER"), (2, "", "ROW_TYPE")]
    assert sum(batch.ignored for batch in made) == 2


def test_the_contract_holds() -> None:
    names = ["dub/links", "dub/top-links", "dub/error-401", "bluesky/error-403"]
    check_source(source("dub"), [recorded(f"{name}.json") for name in names])
