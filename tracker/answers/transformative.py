"""Transformative: everybody says what they work on, and executives answer.

What somebody works on is a post of kind `status`; where no post has that kind, every
post is one. A post of kind `reply` answers whom its text mentions; a group of the
enrolment is a site. Comments for executives are feedback; what was decided because
of one is an outcome of kind `decision`. `training` and `training_done` count who took
part and who completed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracker.answers.every import answer_time
from tracker.answers.known import Known
from tracker.answers.question import Question
from tracker.model import DAY, handle_key

#: A status that is older is no longer fresh, in days.
FRESH = 14
_MENTION = re.compile(r"(?<!\w)@([\w.-]*\w)")


def questions(known: Known) -> Iterator[Question]:
    """What a transformative programme must see."""
    yield _fresh(known)
    yield _across(known)
    yield answer_time(known, "executive-response")
    yield _decided(known)
    yield _trained(known)


def _fresh(known: Known) -> Question:
    kinds = {one.kind for one in known.posts}
    wanted = "status" if "status" in kinds else None
    latest: dict[str, int] = {}
    for one in known.posts:
        at = one.published_at
        if at is not None and at <= known.at and wanted in (None, one.kind):
            latest[one.ambassador] = max(latest.get(one.ambassador, 0), at)
    fresh = sum(
        who in known.enrolled and at > known.at - FRESH * DAY
        for who, at in latest.items()
    )
    never = len(known.enrolled.keys() - latest.keys())
    return known.share(
        "fresh-status",
        fresh,
        len(known.enrolled),
        (
            known.w("fresher than {n} days", n=FRESH),
            known.w("enrolled"),
        ),
        coverage=known.w.plural("{n} never wrote one", "{n} never wrote one", never)
        if never
        else "",
    )


def _across(known: Known) -> Question:
    """Replies whose writer and first mentioned colleague are of different sites."""
    owners = {
        handle_key(handle.handle): one.id
        for one in known.roster.ambassadors(known.campaign.id)
        for handle in one.handles
    }
    sites = {who: one.group for who, one in known.enrolled.items()}
    replies = [one for one in known.posts if one.kind == "reply"]
    pairs = []
    for one in replies:
        named = _MENTION.findall(one.caption or "")
        to = next((owners[key] for key in map(handle_key, named) if key in owners), "")
        here, there = sites.get(one.ambassador), sites.get(to)
        if here and there:
            pairs.append(here != there)
    lost = len(replies) - len(pairs)
    return known.share(
        "cross-site",
        sum(pairs),
        len(pairs),
        (
            known.w("to another site"),
            known.w("replies"),
        ),
        coverage=known.w.plural(
            "{n} of {of} replies names no colleague with a site",
            "{n} of {of} replies name no colleague with a site",
            lost,
            of=known.text(len(replies)),
        )
        if lost or not replies
        else "",
    )


def _decided(known: Known) -> Question:
    decisions = known.quantity("decision") or 0
    return known.share(
        "decision-rate",
        decisions,
        len(known.feedback),
        (known.w("decisions"), known.w("comments")),
    )


def _trained(known: Known) -> Question:
    return known.share(
        "training",
        known.quantity("training_done"),
        known.quantity("training"),
        (known.w("completed"), known.w("took part")),
        more=[
            (known.w("published"), f"{_text(known, metric)} {unit}".strip())
            for metric, unit in (
                ("training_attendees", known.w("took part")),
                ("training_completion", "%"),
                (
                    "training_cost_change",
                    known.w("% cost of each"),
                ),
            )
            if known.claimed(metric) is not None
        ],
    )


def _text(known: Known, metric: str) -> str:
    value = known.claimed(metric)
    return "" if value is None else known.text(value)
