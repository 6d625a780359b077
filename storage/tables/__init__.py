"""The tables, one class each."""

from storage.tables.agencies import Agency, TopicAgency
from storage.tables.answers import FaqEntry, FaqTally, Pace
from storage.tables.desk import (
    AgencyName,
    Broadcast,
    DayOff,
    GroupCode,
    OfficeGroup,
    Seal,
    Setting,
    Template,
)
from storage.tables.figures import CityMonth, ClusterName
from storage.tables.letters import Conversation, Inbox, InboxState, Lane, Outbox, OutboxState, Process
from storage.tables.naming import NAMES
from storage.tables.people import ActorKind, Attempt, Citizen, Invitation, Officer, Role, Subscription
from storage.tables.reports import Attachment, Counter, Event, Example, Picture, Report, Supporter
from storage.tables.running import Reminder, Run, RunState, Trouble

__all__ = [
    "NAMES",
    "ActorKind",
    "Agency",
    "AgencyName",
    "Attachment",
    "Attempt",
    "Broadcast",
    "Citizen",
    "CityMonth",
    "ClusterName",
    "Conversation",
    "Counter",
    "DayOff",
    "Event",
    "Example",
    "FaqEntry",
    "FaqTally",
    "GroupCode",
    "Inbox",
    "InboxState",
    "Invitation",
    "Lane",
    "OfficeGroup",
    "Officer",
    "Outbox",
    "OutboxState",
    "Pace",
    "Picture",
    "Process",
    "Reminder",
    "Report",
    "Role",
    "Run",
    "RunState",
    "Seal",
    "Setting",
    "Subscription",
    "Supporter",
    "Template",
    "TopicAgency",
    "Trouble",
]
