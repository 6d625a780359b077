"""Which request the work at hand belongs to: one name from an update, or a job's run, to what is sent because of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import uuid4

request: ContextVar[str | None] = ContextVar("request", default=None)
"""`u` with the update's number, or a job's name with a few letters of its own. It tells nothing about people."""


@contextmanager
def of_request(name: str | None) -> Iterator[None]:
    """Do what follows in the name of a request."""
    token = request.set(name)
    try:
        yield
    finally:
        request.reset(token)


def new(name: str) -> str:
    """A name for work that no update asked for."""
    return f"{name}-{uuid4().hex[:8]}"
