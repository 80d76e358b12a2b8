"""The settings of a csv source: read once, every problem told at once."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from tracker.errors import ConfigError, nearest
from tracker.model import Provenance
from tracker.sources.base import Surroundings
from tracker.sources.columns import DATES, TEXTS, read_specs
from tracker.sources.dialect import Declared
from tracker.sources.encoding import encoding_name
from tracker.sources.files import TABLES, WORKBOOKS
from tracker.sources.identity import identify
from tracker.sources.layouts.catalog import FAMILIES
from tracker.sources.rows import Rules, constant, unknown_words
from tracker.sources.values import Bad

#: Raised when the same bytes would be read differently by this code.
PARSER = 2

#: Constants that may stand in the block itself; `kind` is the source's own key.
CONSTANTS = tuple(name for name in (*TEXTS, *DATES) if name not in ("kind", "post_id"))
OPTIONS = (
    "path",
    "encoding",
    "delimiter",
    "timezone",
    "layout",
    "period",
    "columns",
    "preamble",
    "skip",
    "footer",
    "unknown",
    "settle",
    "reject_limit",
    "provenance",
    *CONSTANTS,
)
LAYOUTS = ("auto", "canonical", *FAMILIES)
PERIODS = ("unknown", "total")

_UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of one csv source.

    path: file, folder or glob. footer: a pattern that lines to be passed over
    begin with, or how many records at the end. settle: ms a file must rest.
    reject_limit: share of bad rows beyond which a file is refused.
    family: the layout of exports that is named; recognise: may a file be one of any.
    whole: the days of exports reach back before every post.
    """

    path: str
    declared: Declared
    rules: Rules
    footer: re.Pattern[str] | int
    settle: int
    reject_limit: float
    provenance: Provenance
    fingerprint: str
    family: str | None = None
    recognise: bool = False
    whole: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """How files are called that are taken from a folder."""
        return TABLES + WORKBOOKS if self.family or self.recognise else TABLES


def read_options(
    name: str, options: Mapping[str, Any], surroundings: Surroundings
) -> Options:
    """Raises ConfigError SOURCE_SETTINGS with all problems of the block."""
    reading = _Reading(options, [])
    made = reading.options(surroundings)
    if reading.problems:
        raise ConfigError(
            "SOURCE_SETTINGS",
            f"source {name}",
            _counted(len(reading.problems)),
            "The source was not started",
            "Mend them in tracker.toml",
            problems=reading.problems,
        )
    return made


def _counted(problems: int) -> str:
    return (
        "its settings have a problem"
        if problems == 1
        else (f"its settings have {problems} problems")
    )


@dataclass
class _Reading:
    """Reads one block; what is wrong is added to problems and read as its default."""

    said: Mapping[str, Any]
    problems: list[str]

    def options(self, surroundings: Surroundings) -> Options:
        for key in self.said.keys() - set(OPTIONS):
            self._wrong(key, f"is unknown. {nearest(str(key), OPTIONS)}")
        layout = self._layout()
        zone = self._zone(surroundings.timezone)
        rules = Rules(zone, unknown_words(self._words("unknown")))
        return Options(
            path=self._path(),
            declared=self._declared(zone),
            rules=rules,
            footer=self._footer(),
            settle=self._duration("settle", "10s"),
            reject_limit=self._share("reject_limit", 0.10),
            provenance=self._provenance(),
            fingerprint=_fingerprint(self.said, zone),
            family=layout if layout in FAMILIES else None,
            recognise=layout == "auto" and not self.said.get("columns"),
            whole=self._period() == "total",
        )

    def _wrong(self, key: str, why: str) -> None:
        self.problems.append(f"{key}: {why}")

    def _text(self, key: str, default: str) -> str:
        value = self.said.get(key, default)
        if isinstance(value, str) and "\0" not in value:
            return value
        self._wrong(key, "must be text")
        return default

    def _path(self) -> str:
        value = self._text("path", "")
        if not value.strip() and isinstance(self.said.get("path", ""), str):
            self._wrong("path", "is needed: a file, a folder or a glob")
        if any("**" in part and part != "**" for part in value.split("/")):
            self._wrong("path", 'must have "**" alone between slashes')
        return value

    def _declared(self, zone: ZoneInfo) -> Declared:
        constants = {key: self._text(key, "") for key in CONSTANTS if key in self.said}
        specs = read_specs(self.said.get("columns", {}), constants, self.problems)
        for spec in specs.values():
            if isinstance(bad := constant(spec, zone), Bad):
                self._wrong(spec.canonical, f"the constant {bad.reason}")
        self._platform(specs["platform"].value)
        return Declared(self._encoding(), self._delimiter(), self._preamble(), specs)

    def _platform(self, value: str | None) -> None:
        found = identify(value or "", "1", "")
        if isinstance(found, Bad):
            self._wrong("platform", found.reason)

    def _encoding(self) -> str | None:
        said = self._text("encoding", "")
        if said.lower() in ("", "auto"):
            return None
        name = encoding_name(said)
        if name is None:
            self._wrong("encoding", f'"{said}" is not a known encoding')
        return name

    def _delimiter(self) -> str | None:
        said = self._text("delimiter", "")
        if said.lower() in ("", "auto"):
            return None
        sign = "\t" if said.lower() in ("tab", "\\t") else said
        if len(sign) == 1 and sign.isascii() and sign not in '"\r\n\0':
            return sign
        self._wrong("delimiter", 'must be one sign such as "," or ";", or "tab"')
        return None

    def _preamble(self) -> int:
        if "preamble" in self.said and "skip" in self.said:
            self._wrong("skip", "is another word for preamble; keep one of them")
        value = self.said.get("preamble", self.said.get("skip", 0))
        if type(value) is int and 0 <= value <= 1000:
            return value
        self._wrong("preamble", "must be how many lines stand before the header")
        return 0

    def _footer(self) -> re.Pattern[str] | int:
        value = self.said.get("footer", 0)
        if type(value) is int and 0 <= value <= 1000:
            return value
        try:
            if isinstance(value, str) and value:
                return re.compile(value)
        except re.error as error:
            self._wrong("footer", f"the pattern is not understood ({error})")
            return 0
        self._wrong("footer", "must be a count of lines or what they begin with")
        return 0

    def _words(self, key: str) -> Sequence[str]:
        value = self.said.get(key, [])
        if isinstance(value, list | tuple) and all(isinstance(w, str) for w in value):
            return value
        self._wrong(key, 'must be a list of texts such as ["n/a", "-"]')
        return []

    def _duration(self, key: str, default: str) -> int:
        found = re.fullmatch(r"(\d{1,9})(ms|s|m|h|d)", self._text(key, default))
        if found:
            return int(found[1]) * _UNITS[found[2]]
        self._wrong(key, 'must be a duration such as "10s"')
        return 0

    def _share(self, key: str, default: float) -> float:
        value = self.said.get(key, default)
        if isinstance(value, str) and re.fullmatch(r"\d{1,3}(\.\d+)? ?%", value):
            value = float(value.rstrip("% ")) / 100
        if type(value) in (int, float) and 0 <= value <= 1:
            return float(value)
        self._wrong(key, 'must be a share such as "10%" or 0.1')
        return default

    def _provenance(self) -> Provenance:
        value = self._text("provenance", "measured")
        known = [str(one) for one in Provenance]
        if value in known:
            return Provenance(value)
        self._wrong("provenance", f'"{value}" is unknown. {nearest(value, known)}')
        return Provenance.MEASURED

    def _layout(self) -> str:
        value = self._one_of("layout", LAYOUTS)
        if value in FAMILIES and self.said.get("columns"):
            why = f"columns are not for exports that are read as {value}"
            self._wrong("columns", why)
        return value

    def _period(self) -> str:
        return self._one_of("period", PERIODS)

    def _one_of(self, key: str, known: Sequence[str]) -> str:
        """One of some words, the first of which is the default."""
        value = self._text(key, known[0])
        if value in known:
            return value
        self._wrong(key, f'"{value}" is unknown. {nearest(value, known)}')
        return known[0]

    def _zone(self, default: str) -> ZoneInfo:
        value = self._text("timezone", default)
        try:
            return ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            hint = nearest(value, available_timezones())
            said = hint if hint.startswith("Did") else ""
            self._wrong("timezone", f'"{value}" is unknown. {said}'.strip())
            return ZoneInfo("UTC")


def _fingerprint(said: Mapping[str, Any], zone: ZoneInfo) -> str:
    """Changes with whatever changes how bytes are read, and with nothing else."""
    beside = ("path", "settle", "provenance", "timezone")
    read = {key: value for key, value in said.items() if key not in beside}
    text = json.dumps([PARSER, zone.key, read], sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
