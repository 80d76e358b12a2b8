"""Kinds of sources by name: the built-in ones and those of other packages.

A kind is a dotted path to its factory, imported when it is used. Another package
adds kinds under the entry-point group `tracker.sources`: the entry's name is the
kind, its object a factory.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any, cast

from tracker.errors import ConfigError, nearest
from tracker.sources.base import Factory, Kind, Source, Surroundings
from tracker.sources.options import OPTIONS
from tracker.sources.platforms.settings import COMMON

GROUP = "tracker.sources"


def _asked(name: str, summary: str, *own: str) -> Kind:
    """A kind that asks a platform; own: keys of its blocks besides the common ones."""
    factory = f"tracker.sources.platforms.{name.replace('-', '_')}:factory"
    return Kind(name, factory, summary, (*own, *COMMON))


KINDS: dict[str, Kind] = {
    "youtube": _asked(
        "youtube", "YouTube: videos, by Data API v3", "key", "quota", "stats"
    ),
    "instagram": _asked(
        "instagram",
        "Instagram: media of a professional account, with insights",
        *("token", "account", "handle", "login", "version", "calls"),
    ),
    "facebook": _asked(
        "facebook",
        "Facebook: posts of a Page, with insights",
        *("token", "account", "handle", "version", "calls"),
    ),
    "tiktok": _asked(
        "tiktok", "TikTok: videos of an account, by Display API", "token", "handle"
    ),
    "tiktok-research": _asked(
        "tiktok-research", "TikTok: public videos, by Research API", "token", "quota"
    ),
    "x": _asked("x", "X: posts, by API v2", "token", "budget"),
    "bluesky": _asked("bluesky", "Bluesky: posts, without a key"),
    "mastodon": _asked("mastodon", "Mastodon: posts of any server", "token", "server"),
    "bitly": _asked(
        "bitly", "Bitly: clicks of links", "token", "links", "group", "domains"
    ),
    "dub": _asked("dub", "Dub: clicks of links", "token", "links", "domain", "daily"),
    "ga4": _asked(
        "ga4",
        "Google Analytics 4: figures of pages or campaign content by day",
        *("token", "property", "dimension", "metrics"),
    ),
    "webhook": Kind(
        "webhook",
        "tracker.sources.webhook:factory",
        "what shops, link services and platforms push to /hooks/NAME",
        (
            "scheme",
            "secret",
            "verify_token",
            "timezone",
            "provenance",
            "platform",
            "handle",
        ),
    ),
    "outcomes": Kind(
        "outcomes",
        "tracker.sources.outcomefile:factory",
        "leads, sales and the like from CSV files, a row each",
        ("path", "timezone", "campaign"),
    ),
    "csv": Kind(
        "csv",
        "tracker.sources.csvfile:factory",
        "CSV files and exports of platforms, from a file, folder or glob",
        OPTIONS,
    ),
}


def kinds() -> dict[str, Kind]:
    """All kinds, by name; a built-in one cannot be replaced from outside."""
    others = {
        entry.name: Kind(entry.name, entry.value, f"from {_package(entry)}")
        for entry in entry_points(group=GROUP)
    }
    return {**others, **KINDS}


def make(
    name: str, kind: str, options: Mapping[str, Any], surroundings: Surroundings
) -> Source:
    """The source of one block of settings; ConfigError with all its problems."""
    # what is installed is looked through only for what is not built in
    found = KINDS.get(kind) or kinds().get(kind)
    if found is None:
        raise ConfigError(
            "SOURCE_KIND",
            f"source {name}",
            f'there is no kind "{kind}"',
            "The source was not started",
            nearest(kind, kinds()),
        )
    return load(found)(name, options, surroundings)


def load(kind: Kind) -> Factory:
    """The factory of a kind; ConfigError when its package does not hold together."""
    module, _, attribute = kind.factory.partition(":")
    try:
        return cast("Factory", getattr(import_module(module), attribute))
    except Exception as error:
        raise ConfigError(
            "SOURCE_KIND",
            f"kind {kind.name}",
            f"its factory {kind.factory} cannot be loaded ({error})",
            "Its sources were not started",
            "Install its package again, or remove it",
        ) from error


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else "another package"
