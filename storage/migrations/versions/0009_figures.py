"""Indexes for the figures of an office and of the city; months that were counted; names of what people ask for."""

import sqlalchemy as sa
from alembic import op

import storage.types

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "city_month",
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("figures", storage.types.Facts, nullable=False),
        sa.Column("made_at", storage.types.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("first", name=op.f("pk_city_month")),
    )
    op.create_table(
        "cluster_name",
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("agency_id", sa.String(length=40), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("terms", storage.types.Facts, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("named_by", sa.Integer(), nullable=True),
        sa.Column("named_at", storage.types.Moment(timezone=True), nullable=True),
        sa.Column("seen_at", storage.types.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_cluster_name_agency_id")),
        sa.ForeignKeyConstraint(["named_by"], ["officer.id"], name=op.f("fk_cluster_name_named_by")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_cluster_name")),
    )
    with op.batch_alter_table("cluster_name", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cluster_name_agency_id"), ["agency_id"], unique=False)

    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(
            "ix_report_agency",
            ["agency_id", "created_at"],
            unique=False,
            postgresql_include=[
                "topic",
                "kecamatan",
                "kelurahan",
                "status",
                "due_at",
                "first_answer_at",
                "closed_at",
                "verified_at",
                "rating",
                "guess_agency_id",
                "merged_into_id",
                "confidential",
                "misconduct",
            ],
        )
        batch_op.create_index(
            "ix_report_city",
            ["created_at"],
            unique=False,
            postgresql_include=[
                "agency_id",
                "topic",
                "kecamatan",
                "kelurahan",
                "status",
                "due_at",
                "first_answer_at",
                "closed_at",
                "verified_at",
                "rating",
                "guess_agency_id",
                "merged_into_id",
                "confidential",
                "misconduct",
            ],
        )


def downgrade() -> None:
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index("ix_report_city")
        batch_op.drop_index("ix_report_agency")

    with op.batch_alter_table("cluster_name", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cluster_name_agency_id"))

    op.drop_table("cluster_name")
    op.drop_table("city_month")
