"""What an ambassador's own page shows besides posts: to do, missions, links, money."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from tracker.catalogue import N_
from tracker.codes import CURRENCIES
from tracker.facts import CampaignFacts, OwnFacts, Person
from tracker.kpi.money import STATES
from tracker.programme import LATE, MISSING, ON_TIME, PENDING, Cell, Mission
from tracker.report.missions import Look, look, today
from tracker.report.plan import KINDS
from tracker.report.text import clean, link, short

if TYPE_CHECKING:
    import polars as pl

#: Nobody's.
NOTHING = OwnFacts()
#: Their cells, each with its mission.
Cells = Sequence[tuple[Mission, Cell]]
COMMISSION = N_("Commission")


@dataclass(frozen=True, slots=True)
class ToDo:
    """what: disclose, deliver or missing. title: of the post or mission. words: to
    copy; tags: one of which a post must carry. day: when it was asked, or is due."""

    what: str
    title: str
    url: str | None
    words: str
    tags: tuple[str, ...]
    day: date | None
    at: int | None
    left: int
    needs: int


@dataclass(frozen=True, slots=True)
class OwnMission:
    """One of theirs, with the post that decided, and the leading metric of it."""

    name: str
    opens: date
    due: date
    look: Look
    title: str
    url: str | None
    value: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class OwnLink:
    """code: where clicks are counted. url: None for a promo code alone."""

    code: str
    url: str | None
    promo: str
    clicks: int
    aside: int


@dataclass(frozen=True, slots=True)
class OwnLine:
    """One amount. kind: a word of the catalogue, or of the plan."""

    at: date
    kind: str
    ref: str
    amount: Decimal
    currency: str
    state: str


@dataclass(frozen=True, slots=True)
class Own:
    """sums: by currency, in each of STATES (planned, committed, paid)."""

    todo: tuple[ToDo, ...]
    missions: tuple[OwnMission, ...]
    on_time: int
    over: int
    links: tuple[OwnLink, ...]
    results: tuple[tuple[str, Decimal], ...]
    lines: tuple[OwnLine, ...]
    sums: tuple[tuple[str, tuple[Decimal, ...]], ...]
    consents: tuple[tuple[str, date, date | None], ...]
    contracts: tuple[tuple[str, date], ...]
    goods: tuple[tuple[str, date, date | None, date | None], ...]


def cells_of(facts: CampaignFacts) -> dict[str, list[tuple[Mission, Cell]]]:
    """By ambassador."""
    by: dict[str, list[tuple[Mission, Cell]]] = defaultdict(list)
    for mission, cells in facts.programme.grid:
        for cell in cells:
            by[cell.ambassador].append((mission, cell))
    return by


def own_of(
    facts: CampaignFacts, person: Person, posts: pl.DataFrame, cells: Cells
) -> Own:
    """posts: theirs alone."""
    kept = facts.programme.own.get(person.id, NOTHING)
    lines = tuple(_lines(kept))
    states = [cell.state for _, cell in cells]
    return Own(
        todo=tuple(_todo(facts, kept, cells)),
        missions=tuple(_missions(facts, posts, cells)),
        on_time=states.count(ON_TIME),
        over=sum(state in (ON_TIME, LATE, MISSING) for state in states),
        links=tuple(
            OwnLink(
                clean(one.code),
                link(one.destination),
                clean(one.promo or ""),
                one.clicks.unique,
                one.clicks.raw - one.clicks.unique,
            )
            for one in kept.links
        ),
        results=kept.results,
        lines=lines,
        sums=_sums(lines),
        consents=tuple((clean(c.version), c.given, c.withdrawn) for c in kept.consents),
        contracts=tuple((clean(c.ref), c.signed) for c in kept.contracts),
        goods=tuple((clean(g.what), g.starts, g.ends, g.returned) for g in kept.goods),
    )


def made_from(kept: OwnFacts | None, cells: Cells) -> str:
    """Changes when what this part of the page shows does."""
    return repr((kept, cells))


# -- to do --------------------------------------------------------------------------


def _todo(facts: CampaignFacts, kept: OwnFacts, cells: Cells) -> Iterator[ToDo]:
    """What needs them: posts to mend, then what is due next, then what is missing."""
    for post in kept.asked:
        title = short(post.caption, 80) or clean(post.post_id)
        yield ToDo(
            "disclose", title, link(post.url), post.words, (), None, post.at, 0, 0
        )
    now = today(facts)
    if now is None:
        return
    ahead = sorted(cells, key=lambda pair: pair[0].due)
    for mission, cell in ahead:
        if cell.state == PENDING and mission.opens <= now:
            yield _mission_to_do("deliver", mission, cell, now)
    for mission, cell in ahead:
        if cell.state == MISSING:
            yield _mission_to_do("missing", mission, cell, now)


def _mission_to_do(what: str, mission: Mission, cell: Cell, now: date) -> ToDo:
    tags = (
        *(f"#{tag}" for tag in mission.hashtags),
        *(f"@{name}" for name in mission.mentions),
        *mission.links,
    )
    return ToDo(
        what,
        clean(mission.name),
        None,
        "",
        tuple(clean(tag) for tag in tags),
        mission.due,
        None,
        (mission.due - now).days,
        max(mission.needs - len(cell.posts), 1),
    )


# -- missions -----------------------------------------------------------------------


def _missions(
    facts: CampaignFacts, posts: pl.DataFrame, cells: Cells
) -> Iterator[OwnMission]:
    named = _named(facts, posts, cells)
    for mission, cell in cells:
        key = _decider(mission, cell)
        title, url, value = (
            named.get(key, ("", None, None)) if key else ("", None, None)
        )
        yield OwnMission(
            clean(mission.name),
            mission.opens,
            mission.due,
            look(cell),
            title,
            url,
            value,
            clean(cell.reason or ""),
        )


def _decider(mission: Mission, cell: Cell) -> tuple[str, str] | None:
    """The post by which it was delivered, or the last that fits."""
    some = cell.posts[: mission.needs]
    return some[-1] if some else None


def _named(
    facts: CampaignFacts, posts: pl.DataFrame, cells: Cells
) -> Mapping[tuple[str, str], tuple[str, str | None, int | None]]:
    import polars as pl

    keys = [key for pair in cells if (key := _decider(*pair)) is not None]
    wanted = posts.filter(pl.col("post_id").is_in([post for _, post in keys]))
    value = facts.leading or "post_id"
    columns = ("platform", "post_id", "caption", "url", value)
    return {
        (platform, post): (
            short(caption or "", 80) or clean(post),
            link(url),
            known if facts.leading else None,
        )
        for platform, post, caption, url, known in wanted.select(
            *columns[:4], pl.col(value).alias("value")
        ).iter_rows()
    }


# -- money --------------------------------------------------------------------------


def _lines(kept: OwnFacts) -> Iterator[OwnLine]:
    for one in kept.lines:
        kind = COMMISSION if one.kind == "commission" else KINDS.get(one.kind, one.kind)
        digits = CURRENCIES.get(one.currency, 2)
        amount = Decimal(one.amount).scaleb(-digits)
        yield OwnLine(
            one.at, clean(kind), clean(one.ref), amount, one.currency, one.state
        )


def _sums(
    lines: Sequence[OwnLine],
) -> tuple[tuple[str, tuple[Decimal, ...]], ...]:
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for one in lines:
        sums[one.currency][one.state] += one.amount
    return tuple(
        (money, tuple(some[state] for state in STATES))
        for money, some in sorted(sums.items())
    )
