"""PostgreSQL counts open reports by age without opening them; the index of merged reports holds these alone, so that no
plan walks it for all the others."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COUNTED = ["created_at", "agency_id", "merged_into_id", "confidential", "misconduct"]
MERGED = sa.text("merged_into_id IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_report_merged_into_id", table_name="report")
    op.create_index("ix_report_merged", "report", ["merged_into_id"], sqlite_where=MERGED, postgresql_where=MERGED)
    if op.get_bind().dialect.name == "postgresql":  # SQLite knows no such columns of an index
        op.drop_index("ix_report_status", table_name="report")
        op.create_index("ix_report_status", "report", ["status", "status_at"], postgresql_include=COUNTED)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_report_status", table_name="report")
        op.create_index("ix_report_status", "report", ["status", "status_at"])
    op.drop_index("ix_report_merged", table_name="report")
    op.create_index("ix_report_merged_into_id", "report", ["merged_into_id"])
