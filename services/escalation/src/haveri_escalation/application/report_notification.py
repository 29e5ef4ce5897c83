"""Whoever carries a notification says what became of it."""

from __future__ import annotations

from typing import Any

from haveri_chassis.bus import Received
from haveri_chassis.clock import Clock
from haveri_contracts.escalation.commands import ReportNotification
from haveri_contracts.refusals import RoleNotSufficient
from haveri_escalation.application.engine_ports import Escalations, Input, Worlds
from haveri_escalation.domain.decisions.reporting import reported
from haveri_escalation.domain.engine_refusals import CallUnknown


class Report:
    """Takes in reports, from Haveri's own services only."""

    def __init__(self, escalations: Escalations, worlds: Worlds, clock: Clock) -> None:
        self._escalations = escalations
        self._worlds = worlds
        self._clock = clock

    async def __call__(self, received: Received[ReportNotification]) -> dict[str, Any]:
        """Gives an empty result; raises a Refusal."""
        if not received.actor.startswith("system:"):
            raise RoleNotSufficient("Only Haveri's own services report on notifications.")
        report, organization = received.message, received.organization
        facility_id = await self._escalations.facility_of(organization, report.incident_id)
        if facility_id is None:
            raise CallUnknown("There is no such call for this incident.")
        world = await self._worlds.get(organization, facility_id)
        given = Input(report.incident_id, received.envelope, self._clock.now(), is_command=True)
        reason = report.cause or report.reason
        await self._escalations.take_in(
            given, world, lambda case: reported(case, report.call_id, report.via.value, report.outcome, reason)
        )
        return {}
