"""Erasing a person from the database: one transaction, so that it is whole or not.

Counts, dates and money stay where they are. Names become `erased-...`, ids of posts
keyed hashes, texts go. Of a caption those words stay by which the post counts for a
campaign or a mission: tags of the programme, not of the person.
"""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracker.model import handle_key
from tracker.store import audit
from tracker.store.database import Database, Link
from tracker.store.persons import POSTS, Person, body_text, find
from tracker.store.suppression import ERASED, add, key, mark

#: Texts of people that go wholly, by table: their rows by person, or by post.
TEXTS = {
    "feedback": ("said", "answer"),
    "cost": ("note",),
    "consent": ("note",),
    "contract": ("note",),
    "mission_mark": ("reason",),
}
POST_TEXTS = {
    "correction": ("reason",),
    "disclosure_override": ("reason",),
    "disclosure_act": ("note",),
}
#: Columns that may not be empty.
NEEDED = {("feedback", "said"), ("mission_mark", "reason")}
NEEDED |= {("correction", "reason"), ("disclosure_override", "reason")}
#: Tables and columns in which nobody is named, or which are read by their bytes.
APART = {"audit", "alembic_version", "suppressed", "rollup", "quota", "reading"}
APART |= {"lease", "breaker", "erasure", "meta", "click", "attribution"}


@dataclass
class Erased:
    """tables: rows changed, by table. slug: what the person is called now."""

    person: int
    slug: str
    tables: Counter[str] = field(default_factory=Counter)


def look(database: Database, slug: str) -> tuple[Person, dict[str, int]]:
    """Who it is, and how many rows of each table name them. Raises NotFoundError."""
    with database.reading() as link:
        who = find(link, slug)
        return who, dict(_named(link, who))


def _named(link: Link, who: Person) -> Counter[str]:
    found: Counter[str] = Counter()
    for table, column, _ in _columns(link):
        for (text,) in link.all(
            f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL"
        ):
            found[table] += bool(who.pattern.search(text))
    posts = link.value(f"SELECT COUNT(*) FROM ({POSTS}) p", (who.row,))
    found["post"] = max(found["post"], int(posts))
    return Counter({table: many for table, many in found.items() if many})


def erase(database: Database, slug: str, tags: Sequence[str], now: int) -> Erased:
    """Take a person out of the database. tags: words of the campaigns and missions
    that may stay of a caption. Raises NotFoundError."""
    with database.writing() as link:
        who = find(link, slug)
        done = Erased(who.row, ERASED + secrets.token_hex(6))
        secret = key(link)
        posts = link.all(
            "SELECT id, platform, external_id, url, caption FROM post"
            f" WHERE id IN ({POSTS})",
            (who.row,),
        )
        add(link, who.row, _marks(who, posts, _events(link, who)))
        _posts(link, who, posts, secret, tags, done)
        _people(link, who, secret, done)
        _texts(link, who, done)
        _scrub(link, who, posts, done)
        _bodies(link, who, posts, done)
        link.run("DELETE FROM erasure WHERE ambassador_id = ?", (who.row,))
        link.run(
            "INSERT INTO erasure (ambassador_id, begun_at, step) VALUES (?, ?, ?)",
            (who.row, now, "files"),
        )
        audit.note(link, "privacy.erase", f"person {who.row}", now)
    return done


def unfinished(database: Database) -> list[int]:
    """People whose files are not clean yet."""
    with database.reading() as link:
        rows = link.all("SELECT ambassador_id FROM erasure WHERE done_at IS NULL")
    return [int(row[0]) for row in rows]


def finish(database: Database, person: int, now: int) -> None:
    with database.writing() as link:
        link.run(
            "UPDATE erasure SET done_at = ?, step = 'done' WHERE ambassador_id = ?",
            (now, person),
        )


def compact(database: Database) -> bool:
    """Rewrite the file, so that nothing of what was deleted stays in it or in its
    log; False when somebody else reads it just now."""
    if database.dialect != "sqlite":
        return True
    connection = database.connect()
    try:
        with database.translated():
            connection.execute("VACUUM")
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    finally:
        connection.close()


# -- what they were known by -----------------------------------------------------------


def _events(link: Link, who: Person) -> list[str]:
    """Ids of what was told of them: told again, it changes nothing."""
    rows = link.all("SELECT external_id, data FROM event")
    return [name for name, data in rows if who.pattern.search(data)]


def _marks(
    who: Person, posts: Iterable[tuple[Any, ...]], events: Iterable[str]
) -> Iterable[tuple[str, Sequence[str]]]:
    yield "ambassador", (who.slug,)
    if who.email:
        yield "email", (who.email.casefold(),)
    for platform, handle in who.handles:
        yield "handle", (platform, handle_key(handle))
        yield "word", (handle_key(handle),)
    for _, platform, external, url, _ in posts:
        yield "post", (platform, external)
        yield "word", (handle_key(external),)
        if url:
            yield "word", (handle_key(url),)
    for name in events:
        yield "event", (name,)


# -- rows ------------------------------------------------------------------------------


def _posts(
    link: Link,
    who: Person,
    posts: Sequence[tuple[Any, ...]],
    secret: bytes,
    tags: Sequence[str],
    done: Erased,
) -> None:
    handles = {
        (platform, handle_key(name)): _handle(secret, platform, name)
        for platform, name in who.handles
    }
    wanted = re.compile("|".join(map(re.escape, tags)), re.IGNORECASE) if tags else None
    for row, platform, external, url, caption in posts:
        handle = link.value("SELECT handle FROM post WHERE id = ?", (row,))
        link.run(
            "UPDATE post SET external_id = ?, url = NULL, caption = ?, handle = ?"
            " WHERE id = ?",
            (
                ERASED + mark(secret, "post", platform, external),
                reduced(f"{caption or ''} {url or ''}", wanted),
                handles.get((platform, handle_key(handle))) if handle else None,
                row,
            ),
        )
    done.tables["post"] += len(posts)


def reduced(caption: str | None, wanted: re.Pattern[str] | None) -> str | None:
    """The words of a caption that may stay, each once."""
    if not caption or wanted is None:
        return None
    return " ".join(dict.fromkeys(wanted.findall(caption))) or None


def _handle(secret: bytes, platform: str, name: str) -> str:
    return ERASED + mark(secret, "handle", platform, handle_key(name))[:20]


def _people(link: Link, who: Person, secret: bytes, done: Erased) -> None:
    link.run(
        "UPDATE ambassador SET slug = ?, name = ?, email = NULL, country = NULL,"
        " language = NULL WHERE id = ?",
        (done.slug, done.slug, who.row),
    )
    done.tables["ambassador"] += 1
    for platform, name in who.handles:
        fresh = _handle(secret, platform, name)
        done.tables["handle"] += link.run(
            'UPDATE handle SET handle = ?, "key" = ? WHERE ambassador_id = ?'
            " AND platform = ? AND handle = ?",
            (fresh, handle_key(fresh), who.row, platform, name),
        )
        for table in ("audience",):
            done.tables[table] += link.run(
                f"UPDATE {table} SET handle = ? WHERE platform = ? AND"
                " lower(handle) IN (?, ?)",
                (fresh, platform, handle_key(name), name.lower()),
            )
    handles = [name for _, name in who.handles]
    marks = ", ".join("?" * len(handles)) or "NULL"
    done.tables["application"] += link.run(
        "UPDATE application SET slug = ?, name = ?, platform = NULL, handle = NULL,"
        " email = NULL, reason = NULL, criteria = '{}' WHERE slug = ? OR email = ?"
        f" OR handle IN ({marks})",
        (done.slug, done.slug, who.slug, who.email, *handles),
    )


def _texts(link: Link, who: Person, done: Erased) -> None:
    for table, columns in TEXTS.items():
        for column in columns:
            blank = "''" if (table, column) in NEEDED else "NULL"
            done.tables[table] += link.run(
                f"UPDATE {table} SET {column} = {blank}"
                f" WHERE ambassador_id = ? AND {column} IS NOT NULL",
                (who.row,),
            )
    for table, columns in POST_TEXTS.items():
        for column in columns:
            blank = "''" if (table, column) in NEEDED else "NULL"
            done.tables[table] += link.run(
                f"UPDATE {table} SET {column} = {blank} WHERE post_id IN ({POSTS})",
                (who.row,),
            )


def _columns(link: Link) -> list[tuple[str, str, Sequence[str]]]:
    """Every column of text that may name somebody: table, column, primary key."""
    from sqlmodel import SQLModel

    from tracker.store import tables

    assert tables
    return [
        (table.name, f'"{column.name}"', [c.name for c in table.primary_key.columns])
        for table in SQLModel.metadata.sorted_tables
        if table.name not in APART
        for column in table.columns
        if column.type.python_type is str and not column.primary_key
    ]


def _scrub(
    link: Link, who: Person, posts: Sequence[tuple[Any, ...]], done: Erased
) -> None:
    """Their name, address, handles and id wherever else they stand."""
    texts = _post_texts(posts)
    for table, column, keys in _columns(link):
        where = " AND ".join(f'"{name}" = ?' for name in keys)
        names = ", ".join(f'"{name}"' for name in keys)
        rows = link.all(
            f"SELECT {names}, {column} FROM {table}"
            f" WHERE {column} IS NOT NULL AND {column} <> ''"
        )
        for *at, text in rows:
            fresh = _clean(table, column, text, who, texts, done.slug)
            if fresh != text:
                link.run(
                    f"UPDATE {table} SET {column} = ? WHERE {where}",
                    (fresh, *at),
                )
                done.tables[table] += 1


def _post_texts(posts: Sequence[tuple[Any, ...]]) -> re.Pattern[str] | None:
    """Ids, addresses and captions of their posts that are long enough to be theirs."""
    found = {
        text
        for _, _, external, url, caption in posts
        for text in (external, url, caption)
        if text and len(text) >= 8
    }
    parts = sorted(map(re.escape, found), key=len, reverse=True)
    return re.compile("|".join(parts)) if parts else None


def _clean(
    table: str,
    column: str,
    text: str,
    who: Person,
    posts: re.Pattern[str] | None,
    slug: str,
) -> str:
    """A text without them. A raw row goes wholly: each cell of it may be theirs."""
    theirs = who.pattern.search(text) is not None
    raw = table == "reject" and column in ('"raw"', '"reason"')
    if raw and (theirs or (posts is not None and posts.search(text))):
        return "" if column == '"raw"' else "a row of somebody who was erased"
    if theirs:
        whole = re.compile(rf"(?<![\w-]){re.escape(who.slug)}(?![\w-])")
        text = who.pattern.sub("erased", whole.sub(slug, text))
    if posts is not None and table != "post":
        text = posts.sub("erased", text)
    return text


def _bodies(
    link: Link, who: Person, posts: Sequence[tuple[Any, ...]], done: Erased
) -> None:
    """Deliveries that named them: their bodies go, their ids stay."""
    texts = _post_texts(posts)
    for row, body in link.all("SELECT id, body FROM delivery"):
        text = body_text(body)
        if who.pattern.search(text) or (texts is not None and texts.search(text)):
            link.run(
                "UPDATE delivery SET body = ?, headers = '{}', state = 'read'"
                " WHERE id = ?",
                (b"", row),
            )
            done.tables["delivery"] += 1


def tags_of(plans: Iterable[Mapping[str, Any]]) -> list[str]:
    """Words of campaigns and missions by which posts count, as captions have them."""
    found: dict[str, None] = {}
    for plan in plans:
        for block in (plan.get("match") or {}, *plan.get("mission", ())):
            for sign, name in (("#", "hashtags"), ("@", "mentions"), ("", "links")):
                for word in block.get(name) or ():
                    bare = str(word).lstrip("#@").rpartition("://")[2]
                    found[f"{sign}{bare}"] = None
    return sorted(found, key=len, reverse=True)
