"""Organisations, plants, people and how chat knows them."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from haveri_contracts.plain import Role
from haveri_contracts.types import (
    FreeForm,
    Frozen,
    OrganizationId,
    Reference,
    ShortText,
    Timestamp,
    no_null_character,
)

_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Z]{2})?$")
_EMAIL = re.compile(r"[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+")


@cache
def _zones() -> frozenset[str]:
    # Listing them walks the time zone database on disk: once a process is enough.
    return frozenset(available_timezones())


def _known_zone(value: str) -> str:
    if value not in _zones():
        raise ValueError(f"{value!r} is not an IANA time zone such as Europe/Helsinki")
    return value


def _language(value: str) -> str:
    primary, _, region = value.partition("-")
    tag = f"{primary.lower()}-{region.upper()}" if region else primary.lower()
    if not _LANGUAGE.fullmatch(tag):
        raise ValueError(f"{value!r} is not a language such as en, fi or pt-BR")
    return tag


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise ValueError(f"{value!r} is not an e-mail address")
    return value.lower()


TimeZoneName = Annotated[str, AfterValidator(_known_zone), Field(json_schema_extra={"format": "iana-time-zone"})]
"""An IANA time zone such as `Europe/Helsinki`."""

Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254),
    AfterValidator(_email),
    Field(json_schema_extra={"format": "email"}),
]
"""An e-mail address, kept in lower case."""

WallClock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A time of day at the facility, `HH:MM`, 24 hours."""


ShiftRoleName = Annotated[str, StringConstraints(min_length=1, max_length=60), AfterValidator(no_null_character)]
"""A role that somebody has on a shift, such as `lead`; case does not count. `on_shift` is everybody on shift."""


class Weekday(StrEnum):
    """A day of the week."""

    MON = "MON"
    TUE = "TUE"
    WED = "WED"
    THU = "THU"
    FRI = "FRI"
    SAT = "SAT"
    SUN = "SUN"


EVERY_DAY = list(Weekday)


Locale = Annotated[str, AfterValidator(_language), Field(json_schema_extra={"pattern": _LANGUAGE.pattern})]
"""A language such as `fi` or `pt-BR`. Whoever has no catalogue for it speaks English."""

ENGLISH: Locale = "en"


class Shift(Frozen):
    """A stretch of wall-clock time at the team's facility; `days` are those on which it starts.

    `end` at or before `start` means the next day. Empty `member_ids` means the whole team. A shift that
    `rests_on_holidays` does not start on one.
    """

    name: ShortText
    days: list[Weekday] = Field(default_factory=lambda: list(EVERY_DAY), min_length=1)
    start: WallClock = Field(alias="from")
    end: WallClock = Field(alias="to")
    member_ids: list[UUID] = Field(default_factory=list)
    rests_on_holidays: bool = False

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)


class ShiftRole(Frozen):
    """Who of a team has a role whenever they are on shift, such as `lead`."""

    role: ShiftRoleName
    member_ids: list[UUID] = Field(default_factory=list, max_length=200)


class ShiftInfo(Frozen):
    """When a team works, beside the rotations it takes part in, and who has which role then."""

    shifts: list[Shift] = Field(default_factory=list, max_length=50)
    roles: list[ShiftRole] = Field(default_factory=list, max_length=20)


class ChatIdentity(Frozen):
    """How a chat platform knows a member; for Teams `user_id` is the aadObjectId."""

    platform: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    user_id: Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(no_null_character)]


class Organization(Frozen):
    """A tenant. `id` is its immutable slug."""

    id: OrganizationId
    name: ShortText
    locale: Locale = ENGLISH


class Facility(Frozen):
    """A plant or site with its own time zone."""

    id: UUID
    name: ShortText
    timezone: TimeZoneName
    metadata: FreeForm = Field(default_factory=dict)


class Area(Frozen):
    """A production line, zone or department of a facility."""

    id: UUID
    name: ShortText
    facility_id: UUID


class Asset(Frozen):
    """A machine or system in an area."""

    id: UUID
    name: ShortText
    area_id: UUID
    asset_type: ShortText
    metadata: FreeForm = Field(default_factory=dict)


class Team(Frozen):
    """People of a facility who work together, and when."""

    id: UUID
    name: ShortText
    facility_id: UUID
    member_ids: list[UUID] = Field(default_factory=list)
    shift_info: ShiftInfo = ShiftInfo()


class Member(Frozen):
    """A person of the organisation. `contact_prefs` holds `ContactPreferences` and other notes."""

    id: UUID
    name: ShortText
    email: Email
    role: Role
    team_ids: list[UUID] = Field(default_factory=list)
    chat_identities: list[ChatIdentity] = Field(default_factory=list)
    contact_prefs: FreeForm = Field(default_factory=dict)
    locale: Locale = ENGLISH


class ChatSettings(Frozen):
    """Where an organisation's chat happens.

    `tenant_id` and `team_id` are the platform's names of the organisation and of the team that gets the incident
    channels; `global_channel_id` is where live summaries go; `incident_channel` whether an incident gets a channel or
    a thread there.
    """

    platform: Literal["teams"] = "teams"
    tenant_id: Reference
    team_id: Reference
    global_channel_id: Reference | None = None
    incident_channel: Literal["channel", "thread"] = "channel"


class DutyOrigin(StrEnum):
    """Why somebody has a shift: the team's weekly plan, a rotation, or a change of either."""

    SHIFT = "shift"
    ROTATION = "rotation"
    OVERRIDE = "override"
    SWAP = "swap"
    ASSIGNMENT = "assignment"


class OnShift(Frozen):
    """A member on shift, and why: the team and the shift's name, the roles on it, from when until when."""

    member_id: UUID
    team_id: UUID
    shift: str
    roles: list[str] = Field(default_factory=list)
    starts_at: Timestamp | None = None
    ends_at: Timestamp | None = None
    origin: DutyOrigin = DutyOrigin.SHIFT
