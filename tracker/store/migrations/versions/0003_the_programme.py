"""The programme: selection, missions, links, money, feedback, findings, audit"""

from typing import Any

import sqlalchemy as sa
from alembic import op

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BIG = sa.BigInteger

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _part(name: str, kind: Any = BIG) -> sa.Column[Any]:
    return sa.Column(name, kind, autoincrement=False, nullable=False)


def _said(name: str, kind: Any = TEXT) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _may(name: str, kind: Any = TEXT) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


def upgrade() -> None:
    _posts_say_more()
    _programme()


def _posts_say_more() -> None:
    for name in ("paid_partnership", "language"):
        op.add_column("post", _may(name))
        op.add_column("post_state", _may(f"{name}_at", BIG()))
    op.add_column(
        "asked", sa.Column("absent_times", BIG(), nullable=False, server_default="0")
    )
    op.add_column("asked", _may("restored_at", BIG()))
    op.add_column("post", _may("marks"))
    op.add_column(
        "payload", sa.Column("suppressed", BIG(), nullable=False, server_default="0")
    )


def _programme() -> None:
    op.create_table(
        "application",
        sa.Column("id", ID, nullable=False),
        _said("campaign_id", BIG()),
        _said("slug"),
        _said("name"),
        _may("platform"),
        _may("handle"),
        _may("email"),
        _may("applied_at", BIG()),
        _may("score"),
        _may("team"),
        _said("criteria"),
        _said("state"),
        _may("reason"),
        _may("decided_at", BIG()),
        _may("actor"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("campaign_id", "slug"),
    )
    op.create_table(
        "consent",
        sa.Column("id", ID, nullable=False),
        _said("ambassador_id", BIG()),
        _said("version"),
        _said("given_on"),
        _may("withdrawn_on"),
        _may("note"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("ambassador_id", "version", "given_on"),
    )
    op.create_table(
        "contract",
        sa.Column("id", ID, nullable=False),
        _said("campaign_id", BIG()),
        _said("ambassador_id", BIG()),
        _said("ref"),
        _said("signed_on"),
        _may("starts"),
        _may("ends"),
        _may("note"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("campaign_id", "ambassador_id", "ref"),
    )
    op.create_table(
        "goods",
        sa.Column("id", ID, nullable=False),
        _said("campaign_id", BIG()),
        _said("ambassador_id", BIG()),
        _said("ref"),
        _said("what"),
        _said("amount", BIG()),
        _said("currency"),
        _said("starts"),
        _may("ends"),
        _may("returned_on"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("campaign_id", "ref"),
    )
    op.create_table(
        "turn",
        sa.Column("id", ID, nullable=False),
        _said("campaign_id", BIG()),
        _may("ambassador_id", BIG()),
        _said("kind"),
        _may("before"),
        _may("after"),
        _may("reason"),
        _said("actor"),
        _said("at", BIG()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "mission_mark",
        _part("campaign_id"),
        _part("mission", TEXT),
        _part("ambassador_id"),
        _said("state"),
        _may("day"),
        _said("reason"),
        _said("actor"),
        _said("at", BIG()),
        sa.PrimaryKeyConstraint("campaign_id", "mission", "ambassador_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "link",
        sa.Column("id", ID, nullable=False),
        _said("code"),
        _may("destination"),
        _may("campaign_id", BIG()),
        _may("ambassador_id", BIG()),
        _may("mission"),
        _may("promo"),
        _said("utm"),
        _said("created_at", BIG()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_index("ix_link_ambassador_id", "link", ["ambassador_id"])
    op.create_index("ix_link_campaign_id", "link", ["campaign_id"])
    op.create_index("ix_link_promo", "link", ["promo"])
    op.create_table(
        "click",
        sa.Column("id", ID, nullable=False),
        _said("link_id", BIG()),
        _said("at", BIG()),
        _said("sort"),
        _may("rule"),
        _may("agent"),
        _may("referrer"),
        _may("source_id", BIG()),
        _may("external_id"),
        _may("visitor"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("click_by_link", "click", ["link_id", "at"])
    op.create_table(
        "uncounted",
        _part("link_id"),
        _part("at"),
        _said("many", BIG()),
        sa.PrimaryKeyConstraint("link_id", "at"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outcome_word",
        _part("event_id"),
        _said("status"),
        _said("reason"),
        _said("actor"),
        _said("at", BIG()),
        sa.PrimaryKeyConstraint("event_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "survey",
        sa.Column("id", ID, nullable=False),
        _said("campaign_id", BIG()),
        _said("question"),
        _said("wave"),
        _may("asked_from"),
        _may("asked_to"),
        _may("n", BIG()),
        _may("yes", BIG()),
        _may("share"),
        _may("source"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("campaign_id", "question", "wave"),
    )
    op.create_table(
        "feedback",
        sa.Column("id", ID, nullable=False),
        _said("campaign_id", BIG()),
        _may("ambassador_id", BIG()),
        _said("at", BIG()),
        _said("said"),
        _may("answered_at", BIG()),
        _may("answer"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_feedback_campaign_id", "feedback", ["campaign_id"])
    op.create_table(
        "cost",
        sa.Column("id", ID, nullable=False),
        _said("campaign_id", BIG()),
        _said("ref"),
        _said("day"),
        _said("kind"),
        _said("amount", BIG()),
        _said("currency"),
        _said("state"),
        _may("ambassador_id", BIG()),
        _may("mission"),
        _may("note"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("campaign_id", "ref"),
    )
    op.create_table(
        "disclosure_override",
        _part("post_id"),
        _said("verdict"),
        _said("reason"),
        _said("actor"),
        _said("at", BIG()),
        sa.PrimaryKeyConstraint("post_id"),
    )
    op.create_table(
        "disclosure_act",
        sa.Column("id", ID, nullable=False),
        _said("post_id", BIG()),
        _said("act"),
        _may("note"),
        _said("actor"),
        _said("at", BIG()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_disclosure_act_post_id", "disclosure_act", ["post_id"])
    op.create_table(
        "finding_state",
        _part("id", TEXT),
        _said("state"),
        _may("reason"),
        _said("actor"),
        _said("at", BIG()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "alert",
        sa.Column("id", ID, nullable=False),
        _said("name"),
        _said("finding"),
        _said("target"),
        _said("shown"),
        _may("campaign"),
        _said("at", BIG()),
        _said("seen_at", BIG()),
        _said("not_before", BIG()),
        _said("state"),
        sa.Column("tries", BIG(), nullable=False, server_default="0"),
        _may("sent_at", BIG()),
        _may("error"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name", "finding", "target"),
    )
    op.create_table(
        "audit",
        sa.Column("n", ID, nullable=False),
        _said("at"),
        _said("actor"),
        _said("action"),
        _said("subject"),
        _said("origin"),
        _said("prev"),
        _said("hash"),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_table(
        "suppressed",
        _part("kind", TEXT),
        _part("mark", TEXT),
        _said("ambassador_id", BIG()),
        sa.PrimaryKeyConstraint("kind", "mark"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "erasure",
        _part("ambassador_id"),
        _said("begun_at", BIG()),
        _said("step"),
        _may("done_at", BIG()),
        sa.PrimaryKeyConstraint("ambassador_id"),
    )
