"""The edition for a client: no name and no money in any byte of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import replayed
import spring
from replayed import pages
from support import Run

PEOPLE = """id,name,email,country,platform,handle,fee
zuzanna,Zuzanna Quetzal,zq@canary.example,FR,youtube,@quetzalzz,4321.09
zuzanna,Zuzanna Quetzal,zq@canary.example,FR,x,quetzalx,
bo,Bo Xanadu,bo@canary.example,GB,youtube,xanadubo,
"""
POSTS = """platform,handle,post_id,url,published_at,captured_at,caption,views,likes
youtube,@quetzalzz,vidQuetzal1,YT/vidQuetzal1,,AT,#ad #spring kumquat Xanadu,100,5
youtube,xanadubo,vidXanadu1,YT/vidXanadu1,2026-01-06,AT,#spring kumquat,200,
x,quetzalx,77777771,XX/77777771,2026-01-07,AT,#spring Zuzanna again,30,2
x,stranger99,77777772,,2026-01-07,2026-01-10T11:00Z,#spring too,9,1
x,quetzalx,,,2026-01-07,2026-01-10T11:00Z,no id kumquat,9,1
""".replace("AT", "2026-01-10T10:00Z")
POSTS = POSTS.replace("YT", "https://youtu.be")
POSTS = POSTS.replace("XX", "https://x.com/quetzalx/status")
OUTCOMES = """id,kind,at,campaign,code,quantity,value,currency
quetzal-o1,sale,2026-01-12T10:00Z,c,QUETZAL10,1,6543.21,EUR
o2,lead,2026-01-13T10:00Z,c,XANADU,1,,
"""
PLAN = replayed.PLAN.replace("amount = 100", "amount = 8765432").replace(
    "[[mission]]",
    """[[indicator]]
id = "cost"
metric = "cpv"
target = "3.21"
owner = "Wanda Owner"

[benchmark]
name = "TV"
cost = 7654321

[[mission]]
assigned = ["zuzanna"]""",
)
#: Nothing of these is in any file, nor in the name of one.
CANARIES = (
    "zuzanna",
    "quetzal",
    "xanadu",
    "canary",
    "kumquat",
    "vidquetzal",
    "77777771",
    "stranger99",
    "wanda",
    "youtu.be",
    "status/",
    "secretnote",
    "secretref",
)
SUMS = (
    "4321.09",
    "6543.21",
    "8765432",
    "3.21",
    "7654321",
    "5432.10",
    "40.00",
    "2345.67",
    "3456.78",
)


@pytest.fixture
def client(each_workspace: Path, invoke: Run) -> Path:
    """A programme full of canaries."""
    home = each_workspace
    files = {"plan.toml": PLAN, "people.csv": PEOPLE, "posts-of-quetzal.csv": POSTS}
    for name, text in {**files, "outcomes.csv": OUTCOMES}.items():
        (home / name).write_text(text)
    done = spring.done
    invoke("campaign", "apply", home / "plan.toml")
    done(invoke, "ambassador", "import", home / "people.csv", "--campaign", "c")
    for code, who, promo in (
        ("zz-link", "zuzanna", "QUETZAL10"),
        ("b-link", "bo", "XANADU"),
    ):
        words = ("--code", code, "--ambassador", who, "--promo", promo)
        done(
            invoke,
            "link",
            "add",
            f"https://shop.example/{who}",
            *words,
            "--campaign",
            "c",
        )
    file = home / "posts-of-quetzal.csv"
    assert invoke("ingest", "--kind", "csv", "--file", file).code == 1
    done(invoke, "outcome", "import", home / "outcomes.csv")
    cost = (
        "--id",
        "fee",
        "--date",
        "2026-01-08",
        "--kind",
        "fee",
        "--amount",
        "5432.10",
    )
    done(invoke, "cost", "add", "c", *cost, "--note", "secretnote")
    words = ("--campaign", "c", "--ambassador", "bo", "--text", "secretnote of Zuzanna")
    done(invoke, "feedback", "add", *words)
    days = ("--from", "2026-01-01", "--to", "2026-03-01")
    value = ("--ref", "secretref", "--what", "a secretnote", "--value", "2345.67")
    done(invoke, "goods", "add", "c", "bo", *value, *days)
    paper = ("--ref", "secretref", "--signed", "2026-01-01", "--amount", "3456.78")
    done(invoke, "contract", "add", "c", "bo", *paper, "--objective", "secretnote")
    why = ("--reason", "secretnote")
    done(invoke, "mission", "excuse", "m1", "zuzanna", "--campaign", "c", *why)
    return home


def test_no_byte_names_anybody_or_any_sum(
    client: Path, invoke: Run, tmp_path: Path
) -> None:
    made = spring.said(invoke, "report", "--client")
    assert Path(made["folder"]) == client / "client"
    spring.done(invoke, "report", "--out", tmp_path / "whole", "--language", "both")
    spring.done(
        invoke, "report", "--client", "--out", tmp_path / "both", "--language", "both"
    )
    whole = b"".join(pages(tmp_path / "whole").values()).lower()
    assert all(canary.encode() in whole for canary in CANARIES[:3])
    assert all(_stands(amount, whole.decode()) for amount in ("8765432", "7654321"))
    for folder in (client / "client", tmp_path / "both"):
        for path in folder.rglob("*"):
            text = path.name.lower()
            if path.is_file():
                text += path.read_text("utf-8").lower()
            found = [one for one in CANARIES if one in text]
            found += [one for one in SUMS if _stands(one, text)]
            assert (path.name, found) == (path.name, [])


def _stands(amount: str, text: str) -> bool:
    """An amount, however it is written; digits within a hash are none."""
    whole, _, part = amount.partition(".")
    grouped = f"{int(whole):,}".replace(",", "[ ,\u202f\u00a0]?")
    pattern = rf"(?<![\w.,]){grouped}" + (rf"[.,]?{part}" if part else "")
    return re.search(rf"{pattern}(?!\w)", text) is not None


def test_figures_and_verdicts_are_those_of_the_whole_edition(
    client: Path, invoke: Run, tmp_path: Path
) -> None:
    spring.done(invoke, "report", "--out", tmp_path / "whole")
    spring.done(invoke, "report", "--client")
    whole, hidden = pages(tmp_path / "whole"), pages(client / "client")
    for name in ("days", "platforms"):
        assert whole[f"c/data/{name}.csv"] == hidden[f"c/data/{name}.csv"]
    assert len(whole) == len(hidden)

    def rows(made: dict[str, bytes]) -> list[object]:
        found = json.loads(made["c/data/posts.json"])["rows"]
        return [(row["platform"], row["views"], row["likes"]) for row in found]

    assert rows(whole) == rows(hidden)
    page = hidden["c/index.html"].decode()
    assert "Names and money are left out" in page and "A-01" in page
    assert "€" not in page and "EUR" not in page


def test_the_same_people_have_the_same_signs_again(client: Path, invoke: Run) -> None:
    spring.done(invoke, "report", "--client")
    first = pages(client / "client")
    assert "0 written" in spring.done(invoke, "report", "--client")
    assert pages(client / "client") == first
