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
    LargeBinary,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from tracker.model import ATTRIBUTES, METRICS
from tracker.store import plantables  # noqa: F401 - they are tables too
from tracker.store.kinds import TEXT, big, key, part, text


class CampaignRow(SQLModel, table=True):
    __tablename__ = "campaign"
    id: int | None = key()  # 0 is the workspace itself and has no row
    slug: str = text(nullable=False, unique=True)
    name: str = text(nullable=False)
    timezone: str = text(nullable=False)
    currency: str = text(nullable=False)
    language: str = text(nullable=False)
    starts: str | None = text()
    ends: str | None = text()
    rules: str = text(nullable=False)  # JSON of model.Match
    plan: str = text(nullable=False)  # JSON of the whole campaign file
    state: str = text(nullable=False)  # draft, open, closed
    applied_at: int = big(nullable=False)


class AmbassadorRow(SQLModel, table=True):
    __tablename__ = "ambassador"
    id: int | None = key()  # 0 stands for "nobody known" in sums
    slug: str = text(nullable=False, unique=True)
    name: str = text(nullable=False)
    email: str | None = text()
    country: str | None = text()
    language: str | None = text()
    created_at: int = big(nullable=False)


class HandleRow(SQLModel, table=True):
    __tablename__ = "handle"
    __table_args__ = (Index("handle_by_key", "platform", "key"),)
    id: int | None = key()
    ambassador_id: int = big(nullable=False, index=True)
    platform: str = text(nullable=False)
    handle: str = text(nullable=False)  # as written
    key: str = text(nullable=False)  # model.handle_key
    since: str | None = text()  # first day, NULL: always
    until: str | None = text()  # last day, NULL: still
    followers: int | None = big()


class EnrolmentRow(SQLModel, table=True):
    __tablename__ = "enrolment"
    id: int | None = key()
    campaign_id: int = big(nullable=False, index=True)
    ambassador_id: int = big(nullable=False, index=True)
    starts: str | None = text()  # NULL: the campaign's
    ends: str | None = text()
    team: str | None = text()  # the ambassador file's `group`
    fee: int | None = big()  # minor units
    currency: str | None = text()


class SourceRow(SQLModel, table=True):
    """What is remembered of a source between runs; its settings are in the file."""

    __tablename__ = "source"
    id: int | None = key()
    name: str = text(nullable=False, unique=True)
    kind: str = text(nullable=False)
    state: str = text(nullable=False)  # ready, waiting, paused, failed
    retry_at: int | None = big()
    reason: str | None = text()
    last_run: int | None = big()
    last_data: int | None = big()
    bookmark: str | None = text()


class RunRow(SQLModel, table=True):
    __tablename__ = "run"
    __table_args__ = (UniqueConstraint("source_id", "slot", "term"),)
    id: int | None = key()
    source_id: int = big(nullable=False, index=True)
    slot: int | None = big()  # NULL: asked for by a person
    host: str | None = text()
    term: int | None = big()
    started_at: int = big(nullable=False)
    ended_at: int | None = big()
    outcome: str | None = text()  # ok, partial, failed, lost; NULL: running
    merged: int = big(nullable=False, server_default="0")
    payloads: int = big(nullable=False, server_default="0")
    rows: int = big(nullable=False, server_default="0")
    stored: int = big(nullable=False, server_default="0")
    unchanged: int = big(nullable=False, server_default="0")
    corrected: int = big(nullable=False, server_default="0")
    rejected: int = big(nullable=False, server_default="0")
    ignored: int = big(nullable=False, server_default="0")
    error: str | None = text()
    notices: str | None = text()  # JSON list


class LeaseRow(SQLModel, table=True):
    """Who may do what until when; `term` grows by one with each new holder."""

    __tablename__ = "lease"
    name: str = Field(sa_column=Column(TEXT, primary_key=True))
    holder: str | None = text()
    term: int = big(nullable=False)
    until: int | None = big()


class PayloadRow(SQLModel, table=True):
    """The ledger: each payload that was read, kept or refused."""

    __tablename__ = "payload"
    __table_args__ = (
        Index("payload_by_digest", "source_id", "digest"),
        Index("payload_by_label", "source_id", "label"),
    )
    id: int | None = key()
    source_id: int = big(nullable=False)
    run_id: int | None = big()
    label: str = text(nullable=False)
    stamp: str | None = text()
    digest: str = text(nullable=False)
    fingerprint: str = text(nullable=False)
    provenance: str = text(nullable=False)
    recorded_at: int = big(nullable=False)
    outcome: str = text(nullable=False)  # ok, partial, refused
    error: str | None = text()
    header: str | None = text()  # JSON list: what the columns were called
    rows: int = big(nullable=False)
    stored: int = big(nullable=False)
    unchanged: int = big(nullable=False)
    corrected: int = big(nullable=False)
    rejected: int = big(nullable=False)
    ignored: int = big(nullable=False)
    suppressed: int = big(nullable=False, server_default="0")  # of erased people


class PostRow(SQLModel, table=True):
    __tablename__ = "post"
    __table_args__ = (UniqueConstraint("platform", "external_id"),)
    id: int | None = key()
    platform: str = text(nullable=False)
    external_id: str = text(nullable=False)
    handle: str | None = text()
    url: str | None = text()
    published_at: int | None = big()
    caption: str | None = text()
    kind: str | None = text()
    paid_partnership: str | None = text()  # yes, no: the platform's toggle
    language: str | None = text()
    marks: str | None = text()  # what it counts by, when its caption may not be kept


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
    return {pattern.format(metric): big(**more) for metric in METRICS}


#: Last known values of each post, with the instants they were captured at, and
#: the instants at which each attribute was last said: what makes an increment cheap.
PostStateRow = _wide(
    "post_state",
    {
        "post_id": key(),
        "first_at": big(nullable=False),
        "last_at": big(nullable=False),
        **{f"{name}_at": big() for name in ATTRIBUTES},
        **_metrics("{}"),
        **_metrics("{}_at"),
    },
)

#: One source's word on one post at one moment, merged by maximum.
ReadingRow = _wide(
    "reading",
    {
        "post_id": part(),
        "captured_at": part(),
        **_metrics("{}"),
        "payload_id": big(nullable=False),
        "line": big(nullable=False),
    },
    sqlite_with_rowid=False,
    postgresql_partition_by="RANGE (captured_at)",  # see partitions
)

#: What a reading was before a later payload changed it.
ReadingPastRow = _wide(
    "reading_past",
    {
        "post_id": part(),
        "captured_at": part(),
        "replaced_by": part(),
        **_metrics("{}"),
        "payload_id": big(nullable=False),
        "line": big(nullable=False),
    },
    sqlite_with_rowid=False,
)


class ArchivePartRow(SQLModel, table=True):
    """A file of archived readings; see `archive.parts` for its states.

    campaign_id: the campaign in whose folder it lies, 0: in none's. month: YYYY-MM of
    captured_at in UTC. path: below the archive's address. sums: JSON object, of each
    metric its sum and how many are known. newest_payload: the newest payload whose
    readings are in it.
    """

    __tablename__ = "archive_part"
    __table_args__ = (Index("archive_part_by_month", "campaign_id", "month"),)
    id: int | None = key()
    campaign_id: int = big(nullable=False)
    month: str = text(nullable=False)
    path: str = text(nullable=False, unique=True)
    rows: int = big(nullable=False)
    bytes: int = big(nullable=False)
    digest: str = text(nullable=False)  # SHA-256, hex
    sums: str = text(nullable=False)
    first_post: int = big(nullable=False)
    last_post: int = big(nullable=False)
    newest_payload: int = big(nullable=False)
    made_at: int = big(nullable=False)
    state: str = text(nullable=False)  # writing, archived, restored, dropped


class ArchivedPostRow(SQLModel, table=True):
    """In which campaign's folder a post's archived readings lie; it never changes."""

    __tablename__ = "archived_post"
    __table_args__ = (
        Index("archived_post_by_campaign", "campaign_id", "post_id"),
        {"sqlite_with_rowid": False},
    )
    post_id: int = part()
    campaign_id: int = big(nullable=False)


class DisagreementRow(SQLModel, table=True):
    """A smaller value of the same instant: shown, not believed."""

    __tablename__ = "disagreement"
    __table_args__ = {"sqlite_with_rowid": False}
    post_id: int = part()
    captured_at: int = part()
    metric: str = part(TEXT)
    value: int = part()
    payload_id: int = big(nullable=False)
    line: int = big(nullable=False)


class AttributionRow(SQLModel, table=True):
    """Which campaign a post counts for, and whose it is; campaign 0: the workspace."""

    __tablename__ = "attribution"
    __table_args__ = (
        Index("attribution_by_campaign", "campaign_id", "ambassador_id", "post_id"),
        {"sqlite_with_rowid": False},
    )
    post_id: int = part()
    campaign_id: int = part()
    ambassador_id: int = big(nullable=False)


#: Sums of gains: {metric} the gain of that day, {metric}_known the posts whose
#: value became known on it, posts the posts first seen on it. A day on which
#: nothing changed has no row, so the same facts always make the same rows.
RollupRow = _wide(
    "rollup",
    {
        "campaign_id": part(),
        "ambassador_id": part(),
        "platform": part(TEXT),
        "day": part(),
        "posts": big(nullable=False),
        **_metrics("{}", nullable=False),
        **_metrics("{}_known", nullable=False),
    },
    sqlite_with_rowid=False,
)


class RejectRow(SQLModel, table=True):
    __tablename__ = "reject"
    __table_args__ = (Index("reject_by_payload", "payload_id", "line"),)
    id: int | None = key()
    payload_id: int = big(nullable=False)
    line: int = big(nullable=False)
    column: str = text(nullable=False)
    code: str = text(nullable=False)
    reason: str = text(nullable=False)
    raw: str = text(nullable=False)
    state: str = text(
        nullable=False
    )  # open, kept (a retry stored it), dropped, superseded


class AudienceRow(SQLModel, table=True):
    """Figures of accounts by day; as with readings, the larger value stands."""

    __tablename__ = "audience"
    __table_args__ = {"sqlite_with_rowid": False}
    source_id: int = part()
    platform: str = part(TEXT)
    handle: str = part(TEXT)
    metric: str = part(TEXT)
    day: str = part(TEXT)
    value: int = big(nullable=False)
    payload_id: int = big(nullable=False)
    line: int = big(nullable=False)


class EventRow(SQLModel, table=True):
    """Clicks and outcomes that were told; the first of an id stands."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("source_id", "external_id"),
        Index("event_by_kind", "kind", "at"),
    )
    id: int | None = key()
    source_id: int = big(nullable=False)
    external_id: str = text(nullable=False)
    kind: str = text(nullable=False)
    at: int = big(nullable=False)
    data: str = text(nullable=False)
    payload_id: int = big(nullable=False)
    line: int = big(nullable=False)


class DeliveryRow(SQLModel, table=True):
    """The inbox: what was pushed, as it came, before anybody reads it."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("source", "delivery_id"),
        Index("delivery_by_state", "source", "state", "id"),
    )
    id: int | None = key()
    source: str = text(nullable=False)
    delivery_id: str = text(nullable=False)
    received_at: int = big(nullable=False)
    headers: str = text(nullable=False)  # JSON object of those the kind asks for
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    state: str = text(nullable=False)  # new, read


class QuotaRow(SQLModel, table=True):
    """What is spent of a platform's quota in the window that began at `since`."""

    __tablename__ = "quota"
    __table_args__ = {"sqlite_with_rowid": False}
    source: str = part(TEXT)
    bucket: str = part(TEXT)
    since: int = part()
    used: int = big(nullable=False)


class BreakerRow(SQLModel, table=True):
    """Failures in a row of a source, and when one more try is allowed."""

    __tablename__ = "breaker"
    source: str = Field(sa_column=Column(TEXT, primary_key=True))
    failures: int = big(nullable=False)
    since: int = big(nullable=False)
    probe_at: int | None = big()
    reason: str = text(nullable=False)


class AskedRow(SQLModel, table=True):
    """When a source last asked for a post, and since when it is not there."""

    __tablename__ = "asked"
    __table_args__ = {"sqlite_with_rowid": False}
    source_id: int = part()
    post_id: int = part()
    asked_at: int = big(nullable=False)
    absent_since: int | None = big()
    absent_times: int = big(nullable=False, server_default="0")  # in a row
    restored_at: int | None = big()  # when it was there again


class CorrectionRow(SQLModel, table=True):
    """A person's word on one value; it stands against whatever comes later."""

    __tablename__ = "correction"
    __table_args__ = {"sqlite_with_rowid": False}
    post_id: int = part()
    captured_at: int = part()
    metric: str = part(TEXT)
    value: int | None = big()  # NULL: unknown after all
    was: int | None = big()
    reason: str = text(nullable=False)
    actor: str = text(nullable=False)
    at: int = big(nullable=False)


class EvidenceRow(SQLModel, table=True):
    """The file that a reported reading rests on."""

    __tablename__ = "evidence"
    payload_id: int = Field(
        sa_column=Column(BigInteger, primary_key=True, autoincrement=False)
    )
    file: str = text(nullable=False)
    digest: str = text(nullable=False)  # SHA-256, hex
    note: str | None = text()


class MetaRow(SQLModel, table=True):
    __tablename__ = "meta"
    key: str = Field(sa_column=Column(TEXT, primary_key=True))
    value: str = text(nullable=False)
