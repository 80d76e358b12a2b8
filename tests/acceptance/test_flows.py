"""From an empty workspace to pages by a user's commands, on both databases."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PLAN = """
[campaign]
id = "fiesta"
name = "Fiesta"
timezone = "America/Detroit"
currency = "USD"
language = "en"
start = 2026-03-01
end = 2026-11-30
"""
PEOPLE = """id,name,platform,handle,from
ana,Ana Park,youtube,@ana,
ana,Ana Park,x,ana_p,
ben,Ben,youtube,ben,2026-06-10
"""
HEAD = "platform,handle,post_id,published_at,captured_at,caption,views,likes,reach\n"
ROWS = '''youtube,@ana,-aB1,2026-06-01T10:00:00Z,2026-06-02T10:00:00Z,first,100,5,80
youtube,@ana,-aB1,2026-06-01T10:00:00Z,2026-06-05T10:00:00Z,first,250,,90
x,Ana_P,0071,2026-06-03,2026-06-05,day only,40,2,
youtube,BEN,b1,2026-06-09T10:00:00Z,2026-06-10T10:00:00Z,too early,1000,10,
youtube,ben,b2,2026-06-11T10:00:00Z,2026-06-12T10:00:00Z,"in time, ""quoted""",70,7,
youtube,carl,c1,2026-06-11T10:00:00Z,2026-06-12T10:00:00Z,nobody's,9,,
'''


class Person:
    """Somebody at a shell in one workspace."""

    def __init__(self, invoke: Callable[..., Any], home: Path) -> None:
        self.invoke, self.home = invoke, home

    def do(self, *words: object, code: int = 0) -> str:
        done = self.invoke(*words, env={"TRACKER_HOME": str(self.home)})
        assert done.code == code, f"{words}: {done.out}{done.err}"
        return str(done.out)

    def ask(self, *words: object, code: int = 0) -> Any:
        return json.loads(self.do(*words, "--json", code=code))

    def write(self, name: str, text: str) -> Path:
        path = self.home / name
        path.write_text(text)
        return path

    def ingest(self, name: str, text: str) -> dict[str, int]:
        """Drop a file, collect, and tell what became of its rows."""
        self.write(f"inbox/{name}", text)
        (report,) = self.ask("ingest", "drop")["sources"]
        return {
            part: report[part]
            for part in ("stored", "unchanged", "corrected", "rejected")
            if report[part]
        }

    def views(self, campaign: str | None = "fiesta", *words: object) -> tuple:
        """Posts, value, known and unknown of the only row."""
        (row,) = self.ask("totals", *filter(None, [campaign]), *words)["rows"]
        found = row["views"]
        return row["posts"], found["value"], found["known"], found["unknown"]

    def days(self, campaign: str | None, *words: object) -> dict[str, tuple]:
        """Posts, value and gain of views by day."""
        named = filter(None, [campaign])
        rows = self.ask("totals", *named, "--by", "day", *words)["rows"]
        return {
            row["day"]: (row["posts"], row["views"]["value"], row["views"]["gain"])
            for row in rows
        }

    def readings(self) -> list[dict[str, str]]:
        """The export, without where and when a reading was recorded."""
        found = list(csv.DictReader(io.StringIO(self.do("export", "readings"))))
        for row in found:
            for name in ("file", "line", "recorded_at", "source"):
                del row[name]
        return found

    def pages(self) -> dict[str, str]:
        """Hashes of the site, but of the manifest, which holds the time of writing."""
        self.do("report")
        site = self.home / "site"
        return {
            path.relative_to(site).as_posix(): hashlib.sha256(
                path.read_bytes()
            ).hexdigest()
            for path in site.rglob("*")
            if path.is_file()
            and path.name != "manifest.json"
            and not path.name.startswith(".")
        }

    def begin(self) -> Person:
        """The campaign, its people and its source."""
        self.do("campaign", "apply", self.write("plan.toml", PLAN))
        people = self.write("people.csv", PEOPLE)
        self.do("ambassador", "import", people, "--campaign", "fiesta")
        self.do("source", "add", "drop", "--path", "inbox/*.csv", "--every", "1h")
        return self


@pytest.fixture
def person(invoke, each_workspace: Path) -> Person:
    return Person(invoke, each_workspace)


@pytest.fixture
def another(invoke, made_workspace: Path, tmp_path: Path) -> Person:
    """Somebody in a second workspace, on SQLite."""
    return Person(invoke, Path(shutil.copytree(made_workspace, tmp_path / "another")))


# -- from nothing to pages ----------------------------------------------------------


def test_from_an_empty_workspace_to_pages(person: Person) -> None:
    plan = person.write("plan.toml", PLAN)
    assert person.ask("campaign", "apply", plan)["result"] == "added"
    people = person.write("people.csv", PEOPLE)
    words = ("ambassador", "import", people, "--campaign", "fiesta")
    tried = person.ask(*words, "--dry-run")
    assert person.ask("ambassador", "list")["ambassadors"] == []
    done = person.ask(*words)
    assert {k: v for k, v in tried.items() if k != "dry_run"} == {
        k: v for k, v in done.items() if k != "dry_run"
    }
    assert len(person.ask("ambassador", "list")["ambassadors"]) == 2
    person.do("ambassador", "add", "cem", "--name", "Cem", "--handle", "x:cem")
    person.do("enrol", "fiesta", "cem", "--from", "2026-06-01")
    person.do("source", "add", "drop", "--path", "inbox/*.csv", "--every", "1h")
    assert person.ingest("june.csv", HEAD + ROWS) == {"stored": 6}
    assert person.ingest("june.csv", HEAD + ROWS) == {"unchanged": 6}

    assert person.views(None) == (5, 250 + 40 + 1000 + 70 + 9, 5, 0)
    assert person.views() == (3, 250 + 40 + 70, 3, 0)  # Ben began on the 10th
    found = person.ask("explain", "fiesta", "views")
    assert (found["value"], found["known"]) == (360, 3)
    places = {(r["post_id"], r["file"], r["line"]) for r in found["readings"]}
    assert places == {
        ("-aB1", "inbox/june.csv", 3),
        ("0071", "inbox/june.csv", 4),
        ("b2", "inbox/june.csv", 6),
    }
    by_person = person.ask("totals", "fiesta", "--by", "ambassador")["rows"]
    assert {r["ambassador"]: r["views"]["value"] for r in by_person} == {
        "ana": 290,
        "ben": 70,
    }
    assert person.ask("verify") == {"ok": True, "differences": [], "campaigns": []}
    pages = person.pages()
    assert {
        "index.html",
        "fiesta/index.html",
        "fiesta/posts.html",
        "fiesta/quality.html",
        "fiesta/ambassadors/ana.html",
        "fiesta/ambassadors/ben.html",
    } <= set(pages)
    assert person.pages() == pages


def test_a_command_that_only_tries_changes_nothing(person: Person) -> None:
    person.begin().ingest("june.csv", HEAD + ROWS)
    shown = ("campaign", "show", "fiesta")
    kept = person.do("export", "posts"), person.ask(*shown), person.days("fiesta")
    plan = person.write("plan.toml", PLAN.replace("2026-03-01", "2026-06-04"))
    person.do("campaign", "apply", plan, "--dry-run")
    person.do("enrol", "fiesta", "ben", "--from", "2026-03-01", "--dry-run")
    person.do("withdraw", "fiesta", "ana", "--entirely", "--dry-run")
    again = person.do("export", "posts"), person.ask(*shown), person.days("fiesta")
    assert again == kept


# -- the roster moves old figures --------------------------------------------------


def test_old_figures_follow_a_corrected_enrolment(person: Person) -> None:
    person.begin().ingest("june.csv", HEAD + ROWS)
    assert person.views() == (3, 360, 3, 0)
    person.do("enrol", "fiesta", "ben", "--from", "2026-06-09")
    assert person.views() == (4, 1360, 4, 0)
    assert person.days("fiesta")["2026-06-10"] == (3, 1290, 1000)
    person.do("withdraw", "fiesta", "ben", "--on", "2026-06-10")
    assert person.views() == (3, 1290, 3, 0)
    person.do("withdraw", "fiesta", "ana", "--entirely")
    assert person.views() == (1, 1000, 1, 0)
    assert person.views(None) == (5, 1369, 5, 0)
    person.do("enrol", "fiesta", "ana")
    person.do("enrol", "fiesta", "ben", "--from", "2026-06-10", "--to", "2026-11-30")
    assert person.views() == (3, 360, 3, 0)
    plan = person.write("plan.toml", PLAN.replace("2026-03-01", "2026-06-02"))
    person.do("campaign", "apply", plan)
    assert person.views() == (2, 110, 2, 0)
    assert person.ask("verify")["ok"]


def test_a_renamed_handle_keeps_its_posts_and_gives_the_name_away(
    person: Person,
) -> None:
    """What Ana posted under her old name stays hers; later it is somebody else's."""
    person.begin().ingest("june.csv", HEAD + ROWS)
    renamed = ("ambassador", "handle", "ana", "youtube", "anna.new")
    person.do(*renamed, "--from", "2026-06-10")
    later = (
        "youtube,anna.new,n1,2026-06-12T10:00:00Z,2026-06-13T10:00:00Z,new,11,,\n"
        "youtube,ana,o1,2026-06-12T10:00:00Z,2026-06-13T10:00:00Z,old,500,,\n"
    )
    person.ingest("later.csv", HEAD + later)
    assert person.views() == (4, 360 + 11, 4, 0)
    person.do("ambassador", "add", "eve", "--name", "Eve")
    person.do("ambassador", "handle", "eve", "youtube", "ana", "--from", "2026-06-11")
    person.do("enrol", "fiesta", "eve")
    rows = person.ask("totals", "fiesta", "--by", "ambassador")["rows"]
    assert {r["ambassador"]: r["views"]["value"] for r in rows} == {
        "ana": 301,
        "ben": 70,
        "eve": 500,
    }
    assert person.ask("verify")["ok"]


# -- days -----------------------------------------------------------------------------

CLOCKS = """youtube,ana,p,2026-03-07,2026-03-08T04:59:59Z,,1,,
youtube,ana,p,2026-03-07,2026-03-08T05:00:00Z,,10,,
youtube,ana,p,2026-03-07,2026-03-09T03:59:59Z,,100,,
youtube,ana,p,2026-03-07,2026-03-09T04:00:00Z,,1000,,
youtube,ana,p,2026-03-07,2026-03-28T22:59:59Z,,2000,,
youtube,ana,p,2026-03-07,2026-03-28T23:00:00Z,,3000,,
youtube,ana,p,2026-03-07,2026-03-29T21:59:59Z,,4000,,
youtube,ana,p,2026-03-07,2026-03-29T22:00:00Z,,5000,,
youtube,ana,p,2026-03-07,2026-11-01T03:59:59Z,,6000,,
youtube,ana,p,2026-03-07,2026-11-01T04:00:00Z,,7000,,
youtube,ana,p,2026-03-07,2026-11-02T04:59:59Z,,8000,,
youtube,ana,p,2026-03-07,2026-11-02T05:00:00Z,,9000,,
"""


def test_days_are_those_of_their_zone_when_clocks_change(person: Person) -> None:
    """The short day and the long one of Detroit; the short one of Paris."""
    file = person.home / "tracker.toml"
    text = file.read_text()
    assert "timezone" in text
    lines = [line for line in text.splitlines() if not line.startswith("timezone")]
    file.write_text('timezone = "Europe/Paris"\n' + "\n".join(lines) + "\n")
    person.begin().ingest("clocks.csv", HEAD + CLOCKS)
    assert {day: value for day, (_, value, _) in person.days("fiesta").items()} == {
        "2026-03-07": 1,
        "2026-03-08": 100,
        "2026-03-09": 1000,
        "2026-03-28": 3000,
        "2026-03-29": 5000,
        "2026-10-31": 6000,
        "2026-11-01": 8000,
        "2026-11-02": 9000,
    }
    assert {day: value for day, (_, value, _) in person.days(None).items()} == {
        "2026-03-08": 10,
        "2026-03-09": 1000,
        "2026-03-28": 2000,
        "2026-03-29": 4000,
        "2026-03-30": 5000,
        "2026-11-01": 7000,
        "2026-11-02": 9000,
    }
    assert sum(gain for _, _, gain in person.days("fiesta").values()) == 9000
    assert person.ask("verify")["ok"]


def test_a_day_without_a_time_is_the_same_day_everywhere(person: Person) -> None:
    """Kept as a day: no zone moves it, and it is shown as a day again."""
    person.begin().do("campaign", "apply", person.write("east.toml", EAST))
    person.do("enrol", "east", "ana")
    rows = "".join(
        f"youtube,ana,d,2026-06-01,2026-06-0{day},,{day * 10},,\n" for day in (2, 3, 4)
    )
    person.ingest("days.csv", HEAD + rows)
    expected = {
        f"2026-06-0{day}": (1, day * 10, 20 if day == 2 else 10) for day in range(2, 5)
    }
    for campaign in ("fiesta", "east", None):
        assert person.days(campaign) == expected
    assert [row["captured_at"] for row in person.readings()] == [*expected]
    assert {row["published_at"] for row in person.readings()} == {"2026-06-01"}
    (row,) = person.ask("totals", "east")["rows"]
    assert row["views"]["newest"] == "2026-06-04"


EAST = (
    PLAN.replace('"fiesta"', '"east"')
    .replace("America/Detroit", "Pacific/Kiritimati")
    .replace("2026-03-01", "2026-06-01")
    .replace("2026-11-30", "2026-06-01")
)


def test_both_days_of_a_campaign_are_inside(person: Person) -> None:
    """The first and last day are the campaign's own, to the second."""
    plan = PLAN.replace("2026-03-01", "2026-03-08").replace("2026-11-30", "2026-11-01")
    person.begin().do("campaign", "apply", person.write("plan.toml", plan))
    moments = {
        "before": "2026-03-08T04:59:59Z",
        "first": "2026-03-08T05:00:00Z",
        "last": "2026-11-02T04:59:59Z",
        "after": "2026-11-02T05:00:00Z",
        "day-before": "2026-03-07",
        "day-first": "2026-03-08",
        "day-last": "2026-11-01",
        "day-after": "2026-11-02",
    }
    person.ingest(
        "edges.csv",
        HEAD
        + "".join(
            f"youtube,ana,{name},{at},2026-12-01,,1,,\n" for name, at in moments.items()
        ),
    )
    rows = person.ask("totals", "fiesta", "--by", "post")["rows"]
    inside = {"first", "last", "day-first", "day-last"}
    assert {row["post_id"] for row in rows} == inside


# -- what was known then ---------------------------------------------------------------


def now() -> str:
    """This moment; the next command comes later."""
    time.sleep(0.005)
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at := time.time()))
    time.sleep(0.005)
    return f"{text}.{int(at * 1000) % 1000:03}Z"


def test_a_replay_shows_what_was_known_before_a_correction(person: Person) -> None:
    person.begin().ingest("june.csv", HEAD + ROWS)
    first, known = now(), (person.views(), person.days("fiesta"), person.views(None))
    corrected = ROWS.replace("first,250,,90", "first,999,,90")
    done = person.ingest("june.csv", HEAD + corrected)
    assert done == {"unchanged": 5, "corrected": 1}
    second = now()
    late = "youtube,@ana,-aB1,2026-06-01T10:00:00Z,2026-06-03T10:00:00Z,first,200,,\n"
    assert person.ingest("late.csv", HEAD + late) == {"stored": 1, "unchanged": 6}
    assert person.views() == (3, 360 - 250 + 999, 3, 0)
    assert person.days("fiesta")["2026-06-03"] == (1, 200, 100)

    def at(moment: str) -> tuple:
        asked = ("--as-of", moment)
        return (
            person.views("fiesta", *asked),
            person.days("fiesta", *asked),
            person.views(None, *asked),
        )

    assert at(first) == known
    assert at(second)[0] == person.views()
    assert "2026-06-03" not in at(second)[1]
    assert at("2020-01-01T00:00:00Z") == ((0, None, 0, 0), {}, (0, None, 0, 0))


# -- moving data -----------------------------------------------------------------------


def test_an_export_imported_elsewhere_gives_the_same(
    person: Person, another: Person
) -> None:
    """To the letter: ids and texts that a spreadsheet would take for formulas."""
    person.begin()
    another.begin()
    odd = "".join(
        f'youtube,@ana,{ident},2026-06-01,2026-06-02T10:00:00.123Z,"{said}",{n},0,\n'
        for n, (ident, said) in enumerate(
            [
                ("=1+1", "=cmd()"),
                ("'quoted", "'"),
                ("''twice", "'=x"),
                ("00012", " blank "),
                ("1e5", "two\nlines"),
                ("+4", "-"),
            ]
        )
    )
    assert person.ingest("june.csv", HEAD + ROWS + odd) == {"stored": 12}
    text = person.do("export", "readings")
    assert another.ingest("export.csv", text) == {"stored": 12}
    assert another.readings() == person.readings()
    assert another.do("export", "readings").count("\n") == text.count("\n")
    for campaign in (None, "fiesta"):
        assert another.days(campaign) == person.days(campaign)
        assert another.views(campaign) == person.views(campaign)
    assert (
        another.ask("totals", "--by", "post")["rows"]
        == (person.ask("totals", "--by", "post")["rows"])
    )
    assert another.ingest("export.csv", person.do("export", "readings")) == {
        "unchanged": 12
    }
    assert another.ask("verify")["ok"]


def many_rows(chance: random.Random) -> list[str]:
    """Readings that come again, fall, disagree and say more or less of their posts."""
    found = []
    for _ in range(600):
        post, hour = chance.randrange(40), chance.randrange(30)
        handle = ["@ana", "BEN", "carl", ""][post % 4]
        caption = chance.choice(["", f"film {post}", f"film {post}", f"Film {post}!"])
        published = chance.choice(["", f"2026-06-{1 + post % 20:02}"])
        views = chance.choice(["", str(hour * 50 + chance.randrange(60)), "7"])
        likes = chance.choice(["", "0", str(hour)])
        at = f"2026-06-{21 + hour // 10:02}T{hour % 24:02}:00:00Z"
        found.append(
            f"youtube,{handle},p{post},{published},{at},{caption},{views},{likes},\n"
        )
    return [row for row in found if not row.endswith(",,,\n")]


def test_a_shuffled_copy_in_ten_parts_ends_the_same(
    person: Person, another: Person
) -> None:
    """Readings, figures and pages, to the byte, on whichever database."""
    chance = random.Random(3)
    rows = many_rows(chance)
    person.begin().ingest("all.csv", HEAD + "".join(rows))
    another.begin()
    chance.shuffle(rows)
    for n in range(10):
        another.ingest(f"{n}.csv", HEAD + "".join(rows[n::10]))
    assert another.readings() == person.readings()
    for cut in ("day", "week", "month", "platform", "ambassador", "post"):
        for campaign in ([], ["fiesta"]):
            words = ("totals", *campaign, "--by", cut)
            assert another.ask(*words)["rows"] == person.ask(*words)["rows"]
    # both, for a page says when everything was recounted last
    assert another.ask("verify")["ok"] and person.ask("verify")["ok"]
    assert another.pages() == person.pages()
