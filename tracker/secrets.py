"""Secrets by reference: where one is, never what it is.

`{ env = "NAME" }`, `{ file = "PATH" }` (0600) or `{ keyring = "SERVICE/NAME" }`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tracker.errors import ConfigError

WAYS = ("env", "file", "keyring")
HOW = 'write { env = "NAME" }, { file = "PATH" } or { keyring = "SERVICE/NAME" }'


def check_reference(value: Any) -> None:
    """ValueError unless this is a reference, or a list of them while rotating."""
    for item in value if isinstance(value, list) and value else [value]:
        if isinstance(item, str):
            raise ValueError(f"is a secret in the open; {HOW}")
        if not isinstance(item, dict) or len(item) != 1 or not _whole(item):
            raise ValueError(f"is no reference; {HOW}")


def _whole(item: dict[str, Any]) -> bool:
    [(way, place)] = item.items()
    return way in WAYS and isinstance(place, str) and bool(place.strip())


def reveal(reference: Mapping[str, str], home: Path, subject: str) -> str:
    """The secret itself, for the moment of its use; ConfigError when it is not there.

    A file must be readable by its owner alone; its last line end is no part of it.
    """
    try:
        check_reference(dict(reference))
    except ValueError as fault:
        raise _missing(subject, str(fault)) from None
    [(way, place)] = reference.items()
    return {"env": _from_env, "file": _from_file, "keyring": _from_keyring}[way](
        place, home, subject
    )


def _missing(subject: str, cause: str, todo: str = "") -> ConfigError:
    return ConfigError("SECRET_MISSING", subject, cause, "Not started", todo)


def _from_env(name: str, home: Path, subject: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise _missing(subject, f"the variable {name} is not set", "Set it")
    return value


def _from_file(name: str, home: Path, subject: str) -> str:
    path = home / name
    try:
        mode = path.stat().st_mode & 0o777
        value = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _missing(subject, f"{path.name} cannot be read") from error
    if mode & 0o077:
        raise ConfigError(
            "SECRET_MODE",
            path.name,
            f"mode {mode:04o}, others can read it",
            "Not started",
            f"Run: chmod 600 {path.name}",
        )
    value = value.removesuffix("\n").removesuffix("\r")
    if not value:  # with an empty key anybody can sign
        raise _missing(subject, f"{path.name} is empty")
    return value


def _from_keyring(name: str, home: Path, subject: str) -> str:
    try:
        import keyring
    except ImportError:
        raise _missing(
            subject, "the keyring package is not installed", "pip install keyring"
        ) from None
    service, _, user = name.rpartition("/")
    try:
        value: str | None = keyring.get_password(service, user)
    except keyring.errors.KeyringError as error:
        raise _missing(subject, "the keyring cannot be read") from error
    if not value:
        raise _missing(subject, f"the keyring has no {name}")
    return value
