"""Dub: clicks of links, in total and by day.

From dub.co/docs and its OpenAPI description: `/links` has each link's total, a hundred
a page; `/analytics`, on paid plans alone, the clicks of the most clicked links in a
span of time, here one day (UTC). Limits count minutes: `X-RateLimit-Reset`, epoch
seconds, and `Retry-After`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tracker import forms
from tracker.model import iso
from tracker.sources.base import Batch, Payload, Questions, Surroundings, Window
from tracker.sources.calls import Answer
from tracker.sources.platforms import answers, marks, settings
from tracker.sources.platforms.answers import Sort
from tracker.sources.platforms.api import Api, Pages
from tracker.sources.platforms.figures import Figures, first_day
from tracker.sources.platforms.items import Rows
from tracker.sources.platforms.links import WEB, Post, bare, read_links
from tracker.sources.platforms.manner import Limit, Manner, bearer
from tracker.sources.platforms.settings import DAY, Own, Settings

FIELDS = {"clicks": "clicks"}
ADDRESS = "https://api.dub.co"
PAGE = 100
MINUTE = Window(60_000)
#: Of the plan with the lowest limits that has analytics.
CALLS = Limit("calls", 600, MINUTE)


def _reason(said: Mapping[str, Any]) -> str:
    return answers.text_at(said, "error.code") or ""


MANNER = Manner(
    _reason,
    {"rate_limit_exceeded": Sort.WAIT, "internal_server_error": Sort.AGAIN},
    todo="Check the key and what its plan may do at app.dub.co, then resume the source",
)
SECRETS = ("token",)
OWN = (
    Own("links", read_links, {}),
    Own("domain", forms.text),
    Own("daily", forms.flag, True),
)
OPTIONS = settings.keys(SECRETS, OWN)


def factory(
    name: str, options: Mapping[str, Any], surroundings: Surroundings
) -> DubSource:
    """A dub source; ConfigError names every problem of its settings."""
    return DubSource(
        settings.read("dub", name, options, surroundings, secrets=SECRETS, own=OWN)
    )


class DubSource:
    """Asks Dub. See sources/base.py."""

    kind = "dub"

    def __init__(self, made: Settings) -> None:
        self.name, self.settings = made.name, made
        self.policy = made.policy(WEB, ("clicks",))
        self.fingerprint = made.fingerprint
        #: What the last run found besides answers, for a person.
        self.notices: list[str] = []

    def ask(self, questions: Questions, bookmark: str | None) -> Iterator[Payload]:
        self.notices = []
        with MANNER.open(self.settings, ADDRESS) as api:
            said = marks.read(bookmark)
            talk = _Talk(self.settings, api, questions, said, self.notices)
            yield from talk.totals()
            if self.settings.own["daily"]:
                yield from talk.days()

    def parse(self, payload: Payload) -> Iterator[Batch]:
        known, value = answers.opened(payload, shapes=(list,))
        if "day" in known:
            figures = Figures(WEB)
            for line, item in enumerate(value, 1):
                clicks = answers.at(item, "clicks")
                figures.add(line, item, _link(item), known["day"], clicks=clicks)
            yield figures.batch()
        else:
            yield from self._totals(payload, known, value)

    def _totals(
        self, payload: Payload, known: Mapping[str, Any], value: list[Any]
    ) -> Iterator[Batch]:
        """Rows of links that stand in one post, or are one that is known."""
        own = {bare(post_id): post_id for post_id in known.get("posts", ())}
        made: dict[str, Rows] = {}
        others = 0
        for line, item in enumerate(value, 1):
            post = self._post(_link(item), own)
            if post is None and isinstance(item, dict):
                others += 1
                continue
            post = post or Post(WEB, "")
            rows = made.setdefault(post.platform, Rows(payload, post.platform, FIELDS))
            rows.add(line, item, post_id=post.post_id or None, url=post.url)
        for rows in made.values():
            yield rows.batch()
        yield Figures(WEB).batch(ignored=others)

    def _post(self, link: str | None, own: Mapping[str, str]) -> Post | None:
        found: Post | None = self.settings.own["links"].get(link)
        if found is None and link is not None and link in own:
            found = Post(WEB, own[link], f"https://{link}")
        return found


def _link(item: Any) -> str | None:
    """A link as it is written in the settings: domain/key."""
    domain, key = answers.text_at(item, "domain"), answers.text_at(item, "key")
    return bare(f"{domain}/{key}") if domain and key else None


@dataclass
class _Talk:
    """One run. said: `day`, the last whole look; `after`, where a list ended."""

    settings: Settings
    api: Api
    questions: Questions
    said: dict[str, Any]
    notices: list[str]

    def __post_init__(self) -> None:
        self.headers = bearer(self.settings)

    def totals(self) -> Iterator[Payload]:
        """Pages of all links; a run that is cut off goes on where it was."""
        pages = Pages(self.settings.subject, "links")
        posts = [post.post_id for post in self.questions.posts]
        cursor, more = answers.text_at(self.said, "after"), True
        while more:
            answer = self._page(cursor)
            items = answers.list_of(answer, self.settings.subject, pages.label)
            full = len(items) >= PAGE
            cursor = answers.text_at(items[-1], "id") if full else None
            self.said = {**self.said, "after": cursor}
            here = {bare(p) for p in posts} & {_link(item) for item in items}
            known = {"posts": sorted(p for p in posts if bare(p) in here)}
            yield answers.payload(
                answer, pages.label, known=known, bookmark=marks.write(self.said)
            )
            more = pages.go_on(cursor)

    def _page(self, cursor: str | None) -> Answer:
        params = [("pageSize", str(PAGE))]
        if domain := self.settings.own["domain"]:
            params.append(("domain", domain))
        if cursor:
            params.append(("startingAfter", cursor))
        return self._asked("/links", params)

    def days(self) -> Iterator[Payload]:
        """The most clicked links of each day since the last whole look."""
        now = self.questions.now
        first = first_day(self.settings, self.said.get("day"), now)
        for day in range(first, now // DAY + 1):
            answer = self._asked("/analytics", self._span(day), 403)
            if answer.status == 403:
                self.notices.append(
                    f"notice[PLAN_LIMIT] {self.settings.subject}: this plan of Dub has "
                    "no clicks by day. Set daily = false."
                )
                return
            said = str(iso(day * DAY))[:10]
            answers.list_of(answer, self.settings.subject, f"clicks of {said}")
            self.said = {**self.said, "day": day}
            yield answers.payload(
                answer,
                f"clicks of {said}",
                known={"day": said},
                bookmark=marks.write(self.said),
            )

    def _span(self, day: int) -> list[tuple[str, str]]:
        params = [("event", "clicks"), ("groupBy", "top_links"), ("timezone", "UTC")]
        params.append(("start", str(iso(day * DAY))))
        params.append(("end", str(iso(day * DAY + DAY - 1))))
        if domain := self.settings.own["domain"]:
            params.append(("domain", domain))
        return params

    def _asked(self, path: str, params: list[tuple[str, str]], *also: int) -> Answer:
        CALLS.spend(self.questions.purse)
        call = self.api.get(path, params, headers=self.headers)
        return self.api.send(call, MANNER.judge(self.settings, also=also))
