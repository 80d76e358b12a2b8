"""The settings of a source that asks a platform: all problems told at once.

Every kind has the same common keys; what is its own it declares as a list of `Own`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tracker import forms
from tracker.errors import ConfigError
from tracker.forms import Form
from tracker.model import day_instant
from tracker.secrets import check_reference
from tracker.sources.base import Policy, Surroundings

#: Raised when the same answer would be read differently by this code.
PARSER = 1

#: Keys that every kind of this package has, besides its secrets and its own.
COMMON = (
    "base_url",
    "posts",
    "since",
    "parallel",
    "terms",
    "retention",
    "allow_private",
    "ca_file",
    "timezone",
)
#: Calls in flight when the block does not say.
PARALLEL = 8
DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Own:
    """A key of one kind: what its value must be and stands for when it is not there.

    check: answers the value or raises ValueError with a few words; see `forms`.
    """

    key: str
    check: Callable[[Any], Any] = forms.text
    default: Any = None
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """One block, read. `own` has the kind's own keys, each with its default.

    posts: `enrolled` (known posts, and new ones of enrolled handles) or `known`.
    since: posts published before it (ms) are not looked for. keep_days: retention,
    chosen by the operator. accepted: the platform's amended terms are.
    """

    name: str
    kind: str
    base_url: str | None
    discover: bool
    since: int | None
    parallel: int
    accepted: bool
    keep_days: int | None
    allow_private: tuple[str, ...]
    ca_file: str | None
    own: Mapping[str, Any]
    fingerprint: str
    _secrets: Mapping[str, Mapping[str, str]]
    _around: Surroundings

    @property
    def subject(self) -> str:
        return f"source {self.name}"

    @property
    def clock(self) -> Callable[[], int]:
        """By which answers come, ms UTC."""
        return self._around.clock

    def has(self, key: str) -> bool:
        """Is there a reference to this secret?"""
        return key in self._secrets

    def secret(self, key: str) -> str:
        """The secret itself, for the moment of its use.

        Raises ConfigError SECRET_MISSING, also for text that no header can carry.
        """
        where = f"{self.subject}: {key}"
        text = self._around.reveal(self._secrets[key], where).strip()
        if not text or not text.isascii() or not text.isprintable():
            raise ConfigError(
                "SECRET_MISSING",
                where,
                "it is empty or holds characters that no key has",
                "Not asked",
                "Copy it again",
            )
        return text

    def policy(
        self,
        platform: str,
        metrics: Sequence[str],
        *,
        keep_days: int | None = None,
        may_blend: bool = True,
        choice: str = "",
    ) -> Policy:
        """What the platform's terms ask for, as this block chose.

        keep_days, may_blend: the terms where nothing else is accepted. choice: the
        sentence that explains it where the block has chosen neither.
        """
        if self.accepted:
            keep_days, may_blend = None, True
        keep = min(filter(None, (keep_days, self.keep_days)), default=None)
        return Policy(
            metrics=tuple(metrics),
            keep_days=keep,
            may_blend=may_blend,
            platform=platform,
            choice="" if self.accepted or self.keep_days else choice,
        )


def read(
    kind: str,
    name: str,
    options: Mapping[str, Any],
    around: Surroundings,
    *,
    secrets: Sequence[str] = ("token",),
    own: Sequence[Own] = (),
) -> Settings:
    """The settings of a block; ConfigError SOURCE_SETTINGS names every problem.

    secrets: names of references that must be there; one that ends in `?` may be.
    """
    form = Form(dict(options))
    nothing: Mapping[str, str] = {}
    references = {
        key: form.field(key, _reference, nothing) for key in _named(form, secrets)
    }
    form.allow(*(secret.rstrip("?") for secret in secrets))
    settings = Settings(
        name=name,
        kind=kind,
        base_url=form.field("base_url", _address, None),
        discover=form.field("posts", _posts, "enrolled") == "enrolled",
        since=form.field("since", _since, None),
        parallel=form.field("parallel", _parallel, PARALLEL),
        accepted=form.field("terms", forms.one_of("accepted"), "") == "accepted",
        keep_days=form.field("retention", _days, None),
        allow_private=form.field("allow_private", forms.texts, ()),
        ca_file=form.field("ca_file", forms.text, None),
        own={each.key: _own(form, each) for each in own},
        fingerprint=_fingerprint(kind, {o.key: options.get(o.key) for o in own}),
        _secrets=references,
        _around=around,
    )
    form.field("timezone", forms.time_zone, "")
    form.finish()
    forms.refuse(form.problems, "SOURCE_SETTINGS", f"source {name}", "Not started")
    return settings


def keys(secrets: Sequence[str] = ("token",), own: Sequence[Own] = ()) -> list[str]:
    """All keys that a block of a kind may have; for the registry."""
    return [*(s.rstrip("?") for s in secrets), *(each.key for each in own), *COMMON]


def _named(form: Form, secrets: Sequence[str]) -> list[str]:
    """Names of the secrets that are there; a needed one that is not is a problem."""
    for secret in secrets:
        if not secret.endswith("?"):
            form.need(secret)
    return [s for secret in secrets if form.has(s := secret.rstrip("?"))]


def _own(form: Form, own: Own) -> Any:
    if own.needed:
        form.need(own.key)
    return form.field(own.key, own.check, own.default)


def _reference(value: Any) -> Mapping[str, str]:
    check_reference(value)
    if isinstance(value, list):
        raise ValueError("is a list; an API is asked with one secret")
    return dict(value)


def _address(value: Any) -> str:
    """Scheme, host and port, and no more: the paths are the platform's own."""
    url = forms.text(value).strip()
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        sound = None
    if not sound or parts.username or parts.query or parts.path.strip("/"):
        raise ValueError('is no address; write "https://HOST" or "http://HOST:PORT"')
    return url


def _posts(value: Any) -> str:
    return forms.one_of("enrolled", "known")(value)


def _since(value: Any) -> int:
    return day_instant(forms.day(value)) // DAY * DAY


def _parallel(value: Any) -> int:
    if not 1 <= forms.count(value) <= 32:
        raise ValueError("must be from 1 to 32 calls at a time")
    return int(value)


def _days(value: Any) -> int:
    ms = forms.duration(value)
    if ms % DAY:
        raise ValueError('must be whole days, such as "30d"')
    return ms // DAY


def _fingerprint(kind: str, own: Mapping[str, Any]) -> str:
    """Changes with whatever changes how answers are read."""
    text = json.dumps([PARSER, kind, own], sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
