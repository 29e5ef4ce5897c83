"""Rotations, changes and holidays in memory, calculated as the directory calculates them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from web_plant import TenantPlant, one

from haveri_contracts.directory import commands, queries
from haveri_contracts.directory.models import DutyOrigin, Facility, Member, OnShift
from haveri_contracts.directory.schedules import Holiday, HolidayCalendar, Rotation, ScheduledShift, ShiftChange
from haveri_contracts.plain import Refusal, Role
from haveri_contracts.refusals import RoleNotSufficient
from haveri_contracts.types import actor_member_id
from haveri_shifts.calculation import duties, on_shift
from haveri_shifts.plan import Duty, Plan
from haveri_shifts.published import filled, plan_of


class Overlapping(Refusal):
    """Events of an imported calendar overlap."""

    type = "calendar-not-usable"
    title = "Some events cannot be used."

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.errors = [
            {"field": "event", "line": 12, "problem": "<b>Timo</b> would work twice"},
            {"field": "event", "line": 30, "problem": "nobody has the address x@example.com"},
        ]


class DoesNotFit(Refusal):
    """Slots and crews do not fit the kind."""

    type = "pattern-does-not-fit"
    title = "The rotation's pattern, slots and crews do not fit together."


class ShiftBook:
    """The planning of one organisation, standing in for the directory's."""

    def __init__(self, tenant: TenantPlant) -> None:
        self.tenant = tenant
        self.rotations: dict[UUID, Rotation] = {}
        self.changes: dict[UUID, ShiftChange] = {}
        self.holidays: dict[UUID, HolidayCalendar] = {}
        self.imported: list[commands.ImportShifts] = []
        tenant.answers |= {
            queries.GetSchedule: self._schedule,
            queries.GetOnShift: self._on_shift,
            queries.ListShiftChanges: self._changes,
            queries.ListRotations: lambda query: queries.RotationList(items=list(self.rotations.values())),
            queries.GetRotation: lambda query: one(self.rotations, query.id, "rotation"),
            queries.GetShiftChange: lambda query: one(self.changes, query.id, "shift-change"),
            queries.ListHolidays: lambda query: queries.HolidayCalendarList(items=list(self.holidays.values())),
        }
        tenant.obeys |= {
            commands.PutShiftChange: self._put_change,
            commands.AcceptShiftChange: self._accept,
            commands.CancelShiftChange: self._cancel,
            commands.PutRotation: self._put_rotation,
            commands.RemoveRotation: self._remove_rotation,
            commands.ChangeHolidays: self._change_holidays,
            commands.ImportShifts: self._import,
        }

    def holiday(self, facility: Facility, day: date, name: str) -> None:
        """A day off."""
        self.holidays[facility.id] = HolidayCalendar(facility_id=facility.id, holidays=[Holiday(date=day, name=name)])

    def change(self, **values: Any) -> ShiftChange:
        """A change of shifts."""
        made = ShiftChange.model_validate({"id": UUID(int=5000 + len(self.changes)), **values})
        self.changes[made.id] = made
        return made

    def _plan(self, facility_id: UUID) -> Plan:
        things = self.tenant.things
        return plan_of(
            things["facility"][facility_id],
            things["team"].values(),
            self.rotations.values(),
            self.changes.values(),
            self.holidays.get(facility_id),
        )

    def _schedule(self, query: queries.GetSchedule) -> queries.Schedule:
        found = duties(self._plan(query.facility_id), query.starts_at, query.ends_at)
        return queries.Schedule(
            items=[
                ScheduledShift(**_said(duty), change_id=duty.change_id)
                for duty in found
                if query.team_id in (None, duty.team_id) and query.member_id in (None, duty.member_id)
            ]
        )

    def _on_shift(self, query: queries.GetOnShift) -> queries.OnShiftList:
        found = on_shift(self._plan(query.facility_id), query.at)
        return queries.OnShiftList(items=[OnShift(**_said(duty)) for duty in found])

    def _changes(self, query: queries.ListShiftChanges) -> queries.ShiftChangeList:
        here = {team.id for team in self.tenant.things["team"].values() if team.facility_id == query.facility_id}
        return queries.ShiftChangeList(
            items=[
                it
                for it in self.changes.values()
                if (query.facility_id is None or it.team_id in here)
                and query.member_id in (None, it.member_id, it.substitute_id)
                and (query.starts_at is None or it.ends_at > query.starts_at)
                and (query.ends_at is None or it.starts_at < query.ends_at)
            ]
        )

    def _put_change(self, command: commands.PutShiftChange, actor: str) -> dict[str, Any]:
        asker = self._asker(actor)
        manages, change = asker.role.covers(Role.MANAGER), command.change
        if not manages and asker.id not in (change.member_id, change.substitute_id):
            raise RoleNotSufficient("Everything else is a manager's.")
        own_absence = change.kind == "absence" and change.member_id == asker.id
        kept = change.model_copy(update={"accepted": manages or own_absence, "proposed_by": asker.id})
        self.changes[kept.id] = kept
        return {"change": kept.model_dump(mode="json")}

    def _accept(self, command: commands.AcceptShiftChange, actor: str) -> dict[str, Any]:
        change = self.changes[command.change_id]
        if self._asker(actor).id not in {change.member_id, change.substitute_id} - {change.proposed_by}:
            raise RoleNotSufficient("The other one of the two has to accept it, or a manager.")
        self.changes[change.id] = change.model_copy(update={"accepted": True})
        return {}

    def _cancel(self, command: commands.CancelShiftChange, actor: str) -> dict[str, Any]:
        del self.changes[command.change_id]
        return {}

    def _put_rotation(self, command: commands.PutRotation, actor: str) -> dict[str, Any]:
        try:
            self.rotations[command.rotation.id] = filled(command.rotation)
        except ValueError as error:
            raise DoesNotFit(str(error)) from None
        return {}

    def _remove_rotation(self, command: commands.RemoveRotation, actor: str) -> dict[str, Any]:
        del self.rotations[command.rotation_id]
        return {}

    def _change_holidays(self, command: commands.ChangeHolidays, actor: str) -> dict[str, Any]:
        self.holidays[command.calendar.facility_id] = command.calendar
        return {}

    def _import(self, command: commands.ImportShifts, actor: str) -> dict[str, Any]:
        if "OVERLAP" in command.document:
            raise Overlapping("Nothing was imported.")
        self.imported.append(command)
        return {}

    def _asker(self, actor: str) -> Member:
        member_id = actor_member_id(actor)
        assert member_id is not None
        member: Member = self.tenant.things["member"][member_id]
        return member


def _said(duty: Duty) -> dict[str, Any]:
    return {
        "member_id": duty.member_id,
        "team_id": duty.team_id,
        "shift": duty.shift,
        "roles": sorted(duty.roles),
        "starts_at": duty.starts_at,
        "ends_at": duty.ends_at,
        "origin": DutyOrigin(duty.origin.value),
    }


def moment(text: str) -> datetime:
    """A moment in UTC, for tests that read like a calendar."""
    return datetime.fromisoformat(f"{text}:00+00:00")
