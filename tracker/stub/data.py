"""The programme that the stub tells of: posts, accounts, and how they stood.

A folder holds one CSV file a platform, named after it, with a row for each reading:

    handle,post_id,published_at,captured_at,caption,kind,url,views,likes,...

and, if wanted, `accounts.csv` (`platform,handle,account_id,name,followers`). Counts
are totals; an empty cell says nothing new. A row with `state` = `gone` says that the
post cannot be seen from then on, one with `live` that it can again. `api_id` is the
id that the API uses where that is not the one that people see. What is not written is
made up of what is, always in the same way.
"""

from __future__ import annotations

import csv
import hashlib
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tracker.errors import ConfigError
from tracker.model import METRICS, handle_key

#: Counts of links besides the metrics of posts.
COUNTS = (*METRICS, "leads", "sales", "sale_amount")
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BASE32 = "abcdefghijklmnopqrstuvwxyz234567"


@dataclass(slots=True)
class Post:
    """A post or a link; what it counted at each moment. published: ms UTC."""

    id: str
    api_id: str
    handle: str
    published: int
    caption: str = ""
    kind: str = ""
    url: str = ""
    moments: list[int] = field(default_factory=list)
    counts: list[Mapping[str, int]] = field(default_factory=list)
    gone: list[bool] = field(default_factory=list)

    def at(self, now: int) -> Mapping[str, int] | None:
        """What was known at an instant; None when the post could not be seen."""
        place = bisect_right(self.moments, now) - 1
        if self.published > now or (place >= 0 and self.gone[place]):
            return None
        return self.counts[place] if place >= 0 else {}

    def add(self, moment: int, counts: Mapping[str, int], state: str) -> None:
        """One more reading, later than those before."""
        known = {**self.counts[-1], **counts} if self.counts else dict(counts)
        gone = state == "gone" or (not state and bool(self.gone) and self.gone[-1])
        self.moments.append(moment)
        self.counts.append(known)
        self.gone.append(gone)

    def days(self, count: str, now: int) -> dict[str, int]:
        """What a count grew by on each day of UTC, the earliest first."""
        grown: dict[str, int] = {}
        before = 0
        for moment, known in zip(self.moments, self.counts, strict=True):
            if moment > now or count not in known:
                continue
            day = stamp(moment)[:10]
            grown[day] = grown.get(day, 0) + known[count] - before
            before = known[count]
        return {day: more for day, more in grown.items() if more}


@dataclass(frozen=True, slots=True)
class Account:
    """A handle and the id that the platform gives it; followers None: unknown."""

    handle: str
    id: str
    name: str
    followers: int | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """One platform's posts and accounts."""

    posts: dict[str, Post] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """A post as it stood at the instant of the call."""

    post: Post
    counts: Mapping[str, int]

    def __getattr__(self, name: str) -> int | None:
        if name not in COUNTS:
            raise AttributeError(name)
        return self.counts.get(name)


@dataclass(frozen=True, slots=True)
class World:
    """The programme at an instant, ms UTC."""

    programme: Programme
    now: int

    def post(self, platform: str, api_id: str) -> Seen | None:
        found = self.programme.shelf(platform).posts.get(api_id)
        counts = found.at(self.now) if found else None
        return Seen(found, counts) if found and counts is not None else None

    def posts(self, platform: str, handle: str | None = None) -> list[Seen]:
        """What can be seen of one account, or of all, the newest first."""
        wanted = None if handle is None else handle_key(handle)
        found = [
            Seen(post, counts)
            for post in self.programme.shelf(platform).posts.values()
            if wanted in (None, handle_key(post.handle))
            and (counts := post.at(self.now)) is not None
        ]
        return sorted(found, key=lambda s: (-s.post.published, s.post.api_id))

    def account(self, platform: str, handle: str) -> Account | None:
        return self.programme.shelf(platform).accounts.get(handle_key(handle))

    def accounts(self, platform: str) -> list[Account]:
        return list(self.programme.shelf(platform).accounts.values())

    def by_id(self, platform: str, account_id: str) -> Account | None:
        return next((a for a in self.accounts(platform) if a.id == account_id), None)


@dataclass(slots=True)
class Programme:
    """What the stub knows; now: the instant of its answers, ms UTC."""

    folder: Path
    now: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    shelves: dict[str, Shelf] = field(default_factory=dict)
    reading: threading.Lock = field(default_factory=threading.Lock)

    def world(self) -> World:
        return World(self, self.now())

    def shelf(self, platform: str) -> Shelf:
        """One platform's part, read when it is first asked for, by one thread."""
        with self.reading:
            if platform not in self.shelves:
                self.shelves[platform] = _shelf(self.folder, platform)
            return self.shelves[platform]

    def read(self) -> None:
        """Read all lists of posts now, so that no caller waits for a large file."""
        for path in sorted(self.folder.glob("*.csv")):
            if "post_id" in next(_rows(path), {}):
                self.shelf(path.stem)

    def rows(self, name: str) -> list[dict[str, str]]:
        """The rows of a file that is no list of posts."""
        return list(_rows(self.folder / name))


def default_folder() -> Path:
    """The example: inside an installed package, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    places = (package / "stub" / "example", package.parent / "fixtures/api/stub")
    for place in places:
        if place.is_dir():
            return place
    raise ConfigError("STUB_DATA", "stub", "its example is not installed")


# -- reading ---------------------------------------------------------------------


def _shelf(folder: Path, platform: str) -> Shelf:
    shelf = Shelf()
    for row in _rows(folder / "accounts.csv"):
        if row["platform"] == platform:
            shelf.accounts[handle_key(row["handle"])] = _account(platform, row)
    rows = list(_rows(folder / f"{platform}.csv"))
    for row in sorted(rows, key=lambda row: instant(row["captured_at"])):
        _put(shelf, platform, row)
    return shelf


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if not path.exists():
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield {name: (cell or "").strip() for name, cell in row.items() if name}


def _put(shelf: Shelf, platform: str, row: dict[str, str]) -> None:
    shown, handle = row["post_id"], row.get("handle", "").removeprefix("@")
    if handle and handle_key(handle) not in shelf.accounts:
        blank = {"handle": handle}
        shelf.accounts[handle_key(handle)] = _account(platform, blank)
    owner = shelf.accounts.get(handle_key(handle))
    api_id = row.get("api_id") or made_id(platform, owner, shown)
    post = shelf.posts.get(api_id)
    if post is None:
        post = Post(shown, api_id, handle, instant(row["published_at"]))
        shelf.posts[api_id] = post
    post.caption = row.get("caption") or post.caption
    post.kind = row.get("kind") or post.kind
    post.url = row.get("url") or post.url
    counts = {name: int(row[name]) for name in COUNTS if row.get(name)}
    post.add(instant(row["captured_at"]), counts, row.get("state", ""))


def _account(platform: str, row: dict[str, str]) -> Account:
    handle = row["handle"].removeprefix("@")
    given = row.get("account_id") or made_account(platform, handle)
    followers = int(row["followers"]) if row.get("followers") else None
    return Account(handle, given, row.get("name") or handle, followers)


def made_account(platform: str, handle: str) -> str:
    """The id of an account, in the platform's form, from its handle."""
    seed = f"{platform} {handle_key(handle)}"
    if platform == "youtube":
        return "UC" + letters(seed, 22)
    if platform == "bluesky":
        return "did:plc:" + letters(seed, 24, BASE32)
    return digits(seed, 17 if platform in ("instagram", "facebook") else 10)


def made_id(platform: str, owner: Account | None, shown: str) -> str:
    """The id by which the API knows a post, where it is not the one people see."""
    if platform == "instagram":
        return digits(f"media {shown}", 17)
    if platform == "facebook" and "_" not in shown and owner:
        return f"{owner.id}_{shown}"
    return shown


def digits(seed: str, many: int) -> str:
    """A number of so many digits that always comes of the same text."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:16])
    return "1" + str(number)[: many - 1].rjust(many - 1, "7")


def letters(seed: str, many: int, signs: str = BASE62) -> str:
    """Letters and digits that always come of the same text."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest())
    made = ""
    for _ in range(many):
        number, at = divmod(number, len(signs))
        made += signs[at]
    return made


# -- time ------------------------------------------------------------------------


def instant(text: str) -> int:
    """ISO 8601 as ms UTC; without a zone it is UTC."""
    made = datetime.fromisoformat(text)
    made = made if made.tzinfo else made.replace(tzinfo=UTC)
    return int(made.timestamp() * 1000)


def moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def stamp(ms: int, spec: str = "seconds", end: str = "Z") -> str:
    """ISO 8601 in UTC, in the way a platform writes it."""
    return moment(ms).replace(tzinfo=None).isoformat(timespec=spec) + end
