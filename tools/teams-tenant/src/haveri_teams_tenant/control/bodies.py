"""What the control API takes."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.dataclasses import dataclass

from haveri_teams_tenant.state.records import MessageAction, Mode, SlashCommand


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


Surface = Literal["connector", "graph", "identity"]
Guid = Annotated[str, AfterValidator(_guid)]


class Given(BaseModel):
    """A body: what it does not know it refuses."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True, config=Given.model_config)
class SeedUser:
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
    commands: list[SlashCommand] = []
    message_actions: list[MessageAction] = Field(default_factory=default_actions)


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


class Redeliver(Given):
    """Deliver an activity again: the latest one, or the one of this id; under the same id or a new one."""

    activity_id: str = ""
    new_id: bool = False


class Release(Given):
    """How held activities go out."""

    order: Literal["original", "reversed", "shuffled"] = "original"


class NewFault(Given):
    """A fault: which requests, how many (null: all) or how often, and what happens to them.

    `when="after"` applies the request first and then loses its answer. `delay` waits and lets it pass.
    """

    surface: Surface | None = None
    method: str = ""
    path_pattern: str = ""
    times: int | None = Field(default=1, ge=1)
    rate: float | None = Field(default=None, ge=0, le=1)
    effect: Literal["status", "timeout", "close", "delay"] = "status"
    status: int = Field(default=503, ge=400, le=599)
    retry_after: int | None = Field(default=None, ge=0)
    seconds: float = Field(default=30.0, gt=0)
    when: Literal["before", "after"] = "before"


class Outages(Given):
    """Which services are down."""

    connector: bool = False
    graph: bool = False
    identity: bool = False


class LimitRules(Given):
    """Limits as (how many, within seconds); an empty list lifts one, null leaves it as it is."""

    per_thread: list[tuple[int, float]] | None = None
    per_app_per_tenant: list[tuple[int, float]] | None = None
    graph_reads: list[tuple[int, float]] | None = None
    graph_writes: list[tuple[int, float]] | None = None


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


class SetPatience(Given):
    """How long an invoke may take before it is repeated, in seconds."""

    seconds: float = Field(gt=0)
