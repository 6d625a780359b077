"""Two indexes of reports were the beginnings of two others; four held all rows for the few looked for there."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

WAITING = "state = 'waiting'"
SPARSE = (
    ("ix_report_officer_id", "report", ["officer_id"], None, "officer_id IS NOT NULL"),
    ("ix_report_sp4n_number", "report", ["sp4n_number"], None, "sp4n_number IS NOT NULL"),
    ("ix_outbox_report", "outbox", ["report_id", "settled_at"], None, "report_id IS NOT NULL"),
    ("ix_outbox_expiry", "outbox", ["expires_at"], WAITING, f"{WAITING} AND expires_at IS NOT NULL"),
)
"""Name, table, columns, and which rows it held and holds."""


def upgrade() -> None:
    op.drop_index("ix_report_created", table_name="report")
    op.drop_index("ix_report_agency_created", table_name="report")
    for name, table, columns, _, only in SPARSE:
        _anew(name, table, columns, only)


def downgrade() -> None:
    for name, table, columns, only, _ in SPARSE:
        _anew(name, table, columns, only)
    op.create_index("ix_report_agency_created", "report", ["agency_id", "created_at"])
    op.create_index("ix_report_created", "report", ["created_at"])


def _anew(name: str, table: str, columns: list[str], only: str | None) -> None:
    where = sa.text(only) if only else None
    op.drop_index(name, table_name=table)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
