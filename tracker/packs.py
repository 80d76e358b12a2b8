"""The packs of rules by country: those of this package, and the workspace's own.

A file `packs/XX.toml` in the workspace adds a country, or takes the place of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tracker.errors import ConfigError

if TYPE_CHECKING:
    from tracker.checks.contracts import ContractRule
    from tracker.checks.disclosure import Pack

T = TypeVar("T")

FOLDER = Path(__file__).parent / "packs"


def packs(home: Path | None) -> Mapping[str, Pack]:
    """All packs by country. Raises ConfigError PACK for a file that is none."""
    return {pack.country: pack for pack in _each(home, _pack)}


def contract_rules(home: Path | None) -> list[ContractRule]:
    """The rule of each country whose pack has a table [contract]. Raises ConfigError
    PACK."""
    from tracker.checks.packs import read_contract

    found = {one.country: one for one in _each(home, read_contract) if one is not None}
    return list(found.values())


def _each(home: Path | None, read: Callable[[str], T]) -> Iterator[T]:
    for file in _files(home):
        try:
            yield read(file.read_text("utf-8-sig"))
        except (ValueError, OSError) as error:
            raise ConfigError(
                "PACK",
                f"packs/{file.name}",
                str(error),
                "Nothing was judged",
                "Mend the file or take it away; see docs/disclosure.md",
            ) from error


def own_packs(home: Path) -> bytes:
    """The packs of the workspace, as they are written now."""
    files = sorted((home / "packs").glob("[A-Z][A-Z].toml"))
    return b"".join(file.read_bytes() for file in files)


@cache
def _pack(text: str) -> Pack:
    """Making one ready takes long; a file that is changed is another text."""
    from tracker.checks.packs import read_pack, read_words

    return read_pack(text, read_words((FOLDER / "words.toml").read_text("utf-8")))


def _files(home: Path | None) -> Iterator[Path]:
    yield from sorted(FOLDER.glob("[A-Z][A-Z].toml"))
    if home is not None:
        yield from sorted((home / "packs").glob("[A-Z][A-Z].toml"))
