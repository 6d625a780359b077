"""Photos that somebody should look at, so that a proof is a new view and not only a new file."""

import sqlalchemy as sa
from alembic import op

import storage.types

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "picture",
        sa.Column("file_unique_id", sa.String(length=80), nullable=False),
        sa.Column("file_id", sa.String(length=250), nullable=False),
        sa.Column("asked_at", storage.types.Moment(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("file_unique_id", name=op.f("pk_picture")),
    )


def downgrade() -> None:
    op.drop_table("picture")
