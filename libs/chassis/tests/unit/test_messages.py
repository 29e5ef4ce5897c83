"""Envelopes carry cause, correlation and trace on."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from haveri_chassis import telemetry
from haveri_chassis.messages import Sender
from haveri_contracts.envelope import Envelope, decode
from haveri_contracts.incident.commands import Acknowledge
from haveri_contracts.incident.events import LeadAssigned
from haveri_devservers.testing.clock import ManualClock
from haveri_devservers.testing.ids import SequentialIds

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
INCIDENT = UUID("0190a6b0-0000-7000-8000-000000000001")


def sender() -> Sender:
    """The incident service's, at noon."""
    return Sender("incident", ManualClock(NOON), SequentialIds())


def command(traceparent: str | None = None) -> Envelope:
    """An order that something follows from."""
    maker = sender()
    with telemetry.span("chat", traceparent):
        return maker.request(
            Acknowledge(incident_id=INCIDENT), id=maker.ids.new(), organization="demo", actor="system:test"
        )


def assigned() -> LeadAssigned:
    """Some news."""
    return LeadAssigned(incident_id=INCIDENT, member_id=INCIDENT)


def test_an_event_names_what_caused_it() -> None:
    """Causation is the message before, correlation the first of all."""
    cause = command()
    event = sender().event(assigned(), organization="demo", actor="system:test", cause=cause, sequence=7)
    next_event = sender().event(assigned(), organization="demo", actor="system:test", cause=event)

    assert (event.causationid, event.correlationid) == (cause.id, cause.id)
    assert (next_event.causationid, next_event.correlationid) == (event.id, cause.id)
    assert event.sequence == 7
    assert event.time == NOON
    assert event.source == "haveri/incident"


def test_an_event_out_of_nothing_begins_a_correlation() -> None:
    """It is its own."""
    event = sender().event(assigned(), organization="demo", actor="system:test", cause=None)

    assert event.correlationid == event.id
    assert event.causationid is None


def test_an_event_goes_on_in_the_trace_of_its_handler() -> None:
    """As a child of the span that is current."""
    cause = command()
    with telemetry.span("handle", cause.traceparent):
        event = sender().event(assigned(), organization="demo", actor="system:test", cause=cause)
        current = telemetry.current_traceparent()

    assert event.traceparent == current
    assert telemetry.trace_id(event.traceparent) == telemetry.trace_id(cause.traceparent)


def test_an_event_out_of_a_batch_goes_on_in_its_causes_trace() -> None:
    """The batch has a trace of its own, which is nobody's story."""
    cause = command()
    with telemetry.span("batch"):
        event = sender().event(assigned(), organization="demo", actor="system:test", cause=cause)

    assert event.traceparent == cause.traceparent


def test_what_is_sent_can_be_read() -> None:
    """By anybody who has the contracts."""
    envelope, message = decode(command().encode(), Acknowledge.subject("demo"))

    assert message == Acknowledge(incident_id=INCIDENT)
    assert envelope.subject == str(INCIDENT)
