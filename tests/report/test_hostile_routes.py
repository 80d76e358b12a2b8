"""Hostile text by hooks, APIs, links, rejects and every command that takes a text."""

from __future__ import annotations

import csv
import itertools
import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
import replayed
import tomlkit
from hostile import SCRIPTS, Text, cycle, harmless, shapes
from serving import LIMITS, SECRETS, SOURCES, ask, deliver
from sources.platforms.replies import API, Reply, by_path
from sources.platforms.replies import serving as platform
from support import invoking

from tracker.app import open_tracker
from tracker.cells import RISKY
from tracker.cli.common import HIDDEN
from tracker.cli.tables import TABLES
from tracker.server.door import Door

#: What a terminal obeys, and what turns or hides text on it and on pages.
OBEYED = re.compile(HIDDEN)
DECEIVING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "'=1", "\uff1d1+1")
VIDEOS = "/youtube/v3/videos"
YOUTUBE = """
[[source]]
name = "yt"
kind = "youtube"
key = { env = "YOUTUBE_API_KEY" }
posts = "known"
base_url = "URL"
"""
READINGS = "platform,handle,post_id,published_at,captured_at,caption,kind,views\n"
#: Commands that show what was taken in.
LISTS: tuple[tuple[str, ...], ...] = (
    *(("quarantine", "list"), ("quarantine", "show", "1"), ("link", "list")),
    *(("claim", "list", "c"), ("feedback", "list", "c"), ("finding", "list")),
    *(("disclosure", "list", "c"), ("disclosure", "log"), ("contract", "list", "c")),
    *(("goods", "list", "c"), ("consent", "list"), ("mission", "list", "c")),
    *(("mission", "show", "m1", "--campaign", "c"), ("outcome", "list", "c")),
    *(("ambassador", "list"), ("ambassador", "show", "anna"), ("post", "list")),
    *(("cost", "list", "c"), ("campaign", "show", "c"), ("source", "list")),
    *(("report", "--marks"), ("status",), ("doctor",), ("compare", "next", "c")),
    *(("totals", "c", "--by", "mission"), ("totals", "c", "--by", "ambassador")),
)


class Teller:
    """Runs commands, and looks at each answer for what a terminal would obey."""

    def __init__(self, home: Path, text: Text, name: Text) -> None:
        self.home, self.text, self.name = home, text, name
        self.run = invoking(home)

    def __call__(self, *words: object, codes: tuple[int, ...] = (0,)) -> str:
        found = self.run(*words, "--home", self.home)
        assert found.code in codes, f"{words}: {found.out}{found.err}"
        for said in (found.out, found.err):
            assert not OBEYED.search(said), (words, OBEYED.search(said))
        return found.out


def hostile_texts() -> Text:
    """Many at a time, and each text also turns and clears a terminal."""
    some, scripts = cycle(25), itertools.cycle(SCRIPTS)

    def text() -> str:
        ways = " ".join(itertools.islice(scripts, 9)).replace("\0", "")
        return f"{some()} {ways} \u202e\u2066deceive\x1b[2J\x9b2J\x07"

    return text


def hostile_names() -> Text:
    """One line without controls, as names and ids may be, that turns itself."""
    short = [one for one in SCRIPTS if len(one) < 150 and one.isprintable()]
    endless = itertools.cycle(short)
    return lambda: f"\u202e{next(endless)}"


def hooks(tell: Teller) -> None:
    """Readings, outcomes and clicks; also with what is refused as a row."""
    text, name = tell.text, tell.name
    post = {"platform": "x", "handle": "annakow", "captured_at": "2026-01-12T10:00:00Z"}
    sale = {"kind": "sale", "at": "2026-01-12T10:00:00Z", "quantity": 1}
    click = {"code": "anna-link", "clicked_at": "2026-01-12T10:00:00Z"}
    said: list[dict[str, Any]] = [
        {**post, "post_id": "h1", "views": 5, "caption": text(), "kind": name()},
        {**post, "post_id": "h2", "views": 5, "url": f"javascript:{text()}"},
        {**post, "post_id": "h3", "views": f"1.2k {text()}"},
        {**post, "post_id": "h4", "views": 5, "captured_at": f"once {text()}"},
        {**post, "post_id": "h5", "platform": f"no {name()}", "views": 5},
    ]
    bodies = [("post.metrics", said)]
    sold = {**sale, "campaign": "c", "code": f"NO {name()}", "order": name()}
    bodies += [("outcome", [{**sold, "id": f"o {name()}"}])]
    bodies += [("outcome", [{**sale, "id": "oh2", "campaign": f"no {name()}"}])]
    bodies += [("outcome", [{**sale, "id": "oh3", "kind": f"no {name()}"}])]
    told = {**click, "user_agent": text(), "referrer": f"https://x.example/{text()}"}
    bodies += [("click", [{**told, "id": f"k {name()}"}])]
    bodies += [("click", [{**told, "id": "k2", "code": f"no such {text()}"}])]
    bodies += [("click", [{**told, "id": "k3", "clicked_at": f"then {text()}"}])]
    bodies += [(f"no {text()}", [{}])]
    door = Door(open_tracker(tell.home), limits=LIMITS)
    door.open()
    try:
        for number, (kind, data) in enumerate(bodies):
            body = json.dumps({"type": kind, "data": data}).encode()
            assert deliver(door.address, f"d{number}", body).status == 200
        agent = {"User-Agent": tell.name(), "Referer": tell.name()}
        agent = {
            key: value.encode("latin-1", "replace") for key, value in agent.items()
        }
        assert ask(door.address, "GET", "/c/anna-link", None, agent).status == 302
    finally:
        door.close()


def api(tell: Teller) -> None:
    """A platform that answers with hostile titles, names and descriptions."""
    answer = json.loads((API / "youtube" / "videos.json").read_text())
    for item in answer["items"]:
        said = item["snippet"]
        said.update(title=tell.text(), description=tell.text())
        said.update(channelTitle=tell.text(), categoryId=tell.text())
        said["localized"] = {"title": tell.text(), "description": tell.text()}
    answer["items"][1]["statistics"]["viewCount"] = f"many {tell.text()}"
    reply = Reply(json.dumps(answer).encode())
    with platform(by_path({VIDEOS: reply})) as server:
        with (tell.home / "tracker.toml").open("a") as settings:
            settings.write(YOUTUBE.replace("URL", server.url))
        tell("ingest", codes=(0, 1))
    tell("source", "pause", "yt", "--reason", tell.text())


def rejects(tell: Teller) -> None:
    """Known posts for the API, and rows whose cells are no figures, days or ids."""
    file = tell.home / "posts of a stranger.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        out.write(READINGS)
        rows = csv.writer(out)
        day, now, name = "2026-01-08", "2026-01-10T10:00Z", tell.name
        for post in ("dQ1fiesta001", "dQ1fiesta-_2"):
            rows.writerow(("youtube", "@annakow", post, day, now, "", "", 1))
        rows.writerow(("youtube", "@annakow", "r1", day, now, "", "", f"n {name()}"))
        rows.writerow(("youtube", "@annakow", "r2", f"d {name()}", now, "", "", 1))
        rows.writerow((f"no {name()}", "@annakow", "r3", day, now, "", "", 1))
        rows.writerow(("youtube", "@annakow", "\x01" + name(), day, now, "", "", 1))
        rows.writerow(("youtube", "@a", "r5", day, now, tell.text(), "\x1b[2J", 1))
        for number, sign in enumerate(FORMULAS):
            row = ("youtube", f"{sign}|f", f"f{number}", day, now, sign, sign, sign)
            rows.writerow(row)
    tell("ingest", "--kind", "csv", "--file", file, codes=(1,))


def texts(tell: Teller) -> None:
    """Every command that takes a text of somebody."""
    text, name = tell.text, tell.name
    why, c = ("--reason", f"why {text()}"), ("--campaign", "c")
    place = f"https://shop.example/?q={'%3Cscript%3E'}"
    words = ("--code", "h-link", "--ambassador", "anna", "--promo", f"P{name()}")
    tell("link", "add", place, *words, *c, "--utm", f"source={name()}", codes=(0, 2, 4))
    tell("enrol", "c", "ben", "--group", f"north {name()}")
    tell("mission", "excuse", "m1", "ben", *c, *why)
    tell("mission", "deliver", "m1", "anna", *c, "--reason", f"by hand {text()}")
    tell("disclosure", "override", "youtube", "v2", "pass", *why)
    act = ("disclosure", "act", "youtube", "v1", "notice")
    tell(*act, "--note", f"note {text()}", codes=(0, 2))
    tell("outcome", "reject", "o2", *why)
    tell("feedback", "add", *c, "--ambassador", "anna", "--text", f"said {text()}")
    tell("feedback", "answer", "1", "--text", f"thanks {text()}")
    signed = ("--signed", "2026-01-15", "--amount", "900.00", "--currency", "EUR")
    paper = ("--ref", f"ref {name()}", "--note", f"note {text()}")
    told = ("--objective", f"aim {name()}")
    tell("contract", "add", "c", "anna", *signed, *paper, *told)
    days = ("--from", "2026-01-01", "--value", "700.00", "--currency", "EUR")
    lent = ("--ref", f"car {name()}", "--what", f"a car {text()}")
    tell("goods", "add", "c", "anna", *lent, *days)
    agreed = ("--text", f"v1 {name()}", "--note", f"note {text()}")
    tell("consent", "add", "anna", *agreed)
    paid = ("--date", "2026-01-09", "--kind", "fee", "--amount", "5.00")
    tell("cost", "add", "c", "--id", f"id {name()}", *paid, "--note", f"n {text()}")
    tell("campaign", "open", "c", "--incomplete", *why)
    found = json.loads(tell("finding", "list", "--limit", "0", "--json"))["findings"]
    for one in found[:2]:
        tell("finding", "ack", one["id"], *why)


def programme(home: Path, text: Text, name: Text) -> Teller:
    """All routes into one workspace, in the same order."""
    tell = Teller(home, text, name)
    (home / "tracker.toml").write_text(SOURCES)
    replayed.begin(home, tell.run)
    plan = (home / "plan.toml").read_text()
    for old in ("as the press has it", "The Press", "First", "Make it known"):
        plan = plan.replace(f'"{old}"', tomlkit.item(f"{old} {text()}").as_string())
    (home / "plan.toml").write_text(plan)
    tell("campaign", "apply", home / "plan.toml")
    rejects(tell)
    hooks(tell)
    api(tell)
    replayed.follow(home, tell.run)
    texts(tell)
    return tell


def alike(out: Path) -> dict[str, list[list[tuple[str, int]]]]:
    """What stands on each page; who is who for a client differs by workspace."""
    found: dict[str, list[list[tuple[str, int]]]] = {}
    for page, shape in shapes(out):
        key = re.sub(r"^(client/.+/ambassadors)/.+", r"\1", page)
        found.setdefault(key, []).append(sorted(shape.items()))
    return {key: sorted(several) for key, several in found.items()}


def editions(tell: Teller, out: Path) -> dict[str, list[list[tuple[str, int]]]]:
    """What stands on the pages of every edition."""
    mark = tell.name()
    tell("report", "--mark", f"mark {mark}")
    tell("outcome", "reject", "o1", "--reason", f"why {tell.text()}")
    tell("ambassador", "add", "cy", "--name", f"Cy {tell.name()}")
    tell("enrol", "c", "cy", "--group", f"south {tell.name()}")
    tell("mission", "excuse", "m1", "anna", "--campaign", "c", "--reason", tell.text())
    tell("report", "--out", out / "all", "--language", "both")
    tell("report", "--since", f"mark {mark}", "--out", out / "since")
    tell("report", "--client", "--out", out / "client")
    tell("report", "--compare", "next,c")
    made = json.loads(tell("report", "--ambassador", "anna", "--json"))["file"]
    (out / "sent").mkdir()
    (out / "sent" / "anna.html").write_bytes(Path(made).read_bytes())
    compared = tell.home / "site" / "compare" / "next-c.html"
    (out / "sent" / "compare.html").write_bytes(compared.read_bytes())
    return alike(out)


@pytest.fixture(scope="module")
def both(
    made_workspace: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Teller, Path]]:
    """The same programme twice: with harmless texts and with hostile ones."""
    made = {}
    kinds: dict[str, tuple[Text, Text]] = {
        "harmless": (harmless, harmless),
        "hostile": (hostile_texts(), hostile_names()),
    }
    with pytest.MonkeyPatch.context() as patch:
        for key, value in {**SECRETS, "YOUTUBE_API_KEY": "k"}.items():
            patch.setenv(key, value)
        for name, (text, word) in kinds.items():
            folder = tmp_path_factory.mktemp(name)
            home = Path(shutil.copytree(made_workspace, folder / "w"))
            made[name] = (programme(home, text, word), folder)
    return made


def test_pages_of_every_edition_have_the_elements_of_harmless_ones(
    both: dict[str, tuple[Teller, Path]],
) -> None:
    found = {}
    for name, (tell, folder) in both.items():
        (folder / "out").mkdir()
        found[name] = editions(tell, folder / "out")
    for page, shape in found["harmless"].items():
        assert found["hostile"][page] == shape, page
    seen = 0
    for path in (both["hostile"][1] / "out").rglob("*.html"):
        whole = path.read_text("utf-8")
        deceives = DECEIVING.search(whole)
        assert not deceives, (path, whole[max(0, deceives.start() - 300) :][:400])
        seen += whole.count("window.ran")
    assert seen > 100


@pytest.mark.parametrize("words", LISTS, ids=" ".join)
def test_no_list_holds_what_a_terminal_obeys(
    both: dict[str, tuple[Teller, Path]], words: tuple[str, ...]
) -> None:
    both["hostile"][0](*words, codes=(0, 1))
    json.loads(both["hostile"][0].run(*words, "--json").out)


def test_no_cell_of_an_export_begins_a_formula(
    both: dict[str, tuple[Teller, Path]], tmp_path: Path
) -> None:
    tell = both["hostile"][0]
    seen = 0
    for what in TABLES:
        file = {end: tmp_path / f"{what}.{end}" for end in ("csv", "json", "xlsx")}
        for end, path in file.items():
            tell("export", what, "--format", end, "--out", path)
        json.loads(file["json"].read_text("utf-8"))
        with zipfile.ZipFile(file["xlsx"]) as book:
            sheets = [n for n in book.namelist() if "/worksheets/" in n]
            assert all(b"<f>" not in book.read(name) for name in sheets), what
            assert not any(b"hyperlink" in book.read(name) for name in sheets), what
        with file["csv"].open(encoding="utf-8", newline="") as lines:
            for cell in itertools.chain.from_iterable(csv.reader(lines)):
                number = re.fullmatch(r"[+-]?\d+(\.\d+)?", cell)
                hidden = cell[:1] == "'" and cell[1:2] in RISKY
                assert number or hidden or cell[:1] not in RISKY, (what, cell)
                seen += hidden
    assert seen > len(FORMULAS)
