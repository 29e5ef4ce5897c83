"""One trace from the chat message to the last reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import uuid4

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from haveri_chassis import telemetry
from haveri_chassis.bus import Bus, CommandBus, Received
from haveri_chassis.database import Database
from haveri_chassis.outbox import OutboxRelay, emit
from haveri_chassis.outcomes import record_outcome
from haveri_contracts.incident.commands import Acknowledge
from haveri_contracts.incident.events import LeadAssigned
from haveri_contracts.outcomes import Outcome
from haveri_contracts.streams import Consumer


@pytest.fixture
def exported() -> Iterator[InMemorySpanExporter]:
    """Spans that left the process."""
    exporter = InMemorySpanExporter()
    telemetry.setup("sample", exporter=exporter)
    yield exporter
    telemetry.shutdown()
    telemetry.setup("sample")


async def test_one_trace_runs_from_the_chat_message_to_the_last_reader(
    make_bus: Callable[[str], Bus],
    started: Any,
    until: Any,
    consumers: dict[str, Consumer],
    sample_database: Database,
    fresh_organization: Callable[[], str],
    exported: InMemorySpanExporter,
) -> None:
    """Through command, transaction, outbox, stream, single reader and batch, each knowing what caused it."""
    organization, command_id = fresh_organization(), uuid4()
    owner, caller, reader = make_bus("incident"), make_bus("teams-gateway"), make_bus("sample")
    single: list[tuple[str | None, Received[Any]]] = []
    batched: list[Received[Any]] = []

    async def acknowledge(received: Received[Any]) -> dict[str, Any]:
        async with sample_database.transaction(received.organization) as connection:
            assigned = LeadAssigned(incident_id=received.message.incident_id, member_id=uuid4())
            facts = [
                owner.sender.event(
                    assigned,
                    organization=organization,
                    actor=received.actor,
                    cause=received.envelope,
                    sequence=sequence,
                )
                for sequence in (1, 2)
            ]
            await emit(connection, facts)
            await record_outcome(connection, organization, Outcome.accepted(received.envelope.id, {}))
        return {}

    async def read(received: Received[Any]) -> None:
        single.append((telemetry.trace_id(telemetry.current_traceparent()), received))

    async def read_batch(received: Sequence[Received[Any]]) -> None:
        batched.extend(received)

    owner.on_command(consumers["orders"], sample_database, {Acknowledge: acknowledge})
    reader.on_event(consumers["reader"], read)
    reader.on_events(consumers["batches"], read_batch)
    commands = CommandBus(caller)
    relay = OutboxRelay(sample_database, owner)
    async with started(owner, caller, reader):
        await relay.start()
        with telemetry.span("chat message"):
            trace = telemetry.trace_id(telemetry.current_traceparent())
            await commands.send(
                Acknowledge(incident_id=uuid4()), organization=organization, actor="system:test", command_id=command_id
            )
        await until(lambda: len([one for _, one in single if one.organization == organization]) == 2)
        await until(lambda: len([one for one in batched if one.organization == organization]) == 2)
        await relay.stop()
    telemetry.shutdown()

    mine = [(traced, one.envelope) for traced, one in single if one.organization == organization]
    assert [traced for traced, _ in mine] == [trace, trace]
    assert {envelope.causationid for _, envelope in mine} == {command_id}
    assert {envelope.correlationid for _, envelope in mine} == {command_id}
    names = {
        span.name
        for span in exported.get_finished_spans()
        if span.context is not None and f"{span.context.trace_id:032x}" == trace
    }
    assert {
        "chat message",
        "send haveri.incident.acknowledge.v1",
        "incident-commands haveri.incident.acknowledge.v1",
        "sample-reader haveri.incident.lead_assigned.v1",
        "sample-batches haveri.incident.lead_assigned.v1",
    } <= names
