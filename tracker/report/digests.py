"""Digests of tables: has anything changed in them?"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


def fingerprint(frame: pl.DataFrame) -> str:
    """Of all cells in their order; only compared with itself."""
    if frame.is_empty():
        return repr(frame.schema)
    return hash_of(frame.hash_rows(seed=17))


def hash_of(marks: pl.Series) -> str:
    """One text of the hashes of rows, in their order."""
    return hashlib.sha256(marks.to_numpy().tobytes()).hexdigest()
