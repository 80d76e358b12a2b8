"""The packs of rules by country: those of this package, and the workspace's own.

A file `packs/XX.toml` in the workspace adds a country, or takes the place of ours.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.errors import ConfigError

if TYPE_CHECKING:
    from tracker.checks.disclosure import Pack

FOLDER = Path(__file__).parent / "packs"


@cache
def packs(home: Path | None) -> Mapping[str, Pack]:
    """All packs by country. Raises ConfigError PACK for a file that is none."""
    from tracker.checks.packs import read_pack, read_words

    words = read_words((FOLDER / "words.toml").read_text("utf-8"))
    found: dict[str, Pack] = {}
    for file in _files(home):
        try:
            pack = read_pack(file.read_text("utf-8-sig"), words)
        except (ValueError, OSError) as error:
            raise ConfigError(
                "PACK",
                f"packs/{file.name}",
                str(error),
                "Nothing was judged",
                "Mend the file or take it away; see docs/disclosure.md",
            ) from error
        found[pack.country] = pack
    return found


def contract_rules(home: Path | None) -> dict[str, dict[str, Any]]:
    """Table [contract] of each pack that has one, by country; ours and theirs."""
    raw = (tomllib.loads(file.read_text("utf-8-sig")) for file in _files(home))
    return {one["country"]: one["contract"] for one in raw if "contract" in one}


def _files(home: Path | None) -> Iterator[Path]:
    yield from sorted(FOLDER.glob("[A-Z][A-Z].toml"))
    if home is not None:
        yield from sorted((home / "packs").glob("[A-Z][A-Z].toml"))
