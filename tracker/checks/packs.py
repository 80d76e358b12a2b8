"""Packs from their text: the rules of a country as a data file has them. Pure."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from tracker.checks.contracts import ContractRule
from tracker.checks.disclosure import DOWN, Pack
from tracker.checks.labels import Rule, Words

WHEN = ("none", "label", "behind", "buried", "end")


def read_words(text: str) -> Words:
    """Raises ValueError with a sentence."""
    raw = _toml(text)
    sets = ("open", "people", "polite", "common")
    lists: dict[str, Any] = {
        name: frozenset(raw.get(name, ())) if name in sets else tuple(raw.get(name, ()))
        for name in Words.__slots__
    }
    return Words(**lists)


def read_pack(text: str, words: Words) -> Pack:
    """Raises ValueError with a sentence that says what is wrong."""
    raw = _toml(text)
    try:
        pack = Pack(
            country=raw["country"],
            name=raw["name"],
            since=raw["since"],
            law=raw["law"],
            rules=tuple(_rule(one) for one in raw["rule"]),
            words=words,
            languages={k: tuple(v) for k, v in raw.get("languages", {}).items()},
        )
    except KeyError as error:
        raise ValueError(f"{error.args[0]} is missing") from error
    if "none" not in pack.places:
        raise ValueError('there is no rule with when = "none"')
    try:
        _ = pack.matcher
    except re.error as error:
        raise ValueError(f"a label cannot be looked for: {error}") from error
    return pack


def read_contract(text: str) -> ContractRule | None:
    """Table [contract] of a pack, None where it has none. amount is written with two
    decimals. Raises ValueError with a sentence."""
    raw = _toml(text)
    if (said := raw.get("contract")) is None:
        return None
    try:
        whole, part = str(said["amount"]).split(".")
        amount = int(whole + part) if len(part) == 2 else int("none")
        since, currency = said["since"], said["currency"]
        return ContractRule(
            raw["country"], since, amount, currency, int(said["warn"]), said["law"]
        )
    except KeyError as error:
        raise ValueError(f"{error.args[0]} is missing") from error
    except ValueError as error:
        raise ValueError('contract.amount is written as "1000.00"') from error


def _rule(raw: dict[str, Any]) -> Rule:
    rule = Rule(
        id=raw["id"],
        when=raw["when"],
        day=raw["date"],
        source=raw["source"],
        verdict=raw.get("verdict", "fail"),
        labels=tuple(raw.get("labels", ())),
    )
    if rule.when not in WHEN or rule.verdict not in DOWN:
        raise ValueError(f"rule {rule.id}: when or verdict is not known")
    return rule


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(str(error)) from error
