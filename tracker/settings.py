"""tracker.toml: what a workspace is told, checked as a whole.

Every key may be left out. All problems of a file are found in one reading. What
belongs to a kind of source is checked by that kind's factory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tracker import forms
from tracker.cron import check_cron
from tracker.errors import ConfigError, nearest
from tracker.forms import Form
from tracker.programme import RateCard
from tracker.ratecards import read_cards
from tracker.rules import Alert, Digest, read_alerts, read_digest
from tracker.secrets import check_reference, reveal
from tracker.visits import WINDOW

FILE = "tracker.toml"
#: Keys of a source block that every kind has.
COMMON = ("name", "kind", "every", "cron", "host")
#: Names that hold a secret, and so a reference to one.
SECRETS = ("key", "token", "secret")
#: Tables for parts that read their own keys, and the keys they have.
SECTIONS: dict[str, tuple[str, ...]] = {
    "clicks": ("window", "trusted_proxies"),
    "retention": ("captions", "clicks", "quarantine", "rejects"),
    "host": ("name", "lease", "workers"),
    "archive": ("address", "after"),
    "checks": ("silent",),
    "backup": ("every", "keep", "expire", "folder"),
}
#: What [retention] may limit.
RETENTION = ("captions", "clicks", "quarantine", "rejects")
DURATIONS = ("window", "after", "silent", "every", "expire")
#: Shortest and longest lease of a host, in ms.
LEASES = (5_000, 300_000)
#: The most sources that a host may ask at once.
WORKERS = 64


@dataclass(frozen=True)
class SourceSettings:
    """One [[source]] block.

    every: milliseconds between two looks; cron: five fields; never both. With
    neither, the source is looked at only when asked. host: where it may run.
    options: all other keys, for the kind's factory.
    """

    name: str
    kind: str
    every: int | None = None
    cron: str | None = None
    host: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Settings:
    """What tracker.toml says, with the defaults for what it leaves out.

    database: URL. bilingual: pages in both languages. site: folder of the pages,
    relative to the workspace. listen: host and port. public: address under which the
    world sees the server. behind_proxy: a proxy stands before it. metrics: who may
    read /metrics. raw: the whole file, for parts that read their own tables.
    """

    database: str = "sqlite:///tracker.db"
    timezone: str = "UTC"
    language: str = "en"
    bilingual: bool = False
    site: str = "site"
    listen: str = "127.0.0.1:8040"
    public: str | None = None
    behind_proxy: bool = False
    metrics: str = "loopback"
    sources: tuple[SourceSettings, ...] = ()
    alerts: tuple[Alert, ...] = ()
    digest: Digest | None = None
    cards: tuple[RateCard, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)

    @property
    def window(self) -> int:
        """Within so many ms, clicks of a visitor on one link are one."""
        said = self.raw.get("clicks", {}).get("window")
        return WINDOW if said is None else forms.duration(said)

    @property
    def archive(self) -> str:
        """Where readings of closed months go: a folder of the workspace, or s3://."""
        return str(self.raw.get("archive", {}).get("address", "archive"))

    @property
    def archive_after(self) -> int:
        """Months that ended so many ms ago may be archived."""
        return forms.duration(self.raw.get("archive", {}).get("after", "90d"))

    def source(self, name: str) -> SourceSettings | None:
        """The block of that name."""
        return next((each for each in self.sources if each.name == name), None)


def load_settings(home: Path) -> Settings:
    """Reads the workspace's tracker.toml; ConfigError has all its problems."""
    raw = forms.read_toml(home / FILE)
    return check_settings(raw, home)


def check_settings(raw: Mapping[str, Any], home: Path) -> Settings:
    """The settings of a file already read; ConfigError has all its problems."""
    form = Form(dict(raw))
    settings = _top(form, raw, home)
    form.problems.extend(_of_kinds(settings, home))
    forms.refuse(form.problems, "CONFIG", FILE, "Nothing was started")
    _check_retention(raw.get("retention", {}))
    return settings


def keep_days(value: Any) -> int | None:
    """Days of `400d`; None for `forever`. ValueError."""
    if value == "forever":
        return None
    found = re.fullmatch(r"(\d{1,5})\s*d", value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f'is "{value}"; write days such as "400d", or "forever"')
    if not int(found[1]):
        raise ValueError(f'is "{value}" and would delete today\'s data; use 1d or more')
    return int(found[1])


def _check_retention(said: Mapping[str, Any]) -> None:
    problems = []
    for kind in RETENTION:
        try:
            keep_days(said.get(kind, "forever"))
        except ValueError as error:
            problems.append(f"retention.{kind} {error}")
    forms.refuse(problems, "CONFIG", FILE, "Nothing was started")


def _top(form: Form, raw: Mapping[str, Any], home: Path) -> Settings:
    usual = Settings()
    server = form.table("server")
    settings = Settings(
        database=_database(form, home),
        timezone=form.field("timezone", forms.time_zone, usual.timezone),
        language=form.field("language", forms.language, usual.language),
        bilingual=form.field("bilingual", forms.flag, usual.bilingual),
        site=form.field("site", forms.text, usual.site),
        listen=server.field("listen", address, usual.listen),
        public=server.field("public", _public, None),
        behind_proxy=server.field("behind_proxy", _yes, usual.behind_proxy),
        metrics=server.field("metrics", _readers, usual.metrics),
        sources=tuple(_sources(form)),
        alerts=tuple(read_alerts(form)),
        digest=read_digest(form),
        cards=tuple(read_cards(form)),
        raw=raw,
    )
    server.finish()
    _others(form)
    form.finish()
    return settings


def _database(form: Form, home: Path) -> str:
    value = form.take("database")
    if isinstance(value, dict):
        try:
            return reveal(value, home, "database")
        except ConfigError as error:
            form.fault("database", error.cause)
            return Settings.database
    return form.field("database", _url, Settings.database)


def _url(value: Any) -> str:
    url = forms.text(value)
    known = ("sqlite:///", "postgresql://", "postgres://", "postgresql+psycopg://")
    if not url.startswith(known):
        scheme = url.partition(":")[0]
        raise ValueError(
            f'"{scheme}" is no database the tracker knows; write sqlite:///tracker.db '
            "or postgresql://HOST/NAME"
        )
    return url


def address(value: Any) -> str:
    """HOST:PORT."""
    host, _, port = forms.text(value).rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise ValueError(f'"{value}" is no address; write 127.0.0.1:8040')
    return str(value)


def _yes(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("is neither true nor false")
    return value


def _readers(value: Any) -> str:
    """Who may read the figures for machines."""
    if isinstance(value, bool):
        return "all" if value else "off"
    if value not in ("loopback", "all", "off"):
        raise ValueError(f'"{value}" is not known; write "loopback", "all" or "off"')
    return str(value)


def _public(value: Any) -> str | None:
    if not forms.text(value).startswith(("http://", "https://")):
        raise ValueError(f'"{value}" is no address; write https://go.example.org')
    return str(value).rstrip("/")


# -- sources ----------------------------------------------------------------------


def _sources(form: Form) -> Iterator[SourceSettings]:
    seen: set[str] = set()
    for block in form.tables("source"):
        block.unique("name", seen)
        yield _source(block)


def _source(block: Form) -> SourceSettings:
    for key in ("name", "kind"):
        block.need(key)
    if block.has("every") and block.has("cron"):
        block.fault("cron", "every and cron stand together; keep one of them")
    made = SourceSettings(
        name=block.field("name", source_name, ""),
        kind=block.field("kind", _kind, ""),
        every=block.field("every", forms.duration, None),
        cron=block.field("cron", check_cron, None),
        host=block.field("host", forms.text, None),
        options={k: v for k, v in block.values.items() if k not in COMMON},
    )
    for key in SECRETS:
        if key in made.options:
            block.field(key, check_reference, None)
    return made


def source_name(value: Any) -> str:
    """A name fit for addresses and messages."""
    name = forms.text(value)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", name):
        raise ValueError(f'"{name}" is no name: letters, digits, ".", "_" and "-"')
    return name


def _kind(value: Any) -> str:
    from tracker.sources.registry import KINDS, kinds

    name = forms.text(value)
    if name not in KINDS and name not in kinds():
        raise ValueError(f'kind "{name}" is not known. {nearest(name, kinds())}')
    return name


def _of_kinds(settings: Settings, home: Path) -> Iterator[str]:
    """What the kinds' own factories say of the blocks."""
    from tracker.sources.base import Surroundings

    around = Surroundings(str(home), settings.timezone)
    for number, each in enumerate(settings.sources):
        if not each.kind:
            continue
        from tracker.sources.registry import make

        try:
            make(each.name, each.kind, each.options, around)
        except ConfigError as error:
            for problem in error.problems or (error.cause,):
                yield f"source[{number}].{problem}"


# -- tables of other parts ----------------------------------------------------------


def _others(form: Form) -> None:
    for name, keys in SECTIONS.items():
        _section(form.table(name), keys)


def _section(block: Form, keys: tuple[str, ...]) -> None:
    for key in DURATIONS:
        if key in keys:
            block.field(key, forms.duration, 0)
    if "trusted_proxies" in keys:
        block.field("trusted_proxies", _proxies, tuple[str, ...]())
    if "lease" in keys:
        block.field("lease", _lease, 0)
    if "workers" in keys:
        block.field("workers", _workers, 0)
    if "keep" in keys:
        block.field("keep", _keep, 0)
        block.field("folder", forms.text, "")
    if "address" in keys:
        block.field("address", archive_address, "")
    block.finish(*keys)


def _proxies(value: Any) -> tuple[str, ...]:
    """Addresses and networks."""
    from ipaddress import ip_network

    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError('is no list of addresses; write ["10.0.0.1"]')
    for one in value:
        try:
            ip_network(one, strict=False)
        except ValueError:
            raise ValueError(f'"{one}" is neither an address nor a network') from None
    return tuple(value)


def archive_address(value: Any) -> str:
    """A folder, or s3://bucket/prefix."""
    said = forms.text(value)
    scheme, is_url, rest = said.partition("://")
    if not is_url:
        return said
    if scheme != "s3":
        raise ValueError(
            f'"{scheme}" is no place for an archive; write a folder or s3://BUCKET/PREFIX'
        )
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]+(/[^\s*?#\[\]]*)?", rest):
        raise ValueError(
            f'"{said}" is no address; write s3://BUCKET/PREFIX, without blanks'
        )
    return said


def _keep(value: Any) -> int:
    if not forms.count(value):
        raise ValueError("is 0 and would delete every backup; use 1 or more")
    return int(value)


def _workers(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f'"{value}" is no number of sources')
    if not 1 <= value <= WORKERS:
        raise ValueError(f"is {value}; it goes from 1 to {WORKERS}")
    return value


def _lease(value: Any) -> int:
    length = forms.duration(value)
    if not LEASES[0] <= length <= LEASES[1]:
        raise ValueError(f'"{value}" is no lease; it goes from "5s" to "5m"')
    return length
