"""Open reports are found by where they are."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    for name, columns in (("around", ["latitude", "longitude"]), ("within", ["kecamatan", "kelurahan"])):
        op.create_index(f"ix_report_{name}", "report", columns, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    for name in ("within", "around"):
        op.drop_index(f"ix_report_{name}", "report")
