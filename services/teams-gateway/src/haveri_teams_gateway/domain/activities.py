"""What can arrive from Teams, once the envelope of the Bot Framework is taken off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from haveri_teams_gateway.domain.references import Conversation


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent it: the bot's opaque id of the person, the person's aadObjectId when Teams says it, the name."""

    teams_id: str
    object_id: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """What every activity says. `sent_at` is Teams' own time (UTC); `id` is the message's id for messages."""

    id: str
    type: str
    sent_at: datetime
    sender: Sender
    conversation: Conversation
    service_url: str
    locale: str = ""


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Somebody mentioned: the characters in the text, the `29:` id, the name."""

    text: str
    teams_id: str
    name: str


class FileSource(StrEnum):
    """How the bytes of a file are got."""

    DOWNLOAD = "download"
    """A pre-authenticated address (personal chat)."""
    INLINE = "inline"
    """An address that wants the bot's token (an image in the text)."""
    CHANNEL = "channel"
    """Hidden in the message: Graph has to be asked what is attached (a channel)."""


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file that came with a message; `url` is empty for those that Graph has to find."""

    source: FileSource
    url: str = ""
    name: str = ""
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody wrote. `addressed`: to the bot (mention, slash command, personal chat); `private`: only they see it."""

    arrival: Arrival
    text: str
    mentions: tuple[Mentioned, ...] = ()
    addressed: bool = False
    private: bool = False
    files: tuple[SharedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Edited:
    """Somebody changed a message, or brought back a deleted one; `text` is what it says now."""

    arrival: Arrival
    text: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """Somebody took a message back."""

    arrival: Arrival


class ExpectedAnswer(StrEnum):
    """What kind of answer somebody who pressed or filled in something waits for."""

    NOTHING = "nothing"
    """None (Action.Submit arrives as a message): what there is to say is said privately."""
    CARD = "card"
    """adaptiveCard/action: the card in its new state, or a message."""
    DIALOG = "dialog"
    """task/fetch: a form."""
    DIALOG_END = "dialog_end"
    """task/submit: the next form, or a message that ends the dialog."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """Somebody pressed a button: `data` is what it carried, `values` what stood in inputs beside it.

    `form` names the form when it was one that was filled in.
    """

    arrival: Arrival
    data: Mapping[str, str]
    values: Mapping[str, str] = field(default_factory=dict)
    expected: ExpectedAnswer = ExpectedAnswer.NOTHING
    card_message_id: str | None = None
    form: str | None = None


@dataclass(frozen=True, slots=True)
class DeclareFromMessage:
    """Somebody chose "declare" in the menu of a message; `text` is what that message says."""

    arrival: Arrival
    text: str


@dataclass(frozen=True, slots=True)
class Installed:
    """The app was added to a team or taken out of it."""

    arrival: Arrival
    removed: bool


@dataclass(frozen=True, slots=True)
class Unhandled:
    """Something that asks nothing of the gateway, such as a reaction or a renamed channel."""

    arrival: Arrival


Activity = Said | Edited | Deleted | Pressed | DeclareFromMessage | Installed | Unhandled
