"""All tables, in one place.

Rules: ids of rows are integers made by the database and never leave store/;
instants are BIGINT milliseconds (see tracker.model); days are ISO text; an
unknown count is NULL. These classes do not validate and never leave store/:
frozen values do.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from tracker.model import ATTRIBUTES, METRICS

# A SQLite row id must be declared INTEGER; PostgreSQL should have 64 bits.
ID = BigInteger().with_variant(Integer(), "sqlite")
# Text is compared byte by byte everywhere, whatever the server's language.
TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def _key() -> Any:
    return Field(default=None, sa_column=Column(ID, primary_key=True))


def _big(**more: Any) -> Any:
    more.setdefault("nullable", True)
    return Field(default=None, sa_column=Column(BigInteger, **more))


def _text(**more: Any) -> Any:
    more.setdefault("nullable", True)
    return Field(default=None, sa_column=Column(TEXT, **more))


class CampaignRow(SQLModel, table=True):
    __tablename__ = "campaign"
    id: int | None = _key()  # 0 is the workspace itself and has no row
    slug: str = _text(nullable=False, unique=True)
    name: str = _text(nullable=False)
    timezone: str = _text(nullable=False)
    currency: str = _text(nullable=False)
    language: str = _text(nullable=False)
    starts: str | None = _text()
    ends: str | None = _text()
    rules: str = _text(nullable=False)  # JSON of model.Match
    plan: str = _text(nullable=False)  # JSON of the whole campaign file
    state: str = _text(nullable=False)  # draft, open, closed
    applied_at: int = _big(nullable=False)


class AmbassadorRow(SQLModel, table=True):
    __tablename__ = "ambassador"
    id: int | None = _key()  # 0 stands for "nobody known" in sums
    slug: str = _text(nullable=False, unique=True)
    name: str = _text(nullable=False)
    email: str | None = _text()
    country: str | None = _text()
    language: str | None = _text()
    created_at: int = _big(nullable=False)


class HandleRow(SQLModel, table=True):
    __tablename__ = "handle"
    __table_args__ = (Index("handle_by_key", "platform", "key"),)
    id: int | None = _key()
    ambassador_id: int = _big(nullable=False, index=True)
    platform: str = _text(nullable=False)
    handle: str = _text(nullable=False)  # as written
    key: str = _text(nullable=False)  # model.handle_key
    since: str | None = _text()  # first day, NULL: always
    until: str | None = _text()  # last day, NULL: still
    followers: int | None = _big()


class EnrolmentRow(SQLModel, table=True):
    __tablename__ = "enrolment"
    id: int | None = _key()
    campaign_id: int = _big(nullable=False, index=True)
    ambassador_id: int = _big(nullable=False, index=True)
    starts: str | None = _text()  # NULL: the campaign's
    ends: str | None = _text()
    team: str | None = _text()  # the ambassador file's `group`
    fee: int | None = _big()  # minor units
    currency: str | None = _text()


class SourceRow(SQLModel, table=True):
    """What is remembered of a source between runs; its settings are in the file."""

    __tablename__ = "source"
    id: int | None = _key()
    name: str = _text(nullable=False, unique=True)
    kind: str = _text(nullable=False)
    state: str = _text(nullable=False)  # ready, waiting, paused, failed
    retry_at: int | None = _big()
    reason: str | None = _text()
    last_run: int | None = _big()
    last_data: int | None = _big()
    bookmark: str | None = _text()


class RunRow(SQLModel, table=True):
    __tablename__ = "run"
    __table_args__ = (UniqueConstraint("source_id", "slot", "term"),)
    id: int | None = _key()
    source_id: int = _big(nullable=False, index=True)
    slot: int | None = _big()  # NULL: asked for by a person
    host: str | None = _text()
    term: int | None = _big()
    started_at: int = _big(nullable=False)
    ended_at: int | None = _big()
    outcome: str | None = _text()  # ok, partial, failed, lost; NULL: running
    merged: int = _big(nullable=False, server_default="0")
    payloads: int = _big(nullable=False, server_default="0")
    rows: int = _big(nullable=False, server_default="0")
    stored: int = _big(nullable=False, server_default="0")
    unchanged: int = _big(nullable=False, server_default="0")
    corrected: int = _big(nullable=False, server_default="0")
    rejected: int = _big(nullable=False, server_default="0")
    ignored: int = _big(nullable=False, server_default="0")
    error: str | None = _text()
    notices: str | None = _text()  # JSON list


class LeaseRow(SQLModel, table=True):
    """Who may do what until when; `term` grows by one with each new holder."""

    __tablename__ = "lease"
    name: str = Field(sa_column=Column(TEXT, primary_key=True))
    holder: str | None = _text()
    term: int = _big(nullable=False)
    until: int | None = _big()


class PayloadRow(SQLModel, table=True):
    """The ledger: each payload that was read, kept or refused."""

    __tablename__ = "payload"
    __table_args__ = (
        Index("payload_by_digest", "source_id", "digest"),
        Index("payload_by_label", "source_id", "label"),
    )
    id: int | None = _key()
    source_id: int = _big(nullable=False)
    run_id: int | None = _big()
    label: str = _text(nullable=False)
    stamp: str | None = _text()
    digest: str = _text(nullable=False)
    fingerprint: str = _text(nullable=False)
    provenance: str = _text(nullable=False)
    recorded_at: int = _big(nullable=False)
    outcome: str = _text(nullable=False)  # ok, partial, refused
    error: str | None = _text()
    header: str | None = _text()  # JSON list: what the columns were called
    rows: int = _big(nullable=False)
    stored: int = _big(nullable=False)
    unchanged: int = _big(nullable=False)
    corrected: int = _big(nullable=False)
    rejected: int = _big(nullable=False)
    ignored: int = _big(nullable=False)


class PostRow(SQLModel, table=True):
    __tablename__ = "post"
    __table_args__ = (UniqueConstraint("platform", "external_id"),)
    id: int | None = _key()
    platform: str = _text(nullable=False)
    external_id: str = _text(nullable=False)
    handle: str | None = _text()
    url: str | None = _text()
    published_at: int | None = _big()
    caption: str | None = _text()
    kind: str | None = _text()


def _part(kind: Any = BigInteger) -> Any:
    """A part of a primary key that is given, never made by the database."""
    return Field(sa_column=Column(kind, primary_key=True, autoincrement=False))


def _wide(name: str, columns: dict[str, Any], **options: Any) -> type[SQLModel]:
    """A table class from its columns: those with one column a metric are too wide
    to be written out, and must follow METRICS."""
    fields: dict[str, Any] = {
        **columns,
        "__tablename__": name,
        "__module__": __name__,
        "__annotations__": dict.fromkeys(columns, int | None),
    }
    if options:
        fields["__table_args__"] = options
    title = name.title().replace("_", "") + "Row"
    metaclass: Any = type(SQLModel)
    made: type[SQLModel] = metaclass(title, (SQLModel,), fields, table=True)
    return made


def _metrics(pattern: str, **more: Any) -> dict[str, Any]:
    return {pattern.format(metric): _big(**more) for metric in METRICS}


#: Last known values of each post, with the instants they were captured at, and
#: the instants at which each attribute was last said: what makes an increment cheap.
PostStateRow = _wide(
    "post_state",
    {
        "post_id": _key(),
        "first_at": _big(nullable=False),
        "last_at": _big(nullable=False),
        **{f"{name}_at": _big() for name in ATTRIBUTES},
        **_metrics("{}"),
        **_metrics("{}_at"),
    },
)

#: One source's word on one post at one moment, merged by maximum.
ReadingRow = _wide(
    "reading",
    {
        "post_id": _part(),
        "captured_at": _part(),
        **_metrics("{}"),
        "payload_id": _big(nullable=False),
        "line": _big(nullable=False),
    },
    sqlite_with_rowid=False,
)

#: What a reading was before a later payload changed it.
ReadingPastRow = _wide(
    "reading_past",
    {
        "post_id": _part(),
        "captured_at": _part(),
        "replaced_by": _part(),
        **_metrics("{}"),
        "payload_id": _big(nullable=False),
        "line": _big(nullable=False),
    },
    sqlite_with_rowid=False,
)


class DisagreementRow(SQLModel, table=True):
    """A smaller value of the same instant: shown, not believed."""

    __tablename__ = "disagreement"
    __table_args__ = {"sqlite_with_rowid": False}
    post_id: int = _part()
    captured_at: int = _part()
    metric: str = _part(TEXT)
    value: int = _part()
    payload_id: int = _big(nullable=False)
    line: int = _big(nullable=False)


class AttributionRow(SQLModel, table=True):
    """Which campaign a post counts for, and whose it is; campaign 0: the workspace."""

    __tablename__ = "attribution"
    __table_args__ = (
        Index("attribution_by_campaign", "campaign_id", "ambassador_id", "post_id"),
        {"sqlite_with_rowid": False},
    )
    post_id: int = _part()
    campaign_id: int = _part()
    ambassador_id: int = _big(nullable=False)


#: Sums of gains: {metric} the gain of that day, {metric}_known the posts whose
#: value became known on it, posts the posts first seen on it. A day on which
#: nothing changed has no row, so the same facts always make the same rows.
RollupRow = _wide(
    "rollup",
    {
        "campaign_id": _part(),
        "ambassador_id": _part(),
        "platform": _part(TEXT),
        "day": _part(),
        "posts": _big(nullable=False),
        **_metrics("{}", nullable=False),
        **_metrics("{}_known", nullable=False),
    },
    sqlite_with_rowid=False,
)


class RejectRow(SQLModel, table=True):
    __tablename__ = "reject"
    __table_args__ = (Index("reject_by_payload", "payload_id", "line"),)
    id: int | None = _key()
    payload_id: int = _big(nullable=False)
    line: int = _big(nullable=False)
    column: str = _text(nullable=False)
    code: str = _text(nullable=False)
    reason: str = _text(nullable=False)
    raw: str = _text(nullable=False)
    state: str = _text(
        nullable=False
    )  # open, kept (a retry stored it), dropped, superseded


class AudienceRow(SQLModel, table=True):
    """Figures of accounts by day; as with readings, the larger value stands."""

    __tablename__ = "audience"
    __table_args__ = {"sqlite_with_rowid": False}
    source_id: int = _part()
    platform: str = _part(TEXT)
    handle: str = _part(TEXT)
    metric: str = _part(TEXT)
    day: str = _part(TEXT)
    value: int = _big(nullable=False)
    payload_id: int = _big(nullable=False)
    line: int = _big(nullable=False)


class EventRow(SQLModel, table=True):
    """Clicks and outcomes that were told; the first of an id stands."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("source_id", "external_id"),
        Index("event_by_kind", "kind", "at"),
    )
    id: int | None = _key()
    source_id: int = _big(nullable=False)
    external_id: str = _text(nullable=False)
    kind: str = _text(nullable=False)
    at: int = _big(nullable=False)
    data: str = _text(nullable=False)
    payload_id: int = _big(nullable=False)
    line: int = _big(nullable=False)


class DeliveryRow(SQLModel, table=True):
    """The inbox: what was pushed, as it came, before anybody reads it."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("source", "delivery_id"),
        Index("delivery_by_state", "source", "state", "id"),
    )
    id: int | None = _key()
    source: str = _text(nullable=False)
    delivery_id: str = _text(nullable=False)
    received_at: int = _big(nullable=False)
    headers: str = _text(nullable=False)  # JSON object of those the kind asks for
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    state: str = _text(nullable=False)  # new, read


class QuotaRow(SQLModel, table=True):
    """What is spent of a platform's quota in the window that began at `since`."""

    __tablename__ = "quota"
    __table_args__ = {"sqlite_with_rowid": False}
    source: str = _part(TEXT)
    bucket: str = _part(TEXT)
    since: int = _part()
    used: int = _big(nullable=False)


class BreakerRow(SQLModel, table=True):
    """Failures in a row of a source, and when one more try is allowed."""

    __tablename__ = "breaker"
    source: str = Field(sa_column=Column(TEXT, primary_key=True))
    failures: int = _big(nullable=False)
    since: int = _big(nullable=False)
    probe_at: int | None = _big()
    reason: str = _text(nullable=False)


class AskedRow(SQLModel, table=True):
    """When a source last asked for a post, and since when it is not there."""

    __tablename__ = "asked"
    __table_args__ = {"sqlite_with_rowid": False}
    source_id: int = _part()
    post_id: int = _part()
    asked_at: int = _big(nullable=False)
    absent_since: int | None = _big()


class CorrectionRow(SQLModel, table=True):
    """A person's word on one value; it stands against whatever comes later."""

    __tablename__ = "correction"
    __table_args__ = {"sqlite_with_rowid": False}
    post_id: int = _part()
    captured_at: int = _part()
    metric: str = _part(TEXT)
    value: int | None = _big()  # NULL: unknown after all
    was: int | None = _big()
    reason: str = _text(nullable=False)
    actor: str = _text(nullable=False)
    at: int = _big(nullable=False)


class EvidenceRow(SQLModel, table=True):
    """The file that a reported reading rests on."""

    __tablename__ = "evidence"
    payload_id: int = Field(
        sa_column=Column(BigInteger, primary_key=True, autoincrement=False)
    )
    file: str = _text(nullable=False)
    digest: str = _text(nullable=False)  # SHA-256, hex
    note: str | None = _text()


class MetaRow(SQLModel, table=True):
    __tablename__ = "meta"
    key: str = Field(sa_column=Column(TEXT, primary_key=True))
    value: str = _text(nullable=False)
