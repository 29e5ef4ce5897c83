"""What the client gives: plain frozen records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from haveri_teams_tenant.cards.actions import actions_of, inputs_of

Json = dict[str, Any]


@dataclass(frozen=True)
class UserSeed:
    """A person to seed."""

    aad_object_id: str
    name: str
    email: str
    locale: str = "en-US"
    timezone: str = "Etc/UTC"


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
    """A bot to install; no `teams` means all. `commands` None keeps the tenant's default list."""

    app_id: str
    name: str
    secret: str
    messaging_endpoint: str
    home_tenant_id: str
    teams: tuple[str, ...] | None = None
    mode: str = "read-all"
    commands: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Attachment:
    """A file to attach; `inline` puts an image into the message itself."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"
    inline: bool = False


@dataclass(frozen=True)
class Person:
    """A person of the tenant."""

    aad_object_id: str
    teams_id: str
    name: str
    email: str
    locale: str

    @classmethod
    def read(cls, body: Json) -> Person:
        """From the wire."""
        return cls(body["aadObjectId"], body["teams_id"], body["name"], body["email"], body["locale"])


@dataclass(frozen=True)
class Team:
    """A team."""

    group_id: str
    thread_id: str
    name: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """A channel, or a personal chat when `team_id` is empty."""

    id: str
    name: str
    team_id: str = ""
    description: str = ""
    archived: bool = False

    @classmethod
    def read(cls, body: Json) -> Place:
        """From the wire."""
        return cls(body["id"], body["name"], body["team_id"], body["description"], body["archived"])


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


@dataclass(frozen=True)
class Version:
    """What a message said earlier."""

    text: str
    card: Card | None
    at: datetime


@dataclass(frozen=True)
class Message:
    """A message. `seen_by` names the only persons (aadObjectIds) who see it, None when everybody in the place does."""

    id: str
    place_id: str
    root_id: str
    author: str
    author_id: str
    by_bot: bool
    text: str
    card: Card | None
    user_cards: dict[str, Card]
    mentions: tuple[str, ...]
    files: tuple[str, ...]
    seen_by: tuple[str, ...] | None
    slash_command: bool
    created_at: datetime
    changed_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    versions: tuple[Version, ...]
    reactions: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, body: Json) -> Message:
        """From the wire."""
        return cls(
            id=body["id"],
            place_id=body["place_id"],
            root_id=body["root_id"],
            author=body["author"]["name"],
            author_id=body["author"]["id"],
            by_bot=body["author"]["kind"] == "bot",
            text=body["text"],
            card=Card(body["card"]) if body["card"] else None,
            user_cards={user: Card(card) for user, card in body["user_cards"].items()},
            mentions=tuple(mention["name"] for mention in body["mentions"]),
            files=tuple(file["name"] for file in body["files"]),
            seen_by=None if body["seen_by"] is None else tuple(body["seen_by"]),
            slash_command=body["slash_command"],
            created_at=datetime.fromisoformat(body["created_at"]),
            changed_at=datetime.fromisoformat(body["changed_at"]),
            edited_at=_moment(body["edited_at"]),
            deleted_at=_moment(body["deleted_at"]),
            versions=tuple(
                Version(v["text"], Card(v["card"]) if v["card"] else None, datetime.fromisoformat(v["at"]))
                for v in body["versions"]
            ),
            reactions={name: tuple(people) for name, people in body["reactions"].items()},
        )


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


@dataclass(frozen=True)
class Mail:
    """A mail that somebody got."""

    id: str
    sender: str
    address: str
    subject: str
    text: str
    received_at: datetime

    @classmethod
    def read(cls, body: Json) -> Mail:
        """From the wire."""
        return cls(**{**body, "received_at": datetime.fromisoformat(body["received_at"])})

    def links(self) -> list[str]:
        """The web addresses in the text."""
        return [word for word in self.text.split() if word.startswith(("http://", "https://"))]


@dataclass(frozen=True)
class Dialog:
    """A form that stands open."""

    id: str
    title: str
    card: Card


@dataclass(frozen=True)
class Outcome:
    """What somebody saw after a press or a form: `kind` is card, message, error, dialog, sent or closed."""

    kind: str
    text: str
    card: Card | None
    dialog: Dialog | None
    status: int
    body: Any

    @classmethod
    def read(cls, body: Json) -> Outcome:
        """From the wire."""
        form = body["dialog"]
        return cls(
            kind=body["kind"],
            text=body["text"],
            card=Card(body["card"]) if body["card"] else None,
            dialog=Dialog(form["id"], form["title"], Card(form["card"])) if form else None,
            status=body["status"],
            body=body["body"],
        )


@dataclass(frozen=True)
class Delivery:
    """An activity sent to a bot; `status` is None while it is under way."""

    number: int
    app_id: str
    activity: Json
    status: int | None
    attempts: int
