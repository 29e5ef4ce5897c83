"""Every message that travels, loaded."""

from __future__ import annotations

from haveri_contracts.chat import events as chat_events
from haveri_contracts.directory import commands as directory_commands
from haveri_contracts.directory import events as directory_events
from haveri_contracts.directory import queries as directory_queries
from haveri_contracts.escalation import commands as escalation_commands
from haveri_contracts.escalation import events as escalation_events
from haveri_contracts.escalation import queries as escalation_queries
from haveri_contracts.incident import commands as incident_commands
from haveri_contracts.incident import events as incident_events
from haveri_contracts.incident import queries as incident_queries
from haveri_contracts.message import Message, catalogue
from haveri_contracts.timeline import events as timeline_events
from haveri_contracts.timeline import queries as timeline_queries

MODULES = (
    chat_events,
    directory_commands,
    directory_events,
    directory_queries,
    escalation_commands,
    escalation_events,
    escalation_queries,
    incident_commands,
    incident_events,
    incident_queries,
    timeline_events,
    timeline_queries,
)
"""The modules that declare messages; naming them here is what loads them."""


def all_messages() -> tuple[type[Message], ...]:
    """Every message, ordered by type."""
    return catalogue()
