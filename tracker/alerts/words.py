"""What messages say, by the catalogue. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tracker.catalogue import HARD
from tracker.finding import Finding
from tracker.model import local_day, number_day
from tracker.rules import Alert, Condition
from tracker.words import Words

if TYPE_CHECKING:
    from tracker.store.daysums import DaySum

#: So many findings are written out in a message; the others are counted.
LINES = 10
#: The longest line of a message: some services take 2,000 characters in all.
LINE = 160


def day(w: Words, when: date, *, year: bool = True) -> str:
    """`4 May 2026`, with plain blanks: messages are searched and copied."""
    return w.day(when, year=year).replace(HARD, " ")


def condition(w: Words, asked: Condition, one: DaySum) -> str:
    """Why a day's figure is told, with what it is known of."""
    value = one.value if asked.part == "value" else one.gain or 0
    holes = {
        "day": day(w, number_day(one.day)),
        "metric": w.inside(asked.metric),
        "n": w.number(value),
        "rule": f"{asked.sign} {w.number(asked.bound)}",
        "known": w.number(one.known),
        "posts": w.number(one.posts),
    }
    if asked.part == "value":
        return w(
            "{day}: {metric}, total {n}, asked for {rule}"
            " (known for {known} of {posts} posts)",
            **holes,
        )
    return w(
        "{day}: {metric}, gain of the day {n}, asked for {rule}"
        " (known for {known} of {posts} posts)",
        **holes,
    )


# -- alerts ---------------------------------------------------------------------------


def title(w: Words, alert: Alert, count: int, campaign: str | None) -> str:
    """`late: 3 findings, Fiesta Movement`."""
    many = w.plural(
        "{name}: {n} finding", "{name}: {n} findings", count, name=alert.name
    )
    return f"{many}, {campaign}" if campaign else many


def body(
    w: Words, alert: Alert, found: Sequence[Finding], names: Mapping[str, str]
) -> str:
    """The rule, the findings with their campaign and evidence, and where the rest is.

    names: of campaigns, by id.
    """
    lines = [w("Rule: {rule}", rule=alert.when), ""]
    lines += [_short(f"- {_line(one, names)}") for one in found[:LINES]]
    if left := found[LINES:]:
        lines.append(_rest(w, left))
    return "\n".join([*lines, "", _where(w, alert)])


def _line(one: Finding, names: Mapping[str, str]) -> str:
    told = local_day(one.at, ZoneInfo("UTC")).isoformat()
    about = [names.get(one.campaign, one.campaign)] if one.campaign else []
    about += [one.source] if one.source else []
    head = ", ".join([told, one.rule, *about])
    return f"{head}: {one.evidence}"


def _rest(w: Words, found: Sequence[Finding]) -> str:
    rules = Counter(one.rule for one in found)
    told = ", ".join(f"{rule} {count}" for rule, count in sorted(rules.items()))
    return w.plural(
        "and {n} more ({rules})", "and {n} more ({rules})", len(found), rules=told
    )


def _where(w: Words, alert: Alert) -> str:
    command = "tracker export findings"
    if alert.condition is not None:
        about = f" {alert.campaign}" if alert.campaign else ""
        command = f"tracker totals{about} --by day"
    return w("To see all: {command}", command=command)


def over(w: Words) -> str:
    """Said of a finding that is no longer there when it is told at last."""
    return w("is over by now")


def unsure(w: Words, told: date) -> str:
    """Said when an earlier message may not have arrived."""
    return w(
        "A message of {day} may not have arrived: tracker alert history",
        day=day(w, told),
    )


# -- digests --------------------------------------------------------------------------


def heading(w: Words, since: date, until: date) -> str:
    """What a digest is called; until: the day after its last one."""
    return w("Ambassador Tracker: {days}", days=span(w, since, until))


def span(w: Words, since: date, until: date) -> str:
    """`4 to 10 May 2026`; until: the day after the last one."""
    last = until - timedelta(days=1)
    if since == last:
        return day(w, last)
    first = (
        w.monthday(since)
        if (since.year, since.month) == (last.year, last.month)
        else day(w, since, year=since.year != last.year)
    )
    return w("{first} to {last}", first=first, last=day(w, last))


def listed(w: Words, names: Sequence[str], most: int = 8) -> str:
    """Some names, and how many more there are."""
    told = ", ".join(names[:most])
    left = len(names) - most
    return (
        w("{names}, and {n} more", names=told, n=w.number(left)) if left > 0 else told
    )


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= LINE else plain[: LINE - 1] + "…"
