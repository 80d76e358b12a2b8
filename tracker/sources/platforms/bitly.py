"""Bitly: clicks of links, by day and in total, by API v4.

From dev.bitly.com: `clicks` counts each day (UTC), `clicks/summary` all of them; at
most five calls at a time. How far back the days go depends on the plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tracker import forms
from tracker.sources.base import Batch, Payload, Questions, Surroundings, Window
from tracker.sources.calls import Answer, Call
from tracker.sources.platforms import answers, marks, settings
from tracker.sources.platforms.answers import Sort
from tracker.sources.platforms.api import Api, Pages
from tracker.sources.platforms.figures import Figures, first_day
from tracker.sources.platforms.items import Rows
from tracker.sources.platforms.links import LINK, WEB, Post, bare, read_links
from tracker.sources.platforms.manner import Limit, Manner, bearer, resets
from tracker.sources.platforms.settings import DAY, Own, Settings

ADDRESS = "https://api-ssl.bitly.com"
TOGETHER = 5
PAGE = 100
CALLS = Limit("calls", 1_000, Window(3_600_000))
#: What the address of a next page may say; the call itself goes where we say.
_PAGING = frozenset({"page", "size", "search_after"})


def _reason(said: Mapping[str, Any]) -> str:
    return answers.text_at(said, "message") or ""


def _wait(answer: Answer) -> int | None:
    """Limits begin anew each minute and each hour, and no header says when."""
    return resets(answer) or (answer.at + 60_000 if answer.status == 429 else None)


MANNER = Manner(
    _reason,
    {"RATE_LIMIT_EXCEEDED": Sort.WAIT, "UPGRADE_REQUIRED": Sort.PERSON},
    _wait,
    "Check the token and what its plan may do at bitly.com, then resume the source",
)
OWN = (
    Own("links", read_links),
    Own("group", forms.text),
    Own("domains", forms.texts, ("bit.ly",)),
)
OPTIONS = settings.keys(own=OWN)


def factory(
    name: str, options: Mapping[str, Any], surroundings: Surroundings
) -> BitlySource:
    """A bitly source; ConfigError names every problem of its settings."""
    made = settings.read("bitly", name, options, surroundings, own=OWN)
    return BitlySource(replace(made, parallel=min(made.parallel, TOGETHER)))


class BitlySource:
    """Asks Bitly. See sources/base.py."""

    kind = "bitly"

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
            yield from talk.days()

    def parse(self, payload: Payload) -> Iterator[Batch]:
        known, value = answers.opened(payload)
        if "link_clicks" in value:
            yield self._days(payload, known.get("link"), value)
            return
        rows = Rows(payload, known.get("platform") or WEB, {"clicks": "total_clicks"})
        if "total_clicks" in value:
            post = {name: known.get(name) for name in ("post_id", "url")}
            rows.add(1, value, **post)
        yield rows.batch()

    def _days(self, payload: Payload, link: Any, value: Any) -> Batch:
        figures = Figures(WEB)
        for line, item in enumerate(answers.listed(payload, value, "link_clicks"), 1):
            day, clicks = answers.at(item, "date"), answers.at(item, "clicks")
            figures.add(line, item, link, day, clicks=clicks)
        return figures.batch()


@dataclass(frozen=True, slots=True)
class _Total:
    """What a call for a link's total is about. asked: the post, when it is the link."""

    link: str
    post: Post
    asked: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.link


@dataclass
class _Talk:
    """One run. said: `day`, the last whole look; of one that was cut off, `after`, the
    link where it ended, and `begun`, its day: later ones are not told of every link."""

    settings: Settings
    api: Api
    questions: Questions
    said: dict[str, Any]
    notices: list[str]

    def __post_init__(self) -> None:
        self.headers = bearer(self.settings)
        self.named: Mapping[str, Post | None] | None = self.settings.own["links"]

    # -- totals of posts ------------------------------------------------------------

    def totals(self) -> Iterator[Payload]:
        """All clicks of links that stand in one post, or are one."""
        for answer in self._each(self._summaries()):
            tag = answer.call.tag
            assert isinstance(tag, _Total)
            known = {"platform": tag.post.platform, "post_id": tag.post.post_id}
            known |= {"url": tag.post.url} if tag.post.url else {}
            label = f"{tag.link}: total"
            yield answers.payload(answer, label, asked=tag.asked, known=known)

    def _summaries(self) -> Iterator[Call]:
        totals = {k: _Total(k, p) for k, p in (self.named or {}).items() if p}
        for known in self.questions.posts:
            link, number = bare(known.post_id), known.post_id
            if link.partition("/")[0] in self.settings.own["domains"]:
                own = _Total(link, Post(WEB, number, known.url), (number,))
                totals.setdefault(link, own)
        for total in totals.values():
            params = [("unit", "day"), ("units", "-1")]
            yield self._call(f"{total.link}/clicks/summary", params, total)

    # -- days of links --------------------------------------------------------------

    def days(self) -> Iterator[Payload]:
        """Clicks of each link by day; a run that is cut off goes on where it was."""
        today, after = self.questions.now // DAY, str(self.said.get("after", ""))
        links = sorted(self.named) if self.named is not None else sorted(self._all())
        left = [link for link in links if link > after]
        begun = self.said.get("begun", today)
        if not left:  # the links that were left are gone
            left, begun = links, today
        first = first_day(self.settings, self.said.get("day"), self.questions.now)
        calls = (self._day_call(link, today - first + 1) for link in left)
        for answer in self._each(calls):
            link = str(answer.call.tag)
            self._sound(answer, link)
            whole = link == left[-1]
            going = {**self.said, "after": link, "begun": begun}
            self.said = {"day": begun} if whole else going
            yield answers.payload(
                answer,
                f"{link}: days",
                known={"link": link},
                bookmark=marks.write(self.said),
            )

    def _sound(self, answer: Answer, link: str) -> None:
        """Nothing goes on behind an answer that cannot be read."""
        if answer.status != 200:  # it is not there, and so is nothing of it
            return
        subject = self.settings.subject
        value = answers.value_of(answer, subject, link)
        if not isinstance(value.get("link_clicks"), list):
            raise answers.schema(subject, link, "it has no clicks by day")

    def _day_call(self, link: str, units: int) -> Call:
        return self._call(
            f"{link}/clicks", [("unit", "day"), ("units", str(units))], link
        )

    def _all(self) -> set[str]:
        """Every link of the group, or of all groups that the token may see."""
        group = self.settings.own["group"]
        if group is None:
            value = self._asked("/v4/groups", [])
            groups = answers.objects_at(value, "groups")
            guids = [g for o in groups if (g := answers.text_at(o, "guid"))]
        else:
            guids = [group]
        return {link for guid in guids for link in self._of_group(guid)}

    def _of_group(self, guid: str) -> Iterator[str]:
        pages = Pages(self.settings.subject, f"links of {guid}")
        params, more = [("size", str(PAGE))], True
        while more:
            value = self._asked(f"/v4/groups/{guid}/bitlinks", params)
            for item in answers.objects_at(value, "links"):
                link = bare(answers.text_at(item, "id") or "")
                if LINK.fullmatch(link):
                    yield link
            onward = answers.text_at(value, "pagination.next")
            query = parse_qsl(urlsplit(onward or "").query)
            params = [(name, text) for name, text in query if name in _PAGING]
            more = pages.go_on(onward)

    # -- both -----------------------------------------------------------------------

    def _call(self, path: str, params: list[tuple[str, str]], tag: object) -> Call:
        CALLS.spend(self.questions.purse)
        where = f"/v4/bitlinks/{path}"
        return self.api.get(where, params, headers=self.headers, tag=tag)

    def _each(self, calls: Iterator[Call]) -> Iterator[Answer]:
        """Answers; a link that is not there or not ours stops no other.

        Raises PermanentSourceError when no link may be seen at all.
        """
        refused, seen = None, False
        judge = MANNER.judge(self.settings, also=(403, 404))
        for answer in self.api.each(calls, judge):
            seen = seen or answer.status == 200
            if answer.status != 200:
                refused = answer if answer.status == 403 else refused
                self.notices.append(self._lost(answer))
            yield answer
        if refused is not None and not seen:
            raise MANNER.trouble(self.settings, refused)

    def _lost(self, answer: Answer) -> str:
        link = answer.call.tag
        why = "is not there" if answer.status == 404 else "is not this account's"
        return f"notice[LINK_GONE] {self.settings.subject}: {link} {why}."

    def _asked(self, path: str, params: list[tuple[str, str]]) -> dict[str, Any]:
        CALLS.spend(self.questions.purse)
        answer = self.api.send(self.api.get(path, params, headers=self.headers))
        return answers.value_of(answer, self.settings.subject, path)
