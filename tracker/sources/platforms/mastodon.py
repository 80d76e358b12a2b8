"""Mastodon: public figures of posts, and new posts of enrolled accounts.

By the server's own REST API (docs.joinmastodon.org): twenty statuses a call from
version 4.3 on, one by one before; what is gone is left out of the list. Each server
is asked for what was written there, as its numbers mean nothing elsewhere and it alone
counts everything: an id is `server/number`, a handle `name@server`. A server's limit
ends at `X-RateLimit-Reset`, in ISO 8601.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tracker import forms
from tracker.errors import PermanentSourceError, SourceError
from tracker.sources.base import Batch, Payload, Questions, Surroundings, Window
from tracker.sources.calls import Answer, Call
from tracker.sources.platforms import answers, marks, settings
from tracker.sources.platforms.api import Api, Pages
from tracker.sources.platforms.items import Rows
from tracker.sources.platforms.manner import (
    Limit,
    Manner,
    Tag,
    bearer,
    handle_gone,
    reaches_back,
    span,
    tagged,
    together,
)
from tracker.sources.platforms.settings import Own, Settings

FIELDS = {
    "published_at": "created_at",
    "likes": "favourites_count",
    "comments": "replies_count",
    "shares": "reblogs_count",
    "quotes": "quotes_count",
}
METRICS = ("likes", "comments", "shares", "quotes")
#: Statuses in a call; Mastodon refuses more (DEFAULT_STATUSES_LIMIT).
TOGETHER = 20
PAGE = 40
#: Calls that a server answers in a window.
CALLS = 300
WINDOW = Window(300_000)

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::\d{1,5})?", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,25}", re.ASCII)
_NEXT = re.compile(r'<([^<>]*)>\s*;[^,<]*rel="?next"?')
_BREAK, _PARAGRAPH = re.compile(r"<br\s*/?>"), re.compile(r"</p>\s*<p[^<>]*>")
_TAG = re.compile(r"<[^<>]*>")


def _host(value: Any) -> str:
    text = forms.text(value).strip().lower()
    if not _HOST.fullmatch(text):
        raise ValueError('is no server; write its name alone: "mastodon.example"')
    return text


def _no_word(said: Mapping[str, Any]) -> str:
    """Mastodon says what is wrong in a sentence for people, in any language."""
    return ""


MANNER = Manner(_no_word)
SECRETS = ("token?",)
OWN = (Own("server", _host),)
OPTIONS = settings.keys(SECRETS, OWN)


def factory(
    name: str, options: Mapping[str, Any], surroundings: Surroundings
) -> MastodonSource:
    """A mastodon source; ConfigError names every problem of its settings."""
    made = settings.read(
        "mastodon", name, options, surroundings, secrets=SECRETS, own=OWN
    )
    if made.has("token") and made.own["server"] is None:
        said = "token: needs server, the only one that it is sent to"
        forms.refuse([said], "SOURCE_SETTINGS", f"source {name}", "Not started")
    return MastodonSource(made)


class MastodonSource:
    """Asks Mastodon servers. See sources/base.py."""

    kind = "mastodon"

    def __init__(self, made: Settings) -> None:
        self.name, self.settings = made.name, made
        self.policy = made.policy("mastodon", METRICS)
        self.fingerprint = made.fingerprint
        #: What the last run found besides answers, for a person.
        self.notices: list[str] = []

    def ask(self, questions: Questions, bookmark: str | None) -> Iterator[Payload]:
        self.notices = []
        with ExitStack() as stack:
            said = marks.read(bookmark)
            run = _Run(self.settings, questions, said, self.notices, stack)
            yield from run.servers()

    def parse(self, payload: Payload) -> Iterator[Batch]:
        known, value = answers.opened(payload, shapes=(list, dict))
        if isinstance(value, dict):  # one post alone, or word that it is gone
            value = [value] if "id" in value else []
        named = {_split(asked)[1]: _split(asked)[0] for asked in payload.asked}
        rows, others = Rows(payload, "mastodon", FIELDS), 0
        for line, item in enumerate(value, 1):
            if answers.at(item, "reblog") is not None:
                others += 1  # somebody else's post, passed on
                continue
            number = answers.text_at(item, "id") or ""
            server = known.get("server") or named.get(number) or _origin(item)
            rows.add(line, item, **_said(item, server, number, known.get("bare", ())))
        yield replace(rows.batch(), ignored=others)


def _said(item: Any, server: str, number: str, bare: Collection[str]) -> dict[str, Any]:
    """What follows from a post's server: who wrote it and where it stands.

    bare: names that the roster has without their server.
    """
    name = answers.text_at(item, "account.acct")
    whole = name is None or "@" in name or name.lower() in bare
    return {
        "post_id": f"{server}/{number}" if number else None,
        "handle": name if whole else f"{name}@{server}",
        "url": f"https://{server}/@{name}/{number}" if name else None,
        "caption": plain_text(answers.at(item, "content")),
    }


def plain_text(content: Any) -> Any:
    """The text of a post's HTML, with its line breaks."""
    if not isinstance(content, str):
        return content
    lines = _PARAGRAPH.sub("\n\n", _BREAK.sub("\n", content))
    return html.unescape(_TAG.sub("", lines))


def _origin(item: Any) -> str:
    """The server that a post's own address names."""
    for name in ("uri", "url"):
        if host := urlsplit(answers.text_at(item, name) or "").netloc:
            return host.removeprefix("www.")
    return ""


def _split(post_id: str) -> tuple[str, str]:
    """The server and the number of an id."""
    server, _, number = post_id.rpartition("/")
    return server, number


@dataclass
class _Run:
    """One run, server by server: one that is down or wants a key stops no other.

    said: by `name@server`, the account's number there and its newest post's.
    """

    settings: Settings
    questions: Questions
    said: dict[str, Any]
    notices: list[str]
    stack: ExitStack
    _answered: bool = False

    def servers(self) -> Iterator[Payload]:
        """Everything of all servers; then the error of one that failed, if any."""
        handles, posts = self._handles(), self._posts()
        failed: list[SourceError] = []
        for server in sorted({*handles, *posts}):
            talk = _Talk(self, server)
            try:
                for payload in talk.all(handles.get(server, []), posts.get(server, [])):
                    self._answered = True
                    yield payload
            except SourceError as error:
                failed.append(error)
        for trouble in failed:
            if not self._answered or not isinstance(trouble, PermanentSourceError):
                raise trouble
            self.notices.append(str(trouble).replace("error[", "warning[", 1))

    def _handles(self) -> dict[str, list[str]]:
        """Names of enrolled accounts by server."""
        found: dict[str, list[str]] = {}
        for account in self.questions.handles if self.settings.discover else ():
            handle = account.handle.strip().lstrip("@").lower()
            name, _, server = handle.partition("@")
            server = server or self.settings.own["server"] or ""
            if name and (_HOST.fullmatch(server) or self.settings.base_url):
                found.setdefault(server, []).append(name)
            else:
                self.notices.append(handle_gone(self.settings, handle))
        return found

    def bare(self) -> list[str]:
        """Names that the roster has without their server."""
        names = [account.handle.strip().lower() for account in self.questions.handles]
        return sorted(n.lstrip("@") for n in names if "@" not in n.lstrip("@"))

    def _posts(self) -> dict[str, list[str]]:
        """Numbers of known posts by server."""
        found: dict[str, list[str]] = {}
        for post in self.questions.posts:
            server, number = _split(post.post_id)
            if _HOST.fullmatch(server) and _NUMBER.fullmatch(number):
                found.setdefault(server, []).append(number)
        return found


@dataclass
class _Talk:
    """One run's talk with one server."""

    run: _Run
    server: str
    api: Api = field(init=False)
    headers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        made = self.run.settings
        self.api = self.run.stack.enter_context(
            MANNER.open(made, f"https://{self.server}")
        )
        self.headers = bearer(made) if self.server == made.own["server"] else {}
        self.limit = Limit(f"calls of {self.server}", CALLS, WINDOW)
        self.known = {"server": self.server, "bare": self.run.bare()}

    def all(self, names: list[str], numbers: list[str]) -> Iterator[Payload]:
        for name in names:
            yield from self.new_posts(name)
        yield from self.known_posts(numbers)

    # -- new posts ----------------------------------------------------------------

    def new_posts(self, name: str) -> Iterator[Payload]:
        """Pages of an account's posts, newest first, back to the newest one known.

        Where to go on from stands on the last page: a run that is cut off before
        begins again.
        """
        run, handle = self.run, f"{name}@{self.server}"
        if handle not in run.said:
            number = self._account(name)
            if number is None:
                run.notices.append(handle_gone(run.settings, handle))
                return
            run.said[handle] = [number, ""]
        number, newest = run.said[handle]
        pages = Pages(run.settings.subject, f"posts of {handle}")
        cursor, top, more = None, newest, True
        while more:
            answer = self._page(number, newest, cursor)
            if answer.status != 200:  # the account is gone; its name may come back
                del run.said[handle]
                run.notices.append(handle_gone(run.settings, handle))
                return
            items = answers.list_of(answer, run.settings.subject, pages.label)
            ids = [answers.text_at(item, "id") or "" for item in items]
            top = max([top, *ids], key=_order)
            old = reaches_back(run.settings, items, "created_at")
            cursor = None if old or not items else _older(answer)
            if cursor is None:
                run.said[handle] = [number, top]
            done = None if cursor else marks.write(run.said)
            yield answers.payload(answer, pages.label, known=self.known, bookmark=done)
            more = pages.go_on(cursor)

    def _account(self, name: str) -> str | None:
        """The account's number at its server; None: there is none."""
        call = self._get("/api/v1/accounts/lookup", [("acct", name)])
        answer = self._send(call, 404)
        return answers.text_at(answers.envelope(answer), "id")

    def _page(self, number: str, newest: str, cursor: str | None) -> Answer:
        params = [("limit", str(PAGE)), ("exclude_reblogs", "true")]
        params.append(("exclude_replies", "true"))
        params += [("since_id", newest)] if newest else []
        params += [("max_id", cursor)] if cursor else []
        call = self._get(f"/api/v1/accounts/{number}/statuses", params)
        return self._send(call, 404, 410)

    # -- known posts --------------------------------------------------------------

    def known_posts(self, numbers: list[str]) -> Iterator[Payload]:
        what = f"{self.server}: posts"
        for start, piece in together(numbers, TOGETHER):
            tag = self._tag(span(what, start, piece, numbers), piece)
            params = [("id[]", number) for number in piece]
            answer = self._send(self._get("/api/v1/statuses", params, tag), 404, 405)
            if answer.status != 200:
                break
            yield tagged(answer, self.known)
        else:
            return
        yield from self._one_by_one(what, numbers)

    def _one_by_one(self, what: str, numbers: list[str]) -> Iterator[Payload]:
        """Servers before 4.3 know no call for several statuses."""
        judge = MANNER.judge(self.run.settings, also=(404,))
        for answer in self.api.each(self._single(what, numbers), judge):
            yield tagged(answer, self.known)

    def _single(self, what: str, numbers: list[str]) -> Iterator[Call]:
        for start, piece in together(numbers, 1):
            self.limit.spend(self.run.questions.purse)
            tag = self._tag(span(what, start, piece, numbers), piece)
            yield self._get(f"/api/v1/statuses/{piece[0]}", (), tag)

    # -- both ---------------------------------------------------------------------

    def _tag(self, label: str, numbers: Sequence[str]) -> Tag:
        return Tag(label, [f"{self.server}/{number}" for number in numbers])

    def _get(
        self, path: str, params: Sequence[tuple[str, str]], tag: object = None
    ) -> Call:
        return self.api.get(path, params, headers=self.headers, tag=tag)

    def _send(self, call: Call, *also: int) -> Answer:
        self.limit.spend(self.run.questions.purse)
        return self.api.send(call, MANNER.judge(self.run.settings, also=also))


def _older(answer: Answer) -> str | None:
    """The max_id of the next page, from the Link header; None: there is no more.

    Only the number is taken: the call goes where we say.
    """
    found = _NEXT.search(answer.headers.get("link", ""))
    ids = parse_qs(urlsplit(found[1]).query).get("max_id") if found else None
    return ids[0] if ids else None


def _order(number: str) -> tuple[int, str]:
    """Ids are numbers of any length: the longer one is the larger one."""
    return len(number), number
