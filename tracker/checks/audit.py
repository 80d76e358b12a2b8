"""Is the chain whole? Of a file that anybody may have written to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

CHANGED, MISSING, ORDER = "changed", "missing", "order"
CUT, NOT_JSON = "cut", "not-json"


@dataclass(frozen=True, slots=True)
class Problem:
    """line: from 1, in the file. problem: changed, missing, order, cut or not-json."""

    line: int
    problem: str


def problems(
    texts: Iterable[str],
    last: tuple[int, str],
    start: str,
    digest: Callable[[dict[str, Any]], str],
    written: Callable[[dict[str, Any]], str],
) -> list[Problem]:
    """What is wrong with the lines of an audit.

    last: number and hash of the last line there must be. start: what the first one
    refers to. written: a line as it stands in the file, to the byte: what says the
    same in other signs is changed too. Each line is judged by itself and by the one
    before.
    """
    texts = list(texts)
    lines = [_read(text) for text in texts]
    hashes = {0: start}
    hashes |= {int(one["n"]): str(one["hash"]) for one in lines if one}
    found: list[Problem] = []
    reached = 0
    for at, line in enumerate(lines, 1):
        if line is None:
            found.append(Problem(at, NOT_JSON))
            continue
        same = written(line) == texts[at - 1]
        what = _judged(line, reached, hashes, digest) if same else CHANGED
        found += [Problem(at, what)] if what else []
        reached = max(reached, int(line["n"]))
    number, made = last
    if reached < number:
        found.append(Problem(len(lines) + 1, CUT))
    elif hashes.get(number) != made and not found:
        found.append(Problem(len(lines), CHANGED))
    return found


def _read(text: str) -> dict[str, Any] | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    if not isinstance(line, dict) or not isinstance(line.get("n"), int):
        return None
    return line if isinstance(line.get("hash"), str) else None


def _judged(
    line: dict[str, Any],
    reached: int,
    hashes: Mapping[int, str],
    digest: Callable[[dict[str, Any]], str],
) -> str | None:
    """What is wrong with one line. reached: the greatest number before it. hashes: of
    all lines there are: a gap that is filled elsewhere is a matter of order."""
    number = int(line["n"])
    if digest(line) != line["hash"]:
        return CHANGED
    if number <= reached:
        return ORDER
    gap = range(reached + 1, number)
    if gap:
        return ORDER if all(n in hashes for n in gap) else MISSING
    before = hashes.get(number - 1)
    return CHANGED if before is not None and line.get("prev") != before else None
