"""A real cluster of Spark, with two workers, sums up what the kept sums say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from clustering import LOOPBACK, Cluster, cluster, missing
from hard import HARD, LATE, agree, asked, enrol
from plain import campaign, keep
from support import ROOT

from tracker.errors import ConfigError, StoreError
from tracker.store.archive import move
from tracker.store.database import Database

ZONE = "Australia/Lord_Howe"


@pytest.fixture(scope="session")
def installed():
    """Spark and Java are on this machine."""
    if reason := missing():
        assert os.environ.get("CI") != "true", reason
        pytest.skip(reason)


@pytest.fixture(scope="session")
def spark(installed, tmp_path_factory):
    """The cluster, for programs of this process too."""
    with (
        cluster(tmp_path_factory.mktemp("spark")) as running,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("SPARK_CONF_DIR", str(running.settings))
        patch.setenv("SPARK_LOCAL_IP", LOOPBACK)
        yield running


@pytest.fixture
def hard(workspace: Path) -> Database:
    """What is hard, most of it archived, some of it late."""
    settings = workspace / "tracker.toml"
    said = settings.read_text("utf-8")
    settings.write_text(f'timezone = "{ZONE}"\n' + said, "utf-8")
    database = Database("sqlite:///tracker.db", workspace)
    with database.writing() as link:
        campaign(link)
        enrol(link, ZONE)
    keep(database, HARD, zone=ZoneInfo(ZONE))
    move.run(database, move.Wish("2026-04"), now=1)
    keep(database, LATE, zone=ZoneInfo(ZONE))
    return database


def test_a_cluster_says_what_the_kept_sums_say(spark: Cluster, hard: Database):
    before = {path for path in hard.archive.folder.rglob("*") if path.is_file()}
    agree(hard, ("spark",), zone=ZONE, apart=("x",), master=spark.master)
    assert spark.taken_part == (True, True)
    after = {path for path in hard.archive.folder.rglob("*") if path.is_file()}
    assert after == before


def test_a_file_that_is_gone_is_named(spark: Cluster, hard: Database):
    gone = min(hard.archive.folder.rglob("*.parquet"))
    gone.unlink()
    with pytest.raises(StoreError) as told:
        asked(hard, "spark", (None,), master=spark.master)
    assert told.value.code == "ARCHIVE_MISSING"
    assert gone.name in str(told.value)


def test_a_command_is_quiet_and_compares(spark: Cluster, hard: Database, workspace):
    words = ("rollup", "--by", "week", "--engine", "spark", "--master", spark.master)
    done = subprocess.run(
        [sys.executable, "-m", "tracker", *words, "--check"],
        capture_output=True,
        text=True,
        timeout=600,
        cwd=ROOT,
        env={**os.environ, "TRACKER_HOME": str(workspace)},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "spark and totals say the same." in done.stdout
    assert not list((workspace / ".cache" / "past").iterdir())


def test_a_master_that_is_not_there_is_told(installed, hard: Database):
    with pytest.raises(StoreError, match="nobody answers"):
        asked(hard, "spark", (None,), master=f"spark://{LOOPBACK}:1")
    with pytest.raises(ConfigError, match="Spark Connect"):
        asked(hard, "spark", (None,), master="sc://127.0.0.1")


def test_without_java_spark_says_so(installed, hard: Database, monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(ConfigError, match="no Java") as told:
        asked(hard, "spark", (None,))
    assert told.value.code == "ENGINE_MISSING"
