"""Policies as a plant has them: who is called for which incident, with quiet hours and a window."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from web_house import WebHouse
from web_policies import PolicyShelf

from haveri_contracts.directory.models import Weekday
from haveri_contracts.escalation.models import (
    Conditions,
    EscalationPolicy,
    FacilitySettings,
    LastResort,
    MaintenanceWindow,
    MitigationClock,
    Notify,
    QuietHours,
    Repeat,
    Step,
    TimeOfDay,
)
from haveri_contracts.plain import Severity

NIGHT = TimeOfDay(start="22:00", end="06:00")
WEEKEND = TimeOfDay(days=[Weekday.SAT, Weekday.SUN], holidays="any")


def put_chains(house: WebHouse) -> PolicyShelf:
    """Three policies at the first facility, none at the second; quiet hours, and a window that is open."""
    shelf, tenant = PolicyShelf(house.tenant), house.tenant
    facility, area = next(iter(tenant.things["facility"])), next(iter(tenant.things["area"]))
    crew = next(iter(tenant.things["team"]))
    aino, mikko = tenant.member("Aino Korhonen").id, tenant.member("Mikko Laine").id
    at_once = Step(notify=Notify(team_ids=[crew]))
    for number, values in enumerate(
        (
            {
                "name": "Line down",
                "conditions": Conditions(severity=[Severity.SEV1]),
                "steps": [Step(notify=Notify(team_ids=[crew], shift_roles=["lead"], member_ids=[mikko]))],
                "repeat": Repeat(times=1, every_minutes=10),
                "acknowledgement_expires_minutes": 60,
                "mitigation": MitigationClock(within_minutes=120, notify=Notify(member_ids=[mikko])),
            },
            {
                "name": "Degraded at night",
                "conditions": Conditions(severity=[Severity.SEV2], area_ids=[area], time_of_day=[NIGHT, WEEKEND]),
                "steps": [at_once, Step(notify=Notify(shift_roles=["lead"]), after_minutes=15)],
                "repeat": Repeat(times=2, every_minutes=30),
                "priority": 10,
            },
            {
                "name": "Everything else",
                "conditions": Conditions(severity=list(Severity)),
                "steps": [at_once],
                "last_resort": LastResort(notify=Notify(member_ids=[aino]), after_minutes=30),
                "is_default": True,
            },
        ),
        start=1,
    ):
        policy = EscalationPolicy(id=UUID(int=number), facility_id=facility, **_untyped(values))
        shelf.versions[policy.id] = [policy]
    shelf.settings[facility] = FacilitySettings(
        facility_id=facility,
        quiet_hours=[QuietHours(severity=[Severity.SEV3], time_of_day=[TimeOfDay(start="20:00", end="07:00")])],
        last_resort=Notify(member_ids=[mikko]),
    )
    now = house.clock.now()
    for number, starts in enumerate((now - timedelta(hours=1), now + timedelta(days=2)), start=1):
        window = MaintenanceWindow(
            id=UUID(int=number),
            facility_id=facility,
            area_ids=[area],
            starts_at=starts,
            ends_at=starts + timedelta(hours=4),
            reason="Belt change on the infeed",
            created_by=f"member:{mikko}",
        )
        shelf.windows[window.id] = window
    return shelf


def _untyped(values: Any) -> Any:
    return values
