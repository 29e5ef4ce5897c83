"""What the control API gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from haveri_teams_tenant.control.traffic import RecordedRequest
from haveri_teams_tenant.state.feed import Change
from haveri_teams_tenant.state.records import Author, Json, Mention, Version


class Seen(BaseModel):
    """Read from the tenant's records by this process, and from the wire by the client."""

    model_config = ConfigDict(frozen=True)


class SeenUser(Seen):
    """A person as the tenant knows them."""

    aad_object_id: str = Field(validation_alias=AliasChoices("aadObjectId", "id"), serialization_alias="aadObjectId")
    teams_id: str
    name: str
    email: str
    locale: str


class SeenTeam(Seen):
    """A team."""

    group_id: str = Field(validation_alias=AliasChoices("group_id", "id"))
    thread_id: str
    name: str
    members: Annotated[tuple[str, ...], BeforeValidator(tuple)]
    channel_cap: int


class SeenPlace(Seen):
    """A channel, or a personal chat when `team_id` is empty."""

    id: str
    name: str
    team_id: str = ""
    description: str = ""
    membership: str = ""
    archived: bool = False
    created_at: datetime | None = None


class SeenTenant(Seen):
    """A tenant with its people."""

    id: str
    name: str
    users: list[SeenUser]
    apps: list[str]


class SeenFile(Seen):
    """An attachment."""

    id: str
    name: str
    content_type: str
    size: int
    inline: bool


class SeenMessage(Seen):
    """A message. `card` is what everybody sees, `user_cards` what the named persons see instead;
    `seen_by` lists the only persons who can see it, or is null when everybody in the place can."""

    id: str
    tenant_id: str
    place_id: str
    root_id: str
    author: Author
    text: str
    mentions: list[Mention]
    card: Json | None
    user_cards: dict[str, Json]
    files: list[SeenFile]
    seen_by: list[str] | None
    slash_command: bool
    created_at: datetime
    changed_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    revision: int
    versions: list[Version]
    reactions: dict[str, list[str]]


class SeenMailDoor(Seen):
    """Where SMTP is spoken."""

    host: str
    port: int


class Changes(Seen):
    """What happened after `since`. `lost` means that older changes are forgotten: look at the state afresh."""

    cursor: int
    lost: bool
    changes: list[Change]


class SeenDelivery(Seen):
    """An activity; `status` is the bot's HTTP answer, null while it is under way."""

    number: int
    app_id: str
    activity: Json
    status: int | None = None
    attempts: int = 0
    at: datetime | None = None


class Deliveries(Seen):
    """What is under way, and what became of the latest ones, oldest first."""

    pending: list[SeenDelivery]
    done: list[SeenDelivery]


class SeenToken(Seen):
    """A bearer token."""

    token: str


class Requests(Seen):
    """Counters such as `graph POST 201`, and the latest requests, oldest first."""

    counters: dict[str, int]
    latest: list[RecordedRequest]


class Done(Seen):
    """It is done; `count` where something was counted."""

    count: int = 0
    detail: str = ""
