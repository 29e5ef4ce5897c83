"""Policies, settings and windows in memory: what the escalation service would answer and obey, enough for doors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from web_plant import TenantPlant, one

from haveri_contracts.directory.contacts import Via
from haveri_contracts.escalation import commands, queries
from haveri_contracts.escalation.models import (
    Considered,
    EscalationPolicy,
    FacilitySettings,
    MaintenanceWindow,
    SimulatedCall,
    Simulation,
)
from haveri_contracts.escalation.reasons import Reason, ReasonCode
from haveri_contracts.plain import Refusal
from haveri_contracts.refusals import FacilityUnknown, PolicyUnknown, TeamUnknown, WindowUnknown


class PolicyChangedMeanwhile(Refusal):
    """Somebody was faster."""

    type = "policy-changed-meanwhile"
    title = "Somebody else changed this policy meanwhile."


class PolicyWithoutSteps(Refusal):
    """Nobody would be called."""

    type = "policy-without-steps"
    title = "A policy needs at least one step."


class TooLong(Refusal):
    """A window is to be short."""

    type = "window-too-long"
    title = "The maintenance window is too long."


class PolicyShelf:
    """The policies, settings and windows of one organisation."""

    def __init__(self, tenant: TenantPlant) -> None:
        self.tenant = tenant
        self.versions: dict[UUID, list[EscalationPolicy]] = {}
        self.removed: set[UUID] = set()
        self.settings: dict[UUID, FacilitySettings] = {}
        self.windows: dict[UUID, MaintenanceWindow] = {}
        self.asked: list[queries.Simulate] = []
        tenant.answers |= {
            queries.ListPolicies: self._policies,
            queries.GetEscalationPolicy: lambda query: one({it.id: it for it in self.present()}, query.id, "policy"),
            queries.GetMaintenanceWindow: lambda query: one(self.windows, query.id, "window"),
            queries.ListPolicyVersions: self._versions,
            queries.ListFacilitySettings: lambda _: queries.FacilitySettingsList(items=list(self.settings.values())),
            queries.ListMaintenanceWindows: self._windows,
            queries.Simulate: self._simulate,
        }
        tenant.obeys |= {
            commands.PutPolicy: self._put,
            commands.RemovePolicy: self._remove,
            commands.ChangeFacilitySettings: self._change_settings,
            commands.PutMaintenanceWindow: self._put_window,
            commands.EndMaintenanceWindow: self._end_window,
        }

    def present(self) -> list[EscalationPolicy]:
        """The policies that there are, by name."""
        newest = [versions[-1] for key, versions in self.versions.items() if key not in self.removed]
        return sorted(newest, key=lambda policy: policy.name)

    def _policies(self, query: queries.ListPolicies) -> queries.PolicyList:
        found = [it for it in self.present() if query.facility_id in (None, it.facility_id)]
        first = int(query.page.cursor or 0)
        following = first + query.page.limit
        return queries.PolicyList(
            items=found[first:following], next_cursor=str(following) if len(found) > following else None
        )

    def _versions(self, query: queries.ListPolicyVersions) -> queries.PolicyList:
        return queries.PolicyList(items=self.versions.get(query.policy_id, [])[::-1])

    def _put(self, command: commands.PutPolicy, actor: str) -> dict[str, Any]:
        policy, versions = command.policy, list(self.versions.get(command.policy.id, []))
        if not policy.steps:
            raise PolicyWithoutSteps("Say at least in one step who is called.")
        for number, step in enumerate(policy.steps):
            for place, team_id in enumerate(step.notify.team_ids):
                if team_id not in self.tenant.things["team"]:
                    raise TeamUnknown("A step names a team, which is not here.").at(
                        f"steps.{number}.notify.team_ids.{place}"
                    )
        if versions and versions[-1].version != policy.version:
            raise PolicyChangedMeanwhile(f"The newest is {versions[-1].version}.")
        after = policy.model_copy(update={"version": len(versions) + 1})
        self.versions[policy.id] = [*versions, after]
        return {"policy": after.model_dump(mode="json")}

    def _remove(self, command: commands.RemovePolicy, actor: str) -> None:
        if command.policy_id not in {policy.id for policy in self.present()}:
            raise PolicyUnknown(f"There is no policy {command.policy_id}.")
        self.removed.add(command.policy_id)

    def _change_settings(self, command: commands.ChangeFacilitySettings, actor: str) -> dict[str, Any]:
        facility_id = command.settings.facility_id
        if facility_id not in self.tenant.things["facility"]:
            raise FacilityUnknown(f"There is no facility {facility_id}.")
        self.settings[facility_id] = command.settings
        return {"settings": command.settings.model_dump(mode="json")}

    def _windows(self, query: queries.ListMaintenanceWindows) -> queries.MaintenanceWindowList:
        found = [
            it
            for it in self.windows.values()
            if query.facility_id in (None, it.facility_id) and it.ends_at > query.ending_after
        ]
        return queries.MaintenanceWindowList(items=sorted(found, key=lambda it: it.starts_at))

    def _put_window(self, command: commands.PutMaintenanceWindow, actor: str) -> dict[str, Any]:
        if command.window.ends_at - command.window.starts_at > timedelta(days=31):
            raise TooLong("At most 31 days; announce the next one when it comes.")
        self.windows[command.window.id] = command.window
        return {"window": command.window.model_dump(mode="json")}

    def _end_window(self, command: commands.EndMaintenanceWindow, actor: str) -> None:
        if self.windows.pop(command.window_id, None) is None:
            raise WindowUnknown("It may be over.")

    def _simulate(self, query: queries.Simulate) -> Simulation:
        """The first policy of the severity wins; its teams' members are called, whoever is named after that."""
        self.asked.append(query)
        drafts = [query.draft] if query.draft else []
        known = [*drafts, *(it for it in self.present() if it.id not in {draft.id for draft in drafts})]
        fitting = [it for it in known if query.severity in it.conditions.severity]
        if not fitting:
            return Simulation(policy_id=None, why="No policy of the facility fits.", calls=[])
        winner = fitting[0]
        return Simulation(
            policy_id=winner.id,
            policy_name=winner.name,
            policy_version=winner.version,
            why=f"“{winner.name}” fits: {query.severity.value}.",
            calls=[self._call(query, winner, number) for number in range(1, len(winner.steps) + 1)],
            considered=[
                Considered(policy_id=it.id, name=it.name, matches=it in fitting, why=f"“{it.name}” comes after it.")
                for it in known
            ],
        )

    def _call(self, query: queries.Simulate, policy: EscalationPolicy, number: int) -> SimulatedCall:
        step = policy.steps[number - 1]
        because = {
            str(member_id): Reason.of(ReasonCode.IN_TEAM_ON_SHIFT, team_id=team_id, shift="Night")
            for team_id in step.notify.team_ids
            for member_id in self.tenant.things["team"][team_id].member_ids[:2]
        }
        because |= {str(member_id): Reason.of(ReasonCode.BY_NAME) for member_id in step.notify.member_ids}
        if "lead" in step.notify.shift_roles:
            because[str(self.tenant.member("Mikko Laine").id)] = Reason.of(
                ReasonCode.HAS_ROLE, role="lead", shift="Night"
            )
        at = query.at + timedelta(minutes=step.after_minutes)
        named = {str(member_id) for member_id in step.notify.member_ids}
        return SimulatedCall(
            step=number,
            at=at,
            member_ids=[UUID(key) for key in because],
            via=[Via.CHAT] * len(because),
            because_of=because,
            held_until={key: at + timedelta(hours=3) for key in named},
            only_if_unacknowledged=step.only_if_unacknowledged,
        )
