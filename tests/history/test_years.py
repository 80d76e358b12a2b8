"""Year on year, worked out by hand from a programme of two years."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import spring
import twoyears
from support import Run

NO_NEWS = "nothing new was read in this time"


@pytest.fixture
def ask(two_years: Run) -> Run:
    """`tracker years ... --json` of the programme."""
    return lambda *words: spring.said(two_years, "years", *words)


def value(row: dict[str, Any], name: str) -> tuple[Any, ...]:
    one = row["figures"][name]
    return one["value"], one["before"], one["change"]


def coverage(row: dict[str, Any], name: str) -> tuple[int, int]:
    return row["figures"][name]["known"], row["figures"][name]["unknown"]


def test_a_year_stands_beside_the_same_days_of_the_year_before(ask: Run) -> None:
    found = ask()
    assert (found["since"], found["until"]) == ("2025-03-10", "2026-03-11")
    before, now = found["rows"]
    assert (before["year"], before["over"], now["over"]) == (2025, True, False)
    assert value(before, "posts") == (3, None, None)
    assert value(before, "views") == (210, None, None)
    assert value(before, "engagements") == (23, None, None)
    assert coverage(before, "views") == coverage(before, "engagements") == (2, 1)
    # until 11 March of both years: p2 came on the 12th, p1 was shared in April
    assert value(now, "posts") == (2, 2, 0)
    assert value(now, "views") == (300, 150, 100)
    assert value(now, "engagements") == (28, 16, 75)
    assert coverage(now, "views") == (3, 2)
    assert coverage(now, "engagements") == (4, 1)


def test_what_nobody_told_is_unknown_and_not_zero(ask: Run) -> None:
    rows = ask()["rows"]
    for row in rows:
        assert value(row, "saves") == (None, None, None)
        assert row["figures"]["saves"]["reason"] == "it is not known of any post yet"
    assert rows[0]["figures"]["views"]["reason_before"]
    assert "reach" not in rows[0]["figures"]


def test_months_beside_months(ask: Run) -> None:
    rows = {row["month"]: row for row in ask("--by", "month")["rows"]}
    assert list(rows) == [
        *(f"2025-{month:02d}" for month in range(3, 13)),
        *("2026-01", "2026-02", "2026-03"),
    ]
    assert value(rows["2025-04"], "views") == (60, None, None)
    assert value(rows["2025-04"], "engagements") == (7, None, None)
    assert value(rows["2025-04"], "posts") == (0, None, None)
    quiet = rows["2025-07"]["figures"]["views"]
    assert (quiet["value"], quiet["reason"]) == (None, NO_NEWS)
    assert rows["2026-03"]["beside"] == "2025-03"
    assert value(rows["2026-03"], "views") == (300, 150, 100)


def test_sums_of_months_and_platforms_are_the_years(ask: Run) -> None:
    years = {row["year"]: row for row in ask()["rows"]}
    for words in (("--by", "month"), ("--by", "platform")):
        rows = ask(*words)["rows"]
        for year, whole in years.items():
            for name in ("posts", "views", "engagements", "likes"):
                parts = [value(r, name)[0] for r in rows if r["year"] == year]
                assert sum(p or 0 for p in parts) == value(whole, name)[0], name


def test_platforms_are_apart(ask: Run) -> None:
    rows = ask("--by", "platform")["rows"]
    found = {(row["platform"], row["year"]): row for row in rows}
    assert value(found["x", 2025], "engagements") == (10, None, None)
    assert coverage(found["x", 2025], "engagements") == (1, 1)
    assert value(found["x", 2026], "views")[0] is None
    assert value(found["youtube", 2026], "views") == (300, 100, 200)


def test_costs_are_of_their_day_and_say_what_is_in_them(ask: Run) -> None:
    before, now = ask()["rows"]
    [spent] = now["costs"]
    assert (spent["currency"], spent["cost"], spent["before"]) == ("EUR", 30, 50)
    assert (spent["views"], spent["engagements"]) == (300, 28)
    assert spent["cpv"] == pytest.approx(0.1)
    assert spent["cpv_before"] == pytest.approx(50 / 150)
    assert spent["basis"] == ["paid + committed", "planned"]
    assert spent["campaigns"] == {"known": 2, "unknown": 0}
    [spent] = before["costs"]
    assert (spent["cost"], spent["before"], spent["cpv_before"]) == (50, None, None)
    march = next(r for r in ask("--by", "month")["rows"] if r["month"] == "2025-04")
    assert march["costs"] == []


def test_a_campaign_stands_beside_the_one_its_plan_names(ask: Run) -> None:
    first, second = ask("--by", "campaign")["rows"]
    assert (first["campaign"], first["beside"]) == ("first", None)
    assert value(first, "views") == (210, None, None)
    assert (second["campaign"], second["beside"]) == ("second", "first")
    # the eleventh day of both
    assert (second["first"], second["last"]) == ("2026-03-01", "2026-03-11")
    assert value(second, "views") == (300, 150, 100)
    [spent] = second["costs"]
    assert spent["cpv"] == pytest.approx(30 / 300)
    assert spent["cpv_before"] == pytest.approx(50 / 210)
    assert len(ask("second", "--by", "campaign")["rows"]) == 1


def test_a_campaign_alone(ask: Run) -> None:
    found = ask("second")
    assert (found["campaign"], found["timezone"]) == ("second", "Europe/Paris")
    [row] = found["rows"]
    assert value(row, "views") == (300, None, None)


def test_it_agrees_with_totals_and_kpi(ask: Run, two_years: Run) -> None:
    for name in ("first", "second"):
        [row] = ask(name, "--by", "campaign")["rows"]
        [total] = spring.said(two_years, "totals", name)["rows"]
        words = ("kpi", name, "cpv", "cpe")
        cpv, cpe = spring.said(two_years, *words)["rows"][0]["kpis"]
        [spent] = row["costs"]
        assert cpv["value"] == pytest.approx(spent["cpv"])
        assert cpe["value"] == pytest.approx(spent["cpe"])
        for metric in ("views", "likes", "shares"):
            whole = (total[metric]["value"], total[metric]["known"])
            one = row["figures"][metric]
            assert (one["value"] or 0, one["known"]) == (whole[0] or 0, whole[1])


def test_both_databases_answer_the_same_of_what_is_archived_too(
    each_workspace: Path, invoke: Run, ask: Run
) -> None:
    twoyears.begin(each_workspace, invoke)
    every = ((), *(("--by", cut) for cut in ("month", "platform", "campaign")))
    for words in every:
        assert spring.said(invoke, "years", *words) == ask(*words)
    spring.done(invoke, "archive", "run", "--before", "2025-04")
    for words in every:
        assert spring.said(invoke, "years", *words) == ask(*words)


def test_words_on_a_terminal(workspace: Path, invoke: Run, two_years: Run) -> None:
    assert "Nothing is known yet." in spring.done(invoke, "years")
    said = spring.done(two_years, "years")
    assert "+100.0 %" in said and "2026 until 2026-03-11" in said
    assert "EUR" in said and "2/2" in said
    assert "second" in spring.done(two_years, "years", "--by", "campaign")
    missing = two_years("years", "thrid")
    assert missing.code == 4 and 'no "thrid"' in missing.err
