"""From the inbox into the store: each event once, in whatever order things come."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from sources.webhook import hooks
from sources.webhook.hooks import NOW, SECRETS
from support import Run

from tracker import app
from tracker.store.inbox import Arrival, Inbox

BLOCK = """
[[source]]
name = "shop"
kind = "webhook"
scheme = "standard"
secret = { env = "SHOP_SECRET" }
timezone = "UTC"
"""


@pytest.fixture
def shop(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with a webhook."""
    monkeypatch.setenv("SHOP_SECRET", SECRETS["ONE"])
    with (workspace / "tracker.toml").open("a") as file:
        file.write(BLOCK)
    return workspace


def deliver(home: Path, *bodies: Any, numbers: list[int] | None = None) -> None:
    """Sign, verify and keep deliveries, as the server does."""
    tracker = app.open_tracker(home)
    source: Any = tracker.source("shop")
    arrivals = []
    for number, body in zip(numbers or range(len(bodies)), bodies, strict=True):
        raw = json.dumps(body).encode()
        sealed = hooks.standard(SECRETS["ONE"], raw, NOW, f"msg_{number}")
        known = source.verify(raw, sealed, NOW)
        kept = json.dumps({name: sealed[name] for name in source.headers})
        arrivals.append(Arrival("shop", known, NOW + number, kept, raw))
    box = Inbox(tracker.database)
    box.put(arrivals)
    box.close()


def collect(home: Path) -> Any:
    return app.ingest_source(app.open_tracker(home), "shop", now=NOW + 10_000)


def stored(home: Path) -> tuple[Any, ...]:
    """What the store knows, without the numbers that tell the order of arrival."""
    with app.open_tracker(home).database.reading() as link:
        return (
            link.all("SELECT external_id, kind, at, data FROM event ORDER BY 1"),
            link.all(
                "SELECT p.platform, p.external_id, r.captured_at, r.views FROM reading"
                " r JOIN post p ON p.id = r.post_id ORDER BY 1, 2, 3"
            ),
            link.all("SELECT ambassador_id, platform, day, views FROM rollup"),
            link.all('SELECT "column", code, raw FROM reject ORDER BY raw'),
        )


def bodies() -> list[dict[str, Any]]:
    """Events of which some come twice, readings that disagree, and a bad one."""
    made: list[dict[str, Any]] = []
    for n in range(40):
        sale = {"id": f"e{n % 30}", "kind": "sale", "at": "2026-06-30T10:00:00Z"}
        post = {"platform": "x", "post_id": str(n % 7), "views": n}
        post["captured_at"] = f"2026-06-{1 + n % 5:02}"
        made.append({"type": "outcome", "data": [sale]})
        made.append({"type": "post.metrics", "data": [post, {"post_id": str(n)}]})
    return made


def test_any_order_of_deliveries_ends_in_the_same_store(
    shop: Path, tmp_path: Path
) -> None:
    """Also in several runs; sums are those of a recount."""
    dice, all_bodies, states = random.Random(3), bodies(), []
    for turn in range(4):
        home = Path(shutil.copytree(shop, tmp_path / f"home{turn}"))
        order = list(range(len(all_bodies)))
        if turn:
            dice.shuffle(order)
        for start in range(0, len(order), 27):
            some = order[start : start + 27]
            deliver(home, *(all_bodies[n] for n in some), numbers=some)
            collect(home)
        states.append(stored(home))
    assert len(states[0][0]) == 30
    assert len(states[0][1]) == 35
    assert states[1:] == states[:1] * 3


def test_rows_are_accounted_for_and_deliveries_read_once(shop: Path) -> None:
    sale = {"id": "e1", "kind": "sale", "at": "2026-06-30"}
    post = {"platform": "x", "post_id": "1", "views": 5}
    deliver(
        shop,
        {"type": "outcome", "data": [sale, sale, {**sale, "id": "e2", "value": "?"}]},
        {"type": "post.metrics", "data": [post, {**post, "views": "5,5"}]},
        {"type": "newsletter", "data": {}},
    )
    tally = collect(shop).tally
    assert (tally.rows, tally.stored, tally.unchanged) == (5, 2, 1)
    assert (tally.rejected, tally.ignored) == (2, 1)
    again = collect(shop).tally
    assert again.rows == 0


def test_a_rejected_event_is_kept_after_a_change_of_settings(
    shop: Path, invoke: Run
) -> None:
    """A time that Paris skips is one that UTC has."""
    file = shop / "tracker.toml"
    text = file.read_text()
    file.write_text(text.replace('timezone = "UTC"', 'timezone = "Europe/Paris"'))
    sale = {"id": "e1", "kind": "sale", "at": "2026-03-29 02:30"}
    deliver(shop, {"type": "outcome", "data": sale})
    assert collect(shop).tally.rejected == 1
    assert "ROW_DATE" in invoke("quarantine", "list").out
    assert invoke("quarantine", "retry", "--all").code == 1
    file.write_text(text)
    assert invoke("quarantine", "retry", "--all").code == 0
    ((known, kind, _, _),) = stored(shop)[0]
    assert (known, kind) == ("e1", "outcome")
