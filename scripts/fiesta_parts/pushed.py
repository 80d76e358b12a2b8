"""The readings that a service of the bloggers pushes: signed webhooks, one a day.

Each delivery is a file: its name is the delivery's id, its bytes are the body. `send`
signs them as Standard Webhooks are signed and posts them, as the service would:

    python scripts/fiesta_parts/pushed.py FOLDER http://HOST:PORT
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sys
import time
from collections.abc import Iterable
from http.client import HTTPConnection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fiesta_parts.files import layout_of
from fiesta_parts.readings import Reading

SOURCE = "blogs"
#: Known to the sender and to the workspace; everything here is made up, this too.
SECRET = b"a secret of the demonstration"


def is_pushed(reading: Reading) -> bool:
    """Blogs, once the hand-kept sheet of the first month is over."""
    return reading.post.platform == "blog" and layout_of(reading) is None


def write_deliveries(readings: Iterable[Reading], folder: Path) -> list[Path]:
    """A file for each day on which something was read."""
    folder.mkdir(exist_ok=True)
    days: dict[str, list[dict[str, object]]] = {}
    for reading in filter(is_pushed, readings):
        days.setdefault(f"{reading.at:%Y-%m-%d}", []).append(item(reading))
    return [write_delivery(folder, day, items) for day, items in days.items()]


def write_delivery(folder: Path, day: str, items: list[dict[str, object]]) -> Path:
    body = {"type": "post.metrics", "data": items}
    path = folder / f"{SOURCE}-{day}.json"
    path.write_text(json.dumps(body, ensure_ascii=False), "utf-8")
    return path


def item(reading: Reading) -> dict[str, object]:
    """A reading in canonical words; days without a time."""
    post = reading.post
    return {
        "url": post.id,
        "handle": post.handle,
        "caption": post.caption,
        "published_at": f"{post.published:%Y-%m-%d}",
        "captured_at": f"{reading.at:%Y-%m-%d}",
        **reading.counts,
    }


def write_secret(path: Path) -> None:
    """As the settings refer to it, readable by nobody else."""
    path.touch(mode=0o600)
    path.write_text("whsec_" + base64.b64encode(SECRET).decode() + "\n", "ascii")


def send(folder: Path, address: str) -> int:
    """Post all deliveries to a server; OSError when one is not taken."""
    link = HTTPConnection(address.removeprefix("http://"), timeout=30)
    paths = sorted(folder.glob("*.json"))
    for path in paths:
        body = path.read_bytes()
        link.request("POST", f"/hooks/{SOURCE}", body, signed(path.stem, body))
        answer = link.getresponse()
        said = answer.read()
        if not 200 <= answer.status < 300:
            raise OSError(f"{path.name}: {answer.status} {said!r}")
    return len(paths)


def signed(name: str, body: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks."""
    now = str(int(time.time()))
    text = f"{name}.{now}.".encode() + body
    mark = base64.b64encode(hmac.digest(SECRET, text, hashlib.sha256)).decode()
    return {
        "content-type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": now,
        "webhook-signature": f"v1,{mark}",
    }


if __name__ == "__main__":
    print(f"{send(Path(sys.argv[1]), sys.argv[2])} deliveries taken")
