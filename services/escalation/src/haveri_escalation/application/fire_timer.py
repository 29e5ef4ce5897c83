"""A timer of the engine came due."""

from __future__ import annotations

import uuid

from haveri_chassis.bus import Received
from haveri_chassis.clock import Clock
from haveri_chassis.metrics import counter
from haveri_contracts.envelope import Envelope
from haveri_contracts.escalation.events import TimerDue
from haveri_contracts.incident.commands import ExpireAcknowledgement
from haveri_contracts.streams import ESCALATION_TIMERS
from haveri_escalation.application.engine_ports import Commands, Escalations, Input, Worlds
from haveri_escalation.domain.decisions.case import Case
from haveri_escalation.domain.decisions.clocks import timer_due
from haveri_escalation.domain.facts import ExpiryRequested, TimerRefused
from haveri_escalation.domain.timers import Timer

_EXPIRIES = uuid.UUID("5d0a8f0e-6f1b-4a55-9a0e-0c9d3f7a1b62")

REFUSED = counter("escalation_timers_refused", "Timers that came and did not count any more.", ("timer",))


class FireTimer:
    """Carries out what is due, or refuses it with the reason."""

    def __init__(self, escalations: Escalations, worlds: Worlds, commands: Commands, clock: Clock) -> None:
        self._escalations = escalations
        self._worlds = worlds
        self._commands = commands
        self._clock = clock

    async def __call__(self, received: Received[TimerDue]) -> None:
        """Take in one timer; raises when it cannot be now and is to come again."""
        due, organization = received.message, received.organization
        facility_id = await self._escalations.facility_of(organization, due.incident_id)
        if facility_id is None:
            return
        world = await self._worlds.get(organization, facility_id)
        timer = Timer(
            kind=due.timer,
            run_id=due.run_id,
            generation=due.generation,
            due_at=due.due_at,
            round=due.round,
            step=due.step,
            call_id=due.call_id,
            attempt=due.attempt,
        )
        # The clock of the machine that sent the timer may be ahead of ours: what came due is due.
        now = max(self._clock.now(), due.due_at)
        given = Input(due.incident_id, received.envelope, now, consumer=ESCALATION_TIMERS.name)

        async def send_commands(case: Case) -> None:
            for event in case.events:
                if isinstance(event, ExpiryRequested):
                    await self._send_expiry(received.envelope, case, event)
                elif isinstance(event, TimerRefused):
                    REFUSED.labels(event.timer).inc()

        await self._escalations.take_in(given, world, lambda case: timer_due(case, timer), send_commands)

    async def _send_expiry(self, cause: Envelope, case: Case, expiry: ExpiryRequested) -> None:
        """Before the commit: if this process dies in between, the same command is sent again under the same id."""
        command = ExpireAcknowledgement(
            incident_id=case.incident_id, acknowledged_at=expiry.taken_at, idle_minutes=expiry.idle_minutes
        )
        command_id = uuid.uuid5(_EXPIRIES, f"{expiry.run_id}/{expiry.taken_at.isoformat()}")
        await self._commands.send(command, command_id=command_id, cause=cause)
