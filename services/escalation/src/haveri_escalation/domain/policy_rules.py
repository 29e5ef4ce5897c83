"""What a policy and a facility's settings have to be, checked against the people and places that there are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from haveri_escalation.domain import refusals
from haveri_escalation.domain.people import Roster
from haveri_escalation.domain.policies import ON_SHIFT, Chain, FacilitySettings, Notify, Policy, TimeOfDay
from haveri_escalation.domain.who import role_name

_NOTHING = timedelta()


def check_policy(policy: Policy, roster: Roster) -> None:
    """Raise a Refusal, in the user's words, unless the policy can be carried out."""
    require_facility(roster, policy.facility_id)
    for area_id in sorted(policy.conditions.area_ids, key=str):
        refusals.require_area(roster, area_id, policy.facility_id)
    check_times(policy.conditions.times)
    check_chain(policy.chain, roster, policy.facility_id)


def check_settings(settings: FacilitySettings, roster: Roster) -> None:
    """Raise a Refusal unless quiet hours and last resort make sense."""
    require_facility(roster, settings.facility_id)
    for quiet in settings.quiet_hours:
        check_times(quiet.times)
    if settings.last_resort is not None:
        check_notify(settings.last_resort, "The last resort", roster, settings.facility_id)


def require_facility(roster: Roster, facility_id: UUID) -> None:
    """Raise unless there is such a facility."""
    if facility_id not in roster.plans:
        raise refusals.FacilityUnknown(f"There is no facility {facility_id} in this organisation.")


def check_times(times: Iterable[TimeOfDay]) -> None:
    """Raise unless each is from one time to another, or a shift, or the whole day."""
    for one in times:
        if (one.start is None) != (one.end is None):
            raise refusals.TimeOfDayIncomplete("Say both from when and until when, or neither for the whole day.")
        if one.start is not None and one.shift is not None:
            raise refusals.TimeOfDayIncomplete(
                f"Say either from when until when or the shift {one.shift!r}; a shift has its own times."
            )


def check_chain(chain: Chain, roster: Roster, facility_id: UUID) -> None:
    """Raise unless every step, the repetition, the clocks and the last resort can be carried out."""
    if not chain.steps:
        raise refusals.PolicyWithoutSteps("Say at least in one step who is called.")
    for number, step in enumerate(chain.steps, start=1):
        if step.after < _NOTHING:
            raise refusals.DelayNegative(
                f"Step {number} comes {_minutes(-step.after)} before the incident; say 0 or more."
            )
        check_notify(step.notify, f"Step {number}", roster, facility_id)
    if chain.repeat is not None and chain.repeat.times > 0 and chain.repeat.every <= _NOTHING:
        raise refusals.RepeatTooFast("Say after how many minutes the steps are repeated; it has to be more than 0.")
    _check_clocks(chain, roster, facility_id)
    if chain.last_resort is not None:
        if chain.last_resort.after < _NOTHING:
            raise refusals.DelayNegative("The last resort comes after the last step; say 0 minutes or more.")
        if chain.last_resort.notify is not None:
            check_notify(chain.last_resort.notify, "The last resort", roster, facility_id)


def _check_clocks(chain: Chain, roster: Roster, facility_id: UUID) -> None:
    expires, mitigation = chain.acknowledgement_expires, chain.mitigation
    if expires is not None and expires <= _NOTHING:
        raise refusals.ClockNotPositive("An acknowledgement expires after more than 0 minutes, or not at all.")
    if mitigation is None:
        return
    if mitigation.within <= _NOTHING:
        raise refusals.ClockNotPositive("Allow more than 0 minutes to mitigate, or leave that clock out.")
    if mitigation.notify is not None:
        check_notify(mitigation.notify, "The mitigation clock", roster, facility_id)


def check_notify(notify: Notify, where: str, roster: Roster, facility_id: UUID) -> None:
    """Raise unless somebody is named, and everybody who is can be called; `where` is how the refusal begins."""
    if notify.names_nobody:
        raise refusals.StepNamesNobody(f"{where} names nobody; name a member, a team or a role of the shift.")
    for member_id in notify.member_ids:
        _check_member(member_id, where, roster)
    for team_id in notify.team_ids:
        _check_team(team_id, where, roster)
    for role in notify.shift_roles:
        _check_role(role, where, roster, facility_id)


def _check_member(member_id: UUID, where: str, roster: Roster) -> None:
    person = roster.people.get(member_id)
    if person is None:
        raise refusals.MemberUnknown(f"{where} names {member_id}, who is not (or no longer) in this organisation.")
    if not person.may_respond:
        raise refusals.MemberMayNotRespond(
            f"{where} names {person.name}, who may only read incidents. Ask an administrator to make them a responder."
        )


def _check_team(team_id: UUID, where: str, roster: Roster) -> None:
    _, team = roster.team(team_id)
    if team is None:
        raise refusals.TeamUnknown(f"{where} names the team {team_id}, which is not in this organisation.")
    if not team.member_ids:
        raise refusals.TeamEmpty(f"{where} names {team.name}, and nobody is in it. Put somebody into the team first.")


def _check_role(role: str, where: str, roster: Roster, facility_id: UUID) -> None:
    wanted = role_name(role)
    if wanted == ON_SHIFT:
        return
    held = {name for team in roster.plans[facility_id].teams for name, holders in team.roles if holders}
    if wanted not in held:
        known = ", ".join([ON_SHIFT, *sorted(held)])
        raise refusals.ShiftRoleUnknown(
            f"{where} names the role {role!r}, which nobody has in any team of the facility. There are: {known}."
        )


def _minutes(delay: timedelta) -> str:
    return f"{delay.total_seconds() / 60:g} minutes"
