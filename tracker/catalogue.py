"""The texts of the tool in its languages: English is in the code, others in `locale`.

A catalogue is a .po file, read when it is first asked for and compiled in memory:
a checkout and an installed copy read the same file, and none can be older than its
text. Sentences are whole, with named holes. Blanks that must not break are written
as plain ones, and put right here.
"""

from __future__ import annotations

import gettext
import io
import re
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "fr")
THIN, HARD, MINUS = "\u202f", "\u00a0", "\u2212"


def N_(text: str) -> str:  # noqa: N802 - the name that gettext's tools know
    """Marks a text that is looked up later, out of a table or by its name."""
    return text


def place(language: str) -> Path:
    """Where the catalogue of a language is kept."""
    return Path(__file__).parent / f"locale/{language}/LC_MESSAGES/tracker.po"


class Lacking(gettext.NullTranslations):
    """Asked for what a catalogue has not: says the English, and remembers it."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: set[str] = set()

    def gettext(self, message: str) -> str:
        self.texts.add(message)
        return super().gettext(message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        self.texts.add(one)
        return super().ngettext(one, many, n)


#: By language: what was said in English for want of a translation.
LACKING = {language: Lacking() for language in LANGUAGES if language != "en"}


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """Texts and plurals of a language; of English, those of the code."""
    if language not in LACKING:
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(place(language).read_bytes())))
    compiled.seek(0)
    made = gettext.GNUTranslations(compiled)
    made.add_fallback(LACKING[language])
    return made


def typeset(text: str) -> str:
    """French blanks: narrow ones before ; ! ? and in numbers, hard ones before : % and
    inside quotes."""
    text = re.sub(r"(?<=\d) (?=\d{3}\b)", THIN, text)
    text = re.sub(r" ([;!?])", THIN + r"\1", text)
    return re.sub(r" ([:%»])", HARD + r"\1", text).replace("« ", "«" + HARD)
