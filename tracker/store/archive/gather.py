"""Hot and archived readings as one.

Where both have a reading of one post and instant, the hot one counts: it is newer, or
the same while a month is on its way. As long as none of the posts asked for is
archived, a question costs one look at an index more.

Arrays are put together in memory (`union`). Questions in SQL name their relation as
`gather` says: `reading` itself, or a temporary table with all that is wanted of it,
because SQLite does not push a join into a UNION ALL.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.model import METRICS, moment
from tracker.store import bulk
from tracker.store.archive import parts
from tracker.store.archive.months import bounds
from tracker.store.database import Link

if TYPE_CHECKING:
    import polars as pl

    from tracker.store.archive.parts import Part
    from tracker.store.gains import Ints

#: The identity of a reading, and all that is kept of it.
KEY = ("post_id", "captured_at")
COLUMNS = (*KEY, *METRICS, "payload_id", "line")
FAR = 2**62
#: Posts of which readings are counted at once.
AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted: the name of a table with the column `post`.

    exact: it has a column `at` too, and only readings of just these instants are
    wanted. since, until: only what was captured then, both ends inside.
    """

    table: str
    exact: bool = False
    since: int = -FAR
    until: int = FAR

    @property
    def joined(self) -> str:
        """The hot readings r that are wanted."""
        at = " AND r.captured_at = w.at" if self.exact else ""
        cut = "" if (self.since, self.until) == (-FAR, FAR) else self._between
        return f" FROM {self.table} w JOIN reading r ON r.post_id = w.post{at}{cut}"

    @property
    def _between(self) -> str:
        return f" AND r.captured_at BETWEEN {self.since:d} AND {self.until:d}"


# -- archived readings -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Archived:
    """Those posts of a wish that are archived, and the files that may hold them."""

    wish: Wish
    keys: dict[str, Ints]
    parts: tuple[Part, ...]

    def numbers(self, link: Link, columns: Sequence[str]) -> Ints:
        """Their readings by post and instant, -1 for unknown; shadowed ones too."""
        names = ", ".join(_told(name) for name in columns)
        same = " AND w.at = r.captured_at" if self.wish.exact else ""
        sql = (
            f"SELECT {names} FROM readings r SEMI JOIN wanted w ON w.post = r.post"
            f"{same} WHERE {self._cut} ORDER BY r.post, r.captured_at"
        )
        return link.archive.scanner.numbers(self.parts, sql, {"wanted": self.keys})

    def counts(self, link: Link) -> Ints:
        """Posts, and how many readings the files have of each."""
        sql = (
            "SELECT r.post, count(*) AS n FROM readings r SEMI JOIN wanted w"
            f" ON w.post = r.post WHERE {self._cut} GROUP BY r.post"
        )
        return link.archive.scanner.numbers(self.parts, sql, {"wanted": self.keys})

    @property
    def _cut(self) -> str:
        """By this, whole row groups are left out by their statistics."""
        posts, wish = self.keys["post"], self.wish
        since, until = wish.since, wish.until
        if wish.exact:
            since, until = self.keys["at"].min(), self.keys["at"].max()
        return (
            f"r.post BETWEEN {posts.min():d} AND {posts.max():d}"
            f" AND r.captured_at BETWEEN {since:d} AND {until:d}"
        )


def _told(name: str) -> str:
    column = "post" if name == "post_id" else name
    return f"coalesce(r.{column}, -1) AS {name}" if name in METRICS else f"r.{column}"


def archived(link: Link, wish: Wish) -> Archived | None:
    """What of a wish is archived; None when there is nothing of it in any file."""
    import numpy as np

    if not parts.any_live(link):
        return None
    at = ", w.at" if wish.exact else ""
    # in this order, so that it costs what is wanted and not what is archived
    found = bulk.numbers(
        link,
        f"SELECT a.campaign_id, w.post{at} FROM {wish.table} w"
        " CROSS JOIN archived_post a WHERE a.post_id = w.post",
        width=2 + wish.exact,
    )
    if not len(found):
        return None
    since, until = wish.since, wish.until
    if wish.exact:
        since, until = int(found[:, 2].min()), int(found[:, 2].max())
    months = (_month(since), _month(until))
    some = [
        part
        for home in np.unique(found[:, 0]).tolist()
        for part in parts.around(
            link, home, np.unique(found[found[:, 0] == home, 1]), months
        )
    ]
    if not some:
        return None
    keys = {"post": found[:, 1].copy()}
    if wish.exact:
        keys["at"] = found[:, 2].copy()
    return Archived(wish, keys, tuple(some))


def _month(at: int) -> str:
    """As parts name months; what no calendar has comes before or after all of them."""
    try:
        return moment(at).date().isoformat()[:7]
    except OverflowError:
        return "" if at < 0 else "~"


# -- both ------------------------------------------------------------------------


def numbers(link: Link, wish: Wish, columns: Sequence[str]) -> Ints:
    """Wanted readings by post and instant, which are the first two columns; -1 for
    an unknown count."""
    names = ", ".join(
        f"coalesce(r.{name}, -1)" if name in METRICS else f"r.{name}"
        for name in columns
    )
    hot = bulk.numbers(
        link,
        f"SELECT {names}{wish.joined} ORDER BY r.post_id, r.captured_at",
        width=len(columns),
    )
    found = archived(link, wish)
    return hot if found is None else union(hot, found.numbers(link, columns))


def union(hot: Ints, cold: Ints) -> Ints:
    """Both by their first two columns; of the same post and instant the hot row."""
    import numpy as np

    if not len(cold):
        return hot
    both = np.concatenate([hot, cold])
    order = np.lexsort((both[:, 1], both[:, 0]))  # stable: hot ones come first
    both = both[order]
    new = (both[1:, :2] != both[:-1, :2]).any(axis=1)
    return both[np.r_[True, new]]


def counts(link: Link, table: str) -> Ints:
    """Posts of a table in order, and about how many readings each has: a reading that
    is in both places counts twice. To cut work into pieces."""
    import numpy as np

    hot = bulk.numbers(
        link,
        "SELECT w.post, (SELECT count(*) FROM reading r WHERE r.post_id = w.post)"
        f" FROM {table} w ORDER BY w.post",
        width=2,
    )
    found = archived(link, Wish(table))
    if found is not None:
        more = found.counts(link)
        hot[np.searchsorted(hot[:, 0], more[:, 0]), 1] += more[:, 1]
    return hot


def gather(link: Link, wish: Wish, metrics: Sequence[str] = METRICS) -> str:
    """The name of a relation with the columns of `reading`, in which all that is
    wanted can be found, for the rest of the transaction or until the next wish.

    metrics: those that are asked for; of others nothing need be in it.
    """
    found = archived(link, wish)
    if found is None:
        return "reading"
    columns = (*KEY, *metrics, "payload_id", "line")
    names = ", ".join(columns)
    _make(link)
    hot = ", ".join(f"r.{name}" for name in columns)
    link.run(f"INSERT INTO gathered ({names}) SELECT {hot}{wish.joined}")
    rows = frame(found.numbers(link, columns), columns)
    bulk.insert(link, "gathered", rows, keys=KEY, conflict="ignore")
    if link.dialect != "sqlite":
        link.run("ANALYZE gathered")
    return "gathered"


def _make(link: Link) -> None:
    """The temporary table, empty; as `bulk.wanted` makes them."""
    said = ", ".join(f"{name} BIGINT" for name in COLUMNS)
    said += f", PRIMARY KEY ({', '.join(KEY)})"
    if link.dialect == "sqlite":
        link.run("DROP TABLE IF EXISTS gathered")
        link.run(f"CREATE TEMP TABLE gathered ({said}) WITHOUT ROWID")
        return
    if "gathered" in link.made:
        link.run("DROP TABLE gathered")
    link.made.add("gathered")
    link.run(f"CREATE TEMP TABLE gathered ({said}) ON COMMIT DROP")


def frame(found: Ints, columns: Sequence[str] = COLUMNS) -> pl.DataFrame:
    """Rows of `numbers` as tables have them."""
    import polars as pl

    return pl.DataFrame(
        {
            name: bulk.unknown_null(found[:, n]) if name in METRICS else found[:, n]
            for n, name in enumerate(columns)
        }
    )


def all_of(link: Link, part: Part) -> Ints:
    """All readings of one file (COLUMNS), those under hot ones too."""
    names = ", ".join(_told(name) for name in COLUMNS)
    sql = f"SELECT {names} FROM readings r ORDER BY r.post, r.captured_at"
    return link.archive.scanner.numbers([part], sql, {})


def of_campaign(link: Link, number: int) -> bool:
    """Is anything of a campaign's posts archived?"""
    return parts.any_live(link) and bool(
        link.value(
            "SELECT 1 FROM attribution a JOIN archived_post p ON p.post_id = a.post_id"
            " WHERE a.campaign_id = ? LIMIT 1",
            (number,),
        )
    )


def newest(link: Link, number: int) -> str:
    """The relation in which the newest readings of a campaign's posts are."""
    if not of_campaign(link, number):
        return "reading"
    import polars as pl

    schema = {"post": pl.Int64, "at": pl.Int64}
    sql = (
        "SELECT a.post_id, s.last_at FROM attribution a"
        " JOIN post_state s ON s.post_id = a.post_id WHERE a.campaign_id = ?"
    )
    bulk.wanted(link, "wanted_newest", link.frame(sql, (number,), schema))
    return gather(link, Wish("wanted_newest", exact=True), ())


def count(link: Link) -> int:
    """All readings, those in both places once."""
    hot = int(link.value("SELECT COUNT(*) FROM reading"))
    live = parts.live(link)
    return hot + sum(part.rows for part in live) - sum(_shadowed(link, live))


def _shadowed(link: Link, live: Sequence[Part]) -> Iterator[int]:
    """How many hot readings have an archived one under them, some posts at a time."""
    if not live:
        return
    newest = max(part.month for part in live)
    sql = (
        "SELECT r.post_id, r.captured_at FROM (SELECT post_id FROM archived_post"
        " WHERE post_id > ? ORDER BY post_id LIMIT ?) a"
        " JOIN reading r ON r.post_id = a.post_id AND r.captured_at < ?"
    )
    step = "SELECT max(post_id) FROM (SELECT post_id FROM archived_post"
    step += " WHERE post_id > ? ORDER BY post_id LIMIT ?) a"
    last = -1
    while (end := link.value(step, (last, AT_ONCE))) is not None:
        late = bulk.numbers(link, sql, (last, AT_ONCE, bounds(newest)[1]), width=2)
        yield len(_identities(link, late))
        last = end


def _identities(link: Link, pairs: Ints) -> Ints:
    """Those of these posts and instants that are in a file."""
    import polars as pl

    if not len(pairs):
        return pairs
    frame = pl.DataFrame({"post": pairs[:, 0], "at": pairs[:, 1]})
    bulk.wanted(link, "wanted_shadows", frame)
    found = archived(link, Wish("wanted_shadows", exact=True))
    return pairs[:0] if found is None else found.numbers(link, KEY)
