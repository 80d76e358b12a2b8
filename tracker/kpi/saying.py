"""KPIs in the words of a page: values in their unit, inputs, why a value is missing.

The KPIs speak English sentences of their own (`tracker kpi`); here each is one of the
catalogue, so that a page says it in its language.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from tracker.catalogue import N_
from tracker.codes import CURRENCIES
from tracker.kpi.formula import MONEY, SAID
from tracker.kpi.text import text
from tracker.words import METRICS

if TYPE_CHECKING:
    from tracker.kpi.formula import Number
    from tracker.words import Words

#: Inputs of formulas, by the names that answers show them by.
INPUTS = {
    "cost": N_("Cost"),
    "spend": N_("Spend"),
    "revenue": N_("Revenue"),
    "commissions": N_("Commissions"),
    "benchmark": N_("Cost of the benchmark"),
    "leads": N_("Leads"),
    "new_leads": N_("Leads new to the brand"),
    "known_leads": N_("Leads of known kind"),
    "sales": N_("Sales"),
    "new_customers": N_("New customers"),
    "reservations": N_("Reservations"),
    "engagements": N_("Engagements"),
    "followers": N_("Followers"),
    "link_clicks": N_("Clicks on tracked links"),
    "clicked": N_("Clicks"),
    "own": N_("Our own figure"),
    "rivals": N_("Figures of competitors"),
    "competitors": N_("Competitors"),
    "active": N_("Ambassadors with a post"),
    "enrolled": N_("Ambassadors enrolled"),
    "assigned": N_("Missions assigned"),
    "delivered": N_("Missions delivered"),
    "in_time": N_("Missions delivered in time"),
    "active_before": N_("Active in a month"),
    "stayed": N_("Active in the next too"),
    "ambassadors": N_("Ambassadors"),
    "top": N_("Ambassadors in the top tenth"),
    "views_top": N_("Views of the top tenth"),
    "views_each": N_("Views of each ambassador"),
    "applicants": N_("Applicants"),
    "known": N_("Posts with a value"),
    "observed": N_("Posts with a value"),
    "posts_seen": N_("Posts"),
    "received": N_("Feedback received"),
    "answered": N_("Feedback answered"),
    "before": N_("Share of the first wave"),
    "after": N_("Share of the last wave"),
    "gained": N_("Views gained in the week"),
    "age_hours": N_("Ages of readings"),
    "days_to_90": N_("Posts with enough readings"),
    "rate_followers": N_("Engagement rates of posts by followers"),
    "rate_reach": N_("Engagement rates of posts by reach"),
    "rate_impressions": N_("Engagement rates of posts by impressions"),
    "rate_views": N_("Engagement rates of posts by views"),
}
#: Sentences of the KPIs, as patterns with one hole, and those of the catalogue.
SENTENCES = (
    ("no cost is known", N_("No cost is known.")),
    ("no sale with a value is known", N_("No sale with a value is known.")),
    ("no commission is known", N_("No commission is known.")),
    ("no click is known", N_("No click is known.")),
    (
        "no survey has two waves of one question",
        N_("No survey has two waves of one question."),
    ),
    ("no survey asked for it", N_("No survey asked for it.")),
    (
        "no application and no number of applicants is known",
        N_("No application and no number of applicants is known."),
    ),
    ("the plan has no missions", N_("The plan has no missions.")),
    (
        "the plan names no benchmark with a cost",
        N_("The plan names no benchmark with a cost."),
    ),
    ("the plan names no [[competitor]]", N_("The plan names no competitor.")),
    (
        "there are no two months in a row that are over",
        N_("There are no two months in a row that are over."),
    ),
    (
        "no {what} is known: {n} are claimed by {source}",
        N_("No such outcome is known ({what}): {n} are claimed by {source}."),
    ),
    ("no {what} is known", N_("No such outcome is known: {what}.")),
    (
        "of no {what} it is known whether the customer is new",
        N_("Of no such outcome it is known whether the customer is new: {what}."),
    ),
    ("{what} are not known", N_("Not known: {what}.")),
    ("{what} is not known", N_("Not known: {what}.")),
    ("no post with known {what}", N_("No post has a value yet.")),
    (
        "{what} cannot be added up over posts",
        N_("It cannot be added up over posts: {what}."),
    ),
    ("{what} are 0", N_("Nothing can be divided by it: {what} is 0.")),
    ("{what} is 0", N_("Nothing can be divided by it: {what} is 0.")),
    (
        "{n} costs in other currencies are left out",
        N_("Costs in other currencies, left out: {n}."),
    ),
    (
        "{n} sales without a value are left out",
        N_("Sales without a value, left out: {n}."),
    ),
    (
        "{n} sales in other currencies are left out",
        N_("Sales in other currencies, left out: {n}."),
    ),
)


def worth(w: Words, value: Number, unit: str = "") -> str:
    """A figure in its unit, as `tracker kpi` writes it: '' a count, money in whole
    units of the currency."""
    if unit == MONEY:
        return text(value, w.currency, w.language, CURRENCIES.get(w.currency, 2))
    if unit or value != int(value):
        return text(value, unit, w.language)
    return w.number(value)


def input_name(w: Words, name: str) -> str:
    """An input of a formula."""
    return w(INPUTS[name]) if name in INPUTS else w.metric(name)


def reason(w: Words, said: str) -> str:
    """A sentence that a KPI says, as one of the catalogue; one that is in neither is
    shown as it is."""
    sentence, holes = _sentence(said)
    return w(sentence, **{name: _hole(w, text) for name, text in holes.items()})


def _hole(w: Words, text: str) -> str:
    """A number, an input by the name it has in sentences, or a name."""
    if text.isdigit():
        return w.number(int(text))
    name = _input_of(text)
    return input_name(w, name) if name in INPUTS or name in METRICS else text


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (
            re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(said))),
            sentence,
        )
        for said, sentence in SENTENCES
    )


def _sentence(said: str) -> tuple[str, dict[str, str]]:
    """A sentence of a KPI as one of the catalogue, with what stands in its holes."""
    for pattern, sentence in _patterns():
        found = pattern.fullmatch(said)
        if found:
            return sentence, found.groupdict()
    return said, {}


def _input_of(phrase: str) -> str:
    """The name of the input that a KPI calls so in a sentence."""
    names = {said: name for name, said in SAID.items()}
    return names.get(phrase, phrase.replace(" ", "_"))
