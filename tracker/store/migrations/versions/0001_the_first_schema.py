"""The first schema"""

import sqlalchemy as sa
from alembic import op

# text is compared byte by byte, whatever the server's language
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ambassador",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("slug", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("email", TEXT, nullable=True),
        sa.Column("country", TEXT, nullable=True),
        sa.Column("language", TEXT, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
    )
    op.create_table(
        "attribution",
        sa.Column("post_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ambassador_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", "campaign_id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "attribution_by_campaign",
        "attribution",
        ["campaign_id", "ambassador_id", "post_id"],
        unique=False,
    )
    op.create_table(
        "campaign",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("slug", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("timezone", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("starts", TEXT, nullable=True),
        sa.Column("ends", TEXT, nullable=True),
        sa.Column("rules", TEXT, nullable=False),
        sa.Column("plan", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("applied_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
    )
    op.create_table(
        "disagreement",
        sa.Column("post_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("captured_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("metric", TEXT, autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("payload_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", "captured_at", "metric", "value"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "enrolment",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("ambassador_id", sa.BigInteger(), nullable=False),
        sa.Column("starts", TEXT, nullable=True),
        sa.Column("ends", TEXT, nullable=True),
        sa.Column("team", TEXT, nullable=True),
        sa.Column("fee", sa.BigInteger(), nullable=True),
        sa.Column("currency", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_enrolment_ambassador_id"), "enrolment", ["ambassador_id"], unique=False
    )
    op.create_index(
        op.f("ix_enrolment_campaign_id"), "enrolment", ["campaign_id"], unique=False
    )
    op.create_table(
        "handle",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("ambassador_id", sa.BigInteger(), nullable=False),
        sa.Column("platform", TEXT, nullable=False),
        sa.Column("handle", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("since", TEXT, nullable=True),
        sa.Column("until", TEXT, nullable=True),
        sa.Column("followers", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("handle_by_key", "handle", ["platform", "key"], unique=False)
    op.create_index(
        op.f("ix_handle_ambassador_id"), "handle", ["ambassador_id"], unique=False
    )
    op.create_table(
        "lease",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=True),
        sa.Column("term", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "meta",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "payload",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("stamp", TEXT, nullable=True),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("fingerprint", TEXT, nullable=False),
        sa.Column("provenance", TEXT, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("error", TEXT, nullable=True),
        sa.Column("header", TEXT, nullable=True),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("stored", sa.BigInteger(), nullable=False),
        sa.Column("unchanged", sa.BigInteger(), nullable=False),
        sa.Column("corrected", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("ignored", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "payload_by_digest", "payload", ["source_id", "digest"], unique=False
    )
    op.create_index("payload_by_label", "payload", ["source_id", "label"], unique=False)
    op.create_table(
        "post",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("platform", TEXT, nullable=False),
        sa.Column("external_id", TEXT, nullable=False),
        sa.Column("handle", TEXT, nullable=True),
        sa.Column("url", TEXT, nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("caption", TEXT, nullable=True),
        sa.Column("kind", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("platform", "external_id"),
    )
    op.create_table(
        "post_state",
        sa.Column(
            "post_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("handle_at", sa.BigInteger(), nullable=True),
        sa.Column("url_at", sa.BigInteger(), nullable=True),
        sa.Column("published_at_at", sa.BigInteger(), nullable=True),
        sa.Column("caption_at", sa.BigInteger(), nullable=True),
        sa.Column("kind_at", sa.BigInteger(), nullable=True),
        sa.Column("views", sa.BigInteger(), nullable=True),
        sa.Column("impressions", sa.BigInteger(), nullable=True),
        sa.Column("reach", sa.BigInteger(), nullable=True),
        sa.Column("likes", sa.BigInteger(), nullable=True),
        sa.Column("comments", sa.BigInteger(), nullable=True),
        sa.Column("shares", sa.BigInteger(), nullable=True),
        sa.Column("quotes", sa.BigInteger(), nullable=True),
        sa.Column("saves", sa.BigInteger(), nullable=True),
        sa.Column("clicks", sa.BigInteger(), nullable=True),
        sa.Column("watch_seconds", sa.BigInteger(), nullable=True),
        sa.Column("views_at", sa.BigInteger(), nullable=True),
        sa.Column("impressions_at", sa.BigInteger(), nullable=True),
        sa.Column("reach_at", sa.BigInteger(), nullable=True),
        sa.Column("likes_at", sa.BigInteger(), nullable=True),
        sa.Column("comments_at", sa.BigInteger(), nullable=True),
        sa.Column("shares_at", sa.BigInteger(), nullable=True),
        sa.Column("quotes_at", sa.BigInteger(), nullable=True),
        sa.Column("saves_at", sa.BigInteger(), nullable=True),
        sa.Column("clicks_at", sa.BigInteger(), nullable=True),
        sa.Column("watch_seconds_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("post_id"),
    )
    op.create_table(
        "reading",
        sa.Column("post_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("captured_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("views", sa.BigInteger(), nullable=True),
        sa.Column("impressions", sa.BigInteger(), nullable=True),
        sa.Column("reach", sa.BigInteger(), nullable=True),
        sa.Column("likes", sa.BigInteger(), nullable=True),
        sa.Column("comments", sa.BigInteger(), nullable=True),
        sa.Column("shares", sa.BigInteger(), nullable=True),
        sa.Column("quotes", sa.BigInteger(), nullable=True),
        sa.Column("saves", sa.BigInteger(), nullable=True),
        sa.Column("clicks", sa.BigInteger(), nullable=True),
        sa.Column("watch_seconds", sa.BigInteger(), nullable=True),
        sa.Column("payload_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", "captured_at"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reading_past",
        sa.Column("post_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("captured_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("replaced_by", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("views", sa.BigInteger(), nullable=True),
        sa.Column("impressions", sa.BigInteger(), nullable=True),
        sa.Column("reach", sa.BigInteger(), nullable=True),
        sa.Column("likes", sa.BigInteger(), nullable=True),
        sa.Column("comments", sa.BigInteger(), nullable=True),
        sa.Column("shares", sa.BigInteger(), nullable=True),
        sa.Column("quotes", sa.BigInteger(), nullable=True),
        sa.Column("saves", sa.BigInteger(), nullable=True),
        sa.Column("clicks", sa.BigInteger(), nullable=True),
        sa.Column("watch_seconds", sa.BigInteger(), nullable=True),
        sa.Column("payload_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", "captured_at", "replaced_by"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reject",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("payload_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("column", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("raw", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("reject_by_payload", "reject", ["payload_id", "line"], unique=False)
    op.create_table(
        "rollup",
        sa.Column("campaign_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "ambassador_id", sa.BigInteger(), autoincrement=False, nullable=False
        ),
        sa.Column("platform", TEXT, autoincrement=False, nullable=False),
        sa.Column("day", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("posts", sa.BigInteger(), nullable=False),
        sa.Column("views", sa.BigInteger(), nullable=False),
        sa.Column("impressions", sa.BigInteger(), nullable=False),
        sa.Column("reach", sa.BigInteger(), nullable=False),
        sa.Column("likes", sa.BigInteger(), nullable=False),
        sa.Column("comments", sa.BigInteger(), nullable=False),
        sa.Column("shares", sa.BigInteger(), nullable=False),
        sa.Column("quotes", sa.BigInteger(), nullable=False),
        sa.Column("saves", sa.BigInteger(), nullable=False),
        sa.Column("clicks", sa.BigInteger(), nullable=False),
        sa.Column("watch_seconds", sa.BigInteger(), nullable=False),
        sa.Column("views_known", sa.BigInteger(), nullable=False),
        sa.Column("impressions_known", sa.BigInteger(), nullable=False),
        sa.Column("reach_known", sa.BigInteger(), nullable=False),
        sa.Column("likes_known", sa.BigInteger(), nullable=False),
        sa.Column("comments_known", sa.BigInteger(), nullable=False),
        sa.Column("shares_known", sa.BigInteger(), nullable=False),
        sa.Column("quotes_known", sa.BigInteger(), nullable=False),
        sa.Column("saves_known", sa.BigInteger(), nullable=False),
        sa.Column("clicks_known", sa.BigInteger(), nullable=False),
        sa.Column("watch_seconds_known", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "ambassador_id", "platform", "day"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "run",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=True),
        sa.Column("host", TEXT, nullable=True),
        sa.Column("term", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", TEXT, nullable=True),
        sa.Column("merged", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("payloads", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rows", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("stored", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("unchanged", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("corrected", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rejected", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("ignored", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error", TEXT, nullable=True),
        sa.Column("notices", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source_id", "slot"),
    )
    op.create_index(op.f("ix_run_source_id"), "run", ["source_id"], unique=False)
    op.create_table(
        "source",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("retry_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("last_run", sa.BigInteger(), nullable=True),
        sa.Column("last_data", sa.BigInteger(), nullable=True),
        sa.Column("bookmark", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )


def downgrade() -> None:
    op.drop_table("source")
    op.drop_index(op.f("ix_run_source_id"), table_name="run")
    op.drop_table("run")
    op.drop_table("rollup")
    op.drop_index("reject_by_payload", table_name="reject")
    op.drop_table("reject")
    op.drop_table("reading_past")
    op.drop_table("reading")
    op.drop_table("post_state")
    op.drop_table("post")
    op.drop_index("payload_by_label", table_name="payload")
    op.drop_index("payload_by_digest", table_name="payload")
    op.drop_table("payload")
    op.drop_table("meta")
    op.drop_table("lease")
    op.drop_index(op.f("ix_handle_ambassador_id"), table_name="handle")
    op.drop_index("handle_by_key", table_name="handle")
    op.drop_table("handle")
    op.drop_index(op.f("ix_enrolment_campaign_id"), table_name="enrolment")
    op.drop_index(op.f("ix_enrolment_ambassador_id"), table_name="enrolment")
    op.drop_table("enrolment")
    op.drop_table("disagreement")
    op.drop_table("campaign")
    op.drop_index("attribution_by_campaign", table_name="attribution")
    op.drop_table("attribution")
    op.drop_table("ambassador")
