"""Privacy, the citizen's ending, supporters and subscriptions; what an office does with a report.

Every new column that must not be empty has a default in the database: the old program goes on writing meanwhile.
"""

import sqlalchemy as sa
from alembic import op

import storage.types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("citizen_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=60), nullable=False),
        sa.Column("created_at", storage.types.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_subscription_citizen_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("citizen_id", "scope", "value", name=op.f("uq_subscription_citizen_id_scope_value")),
    )
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.create_index("ix_subscription_scope", ["scope", "value", "id"], unique=False)

    op.create_table(
        "supporter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("citizen_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", storage.types.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_supporter_citizen_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_supporter_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supporter")),
        sa.UniqueConstraint("report_id", "citizen_id", name=op.f("uq_supporter_report_id_citizen_id")),
    )
    with op.batch_alter_table("supporter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supporter_citizen_id"), ["citizen_id"], unique=False)

    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("purpose", sa.String(length=10), nullable=False, server_default="evidence"))
        batch_op.add_column(sa.Column("fingerprint", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("at", storage.types.Moment(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_attachment_file_unique_id"), ["file_unique_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_fingerprint"), ["fingerprint"], unique=False)

    with op.batch_alter_table("citizen", schema=None) as batch_op:
        batch_op.add_column(sa.Column("consented_at", storage.types.Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("updates", sa.String(length=10), nullable=False, server_default="all"))
        batch_op.add_column(sa.Column("blocked_at", storage.types.Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("blocked_reason", sa.String(length=300), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("erase_at", storage.types.Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("erased_at", storage.types.Moment(timezone=True), nullable=True))
        batch_op.alter_column("chat_id", existing_type=sa.INTEGER(), nullable=True)

    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.add_column(sa.Column("anonymous", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("confidential", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("misconduct", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("source", sa.String(length=12), nullable=False, server_default="telegram"))
        batch_op.add_column(sa.Column("entered_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("sp4n_number", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("priority", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(
            sa.Column("split_from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column("merged_into_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("handovers", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("first_answer_at", storage.types.Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("extended_at", storage.types.Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("paused_at", storage.types.Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("verified_at", storage.types.Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("rating", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("rating_note", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("appeal", sa.String(length=10), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_report_merged_into_id"), ["merged_into_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_sp4n_number"), ["sp4n_number"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_report_merged_into_id"), "report", ["merged_into_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_report_split_from_id"), "report", ["split_from_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_report_entered_by"), "officer", ["entered_by"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_report_entered_by"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_report_split_from_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_report_merged_into_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_report_sp4n_number"))
        batch_op.drop_index(batch_op.f("ix_report_merged_into_id"))
        batch_op.drop_column("appeal")
        batch_op.drop_column("rating_note")
        batch_op.drop_column("rating")
        batch_op.drop_column("verified_at")
        batch_op.drop_column("paused_at")
        batch_op.drop_column("extended_at")
        batch_op.drop_column("first_answer_at")
        batch_op.drop_column("handovers")
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("split_from_id")
        batch_op.drop_column("priority")
        batch_op.drop_column("sp4n_number")
        batch_op.drop_column("entered_by")
        batch_op.drop_column("source")
        batch_op.drop_column("misconduct")
        batch_op.drop_column("confidential")
        batch_op.drop_column("anonymous")

    with op.batch_alter_table("citizen", schema=None) as batch_op:
        batch_op.alter_column("chat_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("erased_at")
        batch_op.drop_column("erase_at")
        batch_op.drop_column("blocked_reason")
        batch_op.drop_column("blocked_at")
        batch_op.drop_column("updates")
        batch_op.drop_column("consented_at")

    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_fingerprint"))
        batch_op.drop_index(batch_op.f("ix_attachment_file_unique_id"))
        batch_op.drop_column("at")
        batch_op.drop_column("fingerprint")
        batch_op.drop_column("purpose")

    with op.batch_alter_table("supporter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supporter_citizen_id"))

    op.drop_table("supporter")
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_index("ix_subscription_scope")

    op.drop_table("subscription")
