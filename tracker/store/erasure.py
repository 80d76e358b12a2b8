"""Erasing a person from the database: one transaction, so that it is whole or not.

Counts, dates and money stay where they are. Names become `erased-...`, ids of posts
keyed hashes, texts go. Of a caption those words are kept apart by which the post
counts for a campaign or a mission: tags of the programme, not of the person.

An erasure is entered before anything is done and crossed off at its end. What a kill
leaves is finished by `privacy.resume`; every step may be done twice.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from tracker.model import handle_key
from tracker.store import audit, counting, forgetting, history, scrub
from tracker.store.again import whole
from tracker.store.archive.gather import Wish, gather
from tracker.store.changes import everything as all_changed
from tracker.store.database import Database, Link
from tracker.store.persons import LINKS, POSTS, Person, applied, find, payloads
from tracker.store.redaction import Redaction
from tracker.store.scrub import GONE
from tracker.store.suppression import ERASED, add, code_name, key, mark

#: Texts about a person, by table: column, and what stands there afterwards.
TEXTS: dict[str, tuple[tuple[str, str | None], ...]] = {
    "feedback": (("said", ""), ("answer", None)),
    "cost": (("note", None),),
    "consent": (("note", None),),
    "contract": (("note", None), ("objective", None)),
    "goods": (("what", GONE),),
    "mission_mark": (("reason", ""),),
    "turn": (("before", None), ("after", None), ("reason", None)),
}
#: The same of their posts.
POST_TEXTS: dict[str, tuple[tuple[str, str | None], ...]] = {
    "correction": (("reason", ""),),
    "disclosure_override": (("reason", ""),),
    "disclosure_act": (("note", None),),
}
BEGUN, REST = "begun", "files"


@dataclass
class Erased:
    """tables: rows changed, by table. slug: what the person is called now."""

    person: int
    slug: str
    tables: Counter[str] = field(default_factory=Counter)


class _UndoneError(Exception):
    """Ends a rehearsal."""


# -- the course of an erasure ----------------------------------------------------------


@whole
def look(database: Database, slug: str, zone: ZoneInfo) -> tuple[Person, Erased]:
    """Who it is, and what erasing them would change: done, and undone. Raises
    RosterError."""
    try:
        with database.writing() as link:
            who = find(link, slug)
            done = _erase(link, who, zone, 0)
            raise _UndoneError
    except _UndoneError:
        return who, done


@whole
def begin(database: Database, slug: str, now: int) -> Person:
    """Enter an erasure. Raises RosterError."""
    with database.writing() as link:
        who = find(link, slug)
        link.run("DELETE FROM erasure WHERE ambassador_id = ?", (who.row,))
        link.run(
            "INSERT INTO erasure (ambassador_id, begun_at, step) VALUES (?, ?, ?)",
            (who.row, now, BEGUN),
        )
    return who


@whole
def erase(database: Database, slug: str, zone: ZoneInfo, now: int) -> Erased:
    """Take a person out of the database. Raises RosterError."""
    with database.writing() as link:
        who = find(link, slug)
        done = _erase(link, who, zone, now)
        link.run("UPDATE erasure SET step = ? WHERE ambassador_id = ?", (REST, who.row))
        audit.note(link, "privacy.erase", f"person {who.row}", now)
    return done


def unfinished(database: Database) -> list[tuple[int, str | None]]:
    """People whose erasure is not done: row, and the id of those still in the
    database."""
    with database.reading() as link:
        rows = link.all(
            "SELECT e.ambassador_id, CASE WHEN e.step = ? THEN a.slug END"
            " FROM erasure e LEFT JOIN ambassador a ON a.id = e.ambassador_id"
            " WHERE e.done_at IS NULL ORDER BY e.begun_at, e.ambassador_id",
            (BEGUN,),
        )
    return [(int(row), slug) for row, slug in rows]


@whole
def finish(database: Database, person: int, now: int) -> None:
    with database.writing() as link:
        link.run(
            "UPDATE erasure SET done_at = ?, step = 'done' WHERE ambassador_id = ?",
            (now, person),
        )


# -- one transaction -------------------------------------------------------------------


def _erase(link: Link, who: Person, zone: ZoneInfo, now: int) -> Erased:
    done = Erased(who.row, ERASED + secrets.token_hex(6))
    secret, changes = key(link), history.last(link)
    named = _redaction(who, done.slug, secret)
    events = scrub.events(link, who, named, done.tables)
    add(link, who.row, _marks(who, events))
    _posts(link, who, secret, done)
    _people(link, who, secret, done)
    _texts(link, who, done)
    _refs(link, who, secret)
    _links(link, who, named, done)
    _applications(link, who, done)
    _payloads(link, who, done)
    scrub.rejects(link, named, done.tables)
    scrub.deliveries(link, named, secret, done.tables)
    if scrub.everything(link, named, done.tables):
        from tracker.store.refresh import refresh

        refresh(link, zone)  # a rule of a campaign named them
    done.tables["past"] += forgetting.person(link, who, named, changes)
    link.run("DELETE FROM edition WHERE ambassador_id = ?", (who.row,))
    all_changed(link)  # their posts are called otherwise
    return done


def _redaction(who: Person, slug: str, secret: bytes) -> Redaction:
    """Finds the person, and knows what stands in each place afterwards."""
    names = dict.fromkeys(who.called(), slug)
    if who.email:
        names[who.email] = GONE
    for platform, handle in who.handles:
        for text in (handle.strip(), handle.strip().removeprefix("@")):
            if text in names and text != who.slug:
                names[text] = _handle(secret, platform, handle)
    ids = {post[2]: _post(secret, *post[1:3]) for post in who.posts}
    ids |= {post[3]: GONE for post in who.posts if post[3]}
    ids |= {code: code_name(secret, code) for code in who.codes}
    return Redaction(names, ids)


def _handle(secret: bytes, platform: str, name: str) -> str:
    return ERASED + mark(secret, "handle", platform, handle_key(name))[:20]


def _post(secret: bytes, platform: str, external: str) -> str:
    return ERASED + mark(secret, "post", platform, external)


def _marks(
    who: Person, events: Iterable[tuple[int, str]]
) -> Iterator[tuple[str, Sequence[str]]]:
    """What they are known again by."""
    yield "ambassador", (who.slug,)
    yield "word", (handle_key(who.name),)
    if who.email:
        yield "email", (who.email.casefold(),)
        yield "word", (handle_key(who.email),)
    for platform, handle in sorted(who.own):
        yield "handle", (platform, handle)
        yield "word", (handle,)
    for _, platform, external, url, _ in who.posts:
        yield "post", (platform, external)
        for text in filter(None, (external, url)):
            yield "word", (handle_key(text),)
    for code in who.codes:
        yield "code", (code,)
        yield "word", (handle_key(code),)
    for source, name in events:
        yield "event", (str(source), name)


# -- their rows ------------------------------------------------------------------------


def _posts(link: Link, who: Person, secret: bytes, done: Erased) -> None:
    handles = {
        (platform, handle_key(name)): _handle(secret, platform, name)
        for platform, name in who.handles
    }
    held = dict(link.all(f"SELECT id, handle FROM post WHERE id IN ({POSTS})"))
    words = counting.Words.read(link)
    was = dict(link.all("SELECT id, marks FROM post WHERE marks IS NOT NULL"))
    rows = []
    for row, platform, external, url, caption in who.posts:
        handle = handles.get((platform, handle_key(held[row] or "")))
        kept = words.of(f"{caption or was.get(row) or ''}\n{url or ''}")
        rows.append((_post(secret, platform, external), handle, kept, row))
    link.many(
        "UPDATE post SET external_id = ?, handle = ?, marks = ?, url = NULL,"
        " caption = NULL WHERE id = ?",
        rows,
    )
    done.tables["post"] += len(rows)


def _people(link: Link, who: Person, secret: bytes, done: Erased) -> None:
    link.run(
        "UPDATE ambassador SET slug = ?, name = ?, email = NULL, country = NULL,"
        " language = NULL WHERE id = ?",
        (done.slug, done.slug, who.row),
    )
    done.tables["ambassador"] += 1
    link.run("UPDATE enrolment SET team = NULL WHERE ambassador_id = ?", (who.row,))
    for platform, name in who.handles:
        fresh = _handle(secret, platform, name)
        done.tables["handle"] += link.run(
            'UPDATE handle SET handle = ?, "key" = ? WHERE ambassador_id = ?'
            " AND platform = ? AND handle = ?",
            (fresh, handle_key(fresh), who.row, platform, name),
        )
    accounts = link.all("SELECT DISTINCT platform, handle FROM audience")
    for platform, name in accounts:
        if (platform, handle_key(name)) in who.own:
            done.tables["audience"] += link.run(
                "UPDATE audience SET handle = ? WHERE platform = ? AND handle = ?",
                (_handle(secret, platform, name), platform, name),
            )


def _texts(link: Link, who: Person, done: Erased) -> None:
    for tables, where, values in (
        (TEXTS, "ambassador_id = ?", (who.row,)),
        (POST_TEXTS, f"post_id IN ({POSTS})", ()),
    ):
        for table, columns in tables.items():
            sets = ", ".join(f"{column} = ?" for column, _ in columns)
            blank = [instead for _, instead in columns]
            done.tables[table] += link.run(
                f"UPDATE {table} SET {sets} WHERE {where}", (*blank, *values)
            )


def _refs(link: Link, who: Person, secret: bytes) -> None:
    """Papers and things that are called after them: the same ref is the same mark, so
    that goods are still known from the cost of that name."""
    called = [handle_key(name) for name in (*who.called(), *who.name.split())]
    for table in ("contract", "goods", "cost"):
        sql = f"SELECT id, ref FROM {table} WHERE ambassador_id = ?"
        for row, ref in link.all(sql, (who.row,)):
            if any(name in handle_key(ref) for name in called):
                fresh = ERASED + mark(secret, "ref", ref)[:20]
                link.run(f"UPDATE {table} SET ref = ? WHERE id = ?", (fresh, row))


def _links(link: Link, who: Person, named: Redaction, done: Erased) -> None:
    """Their links lead nowhere any more; what was clicked stays counted."""
    rows = link.all(
        "SELECT id, code, promo FROM link WHERE ambassador_id = ?", (who.row,)
    )
    for row, code, promo in rows:
        link.run(
            "UPDATE link SET code = ?, promo = ?, destination = NULL, utm = '{}'"
            " WHERE id = ?",
            (named.ids[code], named.ids[promo] if promo else None, row),
        )
    done.tables["link"] += len(rows)
    done.tables["click"] += link.run(
        "UPDATE click SET agent = NULL, referrer = NULL, visitor = NULL"
        f" WHERE link_id IN ({LINKS})",
        (who.row,),
    )


def _applications(link: Link, who: Person, done: Erased) -> None:
    names = ("id", "slug", "email", "platform", "handle")
    for row in link.all(f"SELECT {', '.join(names)} FROM application"):
        one: dict[str, Any] = dict(zip(names, row, strict=True))
        if applied(one, who):
            done.tables["application"] += link.run(
                "UPDATE application SET slug = ?, name = ?, platform = NULL,"
                " handle = NULL, email = NULL, reason = NULL, criteria = '{}',"
                " team = NULL WHERE id = ?",
                (done.slug, done.slug, one["id"]),
            )


def _payloads(link: Link, who: Person, done: Erased) -> None:
    """What brought them is read again when it comes again, so that it can be said how
    much of it is theirs; files that figures rest on are named no more."""
    brought = payloads(gather(link, Wish("their_posts"), ()))
    done.tables["payload"] += link.run(
        f"UPDATE payload SET stamp = NULL, digest = '' WHERE id IN ({brought})"
    )
    link.many(
        "UPDATE payload SET label = 'correction' WHERE label = ?",
        [(f"correction of {post[1]} {post[2]}",) for post in who.posts],
    )
    done.tables["evidence"] += link.run(
        "UPDATE evidence SET file = ?, digest = '', note = NULL"
        f" WHERE payload_id IN ({brought})",
        (GONE,),
    )
