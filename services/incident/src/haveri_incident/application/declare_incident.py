"""Declare an incident."""

from __future__ import annotations

from typing import Any

from haveri_contracts.incident.commands import DeclareIncident
from haveri_incident.application.authorization import acting_member, check_actor
from haveri_incident.application.ports import Change, Context, Directory, Incidents, Plant
from haveri_incident.domain import decisions
from haveri_incident.domain.decisions import Declaration
from haveri_incident.domain.refusals import AreaElsewhere, AreaUnknown, AssetElsewhere, AssetUnknown, FacilityUnknown
from haveri_incident.domain.state import Fact, evolve


async def declare_incident(
    incidents: Incidents, directory: Directory, context: Context, order: DeclareIncident
) -> dict[str, Any]:
    """Take the next number and declare in one transaction; gives the new incident.

    Raises a Refusal when the place or the declarer is not of this organisation, or the id was used before.
    """
    plant = await directory.plant(context.organization)
    check_actor(context.actor, plant, machines_may=True)
    check_place(order, plant)
    declaration = Declaration(
        title=order.title,
        severity=order.severity,
        facility_id=order.facility_id,
        area_id=order.area_id,
        asset_ids=tuple(dict.fromkeys(order.asset_ids)),
        description=order.description,
        tags=tuple(dict.fromkeys(order.tags)),
    )
    lead = acting_member(context.actor)
    async with incidents.declaring(context.organization) as declaring:
        number = await declaring.next_number()
        (declared,) = decisions.declare(declaration, number=number, actor=context.actor, lead=lead, now=context.now)
        after = evolve(None, Fact(order.incident_id, 1, declared, context.now))
        return await declaring.append(context, Change(0, [declared], after, context.now, context.now))


def check_place(order: DeclareIncident, plant: Plant) -> None:
    """Raise unless facility, area and assets exist and stand together."""
    if order.facility_id not in plant.facilities:
        raise FacilityUnknown(f"There is no facility {order.facility_id} in this organisation.")
    if order.area_id is not None:
        area = plant.areas.get(order.area_id)
        if area is None:
            raise AreaUnknown(f"There is no area {order.area_id} in this organisation.")
        if area.facility_id != order.facility_id:
            raise AreaElsewhere("Name an area of the incident's facility.")
    for asset_id in order.asset_ids:
        asset = plant.assets.get(asset_id)
        if asset is None:
            raise AssetUnknown(f"There is no asset {asset_id} in this organisation.")
        if asset.facility_id != order.facility_id:
            raise AssetElsewhere("Name assets of the incident's facility.")
