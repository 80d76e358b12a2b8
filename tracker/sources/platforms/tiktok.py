"""TikTok, Display API: videos of the account that a token belongs to.

From the reference pages of /v2/video/query/ and /v2/video/list/, error handling and
rate limits: 20 ids a query, 20 videos a page, 600 calls a minute of each. Errors stand
in an envelope of their own, at times with a status of 200. A video that is not in the
answer is deleted, private or another account's: unknown, not zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from tracker.model import handle_key
from tracker.sources.base import (
    Batch,
    KnownPost,
    Payload,
    Questions,
    Surroundings,
)
from tracker.sources.calls import Answer, Call
from tracker.sources.platforms import answers, settings, tiktokerrors
from tracker.sources.platforms.api import Api, Pages
from tracker.sources.platforms.found import Found, Marks, in_order
from tracker.sources.platforms.items import Rows, when
from tracker.sources.platforms.manner import (
    Limit,
    bearer,
    span,
    together,
)
from tracker.sources.platforms.settings import Own, Settings

METRICS = ("views", "likes", "comments", "shares")
FIELDS = {
    "post_id": "id",
    "url": "share_url",
    "caption": "video_description",
    "published_at": "create_time",
    "views": "view_count",
    "likes": "like_count",
    "comments": "comment_count",
    "shares": "share_count",
}
WANTED = ",".join(FIELDS.values())
#: Ids of a query, and videos of a page.
TOGETHER = 20
QUERIES = Limit("query", 600, tiktokerrors.MINUTE)
LISTS = Limit("list", 600, tiktokerrors.MINUTE)

_OWNER = re.compile(r"https://(?:www\.)?tiktok\.com/@([^/?#]+)/", re.ASCII)

OWN = (Own("handle"),)
OPTIONS = settings.keys(own=OWN)


def factory(
    name: str, options: Mapping[str, Any], surroundings: Surroundings
) -> TikTokSource:
    """A tiktok source; ConfigError names every problem of its settings."""
    return TikTokSource(settings.read("tiktok", name, options, surroundings, own=OWN))


class TikTokSource:
    """Asks TikTok for the videos of one account. See sources/base.py."""

    kind = "tiktok"

    def __init__(self, made: Settings) -> None:
        self.name, self.settings = made.name, made
        self.policy = made.policy("tiktok", METRICS)
        self.fingerprint = made.fingerprint

    def ask(self, questions: Questions, bookmark: str | None) -> Iterator[Payload]:
        with tiktokerrors.opened(self.settings) as api:
            talk = _Talk(self.settings, api, questions, Marks(bookmark))
            if self.settings.discover and questions.handles:
                yield from talk.new_videos()
            yield from talk.known_videos()

    def parse(self, payload: Payload) -> Iterator[Batch]:
        _, value = answers.opened(payload)
        rows = Rows(payload, "tiktok", FIELDS)
        items = answers.listed(payload, value, "data.videos", needed=True)
        for line, item in enumerate(items, 1):
            handle = self.settings.own["handle"] or _owner(item)
            rows.add(line, item, handle=handle)
        yield rows.batch()


def _owner(item: Any) -> str | None:
    """Whose video it is: only its address tells."""
    found = _OWNER.match(answers.text_at(item, "share_url") or "")
    return found[1] if found else None


@dataclass
class _Talk:
    """One run. read: videos that the list has told the figures of."""

    settings: Settings
    api: Api
    questions: Questions
    marks: Marks

    def __post_init__(self) -> None:
        self.headers = bearer(self.settings)
        self.read: set[str] = set()
        self.handle: str | None = self.settings.own["handle"]
        self.enrolled = {handle_key(a.handle) for a in self.questions.handles}

    # -- new videos ---------------------------------------------------------------

    def new_videos(self) -> Iterator[Payload]:
        """Pages of the account's videos, newest first, down to the first without
        anything new; the mark moves with the last of them."""
        due = {post.post_id for post in self.questions.posts}
        told: list[tuple[Answer, str]] = []
        new: list[Found] = []
        for answer, label, shown in self._pages():
            fresh = [f for f in shown if self.marks.is_new(f, self.settings.since)]
            new += fresh
            if fresh or any(each.post_id in due for each in shown):
                told.append((answer, label))
                self.read |= {each.post_id for each in shown}
            if shown and not fresh:
                break
        mark = self.marks.move(in_order(new)) if new else None
        for number, (answer, label) in enumerate(told, 1):
            done = mark if number == len(told) else None
            yield answers.payload(answer, label, bookmark=done)

    def _pages(self) -> Iterator[tuple[Answer, str, list[Found]]]:
        pages, cursor = Pages(self.settings.subject, "videos of the account"), None
        while True:
            LISTS.spend(self.questions.purse)
            answer = self.api.send(self._list(cursor))
            value = answers.value_of(answer, self.settings.subject, pages.label)
            shown = list(self._shown(value))
            if any(not self._enrolled(each) for each in shown):
                return
            yield answer, pages.label, shown
            cursor = answers.at(value, "data.cursor")
            more = answers.at(value, "data.has_more") is True
            if not pages.go_on(str(cursor) if more and type(cursor) is int else None):
                return

    def _list(self, cursor: Any) -> Call:
        body = {"max_count": TOGETHER} | ({} if cursor is None else {"cursor": cursor})
        return self._post("/v2/video/list/", body)

    def _shown(self, value: Any) -> Iterator[Found]:
        for item in answers.objects_at(value, "data.videos"):
            video = answers.text_at(item, "id")
            moment = when(answers.at(item, "create_time") or "")
            name = handle_key(self.handle or _owner(item) or "")
            if video:
                yield Found(video, name, moment if isinstance(moment, int) else None)

    def _enrolled(self, found: Found) -> bool:
        """Is its account enrolled, or not told?"""
        return not found.account or found.account in self.enrolled

    # -- known videos ---------------------------------------------------------------

    def known_videos(self) -> Iterator[Payload]:
        due = [
            post.post_id
            for post in self.questions.posts
            if tiktokerrors.VIDEO.fullmatch(post.post_id)
            and post.post_id not in self.read
            and self._own(post)
        ]
        calls = (self._query(start, ids) for start, ids in together(due, TOGETHER))
        for answer in self.api.each(calls):
            start, ids = cast("tuple[int, Sequence[str]]", answer.call.tag)
            label = span("videos", start, ids, due)
            yield answers.payload(answer, label, asked=ids)

    def _own(self, post: KnownPost) -> bool:
        """May the token see it? With `handle` set, that account's videos alone."""
        if self.handle is None or post.handle is None:
            return True
        return handle_key(post.handle) == handle_key(self.handle)

    def _query(self, start: int, ids: Sequence[str]) -> Call:
        QUERIES.spend(self.questions.purse)
        body = {"filters": {"video_ids": list(ids)}}
        return self._post("/v2/video/query/", body, (start, ids))

    def _post(self, path: str, body: Mapping[str, Any], tag: object = None) -> Call:
        params = [("fields", WANTED)]
        return self.api.post(path, body, params, headers=self.headers, tag=tag)
