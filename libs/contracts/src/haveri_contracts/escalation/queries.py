"""Queries to the escalation service."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from haveri_contracts.escalation.models import (
    AnswerLink,
    EscalationPolicy,
    EscalationRun,
    FacilitySettings,
    Heartbeat,
    MaintenanceWindow,
    RunningEscalation,
    Simulation,
)
from haveri_contracts.message import Query, Visibility
from haveri_contracts.plain import Severity
from haveri_contracts.types import Frozen, Page, ShortText, Timestamp


class EscalationQuery(Query):
    """A query to the escalation service."""

    owner = "escalation"


class PolicyList(Frozen):
    """A page of policies."""

    items: list[EscalationPolicy]
    next_cursor: str | None = None


class ListPolicies(EscalationQuery):
    """The policies of one facility or of all, by name."""

    name = "policies"
    Answer = PolicyList
    facility_id: UUID | None = None
    page: Page = Page(limit=200)


class GetEscalationPolicy(EscalationQuery):
    """One policy as it stands now; refused when there is none."""

    name = "policy"
    Answer = EscalationPolicy
    id: UUID


class ListPolicyVersions(EscalationQuery):
    """Every version of one policy, newest first, removed ones included."""

    name = "policy_versions"
    Answer = PolicyList
    policy_id: UUID
    page: Page = Page(limit=200)


class Simulate(EscalationQuery):
    """What would happen if an incident were declared: which policy, and who is called when.

    With `draft` that policy is looked at as if it stood among the others (or in the place of the one with its id).
    """

    name = "simulate"
    Answer = Simulation
    severity: Severity
    facility_id: UUID
    area_id: UUID | None = None
    asset_type: ShortText | None = None
    at: Timestamp
    draft: EscalationPolicy | None = None


class RunList(Frozen):
    """The runs of an incident, oldest first."""

    items: list[EscalationRun]


class ListRuns(EscalationQuery):
    """Every run of one incident, with its steps and calls."""

    name = "runs"
    Answer = RunList
    incident_id: UUID


class RunningList(Frozen):
    """Runs that are under way, the one with the nearest step first."""

    items: list[RunningEscalation]
    next_cursor: str | None = None


class ListRunning(EscalationQuery):
    """The runs that are under way, of one facility or of all."""

    name = "running"
    Answer = RunningList
    facility_id: UUID | None = None
    page: Page = Page(limit=50)


class RunningCount(Frozen):
    """How many runs are under way."""

    running: int


class CountRunning(EscalationQuery):
    """How many runs are under way, for an overview."""

    name = "count_running"
    Answer = RunningCount


class FacilitySettingsList(Frozen):
    """The settings of facilities; one that is not named has none."""

    items: list[FacilitySettings]


class ListFacilitySettings(EscalationQuery):
    """Quiet hours and last resort of every facility that has any."""

    name = "facility_settings"
    Answer = FacilitySettingsList


class MaintenanceWindowList(Frozen):
    """A page of maintenance windows."""

    items: list[MaintenanceWindow]
    next_cursor: str | None = None


class ListMaintenanceWindows(EscalationQuery):
    """Maintenance windows that end after a moment, the first to begin first."""

    name = "maintenance_windows"
    Answer = MaintenanceWindowList
    facility_id: UUID | None = None
    ending_after: Timestamp
    page: Page = Page(limit=200)


class GetMaintenanceWindow(EscalationQuery):
    """One maintenance window, also a past one; refused when there is none."""

    name = "maintenance_window"
    Answer = MaintenanceWindow
    id: UUID


class ReadAnswerLink(EscalationQuery):
    """What a link in a notification leads to; refused when it is forged or too old."""

    name = "answer_link"
    visibility = Visibility.INTERNAL
    Answer = AnswerLink
    token: str = Field(min_length=1, max_length=2000)


class GetHeartbeat(EscalationQuery):
    """Whether the engine breathes."""

    name = "heartbeat"
    Answer = Heartbeat
