"""Labels in a caption: which there are, and which of them the caption denies. Pure.

Labels are those of a country's rules; `Words` has how captions speak of labels without
being labelled. Both are data files (tracker/packs).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.checks.captions import LINK, MENTION, WHOLE, Caption, fold

FAIL = "fail"
#: How far a denial reaches, in characters.
REACH = 90
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


@dataclass(frozen=True, slots=True)
class Label:
    """A label in a caption, and the rule that knows it."""

    start: int
    end: int
    rule: Rule


class Matcher:
    """The labels of a pack, made ready to be looked for."""

    def __init__(
        self,
        rules: Sequence[Rule],
        words: Words,
        languages: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._words, self._languages = words, languages
        self._plain: dict[str, tuple[Rule, str]] = {}
        self._tags: dict[str, tuple[Rule, str]] = {}
        self._patterns: list[tuple[re.Pattern[str], Rule, str]] = []
        for rule in rules:
            for label in rule.labels:
                self._learn(rule, label)
        for label, known in self._plain.items():
            self._tag(label, known)
        self._finder = _any_of(self._plain)
        self._sense = re.compile(rf"(?<![\w#])(?:{'|'.join(words.senses)})\b")
        self._denial = self._denials(words)
        self._after = re.compile("|".join(words.after))
        self._common = re.compile(f"(?:{'|'.join(words.common)}|_)+")

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
