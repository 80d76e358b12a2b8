"""Is a caption labelled as what it is? Judged by the rules of a country. Pure.

A pack has the rules of one country, `Words` how captions speak of labels without
being labelled; both are data files (tracker/packs). The verdict is that of the best
label found, changed by where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from tracker.checks.captions import Caption, is_bare, read
from tracker.checks.labels import FAIL, Label, Matcher, Rule, Words

PASS, WEAK, UNKNOWN = "pass", "weak", "unknown"
#: From worst to best; unknown is no pass.
VERDICTS = (FAIL, WEAK, UNKNOWN, PASS)
BEHIND, BURIED, END, UPFRONT = "behind", "buried", "end", "upfront"

#: Characters and lines that are seen before anybody asks for more.
SEEN_CHARACTERS, SEEN_LINES = 125, 3
#: So many hashtags in a row bury what is among them.
ROW = 3
#: At the end: with so many characters or more before it.
BEFORE_END = 40
#: How much of a caption is shown as evidence.
SNIPPET = 60

DOWN = {PASS: WEAK, WEAK: FAIL, FAIL: FAIL}


@dataclass(frozen=True)
class Pack:
    """The rules of a country. since: posts before this day break no law of it.

    languages: labels that hold only in captions of some languages, and in which.
    """

    country: str
    name: str
    since: date
    law: str
    rules: tuple[Rule, ...]
    words: Words
    languages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def places(self) -> dict[str, Rule]:
        """The rule of each placement, and of `none`."""
        return {rule.when: rule for rule in self.rules if rule.when != "label"}

    @cached_property
    def matcher(self) -> Matcher:
        return Matcher(self.rules, self.words, self.languages)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one country's rules say of one caption.

    position: characters before the label. evidence: a sentence. reason: why the
    verdict is unknown.
    """

    country: str
    verdict: str
    label: str | None = None
    position: int | None = None
    placement: str | None = None
    rule: str | None = None
    rule_date: date | None = None
    evidence: str = ""
    reason: str | None = None


def judge(caption: Caption, pack: Pack, language: str | None = None) -> Judgement:
    """The verdict of one country's rules."""
    found = list(pack.matcher.labels(caption, language))
    denied = [one for one in found if pack.matcher.denied(caption, one)]
    live = [one for one in found if one not in denied]
    if not live:
        return _none(caption, pack, denied)
    return _said(caption, pack, max(_placed(caption, pack, live), key=_rank))


def worst(judgements: Sequence[Judgement]) -> Judgement:
    """The one that counts for several countries; the first of equals."""
    return min(judgements, key=lambda one: VERDICTS.index(one.verdict))


def unknown(country: str, reason: str) -> Judgement:
    """Where nothing can be said."""
    return Judgement(country, UNKNOWN, evidence=reason, reason=reason)


def _none(caption: Caption, pack: Pack, denied: list[Label]) -> Judgement:
    rule = pack.places["none"]
    said = f"no label of {pack.country}"
    if denied:
        one = denied[0]
        said += f"; “{caption.shown[one.start : one.end]}” is denied"
    at = denied[0].start if denied else 0
    return Judgement(
        pack.country,
        FAIL,
        rule=rule.id,
        rule_date=rule.day,
        evidence=f"{said}: «{snippet(caption.shown, at)}»",
    )


# -- where it stands -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Placed:
    """A label, where it stands, and the verdict and rule that follow from both."""

    label: Label
    place: str
    verdict: str
    rule: Rule


def _placed(caption: Caption, pack: Pack, labels: Sequence[Label]) -> Iterator[Placed]:
    for label in labels:
        place = placement(caption, label, labels)
        rule, verdict = label.rule, label.rule.verdict
        if place in pack.places:
            verdict = FAIL if place == BEHIND else DOWN[verdict]
            rule = pack.places[place] if verdict != label.rule.verdict else rule
        yield Placed(label, place, verdict, rule)


def _rank(one: Placed) -> tuple[int, int, int]:
    """The best verdict, then the better label, then the first."""
    own = VERDICTS.index(one.label.rule.verdict)
    return VERDICTS.index(one.verdict), own, -one.label.start


def _said(caption: Caption, pack: Pack, best: Placed) -> Judgement:
    at = best.label.start
    word = caption.shown[at : best.label.end]
    return Judgement(
        pack.country,
        best.verdict,
        word,
        at,
        best.place,
        best.rule.id,
        best.rule.day,
        f"“{word}” after {at} characters, {best.place}: «{snippet(caption.shown, at)}»",
    )


def placement(caption: Caption, label: Label, all_: Sequence[Label] = ()) -> str:
    """behind, buried, end or upfront; all_: labels that are no text of their own."""
    before = caption.text[: label.start]
    if label.start >= SEEN_CHARACTERS or before.count("\n") >= SEEN_LINES:
        return BEHIND
    if _is_buried(caption, label):
        return BURIED
    if label.start >= BEFORE_END and _is_last(caption, label, all_):
        return END
    return UPFRONT


def _is_buried(caption: Caption, label: Label) -> bool:
    for start, end, many in caption.rows:
        if many >= ROW and start <= label.start < end:
            return not is_bare(caption.text[: label.start])
    return False


def _is_last(caption: Caption, label: Label, all_: Sequence[Label]) -> bool:
    """Is there nothing but hashtags, mentions, links, signs and labels after it?"""
    rest = list(caption.text)
    spans = [(one.start, one.end) for one in caption.tags]
    spans += [(one.start, one.end) for one in (label, *all_)]
    for start, end in spans:
        rest[start:end] = " " * (end - start)
    return not any(c.isalnum() for c in rest[label.end :])


def snippet(text: str, at: int = 0) -> str:
    """Some words of a caption around a place, on one line."""
    start = max(0, min(at - SNIPPET // 3, len(text) - SNIPPET))
    part = " ".join(text[start : start + SNIPPET].split())
    return f"{'…' if start else ''}{part}{'…' if start + SNIPPET < len(text) else ''}"


def judged(
    text: str,
    packs: Mapping[str, Pack],
    countries: Sequence[str],
    language: str | None = None,
) -> Judgement:
    """The worst verdict over countries; a country without a pack is unknown."""
    if not countries:
        return unknown(
            "", "no country is known: neither of the ambassador nor in the plan"
        )
    caption = read(text)
    return worst(
        [
            judge(caption, packs[country], language)
            if country in packs
            else unknown(country, f"there are no rules for {country}")
            for country in countries
        ]
    )
