"""What rows were before they were changed; marked reports; pages that are sent"""

from typing import Any

import sqlalchemy as sa
from alembic import op

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BIG = sa.BigInteger

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _said(name: str, kind: Any = TEXT) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    op.create_table(
        "past",
        sa.Column("n", ID, nullable=False),
        _said("at", BIG()),
        _said("of"),
        _said("key"),
        sa.Column("before", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_index("past_by_instant", "past", ["at"])
    op.create_table(
        "report_mark",
        sa.Column("id", ID, nullable=False),
        _said("campaign_id", BIG()),
        _said("name"),
        _said("at", BIG()),
        _said("figures"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("campaign_id", "name"),
    )
    op.create_table(
        "edition",
        sa.Column("ambassador_id", BIG(), autoincrement=False, nullable=False),
        _said("token"),
        _said("made_at", BIG()),
        sa.PrimaryKeyConstraint("ambassador_id"),
        sa.UniqueConstraint("token"),
    )
