"""What cards and answers say of an incident in a few words: where it is, who acted, how it should feel."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from haveri_chat.cards import Tone
from haveri_chat.moments import clock
from haveri_chat.plant import Plant
from haveri_chat.texts import say
from haveri_contracts.incident.models import Incident
from haveri_contracts.plain import Severity
from haveri_contracts.types import actor_member_id

Rows = list[tuple[str, str]]
ON_THE_CARD = ("where", "severity", "status", "lead", "comms", "since", "declared_by")
"""What the workflow card says of every incident."""


def fact_rows(incident: Incident, plant: Plant, locale: str, now: datetime, *names: str) -> Rows:
    """These facts of an incident as far as there are any, each with its label, the text `fact.<name>`."""
    facts = {
        "where": where(incident, plant),
        "severity": say(locale, f"severity.{incident.severity}"),
        "status": say(locale, f"status.{incident.status}"),
        "lead": member_name(incident.assigned_to, plant),
        "comms": member_name(incident.comms_lead, plant),
        "since": clock(incident.declared_at, zone(incident, plant), locale, now),
        "declared_by": actor_name(incident.declared_by, plant),
    }
    return [(say(locale, f"fact.{name}"), facts[name]) for name in names if facts[name]]


def where(incident: Incident, plant: Plant) -> str:
    """Facility, area and assets, as far as they are known."""
    facility = plant.facilities.get(incident.facility_id)
    area = plant.areas.get(incident.area_id) if incident.area_id else None
    assets = [plant.assets[asset].name for asset in incident.asset_ids if asset in plant.assets]
    names = [item.name for item in (facility, area) if item is not None]
    return " · ".join([*names, ", ".join(assets)] if assets else names) or "–"


def zone(incident: Incident, plant: Plant) -> str:
    """The time zone of the incident's facility; UTC when the facility is not known (yet)."""
    facility = plant.facilities.get(incident.facility_id)
    return facility.timezone if facility else "UTC"


def tone(incident: Incident) -> Tone:
    """Red while a line is down, amber while something is wrong, green when it is over."""
    if not incident.status.is_open:
        return Tone.GOOD
    return Tone.DANGER if incident.severity is Severity.SEV1 else Tone.WARNING


def actor_name(actor: str, plant: Plant) -> str:
    """Who acted, by name where a member did."""
    member_id = actor_member_id(actor)
    return member_name(member_id, plant) if member_id else actor.partition(":")[2]


def member_name(member_id: UUID | None, plant: Plant) -> str:
    """A member by name, a dash where there is none."""
    member = plant.members.get(member_id) if member_id else None
    return member.name if member else "–"
