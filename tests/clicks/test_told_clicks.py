"""Links, and clicks that are told: classes, quarantine, sums."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import pytest
from spring import done, programme, said
from support import Run

from tracker.app import open_tracker
from tracker.sources.base import Event
from tracker.store import clicks, events
from tracker.store.clicks import Click

CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120 Safari/537.36"


@pytest.fixture
def spring(each_workspace: Path, invoke: Run) -> Run:
    return programme(each_workspace, invoke)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("https://x.example/", "--code", "abc"), "LINK_CODE"),
        (("https://x.example/", "--code", "a/b-c"), "LINK_CODE"),
        (("https://x.example/", "--code", "anna-link"), "LINK_EXISTS"),
        (("javascript:alert(1)",), "DEST_SCHEME"),
        (("ftp://x.example/",), "DEST_SCHEME"),
        (("http:/x.example",), "DEST_SCHEME"),
        (("https:///path",), "DEST_HOST"),
        (("https://[x/",), "DEST_HOST"),
        (("https://good.example@evil.example/",), "DEST_USER"),
        (("https://x.example/\\evil",), "DEST_SIGNS"),
        (("https://x.example/a b",), "DEST_SIGNS"),
        (("https://exämple.org/",), "DEST_SIGNS"),
        (("https://x.example/", "--ambassador", "nobody"), "NOT_FOUND"),
        (("https://x.example/", "--campaign", "nope"), "NOT_FOUND"),
        (("https://x.example/", "--campaign", "c", "--mission", "nope"), "NOT_FOUND"),
        (("https://x.example:99999/",), "DEST_HOST"),
        (("//x.example/",), "DEST_SCHEME"),
        (("https://x.example/\r\nLocation: https://evil.example",), "DEST_SIGNS"),
        (("https://x.example/\x7f",), "DEST_SIGNS"),
        (("https://x.example/", "--code", "a" * 65), "LINK_CODE"),
        (("https://x.example/", "--code", "äöüß"), "LINK_CODE"),
    ],
)
def test_what_is_no_sound_link_is_refused(
    spring: Run, words: tuple[str, ...], code: str
) -> None:
    for more in ((), ("--dry-run",)):
        found = spring("link", "add", *words, *more)
        assert found.code == 4
        assert found.err.startswith(f"error[{code}]")
    assert len(said(spring, "link", "list")["links"]) == 2


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--promo", "X", "--qr", "x.svg"),
        ("https://x.example/", "--each"),
        ("https://x.example/", "--each", "--campaign", "c", "--code", "abcd"),
        ("https://x.example/", "--utm", "medium"),
    ],
)
def test_what_makes_no_sense_is_a_question_of_usage(
    spring: Run, words: tuple[str, ...]
) -> None:
    assert spring("link", "add", *words).code == 2


def test_parameters_are_added_and_all_else_stays(
    spring: Run, each_workspace: Path
) -> None:
    place = "https://x.example/%7Ea?b=%2F#top"
    utm = ("--utm", "source=a b", "--utm", "utm_medium=x&y")
    one = said(spring, "link", "add", place, *utm)
    assert one["destination"] == (
        "https://x.example/%7Ea?b=%2F&utm_source=a%20b&utm_medium=x%26y#top"
    )
    picture = each_workspace / "code.svg"
    each = said(
        spring,
        *("link", "add", "https://x.example/", "--each", "--campaign", "c"),
        *("--qr", picture),
    )["links"]
    assert [one["ambassador"] for one in each] == ["anna", "ben"]
    assert len({one["code"] for one in each}) == 2
    assert "<svg" in (each_workspace / "code-anna.svg").read_text()
    promo = said(spring, "link", "add", "--promo", "ALONE", "--ambassador", "ben")
    assert (promo["url"], promo["destination"]) == (None, None)
    assert "ALONE" in done(spring, "link", "list")


def told(name: str, at: int, code: str = "anna-link", **more: str) -> Event:
    said_ = {"id": name, "code": code, "clicked_at": "x", **more}
    return Event(1, name, "click", at, json.dumps(said_, sort_keys=True))


def keep(home: Path, some: list[Event], window: int = 1000) -> list:
    database = open_tracker(home).database
    with database.writing() as link:
        link.run(
            "INSERT INTO source (id, name, kind, state)"
            " VALUES (7, 'shop', 'webhook', 'ready') ON CONFLICT DO NOTHING"
        )
        return events.keep(link, 7, 1, some, window)[1]


def classes(run: Run) -> dict[int, str]:
    rows = json.loads(run("export", "clicks", "--format", "json").out)
    return {row["clicked_at"]: row["class"] for row in rows}


def test_the_same_clicks_give_the_same_classes_in_any_order(
    workspace: Path, invoke: Run, tmp_path: Path
) -> None:
    """A window does not slide: it counts from the unique click."""
    import shutil

    run = programme(workspace, invoke)
    some = [
        told("a", 10_000, visitor="v"),
        told("b", 10_900, visitor="v"),
        told("c", 11_100, visitor="v"),
        told("d", 11_200),
    ]
    seen = set()
    for n, order in enumerate(permutations(some)):
        home = tmp_path / f"w{n}"
        shutil.copytree(workspace, home)
        for one in order:
            keep(home, [one])
        out = run("export", "clicks", "--format", "json", "--home", home).out
        rows = json.loads(out)
        told_ = ((row["clicked_at"].rstrip("Z"), row["class"]) for row in rows)
        seen.add(tuple(sorted(told_)))
        if n > 7:
            break
    (only,) = seen
    assert [sort for _, sort in only] == ["unique", "duplicate", "unique", "unique"]


def test_machines_are_bots_and_strangers_wait(
    spring: Run, each_workspace: Path
) -> None:
    bad = keep(
        each_workspace,
        [
            told("a", 1000, agent="Slackbot", rule="preview"),
            told("b", 1000, agent="Chrome"),
            told("x", 1000, code="nobodys"),
        ],
    )
    assert [(one.column, one.code) for one in bad] == [("code", "LINK_UNKNOWN")]
    assert sorted(classes(spring).values()) in (["bot"], ["unique"], ["bot", "unique"])
    rows = json.loads(spring("export", "clicks", "--format", "json").out)
    assert sorted(row["class"] for row in rows) == ["bot", "unique"]
    assert {row["source"] for row in rows} == {"shop"}
    assert not keep(each_workspace, [told("a", 1000, agent="Slackbot", rule="preview")])


def test_sums_by_anything_are_the_clicks_that_are_exported(
    spring: Run, each_workspace: Path
) -> None:
    database = open_tracker(each_workspace).database
    with database.reading() as link:
        numbers = dict(link.all("SELECT code, id FROM link"))
    day = 86_400_000
    at = 1_770_000_000_000
    some = [
        Click(numbers["anna-link"], at, "unique", None, "Chrome", None),
        Click(numbers["anna-link"], at + 5, "duplicate", "repeat", "Chrome", None),
        Click(numbers["bens-link"], at + day, "bot", "head", None, "x.example"),
        Click(numbers["bens-link"], at + 40 * day, "unique", None, "Safari", None),
    ]
    clicks.put(database, some, [(numbers["bens-link"], at, 3)])
    clicks.put(database, [], [(numbers["bens-link"], at, 2)])
    for by in (None, "day", "week", "month", "ambassador", "mission"):
        words = ("--by", by) if by else ()
        found = [
            row["link_clicks"] for row in said(spring, "totals", "c", *words)["rows"]
        ]
        gain = sum(one["gain"] + one["bot"] + one["duplicate"] for one in found)
        assert gain == len(classes(spring)) == 4, by
        assert sum(one["uncounted"] for one in found) == 5
        assert all(
            one["raw"] == one["gain"] + one["bot"] + one["duplicate"] for one in found
        )
    (whole,) = said(spring, "totals", "c")["rows"]
    assert whole["link_clicks"]["value"] == 2
    early = said(spring, "totals", "c", "--until", "2026-02-03")["rows"][0]
    assert early["link_clicks"]["value"] == 1
    assert "link_clicks" not in said(spring, "totals", "c", "--by", "platform")["rows"]
    counted = {
        one["code"]: one["clicks"] for one in said(spring, "link", "list")["links"]
    }
    assert counted["anna-link"] == {"raw": 2, "bot": 0, "duplicate": 1, "unique": 1}
    assert said(spring, "status")["clicks"] == {"waiting": 0, "uncounted": 5}
