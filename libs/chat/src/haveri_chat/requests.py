"""What somebody wrote, whom they meant, and why it could not be understood; the commands themselves: `commands/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True)
class Mention:
    """Somebody mentioned in a message: the characters that stand in the text, the platform's user id, their name."""

    text: str
    user_id: str
    name: str


@dataclass(frozen=True)
class Utterance:
    """What somebody wrote, without the mention of Haveri itself; plain text, not HTML."""

    text: str
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True)
class Person:
    """A person as named in chat: by mention (`user_id` is the platform's) or by typing a part of the name."""

    name: str
    user_id: str | None = None


class Reason(StrEnum):
    """Why a command was not understood."""

    UNKNOWN_COMMAND = "unknown-command"
    UNKNOWN_SEVERITY = "unknown-severity"
    UNKNOWN_STATUS = "unknown-status"
    UNKNOWN_DATE = "unknown-date"
    SEVERAL_PEOPLE = "several-people"
    TOO_LONG = "too-long"
    STALE_BUTTON = "stale-button"


@dataclass(frozen=True)
class Misunderstood:
    """A command that cannot be carried out as written; nothing is changed.

    `command` is what was understood (without slash, empty when nothing was), `typed` the words that were not, `nearest`
    the nearest right form to show.
    """

    reason: Reason
    command: str
    typed: str
    nearest: str
    details: Mapping[str, str] = field(default_factory=dict)
