"""Between the contract's models of schedules and rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import RowMapping, Select, select

from haveri_contracts.directory.schedules import Rotation, ShiftChange, Stretch
from haveri_contracts.plain import name_key
from haveri_directory.adapters.tables import rotations, shift_changes

_RETURN = ("return_starts_at", "return_ends_at")
_NOT_SHOWN = {"organization_id", "name_key", "imported_uid"}


def rotations_shown(organization: str) -> Select[Any]:
    """Select an organisation's rotations."""
    columns = [column for column in rotations.columns if column.name not in _NOT_SHOWN]
    return select(*columns).where(rotations.c.organization_id == organization)


def changes_shown(organization: str) -> Select[Any]:
    """Select an organisation's changes of shifts."""
    columns = [column for column in shift_changes.columns if column.name not in _NOT_SHOWN]
    return select(*columns).where(shift_changes.c.organization_id == organization)


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


def to_rotation(row: RowMapping) -> Rotation:
    """The rotation in a row."""
    return Rotation.model_validate(dict(row))


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


def to_change(row: RowMapping) -> ShiftChange:
    """The change in a row."""
    values = {name: value for name, value in row.items() if name not in _RETURN}
    starts_at, ends_at = (row[name] for name in _RETURN)
    returned = Stretch(starts_at=starts_at, ends_at=ends_at) if starts_at is not None else None
    return ShiftChange.model_validate({**values, "return_stretch": returned})
