"""The named peers: how each of them does the same work.

None is a dependency of the project. What is not on the machine raises MissingError
and is said so in the table.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from data import HEADER
from measure import Case, MissingError

TEXT = 7  # the first columns are text, the others whole numbers


def table(name: str, number: str = "INTEGER") -> str:
    """A plain table with the columns of the file."""
    kinds = ["TEXT"] * TEXT + [number] * (len(HEADER) - TEXT)
    columns = ", ".join(f"{c} {k}" for c, k in zip(HEADER, kinds, strict=True))
    return f"CREATE TABLE {name} ({columns})"


def room(work: Path, name: str) -> tuple[Path, Callable[[], None]]:
    """A database in a folder of its own, and how to empty that folder: some peers
    put further files beside it, and what they find there would be merged."""
    folder = work / name

    def clear() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    return folder / "peer.db", clear


def sqlite_import(file: Path, work: Path) -> Case:
    """The database shell's own import: no check, no key, no sum."""
    shell = shutil.which("sqlite3")
    if shell is None:
        raise MissingError("no sqlite3 shell; install the system's sqlite3 package")
    target, clear = room(work, "peer-import")
    command = f'.import --csv --skip 1 "{file}" reading'
    return Case(
        "sqlite3 .import",
        [shell, str(target), table("reading"), command],
        clear,
    )


def peer_program(peers: Path | None, program: str) -> str:
    """A program of the peers' own environment."""
    path = peers / "bin" / program if peers else None
    if path is None or not path.exists():
        raise MissingError(
            f"no {program}; make an environment with `pip install "
            "'dlt[sqlalchemy]' pyarrow sqlite-utils` and name it with --peers"
        )
    return str(path)


def dlt_merge(file: Path, work: Path, peers: Path | None) -> Case:
    """dlt: read as Arrow, merge by key into SQLite."""
    program = peer_program(peers, "dlt")
    python = str(Path(program).with_name("python"))
    target, clear = room(work, "peer-dlt")
    script = str(Path(__file__).with_name("peer_dlt.py"))
    url = f"sqlite:///{target}"
    return Case("dlt merge", [python, script, str(file), url], clear)


def sqlite_utils_upsert(file: Path, work: Path, peers: Path | None) -> Case:
    """sqlite-utils: upsert by key, without guessing types."""
    program = peer_program(peers, "sqlite-utils")
    target, clear = room(work, "peer-utils")
    keys = [
        part for key in ("platform", "post_id", "captured_at") for part in ("--pk", key)
    ]
    return Case(
        "sqlite-utils upsert",
        [
            *(program, "upsert", str(target), "reading", str(file)),
            *("--csv", "--no-detect-types", *keys),
        ],
        clear,
    )


def bare_copy(file: Path, url: str) -> Case:
    """psql's COPY into a plain table: no check, no key, no sum."""
    shell = shutil.which("psql")
    if shell is None:
        raise MissingError("no psql; install the system's PostgreSQL client")
    return Case(
        "psql COPY",
        [
            *(shell, "-q", "-v", "ON_ERROR_STOP=1", url),
            *("-c", "DROP TABLE IF EXISTS bare"),
            *("-c", table("bare", "BIGINT")),
            *("-c", f"\\copy bare FROM '{file}' WITH (FORMAT csv, HEADER)"),
        ],
    )


def dlt_postgresql(file: Path, peers: Path | None, url: str) -> Case:
    """dlt: read as Arrow, merge by key into PostgreSQL."""
    program = peer_program(peers, "dlt")
    python = str(Path(program).with_name("python"))
    script = str(Path(__file__).with_name("peer_dlt.py"))
    return Case(
        "dlt merge, PostgreSQL",
        [python, script, str(file), url],
    )
