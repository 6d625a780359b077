"""A sealed name is longer than two hundred characters."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("citizen", "officer"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column("name", existing_type=sa.String(length=200), type_=sa.Text(), existing_nullable=False)


def downgrade() -> None:
    for table in ("citizen", "officer"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column("name", existing_type=sa.Text(), type_=sa.String(length=200), existing_nullable=False)
