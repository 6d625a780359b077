"""How constraints and indexes are called, so that a migration can name them."""

from sqlalchemy import Index, text
from sqlmodel import SQLModel

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMES


def partial(name: str, *columns: str, only: str) -> Index:
    """An index over the few rows that still wait, so that it does not grow with the years."""
    return Index(name, *columns, sqlite_where=text(only), postgresql_where=text(only))
