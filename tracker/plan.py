"""The campaign file: goal and aims, rules, missions, money; checked as a whole.

Whatever the file may say is known here or in planfields.py, also what other parts
read later; it is kept as it was written. `"?"` stands for what a person must still
fill in. All problems of a file are found in one reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from tracker import codes, forms
from tracker.errors import nearest
from tracker.forms import Form
from tracker.model import Campaign, Match
from tracker.planfields import (
    AMOUNTS,
    LISTS,
    NEEDED,
    TABLES,
    Fields,
    countries,
    currency,
    hashtags,
    links,
    mentions,
)


@dataclass(frozen=True)
class Plan:
    """A campaign file that was read.

    campaign: what the tracker itself acts on. whole: every table as written, fit
    for JSON, dates as ISO text. source: the file's text.
    """

    campaign: Campaign
    whole: dict[str, Any]
    source: str


def load_plan(path: Path, *, timezone: str, language: str) -> Plan:
    """Reads a campaign file; ConfigError PLAN has all its problems.

    timezone, language: the workspace's, for a file that says none.
    """
    raw = forms.read_toml(path, "PLAN")
    form = Form(raw, may_be_open=True)
    campaign = _campaign(form, timezone, language)
    for name, fields in TABLES.items():
        _check(form.table(name), fields)
    for name, fields in LISTS.items():
        for block in form.tables(name):
            _check(block, fields)
    form.problems.extend(_between(raw))
    form.finish()
    forms.refuse(form.problems, "PLAN", path.name, "Nothing changed")
    return Plan(campaign, _plain(raw), path.read_bytes().decode("utf-8-sig"))


# -- what the tracker acts on ---------------------------------------------------------


def _campaign(form: Form, timezone: str, language: str) -> Campaign:
    block = form.table("campaign")
    block.need("id")
    if block.values.get("id") == forms.OPEN:
        block.fault("id", "is still open; a campaign is known by it")
    slug = block.field("id", forms.slug, "")
    campaign = Campaign(
        id=slug,
        name=block.field("name", forms.text, slug),
        timezone=block.field("timezone", forms.time_zone, timezone),
        currency=block.field("currency", currency, "EUR"),
        language=block.field("language", forms.language, language),
        starts=block.field("start", forms.day, None),
        ends=block.field("end", forms.day, None),
        match=_match(form.table("match")),
    )
    block.field("countries", countries, None)
    _in_order(block, "start", "end")
    block.finish()
    return campaign


def _match(block: Form) -> Match:
    match = Match(
        hashtags=block.field("hashtags", hashtags, ()),
        mentions=block.field("mentions", mentions, ()),
        links=block.field("links", links, ()),
    )
    block.finish()
    return match


# -- the other tables ------------------------------------------------------------------


def _check(block: Form, fields: Fields) -> None:
    for key, check in fields.items():
        block.field(key, check, None)
    for key in NEEDED.get(block.path.partition("[")[0], ()):
        block.need(key)
    if "due" in fields:
        _in_order(block, "opens", "due")
    block.finish()


def _in_order(block: Form, first: str, last: str) -> None:
    """Notes a period that ends before it begins."""
    days = []
    for key in (first, last):
        try:
            days.append(forms.day(block.values.get(key)))
        except ValueError:
            return  # said already, or open
    if days[1] < days[0]:
        block.fault(last, f"{days[1]} is before {first}, {days[0]}")


def _between(raw: Mapping[str, Any]) -> Iterator[str]:
    """What one table says of another, and one row of the next."""
    for name in ("mission", "indicator", "cost"):
        yield from _twice(raw, name)
    missions = {block.get("id") for block in _blocks(raw, "mission")}
    for number, block in enumerate(_blocks(raw, "cost")):
        mission = block.get("mission")
        if isinstance(mission, str) and mission not in missions | {forms.OPEN}:
            hint = nearest(mission, (str(each) for each in missions))
            yield f'cost[{number}].mission: there is no "{mission}". {hint}'.rstrip()
    for number, block in enumerate(_blocks(raw, "commission")):
        if ("percent" in block) == ("amount" in block):
            yield f"commission[{number}]: needs percent or amount, one of them"
    yield from _inexact(raw)


def _inexact(raw: Mapping[str, Any]) -> Iterator[str]:
    """Amounts with more decimals than their currency has."""
    whole = _blocks({"campaign": [raw.get("campaign")]}, "campaign")[0]
    for name, key in AMOUNTS:
        table = raw.get(name)
        for number, block in enumerate(_blocks({name: _listed(table)}, name)):
            code = block.get("currency", whole.get("currency", "EUR"))
            try:
                codes.minor_units(forms.money(block.get(key)), code)
            except (KeyError, TypeError):
                continue  # the currency is none; said already
            except ValueError as error:
                if "decimals" in str(error):
                    place = f"{name}[{number}]" if isinstance(table, list) else name
                    yield f"{place}.{key}: {error}"


def _listed(table: Any) -> list[Any]:
    return table if isinstance(table, list) else [table]


def _twice(raw: Mapping[str, Any], name: str) -> Iterator[str]:
    seen: set[str] = set()
    for number, block in enumerate(_blocks(raw, name)):
        key = block.get("id")
        if not isinstance(key, str) or key == forms.OPEN:
            continue
        if key in seen:
            yield f'{name}[{number}].id: "{key}" stands twice'
        seen.add(key)


def _blocks(raw: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    blocks = raw.get(name)
    if not isinstance(blocks, list):
        return []
    return [block if isinstance(block, dict) else {} for block in blocks]


def _plain(value: Any) -> Any:
    """Fit for JSON: dates and times as ISO text."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date | time) else value
