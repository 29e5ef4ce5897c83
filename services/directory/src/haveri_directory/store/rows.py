"""Between the contract's models and rows."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import RowMapping

from haveri_contracts.directory.models import Area, Asset, Facility, Member, Team
from haveri_contracts.directory.schedules import Rotation, ShiftChange, Stretch
from haveri_contracts.plain import name_key
from haveri_contracts.types import Frozen

Thing = Facility | Area | Asset | Team | Member
T = TypeVar("T", bound=Thing)
M = TypeVar("M", bound=Frozen)
Membership = tuple[UUID, UUID]
"""A team's id and a member's."""

_ELSEWHERE = {"member_ids", "team_ids", "chat_identities"}
_RETURN = ("return_starts_at", "return_ends_at")


def to_row(organization: str, thing: Thing) -> dict[str, Any]:
    """A thing's own row; memberships and identities are rows of their own."""
    values: dict[str, Any] = {name: getattr(thing, name) for name in type(thing).model_fields if name not in _ELSEWHERE}
    if isinstance(thing, Team):
        values["shift_info"] = thing.shift_info.model_dump(mode="json")
    if isinstance(thing, Member):
        values["role"] = thing.role.value
        values["locale"] = thing.locale
    return {"organization_id": organization, "name_key": name_key(thing.name), **values}


def rotation_row(organization: str, rotation: Rotation) -> dict[str, Any]:
    """A rotation's row."""
    written = rotation.model_dump(mode="json", include={"slots", "pattern", "crews"})
    return {
        "organization_id": organization,
        "id": rotation.id,
        "name": rotation.name,
        "name_key": name_key(rotation.name),
        "facility_id": rotation.facility_id,
        "kind": rotation.kind.value,
        "first_day": rotation.first_day,
        "last_day": rotation.last_day,
        "rests_on_holidays": rotation.rests_on_holidays,
        **written,
    }


def change_row(organization: str, change: ShiftChange, imported_uid: str | None) -> dict[str, Any]:
    """A change's row."""
    returned = change.return_stretch
    values = {name: getattr(change, name) for name in ShiftChange.model_fields if name != "return_stretch"}
    return {
        **values,
        "organization_id": organization,
        "kind": change.kind.value,
        "return_starts_at": returned.starts_at if returned else None,
        "return_ends_at": returned.ends_at if returned else None,
        "imported_uid": imported_uid,
    }


def to_thing(kind: type[M], row: RowMapping) -> M:
    """The model in a row selected by `tables.shown`."""
    values = dict(row)
    if kind is ShiftChange:
        starts_at, ends_at = (values.pop(name) for name in _RETURN)
        returned = Stretch(starts_at=starts_at, ends_at=ends_at) if starts_at is not None else None
        values["return_stretch"] = returned
    return kind.model_validate(values)
