"""Archived readings, read by DuckDB from the files that may hold them.

A file that is missing or is not what was written is an error with its name, never a
smaller number: each file of a folder is compared with its digest when a process reads
it first, or again after it has changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tracker.errors import StoreError
from tracker.store.archive import files

if TYPE_CHECKING:
    from tracker.store.archive.files import Address
    from tracker.store.archive.parts import Part
    from tracker.store.gains import Ints

#: Nothing is fetched from elsewhere, and nothing is put on the disk.
SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "temp_directory": "",
}


class Scanner:
    """Reads files of one address. May be used by several threads."""

    def __init__(self, address: Address) -> None:
        self._address = address
        #: Of files that are what was written: their size and time of change.
        self._sound: dict[str, tuple[int, int]] = {}

    def numbers(
        self,
        parts: Sequence[Part],
        sql: str,
        tables: Mapping[str, Mapping[str, Ints]],
    ) -> Ints:
        """An answer of whole numbers, a column for each that is asked for.

        sql: a question to `readings`, all rows of these files, and to tables of
        arrays by name. Raises StoreError ARCHIVE_MISSING or ARCHIVE_DAMAGED with the
        name of the file, ARCHIVE_UNREACHABLE.
        """
        import duckdb
        import numpy as np

        for part in parts:
            self._look(part)
        cursor = self._engine.cursor()
        try:
            for name, columns in tables.items():
                cursor.register(name, dict(columns))
            found = cursor.execute(f"WITH readings AS ({self._all(parts)}) {sql}")
            return np.column_stack(list(found.fetchnumpy().values()))
        except duckdb.Error as error:
            raise self._trouble(parts, error) from error
        finally:
            cursor.close()

    @cached_property
    def _engine(self) -> Any:
        import duckdb

        engine = duckdb.connect(config={**SETTINGS})
        if self._address.folder is None:
            engine.register_filesystem(self._address.filesystem)
        return engine

    def _all(self, parts: Sequence[Part]) -> str:
        names = (self._address.url(part.path).replace("'", "''") for part in parts)
        listed = ", ".join(f"'{name}'" for name in names)
        return f"SELECT * FROM read_parquet([{listed}], hive_partitioning = false)"

    def _look(self, part: Part) -> None:
        """A file of a folder, compared with its digest unless it was before."""
        if self._address.folder is None:
            return
        path = self._address.folder / part.path
        try:
            info = path.stat()
            seen = (info.st_size, info.st_mtime_ns)
        except OSError:
            seen = None  # reading it says why
        if seen is None or self._sound.get(part.path) != seen:
            files.sound(self._address, part)
        if seen is not None:
            self._sound[part.path] = seen

    def _trouble(self, parts: Sequence[Part], error: Exception) -> StoreError:
        """Which file it was, if it was one of them."""
        for part in parts:
            files.sound(self._address, part)
        return StoreError(
            "ARCHIVE_UNREACHABLE",
            f"archive {self._address.address}",
            f"it cannot be read: {str(error).strip().splitlines()[0]}",
            "Nothing changed",
            "Check the address and the rights, then run it again",
        )
