"""Meta's Graph API: Instagram accounts and media, Facebook Pages and posts.

One API for both, as `graph.facebook.com` (and `graph.instagram.com`) is: what a node
is follows from its id. Edges, fields, metrics and retired metrics: the reference pages
of IG User, IG Media, business discovery, media insights, Page, Page post and Page
insights; errors and headers of limits: the pages on errors and on rate limiting.
Several nodes by `ids`, several calls by a batch, both up to fifty.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tracker.stub import graphfields
from tracker.stub.data import World
from tracker.stub.graphnodes import Node, find
from tracker.stub.talk import Ask, Platform, Reply, Route, Trouble

NAME = "graph"
#: Nodes of one call by `ids`; calls of one batch.
MOST = 50
_GENERAL = frozenset(
    "access_token appsecret_proof fields locale date_format debug pretty "
    "suppress_http_code include_headers method".split()
)
_EDGE = _GENERAL | frozenset("limit after before since until summary".split())
_INSIGHTS = _EDGE | frozenset("metric period breakdown metric_type timeframe".split())


def node(ask: Ask, world: World) -> dict[str, Any]:
    """GET /{id}: the fields of one node."""
    return _fields(ask, world, _node(ask.places["id"], ask, world))


def nodes(ask: Ask, world: World) -> dict[str, Any]:
    """GET /?ids=a,b: the fields of several; one that is missing refuses all."""
    ids = ask.many("ids")
    if not ids:
        raise Trouble("lost", "", "Empty path")
    if len(ids) > MOST:
        raise Trouble("many", "ids", f"Too many IDs. Maximum: {MOST}.")
    return {each: _fields(ask, world, _node(each, ask, world)) for each in ids}


def edge(ask: Ask, world: World) -> dict[str, Any]:
    """GET /{id}/{edge}."""
    start = _node(ask.places["id"], ask, world)
    name = ask.places["edge"]
    wish = graphfields.Wish(name, graphfields.read(ask.one("fields")), dict(ask.query))
    return start.edge(wish, ask, world)


def batch(ask: Ask, world: World) -> list[dict[str, Any] | None]:
    """POST / with `batch`: each call answered with its status and its body."""
    form = dict(parse_qsl(ask.body.decode("utf-8", "replace")))
    given = form.get("batch") or ask.one("batch") or _json_part(ask, "batch")
    try:
        calls = json.loads(given)
    except ValueError:
        said = "(#100) batch parameter must be a JSON array"
        raise Trouble("value", "", said) from None
    if len(calls) > MOST:
        raise Trouble(
            "value", "", f"Too many requests in batch message. Maximum: {MOST}"
        )
    token = form.get("access_token") or ask.one("access_token") or ask.bearer
    return [
        _one(str(call.get("relative_url", "")), token, ask, world) for call in calls
    ]


def _json_part(ask: Ask, name: str) -> str:
    if "json" not in ask.headers.get("content-type", ""):
        return ""
    part = ask.sent().get(name, "")
    return part if isinstance(part, str) else json.dumps(part)


def _one(url: str, token: str, ask: Ask, world: World) -> dict[str, Any]:
    """A call of a batch."""
    parts = urlsplit("/" + url.lstrip("/"))
    query = (*parse_qsl(parts.query, keep_blank_values=True), ("access_token", token))
    pieces = [p for p in parts.path.split("/") if p]
    if pieces and pieces[0].startswith("v") and pieces[0][1:2].isdecimal():
        del pieces[0]
    places = dict(zip(("id", "edge"), pieces, strict=False))
    inner = Ask("GET", parts.path, query, ask.headers, b"", places, ask.base)
    answer: Callable[[Ask, World], Any] = (nodes, node, edge)[min(len(pieces), 2)]
    try:
        _check(inner, (_EDGE | {"ids"}, _GENERAL, _INSIGHTS)[min(len(pieces), 2)])
        body, status = answer(inner, world), 200
    except Trouble as trouble:
        reply = refuse(trouble, inner)
        body, status = reply.body, reply.status
    return {"code": status, "headers": [], "body": json.dumps(body)}


def _check(ask: Ask, known: frozenset[str]) -> None:
    for name, _ in ask.query:
        if name not in known:
            raise Trouble("parameter", name)


# -- nodes -----------------------------------------------------------------------


def _node(wanted: str, ask: Ask, world: World) -> Node:
    found = find(wanted, world, ask)
    if found is None:
        raise Trouble("lost", wanted)
    return found


def _fields(ask: Ask, world: World, node: Node) -> dict[str, Any]:
    wishes = graphfields.read(ask.one("fields"))
    return node.show(wishes, ask, world)


# -- errors ----------------------------------------------------------------------


def _error(
    status: int,
    code: int,
    message: str,
    kind: str = "OAuthException",
    more: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    body: dict[str, Any] = {"message": message, "type": kind, "code": code}
    body |= {**(more or {}), "fbtrace_id": "AStubStubStubStubStubStu"}
    return Reply({"error": body}, status, headers or {})


def refuse(trouble: Trouble, ask: Ask) -> Reply:
    """In the Graph API's words; a limit is told by code and headers, not by 429."""
    match trouble.what:
        case "key":
            said = "An access token is required to request this resource."
            return _error(400, 104, said)
        case "quota":
            return _limited(4, "(#4) Application request limit reached")
        case "busy":
            said = "(#80002) There have been too many calls to this Instagram account."
            return _limited(80002, said + " Wait a bit and try again.")
        case "broken":
            said = "An unknown error occurred"
            return _error(500, 1, said)
        case "inside":
            said = "Service temporarily unavailable"
            return _error(400, 2, said, more={"is_transient": True})
        case "parameter":
            said = f"(#100) Unknown parameter: {trouble.name}"
            return _error(400, 100, said)
        case "lost" if trouble.name:
            said = f"Unsupported get request. Object with ID '{trouble.name}' does not "
            said += "exist, cannot be loaded due to missing permissions, or does not "
            said += "support this operation. Please read the Graph API documentation "
            said += "at https://developers.facebook.com/docs/graph-api"
            more = {"error_subcode": 33}
            return _error(400, 100, said, "GraphMethodException", more)
        case "lost":
            said = f"Unknown path components: {ask.path}"
            return _error(400, 2500, said)
    said = trouble.text or f"(#100) Param {trouble.name} is wrong"
    said = said if said.startswith("(#") else f"(#100) {said}"
    code = int(said[2 : said.index(")")])
    return _error(400, code, said)


def _limited(code: int, said: str) -> Reply:
    """The percentages are used up; a business use case says for how many minutes."""
    use = {"call_count": 100, "total_cputime": 25, "total_time": 25}
    case = {**use, "type": "instagram", "estimated_time_to_regain_access": 5}
    headers = {
        "X-App-Usage": json.dumps(use),
        "X-Business-Use-Case-Usage": json.dumps({"17841400000000000": [case]}),
    }
    status = 403 if code == 4 else 400
    return _error(status, code, said, headers=headers)


def credential(ask: Ask) -> str:
    """In the query, the header or the form."""
    form = dict(parse_qsl(ask.body.decode("utf-8", "replace"))) if ask.body else {}
    if "json" in ask.headers.get("content-type", ""):
        form = {k: str(v) for k, v in ask.sent().items()}
    return ask.one("access_token") or ask.bearer or form.get("access_token", "")


def _routes() -> tuple[Route, ...]:
    made: list[Route] = []
    for root in ("/v{version}/", "/"):
        made += [
            Route("GET", root, nodes, _GENERAL | {"ids"}),
            Route("POST", root, batch, _GENERAL | {"batch"}),
            Route("GET", root + "{id}", node, _GENERAL),
            Route("GET", root + "{id}/{edge}", edge, _INSIGHTS),
        ]
    return tuple(made)


PLATFORM = Platform(NAME, _routes(), refuse, credential, limit=4_800, window=86_400)
