"""Open reports around a place are found by their topic: in a busy quarter most others cannot be the same matter."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_report_matter", "report", ["topic", "latitude", "longitude"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.drop_index("ix_report_within", table_name="report")
    op.create_index(
        "ix_report_within", "report", ["kecamatan", "kelurahan", "topic"], sqlite_where=OPEN, postgresql_where=OPEN
    )


def downgrade() -> None:
    op.drop_index("ix_report_within", table_name="report")
    op.create_index("ix_report_within", "report", ["kecamatan", "kelurahan"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.drop_index("ix_report_matter", table_name="report")
