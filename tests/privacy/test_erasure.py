# ruff: noqa: E501
"""Somebody gone: no byte of them is left but in files of the user's, no total moves."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from spring import PEOPLE, done, programme, said
from sqlmodel import SQLModel
from support import ROOT, Run, Server

from tracker.app import open_tracker
from tracker.store import erasure

POSTS = """platform,handle,post_id,url,published_at,captured_at,caption,views,likes
youtube,@annakow,annas-video-1,https://youtu.example/annas-video-1,2026-02-01T10:00:00Z,2026-02-03T10:00:00Z,My secret diary with annakow #spring,100,5
x,annakow,99887766,https://x.example/annakow/99887766,2026-02-02T10:00:00Z,2026-02-03T10:00:00Z,Another one #Spring,,7
youtube,benoakes,bens-video,,2026-02-02T10:00:00Z,2026-02-03T10:00:00Z,With @annakow at the lake #spring,50,2
youtube,@annakow,annas-video-2,,2026-02-01T10:00:00Z,2026-02-03T10:00:00Z,broken,many,1
"""
OUTCOMES = "id,kind,at,campaign,ambassador,quantity\no1,lead,2026-02-01,c,anna,4\n"
#: What nobody may find any more.
CANARIES = (
    *(b"Kowalczyk", b"annakow", b"anna.k@example", b"annas-video", b"99887766"),
    *(b"secret diary", b"Another one", b"private word"),
)


@pytest.fixture
def spring(each_workspace: Path, invoke: Run) -> Run:
    run = programme(each_workspace, invoke)
    with (each_workspace / "tracker.toml").open("a") as out:
        out.write('\n[[source]]\nname = "studio"\nkind = "csv"\npath = "inbox/*.csv"\n')
    (each_workspace / "inbox" / "posts.csv").write_text(POSTS)
    assert run("ingest").code == 1
    (each_workspace / "outcomes.csv").write_text(OUTCOMES)
    done(run, "outcome", "import", each_workspace / "outcomes.csv")
    (each_workspace / "outcomes.csv").unlink()
    words = ("--campaign", "c", "--ambassador", "anna", "--text", "a private word")
    done(run, "feedback", "add", *words)
    done(run, "report")
    for name in ("plan.toml", "people.csv"):
        (each_workspace / name).unlink()
    return run


def totals(run: Run) -> list[dict]:
    return said(run, "totals", "c")["rows"]


def left(home: Path) -> set[str]:
    """Files of the workspace, but the inbox, that hold a canary."""
    return {
        str(path.relative_to(home))
        for path in home.rglob("*")
        if path.is_file() and "inbox" not in path.parts
        if any(one.lower() in path.read_bytes().lower() for one in CANARIES)
    }


def stored(home: Path) -> str:
    """All texts of the database, whatever the kind of database."""
    tracker = open_tracker(home)
    texts = []
    with tracker.database.reading() as link:
        for table in SQLModel.metadata.sorted_tables:
            texts += map(repr, link.all(f"SELECT * FROM {table.name}"))
    return "\n".join(texts)


def test_everything_about_somebody_is_told(spring: Run) -> None:
    found = json.loads(done(spring, "privacy", "export", "anna"))
    assert found["person"]["name"] == "Anna Kowalczyk"
    assert len(found["handles"]) == 2
    assert {one["external_id"] for one in found["posts"]} == {
        "annas-video-1",
        "99887766",
    }
    assert len(found["readings"]) == 2
    assert "annas-video-2" in found["quarantine"][0]["raw"]
    assert [one["code"] for one in found["links"]] == ["anna-link"]
    assert '"anna"' in found["outcomes"][0]["data"]
    assert found["feedback"][0]["said"] == "a private word"
    assert found["audit"]
    assert {"enrolments", "costs", "missions", "findings"} <= found.keys()
    wrong = spring("privacy", "export", "ana")
    assert wrong.code == 4
    assert "NO_PERSON" in wrong.err
    assert "anna" in wrong.err


def test_who_is_erased_is_gone_and_no_total_moves(
    spring: Run, each_workspace: Path
) -> None:
    before = totals(spring)
    kept = each_workspace / "inbox" / "old.csv.gz"
    kept.write_bytes(gzip.compress(POSTS.encode()))
    (each_workspace / "notes.txt").write_bytes("by annakow".encode("utf-16"))
    dry = said(spring, "privacy", "erase", "anna", "--dry-run")
    assert (dry["suppressed"], dry["tables"]["post"] > 0) == (False, True)
    assert totals(spring) == before
    assert left(each_workspace), "there is something to erase"
    found = said(spring, "privacy", "erase", "anna", "--yes")
    assert found["kept_by_you"] == ["inbox/old.csv.gz", "inbox/posts.csv", "notes.txt"]
    assert found["suppressed"]
    assert found["tables"]["post"] >= 2
    (each_workspace / "notes.txt").unlink()
    assert left(each_workspace) == set()
    texts = stored(each_workspace).lower().encode()
    assert [one for one in CANARIES if one.lower() in texts] == []
    assert totals(spring) == before
    done(spring, "verify")
    done(spring, "audit", "verify")
    (lead,) = said(spring, "outcome", "list", "c")["outcomes"]
    assert lead["shares"][0]["ambassador"].startswith("erased-")
    assert "ben" in done(spring, "ambassador", "list")
    assert "At the lake" not in texts.decode()


def test_what_was_erased_stays_out(spring: Run, each_workspace: Path) -> None:
    """Old files dropped again, old people imported again, old events told again."""
    before = totals(spring)
    done(spring, "privacy", "erase", "anna", "--yes")
    (each_workspace / "inbox" / "again.csv").write_text(POSTS + "\n")
    again = spring("ingest", "studio", "--json")
    (report,) = json.loads(again.out)["sources"]
    # the first file is read once more: nobody had counted her rows in it yet
    assert (report["stored"], report["suppressed"]) == (0, 4)
    (each_workspace / "inbox" / "posts.csv").rename(each_workspace / "inbox" / "b.csv")
    third = spring("ingest", "studio", "--json")
    (report,) = json.loads(third.out)["sources"]
    assert report["rows"] == report["unchanged"]
    assert report["suppressed"] == 4, "a known file is still said to be hers in part"
    (each_workspace / "people.csv").write_text(PEOPLE)
    refused = spring("ambassador", "import", each_workspace / "people.csv")
    assert refused.code == 1
    assert "ROW_ERASED" in refused.err
    (each_workspace / "people.csv").unlink()
    file = each_workspace / "outcomes.csv"
    file.write_text(OUTCOMES + "o9,lead,2026-02-09,c,anna,1\n")
    told = spring("outcome", "import", file, "--json")
    (report,) = json.loads(told.out)["sources"]
    assert (report["stored"], report["suppressed"]) == (0, 2)
    file.unlink()
    assert totals(spring) == before
    texts = stored(each_workspace).lower().encode()
    assert [one for one in CANARIES if one.lower() in texts] == []


def test_a_cut_off_erasure_is_finished_by_the_next_command(
    spring: Run, each_workspace: Path
) -> None:
    tracker = open_tracker(each_workspace)
    erasure.begin(tracker.database, "anna", 0)
    erasure.erase(tracker.database, "anna", tracker.zone, 0)
    assert erasure.unfinished(tracker.database)
    done(spring, "status")
    assert erasure.unfinished(tracker.database) == []
    assert left(each_workspace) == set()


def test_killed_at_any_moment_it_is_finished_by_the_next_command(
    spring: Run, each_workspace: Path
) -> None:
    """By a real signal, wherever it strikes; totals are as before, no byte is left."""
    before = totals(spring)
    command = [sys.executable, "-m", "tracker", "privacy", "erase", "anna", "--yes"]
    env = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "HOME": str(each_workspace)}
    env["TRACKER_HOME"] = str(each_workspace)
    for wait in (0.6, 1.2, 2.4, 5.0, 60.0):
        with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) as process:
            try:
                process.wait(wait)
            except subprocess.TimeoutExpired:
                process.kill()
        done(spring, "link", "list")
        assert erasure.unfinished(open_tracker(each_workspace).database) == []
        if spring("privacy", "export", "anna").code == 4:
            break
    assert left(each_workspace) == set()
    assert totals(spring) == before
    done(spring, "verify")
    done(spring, "audit", "verify")


def files_of(server: Server, url: str) -> Path:
    """The folder of a database of this server, with everything written to it."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as link:
        number = link.execute(
            "SELECT oid FROM pg_database WHERE datname = current_database()"
        ).fetchone()
        folder = link.execute("SHOW data_directory").fetchone()
        assert number is not None
        assert folder is not None
        link.execute("CHECKPOINT")
    return Path(folder[0]) / "base" / str(number[0])


def test_nothing_is_left_in_the_files_of_postgresql(
    spring: Run, each_workspace: Path, server: Server
) -> None:
    """Dead rows, indexes, and samples that the planner takes of columns; of names only
    the server's own log (WAL) may know until it is recycled."""
    url = open_tracker(each_workspace).database.url
    if not url.startswith("postgresql"):
        return
    with open_tracker(each_workspace).database.writing() as link:
        link.run("ANALYZE")  # as its autovacuum does
    folder = files_of(server, url)
    assert held(folder), "there is something to erase"
    erased = spring("privacy", "erase", "anna", "--yes")
    assert "write-ahead log" in erased.out
    assert held(files_of(server, url)) == set()


def held(folder: Path) -> set[tuple[str, bytes]]:
    """Files of a folder with the canaries in them."""
    texts = {path.name: path.read_bytes().lower() for path in folder.iterdir()}
    return {
        (name, one)
        for one in CANARIES
        for name, text in texts.items()
        if one.lower() in text
    }


def test_without_a_terminal_it_must_be_meant(spring: Run) -> None:
    assert spring("privacy", "erase", "anna").code == 2
    assert spring("privacy", "erase", "nobody", "--yes").code == 4


def test_texts_and_traces_go_in_time_and_counts_stay(
    spring: Run, each_workspace: Path
) -> None:
    assert "no limit" in spring("privacy", "retention").err + "no limit"
    with (each_workspace / "tracker.toml").open("a") as out:
        out.write(
            '\n[retention]\ncaptions = "30d"\nclicks = "30d"\n'
            'quarantine = "1d"\nrejects = "forever"\n'
        )
    before = totals(spring)
    env = {"TRACKER_NOW": "2027-06-01T00:00:00Z"}
    dry = spring("privacy", "retention", "--dry-run", "--json", env=env)
    assert json.loads(dry.out)["rows"]["captions"] == 3
    made = json.loads(spring("privacy", "retention", "--json", env=env).out)["rows"]
    assert (made["captions"], made["quarantine"]) == (3, 1)
    assert totals(spring) == before
    done(spring, "verify")
    assert "diary" not in stored(each_workspace)
    assert "captions: 0" in spring("privacy", "retention", env=env).out


def test_a_short_name_is_found_where_it_fills_a_cell(
    each_workspace: Path, invoke: Run
) -> None:
    """Files of the user's, pages and costs of the plan; a word that holds it is none."""
    (each_workspace / "plan.toml").write_text(
        '[campaign]\nid = "c"\ncurrency = "EUR"\n[[cost]]\nid = "k"\n'
        'date = 2026-01-05\nkind = "fee"\namount = "5.00"\nambassador = "a1"\n'
    )
    people = "id,name,platform,handle\na1,Al,youtube,@ali\nb1,Bo,youtube,bob\n"
    (each_workspace / "people.csv").write_text(people)
    done(invoke, "campaign", "apply", each_workspace / "plan.toml")
    done(
        *(invoke, "ambassador", "import", each_workspace / "people.csv"),
        *("--campaign", "c"),
    )
    done(invoke, "report")
    (each_workspace / "people.csv").unlink()
    for name, text in (
        ("by-id.csv", "id,ambassador\n1,A1\n"),
        ("by-handle.json", '{"handle": "@ali"}'),
        ("others.csv", "id,handle\na10,alice\n"),
        ("notes.txt", "Alibi of a1b, pa1"),
    ):
        (each_workspace / "inbox" / name).write_text(text)
    (cost,) = json.loads(invoke("privacy", "export", "a1").out)["costs"]
    assert (cost["campaign"], cost["id"]) == ("c", "k")
    found = said(invoke, "privacy", "erase", "a1", "--yes")
    assert found["kept_by_you"] == [
        *("inbox/by-handle.json", "inbox/by-id.csv", "plan.toml")
    ]
    assert "site/c/ambassadors/a1.html" in found["files"]
    assert not (each_workspace / "site" / "c" / "ambassadors" / "a1.html").exists()
