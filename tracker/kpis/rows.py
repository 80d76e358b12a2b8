"""The rows behind each input of a KPI, as they are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import polars as pl

from tracker.codes import money_text
from tracker.kpi.formula import Formula
from tracker.kpis import programme
from tracker.kpis.inputs import from_posts
from tracker.kpis.money import plain
from tracker.kpis.posts import REST, with_values
from tracker.kpis.results import on_links
from tracker.model import METRICS, iso

if TYPE_CHECKING:
    from tracker.kpis.facts import Facts, Group

Row = dict[str, Any]


def rows(facts: Facts, formula: Formula, name: str, group: Group) -> list[Row]:
    """What an input is made of in one row of an answer, largest first where it is a
    sum of posts."""
    if from_posts(name) or name == "posts":
        return _posts(facts, formula.needs, name, group)
    found = ROWS[name](facts)
    by = facts.by
    return [row for row in found if by is None or row.get(by, group) == group]


# -- posts --------------------------------------------------------------------------


def _posts(facts: Facts, needs: tuple[str, ...], name: str, group: Group) -> list[Row]:
    """Those for which all that the formula needs is known."""
    own = facts.blended.filter(pl.col("group").eq_missing(pl.lit(group)))
    frame = with_values(facts, own, needs).drop_nulls(list(needs))
    shown = [name] if from_posts(name) else []
    shown += _parts(frame, name)
    order = [pl.col(name)] if shown else []
    columns = ["platform", "post_id", "ambassador", *shown]
    if name in METRICS:
        columns.append(f"{name}_at")
    frame = frame.sort(
        [*order, "platform", "post_id"],
        descending=[*(True for _ in order), False, False],
    )
    return [_said(row) for row in frame.select(columns).iter_rows(named=True)]


def _parts(frame: pl.DataFrame, name: str) -> list[str]:
    """What a value of a post is worked out from."""
    whole = name.removeprefix("rate_")
    if name == whole:
        return list(REST) if name == "engagements" else []
    return ["engagements", whole] if whole in frame.columns else []


def _said(row: Row) -> Row:
    return {
        "captured_at" if key.endswith("_at") else key: iso(value)
        if key.endswith("_at")
        else value
        for key, value in row.items()
    }


def _counted_posts(facts: Facts) -> list[Row]:
    columns = ["platform", "post_id", "ambassador", "group"]
    found = facts.blended.select(columns).iter_rows(named=True)
    return [_grouped(facts, row) for row in found]


def _grouped(facts: Facts, row: Row) -> Row:
    group = row.pop("group")
    return row | ({facts.by: group} if facts.by and facts.by != "post" else {})


def _observed(facts: Facts) -> list[Row]:
    metric = programme.leading(facts)
    found = facts.blended.drop_nulls(metric).select(
        "platform", "post_id", "ambassador", metric, "group"
    )
    return [_grouped(facts, row) for row in found.iter_rows(named=True)]


def _own(facts: Facts) -> list[Row]:
    metric, _ = programme.rivals(facts)
    if metric not in METRICS:
        return []
    found = facts.blended.drop_nulls(metric).sort(metric, descending=True)
    columns = ["platform", "post_id", "ambassador", metric]
    return list(found.select(columns).iter_rows(named=True))


# -- money and results --------------------------------------------------------------


def _costs(facts: Facts) -> list[Row]:
    own = [one for one in facts.costs if one.currency == facts.currency]
    if facts.by is not None:
        own = [one for one in own if getattr(one, facts.by) is not None]
    return [
        {
            "id": one.id,
            "date": one.day.isoformat(),
            "kind": one.kind,
            "amount": money_text(one.amount, one.currency),
            "currency": one.currency,
            "state": one.state,
            "ambassador": one.ambassador,
            "mission": one.mission,
        }
        for one in own
        if one.state != "planned" or not _spent(facts, own, one)
    ]


def _spent(facts: Facts, own: Iterable[Any], planned: Any) -> bool:
    """Is anything paid or committed where this planned cost would stand for it?"""
    by = facts.by
    alike = [
        one for one in own if by is None or getattr(one, by) == getattr(planned, by)
    ]
    return any(one.state != "planned" for one in alike)


def _commissions(facts: Facts) -> list[Row]:
    from tracker.outcomes import commissions

    return [
        {
            "ambassador": one.ambassador,
            "ref": one.ref,
            "at": iso(one.at),
            "amount": money_text(one.amount, one.currency),
            "currency": one.currency,
            "state": one.state,
        }
        for one in commissions(facts.tracker, facts.campaign_id)
        if one.currency == facts.currency
        and (facts.until is None or one.at <= facts.until)
    ]


def _outcomes(
    kind: str, fits: Callable[[Any], bool] = lambda one: one is not None
) -> Callable[[Facts], list[Row]]:
    def ask(facts: Facts) -> list[Row]:
        found = [one for one in facts.outcomes if one.kind == kind and fits(one)]
        return [row for one in found for row in _shares(one)]

    return ask


def _shares(one: Any) -> Iterator[Row]:
    """A row a person that an outcome is put down to."""
    for who, share in one.shares or ((None, 100),):
        new = {True: "yes", False: "no"}.get(one.new_customer)
        yield {
            "id": one.id,
            "source": one.source,
            "at": iso(one.at),
            "ambassador": who,
            "mission": one.mission,
            "share": plain(str(share)),
            "quantity": plain(str(one.quantity)),
            "value": None
            if one.value is None
            else money_text(one.value, one.currency or ""),
            "currency": one.currency,
            "new_customer": new,
        }


def _valued(facts: Facts) -> list[Row]:
    found = _outcomes("sale", lambda one: one.value is not None)(facts)
    return [row for row in found if row["currency"] in (None, facts.currency)]


def _clicked(facts: Facts) -> list[Row]:
    from tracker.clicks import links, sums

    if not on_links(facts):
        found = facts.blended.drop_nulls("clicks").sort("clicks", descending=True)
        columns = ["platform", "post_id", "ambassador", "clicks", "group"]
        rows = found.select(columns).iter_rows(named=True)
        return [_grouped(facts, row) for row in rows]
    last = facts.until_known
    known = sums(facts.tracker, facts.campaign_id, by="link", until=last)
    return [
        {
            "code": one.code,
            "ambassador": one.ambassador,
            "mission": one.mission,
            "clicks": known[one.code].unique if one.code in known else 0,
        }
        for one in links(facts.tracker, facts.campaign_id)
        if one.destination
    ]


# -- people and voices --------------------------------------------------------------


def _enrolled(facts: Facts) -> list[Row]:
    return [{"ambassador": who} for who in facts.read.enrolled]


def _people(facts: Facts, frame: pl.DataFrame, *sums: pl.Expr) -> list[Row]:
    """Enrolled people, by row, with sums of their posts."""
    own = frame.filter(pl.col("ambassador").is_in(facts.read.enrolled))
    made = own.group_by("group", "ambassador").agg(*sums).sort("group", "ambassador")
    return [_grouped(facts, row) for row in made.iter_rows(named=True)]


def _active(facts: Facts) -> list[Row]:
    return _people(facts, facts.frame, pl.len().alias("posts"))


def _views_each(facts: Facts) -> list[Row]:
    known = pl.col("views").count()
    found = _people(
        facts,
        facts.blended,
        pl.when(known > 0).then(pl.col("views").sum()).alias("views"),
        known.alias("known"),
        (pl.len() - known).alias("unknown"),
    )
    found += _without_posts(facts, found)
    return sorted(found, key=lambda row: -(row["views"] or 0))


def _without_posts(facts: Facts, found: Iterable[Row]) -> Iterator[Row]:
    """Who is enrolled and has no post, in each row of the answer: no views."""
    by = facts.by or ""
    seen = {(row.get(by), row["ambassador"]) for row in found}
    for group, _ in facts.groups:
        for who in facts.read.enrolled:
            if (group, who) not in seen:
                key = {by: group} if by else {}
                yield {"ambassador": who, "views": 0, "known": 0, "unknown": 0, **key}


def _applicants(facts: Facts) -> list[Row]:
    from tracker.store.applications import list_

    found = list_(facts.tracker.database, facts.campaign_id)
    said = (facts.plan.get("selection") or {}).get("applicants")
    if not found:
        return [] if said is None else [{"selection.applicants": said}]
    return [{"id": one.id, "state": one.state} for one in found]


def _retained(facts: Facts) -> list[Row]:
    return [
        {"month": first.isoformat()[:7], "active": active, "next_too": stayed}
        for first, active, stayed in programme.months(facts)
    ]


def _cells(*states: str) -> Callable[[Facts], list[Row]]:
    def ask(facts: Facts) -> list[Row]:
        return [
            {
                "mission": mission.id,
                "ambassador": cell.ambassador,
                "state": cell.state,
                "rule": cell.rule,
            }
            for mission, cells in facts.grid
            for cell in cells
            if not states or cell.state in states
        ]

    return ask


def _feedback(facts: Facts, *, answered: bool) -> list[Row]:
    return [
        {
            "id": one.id,
            "at": iso(one.at),
            "ambassador": one.ambassador,
            "answered_at": iso(one.answered_at),
        }
        for one in facts.feedback
        if not answered or programme.is_answered(facts, one)
    ]


def _wave(at: int) -> Callable[[Facts], list[Row]]:
    def ask(facts: Facts) -> list[Row]:
        found = programme.asked(facts)
        if found is None:
            return []
        one = found[1][at]
        return [
            {
                "question": one.question,
                "wave": one.wave,
                "n": one.n,
                "yes": one.yes,
                "share": float(programme.share(one)),
                "source": one.source,
            }
        ]

    return ask


def _rivals(facts: Facts) -> list[Row]:
    return [dict(one) for one in programme.rivals(facts)[1]]


def _benchmark(facts: Facts) -> list[Row]:
    said = dict(facts.plan.get("benchmark") or {})
    return [said] if said else []


def _told(one: Any) -> bool:
    return one.new_customer is not None


def _new(one: Any) -> bool:
    return bool(one.new_customer)


ROWS: dict[str, Callable[[Facts], list[Row]]] = {
    "observed": _observed,
    "posts_seen": _counted_posts,
    "cost": _costs,
    "spend": _costs,
    "benchmark": _benchmark,
    "commissions": _commissions,
    "revenue": _valued,
    "clicked": _clicked,
    "leads": _outcomes("lead"),
    "sales": _outcomes("sale"),
    "reservations": _outcomes("reservation"),
    "new_leads": _outcomes("lead", _new),
    "known_leads": _outcomes("lead", _told),
    "new_customers": _outcomes("sale", _new),
    "enrolled": _enrolled,
    "active": _active,
    "views_each": _views_each,
    "applicants": _applicants,
    "assigned": _cells(),
    "delivered": _cells(*programme.DELIVERED),
    "in_time": _cells(programme.DELIVERED[0]),
    "active_before": _retained,
    "stayed": _retained,
    "received": lambda facts: _feedback(facts, answered=False),
    "answered": lambda facts: _feedback(facts, answered=True),
    "before": _wave(0),
    "after": _wave(-1),
    "own": _own,
    "rivals": _rivals,
}
