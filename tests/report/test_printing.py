"""Pages as PDF, by a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import html5lib
import pytest
import replayed
import spring
from support import Run

from tracker.printing import print_page

A4, LETTER = (595, 842), (612, 792)


def sizes(data: bytes) -> set[tuple[int, int]]:
    """Of the sheets, in points."""
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data)
    return {(round(float(w)), round(float(h))) for w, h in boxes}


def text(path: Path, *words: str) -> str:
    """What a PDF says. words: options of pdftotext, such as the first sheets."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("no pdftotext on this machine")
    done = subprocess.run([program, "-layout", *words, path, "-"], capture_output=True)
    return done.stdout.decode()


@pytest.fixture
def printed(workspace: Path, invoke: Run, chromium: str) -> Path:
    replayed.begin(workspace, invoke)
    made = spring.said(invoke, "report", "c", "--pdf", "--pdf", "quality")
    names = ["index.pdf", "quality.pdf"]
    assert [Path(one).name for one in made["pdf"]] == names
    return workspace / "pdf" / "c"


def test_pages_are_printed_on_a4_the_same_each_time(printed: Path, invoke: Run) -> None:
    first = (printed / "index.pdf").read_bytes()
    assert first.startswith(b"%PDF-") and b"CreationDate" not in first
    assert sizes(first) == {A4} and b"file:" not in first
    spring.done(invoke, "report", "--pdf", "c")
    assert (printed / "index.pdf").read_bytes() == first
    spring.done(invoke, "report", "c", "--pdf", "--paper", "letter")
    assert sizes((printed / "index.pdf").read_bytes()) == {LETTER}


def test_every_sheet_says_which_of_how_many_it_is(printed: Path) -> None:
    said = text(printed / "index.pdf")
    many = (printed / "index.pdf").read_bytes().count(b"/MediaBox")
    for number in range(1, many + 1):
        assert re.search(rf"(?<!\d){number} ?/ ?{many}(?!\d)", said)
    assert "Skip to the report" not in said


@pytest.mark.parametrize("paper", ["A4", "letter"])
def test_the_first_sheet_holds_the_cover_and_all_tiles(
    pages: Path, chromium: str, tmp_path: Path, paper: str
) -> None:
    page = pages / "fiesta" / "index.html"
    said = text(print_page(page, tmp_path, paper), "-l", "1")
    tiles = html5lib.parse(page.read_bytes(), namespaceHTMLElements=False)
    names = [
        "".join(one.find("h3").itertext())
        for one in tiles.iter("li")
        if "tile" in one.attrib.get("class", "").split()
    ]
    assert len(names) > 4 and said.count("How we know") == len(names)
    words = set(said.split())
    assert {"Fiesta", "Movement", *" ".join(names).split()} <= words


def test_tables_go_on_with_their_heads_and_break_no_number(
    pages: Path, chromium: str, tmp_path: Path
) -> None:
    page = pages / "fiesta" / "posts.html"
    sheets = text(print_page(page, tmp_path)).split("\f")[:-1]
    held = [one for one in sheets if "Post number" in one]
    assert len(held) > 1 and all("Published" in one for one in held)
    shown = re.findall(r'<td class="r"[^>]*>([\d,]{4,})</td>', page.read_text("utf-8"))
    assert shown and set(shown) <= set(" ".join(sheets).split())


def test_an_erasure_takes_what_was_printed(
    printed: Path, workspace: Path, invoke: Run
) -> None:
    made = spring.said(invoke, "report", "--ambassador", "anna", "--pdf")
    [own] = map(Path, made["pdf"])
    assert own.parent == workspace / "ambassadors" and own.exists()
    spring.done(invoke, "privacy", "erase", "anna", "--yes")
    assert not own.exists() and not list(printed.glob("*.pdf"))


def test_without_a_browser_it_is_said_what_to_install(
    workspace: Path, invoke: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replayed.begin(workspace, invoke)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("tracker.printing.APPLICATIONS", "nowhere")
    found = invoke("report", "c", "--pdf")
    assert found.code == 3
    assert "error[NO_BROWSER]" in found.err and "apt install chromium" in found.err
    assert (workspace / "site" / "c" / "index.html").exists()


def test_a_page_that_is_not_there(workspace: Path, invoke: Run) -> None:
    replayed.begin(workspace, invoke)
    for name in ("nothing", "../index", "data/posts"):
        found = invoke("report", "c", "--pdf", name)
        assert found.code == 4 and "page" in found.err
