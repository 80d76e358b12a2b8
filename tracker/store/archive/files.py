"""The archive's address, and its Parquet files.

An address is a folder, relative to the workspace, or `s3://bucket/prefix`. In a folder
a file is written beside its place, synced and then renamed, so that nothing that ends
in `.parquet` is half a file; a store of objects shows an object whole or not at all.
Files hold numbers only: no text and nobody's data.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from tracker.errors import StoreError
from tracker.model import METRICS

if TYPE_CHECKING:
    import polars as pl

    from tracker.store.archive.parts import Part
    from tracker.store.archive.scan import Scanner

#: The columns of every file, all 64-bit integers; only metrics may be null.
COLUMNS = ("post", "captured_at", *METRICS, "payload_id", "line")
#: Readings in one file, and in one row group: what bounds memory.
ROWS, GROUP = 1_000_000, 120_000
#: The folder of posts that counted for no campaign; DuckDB and Spark read it as null.
NOBODYS = "__HIVE_DEFAULT_PARTITION__"
#: Libraries beneath s3fs, whose exceptions it does not always translate.
BENEATH = ("botocore", "aiobotocore", "aiohttp")
SUFFIX, UNFINISHED = ".parquet", ".unfinished"


def new_path(slug: str | None, month: str) -> str:
    """Where the next file of a campaign and month goes; no file was ever called so."""
    return f"{folder(slug, month)}readings-{secrets.token_hex(8)}{SUFFIX}"


def folder(slug: str | None, month: str) -> str:
    """The folder of a campaign's month; None: of posts that counted for none."""
    return f"campaign={slug or NOBODYS}/month={month}/"


def encoded(frame: pl.DataFrame) -> bytes:
    """A file of readings, sorted by post and instant: zstd, with statistics."""
    out = io.BytesIO()
    frame.select(COLUMNS).write_parquet(
        out, compression="zstd", statistics=True, row_group_size=GROUP
    )
    return out.getvalue()


def decoded(content: bytes) -> pl.DataFrame:
    """The readings of a file."""
    import polars as pl

    return pl.read_parquet(io.BytesIO(content), columns=list(COLUMNS))


def digest(content: bytes) -> str:
    """SHA-256, in hex."""
    return hashlib.sha256(content).hexdigest()


def sums(frame: pl.DataFrame) -> dict[str, tuple[int, int]]:
    """Of each metric that is known somewhere: its sum, and how many are known."""
    found = {}
    for metric in METRICS:
        if known := len(frame) - frame[metric].null_count():
            found[metric] = (int(frame[metric].sum()), known)
    return found


def sound(address: Address, part: Part) -> bytes:
    """The content of a part's file; StoreError ARCHIVE_DAMAGED when it is another."""
    content = address.read(part.path)
    if digest(content) != part.digest:
        raise StoreError(
            "ARCHIVE_DAMAGED",
            part.path,
            "the file is not what was written",
            "Nothing changed",
            "Bring it back from a copy; `tracker archive verify` lists what is damaged",
        )
    return content


def differs(subject: str, what: str) -> StoreError:
    """Rows are not those of the database."""
    return StoreError(
        "ARCHIVE_DIFFERS",
        subject,
        f"{what} is not what the database holds",
        "No reading was deleted",
        "Check the disk and the memory of this machine, then run it again",
    )


class Address:
    """A place for files. Raises StoreError ARCHIVE_UNREACHABLE, ARCHIVE_MISSING."""

    def __init__(self, address: str, home: Path) -> None:
        self.address = address
        #: The folder; None in a store of objects.
        self.folder: Path | None = None
        if not address.startswith("s3://"):
            self.folder = home / Path(address).expanduser()

    def url(self, path: str) -> str:
        """How other programs name a file."""
        if self.folder is not None:
            return str(self.folder / path)
        return f"{self.address.rstrip('/')}/{path}"

    @cached_property
    def filesystem(self) -> Any:
        """fsspec's, for those that read by it."""
        if self.folder is not None:
            import fsspec

            return fsspec.filesystem("file")
        from tracker.store.archive import objects

        return objects.filesystem(self.address)

    @cached_property
    def scanner(self) -> Scanner:
        """Who reads what is in the files."""
        from tracker.store.archive.scan import Scanner

        return Scanner(self)

    def write(self, path: str, content: bytes) -> None:
        """A file, whole and on disk when this ends."""
        with self._told("written"):
            if self.folder is not None:
                _written(self.folder, self.folder / path, content)
            else:
                self.filesystem.pipe_file(self.url(path), content)

    def read(self, path: str) -> bytes:
        """The whole content of a file."""
        with self._told("read", path):
            if self.folder is not None:
                return (self.folder / path).read_bytes()
            return cast(bytes, self.filesystem.cat_file(self.url(path)))

    def delete(self, path: str) -> None:
        """A file and what is unfinished of it; nothing happens where none is."""
        with self._told("changed"):
            if self.folder is not None:
                _deleted(self.folder, self.folder / path)
                return
            try:
                self.filesystem.rm_file(self.url(path))
            except FileNotFoundError:
                return

    def files(self) -> Iterator[tuple[str, int]]:
        """All Parquet files below the address and their sizes, by path."""
        with self._told("listed"):
            found = sorted(self._found())
        yield from found

    def _found(self) -> Iterator[tuple[str, int]]:
        if self.folder is not None:
            for file in self.folder.rglob(f"*{SUFFIX}"):
                yield file.relative_to(self.folder).as_posix(), file.stat().st_size
            return
        top = self.address.removeprefix("s3://").rstrip("/") + "/"
        for name, info in self.filesystem.find(self.address, detail=True).items():
            if name.endswith(SUFFIX):
                yield name.removeprefix(top), int(info["size"])

    def _told(self, what: str, path: str = "") -> _Told:
        return _Told(self.address, what, path)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the system or the store of objects complains of, as StoreError."""

    address: str
    what: str
    path: str

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, FileNotFoundError) and self.path:
            raise StoreError(
                "ARCHIVE_MISSING",
                self.path,
                f"there is no such file at {self.address}",
                "Nothing changed",
                "Bring the file back from a copy; `tracker archive verify` lists what"
                " is missing",
            ) from error
        if isinstance(error, OSError) or _foreign(error):
            raise StoreError(
                "ARCHIVE_UNREACHABLE",
                f"archive {self.address}",
                f"it cannot be {self.what}: {_cause(error)}",
                "No reading was deleted",
                "Check the address, the rights and the free space, then run it again",
            ) from error


def _foreign(error: BaseException | None) -> bool:
    """An exception of the libraries beneath s3fs that is no OSError."""
    top = type(error).__module__.partition(".")[0]
    return isinstance(error, Exception) and top in (
        "botocore",
        "aiobotocore",
        "aiohttp",
    )


def _cause(error: BaseException | None) -> str:
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(said).strip().splitlines()[0]


# -- a folder ------------------------------------------------------------------------


def _written(top: Path, path: Path, content: bytes) -> None:
    _make_folders(top, path.parent)
    beside = path.with_name(path.name + UNFINISHED)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    beside.rename(path)
    _sync(path.parent)


def _make_folders(top: Path, folder: Path) -> None:
    """Private folders from the address downwards, each synced with its parent."""
    if folder.is_dir():
        return
    if folder != top:
        _make_folders(top, folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    else:
        folder.mkdir(mode=0o700, exist_ok=True, parents=True)
    _sync(folder.parent)


def _deleted(top: Path, path: Path) -> None:
    path.with_name(path.name + UNFINISHED).unlink(missing_ok=True)
    path.unlink(missing_ok=True)
    if not path.parent.is_dir():
        return
    _sync(path.parent)
    for folder in (path.parent, path.parent.parent):
        if folder == top or any(folder.iterdir()):
            return
        folder.rmdir()
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
