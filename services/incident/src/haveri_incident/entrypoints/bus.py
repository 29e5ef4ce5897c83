"""From the bus to the use cases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from haveri_chassis.bus import Bus, RawJson, Received
from haveri_chassis.clock import Clock
from haveri_chassis.database import Database
from haveri_chassis.outcomes import find_outcome
from haveri_contracts.envelope import Envelope
from haveri_contracts.incident import commands, queries
from haveri_contracts.message import Command
from haveri_contracts.plain import Refusal
from haveri_contracts.streams import INCIDENT_COMMANDS
from haveri_incident.adapters.reads import IncidentReads
from haveri_incident.application.acknowledge import acknowledge
from haveri_incident.application.add_event import add_event
from haveri_incident.application.amend_summary import amend_summary
from haveri_incident.application.assign_comms_lead import assign_comms_lead
from haveri_incident.application.assign_lead import assign_lead
from haveri_incident.application.change_incident import ChangeIncident
from haveri_incident.application.change_severity import change_severity
from haveri_incident.application.close_incident import close_incident
from haveri_incident.application.declare_incident import declare_incident
from haveri_incident.application.escalate import escalate
from haveri_incident.application.expire_acknowledgement import expire_acknowledgement
from haveri_incident.application.link_chat import link_chat
from haveri_incident.application.ports import Context, Directory, Incidents
from haveri_incident.application.reopen_incident import reopen_incident
from haveri_incident.application.resolve_incident import resolve_incident
from haveri_incident.application.update_status import update_status

CHANGES: dict[type[Command], Callable[..., Awaitable[dict[str, Any]]]] = {
    commands.UpdateStatus: update_status,
    commands.ChangeSeverity: change_severity,
    commands.Acknowledge: acknowledge,
    commands.ExpireAcknowledgement: expire_acknowledgement,
    commands.AssignLead: assign_lead,
    commands.AssignCommsLead: assign_comms_lead,
    commands.AddEvent: add_event,
    commands.Escalate: escalate,
    commands.ResolveIncident: resolve_incident,
    commands.AmendSummary: amend_summary,
    commands.CloseIncident: close_incident,
    commands.ReopenIncident: reopen_incident,
    commands.LinkChat: link_chat,
}

Handler = Callable[[Received[Any]], Awaitable[dict[str, Any] | None]]


class OutcomeUnknown(Refusal):
    """No command of this id has been decided here."""

    type = "outcome-unknown"
    title = "No such command has been decided."


def command_handlers(incidents: Incidents, directory: Directory, clock: Clock) -> dict[type[Command], Handler]:
    """What carries out each command."""
    change = ChangeIncident(incidents, directory)

    async def declare(received: Received[commands.DeclareIncident]) -> dict[str, Any]:
        return await declare_incident(incidents, directory, context_of(received, clock), received.message)

    def changing(use_case: Callable[..., Awaitable[dict[str, Any]]]) -> Handler:
        async def handle(received: Received[Any]) -> dict[str, Any]:
            return await use_case(change, context_of(received, clock), received.message)

        return handle

    return {commands.DeclareIncident: declare, **{order: changing(use_case) for order, use_case in CHANGES.items()}}


def context_of(received: Received[Any], clock: Clock) -> Context:
    """Who orders what, from the envelope."""
    envelope = received.envelope
    return Context(
        organization=envelope.organization,
        actor=envelope.actor,
        command_id=envelope.id,
        correlation_id=envelope.correlationid or envelope.id,
        now=clock.now(),
    )


def attach(
    bus: Bus, database: Database, incidents: Incidents, reads: IncidentReads, directory: Directory, clock: Clock
) -> None:
    """Subscribe everything the incident service listens to."""
    bus.on_command(INCIDENT_COMMANDS, database, command_handlers(incidents, directory, clock))

    async def get(query: queries.GetIncident, envelope: Envelope) -> Any:
        return await reads.get(envelope.organization, query)

    async def list_(query: queries.ListIncidents, envelope: Envelope) -> Any:
        return await reads.list(envelope.organization, query)

    async def count(query: queries.CountIncidents, envelope: Envelope) -> Any:
        return await reads.count(envelope.organization, query)

    async def outcome(query: queries.GetOutcome, envelope: Envelope) -> RawJson:
        async with database.transaction(envelope.organization) as connection:
            found = await find_outcome(connection, envelope.organization, query.command_id)
        if found is None:
            raise OutcomeUnknown("It may still be waiting to be carried out; ask again.")
        # Exactly as it was published, so that a sender can tell them to be the same.
        return RawJson(found.model_dump_json(exclude_none=True).encode())

    bus.on_query(queries.GetIncident, get)
    bus.on_query(queries.ListIncidents, list_)
    bus.on_query(queries.CountIncidents, count)
    bus.on_query(queries.GetOutcome, outcome)
