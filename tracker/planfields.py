"""The fields of a campaign file's tables, and how each is checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tracker import codes, forms
from tracker.errors import nearest
from tracker.model import PLATFORMS, platform_name

STRATEGIES = ("practical", "creative", "champion", "transformative")
COSTS = ("fee", "goods", "logistics", "tool", "media", "hours", "other")
COST_STATES = ("planned", "committed", "paid")
PRECEDENCE = ("code", "last_click", "first_click", "split")

#: The fields of a table, and what reads each; ValueError says what is wrong.
Fields = Mapping[str, Callable[[Any], Any]]


def hashtags(value: Any) -> tuple[str, ...]:
    """Without sign and case."""
    return _words(value, "#")


def mentions(value: Any) -> tuple[str, ...]:
    """Without sign and case."""
    return _words(value, "@")


def _words(value: Any, sign: str) -> tuple[str, ...]:
    words = [text.strip().removeprefix(sign).casefold() for text in forms.texts(value)]
    for word in words:
        if not word or any(letter.isspace() for letter in word):
            raise ValueError(f'"{word}" is not one word')
    return tuple(dict.fromkeys(words))


def links(value: Any) -> tuple[str, ...]:
    """Hosts or prefixes without scheme; the host in lower case."""
    return tuple(dict.fromkeys(_link(text) for text in forms.texts(value)))


def _link(text: str) -> str:
    bare = text.strip().rpartition("://")[2]
    host, slash, rest = bare.partition("/")
    if not host or any(letter.isspace() for letter in bare):
        raise ValueError(f'"{text}" is no host or beginning of an address')
    return host.lower().removeprefix("www.") + slash + rest


def countries(value: Any) -> tuple[str, ...]:
    """ISO codes of two letters; UK is taken for GB."""
    codes = tuple({"UK": "GB"}.get(code, code) for code in forms.texts(value))
    for code in codes:
        if len(code) != 2 or not code.isascii() or not code.isupper():
            raise ValueError(f'"{code}" is no country code; write "FR"')
    return codes


def platforms(value: Any) -> tuple[str, ...]:
    return tuple(platform(text) for text in forms.texts(value))


def platform(value: Any) -> str:
    name = platform_name(forms.text(value))
    if name is None:
        hint = nearest(str(value), PLATFORMS)
        raise ValueError(f'platform "{value}" is not known. {hint}')
    return name


def assigned(value: Any) -> Any:
    """`"all"`, or a list of ambassadors and `group:` names."""
    if value == "all":
        return value
    if isinstance(value, str):
        raise ValueError(f'should be "all" or a list: ["{value}"]')
    return forms.texts(value)


def precedence(value: Any) -> tuple[str, ...]:
    """At least one rule, none of them twice."""
    check = forms.one_of(*PRECEDENCE)
    rules = tuple(check(name) for name in forms.texts(value))
    if not rules:
        raise ValueError(f"is empty; name some of {', '.join(PRECEDENCE)}")
    if len(set(rules)) < len(rules):
        raise ValueError("names a rule twice")
    return rules


def baseline(value: Any) -> Any:
    return value if value == "unknown" else forms.number(value)


def posts(value: Any) -> int:
    """How many posts a mission needs: at least one."""
    if not forms.count(value):
        raise ValueError("is 0; a mission needs at least one post")
    return forms.count(value)


def percent(value: Any) -> Any:
    """A number from 0 to 100."""
    if not 0 <= Decimal(str(forms.number(value))) <= 100:
        raise ValueError(f"{value} is not between 0 and 100")
    return value


def currency(value: Any) -> str:
    """A code that the world agreed on: its digits are known."""
    code = forms.currency(value)
    if code not in codes.CURRENCIES:
        raise ValueError(f'"{code}" is no currency. {nearest(code, codes.CURRENCIES)}')
    return code


TABLES: dict[str, Fields] = {
    "strategy": {
        "kind": forms.one_of(*STRATEGIES),
        "why": forms.text,
        "topics": forms.texts,
        "audience": forms.text,
    },
    "selection": {"applicants": forms.count},
    "budget": {"amount": forms.money},
    "attribution": {"precedence": precedence, "window": forms.duration},
    "benchmark": {
        "name": forms.text,
        "cost": forms.money,
        "impressions": forms.count,
        "awareness": percent,
        "source": forms.text,
        "campaign": forms.text,
    },
}
LISTS: dict[str, Fields] = {
    "tool": {
        "name": forms.text,
        "reason": forms.text,
        "platform": platform,
        "source": forms.text,
    },
    "content": {
        "type": forms.text,
        "description": forms.text,
        "platforms": platforms,
    },
    "indicator": {
        "id": forms.slug,
        "metric": forms.text,
        "target": forms.number,
        "baseline": baseline,
        "owner": forms.text,
        "source": forms.text,
        "name": forms.text,
    },
    "mission": {
        "id": forms.slug,
        "name": forms.text,
        "opens": forms.day,
        "due": forms.day,
        "assigned": assigned,
        "needs": posts,
        "platforms": platforms,
        "hashtags": hashtags,
        "mentions": mentions,
        "links": links,
    },
    "cost": {
        "id": forms.text,
        "date": forms.day,
        "kind": forms.one_of(*COSTS),
        "amount": forms.money,
        "currency": currency,
        "ambassador": forms.text,
        "mission": forms.text,
        "note": forms.text,
        "state": forms.one_of(*COST_STATES),
    },
    "commission": {
        "kind": forms.text,
        "percent": percent,
        "amount": forms.money,
    },
    "claim": {
        "metric": forms.text,
        "value": forms.number,
        "definition": forms.text,
        "as_of": forms.day,
        "source": forms.text,
        "used": forms.flag,
    },
    "competitor": {
        "name": forms.text,
        "metric": forms.text,
        "value": forms.number,
        "as_of": forms.day,
        "source": forms.text,
    },
}
#: Money of the file: in the currency of its own table, else in the campaign's.
AMOUNTS = (
    ("budget", "amount"),
    ("benchmark", "cost"),
    ("cost", "amount"),
    ("commission", "amount"),
)
#: Without these a table of its kind means nothing, however unfinished the plan is.
NEEDED: dict[str, tuple[str, ...]] = {
    "tool": ("name",),
    "content": ("type",),
    "indicator": ("id", "metric"),
    "mission": ("id", "opens", "due"),
    "cost": ("id", "date", "kind", "amount"),
    "commission": ("kind",),
    "claim": ("metric", "value"),
    "competitor": ("name", "metric", "value"),
}
