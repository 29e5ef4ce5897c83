"""The escalation service as a stand-in: it says what the engine would say, and remembers what is reported to it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from gateway_rig import FakeNeighbours, Works

from haveri_chassis.bus import Bus, Received
from haveri_chassis.clock import SystemClock
from haveri_chassis.ids import SystemIds
from haveri_chassis.outbox import emit
from haveri_chassis.outcomes import record_outcome
from haveri_contracts.directory.contacts import Via
from haveri_contracts.envelope import Envelope
from haveri_contracts.escalation import commands, events
from haveri_contracts.escalation.models import (
    Conditions,
    EndReason,
    EscalationPolicy,
    Notify,
    PlacedCall,
    Purpose,
    Step,
)
from haveri_contracts.escalation.queries import ListPolicies, PolicyList
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.incident.models import Incident
from haveri_contracts.message import Event
from haveri_contracts.outcomes import Outcome
from haveri_contracts.plain import Severity
from haveri_contracts.streams import ESCALATION_COMMANDS
from haveri_contracts.types import actor_member_id

ENGINE = "system:escalation"

ON_SHIFT = Reason.of(ReasonCode.ON_SHIFT, shift="Shift A, early")


class FakeEscalation:
    """Calls whom it is told to; its neighbours' database and relay carry its events."""

    def __init__(self, nats_url: str, neighbours: FakeNeighbours) -> None:
        self._neighbours = neighbours
        self.clock = SystemClock()
        self.bus = Bus(nats_url, service="escalation", clock=self.clock, ids=SystemIds())
        self.run_id = uuid.uuid4()
        self.policies: dict[str, list[EscalationPolicy]] = {}
        self.commands: list[tuple[str, str, Any, uuid.UUID]] = []
        self._sequence: Counter[uuid.UUID] = Counter()
        handlers = {commands.ReportNotification: self._note, commands.AnswerCall: self._answer}
        self.bus.on_command(ESCALATION_COMMANDS, neighbours.database, handlers)
        self.bus.on_query(ListPolicies, self._policies)

    async def start(self) -> None:
        """Open for business."""
        await self.bus.start()
        await self.bus.wait_ready()

    async def stop(self) -> None:
        """Close."""
        await self.bus.stop()

    def reports(self, works: Works, outcome: str = "") -> list[commands.ReportNotification]:
        """What was reported of an organisation's notifications, each command once."""
        found = {
            command_id: command
            for organization, _, command, command_id in self.commands
            if organization == works.organization and isinstance(command, commands.ReportNotification)
        }
        return [command for command in found.values() if outcome in ("", command.outcome)]

    async def say(self, organization: str, event: events.EscalationEvent) -> Envelope:
        """Let an event out."""
        self._sequence[event.incident_id] += 1
        return await self._let_out(event, organization, self._sequence[event.incident_id])

    async def _let_out(self, event: Event, organization: str, sequence: int | None = None) -> Envelope:
        envelope = self.bus.sender.event(event, organization=organization, actor=ENGINE, cause=None, sequence=sequence)
        async with self._neighbours.database.transaction(organization) as connection:
            await emit(connection, [envelope], log=False)
        return envelope

    async def call(
        self,
        works: Works,
        incident: Incident,
        names: Sequence[str],
        *,
        purpose: Purpose = Purpose.TAKE,
        step: int = 1,
        unanswered: float | None = None,
        missing: Sequence[str] = (),
    ) -> dict[str, uuid.UUID]:
        """Carry out a step that calls these members; gives their calls."""
        about = {"incident_id": incident.id, "run_id": self.run_id}
        now = self.clock.now()
        calls = {name: uuid.uuid4() for name in names}
        placed = [
            PlacedCall(call_id=call, member_id=works.members[name].id, purpose=purpose, cause=ON_SHIFT)
            for name, call in calls.items()
        ]
        if unanswered is not None:
            await self.say(
                works.organization, events.EscalationUnacked(**about, round=1, step=step - 1, minutes=unanswered)
            )
        fired = events.StepFired(
            **about, round=1, step=step, due_at=now, fired_at=now, calls=placed, missing=list(missing)
        )
        await self.say(works.organization, fired)
        for one in placed:
            await self.request(works, incident, one)
        return calls

    async def request(self, works: Works, incident: Incident, call: PlacedCall, via: Via = Via.CHAT) -> None:
        """Ask for one notification."""
        event = events.NotificationRequested(
            incident_id=incident.id,
            run_id=self.run_id,
            call_id=call.call_id,
            member_id=call.member_id,
            via=via,
            attempt=1,
            purpose=call.purpose,
            cause=call.cause,
        )
        await self.say(works.organization, event)

    async def withdraw(
        self, works: Works, incident: Incident, calls: Sequence[uuid.UUID], reason: EndReason, by: uuid.UUID | None
    ) -> None:
        """These calls are not needed any more."""
        now = self.clock.now() - timedelta(seconds=1)
        event = events.CallsWithdrawn(
            incident_id=incident.id, run_id=self.run_id, call_ids=list(calls), reason=reason, by_member_id=by, at=now
        )
        await self.say(works.organization, event)

    async def has_policy(self, works: Works, name: str) -> EscalationPolicy:
        """Let the organisation have a policy of this name."""
        policy = EscalationPolicy(
            id=uuid.uuid4(),
            name=name,
            facility_id=works.facility.id,
            conditions=Conditions(severity=[Severity.SEV1]),
            steps=[Step(notify=Notify(team_ids=[works.team.id]))],
        )
        self.policies.setdefault(works.organization, []).append(policy)
        await self._let_out(events.PolicyPut(policy=policy), works.organization)
        return policy

    async def _policies(self, _: ListPolicies, envelope: Envelope) -> PolicyList:
        return PolicyList(items=self.policies.get(envelope.organization, []))

    async def _answer(self, received: Received[commands.AnswerCall]) -> dict[str, Any]:
        answered = events.NotificationAnswered(
            incident_id=received.message.incident_id,
            run_id=self.run_id,
            call_id=received.message.call_id,
            member_id=actor_member_id(received.actor),
            purpose=Purpose.JOIN,
        )
        result = await self._note(received)
        await self.say(received.organization, answered)
        return result

    async def _note(self, received: Received[Any]) -> dict[str, Any]:
        async with self._neighbours.database.transaction(received.organization) as connection:
            await record_outcome(connection, received.organization, Outcome.accepted(received.envelope.id, {}))
        self.commands.append((received.organization, received.actor, received.message, received.envelope.id))
        return {}
