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
from haveri_directory_copy.copies import DirectoryCopies
from haveri_incident.adapters.reads import IncidentReads
from haveri_incident.application.commands import IncidentCommands
from haveri_incident.application.ports import Context, Incidents

Handler = Callable[[Received[Any]], Awaitable[dict[str, Any] | None]]


class OutcomeUnknown(Refusal):
    """No command of this id has been decided here."""

    type = "outcome-unknown"
    title = "No such command has been decided."


def command_handlers(incidents: Incidents, directories: DirectoryCopies, clock: Clock) -> dict[type[Command], Handler]:
    """What carries out each command."""
    use = IncidentCommands(incidents, directories)
    methods: dict[type[Command], Callable[..., Awaitable[dict[str, Any]]]] = {
        commands.DeclareIncident: use.declare,
        commands.UpdateStatus: use.update_status,
        commands.ChangeSeverity: use.change_severity,
        commands.Acknowledge: use.acknowledge,
        commands.ExpireAcknowledgement: use.expire_acknowledgement,
        commands.AssignLead: use.assign_lead,
        commands.AssignCommsLead: use.assign_comms_lead,
        commands.AddEvent: use.add_event,
        commands.Escalate: use.escalate,
        commands.ResolveIncident: use.resolve,
        commands.AmendSummary: use.amend_summary,
        commands.CloseIncident: use.close,
        commands.ReopenIncident: use.reopen,
        commands.LinkChat: use.link_chat,
    }

    def handler(method: Callable[..., Awaitable[dict[str, Any]]]) -> Handler:
        async def handle(received: Received[Any]) -> dict[str, Any]:
            return await method(context_of(received, clock), received.message)

        return handle

    return {command: handler(method) for command, method in methods.items()}


def context_of(received: Received[Any], clock: Clock) -> Context:
    """Who commands what, from the envelope."""
    envelope = received.envelope
    return Context(
        organization=envelope.organization,
        actor=envelope.actor,
        command_id=envelope.id,
        correlation_id=envelope.correlationid or envelope.id,
        now=clock.now(),
    )


def attach(
    bus: Bus, database: Database, incidents: Incidents, reads: IncidentReads, directories: DirectoryCopies, clock: Clock
) -> None:
    """Subscribe everything the incident service listens to."""
    bus.on_command(INCIDENT_COMMANDS, database, command_handlers(incidents, directories, clock))

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
