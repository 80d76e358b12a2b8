"""A receiver while the database is away, and files that lie on one host alone."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from support import PRIVATE, ROOT

from tracker import app
from tracker.looks import Looks
from tracker.workers import Work

SECRET = "a-secret-of-the-tests"
HOOK = """
[[source]]
name = "shop"
kind = "webhook"
scheme = "github"
secret = { env = "HOOK_SECRET" }
"""
FILES = """
[[source]]
name = "studio"
kind = "csv"
path = "inbox/*.csv"
platform = "youtube"
every = "1h"
"""
ROW = "post_id,views,captured_at\np1,10,2026-05-01T10:00:00Z\n"


@pytest.fixture
def home(made_workspace, tmp_path, cluster, named):
    """A fresh workspace on the cluster's fresh database."""

    def call(text, name="home"):
        made = Path(shutil.copytree(made_workspace, tmp_path / name))
        head = f'database = "{cluster.server.url(named)}"\n'
        (made / "tracker.toml").write_text(head + text)
        return made

    return call


@pytest.fixture
def serving(home):
    """`tracker serve` as a process; its address."""
    made = home(HOOK)
    around = {k: v for k, v in os.environ.items() if k not in PRIVATE}
    around |= {"PYTHONPATH": str(ROOT), "TRACKER_HOME": str(made)}
    around["HOOK_SECRET"] = SECRET
    with (made / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tracker", "serve", "--listen", "127.0.0.1:0"],
            env=around,
            stdout=log,
            stderr=log,
        )
    until(lambda: "listening on http://" in (made / "log").read_text())
    said = (made / "log").read_text().partition("listening on ")[2]
    yield said.split()[0].strip('",')
    process.terminate()
    process.wait(30)


def until(true, seconds=60):
    end = time.monotonic() + seconds
    while not (answer := true()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.1)
    return answer


def deliver(address, known):
    body = json.dumps({"id": known}).encode()
    seal = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "content-type": "application/json",
        "x-hub-signature-256": f"sha256={seal}",
        "x-github-event": "push",
        "x-github-delivery": known,
    }
    return asked(urllib.request.Request(f"{address}/hooks/shop", body, headers))


def asked(request):
    """Status and headers of an answer."""
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers)


def test_while_the_database_is_away_senders_are_told_to_come_again(serving, cluster):
    """And nothing else is needed once it is back."""
    assert deliver(serving, "d1")[0] in (200, 202)
    cluster.stop()
    status, headers = deliver(serving, "d2")
    assert (status, int(headers["retry-after"]) > 0) == (503, True)
    until(lambda: asked(f"{serving}/readyz")[0] == 503)
    assert asked(f"{serving}/healthz")[0] == 200
    cluster.start()
    until(lambda: asked(f"{serving}/readyz")[0] == 200)
    assert deliver(serving, "d2")[0] in (200, 202)


def test_files_are_read_where_they_lie(home):
    """A host on which nothing matches leaves the slot to others."""
    here, there = home(FILES, "here"), home(FILES, "there")
    (here / "inbox" / "a.csv").write_text(ROW)
    ran = [
        Looks(app.open_tracker(each), name, 15_000).look(Work("studio", 0.0))
        for name, each in (("b", there), ("a", here))
    ]
    assert ran == [False, True]
    [run] = app.open_tracker(here).runs.history("studio")
    assert (run.host, run.outcome) == ("a", "ok")


def test_a_host_that_is_named_reads_files_though_none_are_there_yet(home):
    made = home(FILES + 'host = "b"\n')
    tracker = app.open_tracker(made)
    assert Looks(tracker, "b", 15_000).look(Work("studio", 0.0))
