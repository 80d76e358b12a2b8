"""Closed months of readings in files: which files, and whose posts"""

from typing import Any

import sqlalchemy as sa
from alembic import op

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BIG = sa.BigInteger

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _said(name: str, kind: Any = TEXT) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    op.create_table(
        "archive_part",
        sa.Column("id", ID, nullable=False),
        _said("campaign_id", BIG()),
        _said("month"),
        _said("path"),
        _said("rows", BIG()),
        _said("bytes", BIG()),
        _said("digest"),
        _said("sums"),
        _said("first_post", BIG()),
        _said("last_post", BIG()),
        _said("newest_payload", BIG()),
        _said("made_at", BIG()),
        _said("state"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("path"),
    )
    op.create_index("archive_part_by_month", "archive_part", ["campaign_id", "month"])
    op.create_table(
        "archived_post",
        sa.Column("post_id", BIG(), autoincrement=False, nullable=False),
        _said("campaign_id", BIG()),
        sa.PrimaryKeyConstraint("post_id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "archived_post_by_campaign", "archived_post", ["campaign_id", "post_id"]
    )
