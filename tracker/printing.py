"""Pages as PDF, printed by the Chromium of this machine as anybody would print them.

The style sheet says how a page prints; here only the paper is chosen. What a browser
writes into a PDF of its own accord and would differ each time, its clock, is taken
out, so that the same page gives the same bytes with the same browser and fonts.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tracker.errors import ConfigError, NotFoundError, ReportError
from tracker.report.inside import digest

PAPERS = ("A4", "letter")
PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
#: Where macOS keeps browsers that are on no PATH.
APPLICATIONS = "Contents/MacOS"
#: Seconds for one page; a page of 60,000 posts takes some.
PATIENCE = 300
#: Entries of a PDF that hold the clock of whoever made it.
CLOCK = re.compile(rb"/(?:CreationDate|ModDate) \(D:[^)]*\)")

#: A way to a file beside the page.
BESIDE = re.compile(r' href="(?!https?:|#|data:)[^"]*"')


def browser() -> str:
    """The program. Raises ConfigError NO_BROWSER."""
    apps = Path("/Applications").glob(f"*Chrom*.app/{APPLICATIONS}/*Chrom*")
    for found in (*map(shutil.which, PROGRAMS), *map(str, apps)):
        if found:
            return found
    raise ConfigError(
        "NO_BROWSER",
        "report --pdf",
        f"none of these programs is there: {', '.join(PROGRAMS)}",
        "No PDF was written; the pages are there",
        "Install Chromium (Debian: apt install chromium; macOS: brew install chromium),"
        " or print the page from any browser",
    )


def find_pages(folder: Path, campaign: str, wanted: Iterable[str]) -> Iterator[Path]:
    """Files of a campaign's pages. wanted: names such as index, missions or
    ambassadors/a001, and `all` for those beside the first. Raises NotFoundError."""
    here = folder / campaign
    known = {path.stem: path for path in sorted(here.glob("*.html"))}
    for name in wanted:
        if name == "all":
            yield from known.values()
            continue
        bare = name.removesuffix(".html")
        path = known.get(bare, here / f"{bare}.html")
        if not path.is_file() or not path.resolve().is_relative_to(here.resolve()):
            raise NotFoundError("page", name, [*known, "all"])
        yield path


def print_page(page: Path, into: Path, paper: str = "A4") -> Path:
    """One page as a PDF of its name in a folder. Raises ConfigError, ReportError."""
    program = browser()
    with TemporaryDirectory(prefix="tracker-print-") as name:
        room = Path(name)
        made, copy = room / "made.pdf", room / page.name
        copy.write_text(_on_paper(page.read_text("utf-8"), paper), "utf-8")
        _run([program, *_options(room, made), copy.as_uri()], page, made)
        data = CLOCK.sub(lambda found: b" " * len(found[0]), made.read_bytes())
    target = into / f"{page.stem}.pdf"
    try:
        into.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.touch(mode=0o600)
        target.write_bytes(data)
    except OSError as error:
        raise _failed(page, error.strerror or str(error)) from error
    return target


def _on_paper(html: str, paper: str) -> str:
    """A page with the size of its paper, allowed by its policy, and without ways to
    files beside it: on paper they lead nowhere, in a PDF to where it was printed."""
    html = BESIDE.sub("", html)
    sheet = f"@page{{size:{paper}}}"
    allowed = html.replace("style-src ", f"style-src {digest(sheet)} ", 1)
    return allowed.replace("</head>", f"<style>{sheet}</style></head>", 1)


def _options(room: Path, made: Path) -> Iterator[str]:
    yield "--headless"
    yield "--disable-gpu"
    yield "--no-pdf-header-footer"
    yield "--no-first-run"
    yield "--disable-background-networking"
    yield f"--user-data-dir={room / 'profile'}"
    yield f"--print-to-pdf={made}"
    if os.geteuid() == 0:  # Chromium's sandbox refuses root
        yield "--no-sandbox"


def _run(command: list[str], page: Path, made: Path) -> None:
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, timeout=PATIENCE
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(page, str(error)) from error
    if not made.is_file():
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _failed(
            page, said[-1] if said else f"the browser ended {done.returncode}"
        )


def _failed(page: Path, cause: str) -> ReportError:
    return ReportError(
        "PRINT",
        page.name,
        cause,
        "No PDF of it was written; the pages are there",
        "Try again, or print the page from a browser",
    )
