"""What reading a cell can end in, and remembering it.

A reader takes the text of one cell and answers a value, None for unknown, or a
`Bad`. Readers never raise: a bad cell is a fact about the file, not an accident.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

#: What is cut off around a cell before it is read.
BLANKS = " \t"
#: No-break blanks, which stand between digits where thousands are told apart.
WIDE_BLANKS = "\u00a0\u202f\u2009\u2007"

#: How many different cells of a column are remembered at most.
MOST_KNOWN = 32_768
#: How much of a cell a reason shows.
MOST_SHOWN = 60


class Bad(NamedTuple):
    """A cell that is not believed: a stable code and a sentence about it.

    column is the canonical column when it is another than the one being read.
    """

    code: str
    reason: str
    column: str = ""


class Memo(dict[Any, Any]):
    """Answers of a reader by cell; columns repeat themselves, so most are known.

    `bad` tells whether any answer was ever a Bad, so that a clean column need not
    be searched for them.
    """

    def __init__(self, read: Callable[[Any], Any]) -> None:
        super().__init__()
        self.read = read
        self.bad = False

    def __missing__(self, cell: Hashable) -> Any:
        value = self.read(cell)
        if len(self) >= MOST_KNOWN:
            self.clear()
        self[cell] = value
        self.bad = self.bad or type(value) is Bad
        return value


def shown(text: str) -> str:
    """The text in double quotes, short, on one line and without hidden signs."""
    cut = text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"
    return '"' + visible(cut) + '"'


def visible(text: str) -> str:
    """Text with every sign that a reader cannot see written out as an escape."""
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def _escape(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")
