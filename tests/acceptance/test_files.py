"""Files as they come, by the command line: every row of every file is accounted for.

TRACKER_FILES=10000 sends that many damaged files instead of some hundreds.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tracker.app import Tracker, open_tracker
from tracker.ingest import run as run_source
from tracker.model import RunReport
from tracker.sources.csvfile import FAST_FROM
from tracker.store import verify
from tracker.store.ledger import Desk

FILES = int(os.environ.get("TRACKER_FILES", "600"))
SEED = int(os.environ.get("TRACKER_SEED", "1"))
SOURCE = """
[[source]]
name = "drop"
kind = "csv"
path = "inbox/*.csv"
platform = "youtube"
"""
HEAD = "post_id,captured_at,views\n"
#: A file that always has a row to give, beside the one a test is about.
GOOD = HEAD + "good,2026-06-01T10:00:00Z,7\n"
COUNTS = ("rows", "stored", "unchanged", "corrected", "rejected", "ignored")

Ask = Callable[..., dict[str, Any]]
Drop = Callable[..., Path]


@pytest.fixture
def inbox(workspace: Path) -> Path:
    with (workspace / "tracker.toml").open("a") as file:
        file.write(SOURCE)
    return workspace / "inbox"


@pytest.fixture
def drop(inbox: Path) -> Drop:
    """Puts a file into the inbox."""

    def call(name: str | bytes, content: str | bytes = GOOD) -> Path:
        path = inbox / os.fsdecode(name)
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(data)
        return path

    return call


@pytest.fixture
def ask(invoke, inbox: Path) -> Ask:
    """`tracker ingest --json`, once its sum and its exit code were looked at."""

    def call(*words: object, code: int = 0) -> dict[str, Any]:
        done = invoke("ingest", *words, "--json")
        assert done.code == code, done.out + done.err
        (report,) = json.loads(done.out)["sources"]
        balanced(report)
        return report

    return call


def balanced(report: dict[str, Any]) -> None:
    parts = ("stored", "unchanged", "corrected", "rejected")
    assert report["rows"] == sum(report[part] for part in parts), report
    assert all(report[name] >= 0 for name in COUNTS)


def counts(report: dict[str, Any]) -> dict[str, int]:
    """What is not nothing."""
    return {name: report[name] for name in COUNTS if report[name]}


def total(invoke, metric: str = "views") -> int | None:
    found = json.loads(invoke("totals", "--json").out)["rows"]
    return found[0][metric]["value"] if found else None


def rows(*numbers: int) -> str:
    return "".join(f"p{n},2026-06-01T10:00:00Z,{n}\n" for n in numbers)


# -- what is no file ------------------------------------------------------------


def test_what_is_no_file_stops_none_of_a_hundred_good_ones(
    ask: Ask, drop: Drop, inbox: Path, tmp_path: Path
) -> None:
    for n in range(100):
        drop(f"good{n:03}.csv", HEAD + rows(n))
    outside = tmp_path / "outside.csv"
    outside.write_text(HEAD + rows(999))
    (inbox / "folder.csv").mkdir()
    (inbox / "folder.csv" / "inside.csv").write_text(HEAD + rows(998))
    os.mkfifo(inbox / "pipe.csv")
    (inbox / "link.csv").symlink_to(outside)
    (inbox / "lost.csv").symlink_to(tmp_path / "nowhere.csv")
    (inbox / "zero.csv").symlink_to("/dev/zero")
    report = ask()
    assert counts(report) == {"rows": 100, "stored": 100}
    assert report["payloads"] == 100
    told = sorted(notice.partition(":")[0] for notice in report["notices"])
    assert told == [
        f"error[FILE_KIND] inbox/{name}.csv"
        for name in ("folder", "link", "lost", "pipe", "zero")
    ]
    assert counts(ask()) == {"rows": 100, "unchanged": 100}


@pytest.fixture
def nobodys(workspace: Path, inbox: Path) -> Iterator[Path]:
    """A copy of the workspace that belongs to somebody who may not read everything."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(shutil.copytree(workspace, Path(folder) / "workspace"))
        if os.geteuid() == 0:
            for path in (Path(folder), home, *home.rglob("*")):
                os.chown(path, 65_534, 65_534)
        yield home


def test_an_unreadable_file_stops_no_other(
    ask: Ask, drop: Drop, invoke, nobodys: Path
) -> None:
    drop("a.csv")
    ask()  # what is imported when it is used is imported now
    (nobodys / "inbox" / "a.csv").write_text(GOOD)
    (nobodys / "inbox" / "b.csv").write_text(HEAD + rows(1, 2))
    (nobodys / "inbox" / "a.csv").chmod(0)
    (nobodys / "inbox" / "b.csv").chmod(0o644)
    own = os.geteuid()
    os.seteuid(own or 65_534)
    try:
        done = invoke("ingest", "--json", env={"TRACKER_HOME": str(nobodys)})
    finally:
        os.seteuid(own)
    assert done.code == 0, done.err
    (report,) = json.loads(done.out)["sources"]
    assert counts(report) == {"rows": 2, "stored": 2}
    (told,) = report["notices"]
    assert told.startswith("error[FILE_UNREADABLE] inbox/a.csv: ")


def test_files_somebody_still_writes_are_left_alone(ask: Ask, drop: Drop) -> None:
    for name in ("a.csv.part", "a.csv.tmp", "a.csv~", ".a.csv", "a.csv.crdownload"):
        drop(name)
    assert counts(ask()) == {}
    drop("a.csv", HEAD + rows(1)).rename(drop("b.csv"))
    assert counts(ask()) == {"rows": 1, "stored": 1}


# -- names ------------------------------------------------------------------------

NAMES = (
    b"new\nline.csv",
    b"carriage\rreturn.csv",
    "bidi\u202evsc.csv".encode(),
    b"latin\xe9.csv",
    b"\xff\xfe.csv",
    b"esc\x1b[31m.csv",
    b"quote'\".csv",
    b"per%scent%.csv",
    b"back\\slash.csv",
    b"[brackets]*.csv",
    b" blank .csv",
    "ümläut-e\u0301.csv".encode(),
    b"n" * 251 + b".csv",
    "😀.csv".encode(),
)


def test_names_of_every_sort_are_read_and_shown_safely(
    ask: Ask, drop: Drop, invoke, run
) -> None:
    for n, name in enumerate(NAMES):
        drop(name, HEAD + rows(n) + f"bad{n},2026-06-01T10:00:00Z,1.2k\n")
    report = ask(code=1)
    assert counts(report) == {"rows": 28, "stored": 14, "rejected": 14}
    listed = json.loads(invoke("quarantine", "list", "--json").out)
    assert len({one["file"] for one in listed["rejects"]}) == len(NAMES)
    assert counts(ask()) == {"rows": 28, "unchanged": 28}
    # a process of its own: no name can send signs to a terminal
    for words in (("ingest",), ("quarantine", "list"), ("explain", "-", "views")):
        shown = run(*words)
        assert shown.code in (0, 1), shown.err
        for sign in ("\x1b", "\u202e", "\r", "new\nline"):
            assert sign not in shown.out + shown.err


# -- content that comes again -----------------------------------------------------


def test_a_file_that_grows_adds_the_difference(ask: Ask, drop: Drop, invoke) -> None:
    path = drop("a.csv", HEAD + rows(*range(120)))
    assert counts(ask()) == {"rows": 120, "stored": 120}
    with path.open("a") as file:
        file.write(rows(200, 201) + "p5,2026-06-01T10:00:00Z,50\n")
    assert counts(ask()) == {"rows": 123, "stored": 2, "unchanged": 120, "corrected": 1}
    assert total(invoke) == sum(range(120)) + 401 + 45
    assert counts(ask()) == {"rows": 123, "unchanged": 123}


def test_a_file_cut_in_the_middle_of_a_row_is_mended_by_the_rest(
    ask: Ask, drop: Drop, invoke
) -> None:
    whole = HEAD + "a,2026-06-01T10:00:00Z,12345\nb,2026-06-01T10:00:00Z,777\n"
    path = drop("a.csv", whole[: whole.index("12345") + 2])
    ask()
    path.write_text(whole)
    report = ask()
    assert (report["rows"], report["rejected"]) == (2, 0)
    assert total(invoke) == 12345 + 777


def test_the_same_bytes_under_another_name_are_known(ask: Ask, drop: Drop) -> None:
    path = drop("a.csv", HEAD + rows(1, 2, 3))
    ask()
    drop("b.csv", path.read_bytes())
    report = ask()
    assert counts(report) == {"rows": 6, "unchanged": 6}
    (said,) = report["notices"]
    assert said.startswith("notice[FILE_SEEN] inbox/b.csv: same content as inbox/a.csv")
    path.rename(path.with_name("c.csv"))
    assert counts(ask()) == {"rows": 6, "unchanged": 6}


def test_replaced_content_of_the_same_size_is_read(
    ask: Ask, drop: Drop, invoke
) -> None:
    path = drop("a.csv", HEAD + rows(1, 2))
    ask()
    kept = path.stat()
    fresh = drop("b.csv.tmp", HEAD + rows(3, 4))
    os.utime(fresh, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    fresh.rename(path)
    assert counts(ask()) == {"rows": 2, "stored": 2}
    path.write_text(HEAD + rows(5, 6))
    os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    assert counts(ask()) == {"rows": 2, "stored": 2}
    assert total(invoke) == 1 + 2 + 3 + 4 + 5 + 6


def test_overlapping_exports_store_each_row_once(ask: Ask, drop: Drop) -> None:
    for n in range(5):
        drop(f"{n}.csv", HEAD + rows(*range(n * 10, n * 10 + 20)))
    assert counts(ask()) == {"rows": 100, "stored": 60, "unchanged": 40}


# -- files that change under the reader -------------------------------------------


def meddled(
    tracker: Tracker, now: int, meddle: Callable[[Path], None], victim: str
) -> RunReport:
    """A run in which a file changes after it was found and before it is read."""
    source = tracker.source("drop")
    desk = Desk(
        tracker.runs.source_id("drop", "csv"),
        tracker.runs.start("drop", "csv", slot=None, host=None, now=now),
        source.fingerprint,
        "measured",
        now,
    )

    def payloads() -> Iterator[Any]:
        for payload in list(source.fetch()):  # type: ignore[attr-defined]
            if Path(payload.path).name == victim:
                meddle(Path(payload.path))
            yield payload

    return run_source(source, payloads(), tracker.ledger, desk)


def _delete(path: Path) -> None:
    path.unlink()


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _link(path: Path) -> None:
    path.rename(path.with_suffix(".old"))
    path.symlink_to(path.with_suffix(".old"))


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _longer(path: Path) -> None:
    with path.open("a") as file:
        file.write(rows(77))


def _other(path: Path) -> None:
    path.write_text(HEAD + rows(8, 9))


@pytest.mark.parametrize("known", [False, True], ids=["new", "size known"])
@pytest.mark.parametrize("meddle", [_delete, _pipe, _link, _folder, _longer, _other])
def test_a_file_that_changes_after_it_was_found_stops_no_other(
    ask: Ask,
    drop: Drop,
    workspace: Path,
    meddle: Callable[[Path], None],
    known: bool,
) -> None:
    """Also where a file of the same size is known, so that its bytes are compared."""
    if known:
        drop("0.csv", HEAD + rows(3, 4))
        ask()
    drop("b.csv", HEAD + rows(1, 2))
    drop("c.csv", HEAD + rows(5, 6))
    tracker = open_tracker(workspace)
    report = meddled(tracker, 1, meddle, "b.csv")
    parts = report.tally
    assert parts.rows == (
        parts.stored + parts.unchanged + parts.corrected + parts.rejected
    )
    assert parts.stored == 2
    said = f"{report.error} {report.notices}"
    assert "inbox/b.csv" in said
    assert "BUG" not in said


# -- damage -----------------------------------------------------------------------

REFUSED = {
    "an unclosed quote": (
        "CSV_QUOTE",
        ":3",
        HEAD + rows(1) + '"p2,2026-06-01T10:00:00Z,2\n' + rows(*range(3, 90)),
    ),
    "bytes that are no text": (
        "CSV_ENCODING",
        ":3",
        (HEAD + rows(1)).encode() + b"p\xff\xfe2,2026-06-01T10:00:00Z,2\n",
    ),
    "UTF-16 without a mark": ("CSV_NUL", ":1", (HEAD + rows(1, 2)).encode("utf-16-le")),
    "a NUL": ("CSV_NUL", ":3", HEAD + rows(1) + "p\0,2026-06-01T10:00:00Z,2\n"),
    "no header": ("CSV_HEADER", ":1", rows(*range(20))),
    "another header": ("CSV_HEADER", ":1", "name,colour\nx,red\n"),
    "nothing": ("CSV_HEADER", ":1", ""),
    "a column twice that differs": (
        "CSV_TWICE",
        ":2",
        "post_id,views,captured_at,views\np1,1,2026-06-01T10:00:00Z,2\n",
    ),
    "too many bad rows": (
        "TOO_MANY_BAD",
        "",
        HEAD + rows(*range(100)) + "p,2026-06-01T10:00:00Z,many\n" * 12,
    ),
    "a workbook": ("FILE_FORMAT", "", b"PK\x03\x04" + bytes(200)),
    "half a packed file": ("FILE_GZIP", "", b"\x1f\x8b\x08\x00" + b"x" * 50),
}


@pytest.mark.parametrize("name", REFUSED)
def test_structural_damage_refuses_the_whole_file_and_no_other(
    ask: Ask, drop: Drop, invoke, name: str
) -> None:
    code, line, content = REFUSED[name]
    drop("bad.csv", content)
    report = ask(code=4)
    assert (report["outcome"], report["stored"]) == ("failed", 0)
    assert report["rejected"] == report["rows"]
    assert report["error"].startswith(f"error[{code}")
    assert f"] inbox/bad.csv{line}: " in report["error"]
    assert total(invoke) is None

    drop("good.csv")
    report = ask(code=1)
    assert (report["outcome"], report["stored"]) == ("partial", 1)
    assert f"inbox/bad.csv{line}: " in report["error"]
    told = re.compile(rf"^error\[{code}\w*\] inbox/bad.csv{line}: ", re.MULTILINE)
    assert told.search(invoke("ingest").err)

    drop("bad.csv", HEAD + rows(1, 2))
    report = ask()
    assert report["stored"] == 2
    assert total(invoke) == 10


@pytest.mark.parametrize("lane", ["row", "fast"])
@pytest.mark.parametrize(
    ("damage", "code"),
    [("p\0,,1\n", "CSV_NUL"), ("\udcff,,1\n", "CSV_ENCODING"), ('"p,1\n', "CSV_QUOTE")],
)
def test_damage_far_inside_a_file_is_told_with_its_line(
    ask: Ask, drop: Drop, lane: str, damage: str, code: str
) -> None:
    before = 100 if lane == "row" else FAST_FROM // 20
    text = HEAD + rows(*range(before)) + damage + rows(*range(100))
    drop("a.csv", text.encode("utf-8", "surrogateescape"))
    report = ask(code=4)
    assert report["error"].startswith(f"error[{code}] inbox/a.csv:{before + 2}: ")
    assert report["stored"] == 0


def test_ten_bad_rows_in_a_hundred_refuse_no_file(ask: Ask, drop: Drop) -> None:
    bad = "p,2026-06-01T10:00:00Z,many\n"
    drop("a.csv", HEAD + rows(*range(90)) + bad * 10)
    assert counts(ask(code=1)) == {"rows": 100, "stored": 90, "rejected": 10}
    drop("b.csv", HEAD + rows(*range(200, 240)) + bad * 59)
    assert counts(ask(code=1)) == {
        "rows": 199,
        "stored": 40,
        "unchanged": 100,
        "rejected": 59,
    }


def test_rows_that_say_the_header_again_are_rejected(ask: Ask, drop: Drop) -> None:
    """Two exports glued together: the second header is no reading."""
    drop("a.csv", HEAD + rows(1, 2) + HEAD + rows(3))
    report = ask(code=1)
    assert counts(report) == {"rows": 4, "stored": 3, "rejected": 1}


def test_utf16_with_its_mark_is_read(ask: Ask, drop: Drop) -> None:
    drop("a.csv", (HEAD + rows(1, 2)).encode("utf-16"))
    assert counts(ask()) == {"rows": 2, "stored": 2}


BAD_ROWS = (
    # line of the row, column, value: quotes over lines and CR count as they stand
    (HEAD + rows(1) + "p2,2026-06-01T10:00:00Z,1_000\n", 3, "views"),
    (HEAD + rows(1) + "p2,01/02/2026,5\n", 3, "captured_at"),
    ("\ufeff" + HEAD + "p2,2026-06-01T10:00:00Z,-5\n", 2, "views"),
    (HEAD[:-1] + "\r\n\r\n\r\np2,2026-06-01T10:00:00Z,1e3\r\n", 4, "views"),
    (HEAD.replace("\n", "\r") + "p2,2026-06-01T10:00:00Z,١٢\r", 2, "views"),
    (
        'caption,post_id,views\n"two\nlines",a,1\n"three\nmore\nlines",b,inf\n',
        4,
        "views",
    ),
    (HEAD + rows(1) + "p2,2026-06-01T10:00:00Z,5,6\n", 3, None),
    (HEAD + rows(1) + ",2026-06-01T10:00:00Z,5\n", 3, "post_id"),
)


@pytest.mark.parametrize(("content", "line", "column"), BAD_ROWS)
def test_a_bad_row_is_kept_with_file_line_and_column(
    ask: Ask, drop: Drop, invoke, content: str, line: int, column: str | None
) -> None:
    drop("a.csv", content)
    drop("good.csv")
    report = ask(code=1)
    assert report["rejected"] == 1
    answer = json.loads(invoke("quarantine", "list", "--json").out)
    (kept,) = answer["rejects"]
    assert (kept["file"], kept["line"]) == ("inbox/a.csv", line)
    assert kept["column"] == column
    assert kept["code"].startswith("ROW_")
    text = " ".join(invoke("quarantine", "list").out.split())
    assert f"inbox/a.csv:{line}" in text or f"inbox/a.csv {line}" in text


def test_a_small_file_of_nothing_but_bad_rows_is_kept_to_be_mended(
    ask: Ask, drop: Drop
) -> None:
    drop("a.csv", HEAD + "p,yesterday,5\nq,2026-06-01T10:00:00Z,x\n")
    report = ask(code=1)
    assert counts(report) == {"rows": 2, "rejected": 2}
    assert report["outcome"] == "failed"


@pytest.mark.parametrize(
    "header",
    ['"col\nour",x\n', "na\x1b[31mme,x\n", "\u202eeman,x\n", '"w\u2028",post_id\n'],
)
def test_what_is_told_of_a_header_is_one_line_of_plain_signs(
    ask: Ask, drop: Drop, invoke, header: str
) -> None:
    drop("a.csv", header + "a,b\n")
    report = ask(code=4)
    assert report["error"].isprintable(), report["error"]
    said = invoke("ingest").err
    assert said == report["error"] + "\n"


def test_what_is_told_of_columns_that_differ_is_one_line(ask: Ask, drop: Drop) -> None:
    drop("a.csv", '"views\n",post_id,views\n1,a,2\n')
    assert ask(code=4)["error"].startswith("error[CSV_TWICE] inbox/a.csv:3: ")
    assert ask(code=4)["error"].isprintable()


# -- exit codes ---------------------------------------------------------------------


def test_exit_codes_tell_what_to_do(invoke, ask: Ask, drop: Drop, workspace: Path):
    """0 done, 1 some rows rejected, 4 all refused or not found, 7 the source failed."""
    drop("a.csv")
    ask(code=0)
    drop("b.csv", HEAD + rows(1) + "p,2026-06-01T10:00:00Z,x\n")
    ask(code=1)
    assert invoke("ingest", "dorp").code == 4
    assert 'Did you mean "drop"?' in invoke("ingest", "dorp").err
    assert invoke("ingest", "--file", workspace / "no.csv").code == 4
    assert invoke("source", "pause", "drop", "--reason", "a test").code == 0
    assert json.loads(invoke("ingest", "--json").out) == {"sources": []}
    report = ask("drop", code=7)
    assert report["error"].startswith("error[SOURCE_PAUSED] source drop")


# -- damaged files, many --------------------------------------------------------------

PIECES = (
    *(b'"', b'""', b",", b";", b"\t", b"|", b"\n", b"\r\n", b"\r", b"\0", b"\xff"),
    *(b"=1+1", b"-5", b"1e3", b"1_000", b"#NAME?", b"\xef\xbb\xbf", b"\xff\xfe"),
    *(b"9" * 30, b"2026-13-40", b"01/02/2026", b"sep=;\n", b'\n"', b"\xc3\x28"),
    *("١٢".encode(), "\u202e".encode(), b"\x1b[2J", b"%s", b"\\N", b"{{x}}"),
)


def sound(chance: random.Random, number: int) -> bytes:
    """A file of some rows that nothing is wrong with."""
    sign = chance.choice([",", ",", ";", "\t", "|"])
    end = chance.choice(["\n", "\n", "\r\n", "\r"])
    lines = [sign.join(["post_id", "caption", "captured_at", "views", "likes"])]
    for n in range(chance.choice([1, 3, 12, 120])):
        caption = chance.choice(["plain", "é–ü", '"with ""quotes"""', '"two\nlines"'])
        at = f"2026-06-{1 + n % 28:02}T10:00:00Z"
        lines.append(sign.join([f"m{number}-{n}", caption, at, str(n * 7), ""]))
    return (end.join(lines) + end).encode(chance.choice(["utf-8", "utf-8", "utf-16"]))


def damaged(chance: random.Random, data: bytes) -> bytes:
    for _ in range(chance.randrange(1, 5)):
        data = chance.choice(DAMAGE)(chance, data)
    return data


def _flip(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data) or 1)
    return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]


def _cut(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _hole(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + data[at + chance.randrange(60) :]


def _double(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    end = at + chance.randrange(200)
    return data[:end] + data[at:end] + data[end:]


def _insert(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(PIECES) + data[at:]


def _delimit(chance: random.Random, data: bytes) -> bytes:
    signs = (b",", b";", b"\t", b"|", b"\n", b"\r", b" ")
    old, new = chance.choice(signs), chance.choice(signs)
    return data.replace(old, new, chance.randrange(9))


DAMAGE = (_flip, _flip, _cut, _hole, _double, _insert, _insert, _delimit)


def test_damaged_files_are_accounted_for_and_stop_nothing(
    ask: Ask, drop: Drop, inbox: Path, invoke, workspace: Path
) -> None:
    """Some hundred at once, again and again; good ones among them are always kept."""
    chance = random.Random(SEED)
    goods = 0
    for first in range(0, FILES, 300):
        for path in inbox.iterdir():
            path.unlink()
        batch = range(first, min(first + 300, FILES))
        for n in batch:
            drop(f"{n:05}.csv", damaged(chance, sound(chance, n)))
        for n in range(0, len(batch), 30):
            drop(f"{first + n:05}-good.csv", HEAD + f"good{goods},2026-06-01,1\n")
            goods += 1
        done = invoke("ingest", "--json")
        assert done.code == 1, done.out[-2000:] + done.err[-2000:]
        (report,) = json.loads(done.out)["sources"]
        balanced(report)
        assert "BUG" not in str(report["error"])
        for line in (report["error"] or "").splitlines():
            assert re.match(r"error\[[A-Z_]+\] inbox/\d+\.csv(:\d+)?: ", line), line
            assert line.isprintable(), line
        for line in report["notices"]:
            assert re.match(r"(notice|warning)\[[A-Z_]+\] inbox/\d+", line), line
            assert line.isprintable(), line
    check_ledger(workspace, goods)
    tracker = open_tracker(workspace)
    assert verify.verify(tracker.database, tracker.zone) == []
    again = json.loads(invoke("ingest", "--json").out)["sources"][0]
    balanced(again)
    assert again["stored"] + again["corrected"] == 0
    assert again["rows"] == report["rows"]


def check_ledger(home: Path, goods: int) -> None:
    """Each file's own sum; its rejects are there; the good files are all there."""
    with sqlite3.connect(home / "tracker.db") as link:
        assert (
            link.execute(
                "SELECT label FROM payload"
                " WHERE rows <> stored + unchanged + corrected + rejected"
            ).fetchall()
            == []
        )
        assert (
            link.execute(
                "SELECT label FROM payload p WHERE outcome <> 'refused' AND rejected <>"
                " (SELECT count(*) FROM reject r WHERE r.payload_id = p.id)"
            ).fetchall()
            == []
        )
        assert link.execute(
            "SELECT count(*) FROM reading WHERE payload_id IN"
            " (SELECT id FROM payload WHERE outcome IN ('refused', 'failed'))"
        ).fetchone() == (0,)
        assert link.execute(
            "SELECT count(*) FROM reject WHERE (line < 2 OR line IS NULL)"
            " AND payload_id IN (SELECT id FROM payload WHERE outcome <> 'refused')"
        ).fetchone() == (0,)
        assert link.execute(
            "SELECT count(*) FROM post WHERE external_id LIKE 'good%'"
        ).fetchone() == (goods,)
        (stored,) = link.execute("SELECT sum(stored) FROM payload").fetchone()
        assert link.execute("SELECT count(*) FROM reading").fetchone() == (stored,)
    link.close()
