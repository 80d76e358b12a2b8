"""YouTube: public figures of videos, and new videos of enrolled channels (Data API v3).

Parameters and shapes: the discovery document youtube.v3. 50 ids a call, a unit a call,
10,000 units a day that begins at midnight in Los Angeles; videos:batchGetStats has a
day's bucket of its own. An id that is not in the answer is deleted, private or blocked.
A count that the owner hides is left out: unknown, not zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from tracker import forms
from tracker.errors import TransientSourceError
from tracker.model import handle_key
from tracker.sources.base import (
    Account,
    Batch,
    Payload,
    Questions,
    Surroundings,
    Window,
)
from tracker.sources.calls import Answer, Call
from tracker.sources.platforms import answers, settings
from tracker.sources.platforms.answers import Sort
from tracker.sources.platforms.api import Api, Pages
from tracker.sources.platforms.found import Found, Marks, in_order
from tracker.sources.platforms.items import Rows, when
from tracker.sources.platforms.manner import Limit, Manner, resets, span, together
from tracker.sources.platforms.settings import Own, Settings

METRICS = ("views", "likes", "comments")
FIELDS = {
    "post_id": "id",
    "published_at": "snippet.publishedAt",
    "views": "statistics.viewCount",
    "likes": "statistics.likeCount",
    "comments": "statistics.commentCount",
}
#: Ids in a call, and videos on a page of a playlist.
TOGETHER = 50
ZONE = "America/Los_Angeles"
DAY = Window(zone=ZONE)
#: Developer policies III.E.4.b: figures are renewed or deleted after 30 days, and
#: III.E.2.h: not put together with other platforms'.
KEEP_DAYS = 30

_VIDEO = re.compile(r"[\w-]{1,64}", re.ASCII)
_CHANNEL = re.compile(r"UC[\w-]{22}", re.ASCII)

ADDRESS = "https://www.googleapis.com"
SORTS = {
    "quotaExceeded": Sort.WAIT,
    "dailyLimitExceeded": Sort.WAIT,
    "rateLimitExceeded": Sort.WAIT,
    "userRateLimitExceeded": Sort.WAIT,
    "RATE_LIMIT_EXCEEDED": Sort.WAIT,
    "RESOURCE_EXHAUSTED": Sort.WAIT,
    "backendError": Sort.AGAIN,
    "internalError": Sort.AGAIN,
    "keyInvalid": Sort.PERSON,
    "API_KEY_INVALID": Sort.PERSON,
    "accessNotConfigured": Sort.PERSON,
    "SERVICE_DISABLED": Sort.PERSON,
    "playlistNotFound": Sort.GONE,
    "channelNotFound": Sort.GONE,
}
#: Reasons that hold until the day ends; the other waits are over in a minute.
DAILY = frozenset({"quotaExceeded", "dailyLimitExceeded", "RESOURCE_EXHAUSTED"})
MINUTE = 60_000


def _reason(said: Mapping[str, Any]) -> str:
    """Google tells it up to three times; the one that we know says most."""
    told = [
        *(each.get("reason") for each in answers.objects_at(said, "error.errors")),
        *(each.get("reason") for each in answers.objects_at(said, "error.details")),
        answers.at(said, "error.status"),
    ]
    words = [word for word in told if isinstance(word, str) and word]
    return next((word for word in words if word in SORTS), "".join(words[:1]))


def _wait(answer: Answer) -> int | None:
    reason = _reason(answers.envelope(answer))
    if reason in DAILY:
        return answers.next_midnight(answer.at, ZONE)
    return resets(answer) or (answer.at + MINUTE if reason in SORTS else None)


MANNER = Manner(
    _reason,
    SORTS,
    _wait,
    "Check the key and its API in the Google Cloud console, then resume the source",
)
OWN = (
    Own("quota", forms.count, 10_000),
    Own("stats", forms.one_of("videos", "batch"), "videos"),
)
SECRETS = ("key",)
OPTIONS = settings.keys(SECRETS, OWN)
CHOICE = (
    "YouTube's terms let figures be kept for 30 days and not be put together with "
    'other platforms\'. Write terms = "accepted" if you have accepted the amendment '
    'that lifts this, or retention = "30d" to delete after 30 days. Until then '
    "nothing is deleted, and YouTube is left out of sums over several platforms"
)


def factory(
    name: str, options: Mapping[str, Any], surroundings: Surroundings
) -> YouTubeSource:
    """A youtube source; ConfigError names every problem of its settings."""
    read = settings.read
    return YouTubeSource(
        read("youtube", name, options, surroundings, secrets=SECRETS, own=OWN)
    )


class YouTubeSource:
    """Asks YouTube. See sources/base.py."""

    kind = "youtube"

    def __init__(self, made: Settings) -> None:
        self.name, self.settings = made.name, made
        self.policy = made.policy(
            "youtube", METRICS, keep_days=KEEP_DAYS, may_blend=False, choice=CHOICE
        )
        self.fingerprint = made.fingerprint
        #: What the last run found besides figures, for a person.
        self.notices: tuple[str, ...] = ()

    def ask(self, questions: Questions, bookmark: str | None) -> Iterator[Payload]:
        with MANNER.open(self.settings, ADDRESS) as api:
            talk = _Talk(self.settings, api, questions, Marks(bookmark))
            try:
                found = talk.new_videos() if self.settings.discover else []
            finally:
                self.notices = tuple(talk.notices)
            yield from talk.figures(found)
            if talk.failed:
                raise talk.failed

    def parse(self, payload: Payload) -> Iterator[Batch]:
        known, value = answers.opened(payload)
        handles = known.get("handles", {})
        rows = Rows(payload, "youtube", FIELDS)
        items = answers.listed(payload, value, "items", needed=True)
        for line, item in enumerate(items, 1):
            video = answers.text_at(item, "id")
            rows.add(
                line,
                item,
                handle=handles.get(video),
                url=f"https://www.youtube.com/watch?v={video}" if video else None,
                caption=_caption(item),
            )
        yield rows.batch()


def _caption(item: Any) -> str | None:
    """Title and description: hashtags and disclosures stand in either."""
    both = (answers.at(item, f"snippet.{name}") for name in ("title", "description"))
    return "\n\n".join(text for text in both if isinstance(text, str) and text) or None


@dataclass
class _Talk:
    """One run. failed: what ended the look at a channel, told after the figures."""

    settings: Settings
    api: Api
    questions: Questions
    marks: Marks
    notices: list[str] = field(default_factory=list)
    failed: TransientSourceError | None = None
    enough: bool = False

    def __post_init__(self) -> None:
        quota = self.settings.own["quota"]
        self.units = Limit("units", quota, DAY)
        # Looking for new videos may use half of a day, so that figures have the rest.
        self.looks = Limit("units", quota // 2, DAY)
        self.stats = Limit("stats", 10_000, DAY)
        self.lost = MANNER.judge(self.settings, also=(404,))

    # -- new videos ---------------------------------------------------------------

    def new_videos(self) -> list[Found]:
        """Videos of enrolled channels that were published since the last look."""
        found: list[Found] = []
        accounts = iter(self.questions.handles)
        calls = (self._channel(one) for one in accounts if self._may_look())
        for answer in self.api.each(calls, self.lost):
            account = cast("Account", answer.call.tag)
            uploads = self._uploads_of(answer, account)
            if uploads:
                found += self._uploaded(account, uploads)
        return in_order(found)

    def _may_look(self) -> bool:
        """Reserves a unit for a look; False once half of the day's are used."""
        if not self.enough:
            try:
                self.looks.spend(self.questions.purse)
            except TransientSourceError:
                self.enough = True
                self.notices.append(
                    f"notice[QUOTA] {self.settings.subject}: half of today's units "
                    "are used. New videos are looked for tomorrow."
                )
        return not self.enough

    def _channel(self, account: Account) -> Call:
        name = account.handle.strip()
        by = "id" if _CHANNEL.fullmatch(name) else "forHandle"
        return self._get("channels", ("part", "contentDetails"), (by, name), account)

    def _uploads_of(self, answer: Answer, account: Account) -> str | None:
        """The playlist of all videos of a channel; an unknown one has no items."""
        value = answers.value_of(answer, self.settings.subject, _at(account))
        for item in answers.objects_at(value, "items"):
            path = "contentDetails.relatedPlaylists.uploads"
            if uploads := answers.text_at(item, path):
                return uploads
        self._gone(account)
        return None

    def _uploaded(self, account: Account, uploads: str) -> list[Found]:
        """New videos of a playlist; none when it could not be read to its end: then
        the mark stays where it is."""
        try:
            return list(self._pages(account, uploads))
        except TransientSourceError as error:
            if error.code != "SCHEMA":
                raise
            if not self.enough:
                self.failed = self.failed or error
            return []

    def _pages(self, account: Account, uploads: str) -> Iterator[Found]:
        """Newest first, down to the first page without anything new."""
        pages, token = Pages(self.settings.subject, f"videos of {_at(account)}"), None
        since = self.settings.since
        while True:
            value = self._page(account, uploads, token, pages.label)
            shown = list(_shown(value, account))
            new = [each for each in shown if self.marks.is_new(each, since)]
            yield from new
            token = answers.text_at(value, "nextPageToken")
            if (shown and not new) or not pages.go_on(token):
                return

    def _page(
        self, account: Account, uploads: str, token: str | None, label: str
    ) -> dict[str, Any]:
        if not self._may_look():
            raise answers.schema(self.settings.subject, label, "today's units are used")
        call = self._get(
            "playlistItems",
            ("part", "contentDetails"),
            ("playlistId", uploads),
            account,
            ("maxResults", str(TOGETHER)),
            *([("pageToken", token)] if token else []),
        )
        answer = self.api.send(call, self.lost)
        if answer.status == 404:
            self._gone(account)
            return {}
        return answers.value_of(answer, self.settings.subject, label)

    def _gone(self, account: Account) -> None:
        self.notices.append(
            f"notice[HANDLE_GONE] youtube {_at(account)}: YouTube knows no such "
            "channel, or shows nothing of it."
        )

    # -- figures ------------------------------------------------------------------

    def figures(self, new: Sequence[Found]) -> Iterator[Payload]:
        """New videos first, then the known ones that are due."""
        have = {each.post_id for each in new}
        due = [
            Found(post.post_id, "", None)
            for post in self.questions.posts
            if post.post_id not in have and _VIDEO.fullmatch(post.post_id)
        ]
        if self.settings.own["stats"] == "batch":
            yield from self._asked(new, "videos", self.units)
            yield from self._asked(due, "videos:batchGetStats", self.stats)
        else:
            yield from self._asked([*new, *due], "videos", self.units)

    def _asked(
        self, videos: Sequence[Found], path: str, limit: Limit
    ) -> Iterator[Payload]:
        parts = "snippet,statistics" if path == "videos" else "statistics"
        calls = (
            self._videos(path, parts, limit, start, piece)
            for start, piece in together(videos, TOGETHER)
        )
        for answer in self.api.each(calls):
            start, piece = cast("tuple[int, Sequence[Found]]", answer.call.tag)
            new = [each for each in piece if each.account]
            known = {"handles": {each.post_id: each.more["handle"] for each in new}}
            yield answers.payload(
                answer,
                span("videos", start, piece, videos),
                asked=[each.post_id for each in piece],
                known=known if new else None,
                bookmark=self.marks.move(new) if new else None,
            )

    def _videos(
        self, path: str, parts: str, limit: Limit, start: int, piece: Sequence[Found]
    ) -> Call:
        limit.spend(self.questions.purse)
        ids = ",".join(each.post_id for each in piece)
        return self._get(path, ("part", parts), ("id", ids), (start, piece))

    def _get(
        self,
        path: str,
        part: tuple[str, str],
        which: tuple[str, str],
        tag: object,
        *more: tuple[str, str],
    ) -> Call:
        params = [part, which, *more, ("key", self.settings.secret("key"))]
        return self.api.get(f"/youtube/v3/{path}", params, tag=tag)


def _at(account: Account) -> str:
    return "@" + account.handle.strip().removeprefix("@")


def _shown(value: Any, account: Account) -> Iterator[Found]:
    """The videos of a page; one that is private has no moment of publishing."""
    for item in answers.objects_at(value, "items"):
        video = answers.text_at(item, "contentDetails.videoId")
        moment = when(answers.at(item, "contentDetails.videoPublishedAt") or "")
        if video and _VIDEO.fullmatch(video) and isinstance(moment, int):
            name = handle_key(account.handle)
            yield Found(video, name, moment, {"handle": account.handle})
