"""Say a facility's quiet hours and its last resort."""

from __future__ import annotations

from typing import Any

from haveri_contracts.escalation.commands import ChangeFacilitySettings
from haveri_contracts.escalation.events import FacilitySettingsChanged
from haveri_escalation.application.policy_authorization import check_manager
from haveri_escalation.application.policy_ports import Context, UnitOfWork
from haveri_escalation.application.policy_values import to_settings
from haveri_escalation.domain.policy_rules import check_settings


async def change_facility_settings(
    work: UnitOfWork, context: Context, command: ChangeFacilitySettings
) -> dict[str, Any]:
    """For managers. The settings given are all there are; raises a Refusal."""
    check_manager(context.actor, context.roster)
    check_settings(to_settings(command.settings), context.roster)
    if await work.settings(command.settings.facility_id) != command.settings:
        await work.store_settings(command.settings, context.now)
        work.publish(FacilitySettingsChanged(settings=command.settings))
    return {"settings": command.settings.model_dump(mode="json")}
