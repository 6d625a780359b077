"""Which errors say that the database is in trouble, and not the work that met it."""

from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError, TimeoutError

SIGNS = ("08", "53", "57P", "58")
"""Beginnings of PostgreSQL's codes: connection, resources (a full disk), shutdown or start, input and output
(https://www.postgresql.org/docs/current/errcodes-appendix.html)."""

SQLITE_SIGNS = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_BUSY", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_NOMEM")
"""Beginnings of SQLite's (https://www.sqlite.org/rescode.html)."""


def is_outage(error: BaseException) -> bool:
    """Whether the database was cut off, full, starting or stopping: the same work will succeed once it is well."""
    return any(_shows(part) for part in _parts(error))


def _shows(error: BaseException) -> bool:
    if isinstance(error, ConnectionError | TimeoutError):  # refused or reset; no connection of the pool got free
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    code = getattr(error, "sqlstate", None) or ""
    name = getattr(error, "sqlite_errorname", None) or ""
    return code.startswith(SIGNS) or name.startswith(SQLITE_SIGNS)


def _parts(error: BaseException) -> Iterator[BaseException]:
    """An error and all that is behind it."""
    seen: set[int] = set()
    todo: list[BaseException | None] = [error]
    while todo:
        one = todo.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            yield one
            todo += [one.__cause__, one.__context__]
