"""One run over an account of the Graph API: its list of posts, then their insights.

Insights are asked post by post. A metric that is refused (retired, or not of that kind
of media) is left out and asked no more in that run, so that it never costs the others.
Posts are known by their permalink, as everywhere in the tracker, or by the number that
a known post has already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from tracker.model import handle_key
from tracker.sources.base import KnownPost, Payload, Questions
from tracker.sources.calls import Answer, Call
from tracker.sources.platforms import answers
from tracker.sources.platforms.api import Api, Pages
from tracker.sources.platforms.found import Found, Marks, in_order
from tracker.sources.platforms.grapherrors import HOUR, REFUSED, fault_of, of_one
from tracker.sources.platforms.items import when
from tracker.sources.platforms.manner import Limit
from tracker.sources.platforms.settings import Settings
from tracker.sources.posturl import post_key
from tracker.sources.values import Bad

if TYPE_CHECKING:
    from tracker.sources.platforms.graph import Side

#: Posts on a page of an account's list.
TOGETHER = 50
_ID = re.compile(r"\d{5,30}(_\d{5,30})?", re.ASCII)


@dataclass
class Run:
    """One run. refused: metrics by product type that were refused in it. handle,
    number: of the account. last: the last page of its list."""

    settings: Settings
    side: Side
    api: Api
    questions: Questions
    marks: Marks
    notices: list[str] = field(default_factory=list)
    refused: dict[str, set[str]] = field(default_factory=dict)
    handle: str | None = None
    number: str = ""
    last: Answer | None = None

    def __post_init__(self) -> None:
        self.handle = self.settings.own["handle"]
        self.calls = Limit("calls", self.settings.own["calls"], HOUR)
        self.of_one = of_one(self.settings)
        self.root = f"/{self.settings.own['version']}"
        self.token = ("access_token", self.settings.secret("token"))

    def all(self) -> Iterator[Payload]:
        """New posts of the account, then the known ones that are due."""
        due = {post.post_id: post for post in self.questions.posts}
        if not self.side.signed:
            self._introduce()
        new: list[Found] = []
        known: list[Found] = []
        if self._lists(due.values()):
            for item in self._listed(due):
                (new if item.account else known).append(item)
        asked = {each.post_id for each in (*new, *known)}
        missing = [p for p in due.values() if p.post_id not in asked and self._own(p)]
        direct = [p for p in missing if _ID.fullmatch(p.post_id)]
        posts = [*in_order(new), *known, *map(self._direct, direct)]
        yield from self._figures(posts)
        lost = [p.post_id for p in missing if p not in direct and self._surely(p)]
        if self.last is not None and lost:
            yield answers.payload(
                self.last, f"posts not in the list of {self._who}", asked=lost
            )

    @property
    def _who(self) -> str:
        return f"@{self.handle}" if self.handle else self.settings.own["account"]

    # -- whose --------------------------------------------------------------------

    def _introduce(self) -> None:
        """The Page's number and name, which its posts do not repeat."""
        account, wanted = self.settings.own["account"], ("fields", "id,username")
        said = answers.envelope(self._send(account, wanted, judge=self._maybe))
        self.number = answers.text_at(said, "id") or ""
        self.handle = self.handle or answers.text_at(said, "username")

    def _maybe(self, answer: Answer) -> None:
        """The judge of what is only good to know: it may be missing."""
        if answer.status != 404:
            self.of_one(answer)

    def _own(self, post: KnownPost) -> bool:
        """May this be a post of the token's account?"""
        return self.handle is None or post.handle is None or self._surely(post)

    def _surely(self, post: KnownPost) -> bool:
        names = {handle_key(name) for name in (self.handle, self.number) if name}
        return post.handle is not None and handle_key(post.handle) in names

    def _enrolled(self) -> str | None:
        """The handle of this account in the roster, if it is there."""
        names = {handle_key(name) for name in (self.handle, self.number) if name}
        handles = (account.handle for account in self.questions.handles)
        return next((name for name in handles if handle_key(name) in names), None)

    # -- the account's posts --------------------------------------------------------

    def _lists(self, due: Iterable[KnownPost]) -> bool:
        """Is there anything to find in the account's list?"""
        if self.settings.discover and self.questions.handles:
            return True
        return any(not _ID.fullmatch(post.post_id) for post in due)

    def _listed(self, due: Mapping[str, KnownPost]) -> Iterator[Found]:
        """New posts (with their account) and due ones, newest first, down to the first
        page that has neither a new post nor could lead to one that is due."""
        pages, after = Pages(self.settings.subject, f"posts of {self._who}"), None
        waiting = {i for i, post in due.items() if not _ID.fullmatch(i)}
        while True:
            answer = self.last = self._page(after)
            value = answers.value_of(answer, self.settings.subject, pages.label)
            items = answers.objects_at(value, "data")
            news = False
            for item in items:
                found = self._found(item, due)
                news = news or bool(found and found.account)
                if found is not None:
                    waiting.discard(found.post_id)
                    yield found
            waiting = {i for i in waiting if self._own(due[i])}
            after = answers.text_at(value, "paging.cursors.after")
            if not answers.text_at(value, "paging.next"):
                return
            if (items and not news and not waiting) or not pages.go_on(after):
                return

    def _page(self, after: str | None) -> Answer:
        more = [("after", after)] if after else []
        return self._send(
            f"{self.settings.own['account']}/{self.side.edge}",
            ("fields", self.side.fields),
            ("limit", str(TOGETHER)),
            *more,
        )

    def _found(self, item: Mapping[str, Any], due: Mapping[str, Any]) -> Found | None:
        """A post of the list, if it is new or due."""
        node = answers.text_at(item, "id")
        if node is None:
            return None
        self.handle = self.handle or answers.text_at(item, "username")
        names = _names(item, node)
        post_id = next((name for name in names if name in due), names[0])
        moment = when(answers.at(item, self.side.said["published_at"]) or "")
        enrolled = self._enrolled() if self.settings.discover else None
        account = handle_key(enrolled) if enrolled else ""
        said = {c: answers.at(item, path) for c, path in self.side.said.items()}
        post = {c: v for c, v in said.items() if v is not None}
        post |= {"post_id": post_id}
        if name := enrolled or self.handle:
            post["handle"] = name
        more = {"node": node, "post": post, "product": post.get("kind") or ""}
        published = moment if isinstance(moment, int) else None
        found = Found(post_id, account, published, more)
        if account and self.marks.is_new(found, self.settings.since):
            return found
        return Found(post_id, "", published, more) if post_id in due else None

    def _direct(self, post: KnownPost) -> Found:
        """A known post by the number it has in the API, without looking for it."""
        node, said = post.post_id, {"post_id": post.post_id}
        if not self.side.signed:
            if "_" not in node and self.number:
                node = f"{self.number}_{node}"
            said |= self._fields(node)
        more = {"node": node, "post": said, "product": "", "ours": self._surely(post)}
        return Found(post.post_id, "", None, more)

    def _fields(self, node: str) -> dict[str, Any]:
        """What a post says of itself besides its insights; nothing if it is gone."""
        answer = self._send(node, ("fields", self.side.fields), judge=self._maybe)
        item = answers.envelope(answer)
        said = {c: answers.at(item, path) for c, path in self.side.said.items()}
        return {c: v for c, v in said.items() if v is not None}

    # -- insights -----------------------------------------------------------------

    def _figures(self, posts: Sequence[Found]) -> Iterator[Payload]:
        calls = (self._insight(post, self._wanted(post)) for post in posts)
        for number, answer in enumerate(self.api.each(calls, self.of_one), 1):
            post = cast("Found", answer.call.tag)
            yield answers.payload(
                self._again(post, answer),
                f"post {number} of {len(posts)} of {self._who}",
                asked=[post.post_id],
                known={"post": post.more["post"], "ours": post.more.get("ours", True)},
                bookmark=self.marks.move([post]) if post.account else None,
            )

    def _wanted(self, post: Found) -> list[str]:
        """The metrics of this kind of media that were not refused in this run."""
        product = post.more["product"]
        metrics = self.side.insights.get(product) or self.side.insights[""]
        return [m for m in metrics if m not in self.refused.get(product, ())]

    def _insight(self, post: Found, metrics: Sequence[str]) -> Call:
        self.calls.spend(self.questions.purse)
        path = f"{self.root}/{post.more['node']}/insights"
        return self.api.get(path, [("metric", ",".join(metrics)), self.token], tag=post)

    def _again(self, post: Found, answer: Answer) -> Answer:
        """The answer without the metrics that are refused."""
        asked = dict(answer.call.params)["metric"].split(",")
        while fault_of(answers.envelope(answer)) == REFUSED:
            if self._wanted(post) == asked:
                self._learn(post, asked, answer)
            left = self._wanted(post)
            if not left or left == asked:
                break
            answer, asked = self.api.send(self._insight(post, left), self.of_one), left
        return answer

    def _learn(self, post: Found, metrics: Sequence[str], answer: Answer) -> None:
        """Which metrics are refused: the one that is named, else each tried alone."""
        message = answers.text_at(answers.envelope(answer), "error.message") or ""
        named = [m for m in metrics if re.search(rf"\bthe {m} metric", message)]
        for metric in named or [m for m in metrics if self._refuses(post, m)]:
            self._drop(post, metric)

    def _refuses(self, post: Found, metric: str) -> bool:
        answer = self.api.send(self._insight(post, [metric]), self.of_one)
        return fault_of(answers.envelope(answer)) == REFUSED

    def _drop(self, post: Found, metric: str) -> None:
        product = post.more["product"]
        self.refused.setdefault(product, set()).add(metric)
        kind = f" for {product} media" if product else ""
        self.notices.append(
            f"notice[METRIC_REFUSED] {self.settings.subject}: {self.side.platform} no "
            f"longer answers {metric}{kind}. It is left out, the others are kept."
        )

    def _send(
        self,
        path: str,
        *params: tuple[str, str],
        judge: Callable[[Answer], None] | None = None,
    ) -> Answer:
        self.calls.spend(self.questions.purse)
        call = self.api.get(f"{self.root}/{path}", [*params, self.token])
        return self.api.send(call, judge)


def _names(item: Mapping[str, Any], node: str) -> list[str]:
    """What a post may be known by: its permalink's key, then its numbers."""
    url = answers.text_at(item, "permalink") or answers.text_at(item, "permalink_url")
    key = post_key(url) if url else None
    named = [key[1]] if key and not isinstance(key, Bad) else []
    suffix = node.rpartition("_")[2]
    return [*named, *([suffix] if not named else []), node, suffix]
