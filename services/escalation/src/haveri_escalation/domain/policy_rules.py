"""What a policy and a facility's settings have to be, checked against the people and places that there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from haveri_contracts.escalation.models import Chain, EscalationPolicy, FacilitySettings, Notify, TimeOfDay
from haveri_contracts.refusals import FacilityUnknown, MemberUnknown, TeamUnknown
from haveri_escalation.domain import refusals
from haveri_escalation.domain.people import Roster
from haveri_escalation.domain.policies import MINUTE, ON_SHIFT
from haveri_escalation.domain.who import role_name

_NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Where:
    """Where in a policy something stands: in words, with which a refusal begins, and as the path of the field."""

    said: str
    field: str

    def below(self, part: str) -> Where:
        """A part of it."""
        return Where(self.said, f"{self.field}.{part}")


def check_policy(policy: EscalationPolicy, roster: Roster) -> None:
    """Raise a Refusal, in the user's words, unless the policy can be carried out."""
    require_facility(roster, policy.facility_id)
    for area_id in sorted(policy.conditions.area_ids, key=str):
        refusals.require_area(roster, area_id, policy.facility_id, "conditions.area_ids")
    check_times(policy.conditions.time_of_day, "conditions.time_of_day")
    check_chain(policy, roster, policy.facility_id)


def check_settings(settings: FacilitySettings, roster: Roster) -> None:
    """Raise a Refusal unless quiet hours and last resort make sense."""
    require_facility(roster, settings.facility_id)
    for place, quiet in enumerate(settings.quiet_hours):
        check_times(quiet.time_of_day, f"quiet_hours.{place}.time_of_day")
    if settings.last_resort is not None:
        check_notify(settings.last_resort, Where("The last resort", "last_resort"), roster, settings.facility_id)


def require_facility(roster: Roster, facility_id: UUID) -> None:
    """Raise unless there is such a facility."""
    if facility_id not in roster.plans:
        raise FacilityUnknown(f"There is no facility {facility_id} in this organisation.").at("facility_id")


def check_times(times: Iterable[TimeOfDay], field: str) -> None:
    """Raise unless each is from one time to another, or a shift, or the whole day; `field` is where they stand."""
    for place, one in enumerate(times):
        if (one.start is None) != (one.end is None):
            words = "Say both from when and until when, or neither for the whole day."
            raise refusals.TimeOfDayIncomplete(words).at(f"{field}.{place}.{'from' if one.start is None else 'to'}")
        if one.start is not None and one.shift is not None:
            words = f"Say either from when until when or the shift {one.shift!r}; a shift has its own times."
            raise refusals.TimeOfDayIncomplete(words).at(f"{field}.{place}.shift")


def check_chain(chain: Chain, roster: Roster, facility_id: UUID) -> None:
    """Raise unless every step, the repetition, the clocks and the last resort can be carried out."""
    if not chain.steps:
        raise refusals.PolicyWithoutSteps("Say at least in one step who is called.").at("steps")
    for place, step in enumerate(chain.steps):
        if step.after_minutes * MINUTE < _NOTHING:
            words = f"Step {place + 1} comes {-step.after_minutes:g} minutes before the incident; say 0 or more."
            raise refusals.DelayNegative(words).at(f"steps.{place}.after_minutes")
        check_notify(step.notify, Where(f"Step {place + 1}", f"steps.{place}.notify"), roster, facility_id)
    if chain.repeat is not None and chain.repeat.times > 0 and chain.repeat.every_minutes * MINUTE <= _NOTHING:
        words = "Say after how many minutes the steps are repeated; it has to be more than 0."
        raise refusals.RepeatTooFast(words).at("repeat.every_minutes")
    _check_clocks(chain, roster, facility_id)
    if chain.last_resort is not None:
        if chain.last_resort.after_minutes * MINUTE < _NOTHING:
            words = "The last resort comes after the last step; say 0 minutes or more."
            raise refusals.DelayNegative(words).at("last_resort.after_minutes")
        if chain.last_resort.notify is not None:
            where = Where("The last resort", "last_resort.notify")
            check_notify(chain.last_resort.notify, where, roster, facility_id)


def _check_clocks(chain: Chain, roster: Roster, facility_id: UUID) -> None:
    expires, mitigation = chain.acknowledgement_expires_minutes, chain.mitigation
    if expires is not None and expires * MINUTE <= _NOTHING:
        words = "An acknowledgement expires after more than 0 minutes, or not at all."
        raise refusals.ClockNotPositive(words).at("acknowledgement_expires_minutes")
    if mitigation is None:
        return
    if mitigation.within_minutes * MINUTE <= _NOTHING:
        words = "Allow more than 0 minutes to mitigate, or leave that clock out."
        raise refusals.ClockNotPositive(words).at("mitigation.within_minutes")
    if mitigation.notify is not None:
        where = Where("The mitigation clock", "mitigation.notify")
        check_notify(mitigation.notify, where, roster, facility_id)


def check_notify(notify: Notify, where: Where, roster: Roster, facility_id: UUID) -> None:
    """Raise unless somebody is named, and everybody who is can be called."""
    if not (notify.member_ids or notify.team_ids or notify.shift_roles):
        words = f"{where.said} names nobody; name a member, a team or a role of the shift."
        raise refusals.StepNamesNobody(words).at(where.field)
    for place, member_id in enumerate(notify.member_ids):
        _check_member(member_id, where.below(f"member_ids.{place}"), roster)
    for place, team_id in enumerate(notify.team_ids):
        _check_team(team_id, where.below(f"team_ids.{place}"), roster)
    for place, role in enumerate(notify.shift_roles):
        _check_role(role, where.below(f"shift_roles.{place}"), roster, facility_id)


def _check_member(member_id: UUID, where: Where, roster: Roster) -> None:
    person = roster.people.get(member_id)
    if person is None:
        words = f"{where.said} names {member_id}, who is not (or no longer) in this organisation."
        raise MemberUnknown(words).at(where.field)
    if not person.may_respond:
        words = f"{where.said} names {person.name}, who may only read incidents."
        raise refusals.MemberMayNotRespond(f"{words} Ask an administrator to make them a responder.").at(where.field)


def _check_team(team_id: UUID, where: Where, roster: Roster) -> None:
    _, team = roster.team(team_id)
    if team is None:
        words = f"{where.said} names the team {team_id}, which is not in this organisation."
        raise TeamUnknown(words).at(where.field)
    if not team.member_ids:
        words = f"{where.said} names {team.name}, and nobody is in it. Put somebody into the team first."
        raise refusals.TeamEmpty(words).at(where.field)


def _check_role(role: str, where: Where, roster: Roster, facility_id: UUID) -> None:
    wanted = role_name(role)
    if wanted == ON_SHIFT:
        return
    held = {name for team in roster.plans[facility_id].teams for name, holders in team.roles if holders}
    if wanted not in held:
        known = ", ".join([ON_SHIFT, *sorted(held)])
        words = (
            f"{where.said} names the role {role!r}, which nobody has in any team of the facility. There are: {known}."
        )
        raise refusals.ShiftRoleUnknown(words).at(where.field)
