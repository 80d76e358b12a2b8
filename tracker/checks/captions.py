"""A caption as its reader sees it: what is invisible is gone, look is form.

Positions count the characters that are shown, from 0. Folded text has the same
length: no case, no accents, full-width letters as usual ones.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

#: What stands for a mention and a link in folded text.
MENTION, LINK = "\ue000", "\ue001"

BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
#: Text that is shown backwards, up to where that ends: no label can be read in it.
BACKWARDS = re.compile("\u202e([^\u202c\n]*)\u202c?")
KEYCAPS = re.compile("[0-9*]\ufe0f?\u20e3")
#: Characters without a look of their own, and what a caption may not bring along.
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\ufffb\ue000-\uf8ff\U000e0000-\U000e0fff]"
)
BLANK = "\u2800"  # a braille cell without dots: people make empty lines with it
#: Marks on letters that stay after composing; those that strike letters out remain.
MARKS = re.compile(
    "[\u0300-\u0333\u0339-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0\u20d1\u20d4-\u20d7"
    "\u20db-\u20df\u20e1-\u20e4\u20e6-\u20f0\ufe20-\ufe2f]"
)
STRUCK = "\u0334-\u0338\u20d2\u20d3\u20d8-\u20da\u20e0\u20e5"

#: Endings of hosts that people write without "https://".
_ENDS = "com|net|org|fr|uk|io|be|ly|me|tv|shop|app|link|store|de|es|it|eu|us|ca|gg|ee"
_LINKS = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|[\w.+-]+@[\w-]+\.\w[\w.]*"
    rf"|(?<![\w.@])(?:[a-z0-9-]+\.)+(?:{_ENDS})(?![\w-])(?:/\S*)?"
)
_MENTIONS = re.compile(r"@\w(?:[\w.-]*\w)?")
_TAGS = re.compile(r"#+(\w+)")
#: What may follow a whole word.
WHOLE = rf"(?!\w)(?!'\w)(?!-\w)(?![{STRUCK}])"
_WHOLE = re.compile(WHOLE)


@dataclass(frozen=True, slots=True)
class Tag:
    """A hashtag: where it stands, and its word, folded."""

    start: int
    end: int
    word: str


@dataclass(frozen=True)
class Caption:
    """shown: what the reader sees. text: the same, folded, mentions and links as
    one sign repeated."""

    shown: str
    text: str

    @cached_property
    def tags(self) -> tuple[Tag, ...]:
        """Hashtags that are whole words."""
        found: list[Tag] = []
        end = 0  # of the last one: #one#two are two
        for each in _TAGS.finditer(self.text):
            start = each.start()
            loose = start == 0 or not self.text[start - 1].isalnum()
            if loose or start == end:
                end = each.end()
                if _WHOLE.match(self.text, end):
                    found.append(Tag(start, end, each[1]))
        return tuple(found)

    @cached_property
    def rows(self) -> tuple[tuple[int, int, int], ...]:
        """Hashtags in a row, with nothing but signs and blanks between them: where
        each row begins and ends, and of how many."""
        rows: list[tuple[int, int, int]] = []
        for tag in self.tags:
            if rows and is_bare(self.text[rows[-1][1] : tag.start]):
                start, _, many = rows.pop()
                rows.append((start, tag.end, many + 1))
            else:
                rows.append((tag.start, tag.end, 1))
        return tuple(rows)


def read(caption: str) -> Caption:
    """Make a caption fit to be judged."""
    shown = caption
    if not caption.replace("\n", "").isprintable() or not caption.isascii():
        shown = _shown(caption)
    text = shown.lower() if shown.isascii() else shown.translate(_FOLDED)
    if "." in text or "/" in text:
        text = _LINKS.sub(lambda found: LINK * len(found[0]), text)
    if "@" in text:
        text = _MENTIONS.sub(lambda found: MENTION * len(found[0]), text)
    return Caption(shown, text)


def is_bare(text: str) -> bool:
    """Is there no word, mention or link in it?"""
    return not any(c.isalnum() or c in (MENTION, LINK) for c in text)


def fold(text: str) -> str:
    """A word as it stands in folded text."""
    return unicodedata.normalize("NFC", text).translate(_FOLDED)


def _shown(caption: str) -> str:
    text = BACKWARDS.sub(lambda found: "x" * len(found[1]), BREAKS.sub("\n", caption))
    text = INVISIBLE.sub("", KEYCAPS.sub("\u25ab", text).replace(BLANK, " "))
    return MARKS.sub("", unicodedata.normalize("NFC", text))


class _Folding(dict[int, str]):
    """Each character, folded: worked out when it is first seen."""

    def __missing__(self, code: int) -> str:
        self[code] = _folded(chr(code))
        return self[code]


def _folded(sign: str) -> str:
    """One character for one. Symbols, and letters above the line, stay as they are:
    nobody reads a sign in a circle as a word."""
    raised = unicodedata.decomposition(sign).startswith(("<super>", "<sub>"))
    if raised or unicodedata.category(sign)[0] == "S":
        return sign
    plain = unicodedata.normalize("NFKD", sign)
    letters = [c for c in plain if not unicodedata.combining(c)]
    low = (letters[0] if len(letters) == 1 else sign).lower()
    return low if len(low) == 1 else sign


_FOLDED = _Folding(
    dict.fromkeys(map(ord, "’‘ʼʹ`´＇"), "'") | dict.fromkeys(map(ord, "‐‑－﹣"), "-")
)
