"""The roster, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.errors import NotFoundError, RosterError
from tracker.model import (
    ATTRIBUTES,
    METRICS,
    Ambassador,
    Campaign,
    Enrolment,
    Handle,
    Match,
    day_instant,
)
from tracker.sources.base import Batch, Payload
from tracker.store import tables
from tracker.store.database import Database
from tracker.store.ledger import Desk, Ledger
from tracker.store.roster import Roster
from tracker.store.verify import verify

ZONE = ZoneInfo("Europe/Paris")
FIESTA = Campaign(
    "fiesta", "Fiesta", "UTC", "EUR", "fr", date(2009, 5, 1), date(2009, 11, 30)
)


@pytest.fixture
def roster(database: Database) -> Roster:
    return Roster(database, ZONE)


def person(name: str, *handles: Handle, **facts: str) -> Ambassador:
    return Ambassador(name, name.title(), handles=handles, **facts)


def row(line: int, name: str, handle: Handle | None = None, **facts: str):
    return (line, person(name, *([handle] if handle else []), **facts), None)


def enrolling(line: int, name: str, **days):
    return (line, person(name), Enrolment("fiesta", name, **days))


# -- campaigns --------------------------------------------------------------------


def test_applying_a_plan_again_changes_nothing_and_an_edit_is_named(roster):
    plan = {"campaign": {"id": "fiesta", "start": date(2009, 5, 1)}, "tool": [{"a": 1}]}
    assert roster.apply(FIESTA, plan, now=1).state == "added"
    assert roster.apply(FIESTA, plan, now=2).state == "unchanged"

    marks = Match(hashtags=("fiesta",))
    longer = replace(FIESTA, ends=date(2009, 12, 31), match=marks)
    applied = roster.apply(longer, plan | {"tool": [{"a": 2}]}, now=3)
    assert applied.state == "updated"
    assert [(c.path, c.before, c.after) for c in applied.changes] == [
        ("campaign.end", "2009-11-30", "2009-12-31"),
        ("match.hashtags", None, ["fiesta"]),
        ("tool[0].a", 1, 2),
    ]
    assert roster.campaign("fiesta") == longer
    assert roster.plan("fiesta")["tool"] == [{"a": 2}]


def test_a_dry_run_of_a_plan_keeps_nothing(roster):
    assert roster.apply(FIESTA, {}, now=1, dry_run=True).state == "added"
    assert roster.campaigns() == []


def test_an_open_campaign_stays_open_when_its_plan_is_applied_again(roster):
    roster.apply(FIESTA, {}, now=1)
    assert roster.set_state("fiesta", "open", now=1).state == "open"
    applied = roster.apply(FIESTA, {"budget": {"amount": 1}}, now=2)
    assert (applied.state, applied.campaign.state) == ("updated", "open")
    assert roster.campaign("fiesta").state == "open"


def test_an_unknown_campaign_is_not_found_and_the_nearest_named(roster):
    roster.apply(FIESTA, {}, now=1)
    for ask in (
        roster.campaign,
        roster.plan,
        roster.ambassadors,
        roster.enrolments,
        lambda name: roster.set_state(name, "open", now=1),
        lambda name: roster.enrol([], campaign=name, now=0),
        lambda name: roster.withdraw(name, [], on=None),
        lambda name: roster.import_people([], campaign=name, now=1),
    ):
        with pytest.raises(NotFoundError, match="fista") as caught:
            ask("fista")
        assert 'Did you mean "fiesta"?' in str(caught.value)


# -- people -------------------------------------------------------------------------


def test_a_person_is_added_once_with_handles(roster):
    ana = person("ana", Handle("x", "@Ana"), Handle("youtube", "ana"), country="FR")
    roster.add(ana, now=1)
    assert roster.ambassador("ana") == ana
    with pytest.raises(RosterError, match="already"):
        roster.add(ana, now=2)


def test_a_handle_has_one_owner_at_a_time(roster):
    roster.add(person("ana", Handle("x", "@Ana", until=date(2009, 5, 31))), now=1)
    with pytest.raises(RosterError, match='belongs to "ana"'):
        roster.add(person("ben", Handle("x", "ANA", date(2009, 5, 31))), now=2)
    assert [one.id for one in roster.ambassadors()] == ["ana"]
    roster.add(person("ben", Handle("x", "ana", date(2009, 6, 1))), now=3)
    roster.add(person("eve", Handle("youtube", "ana")), now=4)


def test_a_rename_closes_the_old_handle_the_day_before(roster):
    roster.add(person("ana", Handle("x", "ana", followers=5)), now=1)
    rename = {"today": date(2009, 9, 1), "since": date(2009, 7, 1)}
    for _ in range(2):
        ana = roster.rename_handle("ana", "x", "ana2", **rename)
        assert ana.handles == (
            Handle("x", "ana", None, date(2009, 6, 30), 5),
            Handle("x", "ana2", date(2009, 7, 1), None, 5),
        )
    back = roster.rename_handle("ana", "x", "ana", today=date(2009, 9, 1))
    assert [(h.handle, h.since, h.until) for h in back.handles] == [
        ("ana", None, date(2009, 6, 30)),
        ("ana2", date(2009, 7, 1), date(2009, 8, 31)),
        ("ana", date(2009, 9, 1), None),
    ]


def test_a_rename_that_does_not_fit_changes_nothing(roster):
    mine = (Handle("x", "one", date(2009, 6, 1)), Handle("x", "two"))
    roster.add(person("ana", *mine), now=1)
    roster.add(person("ben", Handle("x", "ben")), now=1)
    day = date(2009, 5, 1)
    for old, new, said in (
        (None, "new", "several"),
        ("one", "new", "began only"),
        ("two", "ben", 'belongs to "ben"'),
        ("three", "new", "three"),
    ):
        with pytest.raises(RosterError, match=said):
            roster.rename_handle("ana", "x", new, today=day, old=old)
    assert set(roster.ambassador("ana").handles) == set(mine)
    with pytest.raises(NotFoundError):
        roster.rename_handle("eve", "x", "new", today=day)


def test_a_rename_without_a_handle_adds_one_and_it_can_be_dropped(roster):
    roster.add(person("ana"), now=1)
    ana = roster.rename_handle("ana", "x", "ana", today=date(2009, 5, 1))
    assert ana.handles == (Handle("x", "ana"),)
    with pytest.raises(NotFoundError):
        roster.drop_handle("ana", "youtube", "ana")
    assert roster.drop_handle("ana", "x", "@ANA").handles == ()


# -- import -------------------------------------------------------------------------


def test_import_adds_updates_and_says_what_changed(roster):
    first = [row(2, "ana", Handle("x", "ana")), row(3, "ana", Handle("youtube", "ana"))]
    changes = roster.import_people(first, now=1)
    assert changes.rows_by_state == {"added": 2, "updated": 0, "unchanged": 0}
    assert changes.people_by_state == {"added": 1, "updated": 0, "unchanged": 0}

    second = [*first, row(4, "ben"), row(5, "ana", country="FR")]
    changes = roster.import_people(second, now=2)
    assert changes.rows_by_state == {"added": 1, "updated": 3, "unchanged": 0}
    assert changes.people_by_state == {"added": 1, "updated": 1, "unchanged": 0}
    assert roster.ambassador("ana").country == "FR"
    assert len(roster.ambassador("ana").handles) == 2


def test_a_blank_cell_does_not_erase(roster):
    known = person("ana", Handle("x", "ana", followers=5), email="a@x.org")
    roster.import_people([(2, known, None)], now=1)
    silent = Ambassador("ana", "", handles=(Handle("x", "ana"),))
    changes = roster.import_people([(2, silent, None)], now=2)
    assert changes.rows_by_state["unchanged"] == 1
    assert roster.ambassador("ana") == known


@pytest.mark.parametrize(
    ("rows", "bad", "column", "code"),
    [
        ([(3, Ambassador("new", ""), None)], [3], "name", "ROW_MISSING"),
        ([row(3, "new"), row(4, "new", country="FR"), row(5, "new", country="DE")],
         [5], "country", "ROW_CONFLICT"),
        ([row(3, "new", Handle("x", "BEN"))], [3], "handle", "ROW_HANDLE"),
        ([row(3, "new", Handle("x", "n")), row(4, "neo", Handle("x", "n"))],
         [4], "handle", "ROW_HANDLE"),
        ([row(3, "new", Handle("x", "n", followers=8)),
          row(4, "new", Handle("x", "n", followers=9))],
         [4], "handle", "ROW_CONFLICT"),
    ],
)  # fmt: skip
def test_a_bad_row_is_rejected_and_the_others_kept(roster, rows, bad, column, code):
    rows = [row(2, "ben", Handle("x", "ben")), *rows]
    changes = roster.import_people(rows, now=1)
    assert [reject.line for reject in changes.rejects] == bad
    assert {(one.column, one.code) for one in changes.rejects} == {(column, code)}
    assert sum(changes.rows_by_state.values()) == len(rows) - len(bad)
    assert roster.ambassador("ben").handles == (Handle("x", "ben"),)


def test_rows_of_one_handle_complete_each_other(roster):
    rows = [
        row(2, "ana", Handle("x", "ana")),
        row(3, "ana", Handle("x", "ana", followers=9)),
        row(4, "ana", Handle("x", "ana", date(2009, 5, 1))),
    ]
    for mixed in (rows, rows[::-1]):
        assert not roster.import_people(mixed, now=1).rejects
        handle = Handle("x", "ana", date(2009, 5, 1), None, 9)
        assert roster.ambassador("ana").handles == (handle,)


def test_a_person_without_a_name_takes_no_handle_from_others(roster):
    nameless = (2, Ambassador("new", "", handles=(Handle("x", "ana"),)), None)
    roster.import_people([nameless, row(3, "ana", Handle("x", "ana"))], now=1)
    assert [one.id for one in roster.ambassadors()] == ["ana"]
    assert roster.ambassador("ana").handles == (Handle("x", "ana"),)


def test_a_dry_run_counts_the_same_and_changes_nothing(roster):
    roster.apply(FIESTA, {}, now=1)
    rows = [
        enrolling(2, "ana"),
        row(3, "ben", Handle("x", "b")),
        row(4, "eve", Handle("x", "b")),
    ]
    tried = roster.import_people(rows, campaign="fiesta", now=1, dry_run=True)
    assert roster.ambassadors() == []
    done = roster.import_people(rows, campaign="fiesta", now=1)
    for name in ("rows_by_state", "people_by_state", "enrolled", "rejects"):
        assert getattr(tried, name) == getattr(done, name)


def test_ten_thousand_rows_are_one_import(roster):
    rows = [row(line, f"p{line}", Handle("x", f"h{line}")) for line in range(10_000)]
    assert roster.import_people(rows, now=1).rows_by_state["added"] == 10_000
    assert roster.import_people(rows, now=2).rows_by_state["unchanged"] == 10_000


DAYS = st.sampled_from([None, date(2009, 5, 1), date(2009, 6, 1), date(2009, 7, 1)])


@st.composite
def files(draw: st.DrawFn):
    """Rows without contradictions: a person has one word on each thing."""
    rows = []
    for name in draw(st.lists(st.sampled_from("abcd"), unique=True)):
        country = draw(st.sampled_from([None, "FR", "US"]))
        days = sorted(draw(st.lists(DAYS, max_size=2)), key=lambda day: day or date.min)
        enrolment = Enrolment("fiesta", name, *days)
        handles = draw(st.lists(st.sampled_from(["x", "youtube"]), unique=True))
        for platform in handles or [None]:
            followers = draw(st.none() | st.just(9))
            known = Handle(platform, f"@{name}", draw(DAYS), None, followers)
            handle = known if platform else None
            person_ = Ambassador(
                name, name.upper(), country=country, handles=(handle,) if handle else ()
            )
            rows.append((len(rows) + 2, person_, enrolment))
    return rows


@settings(max_examples=40)
@given(files(), files(), st.randoms())
def test_import_is_idempotent_and_the_order_of_rows_does_not_matter(
    first, second, luck
):
    said = ("from", "to")
    answers = []
    for shuffled in (False, True):
        with TemporaryDirectory() as folder:
            database = Database("sqlite:///t.db", Path(folder))
            tables.SQLModel.metadata.create_all(database.engine)
            roster = Roster(database, ZONE)
            roster.apply(FIESTA, {}, now=1)
            for rows in (first, second):
                mixed = luck.sample(rows, len(rows)) if shuffled else rows
                done = roster.import_people(mixed, campaign="fiesta", said=said, now=1)
                assert not done.rejects
                again = roster.import_people(mixed, campaign="fiesta", said=said, now=2)
                assert again.rows_by_state["unchanged"] == len(rows)
                assert again.enrolled == 0
            answers.append((roster.ambassadors(), roster.enrolments()))
    assert answers[0] == answers[1]


# -- enrolments and old figures --------------------------------------------------------


FRAME = {
    "line": pl.Int64,
    "platform": pl.String,
    "post_id": pl.String,
    **{name: pl.Int64 if name == "published_at" else pl.String for name in ATTRIBUTES},
    "captured_at": pl.Int64,
    **dict.fromkeys(METRICS, pl.Int64),
}


def post_daily(database: Database, handle: str) -> None:
    """One post a day from 1 May to 30 June, with ten views the day after."""
    rows = [
        dict.fromkeys(FRAME)
        | {"line": day, "platform": "x", "post_id": f"p{day}", "handle": handle}
        | {"published_at": at, "captured_at": at + 86_400_000, "views": 10}
        for day, at in enumerate(
            range(
                day_instant(date(2009, 5, 1)), day_instant(date(2009, 7, 1)), 86_400_000
            )
        )
    ]
    with database.writing() as link:
        link.run("INSERT INTO source (name, kind, state) VALUES ('s', 'csv', 'ready')")
        link.run("INSERT INTO run (source_id, started_at) SELECT id, 0 FROM source")
        source, run = link.one("SELECT s.id, r.id FROM source s, run r")
    payload = Payload("posts", 0, body=handle.encode())
    batch = Batch(pl.DataFrame(rows, schema=FRAME))
    Ledger(database, ZONE).keep(Desk(source, run, "f", "measured", 0), payload, [batch])


def views(database: Database) -> int:
    """The campaign's views; all sums agree with the readings."""
    assert verify(database, ZONE) == []
    with database.reading() as link:
        found = link.value(
            "SELECT sum(r.views) FROM rollup r JOIN campaign c ON c.id = r.campaign_id"
        )
    return int(found or 0)


def test_old_figures_follow_a_corrected_roster(database, roster):
    post_daily(database, "ana")
    roster.apply(FIESTA, {}, now=1)
    roster.add(person("ana", Handle("x", "ana")), now=1)
    assert views(database) == 0

    enrolment = Enrolment("fiesta", "ana", date(2009, 6, 1))
    assert roster.enrol([enrolment], campaign="fiesta", now=0).enrolled == 1
    assert views(database) == 300

    june = Enrolment("fiesta", "ana", None, date(2009, 6, 10), fee=100, currency="EUR")
    roster.enrol([june], campaign="fiesta", now=0)
    assert views(database) == 100
    kept = Enrolment(
        "fiesta", "ana", date(2009, 6, 1), date(2009, 6, 10), None, 100, "EUR"
    )
    assert roster.enrolments("fiesta") == [kept]

    silent = Enrolment("fiesta", "ana")
    assert roster.enrol([silent], campaign="fiesta", now=0).enrolments == []
    roster.enrol([silent], campaign="fiesta", now=0, said=("from", "to"))
    assert views(database) == 610

    roster.rename_handle("ana", "x", "new", today=date(2009, 5, 11))
    assert views(database) == 100
    roster.drop_handle("ana", "x", "ana")
    assert views(database) == 0


def test_old_figures_follow_the_campaigns_own_days_and_marks(database, roster):
    post_daily(database, "ana")
    roster.apply(FIESTA, {}, now=1)
    rows = [(2, person("ana", Handle("x", "ana")), Enrolment("fiesta", "ana"))]
    assert roster.import_people(rows, campaign="fiesta", now=1).enrolled == 1
    assert views(database) == 610
    may = replace(FIESTA, ends=date(2009, 5, 31))
    roster.apply(may, {}, now=2)
    assert views(database) == 310
    roster.apply(replace(may, timezone="Pacific/Auckland"), {}, now=2)
    assert views(database) == 310
    roster.apply(replace(may, match=Match(hashtags=("fiesta",))), {}, now=3)
    assert views(database) == 0


def test_withdrawing_keeps_what_counted_until_then(database, roster):
    post_daily(database, "ana")
    roster.apply(FIESTA, {}, now=1)
    roster.add(person("ana", Handle("x", "ana")), now=1)
    roster.enrol([Enrolment("fiesta", "ana")], campaign="fiesta", now=0)

    roster.withdraw("fiesta", ["ana"], on=date(2009, 5, 31), dry_run=True)
    assert views(database) == 610
    roster.withdraw("fiesta", ["ana"], on=date(2009, 5, 31))
    assert views(database) == 310
    with pytest.raises(RosterError, match="before the first day"):
        roster.withdraw("fiesta", ["ana"], on=date(2009, 4, 30))
    roster.withdraw("fiesta", ["ana"], on=None)
    assert views(database) == 0
    assert roster.enrolments() == []
    with pytest.raises(NotFoundError):
        roster.withdraw("fiesta", ["ana"], on=None)


def test_enrolling_needs_known_people_and_days_in_order(roster):
    roster.apply(FIESTA, {}, now=1)
    roster.add(person("ana"), now=1)
    with pytest.raises(NotFoundError, match="anna"):
        roster.enrol(
            [Enrolment("fiesta", "ana"), Enrolment("fiesta", "anna")],
            campaign="fiesta",
            now=0,
        )
    with pytest.raises(RosterError, match="before"):
        roster.enrol(
            [Enrolment("fiesta", "ana", date(2009, 6, 1), date(2009, 5, 1))],
            campaign="fiesta",
            now=0,
        )
    assert roster.enrolments() == []
    assert roster.ambassadors("fiesta") == []


def test_a_roster_without_a_zone_only_reads(database):
    roster = Roster(database)
    assert roster.ambassadors() == []
    with pytest.raises(TypeError, match="time zone"):
        roster.add(person("ana", Handle("x", "ana")), now=1)
    assert roster.ambassadors() == []
