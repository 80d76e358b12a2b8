"""X: public figures of posts, and new posts of enrolled accounts, by API v2.

From docs.x.com and its OpenAPI description: 100 posts a call; each post read is billed
once a UTC day, each account looked up once; a limit names its end in
`x-rate-limit-reset` (epoch seconds) and never in `Retry-After`. Posts that are deleted
or protected stand in `errors` of an answer that is otherwise sound. Version 2.167 of
the description calls `tweet.fields` `post.fields`, and reposts so: both are understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tracker.model import iso
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
from tracker.sources.platforms.answers import Sort
from tracker.sources.platforms.api import Api, Pages
from tracker.sources.platforms.items import Rows
from tracker.sources.platforms.manner import (
    Limit,
    Manner,
    bearer,
    handle_gone,
    resets,
    span,
    together,
)
from tracker.sources.platforms.settings import DAY, Own, Settings

FIELDS = {
    "post_id": "id",
    "published_at": "created_at",
    "caption": "text",
    "impressions": "public_metrics.impression_count",
    "likes": "public_metrics.like_count",
    "comments": "public_metrics.reply_count",
    "shares": "public_metrics.retweet_count",
    "quotes": "public_metrics.quote_count",
    "saves": "public_metrics.bookmark_count",
}
METRICS = ("impressions", "likes", "comments", "shares", "quotes", "saves")

#: Posts in a call, and of a page of an account's posts.
TOGETHER = 100
#: Dollars a post, and posts that cost as much as an account. docs.x.com, Pricing.
PRICE = Decimal("0.005")
ACCOUNT = 2
#: How far back the first look at an account goes, in ms, unless `since` says.
FIRST_LOOK = 30 * DAY
UTC_DAY = Window(zone="UTC")
QUARTER = Window(900_000)
LOOKUPS = Limit("lookups", 3_500, QUARTER)
TIMELINES = Limit("timelines", 10_000, QUARTER)
ACCOUNTS = Limit("accounts", 300, QUARTER)

#: What X takes for an id; anything else would fail the whole call.
_ID = re.compile(r"[0-9]{1,25}", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9_]{1,15}", re.ASCII)
_BUDGET = re.compile(r"(\d{1,9}) posts|\$(\d{1,6}(?:\.\d{1,2})?)", re.ASCII)


def _budget(value: Any) -> int:
    """Posts a day, from posts or dollars."""
    found = _BUDGET.fullmatch(value) if isinstance(value, str) else None
    posts = 0
    if found:
        posts = int(found[1]) if found[1] else int(Decimal(found[2]) / PRICE)
    if posts < 2 * TOGETHER:
        raise ValueError('must be for a day, from "200 posts" or "$1" on')
    return posts


def _reason(said: Mapping[str, Any]) -> str:
    return str(said.get("title") or answers.at(said, "errors.0.title") or "")


def _wait(answer: Answer) -> int | None:
    """A cap on a month's posts is no rate: it is looked at again tomorrow."""
    if _reason(answers.envelope(answer)) == "UsageCapExceeded":
        return answers.next_midnight(answer.at, "UTC")
    return resets(answer)


ADDRESS = "https://api.x.com"
MANNER = Manner(
    _reason,
    {"UsageCapExceeded": Sort.WAIT, "CreditsDepleted": Sort.PERSON},
    _wait,
    "Check the app, its plan and its credits at console.x.com, then resume the source",
)
OWN = (Own("budget", _budget, 2_000),)
OPTIONS = settings.keys(own=OWN)


def factory(
    name: str, options: Mapping[str, Any], surroundings: Surroundings
) -> XSource:
    """An x source; ConfigError names every problem of its settings."""
    return XSource(settings.read("x", name, options, surroundings, own=OWN))


class XSource:
    """Asks X. See sources/base.py."""

    kind = "x"

    def __init__(self, made: Settings) -> None:
        self.name, self.settings = made.name, made
        self.policy = made.policy("x", METRICS)
        self.fingerprint = made.fingerprint
        #: What the last run found besides answers, for a person.
        self.notices: list[str] = []

    def ask(self, questions: Questions, bookmark: str | None) -> Iterator[Payload]:
        self.notices = []
        with MANNER.open(self.settings, ADDRESS) as api:
            talk = _Talk(
                self.settings, api, questions, marks.read(bookmark), self.notices
            )
            if self.settings.discover:
                for account in questions.handles:
                    yield from talk.new_posts(account.handle.strip().lstrip("@"))
            yield from talk.known_posts()

    def parse(self, payload: Payload) -> Iterator[Batch]:
        _, value = answers.opened(payload)
        names = {
            user.get("id"): answers.text_at(user, "username")
            for user in answers.objects_at(value, "includes.users")
        }
        rows = Rows(payload, "x", FIELDS)
        for line, item in enumerate(answers.listed(payload, value, "data"), 1):
            name = names.get(answers.text_at(item, "author_id"))
            rows.add(line, item, handle=name, url=_url(item, name), **_renamed(item))
        yield rows.batch()


def _url(item: Any, name: str | None) -> str | None:
    number = answers.text_at(item, "id")
    return f"https://x.com/{name or 'i/web'}/status/{number}" if number else None


def _renamed(item: Any) -> dict[str, Any]:
    """Reposts by their newer name."""
    found = answers.at(item, "public_metrics.repost_count")
    return {} if found is None else {"shares": found}


@dataclass
class _Talk:
    """One run. said: by handle, the account's id and its newest post."""

    settings: Settings
    api: Api
    questions: Questions
    said: dict[str, Any]
    notices: list[str]
    fields: str = "tweet.fields"
    found: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.headers = bearer(self.settings)

    # -- new posts ----------------------------------------------------------------

    def new_posts(self, handle: str) -> Iterator[Payload]:
        """Pages of an account's posts, newest first, back to the newest one known.

        Where to go on from stands on the last page: a run that is cut off before
        begins again.
        """
        if not _NAME.fullmatch(handle):
            return
        if handle.lower() not in self.said:
            answer = self._account(handle)
            value = answers.value_of(answer, self.settings.subject, f"@{handle}")
            number = answers.text_at(value, "data.id")
            if number is None:
                self.notices.append(handle_gone(self.settings, handle))
                return
            self.said[handle.lower()] = [number, ""]
        yield from self._pages(handle, *self.said[handle.lower()])

    def _pages(self, handle: str, number: str, newest: str) -> Iterator[Payload]:
        pages = Pages(self.settings.subject, f"posts of @{handle}")
        cursor, top, more = None, newest, True
        while more:
            answer = self._timeline(number, newest, cursor)
            value = answers.value_of(answer, self.settings.subject, pages.label)
            self._note(value)
            top = max(top, answers.text_at(value, "meta.newest_id") or "", key=_order)
            cursor = answers.text_at(value, "meta.next_token")
            if cursor is None:
                self.said[handle.lower()] = [number, top]
            done = None if cursor else marks.write(self.said)
            yield answers.payload(answer, pages.label, bookmark=done)
            more = pages.go_on(cursor)

    def _account(self, handle: str) -> Answer:
        ACCOUNTS.spend(self.questions.purse)
        self._pay(ACCOUNT)
        call = self.api.get(f"/2/users/by/username/{handle}", headers=self.headers)
        return self.api.send(call, MANNER.judge(self.settings, also=(404,)))

    def _timeline(self, number: str, newest: str, cursor: str | None) -> Answer:
        TIMELINES.spend(self.questions.purse)
        self._pay(TOGETHER)
        params = [("max_results", str(TOGETHER)), ("exclude", "retweets")]
        params.append(("since_id", newest) if newest else ("start_time", self._first()))
        if cursor:
            params.append(("pagination_token", cursor))
        return self._asked(f"/2/users/{number}/tweets", params, TOGETHER)

    def _first(self) -> str:
        since = self.settings.since or self.questions.now - FIRST_LOOK
        return str(iso(since // 1000 * 1000))

    # -- known posts --------------------------------------------------------------

    def known_posts(self) -> Iterator[Payload]:
        due = [
            post
            for post in self.questions.posts
            if _ID.fullmatch(post.post_id) and post.post_id not in self.found
        ]
        for start, posts in together(due, TOGETHER):
            ids = [post.post_id for post in posts]
            LOOKUPS.spend(self.questions.purse)
            cost = sum(not self._paid(post) for post in posts)
            self._pay(cost)
            answer = self._asked("/2/tweets", [("ids", ",".join(ids))], cost)
            label = span("posts", start, posts, due)
            yield answers.payload(answer, label, asked=ids)

    def _paid(self, post: KnownPost) -> bool:
        """Was it read today (UTC) already?"""
        return post.asked_at is not None and (
            post.asked_at // DAY == self.questions.now // DAY
        )

    # -- both ---------------------------------------------------------------------

    def _asked(
        self, path: str, params: Sequence[tuple[str, str]], reserved: int
    ) -> Answer:
        """Posts, with what is wanted of each; what is not billed is given back."""
        readable = MANNER.judge(self.settings, also=(400,))
        answer = self.api.send(self._call(path, params), readable)
        if answer.status == 400:
            answer = self.api.send(self._call(path, self._mended(answer, params)))
        told = answers.objects_at(answers.envelope(answer), "data")
        if answer.at // DAY == self.questions.now // DAY:  # reserved the same day
            self._pay(min(0, len(told) - reserved))
        return answer

    def _call(self, path: str, params: Sequence[tuple[str, str]]) -> Call:
        wanted = (
            (self.fields, "created_at,public_metrics"),
            ("expansions", "author_id"),
            ("user.fields", "username"),
        )
        return self.api.get(path, [*params, *wanted], headers=self.headers)

    def _mended(
        self, answer: Answer, params: Sequence[tuple[str, str]]
    ) -> list[tuple[str, str]]:
        """The parameters without what X refuses and says so: ids that it takes for
        none, and the older name of the fields."""
        bad: dict[str, Any] = {}
        for each in answers.objects_at(answers.envelope(answer), "errors"):
            bad.update(each.get("parameters") or {})
        mended = []
        for name, text in params:
            refused = bad.get(name) if name == "ids" else None
            kept = [i for i in text.split(",") if i not in (refused or ())]
            mended.append((name, ",".join(kept)))
        if self.fields in bad:
            self.fields = "post.fields"
        elif mended == list(params) or not all(text for _, text in mended):
            raise MANNER.trouble(self.settings, answer)
        return mended

    def _note(self, value: Any) -> None:
        items = answers.objects_at(value, "data")
        self.found |= {i for item in items if (i := answers.text_at(item, "id"))}

    def _pay(self, posts: int) -> None:
        if posts:
            budget: int = self.settings.own["budget"]
            self.questions.purse.spend("posts", posts, budget, UTC_DAY)


def _order(number: str) -> tuple[int, str]:
    """Ids are numbers of any length: the longer one is the larger one."""
    return len(number), number
