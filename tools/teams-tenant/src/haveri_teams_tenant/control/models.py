"""What the control API takes and gives."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from haveri_teams_tenant.state.records import Author, Json, Mention, MessageAction, Mode, SlashCommand, Version


def _guid(value: str) -> str:
    lowered = value.lower()
    parts = [len(part) for part in lowered.split("-")]
    if parts != [8, 4, 4, 4, 12] or set(lowered) - set("0123456789abcdef-"):
        raise ValueError("must be a GUID")
    return lowered


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("must be an IANA time zone") from error
    return value


def _base64(value: str) -> str:
    try:
        base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("must be base64") from error
    return value


Guid = Annotated[str, AfterValidator(_guid)]


class Given(BaseModel):
    """A body: what it does not know it refuses."""

    model_config = ConfigDict(extra="forbid")


class SeedUser(Given):
    """A person."""

    aad_object_id: Guid = Field(alias="aadObjectId")
    name: str = Field(min_length=1)
    email: str = Field(min_length=3)
    locale: str = "en-US"
    timezone: Annotated[str, AfterValidator(_zone)] = "Etc/UTC"


class SeedChannel(Given):
    """A channel; without an id it gets one."""

    name: str
    id: str = Field(default="", pattern=r"^$|^19:[\w-]+@thread\.(tacv2|skype)$")


class SeedTeam(Given):
    """A team. `members` are aadObjectIds, e-mail addresses or names, the first is its owner; none means everybody."""

    group_id: Guid
    name: str
    channels: list[SeedChannel] = []
    members: list[str] | None = None
    channel_cap: int | None = Field(default=None, ge=1)


class Seed(Given):
    """The least a tenant should hold; what is there already stays."""

    name: str
    users: list[SeedUser] = []
    teams: list[SeedTeam] = []


DEFAULT_COMMANDS: dict[str, str] = {
    "incident": "Declare an incident",
    "ack": "Acknowledge the incident",
    "status": "Change the status",
    "sev": "Change the severity",
    "lead": "Name the responsible lead",
    "comms": "Name the comms lead",
    "did": "Log what you did",
    "note": "Add a note",
    "escalate": "Call more people",
    "resolve": "Resolve the incident",
    "close": "Close the incident",
    "followup": "Add a follow-up",
    "reopen": "Open the incident again",
    "oncall": "Who is on shift",
    "incidents": "Open incidents",
    "timeline": "The incident's timeline",
    "help": "What you can type",
}


def default_commands() -> list[SlashCommand]:
    """The commandLists of the app's manifest."""
    return [SlashCommand(title=title, description=text) for title, text in DEFAULT_COMMANDS.items()]


def default_actions() -> list[MessageAction]:
    """The message extensions of the app's manifest."""
    return [MessageAction(id="declareFromMessage", title="Declare an incident")]


class InstallApp(Given):
    """A bot and where it may be; no `teams` means all of them."""

    name: str = Field(min_length=1)
    secret: str = Field(min_length=1)
    messaging_endpoint: str = Field(pattern=r"^https?://")
    home_tenant_id: Guid
    teams: list[Guid] | None = None
    mode: Mode = "read-all"
    commands: list[SlashCommand] = Field(default_factory=default_commands)
    message_actions: list[MessageAction] = Field(default_factory=default_actions)


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


class Upload(Given):
    """A file to attach; `inline` puts an image into the message itself."""

    name: str
    content_type: str = "application/octet-stream"
    content_base64: Annotated[str, AfterValidator(_base64)]
    inline: bool = False


class Say(Given):
    """A message as a person writes it. `place` is an id or a channel's name; `slash` never keeps `/…` a plain text."""

    as_user: str
    place: str
    text: str = ""
    root_id: str = ""
    slash: Literal["auto", "never"] = "auto"
    files: list[Upload] = []


class AsUser(Given):
    """Somebody who does something."""

    as_user: str


class Edit(AsUser):
    """New words for a message."""

    text: str


class React(AsUser):
    """A reaction; the same one again takes it back."""

    reaction: str = Field(default="like", min_length=1, max_length=40)


class Press(AsUser):
    """A button by verb, id, title or path; `seen` presses it on an earlier version of the card, counted from 0."""

    action: str
    inputs: dict[str, str] = {}
    seen: int | None = Field(default=None, ge=0)


class SendForm(AsUser):
    """The open form's inputs; `action` picks a button, otherwise the first."""

    inputs: dict[str, str] = {}
    action: str = ""


class OpenChat(AsUser):
    """A personal chat with an app."""

    app_id: str


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


class Redeliver(Given):
    """Deliver an activity again: the latest one, or the one of this id; under the same id or a new one."""

    activity_id: str = ""
    new_id: bool = False


class Release(Given):
    """How held activities go out."""

    order: Literal["original", "reversed", "shuffled"] = "original"


class NewFault(Given):
    """A fault that stands ready; see `Fault`. `times` null means every time."""

    surface: Literal["connector", "graph", "identity"] | None = None
    method: str = ""
    path_pattern: str = ""
    times: int | None = Field(default=1, ge=1)
    rate: float | None = Field(default=None, ge=0, le=1)
    effect: Literal["status", "timeout", "close", "delay"] = "status"
    status: int = Field(default=503, ge=400, le=599)
    retry_after: int | None = Field(default=None, ge=0)
    seconds: float = Field(default=30.0, gt=0)
    when: Literal["before", "after"] = "before"


class SeenFault(NewFault):
    """A standing fault and how often it struck."""

    id: str
    hits: int


class Outages(Given):
    """Which services are down."""

    connector: bool = False
    graph: bool = False
    identity: bool = False


class LimitRules(Given):
    """Limits as (how many, within seconds); an empty list lifts one."""

    per_thread: list[tuple[int, float]]
    per_app_per_tenant: list[tuple[int, float]]


class Rotate(Given):
    """Which issuer signs with a new key; `keep_old` leaves the old one published."""

    ring: Literal["bot-framework", "entra"] = "bot-framework"
    keep_old: bool = True


class MakeToken(Given):
    """A push token that is wrong on purpose: changed claims, missing ones, or signed by a foreign key."""

    app_id: str
    claims: dict[str, Any] = {}
    omit: list[str] = []
    forged: bool = False


class SeenToken(BaseModel):
    """A bearer token."""

    token: str


class SetPatience(Given):
    """How long an invoke may take before it is repeated, in seconds."""

    seconds: float = Field(gt=0)


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
