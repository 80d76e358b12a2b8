"""Campaign files to begin with, one for each strategy.

All four steps are there; what a person must fill in stands as `"?"`.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
#: What stands for the id in each file.
ID = 'id = "?"'


def preset(kind: str, campaign: str) -> str:
    """The text of a campaign file of this strategy, for a campaign of this id."""
    text = (FOLDER / f"{kind}.toml").read_text("utf-8")
    return text.replace(ID, f'id = "{campaign}"', 1)
