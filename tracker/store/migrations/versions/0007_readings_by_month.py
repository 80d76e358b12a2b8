"""Readings by month: on PostgreSQL the table is partitioned"""

from alembic import op

from tracker.store import partitions
from tracker.store.database import Link

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

DAYS = (
    "SELECT DISTINCT floor(captured_at / 86400000.0)::bigint * 86400000"
    " FROM reading_whole"
)

#: Who else may use the table; a new one would forget them.
RIGHTS = (
    "SELECT a.privilege_type, coalesce(quote_ident(r.rolname), 'PUBLIC')"
    " FROM pg_class c, aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee"
    " WHERE c.oid = to_regclass('reading_whole') AND a.grantee <> c.relowner"
)


def upgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name != "postgresql":
        return
    link = Link(bind.connection.driver_connection, "postgresql")
    # The whole is moved in one pass over it, its key is made afterwards.
    op.execute("ALTER TABLE reading RENAME TO reading_whole")
    op.execute(
        "CREATE TABLE reading (LIKE reading_whole) PARTITION BY RANGE (captured_at)"
    )
    for right, whose in link.all(RIGHTS):
        op.execute(f"GRANT {right} ON reading TO {whose}")
    partitions.ensure(link, [day for (day,) in link.all(DAYS)])
    op.execute("INSERT INTO reading SELECT * FROM reading_whole")
    op.execute("DROP TABLE reading_whole")
    op.execute("ALTER TABLE reading ADD PRIMARY KEY (post_id, captured_at)")
    op.execute("ANALYZE reading")
