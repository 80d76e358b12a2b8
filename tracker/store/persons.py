"""Everything that is kept of one person, table by table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tracker.errors import RosterError, nearest
from tracker.model import handle_key
from tracker.store.archive.gather import Wish, gather
from tracker.store.database import Database, Link
from tracker.store.redaction import Redaction

#: Tables whose rows belong to a person, by the column that says so.
THEIRS = {
    "handles": ("handle", "ambassador_id"),
    "enrolments": ("enrolment", "ambassador_id"),
    "turns": ("turn", "ambassador_id"),
    "consents": ("consent", "ambassador_id"),
    "contracts": ("contract", "ambassador_id"),
    "goods": ("goods", "ambassador_id"),
    "links": ("link", "ambassador_id"),
    "costs": ("cost", "ambassador_id"),
    "feedback": ("feedback", "ambassador_id"),
    "missions": ("mission_mark", "ambassador_id"),
    "edition": ("edition", "ambassador_id"),
}
#: Tables with a row a post of theirs.
OF_POSTS = {
    "readings": "reading",
    "readings_before": "reading_past",
    "disagreements": "disagreement",
    "corrections": "correction",
    "disclosure_overrides": "disclosure_override",
    "disclosure_acts": "disclosure_act",
}
#: Rows of their posts and links, once `gather` has looked them up.
POSTS = "SELECT post FROM their_posts"
LINKS = "SELECT id FROM link WHERE ambassador_id = ?"


@dataclass(frozen=True)
class Person:
    """row: the ambassador's. own: handles that nobody else has or had. posts: row,
    platform, id, address and caption of each. codes: of links, and promo codes."""

    row: int
    slug: str
    name: str
    email: str | None
    handles: tuple[tuple[str, str], ...]
    own: frozenset[tuple[str, str]]
    posts: tuple[tuple[Any, ...], ...]
    codes: tuple[str, ...]

    @property
    def keys(self) -> set[tuple[str, str]]:
        """Platform and key of every handle."""
        return {(platform, handle_key(name)) for platform, name in self.handles}

    def called(self) -> tuple[str, ...]:
        """What they are called: name, id, address, handles with and without @."""
        found = [self.name, self.slug, self.email or ""]
        for platform, handle in self.handles:
            if (platform, handle_key(handle)) in self.own:
                found += [handle.strip(), handle.strip().removeprefix("@")]
        return tuple(dict.fromkeys(text for text in found if text))

    def redaction(self) -> Redaction:
        """Finds them; what would stand in their place does not matter."""
        ids = [text for post in self.posts for text in post[2:4] if text]
        return Redaction(
            dict.fromkeys(self.called(), "erased"),
            dict.fromkeys([*ids, *self.codes], "erased"),
        )


def find(link: Link, slug: str) -> Person:
    """Who it is, with their posts in the temporary table `their_posts`. Raises
    RosterError NO_PERSON."""
    row = link.one("SELECT id, name, email FROM ambassador WHERE slug = ?", (slug,))
    if row is None:
        known = [name for (name,) in link.all("SELECT slug FROM ambassador")]
        raise RosterError(
            "NO_PERSON",
            "privacy",
            f'there is no person "{slug}"',
            "Nothing was written or erased",
            nearest(slug, known),
        )
    number = int(row[0])
    handles = link.all(
        "SELECT platform, handle FROM handle WHERE ambassador_id = ? ORDER BY id",
        (number,),
    )
    others = link.all(
        'SELECT platform, "key" FROM handle WHERE ambassador_id <> ?', (number,)
    )
    keys = {(platform, handle_key(name)) for platform, name in handles}
    return Person(
        number,
        slug,
        row[1],
        row[2],
        tuple((platform, name) for platform, name in handles),
        frozenset(keys - {(platform, key) for platform, key in others}),
        _posts(link, number, keys),
        _codes(link, number),
    )


def payloads(readings: str) -> str:
    """The question which payloads brought their readings. readings: the relation in
    which all of these are."""
    return " UNION ".join(
        f"SELECT payload_id FROM {table} WHERE post_id IN ({POSTS})"
        for table in (readings, "reading_past", "disagreement")
    )


def _posts(
    link: Link, number: int, keys: set[tuple[str, str]]
) -> tuple[tuple[Any, ...], ...]:
    """Those that count for them; and, of posts that count for nobody because nothing
    is known of them any more, those of their handles."""
    import polars as pl

    from tracker.store import bulk

    known = link.all(
        "SELECT post_id FROM attribution WHERE campaign_id = 0 AND ambassador_id = ?",
        (number,),
    )
    bare = link.all(
        "SELECT p.id, p.platform, p.handle FROM post p LEFT JOIN attribution a"
        " ON a.post_id = p.id AND a.campaign_id = 0"
        " WHERE a.post_id IS NULL AND p.handle IS NOT NULL"
    )
    numbers = [row for (row,) in known]
    numbers += [row for row, at, name in bare if (at, handle_key(name)) in keys]
    bulk.wanted(
        link, "their_posts", pl.DataFrame({"post": numbers}, schema={"post": pl.Int64})
    )
    found = link.all(
        "SELECT id, platform, external_id, url, caption FROM post"
        f" WHERE id IN ({POSTS}) ORDER BY id"
    )
    return tuple(found)


def _codes(link: Link, number: int) -> tuple[str, ...]:
    rows = link.all("SELECT code, promo FROM link WHERE ambassador_id = ?", (number,))
    return tuple(text for row in rows for text in row if text)


# -- export ----------------------------------------------------------------------------


def export(database: Database, slug: str) -> tuple[dict[str, Any], Person]:
    """Values as stored, a list for each kind of record. Raises RosterError."""
    with database.reading() as link:
        who = find(link, slug)
        named = who.redaction()
        found: dict[str, Any] = {
            "person": _rows(link, "ambassador", "id = ?", who.row)[0]
        }
        for kind, (table, column) in THEIRS.items():
            found[kind] = _rows(link, table, f"{column} = ?", who.row)
        found["costs"] += _planned(link, who)
        found["applications"] = list(_applications(link, who))
        found["posts"] = _rows(link, "post", f"id IN ({POSTS})")
        readings = gather(link, Wish("their_posts"))
        for kind, table in OF_POSTS.items():
            known = readings if kind == "readings" else table
            found[kind] = _rows(link, known, f"post_id IN ({POSTS})")
        found["evidence"] = _rows(
            link, "evidence", f"payload_id IN ({payloads(readings)})"
        )
        found["clicks"] = _rows(link, "click", f"link_id IN ({LINKS})", who.row)
        found["audience"] = list(_audience(link, who))
        found["outcomes"] = list(_outcomes(link, who, named))
        found["outcome_words"] = list(_words(link, found["outcomes"]))
        found["history"] = list(_history(link, who, named))
        found["quarantine"] = list(_quarantine(link, named))
        found["deliveries"] = list(_deliveries(link, named))
        found["past"] = list(_past(link, who))
        found["audit"] = _rows(link, "audit", "subject LIKE ?", f"%person {who.row}")
    return found, who


def _rows(link: Link, table: str, where: str, *values: Any) -> list[dict[str, Any]]:
    cursor = link.connection.cursor()
    sql = f"SELECT * FROM {table} WHERE {where}"
    if link.dialect != "sqlite":
        sql = sql.replace("%", "%%").replace("?", "%s")
    cursor.execute(sql, tuple(values))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _planned(link: Link, who: Person) -> list[dict[str, Any]]:
    """Costs of theirs that stand in a campaign file."""
    return [
        {"campaign": slug, **block}
        for slug, plan in link.all("SELECT slug, plan FROM campaign ORDER BY slug")
        for block in json.loads(plan).get("cost") or ()
        if block.get("ambassador") == who.slug
    ]


def applied(row: dict[str, Any], who: Person) -> bool:
    """Is it an application of theirs?"""
    handle = (row["platform"], handle_key(row["handle"] or ""))
    same_address = who.email and (row["email"] or "").casefold() == who.email.casefold()
    return row["slug"] == who.slug or bool(same_address) or handle in who.keys


def _applications(link: Link, who: Person) -> Iterator[dict[str, Any]]:
    rows = _rows(link, "application", "1 = 1")
    return (row for row in rows if applied(row, who))


def _audience(link: Link, who: Person) -> Iterator[dict[str, Any]]:
    for row in _rows(link, "audience", "1 = 1"):
        if (row["platform"], handle_key(row["handle"])) in who.keys:
            yield row


def of_event(data: str, who: Person, named: Redaction) -> bool:
    """Does an outcome or click name them, or come by their link or code?"""
    said = json.loads(data)
    if not isinstance(said, dict):
        return named.named(data)
    if said.get("ambassador") == who.slug:
        return True
    return any(code in who.codes for code in codes_of(said))


def codes_of(said: dict[str, Any]) -> list[str]:
    """Links and promo codes of an outcome or click."""
    links = said.get("link") or []
    some = links.split("|") if isinstance(links, str) else links
    return [str(code) for code in (said.get("code"), *some) if code]


def _outcomes(link: Link, who: Person, named: Redaction) -> Iterator[dict[str, Any]]:
    for row in _rows(link, "event", "1 = 1"):
        if of_event(row["data"], who, named) or named.clean(row["data"]) != row["data"]:
            yield row


def _words(link: Link, outcomes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What people said of outcomes of theirs."""
    theirs = {row["id"] for row in outcomes}
    rows = _rows(link, "outcome_word", "1 = 1")
    return (row for row in rows if row["event_id"] in theirs)


def _history(link: Link, who: Person, named: Redaction) -> Iterator[dict[str, Any]]:
    """What rows of theirs, or with their names, were before they were changed."""
    posts = {post[0] for post in who.posts}
    for row in _rows(link, "past", "1 = 1"):
        before = json.loads(row["before"] or "null") or {}
        key = json.loads(row["key"])
        mine = (
            before.get("ambassador_id") == who.row
            or before.get("post_id") in posts
            or (row["of"] == "ambassador" and key["id"] == who.row)
            or (row["of"] == "post" and key["id"] in posts)
        )
        if mine or named.clean_value([key, before]) != [key, before]:
            yield {**row, "key": key, "before": before or None}


def _quarantine(link: Link, named: Redaction) -> Iterator[dict[str, Any]]:
    for row in _rows(link, "reject", "1 = 1"):
        if named.row_named(f"{row['raw']}\n{row['reason']}"):
            yield row


def _deliveries(link: Link, named: Redaction) -> Iterator[dict[str, Any]]:
    for row in _rows(link, "delivery", "1 = 1"):
        body = body_text(row["body"])
        if named.row_named(body):
            yield {**row, "body": body}


def _past(link: Link, who: Person) -> Iterator[dict[str, Any]]:
    """What rows of theirs were before they were changed."""
    posts = {post[0] for post in who.posts}
    for row in _rows(link, "past", "before IS NOT NULL"):
        before = json.loads(row["before"])
        own = row["of"] == "ambassador" and before["id"] == who.row
        own = own or before.get("ambassador_id") == who.row
        if own or (row["of"] == "post" and before["id"] in posts):
            yield {**row, "key": json.loads(row["key"]), "before": before}


def body_text(body: bytes | str) -> str:
    """Bytes as far as they are text, escapes of JSON resolved."""
    text = body if isinstance(body, str) else bytes(body).decode("utf-8", "replace")
    if "\\u" not in text and "\\/" not in text:
        return text
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return text
