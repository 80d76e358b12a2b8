"""A copy of a database without names and money: for a client, who may see neither.

People are signs (`A-07`), which stay the same as long as the roster does; so are their
accounts, posts, links and codes. Of what is written only the words stay by which posts
count and are judged. Money is taken out of the plan and of every row. What is made
from such a copy can hold none of it, whatever page it is.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.model import handle_key
from tracker.store import scrub
from tracker.store.again import whole
from tracker.store.counting import Words
from tracker.store.database import Database, Link
from tracker.store.redaction import Redaction
from tracker.store.suppression import key, mark

#: Parts of a plan that are about money, wherever they stand in it.
MONEY = {"budget", "cost", "commission", "benchmark", "fee", "amount", "price"}
#: Texts and sums that go from every row.
BLANK = (
    "DELETE FROM cost",
    "DELETE FROM goods",
    "DELETE FROM evidence",
    "UPDATE ambassador SET email = NULL",
    "UPDATE enrolment SET fee = NULL, currency = NULL",
    "UPDATE contract SET ref = 'c' || id, note = NULL, objective = NULL",
    "UPDATE contract SET amount = NULL, currency = NULL",
    "UPDATE consent SET note = NULL",
    "UPDATE application SET slug = 'c' || id, name = 'c' || id, handle = NULL",
    "UPDATE application SET email = NULL, reason = NULL, criteria = '{}', actor = NULL",
    "UPDATE turn SET reason = NULL, actor = ''",
    "UPDATE mission_mark SET reason = '', actor = ''",
    "UPDATE outcome_word SET reason = '', actor = ''",
    "UPDATE correction SET reason = '', actor = ''",
    "UPDATE disclosure_override SET reason = '', actor = ''",
    "UPDATE disclosure_act SET note = NULL, actor = ''",
    "UPDATE finding_state SET reason = NULL, actor = ''",
    "UPDATE feedback SET said = '', answer = CASE WHEN answer IS NOT NULL THEN '' END",
    "UPDATE reject SET raw = '', reason = code",
    "UPDATE payload SET label = 'file ' || id, stamp = NULL, digest = ''",
    "UPDATE payload SET error = NULL, header = NULL",
    "UPDATE source SET reason = NULL, bookmark = NULL",
    "UPDATE run SET error = NULL, notices = NULL",
    "UPDATE click SET referrer = NULL, visitor = NULL, external_id = 'c' || id",
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Signs:
    """What stands instead: of people by row, of accounts by platform and key, of links
    and promo codes, of posts by row."""

    people: Mapping[int, str]
    accounts: Mapping[tuple[str, str], str]
    codes: Mapping[str, str]
    posts: Mapping[int, str]

    def account(self, platform: str, handle: str | None) -> str | None:
        return handle and self.accounts[platform, handle_key(handle)]


@whole
def secret(database: Database) -> bytes:
    """What the order of the signs depends on; kept, so that it stays."""
    with database.writing() as link:
        return key(link)


def folded(text: str) -> frozenset[str]:
    """The words of a text, in small letters and without accents."""
    return frozenset(map(_bare, _WORD.findall(text)))


def _bare(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


@whole
def hide(
    database: Database, secret: bytes, kept: Iterable[str], priced: Iterable[str]
) -> Redaction:
    """Take names and money out of a copy; what finds the names in other texts.

    secret: what the order of the signs depends on. kept: words of captions that
    posts are judged by, as `folded` makes them. priced: metrics of a plan that are
    money.
    """
    with database.writing() as link:
        signs = _signs(link, secret)
        named = _redaction(link, signs)
        programme = Words.read(link)
        for statement in BLANK:
            link.run(statement)
        _captions(link, frozenset(kept), programme)
        _posts(link, signs)
        _people(link, signs)
        _links(link, signs)
        _events(link, named)
        _plans(link, named, frozenset(priced))
        scrub.everything(link, named, Counter())
    return named


# -- signs ---------------------------------------------------------------------------


def _signs(link: Link, secret: bytes) -> Signs:
    people = link.all("SELECT id, slug FROM ambassador")
    shuffled = sorted(people, key=lambda one: mark(secret, "client", one[1]))
    wide = max(2, len(str(len(people))))
    who = {row: f"A-{n:0{wide}d}" for n, (row, _) in enumerate(shuffled, 1)}
    codes = sorted(
        {
            code
            for row in link.all("SELECT code, promo FROM link")
            for code in row
            if code
        },
        key=lambda code: mark(secret, "client", code),
    )
    posts = link.all("SELECT id FROM post ORDER BY platform, external_id")
    return Signs(
        who,
        _accounts(link, who),
        {code: f"code-{n:04d}" for n, code in enumerate(codes, 1)},
        {row: f"p{n:07d}" for n, (row,) in enumerate(posts, 1)},
    )


def _accounts(link: Link, who: Mapping[int, str]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    held: Counter[tuple[int, str]] = Counter()
    for row, platform, handle in link.all(
        "SELECT ambassador_id, platform, handle FROM handle ORDER BY id"
    ):
        held[row, platform] += 1
        number = held[row, platform]
        sign = who[row].lower() + (f"-{number}" if number > 1 else "")
        found.setdefault((platform, handle_key(handle)), sign)
    others = link.all(
        "SELECT platform, handle FROM post WHERE handle IS NOT NULL"
        " UNION SELECT platform, handle FROM audience ORDER BY 1, 2"
    )
    for platform, handle in others:
        key = (platform, handle_key(handle))
        found.setdefault(key, f"other-{len(found) + 1}")
    return found


def _redaction(link: Link, signs: Signs) -> Redaction:
    names: dict[str, str] = {}
    for row, slug, name, email in link.all(
        "SELECT id, slug, name, email FROM ambassador"
    ):
        sign = signs.people[row]
        names |= {text: sign for text in (name, email) if text} | {slug: sign.lower()}
    for platform, handle in link.all("SELECT platform, handle FROM handle"):
        bare = handle.strip().removeprefix("@")
        names.setdefault(bare, str(signs.account(platform, handle)))
    ids = dict(signs.codes)
    for row, external, url in link.all("SELECT id, external_id, url FROM post"):
        ids |= {text: signs.posts[row] for text in (external, url) if text}
    return Redaction(names, ids)


# -- rows ----------------------------------------------------------------------------


def _captions(link: Link, kept: frozenset[str], programme: Words) -> None:
    """Words that decide nothing become as many x: lengths and places stay."""

    def masked(found: re.Match[str]) -> str:
        word = found[0]
        return word if _bare(word) in known else "x" * len(word)

    known = kept.union(*(folded(text) for text, _ in programme.found_by))
    rows = link.all("SELECT id, caption FROM post WHERE caption IS NOT NULL")
    link.many(
        "UPDATE post SET caption = ? WHERE id = ?",
        [(_WORD.sub(masked, caption), row) for row, caption in rows],
    )


def _posts(link: Link, signs: Signs) -> None:
    rows = link.all("SELECT id, platform, handle FROM post")
    link.run("UPDATE post SET url = NULL, external_id = '-' || id")
    link.many(
        "UPDATE post SET external_id = ?, handle = ? WHERE id = ?",
        [
            (signs.posts[row], signs.account(at, handle), row)
            for row, at, handle in rows
        ],
    )


def _people(link: Link, signs: Signs) -> None:
    link.run("UPDATE ambassador SET slug = '-' || id")
    link.many(
        "UPDATE ambassador SET slug = ?, name = ? WHERE id = ?",
        [(sign.lower(), sign, row) for row, sign in signs.people.items()],
    )
    rows = link.all("SELECT id, platform, handle FROM handle")
    link.many(
        'UPDATE handle SET handle = ?, "key" = ? WHERE id = ?',
        [
            (sign, handle_key(str(sign)), row)
            for row, platform, handle in rows
            if (sign := signs.account(platform, handle))
        ],
    )
    for platform, handle in link.all("SELECT DISTINCT platform, handle FROM audience"):
        link.run(
            "UPDATE OR REPLACE audience SET handle = ? WHERE platform = ?"
            " AND handle = ?",
            (signs.account(platform, handle), platform, handle),
        )


def _links(link: Link, signs: Signs) -> None:
    rows = link.all("SELECT id, code, promo FROM link")
    link.run("UPDATE link SET code = '-' || id, destination = NULL, utm = '{}'")
    link.many(
        "UPDATE link SET code = ?, promo = ? WHERE id = ?",
        [(signs.codes[code], signs.codes.get(promo), row) for row, code, promo in rows],
    )


def _events(link: Link, named: Redaction) -> None:
    """Of outcomes and clicks what counts, without what they were worth."""
    rows = []
    for row, data in link.all("SELECT id, data FROM event"):
        said = json.loads(data)
        facts = {
            name: value
            for name, value in said.items()
            if name in scrub.FACTS - {"value", "currency", "order", "id"}
        }
        made = named.clean_value(facts)
        rows.append((json.dumps(made, ensure_ascii=False), f"e{row}", row))
    link.many("UPDATE event SET data = ?, external_id = ? WHERE id = ?", rows)


def _plans(link: Link, named: Redaction, priced: frozenset[str]) -> None:
    rows = [
        (json.dumps(named.clean_value(_cheap(json.loads(plan), priced))), row)
        for row, plan in link.all("SELECT id, plan FROM campaign")
    ]
    link.many("UPDATE campaign SET plan = ? WHERE id = ?", rows)


def _cheap(value: Any, priced: frozenset[str]) -> Any:
    """A part of a plan without money, and without who answers for it."""
    if isinstance(value, list):
        return [
            _cheap(each, priced)
            for each in value
            if not (isinstance(each, dict) and each.get("metric") in priced)
        ]
    if not isinstance(value, dict):
        return value
    return {
        name: "-" if name == "owner" else _cheap(each, priced)
        for name, each in value.items()
        if name not in MONEY
    }
