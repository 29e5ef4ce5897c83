"""Commands to the escalation service."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from haveri_contracts.directory.contacts import Via
from haveri_contracts.escalation.models import EscalationPolicy, FacilitySettings, MaintenanceWindow
from haveri_contracts.escalation.reasons import Reason
from haveri_contracts.message import Command, Visibility
from haveri_contracts.types import Label


class EscalationCommand(Command):
    """A command to the escalation service."""

    owner = "escalation"


class PutPolicy(EscalationCommand):
    """Add or change an escalation policy.

    `version` is the one that is changed; the command is refused when it is not the newest. Runs that have begun
    keep the version they began with.
    """

    name = "put_policy"
    policy: EscalationPolicy

    def aggregate_id(self) -> UUID:
        """The policy."""
        return self.policy.id


class RemovePolicy(EscalationCommand):
    """Remove an escalation policy; runs that have begun go on."""

    name = "remove_policy"
    policy_id: UUID

    def aggregate_id(self) -> UUID:
        """The policy."""
        return self.policy_id


class ChangeFacilitySettings(EscalationCommand):
    """Say a facility's quiet hours and its last resort."""

    name = "change_facility_settings"
    settings: FacilitySettings

    def aggregate_id(self) -> UUID:
        """The facility."""
        return self.settings.facility_id


class PutMaintenanceWindow(EscalationCommand):
    """Announce or change a maintenance window: in it nobody is called for its areas and assets."""

    name = "put_maintenance_window"
    window: MaintenanceWindow

    def aggregate_id(self) -> UUID:
        """The window."""
        return self.window.id


class EndMaintenanceWindow(EscalationCommand):
    """End a maintenance window now, or call off one that has not begun; what it silenced goes on."""

    name = "end_maintenance_window"
    window_id: UUID

    def aggregate_id(self) -> UUID:
        """The window."""
        return self.window_id


class AnswerCall(EscalationCommand):
    """Say "I am coming" to a call that asks to join; taking an incident is `incident.acknowledge`."""

    name = "answer_call"
    incident_id: UUID
    call_id: UUID

    def aggregate_id(self) -> UUID:
        """The incident."""
        return self.incident_id


class ReportNotification(EscalationCommand):
    """Say what became of a notification; sent by whoever carries it."""

    name = "report_notification"
    visibility = Visibility.INTERNAL
    incident_id: UUID
    call_id: UUID
    via: Via
    outcome: Literal["sent", "delivered", "failed", "unneeded"]
    reason: Label = ""
    cause: Reason | None = None

    def aggregate_id(self) -> UUID:
        """The incident."""
        return self.incident_id
