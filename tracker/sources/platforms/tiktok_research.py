"""TikTok, Research API: public videos of any account, for approved researchers.

From the reference page of /v2/research/video/query/: 100 videos a page, at most 30
days from start_date to end_date (UTC), pages by cursor and search_id, 1,000 calls a day
from midnight UTC. Fewer videos than asked for are normal: those that are not in any
page of an answer are unknown, not zero. Figures there may be some days old.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tracker import forms
from tracker.model import handle_key, moment
from tracker.sources.base import (
    Batch,
    KnownPost,
    Payload,
    Questions,
    Surroundings,
    Window,
)
from tracker.sources.calls import Answer
from tracker.sources.platforms import answers, settings
from tracker.sources.platforms.api import Api, Pages
from tracker.sources.platforms.found import Found, Marks, in_order
from tracker.sources.platforms.items import Rows, when
from tracker.sources.platforms.manner import Limit, bearer, together
from tracker.sources.platforms.settings import DAY, Own, Settings
from tracker.sources.platforms.tiktokerrors import VIDEO, judged, opened

METRICS = ("views", "likes", "comments", "shares", "saves")
FIELDS = {
    "post_id": "id",
    "handle": "username",
    "caption": "video_description",
    "published_at": "create_time",
    "views": "view_count",
    "likes": "like_count",
    "comments": "comment_count",
    "shares": "share_count",
    "saves": "favorites_count",
}
#: Named one way in the list of fields, the other way in answers; both are read.
SAVES = ("favorites_count", "favourites_count")
#: Videos of a page; ids or names in a condition.
TOGETHER = 100
#: Days from the first to the last of a query.
SPAN = 30
#: How far back the first look goes, in days, unless `since` says.
FIRST_LOOK = 30
#: Videos turn up in the Research API some days after they were made.
LATE = 3 * DAY
UTC_DAY = Window(zone="UTC")

OWN = (Own("quota", forms.count, 1_000),)
OPTIONS = settings.keys(own=OWN)


def factory(
    name: str, options: Mapping[str, Any], surroundings: Surroundings
) -> ResearchSource:
    """A tiktok-research source; ConfigError names every problem of its settings."""
    return ResearchSource(
        settings.read("tiktok-research", name, options, surroundings, own=OWN)
    )


class ResearchSource:
    """Asks TikTok for public videos. See sources/base.py."""

    kind = "tiktok-research"

    def __init__(self, made: Settings) -> None:
        self.name, self.settings = made.name, made
        self.policy = made.policy("tiktok", METRICS)
        self.fingerprint = made.fingerprint
        #: What the last run found besides figures, for a person.
        self.notices: tuple[str, ...] = ()

    def ask(self, questions: Questions, bookmark: str | None) -> Iterator[Payload]:
        with opened(self.settings) as api:
            talk = _Talk(self.settings, api, questions, Marks(bookmark))
            try:
                if self.settings.discover:
                    yield from talk.new_videos()
                yield from talk.known_videos()
            finally:
                self.notices = tuple(talk.notices)

    def parse(self, payload: Payload) -> Iterator[Batch]:
        _, value = answers.opened(payload)
        rows = Rows(payload, "tiktok", FIELDS)
        items = answers.listed(payload, value, "data.videos", needed=True)
        for line, item in enumerate(items, 1):
            saves = (answers.at(item, name) for name in SAVES)
            rows.add(
                line,
                item,
                url=_url(item),
                saves=next((count for count in saves if count is not None), None),
            )
        yield rows.batch()


def _url(item: Any) -> str | None:
    name, video = (answers.text_at(item, key) for key in ("username", "id"))
    return f"https://www.tiktok.com/@{name}/video/{video}" if name and video else None


@dataclass
class _Talk:
    """One run. read: videos whose figures were told; fields: those not refused."""

    settings: Settings
    api: Api
    questions: Questions
    marks: Marks
    notices: list[str] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    fields: list[str] = field(default_factory=lambda: [*FIELDS.values()])

    def __post_init__(self) -> None:
        self.headers = bearer(self.settings)
        self.calls = Limit("calls", self.settings.own["quota"], UTC_DAY)

    def new_videos(self) -> Iterator[Payload]:
        """Videos of enrolled accounts since their marks, span by span of days."""
        names = {handle_key(account.handle) for account in self.questions.handles}
        first = self.settings.since or self.questions.now - FIRST_LOOK * DAY
        for _, some in together(sorted(names), TOGETHER):
            begin = min(max(self.marks.until(n) - LATE, first) for n in some)
            for start, end in _spans(begin, self.questions.now):
                label = f"videos of {len(some)} accounts, {start} to {end}"
                yield from self._asked(label, "username", some, (start, end))

    def known_videos(self) -> Iterator[Payload]:
        """Known videos that are due, those of the same 30 days together."""
        due = [
            post
            for post in self.questions.posts
            if VIDEO.fullmatch(post.post_id) and post.post_id not in self.read
        ]
        for (start, end), posts in _grouped(due):
            for _, some in together(posts, TOGETHER):
                ids = [post.post_id for post in some]
                label = f"{len(ids)} videos, {start} to {end}"
                yield from self._asked(label, "video_id", ids, (start, end), ids)

    def _asked(
        self,
        label: str,
        name: str,
        values: Sequence[str],
        dates: tuple[str, str],
        ids: Sequence[str] = (),
    ) -> Iterator[Payload]:
        """All pages of a query. What was asked for and not found stands in the last;
        so does the mark of each account, of which the pages may come in any order."""
        found: list[Found] = []
        for answer, value, title, last in self._pages(label, name, values, dates):
            found += _shown(value)
            here = {each.post_id for each in found}
            self.read |= here
            mark = self.marks.move(in_order(found)) if last and found else None
            told = answers.at(value, "data.videos") != [] or mark or ids
            if told:  # a page without a video is nothing to keep
                missing = [i for i in ids if last and (i not in here or _in(i, value))]
                yield answers.payload(answer, title, asked=missing, bookmark=mark)

    def _pages(
        self, label: str, name: str, values: Sequence[str], dates: tuple[str, str]
    ) -> Iterator[tuple[Answer, dict[str, Any], str, bool]]:
        """Answers with their values and names, and whether each is the last."""
        condition = {"operation": "IN", "field_name": name, "field_values": [*values]}
        body: dict[str, Any] = {
            "query": {"and": [condition]},
            "start_date": dates[0],
            "end_date": dates[1],
            "max_count": TOGETHER,
        }
        pages, more = Pages(self.settings.subject, label), True
        while more:
            answer, title = self._page(body), pages.label
            value = answers.value_of(answer, self.settings.subject, title)
            cursor = answers.at(value, "data.cursor")
            on = answers.at(value, "data.has_more") is True and type(cursor) is int
            more = pages.go_on(str(cursor) if on else None)
            yield answer, value, title, not more
            body["cursor"] = cursor
            if search := answers.text_at(value, "data.search_id"):
                body["search_id"] = search

    def _page(self, body: Mapping[str, Any]) -> Answer:
        """A page; a field that is refused is asked no more, and costs no other."""
        readable = judged(self.settings, readable=400)
        answer = self._send(body, readable)
        if answer.status == 400 and SAVES[0] in self.fields:
            self.fields.remove(SAVES[0])
            self.notices.append(
                f"notice[METRIC_REFUSED] {self.settings.subject}: tiktok may no longer "
                f"answer {SAVES[0]}. It is left out, the others are kept."
            )
            return self._send(body)
        judged(self.settings)(answer)
        return answer

    def _send(self, body: Mapping[str, Any], judge: Any = None) -> Answer:
        self.calls.spend(self.questions.purse)
        params = [("fields", ",".join(self.fields))]
        path = "/v2/research/video/query/"
        call = self.api.post(path, dict(body), params, headers=self.headers)
        return self.api.send(call, judge)


def _shown(value: Any) -> Iterator[Found]:
    for item in answers.objects_at(value, "data.videos"):
        video = answers.text_at(item, "id")
        at = when(answers.at(item, "create_time") or "")
        name = handle_key(answers.text_at(item, "username") or "")
        if video:
            yield Found(video, name, at if isinstance(at, int) else None)


def _in(video: str, value: Any) -> bool:
    return any(each.post_id == video for each in _shown(value))


def _date(ms: int) -> str:
    return moment(ms).strftime("%Y%m%d")


def _spans(begin: int, end: int) -> Iterator[tuple[str, str]]:
    """Days from begin to end (ms), in spans as long as a query may be."""
    first, last = moment(min(begin, end)).date(), moment(end).date()
    while first <= last:
        until = min(first + timedelta(days=SPAN), last)
        yield first.strftime("%Y%m%d"), until.strftime("%Y%m%d")
        first = until + timedelta(days=1)


def _grouped(
    posts: Iterable[KnownPost],
) -> Iterator[tuple[tuple[str, str], list[KnownPost]]]:
    """Posts by spans of days that hold their publishing, the most pressing first."""
    spans: dict[int, list[KnownPost]] = {}
    for post in posts:
        spans.setdefault(_published(post) // (SPAN * DAY), []).append(post)
    for number, some in spans.items():
        start = number * SPAN * DAY
        yield (_date(start), _date(start + SPAN * DAY - 1)), some


def _published(post: KnownPost) -> int:
    """When a video was made, in ms: an id begins with that second in its upper 32
    bits, as those of other time-ordered ids do."""
    if post.published_at is not None:
        return post.published_at
    return (int(post.post_id) >> 32) * 1000
