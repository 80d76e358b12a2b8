"""Catalogues of texts: extracted from code and templates by Babel, merged, written.

A catalogue is sorted by its texts, one line each, without places and dates, so that
several people can add to it without meeting on the same lines.

Usage: catalogues.py [--check]
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FRENCH = ROOT / "tracker" / "locale" / "fr" / "LC_MESSAGES" / "tracker.po"
#: What a text is said by: an instance of Words, its plural, a mark in a table, and a
#: KPI, whose formula is a text.
KEYWORDS = {"_": None, "w": None, "N_": None, "_n": (1, 2), "plural": (1, 2)}
KEYWORDS |= {"formula": None}
#: A template that cannot be read is an error, not one without texts.
OPTIONS = {"silent": "false"}
HEADER = r"""# French texts of Ambassador Tracker. Written by scripts/words.
msgid ""
msgstr ""
"Language: fr\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\n"

"""


def extract() -> Catalog:
    """Every text that code and templates say."""
    found = Catalog(fuzzy=False)
    for text in texts():
        found.add(text)
    return found


def texts() -> Iterator[str | tuple[str, ...]]:
    """As they are said, again and again; one that counts with its plural."""
    for method, path in _sources():
        for _, text, _, _ in extract_from_file(
            method, str(path), keywords=KEYWORDS, options=OPTIONS
        ):
            if text:
                yield text


def uncounted() -> list[str]:
    """What counts in one place, and is said without counting in another."""
    found = set(texts())
    return sorted({one[0] for one in found if isinstance(one, tuple)} & found)


def _sources() -> Iterator[tuple[str, Path]]:
    for path in sorted((ROOT / "templates").rglob("*.j2")):
        yield "jinja2.ext:babel_extract", path
    for path in sorted((ROOT / "tracker").rglob("*.py")):
        if "cli" not in path.parts:  # the command line speaks English
            yield "python", path


def read(path: Path = FRENCH) -> Catalog:
    return read_po(io.BytesIO(path.read_bytes()))


def merge(old: Catalog, found: Catalog) -> Catalog:
    """The texts that are found, with the French that is there; the rest is dropped."""
    new = Catalog(fuzzy=False)
    for message in _entries(found):
        known = old.get(message.id)
        if known is None and isinstance(message.id, tuple):
            known = old.get(message.id[0])
        same = known is not None and known.id == message.id
        new.add(
            message.id,
            known.string if same else "",
            flags=known.flags if same else (),
            user_comments=known.user_comments if same else (),
        )
    return new


def text_of(catalogue: Catalog) -> str:
    for message in catalogue:
        message.flags -= {"python-format", "python-brace-format"}  # they say nothing
    made = io.BytesIO()
    write_po(made, catalogue, 0, no_location=True, omit_header=True, sort_output=True)
    return HEADER + made.getvalue().decode().strip() + "\n"


def faults(catalogue: Catalog) -> Iterator[str]:
    """What a reader would stumble over, a line each."""
    for message in _entries(catalogue):
        ids, said = _forms(message.id), _forms(message.string)
        name = ids[0]
        if message.fuzzy:
            yield f"fuzzy: {name}"
        if len(said) < len(ids) or not all(said):
            yield f"not translated: {name}"
        elif _holes(ids) != _holes(said):
            yield f"other holes: {name}"
        elif {each.count("**") for each in ids} != {each.count("**") for each in said}:
            yield f"other bold: {name}"


def _entries(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _holes(forms: tuple[str, ...]) -> set[str]:
    """A singular may write its number out."""
    return {hole for form in forms for hole in re.findall(r"\{\w+\}", form)}


def main(check: bool) -> int:
    old = FRENCH.read_text("utf-8") if FRENCH.exists() else HEADER
    new = merge(read() if FRENCH.exists() else Catalog(), extract())
    text = text_of(new)
    if text != old and not check:
        FRENCH.write_text(text, "utf-8")
    wrong = list(faults(new))
    wrong += [f"with and without a plural: {one}" for one in uncounted()]
    if text != old:
        said = "is out of date: run scripts/words" if check else "brought up to date"
        print(f"{FRENCH.relative_to(ROOT)}: {said}")
    for line in wrong:
        print(line)
    print(f"{len(list(_entries(new)))} texts, {len(wrong)} to mend", file=sys.stderr)
    return 1 if wrong or (check and text != old) else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
