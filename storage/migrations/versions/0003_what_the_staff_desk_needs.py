"""What the staff desk keeps; the log of attempts can only grow.

SQLite drops a table's triggers when a migration rebuilds it: whoever changes `attempt` or `audit_seal` after this one
runs `forbid_changes` again.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import storage.types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LOG = ("attempt", "audit_seal")
"""Tables that are only ever added to."""


def forbid_changes(table: str) -> None:
    """Make the database itself refuse to change or delete a row of `table`."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}"
            " BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
        )


def allow_changes(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        return
    for change in ("update", "delete"):
        op.execute(f"DROP TRIGGER {table}_no_{change}")


def upgrade() -> None:
    op.create_table(
        "audit_seal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attempt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_audit_seal_attempt_id")),
    )
    op.create_table(
        "agency_name",
        sa.Column("agency_id", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("short", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_agency_name_agency_id")),
        sa.PrimaryKeyConstraint("agency_id", "starts_on", name=op.f("pk_agency_name")),
    )
    op.create_table(
        "broadcast",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("audience", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("reached_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("owed", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", storage.types.Moment(timezone=True), nullable=False),
        sa.Column("finished_at", storage.types.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["officer.id"], name=op.f("fk_broadcast_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast")),
    )
    op.create_table(
        "day_off",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.Column("added_at", storage.types.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["officer.id"], name=op.f("fk_day_off_added_by")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_day_off")),
    )
    op.create_table(
        "group_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("agency_id", sa.String(length=40), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", storage.types.Moment(timezone=True), nullable=False),
        sa.Column("expires_at", storage.types.Moment(timezone=True), nullable=False),
        sa.Column("used_at", storage.types.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_group_code_agency_id")),
        sa.ForeignKeyConstraint(["created_by"], ["officer.id"], name=op.f("fk_group_code_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_group_code_code_hash")),
    )
    op.create_table(
        "office_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.String(length=40), nullable=False),
        sa.Column("chat_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("thread_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("bound_by", sa.Integer(), nullable=True),
        sa.Column("bound_at", storage.types.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_office_group_agency_id")),
        sa.ForeignKeyConstraint(["bound_by"], ["officer.id"], name=op.f("fk_office_group_bound_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_group")),
        sa.UniqueConstraint("chat_id", "thread_id", name=op.f("uq_office_group_chat_id_thread_id")),
    )
    with op.batch_alter_table("office_group", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_office_group_agency_id"), ["agency_id"], unique=False)

    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.Column("changed_at", storage.types.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["officer.id"], name=op.f("fk_setting_changed_by")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.String(length=40), nullable=True),
        sa.Column("topic", sa.String(length=40), nullable=True),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("changed_at", storage.types.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_template_agency_id")),
        sa.ForeignKeyConstraint(["created_by"], ["officer.id"], name=op.f("fk_template_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template")),
    )
    with op.batch_alter_table("template", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_template_agency_id"), ["agency_id"], unique=False)

    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False, server_default="{}"
            )
        )

    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'the log is append-only'; END $$"
        )
    for table in LOG:
        forbid_changes(table)


def downgrade() -> None:
    for table in LOG:
        allow_changes(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION append_only()")
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_column("facts")

    with op.batch_alter_table("template", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_template_agency_id"))

    op.drop_table("template")
    op.drop_table("setting")
    with op.batch_alter_table("office_group", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_office_group_agency_id"))

    op.drop_table("office_group")
    op.drop_table("group_code")
    op.drop_table("day_off")
    op.drop_table("broadcast")
    op.drop_table("agency_name")
    op.drop_table("audit_seal")
