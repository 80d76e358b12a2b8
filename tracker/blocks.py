"""Editing the [[source]] blocks of tracker.toml, comments and all.

The only module that knows tomlkit. An edit that would not load is refused and
leaves the file as it is; the file is replaced whole, one editor at a time.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tracker import forms
from tracker.errors import NotFoundError, RosterError
from tracker.settings import FILE, check_settings

SUBJECT = "source"


def read_sets(texts: Iterable[str]) -> dict[str, Any]:
    """Settings given as KEY=VALUE; a dotted key reaches into a table.

    A value that is TOML is read as such (`5`, `true`, `{ env = "KEY" }`), any
    other is text. ValueError says which one is none.
    """
    found: dict[str, Any] = {}
    for each in texts:
        key, sign, value = each.partition("=")
        *above, last = key.strip().split(".")
        if not sign or not all((*above, last)):
            raise ValueError(f'"{each}" is no KEY=VALUE')
        place = found
        for name in above:
            place = place.setdefault(name, {})
            if not isinstance(place, dict):
                raise ValueError(f'"{each}": {name} has a value already')
        place[last] = _value(value.strip())
    return found


def _value(text: str) -> Any:
    try:
        read = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    return read["value"] if read.keys() == {"value"} else text


def add_source(home: Path, name: str, options: Mapping[str, Any]) -> None:
    """Puts a block at the end of the file; RosterError when the name is taken."""

    def change(document: Any) -> None:
        import tomlkit

        if name in _names(document):
            raise RosterError(
                "SOURCE_EXISTS",
                f"{SUBJECT} {name}",
                "there is one of that name already",
                "Nothing changed",
                "Choose another name, or run: tracker source remove " + name,
            )
        block = tomlkit.table()
        block.update({"name": name, **options})
        block.trivia.indent = "\n"
        if "source" not in document:
            document["source"] = tomlkit.aot()
        document["source"].append(block)

    _edit(home, change)


def remove_source(home: Path, name: str) -> None:
    """Takes a block out; NotFoundError when there is none of that name."""

    def change(document: Any) -> None:
        names = _names(document)
        if name not in names:
            raise NotFoundError(SUBJECT, name, names)
        if len(names) == 1:
            del document["source"]
        else:
            del document["source"][names.index(name)]

    _edit(home, change)


def _names(document: Any) -> list[str]:
    return [str(block.get("name", "")) for block in document.get("source", [])]


def _edit(home: Path, change: Callable[[Any], None]) -> None:
    import tomlkit

    path = home / FILE
    with _alone(home):
        forms.read_toml(path)  # says what is wrong before tomlkit does
        before = path.read_bytes().decode("utf-8-sig")
        document = tomlkit.parse(before)
        change(document)
        after = tomlkit.dumps(document)
        check_settings(tomllib.loads(after), home)
        _replace(path, after)


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Two edits at once would lose one of them."""
    folder = os.open(home, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _replace(path: Path, text: str) -> None:
    """The new file is complete on disk before it takes the old one's place."""
    mode = path.stat().st_mode & 0o777
    handle, name = tempfile.mkstemp(prefix=".tracker-", suffix=".toml", dir=path.parent)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise
