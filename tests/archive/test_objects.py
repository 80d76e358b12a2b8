"""The archive in a store of objects: a real server that speaks S3, on loopback."""

from __future__ import annotations

import itertools
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from archiving import (
    all_readings,
    archived,
    as_it_is,
    check_whole,
    fill,
    filled,
    hot,
    totals,
)
from dying import LATER, do, in_a_process
from support import Run

from tracker.errors import ConfigError, StoreError
from tracker.store.archive import check, move, parts, restore
from tracker.store.database import Database

BUCKET = "s3://growth/archives"


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """The address of the server, with a bucket."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    boto3.client(
        "s3",
        endpoint_url=url,
        aws_access_key_id="a",
        aws_secret_access_key="b",
        region_name="us-east-1",
    ).create_bucket(Bucket="growth")
    yield url
    server.stop()


@pytest.fixture
def around(store: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the environment says."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", store)
    return store


def opened(made_workspace: Path, home: Path, address: str) -> Database:
    home.mkdir(exist_ok=True)
    if not (home / "t.db").exists():
        shutil.copyfile(made_workspace / "tracker.db", home / "t.db")
    return Database("sqlite:///t.db", home, archive=address)


@pytest.fixture
def database(
    around: str, made_workspace: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> Database:
    assert around
    address = f"{BUCKET}/{request.node.name}".replace("[", "-").replace("]", "")
    return opened(made_workspace, tmp_path, address)


def test_months_go_there_count_and_come_back(database: Database):
    fill(database)
    before, sums = all_readings(database), totals(database)
    move.run(database, move.Wish("2027-01"), now=LATER)
    assert hot(database).is_empty()
    assert archived(database).equals(before)
    assert totals(database) == sums
    assert check.check(database).problems == ()
    restore.restore(database, "2026-02", now=LATER)
    assert all_readings(database).equals(before)
    assert totals(database) == sums
    with database.reading() as link:
        live = {part.path for part in parts.live(link)}
    assert {path for path, _ in database.archive.files()} == live


def test_damage_and_strangers_are_found(database: Database):
    fill(database)
    move.run(database, move.Wish("2027-01"), now=LATER)
    (one, _), (two, _), *_ = database.archive.files()
    database.archive.write(one, b"x")
    database.archive.delete(two)
    database.archive.write("campaign=one/month=2026-01/x.parquet", b"x")
    found = {(each.code, each.subject) for each in check.check(database).problems}
    assert found == {
        ("ARCHIVE_DAMAGED", one),
        ("ARCHIVE_MISSING", two),
        ("ARCHIVE_ORPHAN", "campaign=one/month=2026-01/x.parquet"),
    }
    with pytest.raises(StoreError) as caught:
        totals(database)
    assert caught.value.code in ("ARCHIVE_MISSING", "ARCHIVE_DAMAGED")


@pytest.mark.parametrize("deed", ["run", "restore"])
def test_killed_at_any_commit(
    deed: str, database: Database, made_workspace: Path, tmp_path: Path
):
    filled(database)
    before = as_it_is(database)
    for step in itertools.count(2, 3):
        address = f"{database.archive.address}/{step}"
        home = tmp_path / str(step)
        one = opened(made_workspace, home, address)
        shutil.copyfile(tmp_path / "t.db", home / "t.db")
        if deed == "restore":
            do("run", one)
        was_killed = in_a_process(deed, one, home, step)
        check_whole(one, before)
        move.run(one, move.Wish("2027-01", again=True), now=LATER)
        check_whole(one, before)
        assert (check.check(one).problems, check.check(one).left) == ((), 0)
        if not was_killed:
            break
    assert step > 8


def test_a_store_that_is_down_or_refuses_leaves_everything(
    database: Database, monkeypatch: pytest.MonkeyPatch, store: str, tmp_path: Path
):
    fill(database)
    before = all_readings(database)
    nowhere = Database("sqlite:///t.db", tmp_path, archive="s3://nowhere/archive")
    with pytest.raises(StoreError, match="cannot be written") as caught:
        move.run(nowhere, move.Wish("2027-01"), now=LATER)
    assert caught.value.code == "ARCHIVE_UNREACHABLE"
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    silent = Database("sqlite:///t.db", tmp_path, archive="s3://growth/archive")
    with pytest.raises(StoreError, match="Could not connect"):
        move.run(silent, move.Wish("2027-01"), now=LATER)
    with pytest.raises(StoreError):
        check.check(silent)
    assert hot(database).equals(before)


def test_a_command_reads_the_address_and_says_what_is_missing(
    around: str, workspace: Path, invoke: Run, monkeypatch: pytest.MonkeyPatch
):
    """Without the package for it: which extra has it."""
    assert around
    with (workspace / "tracker.toml").open("a") as file:
        file.write(f'\n[archive]\naddress = "{BUCKET}/by-command"\n')
    database = Database(
        "sqlite:///tracker.db", workspace, archive=f"{BUCKET}/by-command"
    )
    fill(database)
    done = invoke("archive", "run", "--json")
    assert done.code == 0, done.err
    answer: dict[str, Any] = json.loads(done.out)
    assert {one["state"] for one in answer["months"]} == {"archived"}
    assert len(list(database.archive.files())) == 12
    monkeypatch.setitem(sys.modules, "s3fs", None)
    failed = invoke("archive", "verify")
    assert failed.code == ConfigError.exit_code
    assert 'pip install "ambassador-tracker[s3]"' in failed.err
