"""Reports are found by their words (storage/search.py says how) and by the day they came."""

from alembic import op

from storage import search

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_report_created", "report", ["created_at"])
    op.create_index("ix_report_agency_created", "report", ["agency_id", "created_at"])
    if op.get_bind().dialect.name == "sqlite":
        for statement in search.SQLITE:
            op.execute(statement)
        search.keep_in_step(op.get_bind())
    else:
        for statement in search.POSTGRESQL:
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for trigger in search.TRIGGERS:
            op.execute(f"DROP TRIGGER {trigger}")
        op.execute("DROP TABLE report_words")
    else:
        op.drop_index("ix_report_words", "report")
        op.drop_column("report", "words")
    op.drop_index("ix_report_agency_created", "report")
    op.drop_index("ix_report_created", "report")
