"""The nodes of the Graph API: what fields and edges each has, and its insights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tracker.stub.data import Account, Seen, World, instant, stamp
from tracker.stub.graphfields import Wish
from tracker.stub.pages import page
from tracker.stub.talk import Ask, Trouble

#: Items on a page of an edge when no number is given, and at most.
PAGE, MOST = 25, 100

Getter = Callable[[], Any]
Edge = Callable[[Wish, Ask, World], Any]


class Node:
    """A thing with fields and edges; those it lacks are refused by their names."""

    kind = "Node"

    def __init__(self, node_id: str) -> None:
        self.id = node_id

    def fields(self, world: World) -> Mapping[str, Getter]:
        return {"id": lambda: self.id}

    def edges(self) -> Mapping[str, Edge]:
        return {}

    #: Shown when no fields are asked for.
    plain: tuple[str, ...] = ("id",)

    def show(self, wishes: Sequence[Wish], ask: Ask, world: World) -> dict[str, Any]:
        """The fields asked for; those without a value are left out."""
        known, edges = self.fields(world), self.edges()
        shown: dict[str, Any] = {}
        for wish in wishes or [Wish(name) for name in self.plain]:
            if wish.name in edges:
                value = edges[wish.name](wish, ask, world)
            elif wish.name in known:
                value = known[wish.name]()
            else:
                raise self._unknown(wish.name)
            if value is not None:
                shown[wish.name] = value
        return {**shown, "id": self.id}

    def edge(self, wish: Wish, ask: Ask, world: World) -> dict[str, Any]:
        """What stands below the node's own path."""
        if wish.name not in self.edges():
            raise self._unknown(wish.name)
        found: dict[str, Any] = self.edges()[wish.name](wish, ask, world)
        return found

    def _unknown(self, name: str) -> Trouble:
        said = f"(#100) Tried accessing nonexisting field ({name}) on node type "
        return Trouble("value", name, said + f"({self.kind})")


@dataclass(frozen=True, slots=True)
class Metric:
    """An insight: its count here, its period, and the kinds of media that have it."""

    count: str
    period: str = "lifetime"
    only: tuple[str, ...] = ()


def nothing(wish: Wish, ask: Ask, world: World) -> dict[str, Any]:
    """An edge that the stub has nothing for."""
    return {"data": []}


def listed(
    items: Sequence[Node], wish: Wish, ask: Ask, world: World, at: str
) -> dict[str, Any]:
    """A page of an edge, with cursors and the address of the next one."""
    limit = wish.options.get("limit", "")
    size = min(int(limit), MOST) if limit.isdecimal() and int(limit) else PAGE
    after = wish.options.get("after", "")
    some, token = page(items, after, size, "after")
    data = [each.show(wish.below, ask, world) for each in some]
    body: dict[str, Any] = {"data": data}
    if some:
        body["paging"] = {
            "cursors": {"before": after or "start", "after": token or "end"}
        }
    if token:
        kept = {k: v for k, v in wish.options.items() if k not in ("after", "before")}
        kept |= {"limit": str(size), "after": token}
        if given := ask.one("access_token"):
            kept["access_token"] = given
        version = ask.places.get("version")
        root = f"{ask.base}/v{version}" if version else ask.base
        body["paging"]["next"] = f"{root}/{at}?{urlencode(kept)}"
    return body


def within(seen: Sequence[Seen], options: Mapping[str, str]) -> list[Seen]:
    """Those published in a span of `since` and `until` (seconds or dates)."""

    def at(name: str, default: int) -> int:
        text = options.get(name, "")
        if not text:
            return default
        return int(text) * 1000 if text.isdecimal() else instant(text)

    first, last = at("since", -(2**62)), at("until", 2**62)
    return [each for each in seen if first <= each.post.published <= last]


def insights(
    node_id: str, seen: Seen, wish: Wish, known: Mapping[str, Metric], kind: str
) -> dict[str, Any]:
    """The metrics asked for; one that is wrong refuses all, one unknown is empty."""
    wanted = [m.strip() for m in wish.options.get("metric", "").split(",") if m.strip()]
    if not wanted:
        raise Trouble("value", "metric", "(#100) The parameter metric is required")
    _check(wanted, known, kind)
    found = [_insight(node_id, seen, name, known[name]) for name in wanted]
    return {"data": [each for each in found if each]}


def _check(wanted: Sequence[str], known: Mapping[str, Metric], kind: str) -> None:
    for at, name in enumerate(wanted):
        if name not in known:
            values = ", ".join(known)
            said = f"(#100) metric[{at}] must be one of the following values: {values}"
            raise Trouble("value", "metric", said)
        if known[name].only and kind not in known[name].only:
            said = f"(#100) The Media Insights API does not support the {name} metric "
            raise Trouble("value", "metric", said + "for this media product type.")


def _insight(node_id: str, seen: Seen, name: str, metric: Metric) -> dict[str, Any]:
    value: Any
    if metric.count == "reactions":
        value = {"like": seen.likes} if seen.likes is not None else None
    elif metric.count == "interactions":
        value = _interactions(seen)
    else:
        value = seen.counts.get(metric.count)
    # What is not available comes as an empty set, never as 0.
    if value is None:
        return {}
    return {
        "name": name,
        "period": metric.period,
        "values": [{"value": value}],
        "title": name.replace("_", " ").capitalize(),
        "description": "",
        "id": f"{node_id}/insights/{name}/{metric.period}",
    }


def _interactions(seen: Seen) -> int | None:
    parts = [seen.likes, seen.comments, seen.shares, seen.saves]
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


def iso(ms: int) -> str:
    return stamp(ms, end="+0000")


def find(wanted: str, world: World, ask: Ask) -> Node | None:
    """The node of an id; `me` is the account that the token belongs to."""
    from tracker.stub.graphmedia import Media, Person
    from tracker.stub.graphpages import Page, PagePost

    if wanted == "me":
        return _owner(world, ask, Page, Person)
    for platform, account_node in (("instagram", Person), ("facebook", Page)):
        if account := world.by_id(platform, wanted):
            return account_node(account)
    if account := world.account("facebook", wanted):
        return Page(account)
    if seen := world.post("instagram", wanted):
        return Media(wanted, seen)
    if seen := world.post("facebook", wanted):
        return PagePost(wanted, seen)
    return None


def _owner(
    world: World,
    ask: Ask,
    page_node: Callable[[Account], Node],
    person_node: Callable[[Account], Node],
) -> Node | None:
    """A token that is a handle is that account's; any other is of the first one."""
    token = ask.one("access_token") or ask.bearer
    for platform, made in (("facebook", page_node), ("instagram", person_node)):
        if account := world.account(platform, token):
            return made(account)
    for platform, made in (("instagram", person_node), ("facebook", page_node)):
        if accounts := world.accounts(platform):
            return made(accounts[0])
    return None
