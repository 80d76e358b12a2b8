"""Is a caption labelled as what it is? Judged by the rules of a country. Pure.

A pack has the rules of one country, `Words` how captions speak of labels without
being labelled; both are data files (tracker/packs). The verdict is that of the best
label found, changed by where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from tracker.checks.captions import LINK, MENTION, WHOLE, Caption, fold, is_bare, read

PASS, WEAK, FAIL, UNKNOWN = "pass", "weak", "fail", "unknown"
#: From worst to best; unknown is no pass.
VERDICTS = (FAIL, WEAK, UNKNOWN, PASS)
BEHIND, BURIED, END, UPFRONT = "behind", "buried", "end", "upfront"

#: Characters and lines that are seen before anybody asks for more.
SEEN_CHARACTERS, SEEN_LINES = 125, 3
#: So many hashtags in a row bury what is among them.
ROW = 3
#: At the end: with so many characters or more before it.
BEFORE_END = 40
#: How far a denial reaches, and how much of a caption is shown as evidence.
REACH, SNIPPET = 90, 60

DOWN = {PASS: WEAK, WEAK: FAIL, FAIL: FAIL}
#: What ends a thought; emoji and other signs; what crosses out a label beside it.
STOPS, SIGNS = ".!?;:,…—|", "\u2190-\u2bff\U0001f000-\U0001faff"
CROSSES = "❌✖🚫⛔🙅"
#: Between the words of a denial, within a line and beyond it.
NEAR, FAR = rf"[^\w{STOPS}\n{SIGNS}]+", rf"[^\w{STOPS}]+"
#: Between the words of a label.
GAP = r"[\s_-]+#?"
BRAND = rf"[\s,]+(?P<brand>(?:[\w{MENTION}{LINK}#&'.,!+-]+\s+){{1,5}}?)"


@dataclass(frozen=True, slots=True)
class Rule:
    """when: none, label, behind, buried or end; labels and verdict of a label's."""

    id: str
    when: str
    day: date
    source: str
    verdict: str = FAIL
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """Lists of words.toml: see there."""

    no: tuple[str, ...]
    open: frozenset[str]
    unless: tuple[str, ...]
    fillers: tuple[str, ...]
    joiners: tuple[str, ...]
    listed: tuple[str, ...]
    after: tuple[str, ...]
    senses: tuple[str, ...]
    people: frozenset[str]
    polite: frozenset[str]
    common: frozenset[str]


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
        return Matcher(self)


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


@dataclass(frozen=True, slots=True)
class Label:
    """A label in a caption, and the rule that knows it."""

    start: int
    end: int
    rule: Rule


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


# -- which labels there are ------------------------------------------------------------


class Matcher:
    """The labels of a pack, made ready to be looked for."""

    def __init__(self, pack: Pack) -> None:
        self._words, self._languages = pack.words, pack.languages
        self._plain: dict[str, tuple[Rule, str]] = {}
        self._tags: dict[str, tuple[Rule, str]] = {}
        self._patterns: list[tuple[re.Pattern[str], Rule, str]] = []
        for rule in pack.rules:
            for label in rule.labels:
                self._learn(rule, label)
        for words, known in self._plain.items():
            self._tag(words, known)
        self._finder = _any_of(self._plain)
        self._sense = re.compile(rf"(?<![\w#])(?:{'|'.join(pack.words.senses)})\b")
        self._denial = self._denials(pack.words)
        self._after = re.compile("|".join(pack.words.after))
        self._common = re.compile(f"(?:{'|'.join(pack.words.common)}|_)+")

    def _learn(self, rule: Rule, label: str) -> None:
        folded = fold(label)
        if "{" in folded:
            self._patterns.append((_pattern(folded), rule, label))
        elif folded.startswith("#"):
            self._tags[folded[1:]] = (rule, label)
        else:
            self._plain[" ".join(folded.split())] = (rule, label)

    def _tag(self, words: str, known: tuple[Rule, str]) -> None:
        """Plain labels hold as hashtags too, unless the pack has that hashtag."""
        joined = words.replace(" ", "")
        if joined not in self._tags:
            self._tags[joined] = self._tags[words.replace(" ", "_")] = known

    def _denials(self, words: Words) -> re.Pattern[str]:
        """A denial up to where a label begins: in one sentence, with nothing but
        fillers and other labels between. A line or an emoji ends it, unless the word
        before is one after which a sentence must go on."""
        tags = [f"#?{re.escape(tag)}" for tag in self._tags]
        labels = "|".join(sorted({*tags, *map(_spaced, self._plain)}, reverse=True))
        steps = (
            *_then((*words.fillers, *words.joiners), words.open),
            rf"(?:{labels}|{_choice(words.listed)})(?!\w)\s*,?{NEAR}",
        )
        after = "".join(rf"(?<!\b{re.escape(word)}\s)" for word in words.unless)
        said = rf"(?<!\w){after}(?:{'|'.join(_then(words.no, words.open))})"
        crossed = rf"[{CROSSES}][^\w.!?\n]*"
        return re.compile(rf"(?:{said}(?:{'|'.join(steps)})*|{crossed})\Z")

    # -- looking ------------------------------------------------------------------

    def labels(self, caption: Caption, language: str | None) -> Iterator[Label]:
        """All labels of a caption, also those that are denied."""
        for start, end, rule, label in (*self._tagged(caption), *self._said(caption)):
            only = self._languages.get(label)
            if only is None or language in only:
                yield Label(start, end, rule)

    def _tagged(self, caption: Caption) -> Iterator[tuple[int, int, Rule, str]]:
        for tag in caption.tags:
            if tag.word in self._tags:
                yield tag.start, tag.end, *self._tags[tag.word]

    def _said(self, caption: Caption) -> Iterator[tuple[int, int, Rule, str]]:
        """Labels in words, where these are not meant in another sense."""
        finders = (self._finder, *(pattern for pattern, _, _ in self._patterns))
        if not any(finder.search(caption.text) for finder in finders):
            return  # most captions; looking for senses takes long
        text = self._sense.sub(lambda found: "x" * len(found[0]), caption.text)
        for found in self._finder.finditer(text):
            if not found["sign"] or re.search(r"[\s-]", found["label"]):
                key = " ".join(re.split(r"[\s_#-]+", found["label"]))
                yield found.start(), found.end(), *self._plain[key]
        for pattern, rule, label in self._patterns:
            for found in pattern.finditer(text):
                if self._names_a_brand(found["brand"], label):
                    yield found.start(), found.end(), rule, label

    def _names_a_brand(self, said: str, label: str) -> bool:
        """A hashtag's word that is not made of usual words; or people's names."""
        if label.startswith("#"):
            return not self._common.fullmatch(said)
        words = [word.strip("#&'.,!+-_") for word in said.split()]
        left = [word for word in words if word and word not in self._words.polite]
        return bool(left) and not any(word in self._words.people for word in left)

    def denied(self, caption: Caption, label: Label) -> bool:
        """Does the caption say that it is not so?"""
        before = caption.text[max(0, label.start - REACH) : label.start]
        if self._denial.search(before):
            return True
        return self._after.match(caption.text, label.end) is not None


def _then(words: Iterable[str], open_: frozenset[str]) -> tuple[str, str]:
    """Words and what may follow each: more after those of open_. No word is in both,
    else a long row of them could be read in too many ways."""
    shut = _choice(word for word in words if word not in open_)
    wide = _choice(word for word in words if word in open_)
    return rf"(?:{wide})(?!\w){FAR}", rf"(?:{shut})(?!\w){NEAR}"


def _choice(words: Iterable[str]) -> str:
    made = sorted(words, key=len, reverse=True)
    gap = rf"{FAR}"
    return "|".join(re.escape(word).replace(r"\ ", gap) for word in made) or r"(?!)"


def _spaced(words: str) -> str:
    return GAP.join(map(re.escape, words.split()))


def _any_of(plain: Mapping[str, Any]) -> re.Pattern[str]:
    longest = sorted(plain, key=len, reverse=True)
    labels = "|".join(map(_spaced, longest)) or r"(?!)"
    whole = WHOLE.replace(r"(?!-\w)", rf"(?!-(?!(?:{labels})(?!\w))\w)")
    return re.compile(
        rf"(?<![\w#{MENTION}{LINK}])(?<!\w-)(?P<sign>#?)(?P<label>{labels}){whole}"
    )


def _pattern(label: str) -> re.Pattern[str]:
    """A label with {brand} in it; ( | ) are choices, {thing} is any word."""
    if label.startswith("#"):
        word = label.replace("{brand}", r"(?P<brand>\w{2,})(?<!_)_?")
        return re.compile(rf"(?<!\w)#?{word}{WHOLE}")
    parts = {"{brand}": BRAND, "{thing}": r"\s+\w+"}
    made = "".join(
        parts.get(part.strip(), part.replace(" ", r"\s+"))
        for part in re.split(r"(\s*\{\w+\}\s*)", label)
    )
    return re.compile(rf"(?<![\w#])(?<!\w-){made}(?!\w)")


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
