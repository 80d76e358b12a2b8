"""Text that strangers wrote, made fit for a page; names fit for files."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urlsplit

#: Code points that are no characters; at one of them the renderer of charts gives up,
#: and the process with it.
_NEVER = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}"
    for plane in range(0, 0x110000, 0x10000)
)
#: Controls, bidirectional controls, invisible characters, what is no character (and
#: U+E000, which words.py has its own use for): they
#: deceive the eye, and are left out of pages (data files keep them). Written so
#: that Python and Polars read it alike.
HIDDEN = (
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e"
    f"\u2060-\u206f\ue000\ufeff\ufff9-\ufffb\U000e0000-\U000e007f{_NEVER}]"
)
BLANKS = r"[\t\n\r\u2028\u2029]+"
#: More than four marks on one letter.
PILE = "([\u0300-\u036f\u20d0-\u20ff]{4})[\u0300-\u036f\u20d0-\u20ff]+"

_HIDDEN = re.compile(HIDDEN)
_BLANKS = re.compile(BLANKS)
_PILE = re.compile(PILE)
_SURROGATES = re.compile("[\ud800-\udfff]")
_SAFE = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?")
_LINK = re.compile(r"https?://[^/?#\\\s]", re.IGNORECASE)
RESERVED = frozenset({"con", "prn", "aux", "nul", "index"})


def clean(text: str) -> str:
    """On one line, without anything that hides or turns the text around it."""
    if text.isascii() and text.isprintable():
        return text
    text = _SURROGATES.sub("", _HIDDEN.sub("", _BLANKS.sub(" ", text)))
    return _PILE.sub(r"\1", text)


def short(text: str, most: int = 140) -> str:
    """Cleaned, and cut at a blank when it is longer than `most` characters."""
    text = clean(text)
    if len(text) <= most:
        return text
    head = text[:most]
    return head.rsplit(" ", 1)[0].rstrip() + "…"


def link(url: str | None) -> str | None:
    """The address when it is http or https, else None: then it is no link."""
    if not url:
        return None
    url = re.sub(r"[\x00-\x20\x7f-\xa0\u2028\u2029]+", "", clean(url))
    if not _LINK.match(url) or len(url) > 2000:
        return None
    try:
        return url if urlsplit(url).hostname else None
    except ValueError:
        return None


def file_name(name: str) -> str:
    """A name for a file that stays in its folder, the same for the same name."""
    if _SAFE.fullmatch(name) and name not in RESERVED and ".." not in name:
        return name
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{slug}-{digest}" if slug else digest
