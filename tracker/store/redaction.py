"""What names a person, found in any text and taken out of it.

A name of several words, an address, a code or a long id is theirs wherever it stands.
A plain word such as `clara` or `studio` may be anything: in the texts of others it
counts as their name only behind `@` or `/`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tracker.model import handle_key

#: A word of letters alone that is shorter is found in the texts of others only where
#: it is used as a name.
PLAIN = 12
#: Shorter ids and codes are too common to be looked for in texts.
SHORT = 8
#: Keys of JSON whose whole value is somebody.
WHO = {"ambassador", "assigned", "handle", "email", "code", "link", "post_id"}
_TOKEN = re.compile(rf"[\w-]{{{SHORT},}}")


@dataclass(frozen=True)
class Redaction:
    """names: what the person is called, and what stands there afterwards. ids: of
    their posts and links, the same way."""

    names: Mapping[str, str]
    ids: Mapping[str, str]

    # -- finding ------------------------------------------------------------------

    def named(self, text: str | None) -> bool:
        """Does any of their names or ids stand in it as a word of its own?"""
        if not text:
            return False
        return self._words.search(text) is not None or self._has_id(text)

    def is_name(self, text: object) -> bool:
        """Is it, as a whole, one of their names or ids?"""
        if not isinstance(text, str):
            return False
        return _folded(text) in self._folded or text in self.ids

    def row_named(self, raw: str) -> bool:
        """Is it a raw row of theirs, or does it name them?"""
        return self.clean(raw) != raw or any(map(self.is_name, cells(raw)))

    # -- taking out ---------------------------------------------------------------

    def clean(self, text: str) -> str:
        """A text of somebody else without them."""
        if self._sure is not None:
            text = self._sure.sub(self._instead, text)
        if self._unsure is not None:
            text = self._unsure.sub(self._instead, text)
        if not self._tokens:
            return text
        return _TOKEN.sub(lambda found: self._tokens.get(found[0], found[0]), text)

    def clean_json(self, text: str) -> str:
        """The same of JSON text."""
        try:
            read = json.loads(text)
        except ValueError:
            return self.clean(text)
        made = self.clean_value(read)
        return text if made == read else json.dumps(made, ensure_ascii=False)

    def clean_value(self, value: Any) -> Any:
        """The same of a value of JSON; where a key says that a value is somebody or
        something of theirs, the whole value is compared."""
        return self._walk(value, False)

    def _walk(self, value: Any, whole: bool) -> Any:
        if isinstance(value, str):
            return self.whole(value) if whole else self.clean(value)
        if isinstance(value, list):
            return [self._walk(each, whole) for each in value]
        if isinstance(value, dict):
            return {
                self.clean(key): self._walk(each, whole or key in WHO)
                for key, each in value.items()
            }
        return value

    def whole(self, text: str) -> str:
        """What stands instead of a name or id; any other text is cleaned."""
        if text in self.ids:
            return self.ids[text]
        if "|" in text:  # several links of an outcome
            return "|".join(map(self.whole, text.split("|")))
        return self._folded.get(_folded(text)) or self.clean(text)

    # -- patterns -----------------------------------------------------------------

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {_folded(name): instead for name, instead in self.names.items()}

    @cached_property
    def _words(self) -> re.Pattern[str]:
        return _pattern(self.names, r"(?<!\w)", r"(?!\w)") or re.compile("(?!)")

    @cached_property
    def _sure(self) -> re.Pattern[str] | None:
        """Long ones are theirs in the middle of a word too, as in names of files."""
        long = _pattern(filter(_is_long, self.names), "", "")
        rest = [n for n in self.names if not _is_plain(n) and not _is_long(n)]
        return _either(long, _pattern(rest, r"(?<!\w)", r"(?!\w)"))

    @cached_property
    def _unsure(self) -> re.Pattern[str] | None:
        return _pattern(filter(_is_plain, self.names), r"(?<=[@＠/])", r"(?!\w)")

    @cached_property
    def _tokens(self) -> dict[str, str]:
        """Ids long enough to be looked for; of those that are no single word, such
        as addresses of another kind than the web's, the parts with digits."""
        found = {name: to for name, to in self.ids.items() if _TOKEN.fullmatch(name)}
        for name, instead in self.ids.items():
            if name not in found and not name.startswith("http"):
                found |= dict.fromkeys(_parts(name), instead)
        return found

    def _has_id(self, text: str) -> bool:
        return any(found in self._tokens for found in _TOKEN.findall(text))

    def _instead(self, found: re.Match[str]) -> str:
        return self._folded.get(_folded(found[0]), "erased")


def _folded(text: str) -> str:
    return handle_key(text)


def _parts(name: str) -> list[str]:
    return [part for part in _TOKEN.findall(name) if any(map(str.isdigit, part))]


def _is_plain(name: str) -> bool:
    return name.isalpha() and len(name) < PLAIN


def _is_long(name: str) -> bool:
    return not _is_plain(name) and len(name) >= SHORT


def _pattern(names: Iterable[str], before: str, after: str) -> re.Pattern[str] | None:
    """Any of some names, the longest first."""
    parts = sorted(map(re.escape, filter(None, names)), key=len, reverse=True)
    if not parts:
        return None
    return re.compile(f"{before}(?:{'|'.join(parts)}){after}", re.IGNORECASE)


def _either(
    one: re.Pattern[str] | None, other: re.Pattern[str] | None
) -> re.Pattern[str] | None:
    if one is None or other is None:
        return one or other
    return re.compile(f"{one.pattern}|{other.pattern}", re.IGNORECASE)


#: What parts the cells of a row, the values of JSON and the pieces of an address.
_EDGES = re.compile(r"""[\s,;|"'{}\[\]]+""")
_PIECES = re.compile(r"[,;|\t\r\n\"{}\[\]]+|/+|[?=&]")


def cells(text: str) -> set[str]:
    """Words, cells and pieces of addresses of a raw row."""
    found = {*_EDGES.split(text), *_PIECES.split(text)}
    return {bare for each in found if (bare := each.strip(" :=.<>()'"))}


# -- items of a body ------------------------------------------------------------------


def without(value: Any, theirs: Callable[[Any], bool]) -> Any:
    """A JSON value without the items of lists that are theirs; None when it is theirs
    itself."""
    if isinstance(value, dict):
        parts = {key: without(each, theirs) for key, each in value.items()}
        gone = (made is None for key, made in parts.items() if value[key] is not None)
        return None if any(gone) else parts
    if isinstance(value, list):
        made = [(each, without(each, theirs)) for each in value]
        return [now for was, now in made if now is not None or was is None]
    return None if theirs(value) else value
