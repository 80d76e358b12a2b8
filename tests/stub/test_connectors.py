"""All connectors against the stub, which was written without looking at them.

What the tracker says in the end is compared with a sum over the stub's own files.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import ROOT, Run

from tracker.stub.server import Stub

DATA = ROOT / "fixtures" / "api" / "stub"
NOW = "2025-06-20T12:00:00Z"
#: What a source of each kind needs besides its address.
BLOCKS = {
    "youtube": 'key = { env = "ANY" }\nterms = "accepted"',
    "ada": 'kind = "instagram"\ntoken = { env = "ADA" }',
    "ben": 'kind = "instagram"\ntoken = { env = "BEN" }',
    "facebook": 'token = { env = "PAGE" }',
    "tiktok-research": 'token = { env = "ANY" }',
    "x": 'token = { env = "ANY" }',
    "bluesky": "",
    "mastodon": "",
}
#: Those whose posts the others have too, or that count links and pages.
OTHERS = {
    "tiktok": 'token = { env = "TIKTOK" }\nhandle = "adawalks"',
    "bitly": 'token = { env = "ANY" }',
    "dub": 'token = { env = "ANY" }',
    "ga4": 'token = { env = "ANY" }\nproperty = "123"',
}
ENVIRONMENT = {
    "ANY": "any",
    "ADA": "ada.walks",
    "BEN": "ben.walks",
    "PAGE": "harbourwalks",
    "TIKTOK": "adawalks",
    "TRACKER_NOW": NOW,
}
PLAN = """
[campaign]
id = "harbour"
name = "Harbour walks"
timezone = "UTC"
start = 2025-05-01
end = 2025-12-31
"""


def shown(platform: str) -> dict[str, dict[str, int]]:
    """What each post that can be seen counted at NOW, by the stub's own files."""
    posts: dict[str, dict[str, int]] = defaultdict(dict)
    with (DATA / f"{platform}.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["captured_at"] <= NOW:
                known = {k: int(v) for k, v in row.items() if v.isdecimal()}
                posts[row["post_id"]] |= known
                if row.get("state") == "gone":
                    del posts[row["post_id"]]
    return dict(posts)


def people() -> str:
    with (DATA / "accounts.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    lines = [
        f"{row['name'].split()[0].lower()},{row['name']},{row['platform']},{row['handle']}"
        for row in rows
    ]
    return "\n".join(["id,name,platform,handle", *lines, ""])


def block(name: str, own: str, url: str) -> str:
    kind = "" if own.startswith("kind") else f'kind = "{name}"\n'
    lines = f'\n[[source]]\nname = "{name}"\n{kind}base_url = "{url}/"\n'
    return lines + f"since = 2025-05-01\n{own}\n"


@pytest.fixture
def asked(
    stub: Stub, workspace: Path, invoke: Run
) -> Callable[..., dict[str, dict[str, Any]]]:
    """Ingests from the sources named, and answers what each run did."""
    settings = workspace / "tracker.toml"
    text = settings.read_text()
    for name, own in (BLOCKS | OTHERS).items():
        text += block(name, own, stub.url)
    settings.write_text(text)
    (workspace / "plan.toml").write_text(PLAN)
    (workspace / "people.csv").write_text(people())

    def run(*words: str) -> Any:
        answer = invoke("--home", workspace, *words, env=ENVIRONMENT)
        assert answer.code in (0, 1, 7), answer
        return json.loads(answer.out) if "--json" in words else None

    def ingest(*names: str) -> dict[str, dict[str, Any]]:
        told = run("ingest", *names, "--now", "--json")["sources"]
        return {each["source"]: each for each in told}

    run("campaign", "apply", str(workspace / "plan.toml"))
    people_file = str(workspace / "people.csv")
    run("ambassador", "import", people_file, "--campaign", "harbour")
    ingest.run = run  # type: ignore[attr-defined]
    return ingest


PLATFORMS = {
    "youtube": ("youtube",),
    "instagram": ("ada", "ben"),
    "facebook": ("facebook",),
    "tiktok": ("tiktok-research",),
    "x": ("x",),
    "bluesky": ("bluesky",),
    "mastodon": ("mastodon",),
}


def test_totals_are_those_of_the_stubs_files(asked: Any) -> None:
    """Every post of the enrolled is found; every metric that is given is exact, a
    hidden one is unknown, and what no platform told is none."""
    runs = asked(*BLOCKS)
    assert {name: one["outcome"] for name, one in runs.items()} == dict.fromkeys(
        BLOCKS, "ok"
    ), runs
    told = asked.run("totals", "harbour", "--by", "platform", "--json")["rows"]
    rows = {row["platform"]: row for row in told}
    for platform in PLATFORMS:
        expected, row = shown(platform), rows[platform]
        assert row["posts"] == len(expected), platform
        metrics = {metric for counts in expected.values() for metric in counts}
        for metric in metrics & set(row):
            known = [c[metric] for c in expected.values() if metric in c]
            value = row[metric]["value"]
            if metric != "reach" and value is not None:
                assert value == sum(known), (platform, metric)
                assert row[metric]["known"] == len(known), (platform, metric)


def test_asked_again_at_the_same_instant_nothing_changes(asked: Any) -> None:
    asked(*BLOCKS)
    before = asked.run("totals", "harbour", "--by", "post", "--json")
    again = asked(*BLOCKS)
    assert sum(one["stored"] + one["corrected"] for one in again.values()) == 0, again
    assert asked.run("totals", "harbour", "--by", "post", "--json") == before


@pytest.mark.parametrize("name", sorted(set(BLOCKS) - {"ben"}))
def test_an_answer_cut_short_is_no_number(asked: Any, stub: Stub, name: str) -> None:
    """Whatever goes wrong with every call, nothing is stored and nothing is zero."""
    for kind in ("truncated", "envelope"):
        stub.fail(kind, 40)
        run = asked(name)[name]
        assert run["stored"] == 0, (kind, run)
        stub.desk.faults.planned.clear()
    told = asked.run("totals", "harbour", "--json")["rows"]
    assert all(row["posts"] == 0 for row in told)


@pytest.mark.parametrize("name", sorted({*BLOCKS, *OTHERS} - {"ben"}))
def test_connectors_ask_for_nothing_that_was_made_up(
    asked: Any, stub: Stub, name: str
) -> None:
    """The stub refuses what the platform's description does not know; nothing was."""
    assert asked(name)[name]["outcome"] == "ok"
    assert stub.asked
    assert stub.desk.refused == []
