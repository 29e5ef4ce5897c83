"""Policies in words: every policy reads back as a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from haveri_contracts.directory.models import Weekday
from haveri_contracts.escalation.models import (
    Conditions,
    EscalationPolicy,
    FacilitySettings,
    Notify,
    QuietHours,
    Step,
    TimeOfDay,
)
from haveri_contracts.plain import Severity
from haveri_directory_copy.directory import Directory, name_in
from haveri_web.texts import CATALOGUE, Translate

LEAD, ON_SHIFT = "lead", "on_shift"
_ALIASES = {"shift_lead": LEAD, "supervisor": LEAD, "crew": ON_SHIFT}
_EVENING = "18:00"


def plain_role(role: str) -> str:
    """A role of the shift under its usual name; case does not count."""
    return _ALIASES.get(role.casefold(), role.casefold())


class PolicyWords:
    """Says policies in one language, with the directory's names and the facilities' own last resorts."""

    def __init__(self, directory: Directory, t: Translate, settings: Mapping[UUID, FacilitySettings]) -> None:
        self._directory = directory
        self._t = t
        self._settings = settings

    def policy(self, policy: EscalationPolicy) -> str:
        """The whole policy."""
        t = self._t
        steps = "; ".join(self.step(step) for step in policy.steps) or t("policy.no_steps")
        said = t("policy.sentence", when=self.conditions(policy.conditions), steps=steps + self._again(policy))
        if policy.acknowledgement_expires_minutes is not None:
            said += t("policy.expires", duration=self.duration(policy.acknowledgement_expires_minutes))
        if policy.mitigation is not None:
            people = self._people_or_last_resort(policy, policy.mitigation.notify)
            said += t("policy.mitigation", duration=self.duration(policy.mitigation.within_minutes), people=people)
        if policy.last_resort is None:
            return said + t("policy.no_last_resort")
        return said + t("policy.last_resort", people=self._people_or_last_resort(policy, None))

    def conditions(self, conditions: Conditions) -> str:
        """For which incidents, and when."""
        t = self._t
        said = self.severities(conditions.severity)
        if conditions.area_ids:
            said = t("when.at", severity=said, areas=self._all(map(self._area, conditions.area_ids)))
        if conditions.asset_types:
            said += t("when.types", types=self._all(conditions.asset_types))
        if conditions.time_of_day:
            said += t("when.times", times=self._any(map(self.stretch, conditions.time_of_day)))
        return said

    def severities(self, severities: Iterable[Severity]) -> str:
        """Which severities."""
        chosen = set(severities)
        if chosen == set(Severity):
            return self._t("when.any")
        return self._all(severity.value for severity in Severity if severity in chosen)

    def stretch(self, time: TimeOfDay) -> str:
        """A time of day."""
        t = self._t
        parts = [] if set(time.days) in (set(), set(Weekday)) else [self._days(time.days)]
        if time.shift:
            parts.append(t("time.shift", shift=time.shift))
        elif time.start and time.end:
            overnight = time.end <= time.start and time.start >= _EVENING
            parts.append(t("time.night" if overnight else "time.clock", start=time.start, end=time.end))
        elif not parts and time.holidays == "any":
            parts.append(t("time.all_day"))
        if time.holidays != "any":
            parts.append(t(f"time.{time.holidays}"))
        return " ".join(parts)

    def quiet(self, quiet: QuietHours) -> str:
        """Some quiet hours."""
        times = self._any(map(self.stretch, quiet.time_of_day))
        return self._t("quiet.sentence", severity=self.severities(quiet.severity), times=times)

    def step(self, step: Step) -> str:
        """Whom a step calls, and when."""
        people = self.people(step.notify)
        if step.after_minutes == 0:
            return self._t("step.at_once", people=people)
        key = "step.after" if step.only_if_unacknowledged else "step.after_anyway"
        return self._t(key, people=people, duration=self.duration(step.after_minutes))

    def people(self, notify: Notify) -> str:
        """Whom to call."""
        teams = [self._team(team_id) for team_id in notify.team_ids]
        if notify.round_robin:
            teams = [self._t("whom.in_turn", people=team) for team in teams]
        elif len(teams) > 1 and all(map(self._works_in_shifts, notify.team_ids)):
            # Crews that take turns: nobody should read that all of them are woken.
            teams = [self._t("whom.of_teams", people=self._all(teams))]
        roles = [self.role(role) for role in notify.shift_roles]
        return self._all([*teams, *roles, *map(self._member, notify.member_ids)]) or self._t("words.nobody")

    def role(self, role: str) -> str:
        """Who has a role of the shift."""
        plain = plain_role(role)
        key = f"whom.{plain}"
        return self._t(key) if key in CATALOGUE and plain in (LEAD, ON_SHIFT) else self._t("whom.role", role=role)

    def last_resort(self, facility_id: UUID) -> str:
        """Who is called at a facility when nobody else is left."""
        settings = self._settings.get(facility_id)
        if settings is None or settings.last_resort is None:
            return self._t("whom.administrators")
        return self.people(settings.last_resort)

    def duration(self, minutes: float) -> str:
        """A duration, in the largest unit that gives a whole number."""
        seconds = round(minutes * 60, 3)
        for unit, size in (("hour", 3600), ("minute", 60), ("second", 1)):
            count = seconds / size
            if count == int(count) and (unit != "hour" or count >= 2) and count != 0:
                return self._t(f"duration.{unit}s", count=int(count))
        return self._t("duration.minutes", count=minutes)

    def _again(self, policy: EscalationPolicy) -> str:
        if policy.repeat is None or policy.repeat.times == 0:
            return ""
        times = policy.repeat.times
        key = f"policy.again.{times if times <= 2 else 'many'}"
        return self._t(key, duration=self.duration(policy.repeat.every_minutes), count=times)

    def _people_or_last_resort(self, policy: EscalationPolicy, notify: Notify | None) -> str:
        own = policy.last_resort.notify if policy.last_resort else None
        if notify or own:
            return self.people(notify or own or Notify())
        return self.last_resort(policy.facility_id)

    def _days(self, days: Sequence[Weekday]) -> str:
        order = list(Weekday)
        numbers = sorted({order.index(day) for day in days})
        names = [self._t(f"day.{order[number].value}") for number in numbers]
        if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
            return f"{names[0]}–{names[-1]}"
        return ", ".join(names)

    def _area(self, area_id: UUID) -> str:
        return name_in(self._directory.areas, area_id)

    def _works_in_shifts(self, team_id: UUID) -> bool:
        team = self._directory.teams.get(team_id)
        return team is not None and bool(team.shift_info.shifts)

    def _team(self, team_id: UUID) -> str:
        return name_in(self._directory.teams, team_id)

    def _member(self, member_id: UUID) -> str:
        member = self._directory.members.get(member_id)
        return member.name if member else self._t("words.gone")

    def _all(self, parts: Iterable[str]) -> str:
        return self._t.listed(parts)

    def _any(self, parts: Iterable[str]) -> str:
        return self._t.listed(parts, "or")
