"""What the control API gives."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from haveri_teams_tenant.control.given import NewFault
from haveri_teams_tenant.state.records import Author, Json, Mention, Version


class SeenUser(BaseModel):
    """A person as the tenant knows them."""

    aadObjectId: str  # noqa: N815 - Microsoft's spelling
    teams_id: str
    name: str
    email: str
    locale: str


class SeenTeam(BaseModel):
    """A team."""

    group_id: str
    thread_id: str
    name: str
    members: list[str]
    channel_cap: int


class SeenPlace(BaseModel):
    """A channel, or a personal chat when `team_id` is empty."""

    id: str
    name: str
    team_id: str = ""
    description: str = ""
    membership: str = ""
    archived: bool = False
    created_at: datetime | None = None


class SeenTenant(BaseModel):
    """A tenant with its people."""

    id: str
    name: str
    users: list[SeenUser]
    apps: list[str]


class SeenFile(BaseModel):
    """An attachment."""

    id: str
    name: str
    content_type: str
    size: int
    inline: bool


class SeenMessage(BaseModel):
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


class SeenMail(BaseModel):
    """A mail in somebody's mailbox."""

    id: str
    sender: str
    address: str
    subject: str
    text: str
    received_at: datetime


class SeenMailDoor(BaseModel):
    """Where SMTP is spoken."""

    host: str
    port: int


class SeenDialog(BaseModel):
    """A form that stands open."""

    id: str
    title: str
    card: Json


class SeenOutcome(BaseModel):
    """What the person sees, and the bot's own answer in `body` with its HTTP status."""

    kind: Literal["card", "message", "error", "dialog", "sent", "closed"]
    text: str = ""
    card: Json | None = None
    dialog: SeenDialog | None = None
    status: int = 200
    body: Any = None


class SeenChange(BaseModel):
    """A change; empty strings where something does not apply."""

    cursor: int
    at: datetime
    kind: str
    tenant_id: str
    place_id: str
    root_id: str
    message_id: str
    only_for: str


class Changes(BaseModel):
    """What happened after `since`. `lost` means that older changes are forgotten: look at the state afresh."""

    cursor: int
    lost: bool
    changes: list[SeenChange]


class SeenDelivery(BaseModel):
    """An activity; `status` is the bot's HTTP answer, null while it is under way."""

    number: int
    app_id: str
    activity: Json
    status: int | None = None
    attempts: int = 0
    at: datetime | None = None


class Deliveries(BaseModel):
    """What is under way, and what became of the latest ones, oldest first."""

    pending: list[SeenDelivery]
    done: list[SeenDelivery]


class SeenFault(NewFault):
    """A standing fault and how often it struck."""

    id: str
    hits: int


class SeenToken(BaseModel):
    """A bearer token."""

    token: str


class SeenRequest(BaseModel):
    """A request to one of Microsoft's services; status 0 means that it got no answer."""

    at: datetime
    surface: str
    method: str
    path: str
    status: int
    milliseconds: float


class Requests(BaseModel):
    """Counters such as `graph POST 201`, and the latest requests, oldest first."""

    counters: dict[str, int]
    latest: list[SeenRequest]


class Done(BaseModel):
    """It is done; `count` where something was counted."""

    count: int = 0
    detail: str = ""
