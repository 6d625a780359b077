"""What comes in, where a conversation stands, and what is owed."""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import Column, Text
from sqlmodel import Field

from storage.tables.naming import partial
from storage.tables.row import Row
from storage.types import BigId, Moment, SealedFacts, words


class InboxState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    SET_ASIDE = "set_aside"  # failed too often; a person looks at it, its chat goes on


class OutboxState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"  # claimed; a claim that outlives its lease is taken again
    SENT = "sent"
    GIVEN_UP = "given_up"  # will never arrive, `error` says why
    STALE = "stale"  # was worth nothing any more when its turn came


class Lane(IntEnum):
    """Urgency of an outgoing message: a smaller number goes first."""

    INSTANT = 0  # toasts and "is typing": dropped when late
    REPLY = 1
    NOTICE = 2
    DIGEST = 3


class Inbox(Row, table=True):
    """An update as Telegram sent it, kept before it is confirmed."""

    update_id: int = Field(sa_column=Column(BigId, primary_key=True, autoincrement=False))
    chat_id: int | None = Field(default=None, sa_type=BigId)
    payload: dict[str, Any] = Field(sa_type=SealedFacts)
    received_at: datetime = Field(sa_type=Moment)
    state: InboxState = Field(default=InboxState.WAITING, sa_type=words(InboxState))
    attempts: int = 0
    not_before: datetime | None = Field(default=None, sa_type=Moment)
    done_at: datetime | None = Field(default=None, sa_type=Moment)
    error: str | None = Field(default=None, sa_type=Text)

    __table_args__ = (
        partial("ix_inbox_todo", "chat_id", "update_id", only="state = 'waiting'"),
        partial("ix_inbox_oldest", "update_id", only="state = 'waiting'", beside=["chat_id"]),
        partial("ix_inbox_aside", "done_at", only="state = 'set_aside'"),
    )


class Conversation(Row, table=True):
    """Where a person stands in a dialogue: aiogram's state and data, in our transaction."""

    key: str = Field(primary_key=True, max_length=120)
    state: str | None = Field(default=None, max_length=80)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=SealedFacts)
    updated_at: datetime = Field(sa_type=Moment)


class Outbox(Row, table=True):
    """Something owed to a chat: a ready request (method + parameters) or a notice (kind + facts)."""

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    lane: int
    chat_id: int | None = Field(default=None, sa_type=BigId, description="none for a request that goes to no chat")
    method: str | None = Field(default=None, max_length=60)
    notice: str | None = Field(default=None, max_length=60)
    payload: dict[str, Any] = Field(sa_type=SealedFacts)
    dedupe_key: str | None = Field(default=None, unique=True, max_length=120)
    report_id: int | None = Field(default=None, sa_type=BigId)
    state: OutboxState = Field(default=OutboxState.WAITING, sa_type=words(OutboxState))
    attempts: int = 0
    created_at: datetime = Field(sa_type=Moment)
    not_before: datetime | None = Field(default=None, sa_type=Moment)
    expires_at: datetime | None = Field(default=None, sa_type=Moment)
    claimed_at: datetime | None = Field(default=None, sa_type=Moment)
    settled_at: datetime | None = Field(default=None, sa_type=Moment)
    message_id: int | None = Field(default=None, sa_type=BigId)
    error: str | None = Field(default=None, sa_type=Text)
    request: str | None = Field(default=None, max_length=60, description="what asked for it (storage/requests.py)")
    claimed_by: str | None = Field(default=None, max_length=32, description="the process that has it in hand")

    __table_args__ = (
        partial("ix_outbox_chat", "chat_id", "lane", "id", only="state IN ('waiting', 'sending')"),
        partial("ix_outbox_todo", "lane", "id", only="state IN ('waiting', 'sending')", beside=["chat_id"]),
        partial("ix_outbox_expiry", "expires_at", only="state = 'waiting' AND expires_at IS NOT NULL"),
        partial("ix_outbox_report", "report_id", "settled_at", only="report_id IS NOT NULL"),
    )


class Process(Row, table=True):
    """A running process of the service, as it last said itself."""

    id: str = Field(primary_key=True, max_length=32)
    name: str = Field(max_length=120, description="host, namespace of process ids, process id")
    parts: str = Field(max_length=60, description="what it does: incoming, outgoing, schedule")
    started_at: datetime = Field(sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment)
