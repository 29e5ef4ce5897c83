"""What happens to an incident, and what its escalation makes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from haveri_chassis.bus import Received
from haveri_chassis.clock import Clock
from haveri_chassis.logs import get_logger
from haveri_contracts.chat.events import ChatEvent
from haveri_contracts.envelope import Envelope
from haveri_contracts.incident import events
from haveri_contracts.incident.events import IncidentEvent
from haveri_contracts.plain import Status
from haveri_contracts.streams import ESCALATION_INCIDENTS
from haveri_contracts.types import actor_member_id
from haveri_escalation.application.engine_ports import Decision, Escalations, EventOvertook, Input, Worlds
from haveri_escalation.application.escalate_by_hand import lead_assigned, wished_for
from haveri_escalation.domain.decisions import acknowledging, beginning, following
from haveri_escalation.domain.decisions.case import Case
from haveri_escalation.domain.facts import IncidentFollowed

_PATIENT_DELIVERIES = 4
"""So often an event that came before an older one is put off, seconds in all; then it is taken as it came."""

log = get_logger(__name__)


class FollowIncident:
    """Takes in the events of incidents and of their chat."""

    def __init__(self, escalations: Escalations, worlds: Worlds, clock: Clock) -> None:
        self._escalations = escalations
        self._worlds = worlds
        self._clock = clock

    async def __call__(self, received: Received[IncidentEvent | ChatEvent]) -> None:
        """Take in one event; raises when it cannot be now and is to come again."""
        event, envelope = received.message, received.envelope
        patient = received.deliveries < _PATIENT_DELIVERIES
        if isinstance(event, events.IncidentDeclared):
            facility_id = event.facility_id
        else:
            known = await self._escalations.facility_of(received.organization, event.incident_id)
            if known is None:
                self._not_followed(received, patient)
                return
            facility_id = known
        world = await self._worlds.get(received.organization, facility_id)
        given = Input(
            incident_id=event.incident_id,
            cause=envelope,
            now=self._clock.now(),
            consumer=ESCALATION_INCIDENTS.name,
            sequence=envelope.sequence if isinstance(event, IncidentEvent) else None,
            patient=patient,
        )
        await self._escalations.take_in(given, world, await self._decision(received))

    def _not_followed(self, received: Received[IncidentEvent | ChatEvent], patient: bool) -> None:
        if isinstance(received.message, IncidentEvent) and patient:
            raise EventOvertook(f"incident {received.message.incident_id} is not followed yet")
        log.info("events of an incident from before escalation was there", incident=str(received.message.incident_id))

    async def _decision(self, received: Received[IncidentEvent | ChatEvent]) -> Decision:
        if isinstance(received.message, events.EscalationRequested):
            return _unless_old(await wished_for(self._worlds, received), received.envelope)
        return decision_on(received.message, received)


def decision_on(event: object, received: Received[IncidentEvent | ChatEvent]) -> Decision:
    """The decision for one event; whatever a person does about an incident keeps it from being forgotten."""
    envelope = received.envelope
    decide = _DECISIONS[type(event)](event, envelope) if type(event) in _DECISIONS else None
    alive = isinstance(event, ChatEvent) or actor_member_id(envelope.actor) is not None

    def decision(case: Case) -> None:
        if not case.is_known and not isinstance(event, events.IncidentDeclared):
            return
        if decide is not None:
            decide(case)
        if alive:
            following.active(case, min(envelope.time, case.now))

    return decision


def _followed(event: events.IncidentDeclared) -> IncidentFollowed:
    return IncidentFollowed(
        number=event.number,
        title=event.title,
        severity=event.severity,
        facility_id=event.facility_id,
        declared_at=event.declared_at,
        area_id=event.area_id,
        asset_ids=tuple(event.asset_ids),
    )


def _unless_old(decide: Decision, envelope: Envelope) -> Decision:
    """A wish of long ago is not carried out any more."""
    return lambda case: None if beginning.is_old(case, envelope.time) else decide(case)


def _over(status: Status, at: datetime, envelope: Envelope) -> Decision:
    return lambda case: following.over(case, status, actor_member_id(envelope.actor), at)


# By the kind of event, from the event and its envelope. What is not named here changes nothing in the escalation.
_DECISIONS: dict[type, Callable[[Any, Envelope], Decision]] = {
    events.IncidentDeclared: lambda event, _: lambda case: beginning.declared(case, _followed(event)),
    events.IncidentAcknowledged: lambda event, _: (
        lambda case: acknowledging.taken(case, event.member_id, event.acknowledged_at)
    ),
    events.SeverityChanged: lambda event, said: (
        lambda case: beginning.severity_changed(case, event.severity, said.time)
    ),
    events.StatusUpdated: lambda event, _: lambda case: following.status_updated(case, event.status),
    events.IncidentResolved: lambda event, said: _over(Status.RESOLVED, event.resolved_at, said),
    events.IncidentClosed: lambda event, said: _over(Status.CLOSED, event.closed_at, said),
    events.IncidentReopened: lambda _, said: lambda case: beginning.reopened(case, said.time),
    events.AcknowledgementExpired: lambda event, said: (
        lambda case: beginning.expired(case, event.acknowledged_at, said.time)
    ),
    events.LeadAssigned: lambda event, said: _unless_old(lead_assigned(event, said.actor), said),
}
