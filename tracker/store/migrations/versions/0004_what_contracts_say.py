"""Contracts say what for and how much"""

import sqlalchemy as sa
from alembic import op

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contract", sa.Column("objective", TEXT, nullable=True))
    op.add_column("contract", sa.Column("amount", sa.BigInteger(), nullable=True))
    op.add_column("contract", sa.Column("currency", TEXT, nullable=True))
