"""The webhook kind: a source that is told, by deliveries to POST /hooks/NAME.

A delivery is verified on its raw bytes when it comes, and understood later, from what
was kept: one payload has a line of JSON for each delivery.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from tracker.errors import BodyError, ConfigError, DeliveryError, PayloadError, nearest
from tracker.model import Provenance
from tracker.secrets import check_reference
from tracker.sources.base import Batch, Payload, Policy, Surroundings
from tracker.sources.identity import identify
from tracker.sources.items import Item, Items, item_of
from tracker.sources.rows import Rules
from tracker.sources.schemes.base import Scheme, Told, seconds
from tracker.sources.signing import Sealed
from tracker.sources.strictjson import parse
from tracker.sources.values import Bad

#: Raised when the same deliveries would be understood differently by this code.
PARSER = 1
SCHEMES = ("standard", "meta", "github", "shopify", "stripe", "tiktok", "dub", "x")
#: Canonical columns that may stand in the block for all of its deliveries.
CONSTANTS = ("platform", "handle")
OPTIONS = ("scheme", "secret", "verify_token", "timezone", "provenance", *CONSTANTS)
#: Items in one batch.
BATCH = 4096
#: A line is the delivery's number and, in its last six digits, the item's in it: a
#: body of the largest size has fewer items.
ITEMS = 1_000_000


class Options(NamedTuple):
    """The settings of one block. secrets, tokens: references, or tokens as text."""

    scheme: str
    secrets: tuple[Mapping[str, str], ...]
    tokens: tuple[Mapping[str, str] | str, ...]
    zone: ZoneInfo
    provenance: Provenance
    constants: dict[str, str]


def factory(
    name: str, options: Mapping[str, Any], surroundings: Surroundings
) -> WebhookSource:
    """A webhook source; ConfigError names every problem of its settings."""
    problems: list[str] = []
    made = _options(options, surroundings, problems)
    if problems:
        raise ConfigError(
            "SOURCE_SETTINGS",
            f"source {name}",
            f"problems of its settings: {len(problems)}",
            "The source was not started",
            "Mend them in tracker.toml",
            problems=problems,
        )
    scheme = load(made.scheme)
    make = GreetedSource if scheme.greet else WebhookSource
    return make(name, made, scheme, surroundings)


def load(name: str) -> Scheme:
    return cast("Scheme", import_module(f"tracker.sources.schemes.{name}").SCHEME)


def line_of(number: int, item: int) -> int:
    """The line of an item (from 1) of a delivery; 0 stands for the whole of it."""
    return number * ITEMS + item


class WebhookSource:
    """Verifies and understands deliveries by one block of settings."""

    kind = "webhook"

    def __init__(
        self, name: str, options: Options, scheme: Scheme, around: Surroundings
    ) -> None:
        self.name = name
        self.policy = Policy(
            options.provenance, metrics=scheme.metrics, platform=scheme.platform
        )
        self.fingerprint = _fingerprint(options)
        #: Names of the headers that are kept with a delivery, in lower case.
        self.headers = (*scheme.headers, *((scheme.time,) if scheme.time else ()))
        self._scheme, self._options, self._around = scheme, options, around

    # -- who sent it ----------------------------------------------------------------

    def verify(self, body: bytes, headers: Mapping[str, str], now: int) -> str:
        """The delivery's id; DeliveryError SIG_BAD or SIG_STALE with status 401, or
        with 503 while no secret can be read, so that the sender tries again."""
        subject = f"webhook {self.name}"
        keys = self._keys()
        if not keys:
            why = "none of its secrets can be read"
            raise DeliveryError("SECRET_MISSING", subject, why, status=503)
        return self._scheme.verify(Sealed(subject, body, headers, keys, now))

    def _keys(self) -> tuple[bytes, ...]:
        """The active secrets; one that cannot be read does not stop the others."""
        return tuple(self._revealed(self._options.secrets, self._scheme.key))

    def _revealed(
        self, references: Iterable[Mapping[str, str] | str], key: Any
    ) -> Iterator[bytes]:
        for reference in references:
            try:
                if isinstance(reference, str):
                    yield key(reference)
                else:
                    subject = f"source {self.name}: secret"
                    yield key(self._around.reveal(reference, subject))
            except (ConfigError, ValueError):
                continue

    # -- what is said ---------------------------------------------------------------

    def parse(self, payload: Payload) -> Iterator[Batch]:
        """The items of all deliveries of a payload, in their order."""
        items, ignored = self._items(payload.label, payload.seen_at), 0
        for delivery in _deliveries(payload):
            ignored += self._understand(items, delivery)
            if len(items) >= BATCH:
                yield items.batch(ignored)
                ignored = 0
        yield items.batch(ignored)

    def reparse(
        self, header: Sequence[str], raws: Iterable[tuple[int, str]], seen_at: int
    ) -> Batch:
        """Rejected items, read again by today's settings."""
        items = self._items("quarantine", seen_at)
        for line, raw in raws:
            items.take(line, item_of(raw), seen_at)
        return items.batch()

    def _items(self, label: str, seen_at: int) -> Items:
        rules = Rules(self._options.zone)
        return Items(label, rules, self._options.constants, seen_at)

    def _understand(self, items: Items, delivery: _Delivery) -> int:
        """Take all that a delivery says; how many of its entries count nothing."""
        try:
            value = parse(delivery.body)
        except BodyError as error:
            whole = Item(error.at, "", delivery.body.decode("utf-8", "replace"))
            bad = Bad(error.code, error.why)
            items.refuse(line_of(delivery.number, 0), whole, bad)
            return 0
        told = Told(value, delivery.headers, self._told_at(delivery))
        ignored = number = 0
        for item in self._scheme.read(told):
            if item is None:
                ignored += 1
            else:
                number += 1
                items.take(line_of(delivery.number, number), item, told.at)
        return ignored

    def _told_at(self, delivery: _Delivery) -> int:
        """When it was sent, if that was signed; else when it came."""
        time = self._scheme.time
        return (time and seconds(delivery.headers, time)) or delivery.at


class GreetedSource(WebhookSource):
    """One whose platform asks whether the address is ours; see base.Greeting."""

    def greet(self, query: Mapping[str, str]) -> tuple[str, str] | None:
        """Media type and body of the answer, or None."""
        assert self._scheme.greet is not None
        # without a verify token of its own, Meta's dashboard holds the secret
        tokens = self._options.tokens or self._options.secrets
        revealed = tuple(self._revealed(tokens, str.encode))
        return self._scheme.greet(query, self._keys(), revealed)


# -- payloads -----------------------------------------------------------------------


class _Delivery(NamedTuple):
    number: int
    at: int
    headers: dict[str, str]
    body: bytes


def _deliveries(payload: Payload) -> Iterator[_Delivery]:
    """The deliveries of a payload that the inbox put together."""
    for text in (payload.body or b"").splitlines():
        try:
            line = json.loads(text)
            headers = line["headers"]
            if isinstance(headers, str):
                headers = json.loads(headers)
            body = base64.b64decode(line["body"], validate=True)
            yield _Delivery(int(line["n"]), int(line["at"]), headers, body)
        except (KeyError, TypeError, ValueError) as error:
            raise PayloadError(
                "HOOK_PAYLOAD", payload.label, f"is no list of deliveries ({error})"
            ) from error


# -- settings -----------------------------------------------------------------------


def _options(
    said: Mapping[str, Any], around: Surroundings, problems: list[str]
) -> Options:
    strange = sorted(map(str, said.keys() - set(OPTIONS)))
    problems += [f"{key}: is unknown. {nearest(key, OPTIONS)}" for key in strange]
    scheme = _one_of("scheme", said.get("scheme", "standard"), SCHEMES, problems)
    kinds = [str(one) for one in Provenance]
    provenance = _one_of(
        "provenance", said.get("provenance", "measured"), kinds, problems
    )
    return Options(
        scheme,
        _references("secret", said, problems),
        _tokens(said, problems),
        _zone(said.get("timezone", around.timezone), problems),
        Provenance(provenance),
        _constants(said, problems),
    )


def _one_of(key: str, value: Any, known: Sequence[str], problems: list[str]) -> str:
    if value not in known:
        problems.append(f'{key}: "{value}" is unknown. {nearest(str(value), known)}')
        return known[0]
    return str(value)


def _references(
    key: str, said: Mapping[str, Any], problems: list[str]
) -> tuple[Mapping[str, str], ...]:
    value = said.get(key)
    if value is None:
        problems.append(f'{key}: is needed, such as {{ env = "NAME" }}')
        return ()
    try:
        check_reference(value)
    except ValueError as fault:
        problems.append(f"{key}: {fault}")
        return ()
    return tuple(value) if isinstance(value, list) else (value,)


def _tokens(
    said: Mapping[str, Any], problems: list[str]
) -> tuple[Mapping[str, str] | str, ...]:
    """A verify token is sent in an address: it may stand in the open."""
    value = said.get("verify_token")
    if isinstance(value, str) and value:
        return (value,)
    return () if value is None else _references("verify_token", said, problems)


def _zone(value: Any, problems: list[str]) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (KeyError, ValueError, OSError, TypeError, AttributeError):
        problems.append(f'timezone: "{value}" is unknown')
        return ZoneInfo("UTC")


def _constants(said: Mapping[str, Any], problems: list[str]) -> dict[str, str]:
    found = {key: said[key] for key in CONSTANTS if key in said}
    for key, value in found.items():
        if not isinstance(value, str) or not value.strip():
            problems.append(f"{key}: must be text")
    platform = found.get("platform")
    bad = identify(platform, "1", "") if isinstance(platform, str) else None
    if isinstance(bad, Bad):
        problems.append(f"platform: {bad.reason}")
    return found


def _fingerprint(options: Options) -> str:
    """Changes with whatever changes how deliveries are understood."""
    read = [PARSER, options.scheme, options.zone.key, options.constants]
    text = json.dumps(read, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
