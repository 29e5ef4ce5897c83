"""New and changed things of the directory. In a PATCH every field may be left out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field, create_model

from haveri_contracts.directory.models import ChatIdentity, Email, Locale, ShiftInfo, TimeZoneName
from haveri_contracts.plain import Role
from haveri_contracts.types import ShortText
from haveri_web.http.bodies import Body


class NewThing(Body):
    """What all have in common: an id of one's own choice, if one likes, so that a repeat changes nothing."""

    id: UUID | None = None
    name: ShortText


class NewFacility(NewThing):
    """A plant or site; `timezone` is an IANA name such as Europe/Helsinki."""

    timezone: TimeZoneName
    metadata: dict[str, Any] = Field(default_factory=dict)


class NewArea(NewThing):
    """A production line, zone or department."""

    facility_id: UUID


class NewAsset(NewThing):
    """A machine or system in an area."""

    area_id: UUID
    asset_type: ShortText
    metadata: dict[str, Any] = Field(default_factory=dict)


class NewTeam(NewThing):
    """People who work together, and when."""

    facility_id: UUID
    member_ids: list[UUID] = Field(default_factory=list)
    shift_info: ShiftInfo = ShiftInfo()


class NewMember(NewThing):
    """A person."""

    email: Email
    role: Role
    team_ids: list[UUID] = Field(default_factory=list)
    chat_identities: list[ChatIdentity] = Field(default_factory=list)
    contact_prefs: dict[str, Any] = Field(default_factory=dict)
    locale: Locale = Locale.ENGLISH


def changes_of(new: type[Body], name: str = "") -> type[BaseModel]:
    """The body of a PATCH: the same fields, each of which may be left out (but not emptied by null)."""
    # `validate_default` stays off: an absent field is told by `exclude_unset`, its default is never looked at.
    fields: dict[str, Any] = {name: (field.rebuild_annotation(), None) for name, field in new.model_fields.items()}
    return create_model(
        name or new.__name__.replace("New", "Changed"),
        __base__=Body,
        __doc__=f"What to change; fields left out stay as they are. {new.__doc__}",
        **fields,
    )
