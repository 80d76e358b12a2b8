"""Is the chain whole? Of a file that anybody may have written to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
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
) -> list[Problem]:
    """What is wrong with the lines of an audit.

    last: number and hash of the last line there must be. start: what the first one
    refers to. Each line is judged by itself and by the one before.
    """
    found: list[Problem] = []
    n, prev, many = 0, start, 0
    for many, text in enumerate(texts, 1):
        line = _read(text)
        if line is None:
            found.append(Problem(many, NOT_JSON))
            n += 1
            prev = ""
            continue
        found += [Problem(many, what) for what in _judged(line, n, prev, digest)]
        n, prev = int(line["n"]), str(line["hash"])
    number, made = last
    if n < number:
        found.append(Problem(many + 1, CUT))
    elif (n, prev) != (number, made) and prev:
        found.append(Problem(many, CHANGED))
    return sorted(set(found), key=lambda one: (one.line, one.problem))


def _read(text: str) -> dict[str, Any] | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    if not isinstance(line, dict) or not isinstance(line.get("n"), int):
        return None
    return line if isinstance(line.get("hash"), str) else None


def _judged(
    line: dict[str, Any], n: int, prev: str, digest: Callable[[dict[str, Any]], str]
) -> Iterator[str]:
    number = int(line["n"])
    if digest(line) != line["hash"]:
        yield CHANGED
    elif number <= n:
        yield ORDER
    elif number > n + 1:
        yield MISSING
    elif prev and line.get("prev") != prev:
        yield CHANGED
