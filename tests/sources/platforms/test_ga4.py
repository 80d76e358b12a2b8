"""GA4, against a server that answers as analyticsdata.googleapis.com does."""

from __future__ import annotations

import json

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
    questions,
    recorded,
    serving,
    source,
)

from tracker.errors import ConfigError
from tracker.sources.contract import check_source
from tracker.sources.platforms.answers import next_midnight

REPORT = "/v1beta/properties/123456789:runReport"
OWN = {"property": 123456789}


def test_figures_by_day_and_content() -> None:
    wallet = Wallet()
    with serving(by_path({REPORT: Reply("ga4/report.json")})) as server:
        ga4 = source("ga4", server, **OWN)
        payloads = list(ga4.ask(questions(wallet=wallet), None))
        list(ga4.ask(questions(now=NOW + DAY), payloads[0].bookmark))
    first, later = server.asked
    assert first.headers["authorization"] == f"Bearer {TOKEN}"
    assert first.params == []
    assert first.json == {
        "dateRanges": [{"startDate": "2026-04-20", "endDate": "today"}],
        "dimensions": [{"name": "date"}, {"name": "sessionManualAdContent"}],
        "metrics": [{"name": "screenPageViews"}],
        "limit": "100000",
        "offset": "0",
        "returnPropertyQuota": True,
    }
    assert later.json["dateRanges"][0]["startDate"] == "2026-05-17"
    assert figures(ga4, payloads) == [
        ("ada", "views", "2026-05-01", 120),
        ("ben", "views", "2026-05-01", 7),
        ("ada", "views", "2026-05-02", 64),
        ("(not set)", "views", "2026-05-02", 900),
    ]
    assert wallet.used == {
        "tokens a day": 12,
        "tokens an hour": 12,
        "tokens a project and hour": 12,
    }


def test_a_page_and_two_figures() -> None:
    own = {
        **OWN,
        "property": "properties/123456789",
        "dimension": "pagePath",
        "metrics": {"views": "screenPageViews", "clicks": "sessions"},
    }
    report = {
        "dimensionHeaders": [{"name": "date"}, {"name": "pagePath"}],
        "metricHeaders": [{"name": "sessions"}, {"name": "screenPageViews"}],
        "rows": [
            {
                "dimensionValues": [{"value": "20260501"}, {"value": "/book"}],
                "metricValues": [{"value": "11"}, {"value": "21"}],
            }
        ],
        "rowCount": 1,
    }
    with serving(by_path({REPORT: Reply(json.dumps(report).encode())})) as server:
        ga4 = source("ga4", server, **own)
        payloads = list(ga4.ask(questions(), None))
    assert figures(ga4, payloads) == [
        ("/book", "views", "2026-05-01", 21),
        ("/book", "clicks", "2026-05-01", 11),
    ]


def test_pages_of_a_long_report() -> None:
    def answering(asked: Asked) -> Reply:
        report = json.loads(Reply("ga4/report.json").bytes)
        start = int(asked.json["offset"])
        report["rows"] = report["rows"][start : start + 3]
        return Reply(json.dumps(report).encode())

    with serving(answering) as server:
        ga4 = source("ga4", server, **OWN)
        payloads = list(ga4.ask(questions(), None))
    assert [each.json["offset"] for each in server.asked] == ["0", "3"]
    assert [p.bookmark is None for p in payloads] == [True, False]
    assert len(figures(ga4, payloads)) == 4


def test_a_report_without_rows_is_no_row() -> None:
    (batch,) = source("ga4", **OWN).parse(recorded("ga4/report-empty.json"))
    assert batch.rows == 0


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("error-401", 401, "REAUTH"),
        ("error-403", 403, "ASKED"),
        ("error-429-day", 429, "QUOTA"),
        ("error-429-hour", 429, "QUOTA"),
    ],
)
def test_errors_by_who_can_mend_them(name: str, status: int, code: str) -> None:
    """Which quota is used up stands in the sentence alone: the day of California or
    an hour."""
    before = machine_time()
    with serving(by_path({REPORT: Reply(f"ga4/{name}.json", status)})) as server:
        error = failure(source("ga4", server, **OWN), questions())
    assert error.code == code
    assert TOKEN not in str(error)
    if name.endswith("day"):
        wanted = {
            next_midnight(t, "America/Los_Angeles") for t in (before, machine_time())
        }
        assert error.retry_at in wanted  # type: ignore[attr-defined]
    if name.endswith("hour"):
        ahead = error.retry_at - before  # type: ignore[attr-defined]
        assert 3_600_000 <= ahead < 3_700_000


def test_tokens_are_reserved_before_the_call() -> None:
    with serving(by_path({REPORT: Reply("ga4/report.json")})) as server:
        used = Wallet({"tokens an hour": 39_995})
        error = failure(source("ga4", server, **OWN), questions(wallet=used))
    assert (error.code, server.asked) == ("QUOTA", [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"property": "UA-1"},
        {"metrics": {}},
        {"metrics": {"sessions": "sessions"}},
        {"metrics": {"views": "two words"}},
        {"dimension": "2"},
    ],
)
def test_settings_that_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="1 problem"):
        source("ga4", **{**OWN, **wrong})


def test_odd_rows_are_rejects_and_stop_no_other() -> None:
    """What GA4 itself puts together as "(other)" is of no day."""
    (batch,) = source("ga4", **OWN).parse(recorded("ga4/report-odd.json"))
    assert batch.audience is not None
    assert batch.audience["handle"].to_list() == ["NUL   and half a sign \ufffd"]
    assert [(r.line, r.column, r.code) for r in batch.rejects] == [
        (2, "day", "ROW_DATE"),
        (3, "views", "ROW_NUMBER"),
        (5, "handle", "ROW_ID"),
    ]
    assert batch.ignored == 1


def test_the_contract_holds() -> None:
    names = ["ga4/report", "ga4/report-odd", "ga4/report-empty", "ga4/error-401"]
    payloads = [recorded(f"{name}.json") for name in names]
    check_source(source("ga4", **OWN), [*payloads, recorded("bluesky/error-403.json")])
    assert batches(source("ga4", **OWN), payloads[:1])
