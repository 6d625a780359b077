"""The tables, one class each."""

from storage.tables.agencies import Agency, TopicAgency
from storage.tables.letters import Conversation, Inbox, InboxState, Lane, Outbox, OutboxState
from storage.tables.naming import NAMES
from storage.tables.people import ActorKind, Attempt, Citizen, Invitation, Officer, Role, Subscription
from storage.tables.reports import Attachment, Counter, Event, Example, Report, Supporter

__all__ = [
    "NAMES",
    "ActorKind",
    "Agency",
    "Attachment",
    "Attempt",
    "Citizen",
    "Conversation",
    "Counter",
    "Event",
    "Example",
    "Inbox",
    "InboxState",
    "Invitation",
    "Lane",
    "Officer",
    "Outbox",
    "OutboxState",
    "Report",
    "Role",
    "Subscription",
    "Supporter",
    "TopicAgency",
]
