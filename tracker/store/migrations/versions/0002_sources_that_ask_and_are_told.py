"""Sources that ask and are told: inbox, events, audience, quotas, corrections"""

from typing import Any

import sqlalchemy as sa
from alembic import op

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BIG = sa.BigInteger

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _part(name: str, kind: Any = BIG) -> sa.Column[Any]:
    return sa.Column(name, kind, autoincrement=False, nullable=False)


def _said(name: str, kind: Any = TEXT) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    # A lost run keeps its slot; what runs it again has another term.
    names = {"uq": "%(table_name)s_%(column_0_N_name)s_key"}
    with op.batch_alter_table("run", naming_convention=names) as run:
        run.drop_constraint("run_source_id_slot_key", type_="unique")
        run.create_unique_constraint(
            "run_source_id_slot_term_key", ["source_id", "slot", "term"]
        )
    op.create_table(
        "audience",
        _part("source_id"),
        _part("platform", TEXT),
        _part("handle", TEXT),
        _part("metric", TEXT),
        _part("day", TEXT),
        _said("value", BIG()),
        _said("payload_id", BIG()),
        _said("line", BIG()),
        sa.PrimaryKeyConstraint("source_id", "platform", "handle", "metric", "day"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "event",
        sa.Column("id", ID, nullable=False),
        _said("source_id", BIG()),
        _said("external_id"),
        _said("kind"),
        _said("at", BIG()),
        _said("data"),
        _said("payload_id", BIG()),
        _said("line", BIG()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source_id", "external_id"),
    )
    op.create_index("event_by_kind", "event", ["kind", "at"])
    op.create_table(
        "delivery",
        sa.Column("id", ID, nullable=False),
        _said("source"),
        _said("delivery_id"),
        _said("received_at", BIG()),
        _said("headers"),
        _said("body", sa.LargeBinary()),
        _said("state"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "delivery_id"),
    )
    op.create_index("delivery_by_state", "delivery", ["source", "state", "id"])
    op.create_table(
        "quota",
        _part("source", TEXT),
        _part("bucket", TEXT),
        _part("since"),
        _said("used", BIG()),
        sa.PrimaryKeyConstraint("source", "bucket", "since"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "breaker",
        _part("source", TEXT),
        _said("failures", BIG()),
        _said("since", BIG()),
        sa.Column("probe_at", BIG(), nullable=True),
        _said("reason"),
        sa.PrimaryKeyConstraint("source"),
    )
    op.create_table(
        "asked",
        _part("source_id"),
        _part("post_id"),
        _said("asked_at", BIG()),
        sa.Column("absent_since", BIG(), nullable=True),
        sa.PrimaryKeyConstraint("source_id", "post_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "correction",
        _part("post_id"),
        _part("captured_at"),
        _part("metric", TEXT),
        sa.Column("value", BIG(), nullable=True),
        sa.Column("was", BIG(), nullable=True),
        _said("reason"),
        _said("actor"),
        _said("at", BIG()),
        sa.PrimaryKeyConstraint("post_id", "captured_at", "metric"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "evidence",
        _part("payload_id"),
        _said("file"),
        _said("digest"),
        sa.Column("note", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("payload_id"),
    )
