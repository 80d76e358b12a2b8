"""Every command of the shell: does it change something, and is that written down?

A command that is new has to be named here: `READS` for those that change nothing a
page shows and nothing the audit tells, else as a step of `changes`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from spring import done, programme, said
from support import Run

from tracker import status
from tracker.app import open_tracker
from tracker.cli import PLACES, Root

#: They read, or make what is not of the programme: workspaces, files, messages.
READS = {
    *("init", "demo", "status", "doctor", "verify", "completion", "export", "report"),
    *(
        "totals",
        "rollup",
        "explain",
        "compare",
        "years",
        "benchmark",
        "kpi",
        "emv",
        "answers",
        "daemon",
        "serve",
        "stub",
    ),
    *("backup list", "backup verify", "archive list", "archive verify"),
    "restore",  # takes all of it back: tests/backup
    *("db upgrade", "db check", "audit list", "audit verify", "privacy export"),
    *("campaign new", "campaign list", "campaign show", "campaign check"),
    *("ambassador list", "ambassador show", "ambassador export"),
    *("apply list", "apply report", "mission list", "mission show", "mission grid"),
    *("mission remind", "link list", "outcome list", "outcome conflicts"),
    *("cost list", "cost statement", "claim list", "survey list", "feedback list"),
    *("disclosure list", "disclosure check", "disclosure log", "finding list"),
    *("source list", "source kinds", "source check", "quarantine list"),
    *("quarantine show", "post list", "post show", "reading list"),
    *("consent list", "contract list", "goods list"),
    *("alert list", "alert test", "alert history", "alert send", "alert digest"),
}
POSTS = """platform,handle,post_id,published_at,captured_at,caption,views,likes
youtube,annakow,v1,2026-02-01T10:00:00Z,2026-02-03T10:00:00Z,One #spring,100,5
youtube,annakow,v1,2026-02-01T10:00:00Z,2026-02-04T10:00:00Z,One #spring,90,6
youtube,benoakes,v2,2026-02-02T10:00:00Z,2026-02-03T10:00:00Z,Two #spring,50,2
youtube,benoakes,v3,2026-02-02T10:00:00Z,2026-02-03T10:00:00Z,Three,many,2
youtube,benoakes,v4,2026-02-02T10:00:00Z,2026-02-03T10:00:00Z,Four,1.200,2
"""
MORE = POSTS.splitlines()[0] + (
    "\nyoutube,benoakes,v9,2026-02-02T10:00:00Z,2026-02-03T10:00:00Z,Nine,1,1\n"
)
MISSION = """
[[mission]]
id = "travel"
name = "Travel"
opens = 2026-01-01
due = 2026-01-31
"""
#: What is in the workspace besides.
FILES = {
    "c2.toml": '[campaign]\nid = "c2"\nstart = 2026-01-01\nend = 2026-02-01\n',
    "people2.csv": "id,name,platform,handle\ncy,Cy,youtube,cy\n",
    "apply.csv": "id,name,platform,handle\ndee,Dee,youtube,dee\n",
    "costs.csv": "id,date,kind,amount\nk9,2026-02-01,hours,5.00\n",
    "outcomes.csv": "id,kind,at,campaign\no1,lead,2026-02-01,c\n",
    "surveys.csv": "question,wave,n,yes\nknow,one,100,40\n",
    "feedback.csv": "id,at,campaign,text\nf9,2026-02-01,c,Nice\n",
    "more.csv": MORE,
    "consents.csv": "ambassador,version,given\nanna,2,2026-01-01\n",
    "contracts.csv": "ref,ambassador,signed\nK2,ben,2026-01-02\n",
    "goods.csv": "ref,ambassador,what,value,from\ng2,ben,phone,5.00,2026-02-01\n",
}


def leaves(group: click.Group, before: str = "") -> Iterator[str]:
    """Every command that can be run, as it is typed."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        words = f"{before}{name}"
        if isinstance(found, click.Group):
            yield from leaves(found, f"{words} ")
        elif found is not None and not found.hidden:
            yield words


def every_command() -> set[str]:
    return set(leaves(Root("tracker", commands=dict.fromkeys(PLACES))))  # type: ignore[arg-type]


C, WHY = ("--campaign", "c"), ("--reason", "so it is")
FROM = ("--from", "2026-02-01")
FIRST = "2026-02-03T10:00:00Z"
#: Each command that changes something, with words that make it do so, in an order in
#: which one can follow the other. {home}: the workspace; {finding}: one that is open.
STEPS: dict[str, tuple[str, ...]] = {
    "campaign apply": ("{home}/c2.toml",),
    "campaign open": ("c", "--incomplete", *WHY),
    "ambassador add": ("eve", "--name", "Eve", "--handle", "youtube:eve"),
    "ambassador import": ("{home}/people2.csv", *C),
    "ambassador handle": ("eve", "youtube", "eva", "--from", "2026-02-01"),
    "ambassador drop-handle": ("eve", "youtube", "eva"),
    "enrol": ("c", "eve"),
    "withdraw": ("c", "eve", "--on", "2026-05-01"),
    "apply import": ("{home}/apply.csv", *C),
    "apply decide": ("dee", "accept", *C, *WHY),
    "consent add": ("ben", "--text", "2", "--on", "2026-01-01"),
    "consent import": ("{home}/consents.csv",),
    "consent withdraw": ("ben", "--on", "2026-04-01"),
    "contract add": ("c", "ben", "--ref", "K1", "--signed", "2026-01-02"),
    "contract import": ("{home}/contracts.csv", *C),
    "contract remove": ("c", "K1"),
    "goods add": ("c", "ben", "--ref", "g1", *"--what car --value 5.00".split(), *FROM),
    "goods import": ("{home}/goods.csv", *C),
    "goods return": ("c", "g1", "--on", "2026-03-01"),
    "goods remove": ("c", "g1"),
    "mission excuse": ("travel", "anna", *C, *WHY),
    "mission deliver": ("travel", "ben", *C, *WHY),
    "mission clear": ("travel", "ben", *C),
    "link add": ("--promo", "NEW", *C),
    "outcome add": ("lead", *C, "--at", "2026-02-01"),
    "outcome import": ("{home}/outcomes.csv",),
    "outcome verify": ("o1", *WHY),
    "outcome reject": ("o1", *WHY),
    "outcome reverse": ("o1", *WHY),
    "cost add": ("c", *"--id k --date 2026-02-01 --kind fee --amount 5.00".split()),
    "cost import": ("{home}/costs.csv", *C),
    "survey import": ("{home}/surveys.csv", *C),
    "feedback add": (*C, "--ambassador", "ben", "--text", "Nice"),
    "feedback import": ("{home}/feedback.csv", *C),
    "feedback answer": ("1", "--text", "Thanks"),
    "disclosure override": ("youtube", "v1", "pass", *WHY),
    "disclosure act": ("youtube", "v2", "notice"),
    "source add": ("more", "--kind", "csv", "--path", "drop/*.csv"),
    "source pause": ("studio",),
    "source resume": ("studio",),
    "source remove": ("more",),
    "ingest": ("--file", "{home}/more.csv", "--kind", "csv"),
    "quarantine drop": ("1",),
    "quarantine retry": ("2",),
    "post add": ("https://youtu.be/abcdefghijk", "--ambassador", "anna"),
    "reading add": ("youtube", "v2", "--views", "70", "--at", "2026-02-09T10:00:00Z"),
    "reading correct": ("youtube", "v2", "likes", "9", "--at", FIRST, *WHY),
    "finding ack": ("{finding}", *WHY),
    "finding fix": ("{finding}",),
    "finding reopen": ("{finding}",),
    "privacy retention": (),
    "archive run": ("--before", "2026-03"),
    "archive restore": ("2026-02",),
    "campaign close": ("c", *WHY),
    "privacy erase": ("anna", "--yes"),
}


def test_every_command_is_known_here() -> None:
    assert every_command() - READS == set(STEPS)


def test_what_changes_something_is_in_the_audit_and_makes_pages_anew(
    spring: Run, each_workspace: Path
) -> None:
    """A line of the audit for each, and another stamp than before."""
    (fell,) = said(spring, "finding", "list", "--rule", "reading.fell")["findings"]
    seen = look(spring, each_workspace)
    for command, words in STEPS.items():
        if command == "quarantine retry":
            mend(each_workspace)
            seen = look(spring, each_workspace)
        given = [word.format(home=each_workspace, finding=fell["id"]) for word in words]
        found = spring(*command.split(), *given)
        assert found.code == 0, (command, found.err)
        now = look(spring, each_workspace)
        assert now[0] > seen[0], f"{command} is not in the audit"
        assert now[1] != seen[1], f"pages do not follow {command}"
        seen = now
    done(spring, "audit", "verify")


def mend(home: Path) -> None:
    """Numbers with full stops in them can be read from now on."""
    file = home / "tracker.toml"
    path = 'path = "inbox/*.csv"\n'
    views = '[source.columns]\nviews = { column = "views", thousands = "." }\n'
    file.write_text(file.read_text().replace(path, path + views))


def look(run: Run, home: Path) -> tuple[int, str]:
    """How many lines the audit has, and what the daemon compares."""
    return len(said(run, "audit", "list")["lines"]), status.stamp(open_tracker(home), 0)


def test_what_only_reads_leaves_the_stamp_as_it_is(
    spring: Run, each_workspace: Path
) -> None:
    before = look(spring, each_workspace)
    for words in ("status", "report", "totals c", "finding list", "audit verify"):
        done(spring, *words.split())
    assert look(spring, each_workspace) == before


def test_pages_follow_clicks_and_rules(spring: Run, each_workspace: Path) -> None:
    """What comes without a command: clicks, settings, packs of the workspace."""
    tracker = open_tracker(each_workspace)
    stamps = [status.stamp(tracker, 0)]
    for sql in (
        "INSERT INTO click (link_id, at, sort) VALUES (1, 1, 'unique')",
        "INSERT INTO uncounted (link_id, at, many) VALUES (1, 1, 3)",
        "UPDATE uncounted SET many = 4",
        "INSERT INTO asked SELECT 1, id, 5, 5, 1, NULL FROM post",
    ):
        with tracker.database.writing() as link:
            link.run(sql)
        stamps.append(status.stamp(tracker, 0))
    (each_workspace / "packs").mkdir()
    (each_workspace / "packs" / "DE.toml").write_text('country = "DE"\n')
    stamps.append(status.stamp(tracker, 0))
    file = each_workspace / "tracker.toml"
    file.write_text(file.read_text().replace("[server]", "[clicks]\n[server]", 1))
    stamps.append(status.stamp(open_tracker(each_workspace), 0))
    assert len(set(stamps)) == len(stamps)


@pytest.fixture
def spring(each_workspace: Path, invoke: Run) -> Run:
    run = programme(each_workspace, invoke)
    with (each_workspace / "plan.toml").open("a") as out:
        out.write(MISSION)
    done(run, "campaign", "apply", each_workspace / "plan.toml")
    with (each_workspace / "tracker.toml").open("a") as out:
        out.write('\n[[source]]\nname = "studio"\nkind = "csv"\npath = "inbox/*.csv"\n')
    (each_workspace / "inbox" / "posts.csv").write_text(POSTS)
    assert run("ingest").code == 1
    for name, text in FILES.items():
        (each_workspace / name).write_text(text)
    with (each_workspace / "tracker.toml").open("a") as out:
        out.write('\n[retention]\ncaptions = "30d"\n')
    return run


@pytest.mark.parametrize(
    "words",
    [
        ("emv", "nope"),
        ("archive", "run", "nope"),
        ("archive", "restore", "2001-01"),
        ("kpi", "nope"),
        ("totals", "nope"),
        ("explain", "nope", "views"),
        ("claim", "list", "nope"),
        ("cost", "list", "nope"),
        ("cost", "statement", "nope"),
        ("disclosure", "list", "nope"),
        ("feedback", "list", "nope"),
        ("finding", "list", "--campaign", "nope"),
        ("link", "list", "nope"),
        ("mission", "list", "nope"),
        ("mission", "remind", "nope"),
        ("outcome", "list", "nope"),
        ("outcome", "conflicts", "nope"),
        ("survey", "list", "nope"),
        ("reading", "list", "youtube", "nope"),
        ("post", "show", "youtube", "nope"),
    ],
)
def test_what_is_asked_of_a_name_that_is_not_there_is_exit_4(
    spring: Run, words: tuple[str, ...]
) -> None:
    """An empty answer would say that there is nothing of it."""
    found = spring(*words)
    assert found.code == 4, found.out
    assert "error[NOT_FOUND]" in found.err
