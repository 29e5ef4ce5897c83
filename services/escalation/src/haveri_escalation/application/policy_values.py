"""The domain's values of the policies, settings and windows that travel."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from haveri_contracts.directory.models import Weekday
from haveri_contracts.escalation import models
from haveri_escalation.domain import policies

_WEEKDAYS = {day: number for number, day in enumerate(Weekday)}
_EVERY_DAY = frozenset(_WEEKDAYS.values())
_MINUTE = timedelta(minutes=1)


def to_policy(model: models.EscalationPolicy, created_at: datetime | None = None) -> policies.Policy:
    """The domain's policy; `created_at` is when its first version was put."""
    return policies.Policy(
        id=model.id,
        name=model.name,
        facility_id=model.facility_id,
        conditions=policies.Conditions(
            severities=frozenset(model.conditions.severity),
            area_ids=frozenset(model.conditions.area_ids),
            asset_types=frozenset(model.conditions.asset_types),
            times=tuple(to_time_of_day(one) for one in model.conditions.time_of_day),
        ),
        chain=to_chain(model),
        priority=model.priority,
        is_default=model.is_default,
        version=model.version,
        created_at=created_at,
    )


def to_time_of_day(model: models.TimeOfDay) -> policies.TimeOfDay:
    """The domain's time of day; no days at all means every day."""
    return policies.TimeOfDay(
        weekdays=frozenset(_WEEKDAYS[day] for day in model.days) or _EVERY_DAY,
        start=time.fromisoformat(model.start) if model.start is not None else None,
        end=time.fromisoformat(model.end) if model.end is not None else None,
        shift=model.shift,
        holidays=policies.HolidayRule(model.holidays),
    )


def to_chain(model: models.Chain) -> policies.Chain:
    """The domain's chain."""
    expires, mitigation, last_resort = model.acknowledgement_expires_minutes, model.mitigation, model.last_resort
    return policies.Chain(
        steps=tuple(
            policies.Step(to_notify(step.notify), step.after_minutes * _MINUTE, step.only_if_unacknowledged)
            for step in model.steps
        ),
        repeat=policies.Repeat(model.repeat.times, model.repeat.every_minutes * _MINUTE) if model.repeat else None,
        acknowledgement_expires=expires * _MINUTE if expires is not None else None,
        mitigation=policies.MitigationClock(mitigation.within_minutes * _MINUTE, _to_notify(mitigation.notify))
        if mitigation
        else None,
        last_resort=policies.LastResort(_to_notify(last_resort.notify), last_resort.after_minutes * _MINUTE)
        if last_resort
        else None,
    )


def to_notify(model: models.Notify) -> policies.Notify:
    """The domain's notify, each named once."""
    return policies.Notify(
        member_ids=tuple(dict.fromkeys(model.member_ids)),
        team_ids=tuple(dict.fromkeys(model.team_ids)),
        shift_roles=tuple(dict.fromkeys(model.shift_roles)),
        round_robin=model.round_robin,
    )


def _to_notify(model: models.Notify | None) -> policies.Notify | None:
    return to_notify(model) if model is not None else None


def to_settings(model: models.FacilitySettings) -> policies.FacilitySettings:
    """The domain's settings of a facility."""
    return policies.FacilitySettings(
        facility_id=model.facility_id,
        quiet_hours=tuple(
            policies.QuietHours(frozenset(quiet.severity), tuple(to_time_of_day(one) for one in quiet.time_of_day))
            for quiet in model.quiet_hours
        ),
        last_resort=_to_notify(model.last_resort),
    )


def to_window(model: models.MaintenanceWindow) -> policies.MaintenanceWindow:
    """The domain's maintenance window."""
    return policies.MaintenanceWindow(
        id=model.id,
        facility_id=model.facility_id,
        area_ids=frozenset(model.area_ids),
        asset_ids=frozenset(model.asset_ids),
        starts_at=model.starts_at,
        ends_at=model.ends_at,
        reason=model.reason,
    )
