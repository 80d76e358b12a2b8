"""Kinds of columns that all tables are made of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, Text
from sqlmodel import Field

# A SQLite row id must be declared INTEGER; PostgreSQL should have 64 bits.
ID = BigInteger().with_variant(Integer(), "sqlite")
# Text is compared byte by byte everywhere, whatever the server's language.
TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def key() -> Any:
    return Field(default=None, sa_column=Column(ID, primary_key=True))


def big(**more: Any) -> Any:
    more.setdefault("nullable", True)
    return Field(default=None, sa_column=Column(BigInteger, **more))


def text(**more: Any) -> Any:
    more.setdefault("nullable", True)
    return Field(default=None, sa_column=Column(TEXT, **more))


def part(kind: Any = BigInteger) -> Any:
    """A part of a primary key that is given, never made by the database."""
    return Field(sa_column=Column(kind, primary_key=True, autoincrement=False))
