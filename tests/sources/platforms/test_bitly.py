"""Bitly, against a server that answers as api-ssl.bitly.com does."""

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
    figures,
    machine_time,
    posts,
    questions,
    recorded,
    rows,
    serving,
    source,
)

from tracker.errors import ConfigError
from tracker.sources.contract import check_source

ADA, BEN = "/v4/bitlinks/bit.ly/3aDa111", "/v4/bitlinks/bit.ly/3bEn222"
VIDEO = "https://www.youtube.com/watch?v=abc"
DAYS = Reply("bitly/clicks.json")
GONE = Reply("bitly/error-404.json", 404)
DENIED = Reply("bitly/error-403.json", 403)


def test_clicks_by_day_are_figures_of_the_link() -> None:
    """They are no post's: nothing is added to what a platform shows of one."""
    with serving(by_path({f"{ADA}/clicks": DAYS})) as server:
        bitly = source("bitly", server, links=["https://bit.ly/3aDa111/"])
        payloads = list(bitly.ask(questions(), None))
    assert server.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert dict(server.asked[0].params) == {"unit": "day", "units": "31"}
    assert rows(bitly, payloads) == []
    assert figures(bitly, payloads) == [
        ("bit.ly/3aDa111", "clicks", "2026-05-03", 4),
        ("bit.ly/3aDa111", "clicks", "2026-05-02", 0),
        ("bit.ly/3aDa111", "clicks", "2026-05-01", 31),
    ]


def test_the_total_is_its_posts_where_a_link_stands_in_one() -> None:
    replies = {
        f"{ADA}/clicks/summary": Reply("bitly/summary.json"),
        f"{ADA}/clicks": DAYS,
    }
    with serving(by_path(replies)) as server:
        bitly = source("bitly", server, links={"bit.ly/3aDa111": VIDEO})
        payloads = list(bitly.ask(questions(), None))
    assert dict(server.asked[0].params) == {"unit": "day", "units": "-1"}
    (batch, _) = batches(bitly, payloads)
    assert batch.frame["platform"].to_list() == ["youtube"]
    assert rows(bitly, payloads) == [{"post_id": "abc", "url": VIDEO, "clicks": 235}]


def test_a_known_post_that_is_a_link_itself() -> None:
    """As exports have them. One that is gone is absent, pages of the web are not
    asked for."""
    replies = {f"{ADA}/clicks/summary": Reply("bitly/summary.json")}
    known = posts("web", "bit.ly/3aDa111", "bit.ly/gone1", "blog.example/day-one")
    with serving(by_path(replies)) as server:
        bitly = source("bitly", server, links=[])
        payloads = list(bitly.ask(questions(known), None))
    assert sorted(server.paths()) == [
        f"{ADA}/clicks/summary",
        "/v4/bitlinks/bit.ly/gone1/clicks/summary",
    ]
    assert rows(bitly, payloads) == [{"post_id": "bit.ly/3aDa111", "clicks": 235}]
    absent = [each for batch in batches(bitly, payloads) for each in batch.absent]
    assert absent == [("web", "bit.ly/gone1")]


def test_every_link_of_the_account_when_none_is_named() -> None:
    page = (
        b'{"links":[{"id":"bit.ly/3aDa111"}],"pagination":{"next":'
        b'"https://elsewhere.example/v4/groups/Bk1aAbCdEfG/bitlinks?page=2&size=100&x=y"}}'
    )
    group = "/v4/groups/Bk1aAbCdEfG/bitlinks"
    replies = {
        "/v4/groups": Reply("bitly/groups.json"),
        group: [Reply(page), Reply("bitly/bitlinks.json")],
        f"{ADA}/clicks": DAYS,
        f"{BEN}/clicks": DAYS,
    }
    with serving(by_path(replies)) as server:
        bitly = source("bitly", server)
        payloads = list(bitly.ask(questions(), None))
    assert server.paths()[:3] == ["/v4/groups", group, group]
    assert [dict(each.params) for each in server.asked[1:3]] == [
        {"size": "100"},
        {"page": "2", "size": "100"},
    ]
    assert len(figures(bitly, payloads)) == 6


def test_a_run_that_is_cut_off_goes_on_where_it_was() -> None:
    """When all links were read, only the last days are asked for again."""
    with serving(by_path({f"{ADA}/clicks": DAYS, f"{BEN}/clicks": DAYS})) as server:
        bitly = source("bitly", server, links=["bit.ly/3aDa111", "bit.ly/3bEn222"])
        first = next(bitly.ask(questions(), None))
        (rest,) = bitly.ask(questions(), first.bookmark)
        assert rest.label == "bit.ly/3bEn222: days"
        later = list(bitly.ask(questions(now=NOW + DAY), rest.bookmark))
    assert [p.label[:14] for p in later] == ["bit.ly/3aDa111", "bit.ly/3bEn222"]
    assert server.asked[-1].param("units") == "5"


def test_a_run_that_goes_on_days_later_skips_no_day() -> None:
    """The links before the cut were told of up to the day when it began."""
    with serving(by_path({f"{ADA}/clicks": DAYS, f"{BEN}/clicks": DAYS})) as server:
        bitly = source("bitly", server, links=["bit.ly/3aDa111", "bit.ly/3bEn222"])
        first = next(bitly.ask(questions(), None))
        (rest,) = bitly.ask(questions(now=NOW + 9 * DAY), first.bookmark)
        list(bitly.ask(questions(now=NOW + 10 * DAY), rest.bookmark))
    assert server.asked[-1].param("units") == "14"


def test_a_cut_behind_the_last_link_that_is_left_is_no_end() -> None:
    """The link that was still to come is no longer in the settings: no clicks by day
    were ever asked for again."""
    with serving(by_path({f"{ADA}/clicks": DAYS, f"{BEN}/clicks": DAYS})) as server:
        both = source("bitly", server, links=["bit.ly/3aDa111", "bit.ly/3bEn222"])
        first = next(both.ask(questions(), None))
        bitly = source("bitly", server, links=["bit.ly/3aDa111"])
        (again,) = bitly.ask(questions(), first.bookmark)
    assert again.label == "bit.ly/3aDa111: days"


def test_a_link_that_is_gone_stops_no_other() -> None:
    replies = {f"{ADA}/clicks": GONE, f"{BEN}/clicks": DAYS}
    with serving(by_path(replies)) as server:
        bitly = source("bitly", server, links=["bit.ly/3aDa111", "bit.ly/3bEn222"])
        payloads = list(bitly.ask(questions(), None))
    assert len(figures(bitly, payloads)) == 3
    assert bitly.notices == ["notice[LINK_GONE] source s: bit.ly/3aDa111 is not there."]


@pytest.mark.parametrize("body", [b'{"link_cl', b"[]", b'{"message":"fine"}'])
def test_nothing_goes_on_behind_what_cannot_be_read(body: bytes) -> None:
    """The bookmark of a later link would pass over the days of this one."""
    replies = {f"{ADA}/clicks": Reply(body), f"{BEN}/clicks": DAYS}
    with serving(by_path(replies)) as server:
        bitly = source("bitly", server, links=["bit.ly/3aDa111", "bit.ly/3bEn222"])
        assert failure(bitly, questions()).code == "SCHEMA"


def test_a_token_that_may_see_nothing_waits_for_a_person() -> None:
    with serving(by_path({f"{ADA}/clicks": DENIED})) as server:
        error = failure(source("bitly", server, links=["bit.ly/3aDa111"]), questions())
    assert error.code == "ASKED"
    assert TOKEN not in str(error)


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("error-402", 402, "ASKED"),
        ("error-429", 429, "QUOTA"),
        ("error-403", 401, "REAUTH"),
    ],
)
def test_errors_by_who_can_mend_them(name: str, status: int, code: str) -> None:
    """Limits begin anew each minute, and no header says so."""
    with serving(
        by_path({f"{ADA}/clicks": Reply(f"bitly/{name}.json", status)})
    ) as server:
        error = failure(source("bitly", server, links=["bit.ly/3aDa111"]), questions())
    assert error.code == code
    if status == 429:
        assert 50_000 < error.retry_at - machine_time() <= 60_000  # type: ignore[attr-defined]


def test_calls_are_reserved_before_they_are_made() -> None:
    with serving(by_path({f"{ADA}/clicks": DAYS})) as server:
        bitly = source("bitly", server, links=["bit.ly/3aDa111"])
        error = failure(bitly, questions(wallet=Wallet({"calls": 1_000})))
    assert (error.code, server.asked) == ("QUOTA", [])


@pytest.mark.parametrize(
    "links",
    [
        "bit.ly/1",
        ["no link"],
        {"bit.ly/1": 7},
        {"bit.ly/1": "https://youtu.be/"},
        {"bit.ly/1": VIDEO, "bit.ly/2": "https://youtu.be/abc"},
    ],
)
def test_links_that_are_refused(links: object) -> None:
    """Totals of two links come one by one: both cannot be one post's."""
    with pytest.raises(ConfigError, match="1 problem"):
        source("bitly", links=links)


def test_odd_rows_are_rejects_and_stop_no_other() -> None:
    odd = (
        b'{"link_clicks":[{"clicks":-1,"date":"2026-05-01T00:00:00+0000"},'
        b'{"clicks":2,"date":"some day"},{"clicks":3},{"clicks":4,"date":7},'
        b'{"clicks":null,"date":"2026-05-02T00:00:00+0000"},5]}'
    )
    with serving(by_path({f"{ADA}/clicks": Reply(odd)})) as server:
        bitly = source("bitly", server, links=["bit.ly/3aDa111"])
        (batch,) = batches(bitly, list(bitly.ask(questions(), None)))
    assert [(r.line, r.column, r.code) for r in batch.rejects] == [
        (1, "clicks", "ROW_NUMBER"),
        (2, "day", "ROW_DATE"),
        (3, "day", "ROW_ID"),
        (4, "day", "ROW_TYPE"),
        (6, "day", "ROW_ID"),
    ]
    assert batch.rows == 5


def test_what_is_asked_of_one_group() -> None:
    def answering(asked: Asked) -> Reply:
        if asked.path == "/v4/groups/G1/bitlinks":
            return Reply(b'{"links":[{"id":"not a link"},{}],"pagination":{}}')
        return GONE

    with serving(answering) as server:
        assert list(source("bitly", server, group="G1").ask(questions(), None)) == []
    assert len(server.asked) == 1


def test_the_contract_holds() -> None:
    names = ["clicks", "summary", "groups", "error-404"]
    check_source(source("bitly"), [recorded(f"bitly/{name}.json") for name in names])
