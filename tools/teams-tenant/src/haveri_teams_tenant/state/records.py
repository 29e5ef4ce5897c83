"""Everything the tenant remembers, one record a thing; each is one row in the store."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

Json = dict[str, Any]

VERSIONS_KEPT = 49
TARGETED_LIFETIME = timedelta(hours=24)
MAIL = "mail"
"""Where a person's mails are, among the places that have a reading mark."""


class Record(BaseModel):
    """A row: its kind names the table's partition, its key, written from its fields, is unique within the kind."""

    model_config = ConfigDict(extra="ignore")
    kind: ClassVar[str]
    _key: ClassVar[str]

    def __init_subclass__(cls, kind: str, key: str) -> None:
        cls.kind, cls._key = kind, key

    @property
    def key(self) -> str:
        """What identifies this record among its kind."""
        return self._key.format_map(vars(self))


class Tenant(Record, kind="tenant", key="{id}"):
    """An organisation's Microsoft 365 tenant."""

    id: str
    name: str


class User(Record, kind="user", key="{tenant_id}/{id}"):
    """A person of a tenant; `id` is the aadObjectId."""

    tenant_id: str
    id: str
    name: str
    email: str
    locale: str = "en-US"
    timezone: str = "Etc/UTC"

    @property
    def teams_id(self) -> str:
        """The opaque `29:` id under which bots know the person; it does not reveal the aadObjectId."""
        digest = hashlib.sha384(f"{self.tenant_id}/{self.id}".encode()).digest()
        return "29:1" + base64.urlsafe_b64encode(digest).decode()


class Team(Record, kind="team", key="{tenant_id}/{id}"):
    """A team; `id` is the group's GUID, `thread_id` the `19:` id, equal to its General channel's id."""

    tenant_id: str
    id: str
    thread_id: str
    name: str
    members: dict[str, Literal["owner", "member"]] = Field(default_factory=dict)
    channel_cap: int = 1000


class Channel(Record, kind="channel", key="{id}"):
    """A channel of a team. A deleted one stays: its name and its place under the cap are held for 30 days."""

    tenant_id: str
    team_id: str
    id: str
    name: str
    description: str = ""
    created_at: datetime
    membership: Literal["standard", "private"] = "standard"
    members: dict[str, Literal["owner", "member"]] = Field(default_factory=dict)
    archived: bool = False
    deleted_at: datetime | None = None


class Chat(Record, kind="chat", key="{id}"):
    """The personal chat between one person and one app."""

    tenant_id: str
    id: str
    app_id: str
    user_id: str


Place = Channel | Chat


class App(Record, kind="app", key="{id}"):
    """A registered bot: what Entra and the Bot Framework know about it."""

    id: str
    name: str
    secret: str
    endpoint: str
    home_tenant_id: str

    @property
    def bot_id(self) -> str:
        """The `28:` id of the bot."""
        return f"28:{self.id}"


class SlashCommand(BaseModel):
    """A command of the app's commandLists."""

    title: str
    description: str = ""


class MessageAction(BaseModel):
    """A message extension offered in a message's menu."""

    id: str
    title: str


Mode = Literal["read-all", "mention-only"]


class Installation(Record, kind="installation", key="{tenant_id}/{app_id}"):
    """An app in a tenant: the teams it is in, with what it may read in each."""

    tenant_id: str
    app_id: str
    teams: dict[str, Mode] = Field(default_factory=dict)
    commands: list[SlashCommand] = Field(default_factory=list)
    message_actions: list[MessageAction] = Field(default_factory=list)
    removed: bool = False


class Author(BaseModel):
    """Who wrote a message: a person (aadObjectId) or a bot (app id)."""

    kind: Literal["user", "bot"]
    id: str
    name: str


class Mention(BaseModel):
    """Somebody named in a message; `id` is the `29:` or `28:` id."""

    id: str
    name: str


class Part(BaseModel):
    """A stretch of a person's message; `mention` points into the message's mentions."""

    text: str
    mention: int | None = None


class File(Record, kind="file", key="{id}"):
    """An uploaded file or image; its bytes are a blob under the same id."""

    tenant_id: str
    id: str
    name: str
    content_type: str
    size: int
    inline: bool
    web_url: str
    place_id: str
    download_key: str


class Version(BaseModel):
    """What a message said before its next edit."""

    text: str
    card: Json | None = None
    at: datetime


class Message(Record, kind="message", key="{tenant_id}/{id}"):
    """A message in a channel, in a thread or in a personal chat.

    `root_id` is the id of the message that opened the thread (its own id for the opener).
    `targeted_to` names the one person, by aadObjectId, who can see it. `user_cards` holds what an invoke's
    answer showed to the person who pressed, until the bot updates the message for everybody.
    """

    tenant_id: str
    id: str
    place_id: str
    root_id: str
    author: Author
    text: str = ""
    text_format: str = "plain"
    parts: list[Part] = Field(default_factory=list)
    mentions: list[Mention] = Field(default_factory=list)
    card: Json | None = None
    file_ids: list[str] = Field(default_factory=list)
    targeted_to: str | None = None
    slash_command: bool = False
    created_at: datetime
    changed_at: datetime
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    revision: int = 1
    versions: list[Version] = Field(default_factory=list)
    reactions: dict[str, list[str]] = Field(default_factory=dict)
    user_cards: dict[str, Json] = Field(default_factory=dict)

    @property
    def is_root(self) -> bool:
        """Whether this message opened its thread."""
        return self.id == self.root_id

    def touch(self, now: datetime) -> None:
        """It is another revision from now on."""
        self.changed_at = now
        self.revision += 1

    def remember(self, now: datetime) -> None:
        """What it says is about to change: keep that among the latest versions."""
        earlier = Version(text=self.text, card=self.card, at=self.changed_at)
        self.versions = [*self.versions[-VERSIONS_KEPT:], earlier]
        self.touch(now)
        self.edited_at = now

    def card_for(self, user_id: str) -> Json | None:
        """The card this person sees."""
        return self.user_cards.get(user_id, self.card)

    def visible_to(self, user_id: str, now: datetime) -> bool:
        """Whether this person sees the message: targeted ones only their person, and only for 24 hours."""
        if self.targeted_to is None:
            return True
        return self.targeted_to == user_id and not self.expired(now)

    def expired(self, now: datetime) -> bool:
        """Whether a targeted message has left the clients."""
        return self.targeted_to is not None and now - self.created_at > TARGETED_LIFETIME


class Dialog(Record, kind="dialog", key="{id}"):
    """A form that stands open before one person."""

    tenant_id: str
    id: str
    user_id: str
    app_id: str
    place_id: str
    root_id: str
    message_id: str
    invoke: Literal["task", "composeExtension"]
    context: Json = Field(default_factory=dict)
    title: str
    card: Json


class ReadMark(Record, kind="read", key="{tenant_id}/{user_id}/{place_id}"):
    """How far a person has read a place."""

    tenant_id: str
    user_id: str
    place_id: str
    message_id: str


class Mail(Record, kind="mail", key="{tenant_id}/{id}"):
    """A mail in one person's mailbox: `sender` as its From line says, `text` plain."""

    tenant_id: str
    user_id: str
    id: str
    sender: str
    address: str
    subject: str
    text: str
    received_at: datetime


class Delivery(Record, kind="delivery", key="{number:015d}"):
    """An activity on its way to a bot. `lane` is the conversation whose order is kept."""

    number: int
    tenant_id: str
    app_id: str
    lane: str
    activity: Json


class SigningKey(Record, kind="key", key="{ring}/{position:06d}"):
    """A private key of one of the tenant's two issuers."""

    ring: str
    kid: str
    pem: str
    position: int
