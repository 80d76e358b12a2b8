"""The audit: every change is a line, and no line can be touched unseen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from spring import done, programme, said
from support import Run

from tracker.auditing import FILE, _done
from tracker.checks.audit import problems
from tracker.store import audit


@pytest.fixture
def spring(workspace: Path, invoke: Run) -> Run:
    return programme(workspace, invoke)


def test_every_change_is_a_line_and_people_are_numbers(
    each_workspace: Path, invoke: Run
) -> None:
    run = programme(each_workspace, invoke)
    done(run, "withdraw", "c", "ben", "--on", "2026-05-01")
    lines = said(run, "audit", "list")["lines"]
    assert [one["n"] for one in lines] == list(range(1, len(lines) + 1))
    assert {"ambassador.add", "enrol", "link.add", "withdraw"} <= {
        one["action"] for one in lines
    }
    texts = done(run, "audit", "list", "--format", "jsonl")
    assert "anna" not in texts.lower()
    assert "kowalczyk" not in texts.lower()
    assert json.loads(texts.splitlines()[0])["prev"] == audit.START
    assert said(run, "audit", "verify") == {
        "lines": len(lines),
        "ok": True,
        "first_bad": None,
        "problems": [],
    }
    assert "person 2" in done(run, "audit", "list", "--limit", "1")


def test_the_file_is_the_table_and_nobody_elses(spring: Run, workspace: Path) -> None:
    file = workspace / FILE
    assert file.read_text() == done(spring, "audit", "list", "--format", "jsonl")
    assert file.stat().st_mode & 0o777 == 0o600


def changed(lines: list[str], how: str) -> list[str]:
    """The lines of an audit, tampered with."""
    return {
        "edit": [*lines[:2], lines[2].replace('"cli"', '"api"'), *lines[3:]],
        "delete": [*lines[:2], *lines[3:]],
        "swap": [*lines[:2], lines[3], lines[2], *lines[4:]],
        "cut": lines[:-2],
        "break": [*lines[:2], lines[2][:20], lines[2][20:], *lines[3:]],
        "twice": [*lines[:3], *lines[2:]],
        "gone": [],
    }[how]


@pytest.mark.parametrize(
    ("how", "line", "problem"),
    [
        ("edit", 3, "changed"),
        ("delete", 3, "missing"),
        ("swap", 3, "order"),
        ("cut", None, "cut"),
        ("break", 3, "not-json"),
        ("twice", 4, "order"),
        ("gone", 1, "cut"),
    ],
)
def test_what_was_done_to_a_file_is_found(
    spring: Run, workspace: Path, how: str, line: int | None, problem: str
) -> None:
    file = workspace / FILE
    lines = changed(file.read_text().splitlines(), how)
    file.write_text("".join(f"{text}\n" for text in lines))
    found = spring("audit", "verify", "--json")
    assert found.code == 1
    answer = json.loads(found.out)
    assert answer["first_bad"] == (line or len(lines) + 1)
    assert answer["problems"][0]["problem"] == problem
    done(spring, "link", "add", "--promo", "MORE")
    assert spring("audit", "verify").code == 1, "what is added later heals nothing"
    assert "AUDIT_BROKEN" in spring("audit", "verify").err


def test_a_chain_made_anew_does_not_pass(spring: Run, workspace: Path) -> None:
    """Every hash fits; the last one is not the one that the database knows."""
    file = workspace / FILE
    prev, made = audit.START, []
    for text in file.read_text().splitlines():
        line = json.loads(text) | {"prev": prev, "actor": "nobody"}
        line["hash"] = prev = audit.digest(line)
        made.append(audit.text(line))
    file.write_text("".join(f"{text}\n" for text in made))
    (bad,) = said_bad(spring)
    assert bad == {"line": len(made), "problem": "changed"}


def said_bad(run: Run) -> list[dict]:
    return json.loads(run("audit", "verify", "--json").out)["problems"]


def test_a_write_that_was_cut_off_is_completed(spring: Run, workspace: Path) -> None:
    file = workspace / FILE
    whole = file.read_bytes()
    assert _done(whole[:-5], whole) == len(whole) - 5
    assert _done(b"", whole) == 0
    lines = [b'{"n":%d,"hash":"%064x"}\n' % (n, n) for n in range(60_000)]
    before, after = b"".join(lines[:30_000]), b"".join(lines[30_000:])
    assert _done(before[-len(after) :], after) == 0, "long files are no work"
    for cut in (1, 7, 90, 5_000):
        tail = (before + after[:-cut])[-len(after) :]
        assert _done(tail, after) == len(after) - cut
    assert _done(before[-50:] + after[:9], after) == 9
    assert _done(before[-50:] + after[:-9] + b"more", after) == 0
    nothing = (0, audit.START), audit.START, audit.digest, audit.text
    assert problems([], *nothing) == []


def test_a_byte_more_or_less_is_found(spring: Run, workspace: Path) -> None:
    """Also where a reader of JSON would see the same: blanks, other escapes, other
    breaks of lines, a key twice."""
    file = workspace / FILE
    whole = file.read_bytes()
    for change in (
        whole[:-1],
        whole + b"\n",
        whole.replace(b'{"n":2,', b'{"n": 2,', 1),
        whole.replace(b'{"n":2,', b'{"n":7,"n":2,', 1),
        whole.replace(b"\n", b"\r\n", 1),
        whole.replace(b'"cli"', b'"\\u0063li"', 1),
        b"\xef\xbb\xbf" + whole,
        whole.replace(b'"prev":"0', b'"prev":"1', 1),
    ):
        assert change != whole
        file.write_bytes(change)
        assert spring("audit", "verify").code == 1, change[:60]
        assert file.read_bytes() == change
    file.write_bytes(whole)
    assert spring("audit", "verify").code == 0


def test_no_name_breaks_a_line(spring: Run, workspace: Path) -> None:
    """Whoever calls, and whatever things are called: one change is one line."""
    before = len((workspace / FILE).read_bytes().splitlines())
    forged = '\r\n{"n":99,"action":"x"}\u2028\x1b[2J'
    env = {"LOGNAME": f"mallory{forged}"}
    assert spring("link", "add", "--promo", "EVIL", env=env).code == 0
    body = (workspace / FILE).read_bytes()
    assert len(body.splitlines()) == before + 1
    assert body.isascii()
    assert "\x1b" not in done(spring, "audit", "list")
    assert said(spring, "audit", "list")["lines"][-1]["actor"] == f"mallory{forged}"
    done(spring, "audit", "verify")
