"""Marks in what a post says: hashtags, mentions, links.

A hashtag or mention is a whole word, without regard to case; a link is a host or a
prefix of an address, with or without its www.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

SIGNS = {"hashtags": "#＃", "mentions": "@＠"}


def words(sign: str, wanted: Iterable[str]) -> list[str]:
    """Expressions that find words behind one of the signs."""
    return [rf"(?:^|[^\w])[{sign}]{re.escape(word)}(?:[^\w]|$)" for word in wanted]


def addresses(wanted: Iterable[str]) -> list[str]:
    """Expressions that find addresses of these hosts or beginnings."""
    return [rf"://(?:www\.)?{re.escape(link)}(?:[^\w.-]|$)" for link in wanted]


def pattern(match: Mapping[str, Iterable[str]]) -> str:
    """A regular expression that finds any of the marks; '' for none.

    match: hashtags, mentions, links, as in `model.Match`. It stays within what
    polars knows of expressions (no looking around).
    """
    parts = [
        part for key, sign in SIGNS.items() for part in words(sign, match.get(key, ()))
    ]
    parts += addresses(match.get("links", ()))
    return "(?i)" + "|".join(parts) if parts else ""
