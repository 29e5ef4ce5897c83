"""What the client takes and gives: plain frozen records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Annotated, Any

from pydantic import AliasPath, BeforeValidator, Field

from haveri_teams_tenant.cards.actions import actions_of, inputs_of
from haveri_teams_tenant.control.bodies import SeedUser
from haveri_teams_tenant.control.responses import Seen, SeenDelivery, SeenPlace, SeenTeam, SeenUser

Delivery = SeenDelivery
Person = SeenUser
Place = SeenPlace
Team = SeenTeam
UserSeed = SeedUser
Json = dict[str, Any]


@dataclass(frozen=True)
class TeamSeed:
    """A team to seed. Channels are names, or (name, id); no members means everybody."""

    group_id: str
    name: str
    channels: tuple[str | tuple[str, str], ...] = ()
    members: tuple[str, ...] | None = None
    channel_cap: int | None = None


@dataclass(frozen=True)
class AppInstall:
    """A bot to install; no `teams` means all. `commands` are its slash commands, each with what it is for."""

    app_id: str
    name: str
    secret: str
    messaging_endpoint: str
    home_tenant_id: str
    teams: tuple[str, ...] | None = None
    mode: str = "read-all"
    commands: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Attachment:
    """A file to attach; `inline` puts an image into the message itself."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"
    inline: bool = False


@dataclass(frozen=True)
class Card:
    """An Adaptive Card with what tests ask of it."""

    json: Json

    def texts(self) -> list[str]:
        """Every text on the card, facts as `title: value`."""
        return list(_texts(self.json))

    def facts(self) -> dict[str, str]:
        """The facts of all fact sets."""
        return {f["title"]: f["value"] for node in _nodes(self.json) for f in node.get("facts", [])}

    def actions(self) -> list[str]:
        """The titles of all buttons, those of shown cards included."""
        return [found.title for found in actions_of(self.json)]

    def inputs(self) -> list[str]:
        """The ids of the inputs."""
        return [str(node["id"]) for node in inputs_of(self.json)]

    def __contains__(self, text: str) -> bool:
        """Whether a text stands anywhere on the card."""
        return any(text in known for known in self.texts())


def _nodes(node: Any) -> Iterator[Json]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from _nodes(value)


def _texts(card: Json) -> Iterator[str]:
    for node in _nodes(card):
        if node.get("type") in ("TextBlock", "TextRun"):
            yield str(node.get("text", ""))
        for fact in node.get("facts", []):
            yield f"{fact['title']}: {fact['value']}"


ACard = Annotated[Card, BeforeValidator(Card)]
MaybeCard = Annotated[Card | None, BeforeValidator(lambda json: Card(json) if json else None)]
Names = tuple[Annotated[str, BeforeValidator(itemgetter("name"))], ...]


class Version(Seen):
    """What a message said earlier."""

    text: str
    card: MaybeCard
    at: datetime


class Message(Seen):
    """A message. `seen_by` names the only persons (aadObjectIds) who see it, None when everybody in the place does."""

    id: str
    place_id: str
    root_id: str
    author: str = Field(validation_alias=AliasPath("author", "name"))
    author_id: str = Field(validation_alias=AliasPath("author", "id"))
    by_bot: Annotated[bool, BeforeValidator("bot".__eq__)] = Field(validation_alias=AliasPath("author", "kind"))
    text: str
    card: MaybeCard
    user_cards: dict[str, ACard]
    mentions: Names
    files: Names
    seen_by: tuple[str, ...] | None
    slash_command: bool
    created_at: datetime
    changed_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    versions: tuple[Version, ...]
    reactions: dict[str, tuple[str, ...]]


class Mail(Seen):
    """A mail that somebody got."""

    id: str
    sender: str
    address: str
    subject: str
    text: str
    received_at: datetime

    def links(self) -> list[str]:
        """The web addresses in the text."""
        return [word for word in self.text.split() if word.startswith(("http://", "https://"))]


class Dialog(Seen):
    """A form that stands open."""

    id: str
    title: str
    card: ACard


class Outcome(Seen):
    """What somebody saw after a press or a form: `kind` is card, message, error, dialog, sent or closed."""

    kind: str
    text: str
    card: MaybeCard
    dialog: Dialog | None
    status: int
    body: Any
