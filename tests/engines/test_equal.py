"""Every engine sums up what the kept sums say, wherever the readings lie."""

from __future__ import annotations

from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hard import HARD, LATE, ZONES, agree, asked, contents, enrol, zoned
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from plain import campaign, keep

from tracker.errors import ConfigError
from tracker.store.archive import move, parts
from tracker.store.engines import duckdb, figures, hot, own, posts

quick = settings(
    max_examples=12,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # what fails is small
)


@quick
@given(
    contents,
    contents,
    st.sampled_from(ZONES),
    st.sampled_from(["2012-01", "2026-04", None]),
    st.sampled_from([(), ("x",)]),
)
def test_what_is_hot_archived_and_late(first, late, zone, month, apart):
    """Nulls, falls, ties, repeated readings, days without a time, changes of clocks."""
    with TemporaryDirectory() as folder:
        database = zoned(folder, zone)
        keep(database, *first, zone=ZoneInfo(zone))
        if month:
            move.run(database, move.Wish(month), now=1)
            keep(database, *late, zone=ZoneInfo(zone))
        agree(database, ("sqlite", "duckdb"), zone=zone, apart=apart)


@pytest.fixture
def hard(database):
    """On each kind of database what is hard, some of it archived, some late."""
    with database.writing() as link:
        campaign(link)
        enrol(link, "Australia/Lord_Howe")
    keep(database, HARD, zone=ZoneInfo("Australia/Lord_Howe"))
    move.run(database, move.Wish("2026-04"), now=1)
    keep(database, LATE, zone=ZoneInfo("Australia/Lord_Howe"))
    with database.reading() as link:
        assert parts.any_live(link)
    return database


def test_both_databases_and_duckdb(hard, monkeypatch):
    """In one piece and in many; all posts looked up at once, and one by one; with the
    statement that all could run."""
    zone, engines = "Australia/Lord_Howe", (hard.dialect, "duckdb")
    agree(hard, engines, zone=zone)
    monkeypatch.setattr(own, "ROWS", 20)
    monkeypatch.setattr(hot, "ROWS", 20)
    monkeypatch.setattr(duckdb, "ROWS", 30)
    monkeypatch.setattr(duckdb.Duck, "newest", None)
    for module in (hot, posts, figures):
        monkeypatch.setattr(module, "most", lambda *_: False)
    agree(hard, engines, zone=zone, apart=("x",))
    for engine in engines:
        ((summed, kept),) = asked(hard, engine, ("mission",), "c", zone)
        assert (summed, summed.rows != ()) == (kept, True)


def test_an_empty_workspace_has_no_sums(database):
    with database.writing() as link:
        campaign(link)
    agree(database, (database.dialect, "duckdb"))


def test_another_database_s_engine_is_refused(database):
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[database.dialect]
    with pytest.raises(ConfigError, match=database.dialect) as refused:
        asked(database, other, (None,))
    assert refused.value.code == "ENGINE_OTHER"
