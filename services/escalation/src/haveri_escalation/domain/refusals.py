"""Why the escalation service refuses a policy, a setting or a window, each named after its business reason."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from haveri_contracts.plain import Refusal
from haveri_escalation.domain.people import Roster


class FieldRefusal(Refusal):
    """A refusal that can say in which field of what was sent the reason stands."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.errors: list[dict[str, str]] = []

    def at(self, field: str) -> Self:
        """The same, with the dotted path of the field, places counted from 0: `steps.1.after_minutes`."""
        self.errors = [{"field": field, "problem": self.detail}]
        return self


class PolicyUnknown(Refusal):
    """No such policy in this organisation."""

    type = "policy-unknown"
    title = "There is no such escalation policy."


class PolicyChangedMeanwhile(Refusal):
    """Somebody else changed the policy since it was read."""

    type = "policy-changed-meanwhile"
    title = "Somebody else changed this policy meanwhile."


class PolicyWithoutSteps(FieldRefusal):
    """A chain of no steps calls nobody."""

    type = "policy-without-steps"
    title = "A policy needs at least one step."


class DelayNegative(FieldRefusal):
    """A step cannot be due before its run begins."""

    type = "delay-negative"
    title = "A step cannot come before the incident."


class StepNamesNobody(FieldRefusal):
    """Somebody has to be called."""

    type = "step-names-nobody"
    title = "This names nobody to call."


class TeamUnknown(FieldRefusal):
    """No such team in this organisation."""

    type = "team-unknown"
    title = "There is no such team."


class TeamEmpty(FieldRefusal):
    """A team of nobody cannot be called."""

    type = "team-empty"
    title = "Nobody is in this team."


class MemberUnknown(FieldRefusal):
    """No such member in this organisation."""

    type = "member-unknown"
    title = "There is no such member."


class MemberMayNotRespond(FieldRefusal):
    """A viewer cannot take an incident, so there is no use in calling them."""

    type = "member-may-not-respond"
    title = "This member may not take incidents."


class ShiftRoleUnknown(FieldRefusal):
    """Nobody at the facility has this role in any team."""

    type = "shift-role-unknown"
    title = "Nobody at the facility has this role."


class FacilityUnknown(Refusal):
    """No such facility in this organisation."""

    type = "facility-unknown"
    title = "There is no such facility."


class AreaUnknown(Refusal):
    """No such area in this organisation."""

    type = "area-unknown"
    title = "There is no such area."


class AreaElsewhere(Refusal):
    """The area is of another facility."""

    type = "area-elsewhere"
    title = "The area is of another facility."


class AssetUnknown(Refusal):
    """No such asset in this organisation."""

    type = "asset-unknown"
    title = "There is no such asset."


class AssetElsewhere(Refusal):
    """The asset is of another facility."""

    type = "asset-elsewhere"
    title = "The asset is of another facility."


class TimeOfDayIncomplete(FieldRefusal):
    """A time of day is from one time to another, or a shift."""

    type = "time-of-day-incomplete"
    title = "The time of day is not complete."


class RepeatTooFast(FieldRefusal):
    """Rounds need time between them."""

    type = "repeat-too-fast"
    title = "The rounds follow each other too fast."


class ClockNotPositive(FieldRefusal):
    """A clock that is over when it starts measures nothing."""

    type = "clock-not-positive"
    title = "A clock has to run for some time."


class WindowUnknown(Refusal):
    """No such maintenance window in this organisation."""

    type = "window-unknown"
    title = "There is no such maintenance window."


class WindowEndsBeforeItStarts(Refusal):
    """A window ends after it starts."""

    type = "window-ends-before-it-starts"
    title = "The maintenance window ends before it starts."


class WindowIsOver(Refusal):
    """What is over cannot be announced, changed or ended."""

    type = "window-is-over"
    title = "The maintenance window is over."


class WindowTooLong(Refusal):
    """Nobody is called in a window, so it is not to be forgotten."""

    type = "window-too-long"
    title = "The maintenance window is too long."


class WindowWithoutPlace(Refusal):
    """A window is for some places and not for a whole facility."""

    type = "window-without-place"
    title = "The maintenance window names no area and no asset."


class WindowElsewhere(Refusal):
    """A window stays at its facility: what it silenced there would not be looked after any more."""

    type = "window-elsewhere"
    title = "The maintenance window is at another facility."


class MomentOutOfReach(Refusal):
    """No calendar goes that far."""

    type = "moment-out-of-reach"
    title = "This moment is too far away."


class RoleNotSufficient(Refusal):
    """The member's role does not allow this."""

    type = "role-not-sufficient"
    title = "Your role does not allow this."


def require_area(roster: Roster, area_id: UUID, facility_id: UUID) -> None:
    """Raise unless an area is one of the facility's."""
    facility_of_area = roster.facility_of_area.get(area_id)
    if facility_of_area is None:
        raise AreaUnknown(f"There is no area {area_id} in this organisation.")
    if facility_of_area != facility_id:
        raise AreaElsewhere(f"{roster.area_names.get(area_id, area_id)} is of another facility; name one of this one.")
