"""The indexes that give what waits in its order also say of which chat it is.

Without that PostgreSQL took the one by chat, which says both, for half of all claims of a burst, and sorted all that
waited each time. SQLite never does.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

IN_ORDER = (
    ("ix_inbox_oldest", "inbox", ["update_id"], "state = 'waiting'"),
    ("ix_outbox_todo", "outbox", ["lane", "id"], "state IN ('waiting', 'sending')"),
)
"""Name, table, columns, and which rows it holds."""


def upgrade() -> None:
    _anew(["chat_id"])


def downgrade() -> None:
    _anew([])


def _anew(beside: list[str]) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name, table, columns, only in IN_ORDER:
            op.drop_index(name, table_name=table)
            op.create_index(name, table, columns, postgresql_where=sa.text(only), postgresql_include=beside)
