"""Where a person may stand in rows that are not theirs, table by table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from tracker.store import inbox
from tracker.store.database import Link
from tracker.store.persons import Person, body_text, codes_of, of_event
from tracker.store.redaction import Redaction, without
from tracker.store.suppression import BLANK, ERASED, canonical, mark

#: Tables in which nobody is named, or which are seen to by themselves.
APART = {"audit", "suppressed", "rollup", "quota", "reading", "lease"}
APART |= {"erasure", "meta", "attribution", "click", "reject", "event", "past"}
APART |= {"archive_part"}
#: Columns of words that the tracker or the programme has, not people.
FIXED = {"platform", "state", "kind", "currency", "timezone", "language", "metric"}
FIXED |= {"outcome", "provenance", "fingerprint", "digest", "stamp", "host", "mission"}
FIXED |= {"column", "code", "source", "actor", "act", "verdict", "sort", "rule", "day"}
#: Names of programmes and sources: their own, even if somebody is called the same.
OWN = {("campaign", "slug"), ("source", "name"), ("alert", "finding")}
#: What stands where a text is gone that may not be empty.
GONE = "erased"
JSON = {"figures", "plan", "rules", "utm", "criteria", "notices", "header", "bookmark"}
#: What is kept of an outcome or click of theirs.
FACTS = {"id", "kind", "at", "campaign", "ambassador", "code", "link", "quantity"}
FACTS |= {"value", "currency", "status", "order", "new_customer", "rule", "clicked_at"}


def events(
    link: Link, who: Person, named: Redaction, done: Counter[str]
) -> list[tuple[int, str]]:
    """Outcomes and clicks: theirs keep figures alone. Source and id of those."""
    theirs: list[tuple[int, str]] = []
    changed, spoken = [], []
    secret = named.names[who.slug]
    for row, source, name, data in link.all(
        "SELECT id, source_id, external_id, data FROM event"
    ):
        own = of_event(data, who, named)
        fresh = event(data, named, own=own)
        known = name
        if named.clean(name) != name or (own and named.is_name(name)):
            known = f"{ERASED}{mark(secret.encode(), str(source), name)[:20]}"
        spoken += [(row,)] if own else []
        if own and not _shared(data, who):
            theirs.append((int(source), name))
        if (fresh, known) != (data, name):
            changed.append((fresh, known, row))
    link.many("UPDATE event SET data = ?, external_id = ? WHERE id = ?", changed)
    link.many(
        "UPDATE click SET external_id = ? WHERE source_id = ? AND external_id = ?",
        [
            (f"{ERASED}{mark(secret.encode(), str(source), name)[:20]}", source, name)
            for source, name in theirs
            if named.clean(name) != name or named.is_name(name)
        ],
    )
    link.many("UPDATE outcome_word SET reason = '' WHERE event_id = ?", spoken)
    done["event"] += len(changed)
    return theirs


def _shared(data: str, who: Person) -> bool:
    """Does it come by codes of several people, and is it of nobody by name?"""
    said = json.loads(data)
    return "ambassador" not in said and not set(codes_of(said)) <= set(who.codes)


def event(data: str, named: Redaction, *, own: bool) -> str:
    """What was said of an outcome or click, without the person."""
    said = json.loads(data)
    if own and isinstance(said, dict):
        said = {name: value for name, value in said.items() if name in FACTS}
    made = named.clean_value(said)
    if made == json.loads(data):
        return data
    return canonical(made)


def rejects(link: Link, named: Redaction, done: Counter[str]) -> None:
    """A row of theirs goes whole: every cell of it may be about them."""
    for row, raw, reason in link.all("SELECT id, raw, reason FROM reject"):
        if named.row_named(raw) or named.row_named(reason):
            done["reject"] += link.run(
                "UPDATE reject SET raw = '', reason = ? WHERE id = ?", (BLANK, row)
            )


def deliveries(link: Link, named: Redaction, secret: bytes, done: Counter[str]) -> None:
    """Of what was read nothing stays; of what waits, the items of others. Each is
    still known when it is sent again."""
    for row, body, headers, state in link.all(
        "SELECT id, body, headers, state FROM delivery WHERE length(body) > 0"
    ):
        text = body_text(body)
        if named.row_named(text):
            left = rest(text, named) if state == "new" else b""
            inbox.shorten(link, row, bytes(body), headers, left, secret)
            done["delivery"] += 1


def rest(text: str, named: Redaction) -> bytes:
    """A body without the items of the person; empty when none is left."""
    try:
        left = without(json.loads(text), named.is_name)
    except ValueError:
        return b""
    if left is None:
        return b""
    return json.dumps(named.clean_value(left), ensure_ascii=False).encode()


# -- whatever else is text -------------------------------------------------------------


def everything(link: Link, named: Redaction, done: Counter[str]) -> bool:
    """Names of theirs in any other text; True when a campaign's rules had one."""
    rules = False
    for table, keys, columns in texts():
        names = ", ".join(f'"{name}"' for name in (*keys, *columns))
        for row in link.all(f"SELECT {names} FROM {table}"):
            at, said = (
                row[: len(keys)],
                dict(zip(columns, row[len(keys) :], strict=True)),
            )
            fresh = {
                column: made
                for column, text in said.items()
                if text and (made := clean(column, text, named)) != text
            }
            if fresh:
                _update(link, table, keys, at, fresh)
                done[table] += 1
                rules = rules or (table == "campaign" and "rules" in fresh)
    return rules


def clean(column: str, text: str, named: Redaction) -> str:
    return named.clean_json(text) if column in JSON else named.clean(text)


def _update(
    link: Link, table: str, keys: Sequence[str], at: Sequence[Any], new: dict[str, str]
) -> None:
    sets = ", ".join(f'"{column}" = ?' for column in new)
    where = " AND ".join(f'"{name}" = ?' for name in keys)
    link.run(f"UPDATE {table} SET {sets} WHERE {where}", (*new.values(), *at))


def texts() -> Iterator[tuple[str, list[str], list[str]]]:
    """Tables with text that may name somebody: name, primary key, columns."""
    from sqlmodel import SQLModel

    from tracker.store import tables

    assert tables
    for table in SQLModel.metadata.sorted_tables:
        columns = [
            column.name
            for column in table.columns
            if column.type.python_type is str
            and not column.primary_key
            and column.name not in FIXED
            and (table.name, column.name) not in OWN
        ]
        if table.name not in APART and columns:
            yield table.name, [c.name for c in table.primary_key.columns], columns
