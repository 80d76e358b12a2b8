"""Texts in cells: ids to the letter, names, addresses and captions."""

from __future__ import annotations

import re

from tracker.cells import restore
from tracker.errors import nearest
from tracker.model import PLATFORM_ALIASES, PLATFORMS, platform_name
from tracker.sources.posturl import url_problem
from tracker.sources.values import BLANKS, Bad, shown

Text = str | None | Bad

#: The longest id, handle or kind that is kept.
LONGEST = 255
#: The longest caption: more than any platform allows.
LONGEST_CAPTION = 100_000

YES = frozenset(("yes", "true", "1", "oui", "ja"))
NO = frozenset(("no", "false", "0", "non", "nein"))

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
#: What spreadsheets leave of a cell they took for a formula or a date: `#NAME?`,
#: `#REF!`, `#N/A`, in any language, and `####`.
_ERROR_CELL = re.compile(r"#[^\s]{1,20}[?!]|#N/?[ADV]|#+")
#: What spreadsheets make of a long number: `1.23457E+17`.
_ROUNDED = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE]\+\d{1,3}", re.ASCII)


def read_id(cell: str) -> Text:
    """An id as text, to the letter; only blanks around it are cut off."""
    text = restore(cell.strip(BLANKS))
    if not text:
        return None
    if _ERROR_CELL.fullmatch(text):
        return Bad("ROW_ID", f"{shown(text)} is an error of a spreadsheet, not an id")
    if _ROUNDED.fullmatch(text):
        return Bad("ROW_ID", f"{shown(text)} was rounded by a spreadsheet")
    if len(text) > LONGEST:
        return Bad("ROW_ID", f"{shown(text)} is longer than {LONGEST} characters")
    if _CONTROL.search(text):
        return Bad("ROW_ID", f"{shown(text)} holds control characters")
    return text


def read_name(cell: str) -> Text:
    """A handle or a kind: one line of text."""
    text = restore(cell.strip(BLANKS))
    if len(text) > LONGEST:
        return Bad("ROW_TEXT", f"{shown(text)} is longer than {LONGEST} characters")
    if _CONTROL.search(text):
        return Bad("ROW_TEXT", f"{shown(text)} holds control characters")
    return text or None


def read_caption(cell: str) -> Text:
    """A caption as it was written, with its line breaks."""
    if len(cell) > LONGEST_CAPTION:
        why = f"is longer than {LONGEST_CAPTION} characters"
        return Bad("ROW_TEXT", f"{shown(cell)} {why}")
    text = restore(cell)
    return text if text.strip() else None


def read_toggle(cell: str) -> Text:
    """yes or no, also as platforms and spreadsheets write them."""
    word = restore(cell.strip(BLANKS)).casefold()
    if not word:
        return None
    if word in YES or word in NO:
        return "yes" if word in YES else "no"
    return Bad("ROW_YESNO", f"{shown(cell)} is neither yes nor no")


def read_language(cell: str) -> Text:
    """A language's code, as `fr`; of `fr-FR` the language alone."""
    text = restore(cell.strip(BLANKS))
    if not text:
        return None
    code = text.replace("_", "-").partition("-")[0].lower()
    if re.fullmatch("[a-z]{2,3}", code):
        return code
    return Bad("ROW_LANGUAGE", f'{shown(text)} is no code of a language such as "fr"')


def read_url(cell: str) -> Text:
    text = restore(cell.strip(BLANKS))
    return (url_problem(text) or text) if text else None


def read_platform(cell: str) -> Text:
    text = restore(cell.strip(BLANKS))
    if not text:
        return None
    if name := platform_name(text):
        return name
    hint = nearest(text.lower(), [*PLATFORMS, *PLATFORM_ALIASES])
    why = f"{shown(text)} is not a known platform"
    return Bad("ROW_PLATFORM", f"{why}. {hint}" if hint.startswith("Did") else why)
