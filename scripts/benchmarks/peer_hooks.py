"""What the HTTP door is measured against: the same request, taken in other ways.

`bare`: answered without a look at it. `session`: the signature is checked, the body
parsed, and one row committed through a session of an object mapper, each on its own.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import time
from typing import Any

OK = [(b"content-type", b"text/plain"), (b"content-length", b"2")]


async def bare(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": OK})
    await send({"type": "http.response.body", "body": b"ok"})


async def _live(receive: Any, send: Any) -> None:
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


def session() -> Any:
    """A factory: its libraries are loaded only where they are measured."""
    from sqlalchemy import event
    from sqlmodel import Field, Session, SQLModel, create_engine
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    class Kept(SQLModel, table=True):
        id: int | None = Field(default=None, primary_key=True)
        delivery_id: str = Field(unique=True)
        received_at: float
        body: bytes

    engine = create_engine(
        f"sqlite:///{os.environ['PEER_DB']}",
        connect_args={"check_same_thread": False, "timeout": 30},
    )

    @event.listens_for(engine, "connect")
    def settle(link: Any, _: Any) -> None:
        link.execute("PRAGMA journal_mode=WAL")
        link.execute("PRAGMA synchronous=FULL")

    SQLModel.metadata.create_all(engine)
    key = os.environ["HOOK_SECRET"].encode()

    def keep(known: str, body: bytes) -> None:
        with Session(engine) as work:
            work.add(Kept(delivery_id=known, received_at=time.time(), body=body))
            work.commit()

    async def hook(request: Request) -> PlainTextResponse:
        body = await request.body()
        made = "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(made, request.headers["x-hub-signature-256"]):
            return PlainTextResponse("no", 401)
        json.loads(body)
        await run_in_threadpool(keep, request.headers["x-github-delivery"], body)
        return PlainTextResponse("ok")

    return Starlette(routes=[Route("/hooks/bench", hook, methods=["POST"])])
