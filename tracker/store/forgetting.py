"""What may not be known any more goes from the history too.

An erasure and an expiry are no changes that a replay undoes: what they did is not
kept, and what was kept before says no more than the rows do now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from tracker.model import handle_key
from tracker.store import history
from tracker.store.database import Link
from tracker.store.history import Change
from tracker.store.persons import Person, applied
from tracker.store.redaction import Redaction
from tracker.store.scrub import FIXED, GONE, OWN, clean

EVER = -(2**62)
#: Columns of a person's rows that say who they are or what was said of them.
PERSONAL = {"slug", "name", "email", "country", "language", "handle", "key", "team"}
PERSONAL |= {"said", "answer", "note", "what", "reason", "before", "after", "criteria"}
PERSONAL |= {"caption", "url", "marks", "code", "destination", "promo", "utm"}
PERSONAL |= {"objective"}
#: What stands in a row that is not there any more, where it may not be empty.
EMPTY = {"utm": "{}", "criteria": "{}"}


def person(link: Link, who: Person, named: Redaction, since: int) -> int:
    """Take somebody out of the history; `since`: the last change before. How many
    changes were rewritten."""
    history.forget_since(link, since)
    posts = {post[0] for post in who.posts}
    rewritten = []
    for change in history.changes(link, EVER):
        key = _account(change.of, change.key, who, named)
        before = change.before
        if before is not None:
            before = _account(change.of, before, who, named)
            if _theirs(change, before, who, posts):
                before |= _now(link, change, before)
            for column, value in before.items():
                if isinstance(value, str) and _free(change.of, column):
                    before[column] = clean(column, value, named)
        if (key, before) != (change.key, change.before):
            rewritten.append(replace(change, key=key, before=before))
    return history.rewrite(link, rewritten)


def _account(
    table: str, row: Mapping[str, Any], who: Person, named: Redaction
) -> dict[str, Any]:
    """A row or its key; figures of an account are known by its handle."""
    found = dict(row)
    if table == "audience":
        account = row["platform"], handle_key(row["handle"])
        if account in who.own:
            found["handle"] = named.whole(row["handle"])
    return found


def captions(link: Link, posts: Collection[int], since: int) -> None:
    """What was written in posts, now that it may be kept no longer."""
    history.forget_since(link, since)
    history.rewrite(link, list(_without_captions(link, set(posts))))


def _without_captions(link: Link, posts: set[int]) -> Iterator[Change]:
    for change in history.changes(link, EVER):
        if change.of == "post" and change.before and change.key["id"] in posts:
            yield replace(change, before={**change.before, "caption": None})


def _free(table: str, column: str) -> bool:
    return column not in FIXED and (table, column) not in OWN


def _theirs(
    change: Change, before: Mapping[str, Any], who: Person, posts: set[int]
) -> bool:
    if change.of == "ambassador":
        return bool(change.key["id"] == who.row)
    if change.of == "post":
        return change.key["id"] in posts
    if change.of == "application":
        return applied(dict(before), who)
    return before.get("ambassador_id") == who.row or before.get("post_id") in posts


def _now(link: Link, change: Change, before: Mapping[str, Any]) -> dict[str, Any]:
    """The personal columns of a row as they stand in it now."""
    names = [name for name in before if name in PERSONAL]
    if not names:
        return {}
    columns = ", ".join(f'"{name}"' for name in names)
    where = " AND ".join(f'"{name}" = ?' for name in change.key)
    row = link.one(
        f"SELECT {columns} FROM {change.of} WHERE {where}", tuple(change.key.values())
    )
    if row is not None:
        return dict(zip(names, row, strict=True))
    return {name: before[name] and EMPTY.get(name, GONE) for name in names}
