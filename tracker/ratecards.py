"""What tracker.toml says of rate cards for earned media value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tracker import forms
from tracker.codes import currency_code
from tracker.errors import nearest
from tracker.forms import Form
from tracker.model import PLATFORMS, platform_name
from tracker.programme import RateCard

#: What a card may put a price on: the metric, and how many of it the rate is for.
RATES: Mapping[str, tuple[str, int]] = {
    "like": ("likes", 1),
    "comment": ("comments", 1),
    "share": ("shares", 1),
    "save": ("saves", 1),
    "click": ("clicks", 1),
    "view": ("views", 1),
    "view_1000": ("views", 1000),
    "impression_1000": ("impressions", 1000),
}


def read_cards(form: Form) -> Iterator[RateCard]:
    """The [[rate_card]] blocks; what is wrong with them is noted in the form."""
    seen: set[str] = set()
    for block in form.tables("rate_card"):
        for key in ("name", "dated", "source", "currency", "rates"):
            block.need(key)
        block.unique("name", seen)
        yield RateCard(
            block.field("name", forms.text, ""),
            block.field("dated", forms.day, date.min),
            block.field("source", forms.text, ""),
            block.field("currency", _currency, "EUR"),
            _rates(block.table("rates")),
        )
        block.finish()


def _currency(value: Any) -> str:
    code = forms.currency(value)
    if currency_code(code) is None:
        raise ValueError(f'"{code}" is no currency; write "EUR" or "USD"')
    return code


def _rates(block: Form) -> dict[str, dict[str, Decimal]]:
    found: dict[str, dict[str, Decimal]] = {}
    for name in block.values:
        platform = platform_name(name)
        if platform is None:
            hint = nearest(name, PLATFORMS)
            block.fault(name, f"is no platform. {hint}")
            block.allow(name)
            continue
        theirs = block.table(name)
        given = {key: theirs.field(key, rate, None) for key in RATES}
        found[platform] = {key: each for key, each in given.items() if each is not None}
        theirs.finish()
    return found


def rate(value: Any) -> Decimal | None:
    """An amount as text, or whole units; never a float, whose last digits are not
    what was written."""
    if isinstance(value, float):
        raise ValueError(f'{value} is inexact; write the amount as text: "{value}"')
    said = str(value) if isinstance(value, (int, str)) and value is not True else ""
    if not re.fullmatch(r"\d{1,9}(\.\d{1,6})?", said):
        raise ValueError('is no amount; write "0.30" or whole units')
    return Decimal(said)
