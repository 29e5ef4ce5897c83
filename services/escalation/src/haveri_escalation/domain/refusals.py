"""Why the escalation service refuses a policy, a setting or a window, each named after its business reason."""

from __future__ import annotations

from uuid import UUID

from haveri_contracts.plain import Refusal
from haveri_contracts.refusals import AreaElsewhere, AreaUnknown
from haveri_escalation.domain.people import Roster


class PolicyChangedMeanwhile(Refusal):
    """Somebody else changed the policy since it was read."""

    type = "policy-changed-meanwhile"
    title = "Somebody else changed this policy meanwhile."


class PolicyWithoutSteps(Refusal):
    """A chain of no steps calls nobody."""

    type = "policy-without-steps"
    title = "A policy needs at least one step."


class DelayNegative(Refusal):
    """A step cannot be due before its run begins."""

    type = "delay-negative"
    title = "A step cannot come before the incident."


class StepNamesNobody(Refusal):
    """Somebody has to be called."""

    type = "step-names-nobody"
    title = "This names nobody to call."


class TeamEmpty(Refusal):
    """A team of nobody cannot be called."""

    type = "team-empty"
    title = "Nobody is in this team."


class MemberMayNotRespond(Refusal):
    """A viewer cannot take an incident, so there is no use in calling them."""

    type = "member-may-not-respond"
    title = "This member may not take incidents."


class ShiftRoleUnknown(Refusal):
    """Nobody at the facility has this role in any team."""

    type = "shift-role-unknown"
    title = "Nobody at the facility has this role."


class TimeOfDayIncomplete(Refusal):
    """A time of day is from one time to another, or a shift."""

    type = "time-of-day-incomplete"
    title = "The time of day is not complete."


class RepeatTooFast(Refusal):
    """Rounds need time between them."""

    type = "repeat-too-fast"
    title = "The rounds follow each other too fast."


class ClockNotPositive(Refusal):
    """A clock that is over when it starts measures nothing."""

    type = "clock-not-positive"
    title = "A clock has to run for some time."


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


def require_area(roster: Roster, area_id: UUID, facility_id: UUID, field: str) -> None:
    """Raise unless an area is one of the facility's; `field` is where it is named."""
    facility_of_area = roster.facility_of_area.get(area_id)
    if facility_of_area is None:
        raise AreaUnknown(f"There is no area {area_id} in this organisation.").at(field)
    if facility_of_area != facility_id:
        words = f"{roster.area_names.get(area_id, area_id)} is of another facility; name one of this one."
        raise AreaElsewhere(words).at(field)
