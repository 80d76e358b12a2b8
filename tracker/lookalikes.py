"""Handles that look like somebody else's: one letter is of another script. Pure.

Nothing is refused for it, somebody may really be called so; a person should look.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tracker.model import handle_key

#: Letters of other scripts that look like Latin ones, and digits like letters.
_OTHERS = "аеорсухіѕјһԁԛԝӏьгкмнтвοαρνυικτχγωոսօց01"
_LATIN = "aeopcyxisjhdqwlbrkmhtboapvuiktxywnuogol"
#: Pairs that are read as one letter.
_PAIRS = (("rn", "m"), ("vv", "w"))
_SAME = str.maketrans(dict(zip(_OTHERS, _LATIN, strict=True)))


class Account(NamedTuple):
    """A handle, and whose it is (an ambassador's id)."""

    ambassador: str
    platform: str
    handle: str


def skeleton(handle: str) -> str:
    """What is left of a handle for the eye."""
    plain = unicodedata.normalize("NFKD", handle_key(handle))
    text = "".join(c for c in plain if not unicodedata.combining(c)).translate(_SAME)
    for pair, one in _PAIRS:
        text = text.replace(pair, one)
    return text


def lookalikes(accounts: Iterable[Account]) -> Iterator[tuple[Account, Account]]:
    """Pairs of two people on one platform who look the same and are not, by platform,
    handle and id."""
    seen: dict[tuple[str, str], dict[str, Account]] = defaultdict(dict)
    for one in sorted(accounts, key=lambda one: (one.platform, one.handle, one)):
        alike = seen[one.platform, skeleton(one.handle)]
        for other in alike.values():
            if other.ambassador != one.ambassador:
                yield other, one
        alike.setdefault(handle_key(one.handle), one)
