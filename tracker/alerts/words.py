"""What messages say, in French and in English. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tracker.finding import Finding
from tracker.model import local_day, number_day
from tracker.rules import Alert, Condition

if TYPE_CHECKING:
    from tracker.store.daysums import DaySum

MONTHS = {
    "en": "January February March April May June July August September October"
    " November December".split(),
    "fr": "janvier février mars avril mai juin juillet août septembre octobre"
    " novembre décembre".split(),
}
METRICS_FR = {
    "views": "vues",
    "impressions": "impressions",
    "likes": "mentions « j’aime »",
    "comments": "commentaires",
    "shares": "partages",
    "quotes": "citations",
    "saves": "enregistrements",
    "clicks": "clics",
    "watch_seconds": "secondes regardées",
}
#: So many findings are written out in a message; the others are counted.
LINES = 10
#: The longest line of a message: some services take 2,000 characters in all.
LINE = 160


def number(language: str, value: int) -> str:
    """12345 as `12,345`, or with the blank that French uses."""
    text = f"{value:,}"
    return text.replace(",", "\u202f") if language == "fr" else text


def day(language: str, when: date, *, year: bool = True) -> str:
    """`4 May 2026`, `1er mai 2026`."""
    first = "1er" if language == "fr" and when.day == 1 else str(when.day)
    text = f"{first} {MONTHS[language][when.month - 1]}"
    return f"{text} {when.year}" if year else text


def metric(language: str, name: str) -> str:
    return METRICS_FR.get(name, name) if language == "fr" else name.replace("_", " ")


def plural(language: str, count: int, one: str, many: str) -> str:
    """`1 post`, `2 posts`; in French none is singular, too."""
    single = count < 2 if language == "fr" else count == 1
    return f"{number(language, count)} {one if single else many}"


def condition(language: str, asked: Condition, one: DaySum) -> str:
    """Why a day's figure is told, with what it is known of."""
    value = one.value if asked.part == "value" else one.gain or 0
    told, bound = number(language, value), number(language, asked.bound)
    known, posts = number(language, one.known), number(language, one.posts)
    name, on = metric(language, asked.metric), day(language, number_day(one.day))
    if language == "fr":
        what = "total" if asked.part == "value" else "gain du jour"
        return (
            f"{on} : {name}, {what} {told}, règle {asked.sign} {bound}"
            f" (connu pour {known} des {posts} publications)"
        )
    what = "total" if asked.part == "value" else "gain of the day"
    return (
        f"{on}: {name}, {what} {told}, asked for {asked.sign} {bound}"
        f" (known for {known} of {posts} posts)"
    )


# -- alerts ---------------------------------------------------------------------------


def title(language: str, alert: Alert, count: int, campaign: str | None) -> str:
    """`late: 3 findings, Fiesta Movement`."""
    many = (
        plural(language, count, "constat", "constats")
        if language == "fr"
        else plural(language, count, "finding", "findings")
    )
    about = f", {campaign}" if campaign else ""
    return f"{alert.name}{colon(language)}{many}{about}"


def body(
    language: str, alert: Alert, found: Sequence[Finding], names: Mapping[str, str]
) -> str:
    """The rule, the findings with their campaign and evidence, and where the rest is.

    names: of campaigns, by id.
    """
    rule = "Règle" if language == "fr" else "Rule"
    lines = [f"{rule}{colon(language)}{alert.when}", ""]
    lines += [_short(f"- {_line(one, names)}") for one in found[:LINES]]
    if left := len(found) - LINES:
        lines += _rest(language, found[LINES:]) if left > 0 else []
    return "\n".join([*lines, "", _where(language, alert)])


def _line(one: Finding, names: Mapping[str, str]) -> str:
    told = local_day(one.at, ZoneInfo("UTC")).isoformat()
    about = [names.get(one.campaign, one.campaign)] if one.campaign else []
    about += [one.source] if one.source else []
    head = ", ".join([told, one.rule, *about])
    return f"{head}: {one.evidence}"


def _rest(language: str, found: Sequence[Finding]) -> list[str]:
    rules = Counter(one.rule for one in found)
    told = ", ".join(f"{rule} {count}" for rule, count in sorted(rules.items()))
    more = number(language, len(found))
    return [
        f"et {more} autres ({told})"
        if language == "fr"
        else f"and {more} more ({told})"
    ]


def _where(language: str, alert: Alert) -> str:
    command = "tracker export findings"
    if alert.condition is not None:
        about = f" {alert.campaign}" if alert.campaign else ""
        command = f"tracker totals{about} --by day"
    return (
        f"Pour tout voir : {command}" if language == "fr" else f"To see all: {command}"
    )


def over(language: str) -> str:
    """Said of a finding that is no longer there when it is told at last."""
    return "n’existe plus" if language == "fr" else "is over by now"


def unsure(language: str, told: str) -> str:
    """Said when an earlier message may not have arrived."""
    if language == "fr":
        return (
            f"Un message du {told} n’est peut-être pas arrivé : tracker alert history"
        )
    return f"A message of {told} may not have arrived: tracker alert history"


# -- digests --------------------------------------------------------------------------


def heading(language: str, since: date, until: date) -> str:
    """What a digest is called; until: the day after its last one."""
    return f"Ambassador Tracker{colon(language)}{span(language, since, until)}"


def span(language: str, since: date, until: date) -> str:
    """`4 to 10 May 2026`; until: the day after the last one."""
    last = until - timedelta(days=1)
    if since == last:
        return day(language, last)
    same = (since.year, since.month) == (last.year, last.month)
    first = day(language, since, year=since.year != last.year)
    if same:
        first = first.split()[0]
    joined = f"{first} {'au' if language == 'fr' else 'to'} {day(language, last)}"
    return f"du {joined}" if language == "fr" else joined


def colon(language: str) -> str:
    return "\u00a0: " if language == "fr" else ": "


def listed(language: str, names: Sequence[str], most: int = 8) -> str:
    """Some names, and how many more there are."""
    shown, left = list(names[:most]), len(names) - most
    if left > 0:
        more = number(language, left)
        shown.append(f"et {more} de plus" if language == "fr" else f"and {more} more")
    return ", ".join(shown)


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= LINE else plain[: LINE - 1] + "…"
