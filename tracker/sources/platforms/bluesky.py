"""Bluesky: public figures of posts, and new posts of enrolled accounts.

By the lexicons app.bsky.feed.getPosts (25 addresses a call), getAuthorFeed (a hundred
a page) and com.atproto.identity.resolveHandle, at the public service that needs no key.
There are no views: Bluesky does not count them. A post's address holds its author's
DID, which outlives names, and its record key, which is the id here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote, urlsplit

from tracker.sources.base import (
    Batch,
    KnownPost,
    Payload,
    Questions,
    Surroundings,
    Window,
)
from tracker.sources.calls import Answer, Call
from tracker.sources.platforms import answers, marks, settings
from tracker.sources.platforms.api import Api, Pages
from tracker.sources.platforms.items import Rows, when
from tracker.sources.platforms.manner import (
    Limit,
    Manner,
    Tag,
    handle_gone,
    reaches_back,
    span,
    tagged,
    together,
)
from tracker.sources.platforms.settings import Settings

FIELDS = {
    "handle": "author.handle",
    "caption": "record.text",
    "likes": "likeCount",
    "comments": "replyCount",
    "shares": "repostCount",
    "quotes": "quoteCount",
    "saves": "bookmarkCount",
}
METRICS = ("likes", "comments", "shares", "quotes", "saves")
POST = "app.bsky.feed.post"
#: What stands for a handle that does not lead back to its account.
INVALID = "handle.invalid"

ADDRESS = "https://public.api.bsky.app"
TOGETHER = 25
PAGE = 100
CALLS = Limit("calls", 3_000, Window(300_000))


def _reason(said: Mapping[str, Any]) -> str:
    return answers.text_at(said, "error") or ""


MANNER = Manner(_reason, {"RateLimitExceeded": answers.Sort.WAIT})
OPTIONS = settings.keys(())


def factory(
    name: str, options: Mapping[str, Any], surroundings: Surroundings
) -> BlueskySource:
    """A bluesky source; ConfigError names every problem of its settings."""
    return BlueskySource(
        settings.read("bluesky", name, options, surroundings, secrets=())
    )


class BlueskySource:
    """Asks Bluesky. See sources/base.py."""

    kind = "bluesky"

    def __init__(self, made: Settings) -> None:
        self.name, self.settings = made.name, made
        self.policy = made.policy("bluesky", METRICS)
        self.fingerprint = made.fingerprint
        #: What the last run found besides answers, for a person.
        self.notices: list[str] = []

    def ask(self, questions: Questions, bookmark: str | None) -> Iterator[Payload]:
        self.notices = []
        said = {"newest": {}, "dids": {}, **marks.read(bookmark)}
        with MANNER.open(self.settings, ADDRESS) as api:
            talk = _Talk(self.settings, api, questions, said, self.notices)
            if self.settings.discover:
                for account in questions.handles:
                    yield from talk.new_posts(account.handle.strip().lstrip("@"))
            yield from talk.known_posts()

    def parse(self, payload: Payload) -> Iterator[Batch]:
        known, value = answers.opened(payload)
        rows, others = Rows(payload, "bluesky", FIELDS), 0
        named = {_key(asked): asked for asked in payload.asked}
        path = "feed" if "feed" in value else "posts"
        items = answers.listed(payload, value, path, needed=True)
        for line, item in enumerate(items, 1):
            if _is_repost(item) or _was_there(item, known.get("newest", "")):
                others += 1
                continue
            post = answers.at(item, "post") if path == "feed" else item
            rows.add(line, post, **_said(post, named))
        yield replace(rows.batch(), ignored=others)


def _is_repost(item: Any) -> bool:
    """Somebody else's post, passed on."""
    return str(answers.at(item, "reason.$type")).endswith("#reasonRepost")


def _was_there(item: Any, newest: str) -> bool:
    """A post of a feed that an earlier look found: it is asked for when it is due."""
    key = _parts(answers.text_at(item, "post.uri") or "")[1]
    return bool(key) and key <= newest


def _said(post: Any, named: Mapping[str, str]) -> dict[str, Any]:
    """What follows from a post's address and its two dates.

    createdAt is the author's own clock; Bluesky sorts by the earlier of the two.
    """
    author, key = _parts(answers.text_at(post, "uri") or "")
    made: dict[str, Any] = {
        "post_id": named.get(key, key) or None,
        "url": f"https://bsky.app/profile/{author}/post/{key}" if key else None,
        "published_at": _earlier(post),
    }
    if answers.text_at(post, "author.handle") == INVALID:
        made["handle"] = None
    return made


def _earlier(post: Any) -> str | None:
    texts = [answers.text_at(post, p) for p in ("record.createdAt", "indexedAt")]
    moments = [(at, text) for text in texts if text and type(at := when(text)) is int]
    return min(moments)[1] if moments else None


def _parts(uri: str) -> tuple[str, str]:
    """Author and record key of a post's at:// address; empty when it is none."""
    parts = uri.removeprefix("at://").split("/")
    if not uri.startswith("at://") or len(parts) != 3 or parts[1] != POST:
        return "", ""
    return parts[0], parts[2]


def _key(post_id: str) -> str:
    """A post's record key, of an id or of an at:// address that stands as one."""
    return _parts(post_id)[1] or post_id


def _author(post: KnownPost) -> str:
    """Whose post it is, by its address or its handle: a DID, a name or nothing."""
    if post.post_id.startswith("at://"):
        return _parts(post.post_id)[0]
    steps = unquote(urlsplit(post.url or "").path).split("/")
    if steps[1:2] == ["profile"] and len(steps) > 2:
        return steps[2]
    return (post.handle or "").strip().lstrip("@")


@dataclass
class _Talk:
    """One run.

    said: `newest`, the key of a handle's newest post, and `dids`, by handle.
    """

    settings: Settings
    api: Api
    questions: Questions
    said: dict[str, Any]
    notices: list[str]

    # -- new posts ----------------------------------------------------------------

    def new_posts(self, handle: str) -> Iterator[Payload]:
        """Pages of an account's feed, newest first, back to the newest one known.

        Where to go on from stands on the last page: a run that is cut off before
        begins again.
        """
        newest = top = str(self.said["newest"].get(handle.lower(), ""))
        pages = Pages(self.settings.subject, f"feed of {handle}")
        cursor, more = None, True
        while more:
            answer = self._feed(handle, cursor)
            if answer.status == 400:
                self.notices.append(handle_gone(self.settings, handle))
                return
            value = answers.value_of(answer, self.settings.subject, pages.label)
            own = [o for o in answers.objects_at(value, "feed") if not _is_repost(o)]
            uris = [_parts(answers.text_at(o, "post.uri") or "") for o in own]
            keys = [key for _, key in uris if key]
            top = max([top, *keys])
            cursor = answers.text_at(value, "cursor")
            if any(key <= newest for key in keys if newest) or reaches_back(
                self.settings, own, "post.indexedAt"
            ):
                cursor = None
            if cursor is None:
                self.said["newest"][handle.lower()] = top
            done = None if cursor else marks.write(self.said)
            known = {"newest": newest} if newest else None
            yield answers.payload(answer, pages.label, known=known, bookmark=done)
            more = pages.go_on(cursor)

    def _feed(self, handle: str, cursor: str | None) -> Answer:
        CALLS.spend(self.questions.purse)
        params = [("actor", handle), ("limit", str(PAGE))]
        params.append(("filter", "posts_and_author_threads"))
        if cursor:
            params.append(("cursor", cursor))
        call = self.api.get("/xrpc/app.bsky.feed.getAuthorFeed", params)
        return self.api.send(call, MANNER.judge(self.settings, also=(400,)))

    # -- known posts --------------------------------------------------------------

    def known_posts(self) -> Iterator[Payload]:
        uris = [(post, self._uri(post)) for post in self.questions.posts]
        due = [(post.post_id, uri) for post, uri in uris if uri]
        for answer in self.api.each(self._calls(due)):
            yield tagged(answer)

    def _calls(self, due: list[tuple[str, str]]) -> Iterator[Call]:
        for start, piece in together(due, TOGETHER):
            CALLS.spend(self.questions.purse)
            ids = [post_id for post_id, _ in piece]
            tag = Tag(span("posts", start, piece, due), ids)
            params = [("uris", uri) for _, uri in piece]
            yield self.api.get("/xrpc/app.bsky.feed.getPosts", params, tag=tag)

    def _uri(self, post: KnownPost) -> str | None:
        """The at:// address of a post; None when nobody knows whose it is."""
        author = _author(post)
        did = author if author.startswith("did:") else self._did(author)
        return f"at://{did}/{POST}/{_key(post.post_id)}" if did else None

    def _did(self, handle: str) -> str | None:
        """An account's lasting name, asked for once."""
        if handle not in self.said["dids"]:
            self.said["dids"][handle] = (
                self._resolved(handle) if "." in handle else None
            )
        found: str | None = self.said["dids"][handle]
        return found

    def _resolved(self, handle: str) -> str | None:
        CALLS.spend(self.questions.purse)
        call = self.api.get(
            "/xrpc/com.atproto.identity.resolveHandle", [("handle", handle)]
        )
        answer = self.api.send(call, MANNER.judge(self.settings, also=(400,)))
        did = answers.text_at(answers.envelope(answer), "did")
        if did is None:
            self.notices.append(handle_gone(self.settings, handle))
        return did
