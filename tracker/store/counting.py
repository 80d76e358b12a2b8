"""The words of captions and addresses by which posts count for campaigns and missions.

They are the programme's own: where a caption may be kept no longer they stay, so that
no post changes what it counts for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.marks import pattern
from tracker.store.database import Link

KINDS = {"hashtags": "#", "mentions": "@", "links": "://"}


@dataclass(frozen=True)
class Words:
    """Each word as it is kept, and what finds it."""

    found_by: tuple[tuple[str, re.Pattern[str]], ...]

    @classmethod
    def read(cls, link: Link) -> Words:
        """The words of all campaigns."""
        blocks: list[Mapping[str, Any]] = []
        for rules, plan in link.all("SELECT rules, plan FROM campaign"):
            blocks += [json.loads(rules), *json.loads(plan).get("mission", ())]
        return cls(tuple(_words(blocks)))

    def of(self, text: str) -> str | None:
        """The words that stand in a text; None when there are none."""
        kept = [word for word, finds in self.found_by if finds.search(text)]
        return " ".join(kept) or None


def _words(
    blocks: Iterable[Mapping[str, Any]],
) -> Iterable[tuple[str, re.Pattern[str]]]:
    seen: set[str] = set()
    for block in blocks:
        for kind, sign in KINDS.items():
            for word in block.get(kind) or ():
                bare = str(word).rpartition("://")[2].lstrip("#@")
                if f"{sign}{bare}" not in seen:
                    seen.add(f"{sign}{bare}")
                    yield f"{sign}{bare}", re.compile(pattern({kind: [bare]}))
