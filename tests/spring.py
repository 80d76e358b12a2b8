"""A small programme that several tests share: two people, a plan with commissions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from support import Run

PLAN = """
[campaign]
id = "c"
timezone = "Europe/Paris"
currency = "EUR"
start = 2026-01-01
end = 2026-12-31

[match]
hashtags = ["spring"]

[budget]
amount = 100

[[cost]]
id = "programme"
date = 2026-01-01
kind = "tool"
amount = "40.00"
state = "paid"

[[cost]]
id = "open"
date = "?"
kind = "fee"
amount = "?"

[[commission]]
kind = "sale"
percent = 10

[[commission]]
kind = "sale"
amount = "1.00"

[[commission]]
kind = "lead"
amount = "0.05"

[attribution]
precedence = ["code", "split"]

[[claim]]
metric = "lead"
value = 9
definition = "as the press has it"
as_of = 2026-02-01
source = "The Press"
used = false
"""
PEOPLE = """id,name,email,country,platform,handle
anna,Anna Kowalczyk,anna.k@example.org,FR,youtube,@annakow
anna,Anna Kowalczyk,anna.k@example.org,FR,x,annakow
ben,Ben Oakes,ben@example.org,GB,youtube,benoakes
"""


def programme(home: Path, invoke: Run) -> Run:
    """The campaign with its people and their links."""
    (home / "plan.toml").write_text(PLAN)
    (home / "people.csv").write_text(PEOPLE)
    done(invoke, "campaign", "apply", home / "plan.toml")
    done(invoke, "ambassador", "import", home / "people.csv", "--campaign", "c")
    for code, who, promo in (
        ("anna-link", "anna", "ANNA10"),
        ("bens-link", "ben", "BEN"),
    ):
        place = f"https://shop.example/{who}"
        words = ("--code", code, "--ambassador", who, "--promo", promo)
        done(invoke, "link", "add", place, *words, "--campaign", "c")
    return invoke


def done(run: Run, *words: object) -> str:
    """What a command answers that must succeed."""
    found = run(*words)
    assert found.code == 0, found.err
    return found.out


def said(run: Run, *words: object) -> Any:
    """The same, in JSON."""
    return json.loads(done(run, *words, "--json"))
