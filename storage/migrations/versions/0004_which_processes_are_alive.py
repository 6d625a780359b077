"""Which processes are alive."""

import sqlalchemy as sa
from alembic import op

import storage.types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "process",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("parts", sa.String(length=60), nullable=False),
        sa.Column("started_at", storage.types.Moment(timezone=True), nullable=False),
        sa.Column("seen_at", storage.types.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process")),
    )


def downgrade() -> None:
    op.drop_table("process")
