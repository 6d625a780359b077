"""Alembic's entry point. Works on the connection it is given."""

from typing import Any, Literal

from alembic import context
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from storage import tables  # noqa: F401  (registers the tables)
from storage.search import BESIDE_THE_MODELS


def plainly(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """A migration written by autogenerate names SQLAlchemy's string type, not sqlmodel's."""
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return False


def declared(_item: Any, name: str | None, _kind: str, _reflected: bool, _other: Any) -> bool:
    """What one engine has beside the models is not compared."""
    return name not in BESIDE_THE_MODELS


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    compare_type=True,
    render_item=plainly,
    include_object=declared,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
