"""Between the contract's models and rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import RowMapping

from haveri_contracts.directory.models import Member, Team
from haveri_contracts.plain import name_key
from haveri_directory.application.ports import T, Thing

_ELSEWHERE = {"member_ids", "team_ids", "chat_identities"}


def to_row(organization: str, thing: Thing) -> dict[str, Any]:
    """A thing's own row; memberships and identities are rows of their own."""
    values: dict[str, Any] = {name: getattr(thing, name) for name in type(thing).model_fields if name not in _ELSEWHERE}
    if isinstance(thing, Team):
        values["shift_info"] = thing.shift_info.model_dump(mode="json")
    if isinstance(thing, Member):
        values["role"] = thing.role.value
        values["locale"] = thing.locale
    return {"organization_id": organization, "name_key": name_key(thing.name), **values}


def to_thing(kind: type[T], row: RowMapping) -> T:
    """The model in a row selected by `tables.shown`."""
    thing: T = kind.model_validate(dict(row))  # type: ignore[assignment]  # mypy loses T in a union of models
    return thing
