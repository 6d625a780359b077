"""Answers the city wrote, what people asked, and how fast each may write."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text  # named by the rendering of JSONB
from sqlalchemy.dialects import postgresql

import storage.types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "faq_tally",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("entry", sa.String(length=24), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "entry", "outcome", name=op.f("pk_faq_tally")),
    )
    op.create_table(
        "pace",
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("left", sa.Float(), nullable=False),
        sa.Column("at", storage.types.Moment(timezone=True), nullable=False),
        sa.Column("last_words", sa.String(length=16), nullable=False),
        sa.Column("told_at", storage.types.Moment(timezone=True), nullable=True),
        sa.Column("told_blocked_at", storage.types.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_pace")),
    )
    op.create_table(
        "faq_entry",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column(
            "questions", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=300), nullable=False),
        sa.Column("topics", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("updated_at", storage.types.Moment(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", storage.types.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["updated_by"], ["officer.id"], name=op.f("fk_faq_entry_updated_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faq_entry")),
    )


def downgrade() -> None:
    op.drop_table("faq_entry")
    op.drop_table("pace")
    op.drop_table("faq_tally")
