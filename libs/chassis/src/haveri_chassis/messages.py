"""Putting messages into envelopes, with cause, correlation and trace filled in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from haveri_chassis.clock import Clock
from haveri_chassis.ids import Ids
from haveri_chassis.telemetry import current_traceparent, trace_id
from haveri_contracts.envelope import Envelope, wrap
from haveri_contracts.message import Message
from haveri_contracts.plain import Refusal


class MessageTooLarge(Refusal):
    """The message does not fit on the bus; sending it again does not help."""

    type = "message-too-large"
    title = "The message is too large."


class Sender:
    """Writes a service's envelopes. `service` is its name, the CloudEvents source `haveri/<service>`."""

    def __init__(self, service: str, clock: Clock, ids: Ids) -> None:
        self.service = service
        self.clock = clock
        self.ids = ids

    def event(
        self,
        message: Message,
        *,
        organization: str,
        actor: str,
        cause: Envelope | None,
        sequence: int | None = None,
        time: datetime | None = None,
        id: UUID | None = None,
    ) -> Envelope:
        """Wrap what `cause` (a command, an event, or nothing) brought about.

        `time` is when it happened (aware; now if absent), `sequence` the aggregate's version after it.
        """
        correlation, causation = cause.caused() if cause else (None, None)
        return wrap(
            message,
            id=id or self.ids.new(),
            source=self.service,
            organization=organization,
            actor=actor,
            time=time or self.clock.now(),
            correlation_id=correlation,
            causation_id=causation,
            sequence=sequence,
            traceparent=_trace_of(cause),
        )

    def request(
        self,
        message: Message,
        *,
        id: UUID,
        organization: str,
        actor: str,
        correlation_id: UUID | None = None,
        causation_id: UUID | None = None,
    ) -> Envelope:
        """Wrap a command or a query under the id that its sender chose."""
        return wrap(
            message,
            id=id,
            source=self.service,
            organization=organization,
            actor=actor,
            time=self.clock.now(),
            correlation_id=correlation_id,
            causation_id=causation_id,
            traceparent=current_traceparent(),
        )


def _trace_of(cause: Envelope | None) -> str | None:
    """The trace to go on with: the current span's, unless it is a batch's and the cause belongs to another."""
    current = current_traceparent()
    if cause is None or cause.traceparent is None:
        return current
    return current if trace_id(current) == trace_id(cause.traceparent) else cause.traceparent
