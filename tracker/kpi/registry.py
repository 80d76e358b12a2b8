"""All KPIs by name, in the order in which they are listed."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from tracker.kpi import costs, people, rates, returns, speed, voice
from tracker.kpi.formula import Formula
from tracker.kpi.names import NAMES


def _all(*modules: ModuleType) -> Iterator[Formula]:
    for module in modules:
        yield from (one for one in vars(module).values() if isinstance(one, Formula))


_FOUND = {one.name: one for one in _all(rates, costs, returns, people, voice, speed)}
FORMULAS: dict[str, Formula] = {name: _FOUND[name] for name in NAMES}
assert FORMULAS.keys() == _FOUND.keys()
